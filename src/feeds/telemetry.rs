//! What pages tell the server about themselves, in batches and without content.
use crate::api::report::ReportIncident;
use crate::browser::fetch::beacon;
use crate::browser::renders;
use domain::id::SessionId;
use domain::report::{PageCounts, PageIncident, PageReport};
use domain::sync::{Cause, Counts};
use leptos::server_fn::ServerFn;

/// A batch is sent when this long has passed since the last one, in milliseconds.
pub(super) const EVERY_MS: u64 = 60_000;

fn send(report: &PageReport) {
    if let Ok(json) = serde_json::to_string(report) {
        beacon(<ReportIncident as ServerFn>::PATH, &json);
    }
}

/// Tells the server of an incident.
pub(super) fn report_incident(id: &SessionId, incident: PageIncident) {
    send(&PageReport {
        session: Some(id.clone()),
        incident: Some(incident),
        counts: None,
    });
}

/// Sends the counts of a stretch of time, if there was anything to count.
pub(super) fn report_counts(session: Option<SessionId>, window_ms: u64, counts: &Counts) {
    let renders = renders::take();
    if *counts == Counts::default() && renders.is_empty() {
        return;
    }
    let starts = Cause::ALL.into_iter().map(|cause| {
        let count = counts.starts_by(cause);
        (cause.as_str().to_owned(), u64::from(count))
    });
    let counts = PageCounts {
        window_ms,
        starts: starts.filter(|(_, count)| *count > 0).collect(),
        ok: counts.ok.into(),
        not_modified: counts.not_modified.into(),
        joined: counts.joined.into(),
        aborted: counts.aborted.into(),
        regressed: counts.regressed.into(),
        failed: counts.failed.into(),
        stale: counts.stale.into(),
        payload_bytes: counts.payload_bytes,
        intervals: counts.intervals.iter().map(|n| u64::from(*n)).collect(),
        cache_hit: counts.cache.hit.into(),
        cache_stale: counts.cache.stale.into(),
        cache_miss: counts.cache.miss.into(),
        renders: renders
            .into_iter()
            .map(|(name, runs)| (name.to_owned(), runs))
            .collect(),
    };
    send(&PageReport {
        session,
        incident: None,
        counts: Some(counts),
    });
}
