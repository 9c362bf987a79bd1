//! What happens to a page: its core and its stream take a step, and the model does what they say.
use super::world::{ANSWER_US, BEAT_MS, BUCKET, Item, OUTAGE, STREAM_US, WATCHERS, WAY_MS, World};
use domain::push::{Input, Output, SessionUpdated, StreamedChanges, VERSION, Verdict, Wants};
use domain::session::Phase;
use domain::sync::{Effect, ErrKind, Event, Mono, Origin, ReqId, Rng, Seed, Wall};
use domain::time::Timestamp;

impl World {
    pub(super) fn happens(&mut self, who: usize, item: Item) {
        match item {
            Item::Opens => self.opens(who),
            Item::CoreWakes if self.pages[who].core_wake == Some(self.now) => {
                self.pages[who].core_wake = None;
                self.core(who, Event::Tick);
            }
            Item::TabWakes if self.pages[who].tab_wake == Some(self.now) => {
                self.pages[who].tab_wake = None;
                self.tab(who, Input::Tick);
            }
            Item::CoreWakes | Item::TabWakes => {}
            Item::Answer(id, version) => self.answered(who, id, version),
            Item::StreamOpens(stream) => self.stream_opens(who, stream),
            Item::Beat(stream) if self.pages[who].stream == stream => {
                self.tab(who, Input::Beat("a.b.1".to_owned()));
                self.at(self.now + BEAT_MS, who, Item::Beat(stream));
            }
            Item::Beat(_) => {}
            Item::Told(stream, revision) if self.pages[who].stream == stream => {
                let update = SessionUpdated {
                    v: VERSION,
                    session_id: self.ids[who / WATCHERS].clone(),
                    updated_at: Timestamp(0),
                    revision,
                };
                let changes = StreamedChanges {
                    update,
                    since: std::mem::replace(&mut self.pages[who].streamed, revision),
                    body: "".into(),
                };
                self.tab(who, Input::Changes(changes, "a.b.1".to_owned()));
            }
            Item::Told(..) => {}
            Item::Changes => self.changes(who),
        }
    }

    fn opens(&mut self, who: usize) {
        let session = who / WATCHERS;
        let seed = Seed {
            version: self.versions[session],
            phase: phase(session),
            origin: Origin::Server,
        };
        self.pages[who].version = seed.version;
        self.core(who, Event::Mount(Some(seed)));
        self.tab(
            who,
            Input::Watched {
                is_visible: true,
                is_watched: true,
            },
        );
        let wants = Wants {
            sessions: [self.ids[session].clone()].into(),
            is_list: false,
            held: [(self.ids[session].clone(), seed.version)].into(),
        };
        self.tab(who, Input::Wants(wants));
    }

    /// A session changes, and every stream that is open is told.
    fn changes(&mut self, session: usize) {
        self.versions[session] += 1;
        let revision = self.versions[session];
        let watchers = session * WATCHERS..((session + 1) * WATCHERS).min(self.pages.len());
        for who in watchers {
            let stream = self.pages[who].stream;
            if stream > 0 && self.pages[who].is_told {
                self.at(self.now + WAY_MS / 2, who, Item::Told(stream, revision));
            }
        }
        self.at(self.now + 1000, session, Item::Changes);
    }

    pub(super) fn break_streams(&mut self) {
        for who in 0..self.pages.len() {
            if std::mem::take(&mut self.pages[who].stream) > 0 {
                self.pages[who].is_told = false;
                // The browser notices within a second.
                let late = self.rng.next_u64() % 1000;
                self.at(self.now + late, who, Item::StreamOpens(0));
            }
        }
    }

    fn stream_opens(&mut self, who: usize, stream: u32) {
        if stream == 0 || self.is_away() {
            self.pages[who].stream = 0;
            return self.tab(who, Input::Failed);
        }
        if self.pages[who].stream != stream {
            return;
        }
        self.pages[who].is_told = true;
        self.tab(who, Input::Resumed(Verdict::Gap, "a.b.1".to_owned()));
        // What is missing comes first, also where that is nothing.
        self.pages[who].streamed = self.pages[who].version;
        self.happens(who, Item::Told(stream, self.versions[who / WATCHERS]));
        self.at(self.now + BEAT_MS, who, Item::Beat(stream));
    }

