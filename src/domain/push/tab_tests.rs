//! A browser with several tabs and a server, in virtual time.
use super::*;
use crate::sync::{Mono, SplitMix64};
use std::collections::BTreeMap;

fn session(n: u32) -> SessionId {
    format!("0199f0a0-1111-7222-8333-{n:012x}").parse().unwrap()
}

fn wants(n: u32) -> Wants {
    Wants {
        sessions: [session(n)].into(),
        is_list: false,
        held: BTreeMap::new(),
    }
}

/// What a page was told.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Told {
    Opened(Verdict),
    Updated(u64),
    /// From this revision to that one, and whether another tab gets it too.
    Changes(u64, u64, bool),
    Lost,
}

#[derive(Default)]
struct Page {
    told: Vec<Told>,
    stream: Option<String>,
    wake: Option<Mono>,
    opened: usize,
    /// How often it was for this tab to ask.
    asked: usize,
}

struct Browser {
    now: u64,
    rng: SplitMix64,
    tabs: BTreeMap<u64, (Tab, Page)>,
    /// Who has the lock, then who waits.
    lock: Vec<u64>,
    n: u64,
    is_down: bool,
}

impl Browser {
    fn new(count: u64, can_share: bool) -> Self {
        let tab = |id| (id, (Tab::new(id, can_share), Page::default()));
        Self {
            now: 0,
            rng: SplitMix64::new(1),
            tabs: (1..=count).map(tab).collect(),
            lock: Vec::new(),
            n: 0,
            is_down: false,
        }
    }

    /// Tabs that all want a session of their own and are seen.
    fn open(count: u64) -> Self {
        let mut browser = Self::new(count, true);
        for id in 1..=count {
            browser.show(id, true);
            browser.give(id, Input::Wants(wants(u32::try_from(id).unwrap())));
        }
        browser
    }

    fn show(&mut self, id: u64, is_visible: bool) {
        self.give(
            id,
            Input::Watched {
                is_visible,
                is_watched: is_visible,
            },
        );
    }

    fn give(&mut self, id: u64, input: Input) {
        let mut inputs = std::collections::VecDeque::from([(id, input)]);
        while let Some((id, input)) = inputs.pop_front() {
            let Some((tab, _)) = self.tabs.get_mut(&id) else {
                continue;
            };
            for output in tab.step(Mono(self.now), input, &mut self.rng) {
                inputs.extend(self.execute(id, output));
            }
        }
    }

    fn execute(&mut self, id: u64, output: Output) -> Vec<(u64, Input)> {
        let at = format!("a.b.{}", self.n);
        let page = &mut self.tabs.get_mut(&id).unwrap().1;
        match output {
            Output::Lock => {
                self.lock.push(id);
                return self.granted(self.lock.len() == 1);
            }
            Output::Unlock => {
                let was_first = self.lock.first() == Some(&id);
                self.lock.retain(|other| *other != id);
                return self.granted(was_first);
            }
            Output::Open(query) => {
                page.stream = Some(query.clone());
                page.opened += 1;
                if self.is_down {
                    return vec![(id, Input::Failed)];
                }
                let verdict = if query.contains("after=") {
                    Verdict::Ok
                } else {
                    Verdict::Gap
                };
                return vec![(id, Input::Resumed(verdict, at))];
            }
            Output::Close => page.stream = None,
            Output::Say(message) => {
                let others = self.tabs.keys().filter(|other| **other != id);
                let heard = |other: &u64| (*other, Input::Heard(message.clone()));
                return others.map(heard).collect();
            }
            Output::Opened(verdict, told) if told.covers(&wants(u32::try_from(id).unwrap())) => {
                page.told.push(Told::Opened(verdict));
            }
            Output::Opened(..) => {}
            Output::Updated { update, is_asker } => {
                page.told.push(Told::Updated(update.revision));
                page.asked += usize::from(is_asker);
            }
            Output::Changes { changes, is_shared } => {
                let (since, revision) = (changes.since, changes.update.revision);
                page.told.push(Told::Changes(since, revision, is_shared));
            }
            Output::Lost => page.told.push(Told::Lost),
            Output::WakeAt(at) => page.wake = at,
        }
        Vec::new()
    }

