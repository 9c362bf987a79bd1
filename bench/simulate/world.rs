//! What is simulated: pages, sessions, nodes, and what is due when.
use domain::id::SessionId;
use domain::push::Tab;
use domain::snapshot::SyncSettings;
use domain::sync::{Config, Core, ReqId, Rng, SplitMix64};

/// Pages that watch each session.
pub(super) const WATCHERS: usize = 100;
/// One session in so many is at work, and changes once a second.
pub(super) const ACTIVE_ONE_IN: usize = 100;
/// Streams of one node; it is counted by this how many nodes there are.
pub(super) const STREAMS_OF_NODE: usize = 20_000;
/// What a node spends on an answer and on a new stream, in microseconds.
pub(super) const ANSWER_US: u64 = 40;
pub(super) const STREAM_US: u64 = 100;
/// Way there and back, in milliseconds.
pub(super) const WAY_MS: u64 = 20;
pub(super) const BEAT_MS: u64 = 15_000;

/// Pages open until here; then everything runs quietly.
pub(super) const OPENED: u64 = 60_000;
pub(super) const QUIET: (u64, u64) = (120_000, 180_000);
/// Every stream breaks and nothing answers.
pub(super) const OUTAGE: (u64, u64) = (180_000, 190_000);
pub(super) const END: u64 = 300_000;
/// Width of a bucket of what is counted.
pub(super) const BUCKET: u64 = 100;

#[derive(Clone, Copy)]
pub(super) enum Item {
    Opens,
    CoreWakes,
    TabWakes,
    Answer(ReqId, Option<u64>),
    StreamOpens(u32),
    Beat(u32),
    Told(u32, u64),
    Changes,
}

pub(super) struct Page {
    pub(super) core: Core,
    pub(super) tab: Tab,
    pub(super) core_wake: Option<u64>,
    pub(super) tab_wake: Option<u64>,
    /// Number of its stream, so that what is late is known; 0 while there is none.
    pub(super) stream: u32,
    pub(super) is_told: bool,
    pub(super) version: u64,
    /// The version that its stream brought last.
    pub(super) streamed: u64,
    pub(super) caught_up: Option<u64>,
}

#[derive(Default, Clone)]
pub(super) struct Node {
    pub(super) free_us: u64,
}

pub(super) struct World {
    pub(super) now: u64,
    pub(super) due: Vec<Vec<(u32, Item)>>,
    pub(super) pages: Vec<Page>,
    /// Version of each session.
    pub(super) versions: Vec<u64>,
    pub(super) at_outage: Vec<u64>,
    pub(super) ids: Vec<SessionId>,
    pub(super) nodes: Vec<Node>,
    pub(super) rng: SplitMix64,
    pub(super) requests: Vec<u64>,
    pub(super) streams: Vec<u64>,
    pub(super) refused: u64,
}

impl World {
    pub(super) fn new(count: usize) -> Self {
        let sessions = count.div_ceil(WATCHERS);
        let id = |n| format!("0199f0a0-1111-7222-8333-{n:012x}").parse();
        let settings = SyncSettings {
            arm: "push".to_owned(),
            ..SyncSettings::default()
        };
        let config = Config::from(&settings);
        let page = |n: usize| Page {
            core: Core::new(config),
            tab: Tab::new(n as u64, false),
            core_wake: None,
            tab_wake: None,
            stream: 0,
            is_told: false,
            version: 0,
            streamed: 0,
            caught_up: None,
        };
        let buckets = usize::try_from(END / BUCKET).unwrap_or_default();
        let mut world = Self {
            now: 0,
            due: (0..=END).map(|_| Vec::new()).collect(),
            pages: (0..count).map(page).collect(),
            versions: vec![1; sessions],
            at_outage: Vec::new(),
            ids: (0..sessions).filter_map(|n| id(n).ok()).collect(),
            nodes: vec![Node::default(); count.div_ceil(STREAMS_OF_NODE)],
            rng: SplitMix64::new(7),
            requests: vec![0; buckets],
            streams: vec![0; buckets],
            refused: 0,
        };
        for page in 0..count {
            let at = world.rng.next_u64() % OPENED;
            world.at(at, page, Item::Opens);
        }
        for session in (0..sessions).step_by(ACTIVE_ONE_IN) {
            let at = world.rng.next_u64() % 1000;
            world.at(at, session, Item::Changes);
        }
        world
    }

    pub(super) fn at(&mut self, time: u64, who: usize, item: Item) {
        if let Some(due) = self
            .due
            .get_mut(usize::try_from(time).unwrap_or(usize::MAX))
        {
            due.push((u32::try_from(who).unwrap_or(u32::MAX), item));
        }
    }

    pub(super) fn run(&mut self) {
        while self.now < END {
            if self.now == OUTAGE.0 {
                self.break_streams();
            }
            if self.now == OUTAGE.1 {
                self.at_outage = self.versions.clone();
            }
            // What happens now may lead to more now.
            let now = usize::try_from(self.now).unwrap_or_default();
            while !self.due[now].is_empty() {
                for (who, item) in std::mem::take(&mut self.due[now]) {
                    self.happens(who as usize, item);
                }
            }
            self.due[now] = Vec::new();
            self.now += 1;
        }
    }

    pub(super) fn is_away(&self) -> bool {
        (OUTAGE.0..OUTAGE.1).contains(&self.now)
    }

    /// When a node is done with something that costs this; none if it cannot be reached.
    pub(super) fn served(&mut self, who: usize, cost_us: u64) -> Option<u64> {
        if self.is_away() {
            self.refused += 1;
            return None;
        }
        let nodes = self.nodes.len();
        let node = &mut self.nodes[who % nodes];
        node.free_us = node.free_us.max(self.now * 1000) + cost_us;
        Some(node.free_us / 1000 + WAY_MS)
    }
}
