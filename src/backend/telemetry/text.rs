//! The counts as Prometheus reads them: text format 0.0.4, every family with its help and type.
use super::Telemetry;
use domain::stats::{PAYLOAD_BOUNDS, Tally};
use domain::sync::INTERVAL_BOUNDS_MS;
use std::collections::BTreeMap;
use std::fmt::Write as _;

/// What the console knows besides what was counted.
#[derive(Debug, Clone, Default)]
pub struct Gauges {
    /// Sessions by status.
    pub sessions: BTreeMap<String, u64>,
    /// Agent processes that live.
    pub agents: u64,
    /// Streams of events that are open.
    pub streams: u64,
    /// Events that were handed to them.
    pub events: u64,
    /// Runs of git by command.
    pub git: Vec<(String, u64)>,
    /// What passes through Redis, if that is configured.
    pub relay: Option<RelayGauges>,
    /// Nodes that are there and nodes that are not, if there are several.
    pub nodes: Option<(u64, u64)>,
}

/// What is known of Redis.
#[derive(Debug, Clone, Default)]
pub struct RelayGauges {
    /// Whether it is there.
    pub is_up: bool,
    /// Messages of other nodes by what became of them.
    pub messages: Vec<(String, u64)>,
    /// Whole pages that were asked for, by whether a shared one was there.
    pub pages: Vec<(String, u64)>,
}

impl Telemetry {
    /// All counts since the start.
    #[must_use]
    pub fn text(&self, gauges: &Gauges) -> String {
        let (_, total) = self.counted(None);
        let mut page = Page::default();
        calls(&mut page, &total);
        payloads(&mut page, &total);
        pages(&mut page, &total);
        page.family(
            "heddle_stale_incidents_total",
            "counter",
            "Pages that showed data for too long without a validation.",
        );
        page.sample("heddle_stale_incidents_total", &[], total.stale_incidents);
        console(&mut page, gauges);
        page.0
    }
}

#[derive(Default)]
struct Page(String);

impl Page {
    fn family(&mut self, name: &str, kind: &str, help: &str) {
        let _ = writeln!(self.0, "# HELP {name} {help}\n# TYPE {name} {kind}");
    }

    fn sample(&mut self, name: &str, labels: &[(&str, &str)], value: impl std::fmt::Display) {
        let labels: Vec<_> = labels
            .iter()
            .map(|(label, value)| format!("{label}=\"{}\"", escaped(value)))
            .collect();
        let labels = match labels.is_empty() {
            true => String::new(),
            false => format!("{{{}}}", labels.join(",")),
        };
        let _ = writeln!(self.0, "{name}{labels} {value}");
    }

    /// A counter with one label.
    fn counters(&mut self, (name, help): (&str, &str), label: &str, counts: &[(String, u64)]) {
        self.family(name, "counter", help);
        for (value, count) in counts {
            self.sample(name, &[(label, value)], count);
        }
    }

    /// A histogram of buckets whose last one has no bound.
    fn histogram(&mut self, name: &str, bounds: &[String], buckets: &[u64], sum: &str) {
        let mut below = 0;
        let infinite = "+Inf".to_owned();
        for (place, bound) in bounds.iter().chain([&infinite]).enumerate() {
            below += buckets.get(place).copied().unwrap_or(0);
            self.sample(&format!("{name}_bucket"), &[("le", bound)], below);
        }
        self.sample(&format!("{name}_sum"), &[], sum);
        self.sample(&format!("{name}_count"), &[], below);
    }
}

fn escaped(value: &str) -> String {
    let value = value.replace('\\', "\\\\").replace('"', "\\\"");
    value.replace('\n', "\\n")
}

fn calls(page: &mut Page, total: &Tally) {
    let name = "heddle_api_requests_total";
    page.family(
        name,
        "counter",
        "Answers of the API by function and status.",
    );
    for calls in &total.calls {
        let status = calls.status.to_string();
        let labels = [("function", calls.function.as_str()), ("status", &status)];
        page.sample(name, &labels, calls.count);
    }
    let mut bytes: BTreeMap<&str, u64> = BTreeMap::new();
    for calls in &total.calls {
        *bytes.entry(&calls.function).or_default() += calls.bytes;
    }
    let bytes: Vec<_> = bytes
        .into_iter()
        .map(|(function, bytes)| (function.to_owned(), bytes))
        .collect();
    let family = (
        "heddle_api_response_bytes",
        "Bytes of answers as they were sent, compressed.",
    );
    page.counters(family, "function", &bytes);
}