    fn granted(&self, is_free: bool) -> Vec<(u64, Input)> {
        let first = self.lock.first().filter(|_| is_free);
        first.map(|id| (*id, Input::Granted)).into_iter().collect()
    }

    fn leaders(&self) -> Vec<u64> {
        let leads = |(id, (_, page)): (&u64, &(Tab, Page))| page.stream.is_some().then_some(*id);
        self.tabs.iter().filter_map(leads).collect()
    }

    fn told(&self, id: u64) -> &[Told] {
        &self.tabs[&id].1.told
    }

    /// The next change of a session, and its place in the stream.
    fn next(&mut self, n: u32, revision: u64) -> (SessionUpdated, String) {
        self.n += 1;
        let update = SessionUpdated {
            v: VERSION,
            session_id: session(n),
            updated_at: Timestamp(0),
            revision,
        };
        (update, format!("a.b.{}", self.n))
    }

    /// The server tells of a change.
    fn change(&mut self, n: u32, revision: u64) {
        let (update, at) = self.next(n, revision);
        for id in self.leaders() {
            let is_for_it = self.tabs[&id]
                .1
                .stream
                .as_ref()
                .unwrap()
                .contains(session(n).as_str());
            if is_for_it {
                self.give(id, Input::Updated(update.clone(), at.clone()));
            }
        }
    }

    /// The stream of the leader brings changes.
    fn stream(&mut self, n: u32, since: u64, revision: u64) {
        let (update, at) = self.next(n, revision);
        for id in self.leaders() {
            let changes = StreamedChanges {
                update: update.clone(),
                since,
                body: "".into(),
            };
            self.give(id, Input::Changes(changes, at.clone()));
        }
    }

    /// Time goes on; the server beats every 15 seconds unless it is mute.
    fn run(&mut self, ms: u64, is_mute: bool) {
        for _ in 0..ms {
            self.now += 1;
            let is_due = |(_, page): &(Tab, Page)| page.wake.is_some_and(|due| due.0 <= self.now);
            let due: Vec<u64> = self
                .tabs
                .iter()
                .filter(|(_, tab)| is_due(tab))
                .map(|(id, _)| *id)
                .collect();
            for id in due {
                self.give(id, Input::Tick);
            }
            if self.now.is_multiple_of(15_000) && !is_mute && !self.is_down {
                for id in self.leaders() {
                    self.give(id, Input::Beat(format!("a.b.{}", self.n)));
                }
            }
        }
    }
}

#[test]
fn of_tabs_that_show_the_same_session_one_that_is_seen_asks() {
    let mut browser = Browser::new(4, true);
    for id in 1..=4 {
        browser.show(id, true);
        browser.give(id, Input::Wants(wants(if id == 1 { 1 } else { 2 })));
    }
    let asked = |browser: &Browser| {
        let asked = browser.tabs.values().map(|(_, page)| page.asked);
        asked.collect::<Vec<_>>()
    };
    browser.change(2, 7);
    assert_eq!(
        asked(&browser),
        [0, 1, 0, 0],
        "the one that leads does not show it"
    );
    browser.show(2, false);
    browser.change(2, 8);
    assert_eq!(asked(&browser), [0, 1, 1, 0]);
    browser.give(1, Input::Wants(wants(2)));
    browser.change(2, 9);
    assert_eq!(asked(&browser), [1, 1, 1, 0]);
    let mut alone = Browser::open(1);
    alone.change(1, 7);
    assert_eq!(asked(&alone), [1]);
}

#[test]
fn seven_tabs_hold_one_stream_and_all_are_told() {
    let mut browser = Browser::open(7);
    assert_eq!(browser.leaders(), [1]);
    for n in 1..=7 {
        browser.change(n, u64::from(n) + 10);
    }
    for id in 1..=7 {
        let told = browser.told(id);
        assert!(matches!(told[0], Told::Opened(_)), "{id}: {told:?}");
        assert!(told.contains(&Told::Updated(id + 10)), "{id}: {told:?}");
        assert!(!told.contains(&Told::Lost));
    }
    browser.run(300_000, false);
    assert!(
        browser
            .tabs
            .values()
            .all(|(_, page)| !page.told.contains(&Told::Lost))
    );
    assert_eq!(browser.leaders(), [1]);
}

