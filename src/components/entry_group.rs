//! Small calls in a row under one line: the rows stay where they are and are hidden by an attribute.
use super::transcript::ThreadItem;
use super::ui::{Glyph, Icon};
use domain::grouping::{Group, groups, small};
use leptos::prelude::*;
use std::collections::BTreeSet;

/// The groups of a thread, and which are open.
#[derive(Debug, Clone, Copy)]
pub struct Folds {
    groups: RwSignal<Vec<Group>>,
    /// Places of entries whose group is open.
    opened: RwSignal<BTreeSet<u64>>,
}

/// What an entry is in its group.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fold {
    /// Whether the group is shown.
    is_open: bool,
    /// Set for the first, which carries the line of the group.
    words: Option<String>,
}

impl Fold {
    /// The word of the stylesheet, while it is hidden.
    #[must_use]
    pub const fn word(&self) -> Option<&'static str> {
        match (self.is_open, &self.words) {
            (true, _) => None,
            (false, Some(_)) => Some("head"),
            (false, None) => Some("rest"),
        }
    }
}

impl Folds {
    /// The groups among these, looked for again with each of `changes`; `opened` are places of
    /// entries that are to be seen.
    #[must_use]
    pub fn new(
        items: Signal<Vec<ThreadItem>>,
        changes: Signal<u64>,
        opened: RwSignal<BTreeSet<u64>>,
    ) -> Self {
        // Entries are read without following each: what follows hundreds of signals is slow.
        let named = |item: &ThreadItem| {
            let name = item.entry.with_untracked(|entry| small(&entry.body));
            (item.seq, name)
        };
        let look = move || {
            let named: Vec<_> = items.with_untracked(|items| items.iter().map(named).collect());
            groups(&named)
        };
        let groups = RwSignal::new(look());
        Effect::new(move |is_open: Option<()>| {
            changes.track();
            if is_open.is_none() {
                return;
            }
            let now = look();
            if groups.with_untracked(|known| *known != now) {
                groups.set(now);
            }
        });
        Self { groups, opened }
    }

    fn group(self, seq: u64) -> Option<Group> {
        self.groups.with(|groups| {
            let at = groups.partition_point(|group| group.last < seq);
            let group = groups.get(at).filter(|group| group.first <= seq);
            group.cloned()
        })
    }

    /// What the entry of a place is, if it is in a group.
    #[must_use]
    pub fn of(self, seq: u64) -> Option<Fold> {
        let group = self.group(seq)?;
        let inside = group.first..=group.last;
        let is_open = self
            .opened
            .with(|opened| opened.range(inside).next().is_some());
        Some(Fold {
            is_open,
            words: (group.first == seq).then_some(group.words),
        })
    }

    fn toggle(self, seq: u64, is_open: bool) {
        let Some(group) = untrack(|| self.group(seq)) else {
            return;
        };
        self.opened.update(|opened| {
            opened.retain(|seq| !(group.first..=group.last).contains(seq));
            if !is_open {
                opened.insert(seq);
            }
        });
    }
}

/// The line of a group, in its first entry; nothing elsewhere.
#[must_use]
pub fn group_line(folds: Folds, seq: u64, fold: Option<Fold>) -> AnyView {
    let Some((words, is_open)) = fold.and_then(|fold| Some((fold.words?, fold.is_open))) else {
        return ().into_any();
    };
    view! {
        <button
            type="button"
            class="entry-group"
            data-tone="plain"
            aria-expanded=is_open.to_string()
            on:click=move |_| folds.toggle(seq, is_open)
        >
            <Icon glyph=Glyph::Chevron/>
            {words}
        </button>
    }
    .into_any()
}
