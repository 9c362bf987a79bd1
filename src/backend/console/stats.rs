//! Reports of pages, and the statistics that are made of them and of the console's own counts.
use super::Console;
use super::input::Caller;
use crate::error::Failed;
use crate::relay::Relay;
use crate::telemetry::{Gauges, RelayGauges};
use domain::id::SessionId;
use domain::report::{PageIncident, PageReport};
use domain::stats::{Counted, Stats};
use std::collections::HashMap;

/// Sessions that the statistics of all name.
const SHOWN: usize = 50;

impl Console {
    /// Counts what a page reports, and logs its incident.
    ///
    /// # Errors
    /// [`Failed::Malformed`] for numbers that no page can have, then nothing of it is taken;
    /// [`Failed::RateLimited`]; [`Failed::NotFound`] and [`Failed::Deleted`] for its session.
    pub fn take_report(&self, caller: &Caller, report: &PageReport) -> Result<(), Failed> {
        if !self.telemetry.may_report(caller.user()) {
            let text = "too many reports; wait a minute".to_owned();
            return Err(Failed::RateLimited(text));
        }
        if !report.is_plausible() {
            return Err(Failed::Malformed("no page can report this".to_owned()));
        }
        let session = report.session.as_ref();
        if let Some(id) = session {
            self.head(caller, id)?;
        }
        if let Some(counts) = &report.counts {
            self.telemetry.page(session, counts);
        }
        if let Some(incident) = &report.incident {
            self.note(session, incident);
        }
        Ok(())
    }

    fn note(&self, session: Option<&SessionId>, incident: &PageIncident) {
        let id = session.map_or("-", SessionId::as_str);
        match incident {
            PageIncident::Stale {
                age_ms,
                interval_ms,
            } => {
                self.telemetry.stale(session);
                tracing::warn!(session.id = %id, age_ms, interval_ms, "a page of session {id} was stale");
            }
            PageIncident::Ended { cause } => {
                tracing::error!(session.id = %id, cause, "the program of a page of session {id} ended: {cause}");
            }
            PageIncident::Copy { cause } => {
                tracing::warn!(session.id = %id, cause, "a browser's copy of session {id} was dropped: {cause}");
            }
            PageIncident::Failed {
                attempts,
                cause,
                number,
            } => {
                let incident = number.as_deref().unwrap_or("-");
                tracing::warn!(session.id = %id, attempts, cause, incident, "a page of session {id} could not load");
            }
        }
    }

    /// What was counted of one session of the caller, or of all.
    ///
    /// # Errors
    /// [`Failed::NotFound`], [`Failed::Deleted`]; [`Failed`] if the store cannot be read.
    pub async fn stats(
        &self,
        caller: &Caller,
        session: Option<&SessionId>,
    ) -> Result<Stats, Failed> {
        let (minutes, total) = match session {
            Some(id) => {
                self.head(caller, id)?;
                self.telemetry.counted(Some(id))
            }
            None => self.telemetry.counted(None),
        };
        let mut stats = Stats {
            v: 1,
            server_now: self.setup.clock.now(),
            started_at: self.telemetry.started_at(),
            session: None,
            sessions: Vec::new(),
            minutes,
            total,
        };
        match session {
            Some(id) => {
                let hour = stats.hour();
                stats.session = Some(Counted {
                    id: id.clone(),
                    title: self.store.record(id).await?.session.title,
                    calls: hour.count(),
                    bytes: hour.bytes(),
                });
            }
            None => stats.sessions = self.counted_sessions(caller).await?,
        }
        Ok(stats)
    }

    /// The caller's sessions that were called within the last hour.
    async fn counted_sessions(&self, caller: &Caller) -> Result<Vec<Counted>, Failed> {
        let list = self.list(caller, None, None, None).await?;
        let titles: HashMap<_, _> = list
            .rows
            .into_iter()
            .map(|row| (row.id, row.title))
            .collect();
        let own = self.telemetry.sessions().into_iter();
        let own = own.filter(|(id, ..)| self.head(caller, id).is_ok());
        let named = own.take(SHOWN).map(|(id, calls, bytes)| Counted {
            title: titles
                .get(&id)
                .map_or(id.short(), String::as_str)
                .to_owned(),
            id,
            calls,
            bytes,
        });
        Ok(named.collect())
    }

    /// All counts as Prometheus reads them.
    ///
    /// # Errors
    /// [`Failed`] if the store cannot be read.
    pub async fn metrics(&self) -> Result<String, Failed> {
        let gauges = Gauges {
            sessions: self.counts().await?,
            agents: self.live_agents() as u64,
            streams: self.events.streams(),
            events: self.events.sent(),
            git: crate::git::spawns().into_iter().collect(),
            relay: self.relay.as_deref().map(relay),
            nodes: self.count_nodes().await?,
        };
        Ok(self.telemetry.text(&gauges))
    }
}

fn relay(relay: &Relay) -> RelayGauges {
    let named = |counts: &[(&str, u64)]| {
        let counts = counts.iter();
        counts
            .map(|(name, count)| ((*name).to_owned(), *count))
            .collect()
    };
    let (heard, dropped) = relay.heard();
    let pages = relay.pages().shares();
    RelayGauges {
        is_up: relay.is_up(),
        messages: named(&[("heard", heard), ("dropped", dropped)]),
        pages: named(&[
            ("hit", pages.hit),
            ("stale", pages.stale),
            ("miss", pages.miss),
            ("off", pages.off),
        ]),
    }
}