#[test]
fn a_leader_that_is_hidden_hands_over_without_a_gap() {
    let mut browser = Browser::open(3);
    browser.change(2, 5);
    let known = browser.told(2).len();
    browser.show(1, false);
    assert_eq!(browser.leaders(), [2]);
    let query = browser.tabs[&2].1.stream.clone().unwrap();
    assert!(query.ends_with("&after=a.b.1"), "{query}");
    assert!(
        !query.contains(session(1).as_str()),
        "it is not wanted any more"
    );
    browser.change(3, 6);
    assert_eq!(browser.told(3).last(), Some(&Told::Updated(6)));
    assert!(!browser.told(2)[known..].contains(&Told::Lost));
    assert!(!browser.told(3).contains(&Told::Lost));
    assert_eq!(browser.told(1).last(), Some(&Told::Lost));
}

#[test]
fn a_leader_that_is_closed_is_followed_by_another() {
    let mut browser = Browser::open(3);
    browser.tabs.remove(&1);
    browser.lock.remove(0);
    browser.give(2, Input::Granted);
    assert_eq!(browser.leaders(), [2]);
    browser.change(3, 6);
    assert_eq!(browser.told(3).last(), Some(&Told::Updated(6)));
    browser.run(70_000, false);
    browser.give(3, Input::Wants(wants(4)));
    let query = browser.tabs[&2].1.stream.clone().unwrap();
    assert!(
        !query.contains(session(1).as_str()),
        "gone tabs are forgotten: {query}"
    );
}

#[test]
fn a_hidden_browser_holds_no_stream_and_comes_back_with_one() {
    let mut browser = Browser::open(3);
    for id in 1..=3 {
        browser.show(id, false);
    }
    assert_eq!(browser.leaders(), [] as [u64; 0]);
    assert!(browser.lock.is_empty());
    assert!(browser.tabs.values().all(|(_, page)| page.wake.is_none()));
    browser.show(3, true);
    assert_eq!(browser.leaders(), [3]);
    assert!(matches!(browser.told(3).last(), Some(Told::Opened(_))));
}

#[test]
fn hidden_tabs_that_are_to_tell_keep_the_stream_and_let_a_visible_one_lead() {
    let mut browser = Browser::open(2);
    let hidden = Input::Watched {
        is_visible: false,
        is_watched: true,
    };
    browser.give(1, hidden.clone());
    assert_eq!(browser.leaders(), [2], "the one that is seen");
    browser.give(2, hidden);
    assert_eq!(browser.leaders().len(), 1, "nobody sees any");
    browser.show(1, true);
    assert_eq!(browser.leaders(), [1]);
    assert!(!browser.told(1).contains(&Told::Lost));
    assert!(!browser.told(2).contains(&Told::Lost));
}

#[test]
fn without_locks_every_tab_holds_a_stream() {
    let mut browser = Browser::new(3, false);
    for id in 1..=3 {
        browser.show(id, true);
        browser.give(id, Input::Wants(wants(u32::try_from(id).unwrap())));
    }
    assert_eq!(browser.leaders(), [1, 2, 3]);
    browser.change(2, 5);
    assert_eq!(
        browser.told(2),
        [Told::Opened(Verdict::Gap), Told::Updated(5)]
    );
    assert_eq!(browser.told(1).len(), 1);
}

#[test]
fn a_stream_that_is_mute_is_lost_after_35_seconds_for_all_and_opened_again() {
    let mut browser = Browser::open(2);
    browser.run(QUIET_MS - 1, true);
    assert!(!browser.told(2).contains(&Told::Lost));
    browser.run(1, true);
    for id in 1..=2 {
        assert_eq!(browser.told(id).last(), Some(&Told::Lost));
    }
    browser.run(2000, true);
    for id in 1..=2 {
        assert_eq!(browser.told(id).last(), Some(&Told::Opened(Verdict::Ok)));
    }
}

#[test]
fn a_stream_that_ends_in_good_order_is_opened_again_and_nobody_notices() {
    let mut browser = Browser::open(2);
    browser.give(1, Input::Bye);
    browser.run(1000, false);
    assert_eq!(browser.leaders(), [1]);
    assert_eq!(browser.tabs[&1].1.opened, 3, "one for each tab that came");
    for id in 1..=2 {
        assert!(!browser.told(id).contains(&Told::Lost));
    }
}