fn payloads(page: &mut Page, total: &Tally) {
    let name = "heddle_session_payload_bytes";
    let help = "Bytes of answers that carried a session, as they were sent.";
    page.family(name, "histogram", help);
    let bounds = PAYLOAD_BOUNDS.map(|bound| bound.to_string());
    let sum = total.payload_bytes.to_string();
    page.histogram(name, &bounds, &total.payloads, &sum);
}

fn pages(page: &mut Page, total: &Tally) {
    let pages = &total.pages;
    let name = "heddle_client_poll_interval_seconds";
    let help = "Intervals that pages waited; each adds the bound of its bucket to the sum.";
    page.family(name, "histogram", help);
    let last = INTERVAL_BOUNDS_MS.last().copied().unwrap_or_default();
    let bounds = INTERVAL_BOUNDS_MS.iter().chain([&last]);
    let sum = bounds
        .zip(&pages.intervals)
        .fold(0_u64, |sum, (bound, count)| {
            sum.saturating_add(bound.saturating_mul(*count))
        });
    let names = INTERVAL_BOUNDS_MS.map(seconds);
    page.histogram(name, &names, &pages.intervals, &seconds(sum));
    let cache = [
        ("hit", pages.cache_hit),
        ("stale", pages.cache_stale),
        ("miss", pages.cache_miss),
    ];
    let cache = cache.map(|(outcome, count)| (outcome.to_owned(), count));
    let family = (
        "heddle_client_cache_total",
        "Openings of pages by the state of their local copy.",
    );
    page.counters(family, "outcome", &cache);
    let listed =
        |counts: &BTreeMap<String, u64>| -> Vec<_> { counts.clone().into_iter().collect() };
    let family = ("heddle_client_renders_total", "Effect runs by component.");
    page.counters(family, "component", &listed(&pages.renders));
    let family = (
        "heddle_client_requests_total",
        "Requests of pages by cause.",
    );
    page.counters(family, "cause", &listed(&pages.starts));
}

fn console(page: &mut Page, gauges: &Gauges) {
    let name = "heddle_sessions";
    page.family(name, "gauge", "Sessions by status.");
    for (status, count) in &gauges.sessions {
        page.sample(name, &[("status", status)], count);
    }
    let name = "heddle_agent_processes";
    page.family(name, "gauge", "Agent processes that live.");
    page.sample(name, &[], gauges.agents);
    let name = "heddle_event_streams";
    page.family(name, "gauge", "Streams of events that are open.");
    page.sample(name, &[], gauges.streams);
    let name = "heddle_events_sent_total";
    page.family(name, "counter", "Events that were handed to streams.");
    page.sample(name, &[], gauges.events);
    let family = ("heddle_git_spawns_total", "Runs of git by command.");
    page.counters(family, "command", &gauges.git);
    if let Some(relay) = &gauges.relay {
        redis(page, relay);
    }
    if let Some((there, away)) = gauges.nodes {
        let name = "heddle_nodes";
        page.family(name, "gauge", "Nodes by whether their lease stands.");
        page.sample(name, &[("state", "there")], there);
        page.sample(name, &[("state", "away")], away);
    }
}

fn redis(page: &mut Page, relay: &RelayGauges) {
    let name = "heddle_redis_up";
    page.family(name, "gauge", "Whether Redis is there.");
    page.sample(name, &[], u8::from(relay.is_up));
    let family = ("heddle_redis_messages_total", "Messages of other nodes.");
    page.counters(family, "outcome", &relay.messages);
    let family = ("heddle_shared_pages_total", "Whole pages by how they came.");
    page.counters(family, "outcome", &relay.pages);
}

