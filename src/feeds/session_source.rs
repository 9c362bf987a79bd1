//! How the driver asks for a session, applies answers to it and sends deeds.
use super::draft::add_draft;
use super::kept;
use super::ops::Refusal;
use super::session::SessionFeed;
use super::source::{Local, OpAnswer, Source};
use super::telemetry::report_incident;
use crate::api::error::ApiError;
use crate::api::sessions::GetSessionWithMetadata;
use domain::id::SessionId;
use domain::push::Reading;
use domain::report::PageIncident;
use domain::session::Phase;
use domain::snapshot::{Snapshot, ThreadMode};
use domain::sync::{Config, Incident, OpId, SyncView};
use leptos::prelude::*;
use leptos::server_fn::ServerFn;

/// A session as the driver sees it.
pub(super) struct SessionSource {
    pub(super) feed: SessionFeed,
}

impl Source for SessionSource {
    const IS_SHARED: bool = true;
    type Answer = Snapshot;

    fn url(&self, is_conditional: bool) -> String {
        let id = self.feed.id.get_value();
        let path = <GetSessionWithMetadata as ServerFn>::PATH;
        let revision = self.feed.base.with_untracked(|session| session.revision);
        if is_conditional {
            format!("{path}?id={id}&since={revision}")
        } else {
            format!("{path}?id={id}")
        }
    }

    fn etag(&self) -> Option<String> {
        Some(self.feed.etag.get_value())
    }

    fn version(answer: &Snapshot) -> (u64, Phase) {
        (answer.revision, answer.session.status.phase())
    }

    fn config(answer: &Snapshot) -> Config {
        Config::from(&answer.sync)
    }

    fn fits(&self, answer: &Snapshot) -> bool {
        let held = self.feed.base.with_untracked(|session| session.revision);
        let is_gapless = answer.thread.from.is_some_and(|from| from <= held);
        answer.thread.mode == ThreadMode::Tail || is_gapless
    }

    fn apply(&self, answer: Snapshot) {
        self.feed.take(answer);
    }

    fn confirm(&self, answer: Snapshot) {
        self.feed
            .confirm(answer.etag, (answer.sync, answer.server_now));
    }

    fn session(&self) -> Option<SessionId> {
        let id = self.feed.id.get_value();
        (!kept::is_gone(&id)).then_some(id)
    }

    fn shared(&self) -> Option<(SessionId, u64)> {
        let held = self.feed.base.with_untracked(|session| session.revision);
        Some((self.feed.id.get_value(), held))
    }

    fn reading(answer: &Snapshot) -> Option<Reading> {
        let since = answer.thread.from?;
        Some(Reading {
            since,
            revision: answer.revision,
        })
    }

    fn persist(&self) {
        let etag = self.feed.etag.get_value();
        self.feed.base.with_untracked(|session| {
            let write = |metadata: &_| kept::keep(session, metadata, &etag);
            self.feed.metadata.with_untracked(write);
        });
    }

    fn forget(&self) {
        kept::forget(&self.feed.id.get_value());
    }

    fn show(&self, view: SyncView) {
        let _ = self.feed.sync.try_set(view);
    }

    fn note(&self, error: ApiError) {
        let _ = self.feed.error.try_set(Some(error));
    }

    fn report(&self, incident: Incident) {
        report(&self.feed.id.get_value(), incident, None);
    }

    fn send(&self, op: OpId) -> Local<OpAnswer> {
        let wanted = self
            .feed
            .ops
            .with_untracked(|ops| ops.iter().find(|(id, _)| *id == op).cloned());
        let id = self.feed.id.get_value();
        let base = self.feed.base.get_untracked();
        let requests = self.feed.requests;
        Box::pin(async move {
            let Some((_, op)) = wanted else {
                return Ok((base.revision, None));
            };
            let message = op.message().map(str::to_owned);
            let answer = op.send(id.clone(), base.revision, base.title).await;
            // Nobody is there to be shown the refusal; the next visit finds the message.
            if let (Err(_), Some(text), true) = (&answer, message, requests.is_left()) {
                add_draft(id.as_str(), &text);
            }
            answer
        })
    }

    fn settled(&self, op: OpId) {
        let _ = self
            .feed
            .ops
            .try_update(|ops| ops.retain(|(id, _)| *id != op));
    }

    fn rolled_back(&self, op: OpId, reason: Option<ApiError>) {
        let wanted = self
            .feed
            .ops
            .with_untracked(|ops| ops.iter().find(|(id, _)| *id == op).cloned());
        self.settled(op);
        if let (Some((_, op)), Some(error)) = (wanted, reason) {
            let _ = self.feed.refusal.try_set(Some(Refusal {
                deed: op.deed,
                error,
            }));
        }
    }
}

/// Tells the server of an incident, without content.
pub(super) fn report(id: &SessionId, incident: Incident, number: Option<String>) {
    let incident = match incident {
        Incident::Stale {
            age_ms,
            interval_ms,
        } => PageIncident::Stale {
            age_ms,
            interval_ms,
        },
        Incident::Failed { attempts, kind } => PageIncident::Failed {
            attempts,
            cause: format!("{kind:?}"),
            number,
        },
    };
    report_incident(id, incident);
}