#[test]
fn a_server_that_is_away_is_asked_less_and_less_often_and_found_again() {
    let mut browser = Browser::open(2);
    browser.is_down = true;
    browser.give(1, Input::Failed);
    assert_eq!(browser.told(2).last(), Some(&Told::Lost), "at once");
    let before = browser.tabs[&1].1.opened;
    browser.run(600_000, false);
    let tries = browser.tabs[&1].1.opened - before;
    assert!((10..=30).contains(&tries), "{tries}");
    browser.is_down = false;
    browser.give(1, Input::Online);
    assert_eq!(browser.told(1).last(), Some(&Told::Opened(Verdict::Ok)));
    assert_eq!(browser.told(2).last(), Some(&Told::Opened(Verdict::Ok)));
}

#[test]
fn a_tab_that_wants_more_is_told_of_it_and_the_others_miss_nothing() {
    let mut browser = Browser::open(2);
    browser.change(1, 3);
    let opened = browser.tabs[&1].1.opened;
    browser.give(
        2,
        Input::Wants(Wants {
            is_list: true,
            ..wants(2)
        }),
    );
    assert_eq!(browser.tabs[&1].1.opened, opened + 1);
    let query = browser.tabs[&1].1.stream.clone().unwrap();
    assert!(query.ends_with("&list=1&after=a.b.1"), "{query}");
    browser.give(2, Input::Wants(wants(2)));
    assert_eq!(browser.tabs[&1].1.opened, opened + 1, "less needs no other");
    assert!(!browser.told(1).contains(&Told::Lost));
}

#[test]
fn a_tab_that_missed_what_was_said_finds_its_way_back() {
    let mut browser = Browser::open(2);
    browser.give(2, Input::Heard(Message::Lost));
    assert_eq!(browser.told(2).last(), Some(&Told::Lost));
    browser.run(15_000, false);
    assert_eq!(browser.told(2).last(), Some(&Told::Opened(Verdict::Ok)));
}

#[test]
fn a_message_survives_json_and_others_are_none() {
    let lost = serde_json::to_string(&Message::Lost).unwrap();
    assert_eq!(
        serde_json::from_str::<Message>(&lost).unwrap(),
        Message::Lost
    );
    assert!(serde_json::from_str::<Message>("{\"other\":1}").is_err());
}

fn wants_from(n: u32, held: u64) -> Wants {
    Wants {
        held: [(session(n), held)].into(),
        ..wants(n)
    }
}

#[test]
fn changes_go_to_the_page_and_over_the_channel_only_to_a_tab_that_shows_the_session() {
    let mut browser = Browser::open(2);
    browser.give(1, Input::Wants(wants_from(1, 5)));
    let query = browser.tabs[&1].1.stream.clone().unwrap();
    browser.stream(1, 5, 6);
    assert_eq!(browser.told(1).last(), Some(&Told::Changes(5, 6, false)));
    assert!(!browser.told(2).contains(&Told::Updated(6)), "{query}");
    browser.give(2, Input::Wants(wants(1)));
    browser.stream(1, 6, 7);
    assert_eq!(browser.told(1).last(), Some(&Told::Changes(6, 7, true)));
    assert_eq!(browser.told(2).last(), Some(&Told::Updated(7)));
    assert_eq!(browser.tabs[&2].1.asked, 0, "the leader gives it what came");
}

#[test]
fn a_stream_that_is_opened_again_begins_where_the_last_one_was() {
    let mut browser = Browser::new(1, true);
    browser.show(1, true);
    browser.give(1, Input::Wants(wants_from(1, 5)));
    let query = |browser: &Browser| browser.tabs[&1].1.stream.clone().unwrap_or_default();
    assert!(query(&browser).contains("&since=5"), "{}", query(&browser));
    browser.stream(1, 5, 9);
    browser.give(1, Input::Bye);
    browser.run(2000, false);
    assert_eq!(browser.tabs[&1].1.opened, 2);
    assert!(query(&browser).contains("&since=9"), "{}", query(&browser));
}