/// Milliseconds as seconds: `2`, `4.5`, `15.187`.
fn seconds(ms: u64) -> String {
    let text = format!("{}.{:03}", ms / 1000, ms % 1000);
    text.trim_end_matches('0').trim_end_matches('.').to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::clock::Clock;
    use crate::telemetry::Call;
    use domain::report::PageCounts;
    use domain::stats::SNAPSHOT_FUNCTION;

    /// Asserts that the text is the format's, and gives its samples.
    #[track_caller]
    fn samples(text: &str) -> BTreeMap<String, f64> {
        let mut families = Vec::new();
        let mut found = BTreeMap::new();
        for line in text.lines() {
            if let Some(rest) = line.strip_prefix("# TYPE ") {
                families.push(rest.split_once(' ').unwrap());
                continue;
            }
            if line.starts_with("# HELP ") {
                continue;
            }
            let (series, value) = line.rsplit_once(' ').unwrap();
            let name = series.split('{').next().unwrap();
            let (family, kind) = families.last().unwrap();
            let rest = name.strip_prefix(family);
            let rest = rest.unwrap_or_else(|| panic!("{name} stands under {family}"));
            let is_part = ["_bucket", "_sum", "_count"].contains(&rest);
            assert_eq!(is_part, *kind == "histogram", "{line}");
            let value = value.parse().unwrap();
            assert!(
                found.insert(series.to_owned(), value).is_none(),
                "{line} twice"
            );
        }
        assert_eq!(text.matches("# HELP ").count(), families.len());
        found
    }

    #[test]
    fn every_count_is_told_in_the_text_format() {
        let telemetry = Telemetry::new(Clock::manual(0));
        for bytes in [900, 1_500, 2_000_000] {
            telemetry.call(&Call {
                function: SNAPSHOT_FUNCTION,
                status: 200,
                bytes,
                session: None,
            });
        }
        let counts = PageCounts {
            intervals: vec![4, 0, 2, 0, 0, 0, 0, 0, 0, 1],
            cache_stale: 3,
            starts: BTreeMap::from([("poll".to_owned(), 7)]),
            renders: BTreeMap::from([("git_section".to_owned(), 5)]),
            ..PageCounts::default()
        };
        telemetry.page(None, &counts);
        telemetry.stale(None);
        let gauges = Gauges {
            sessions: BTreeMap::from([("idle".to_owned(), 2)]),
            agents: 1,
            streams: 3,
            events: 40,
            git: vec![("status".to_owned(), 9)],
            relay: Some(RelayGauges {
                is_up: true,
                messages: vec![("dropped".to_owned(), 4)],
                pages: vec![("hit".to_owned(), 6)],
            }),
            nodes: Some((2, 1)),
        };
        let text = telemetry.text(&gauges);
        let samples = samples(&text);
        let wanted = [
            ("heddle_redis_up", 1.0),
            (r#"heddle_nodes{state="there"}"#, 2.0),
            (r#"heddle_nodes{state="away"}"#, 1.0),
            (r#"heddle_redis_messages_total{outcome="dropped"}"#, 4.0),
            (r#"heddle_shared_pages_total{outcome="hit"}"#, 6.0),
            (r#"heddle_session_payload_bytes_bucket{le="1000"}"#, 1.0),
            (r#"heddle_session_payload_bytes_bucket{le="2000"}"#, 2.0),
            (r#"heddle_session_payload_bytes_bucket{le="500000"}"#, 2.0),
            (r#"heddle_session_payload_bytes_bucket{le="+Inf"}"#, 3.0),
            ("heddle_session_payload_bytes_sum", 2_002_400.0),
            ("heddle_session_payload_bytes_count", 3.0),
            (r#"heddle_client_poll_interval_seconds_bucket{le="2"}"#, 4.0),
            (
                r#"heddle_client_poll_interval_seconds_bucket{le="4.5"}"#,
                6.0,
            ),
            (
                r#"heddle_client_poll_interval_seconds_bucket{le="15.187"}"#,
                6.0,
            ),
            (
                r#"heddle_client_poll_interval_seconds_bucket{le="+Inf"}"#,
                7.0,
            ),
            ("heddle_client_poll_interval_seconds_sum", 77.0),
            (r#"heddle_client_cache_total{outcome="hit"}"#, 0.0),
            (r#"heddle_client_cache_total{outcome="stale"}"#, 3.0),
            (
                r#"heddle_client_renders_total{component="git_section"}"#,
                5.0,
            ),
            (r#"heddle_client_requests_total{cause="poll"}"#, 7.0),
            ("heddle_stale_incidents_total", 1.0),
            (r#"heddle_sessions{status="idle"}"#, 2.0),
            ("heddle_agent_processes", 1.0),
            ("heddle_event_streams", 3.0),
            ("heddle_events_sent_total", 40.0),
            (r#"heddle_git_spawns_total{command="status"}"#, 9.0),
        ];
        for (series, value) in wanted {
            assert_eq!(samples.get(series), Some(&value), "{series}\n{text}");
        }
        let calls =
            r#"heddle_api_requests_total{function="agent/get_session_with_metadata",status="200"}"#;
        assert_eq!(samples.get(calls), Some(&3.0));
    }

    #[test]
    fn histograms_of_nothing_are_told_as_well() {
        let text = Telemetry::new(Clock::manual(0)).text(&Gauges::default());
        let samples = samples(&text);
        assert_eq!(
            samples.get("heddle_session_payload_bytes_count"),
            Some(&0.0)
        );
        assert_eq!(escaped("a\"b\\c\nd"), "a\\\"b\\\\c\\nd");
    }
}