    fn answered(&mut self, who: usize, id: ReqId, version: Option<u64>) {
        let phase = phase(who / WATCHERS);
        let event = match version {
            None => Event::FetchErr {
                id,
                kind: ErrKind::Network,
                retry_after_ms: None,
            },
            Some(version) if version == self.pages[who].version => Event::FetchNotModified { id },
            Some(version) => Event::FetchOk {
                id,
                version,
                phase,
                is_applicable: true,
                bytes: 2000,
            },
        };
        if let Some(version) = version {
            self.holds(who, version);
        }
        self.core(who, event);
    }

    /// A page has this version, or a newer one.
    fn holds(&mut self, who: usize, version: u64) {
        let page = &mut self.pages[who];
        page.version = page.version.max(version);
        let is_over = self.now >= OUTAGE.1 && page.caught_up.is_none();
        if is_over && page.version >= self.at_outage[who / WATCHERS] {
            page.caught_up = Some(self.now - OUTAGE.1);
        }
    }

    /// The stream brought changes.
    fn streamed(&mut self, who: usize, changes: &StreamedChanges) {
        let is_applicable = changes.since <= self.pages[who].version;
        let version = changes.update.revision;
        if is_applicable {
            self.holds(who, version);
        }
        let event = Event::Streamed {
            version,
            phase: phase(who / WATCHERS),
            is_applicable,
            bytes: 2000,
        };
        self.core(who, event);
    }

    fn core(&mut self, who: usize, event: Event) {
        let (now, wall) = (Mono(self.now), Wall(1_800_000_000_000));
        let effects = self.pages[who].core.step(now, wall, event, &mut self.rng);
        for effect in effects {
            match effect {
                Effect::Fetch { id, .. } => {
                    self.requests[usize::try_from(self.now / BUCKET).unwrap_or_default()] += 1;
                    let version = self.versions[who / WATCHERS];
                    match self.served(who, ANSWER_US) {
                        Some(at) => self.at(at, who, Item::Answer(id, Some(version))),
                        None => self.at(self.now + WAY_MS, who, Item::Answer(id, None)),
                    }
                }
                Effect::WakeAt(at) => {
                    self.pages[who].core_wake = at.map(|at| at.0);
                    if let Some(at) = at {
                        self.at(at.0, who, Item::CoreWakes);
                    }
                }
                _ => {}
            }
        }
    }

    fn tab(&mut self, who: usize, input: Input) {
        let outputs = self.pages[who]
            .tab
            .step(Mono(self.now), input, &mut self.rng);
        for output in outputs {
            match output {
                Output::Open(_) => self.open_stream(who),
                Output::Close => self.pages[who].stream = 0,
                // The stream begins with what is missing.
                Output::Opened(..) => self.core(who, Event::PushOpened { is_gap: false }),
                Output::Changes { changes, .. } => self.streamed(who, &changes),
                Output::Updated { update, .. } => {
                    self.core(
                        who,
                        Event::Push {
                            version: update.revision,
                        },
                    );
                }
                Output::Lost => self.core(who, Event::PushHealth(false)),
                Output::WakeAt(at) => {
                    self.pages[who].tab_wake = at.map(|at| at.0);
                    if let Some(at) = at {
                        self.at(at.0, who, Item::TabWakes);
                    }
                }
                Output::Lock | Output::Unlock | Output::Say(_) => {}
            }
        }
    }

    fn open_stream(&mut self, who: usize) {
        self.streams[usize::try_from(self.now / BUCKET).unwrap_or_default()] += 1;
        let stream = u32::try_from(self.now).unwrap_or(1).max(1);
        self.pages[who].is_told = false;
        match self.served(who, STREAM_US) {
            Some(at) => {
                self.pages[who].stream = stream;
                self.at(at, who, Item::StreamOpens(stream));
            }
            None => self.at(self.now + WAY_MS, who, Item::StreamOpens(0)),
        }
    }
}

fn phase(session: usize) -> Phase {
    match session % super::world::ACTIVE_ONE_IN {
        0 => Phase::Active,
        _ => Phase::Idle,
    }
}
