//! What can be done with the entry that is pointed at or focused: copy it, fork from it, see its
//! raw lines. There is one bar of tools for the whole thread.
use super::href;
use super::transcript::{ThreadEnv, ThreadItem};
use super::ui::{CopyButton, Glyph, Icon};
use crate::browser::places::attribute_around;
use domain::copying::{Copied, copies};
use domain::fork::{CODE, Origin};
use domain::thread::{self, Body};
use leptos::prelude::*;

/// Starts a session that goes on after an entry; the page gives it as a context.
#[derive(Clone, Copy)]
pub struct ForkFrom {
    /// Whether a fork is being made.
    pub is_busy: Signal<bool>,
    /// Forks after the entry of this place.
    pub on_fork: Callback<u64>,
}

/// The entry that has the tools: the last that was pointed at or focused.
#[derive(Debug, Clone, Copy)]
pub struct Pointed {
    seq: RwSignal<Option<u64>>,
    /// The entry with the focus has them while none is pointed at.
    focused: StoredValue<Option<u64>>,
}

impl Pointed {
    /// No entry has them yet.
    #[must_use]
    pub fn nowhere() -> Self {
        Self {
            seq: RwSignal::new(None),
            focused: StoredValue::new(None),
        }
    }

    /// Gives them to the entry that the pointer went to.
    pub fn point(self, event: &leptos::ev::Event) {
        self.give(attribute_around(event, "data-seq"));
    }

    /// Gives them to the entry that has the focus now.
    pub fn focus(self, event: &leptos::ev::Event) {
        let seq = attribute_around(event, "data-seq");
        self.focused
            .set_value(seq.as_deref().and_then(|seq| seq.parse().ok()));
        self.give(seq);
    }

    /// The focus left the thread.
    pub fn blur(self) {
        self.focused.set_value(None);
    }

    /// The pointer left the thread.
    pub fn leave(self) {
        let focused = self.focused.get_value();
        if self.seq.get_untracked() != focused {
            self.seq.set(focused);
        }
    }

    fn give(self, seq: Option<String>) {
        let seq = seq.and_then(|seq| seq.parse().ok());
        if seq.is_some() && self.seq.get_untracked() != seq {
            self.seq.set(seq);
        }
    }

    /// Whether an entry has them.
    fn has(self, seq: u64) -> bool {
        self.seq.get() == Some(seq)
    }
}

/// The tools, while the entry has them.
#[component]
pub fn EntryTools(
    /// The entry.
    item: ThreadItem,
    /// What every entry needs.
    env: ThreadEnv,
) -> impl IntoView {
    let is_shown = Memo::new(move |_| env.pointed.has(item.seq));
    let fork = use_context::<ForkFrom>();
    move || is_shown.get().then(|| tools(item, env, fork))
}

fn tools(item: ThreadItem, env: ThreadEnv, fork: Option<ForkFrom>) -> AnyView {
    let ThreadItem { seq, entry, .. } = item;
    let kinds = Memo::new(move |_| entry.with(|entry| kinds_of(&entry.body)));
    let copy = move |kind: Copied| {
        let text = move || entry.with(|entry| text_of(&entry.body, kind));
        view! { <CopyButton label=kind.label() word=kind.word() text=Signal::derive(text) on_copy=env.on_copy/> }
    };
    let is_message = entry.with_untracked(is_message);
    view! {
        <div class="entry-tools" role="toolbar" aria-label=format!("Entry {seq}")>
            {move || kinds.get().into_iter().map(copy).collect_view()}
            {fork.filter(|_| is_message).map(|fork| fork_button(fork, seq))}
            <button
                type="button"
                data-tone="plain"
                aria-label=format!("Raw lines of entry {seq}")
                on:click=move |_| env.on_raw.run(seq)
            >
                "Raw"
            </button>
        </div>
    }
    .into_any()
}

fn fork_button(fork: ForkFrom, seq: u64) -> impl IntoView {
    view! {
        <button
            type="button"
            data-testid="fork"
            data-tone="plain"
            title="A new session from the last commit of this one, which knows the thread up to here"
            disabled=move || fork.is_busy.get()
            on:click=move |_| fork.on_fork.run(seq)
        >
            <Icon glyph=Glyph::Branch/>
            "Fork from here"
        </button>
    }
}

fn kinds_of(body: &Body) -> Vec<Copied> {
    copies(body).into_iter().map(|(kind, _)| kind).collect()
}

fn text_of(body: &Body, wanted: Copied) -> String {
    let found = copies(body).into_iter().find(|(kind, _)| *kind == wanted);
    found.map(|(_, text)| text).unwrap_or_default()
}

const fn is_message(entry: &thread::Entry) -> bool {
    matches!(entry.body, Body::User { .. } | Body::Agent { .. })
}

/// The way back of a fork; nothing for other entries.
#[must_use]
pub fn way_back(entry: &thread::Entry) -> Option<AnyView> {
    let Body::System { code, text } = &entry.body else {
        return None;
    };
    let origin = Origin::of(text).filter(|_| code == CODE)?;
    let path = href(&format!("/agents/{}", origin.id));
    let link =
        view! { <a class="entry-tools__back" href=path>"Open the session it was forked from"</a> };
    Some(link.into_any())
}
