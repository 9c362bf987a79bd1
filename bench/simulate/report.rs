//! What came of it, as a table and as facts that must hold.
use super::world::{ACTIVE_ONE_IN, BUCKET, OUTAGE, Page, QUIET, STREAMS_OF_NODE, WATCHERS, World};

/// What was counted.
struct Found {
    pages: u64,
    /// Requests a second that a quiet time is to have.
    wanted: u64,
    quiet: u64,
    /// Requests, and new streams, in 100 ms after the outage: on average, and at most.
    requests: (u64, u64),
    streams: (u64, u64),
    /// How long after it each page had caught up, in milliseconds.
    caught: Vec<u64>,
    late: usize,
}

/// Prints what came of it; false if something is not as it has to be.
pub(super) fn print(world: &World) -> bool {
    let found = Found::of(world);
    found.table(world);
    let facts = found.facts();
    for (fact, holds) in facts {
        println!("{} {fact}", if holds { "ok    " } else { "FAILED" });
    }
    facts.iter().all(|(_, holds)| *holds)
}

impl Found {
    fn of(world: &World) -> Self {
        let pages = world.pages.len() as u64;
        let active = world.versions.len().div_ceil(ACTIVE_ONE_IN) * WATCHERS;
        let after = (OUTAGE.1, OUTAGE.1 + 10_000);
        let busy = |counts: &[u64]| (sum(counts, after) / 100, peak(counts, after));
        let mut caught: Vec<u64> = world
            .pages
            .iter()
            .filter_map(|page| page.caught_up)
            .collect();
        caught.sort_unstable();
        Self {
            pages,
            wanted: pages / 60 + active as u64,
            quiet: sum(&world.requests, QUIET) * 1000 / (QUIET.1 - QUIET.0),
            requests: busy(&world.requests),
            streams: busy(&world.streams),
            caught,
            late: late(world),
        }
    }

    fn table(&self, world: &World) {
        let line = |name: &str, value: u64| println!("{name:<48}{value:>12}");
        let caught = |permille: usize| {
            let place = (self.caught.len() * permille / 1000).min(self.caught.len().max(1) - 1);
            self.caught.get(place).copied().unwrap_or_default()
        };
        line("pages", self.pages);
        line(
            &format!("nodes of {STREAMS_OF_NODE} streams"),
            world.nodes.len() as u64,
        );
        line("requests a second, quiet", self.quiet);
        line("  of which checks once a minute", self.pages / 60);
        line("requests refused while nothing answered", world.refused);
        line(
            "after it: requests in 100 ms, mean of 10 s",
            self.requests.0,
        );
        line("after it: requests in 100 ms, at most", self.requests.1);
        line(
            "after it: new streams in 100 ms, mean of 10 s",
            self.streams.0,
        );
        line("after it: new streams in 100 ms, at most", self.streams.1);
        line("half of the pages caught up after, ms", caught(500));
        line("99 % of the pages caught up after, ms", caught(990));
        line("all of the pages caught up after, ms", caught(1000));
        line("pages that are behind at the end", self.late as u64);
    }

    fn facts(&self) -> [(&'static str, bool); 6] {
        let is_spread = |(mean, most): (u64, u64)| most <= mean * 6;
        [
            (
                "every page caught up",
                self.caught.len() as u64 == self.pages,
            ),
            (
                "within 60 s",
                self.caught.last().is_some_and(|last| *last <= 60_000),
            ),
            ("no page is behind at the end", self.late == 0),
            (
                "a quiet page asks once a minute, and once a change",
                self.quiet <= self.wanted * 11 / 10,
            ),
            (
                "requests come spread: at most 6 times the mean in 100 ms",
                is_spread(self.requests),
            ),
            ("so do new streams", is_spread(self.streams)),
        ]
    }
}

/// Pages that miss a change of more than two seconds ago.
fn late(world: &World) -> usize {
    let is_late = |(who, page): &(usize, &Page)| page.version + 2 < world.versions[who / WATCHERS];
    world.pages.iter().enumerate().filter(is_late).count()
}

fn within(counts: &[u64], (from, until): (u64, u64)) -> &[u64] {
    let place = |time: u64| usize::try_from(time / BUCKET).unwrap_or_default();
    counts.get(place(from)..place(until)).unwrap_or_default()
}

fn sum(counts: &[u64], span: (u64, u64)) -> u64 {
    within(counts, span).iter().sum()
}

fn peak(counts: &[u64], span: (u64, u64)) -> u64 {
    within(counts, span)
        .iter()
        .copied()
        .max()
        .unwrap_or_default()
}
