//! Search in a thread: a field, kinds to choose, and hits to go to by mouse or keys.
use super::erased::Show;
use super::ui::{Glyph, Icon, LiveRegion};
use super::writing::key;
use domain::amount;
use domain::search::{SearchHit, Snippet};
use domain::visible::reveal;
use leptos::ev::KeyboardEvent;
use leptos::prelude::*;
use std::collections::BTreeSet;

/// Id of the field, for who wants to write into it.
pub const SEARCH_FIELD: &str = "thread-search-text";
/// Kinds that can be chosen, with what a person calls them.
const KINDS: [(&str, &str); 9] = [
    ("user", "Messages"),
    ("agent", "Answers"),
    ("thought", "Thoughts"),
    ("tool", "Tools"),
    ("approval", "Permissions"),
    ("question", "Questions"),
    ("plan", "Plans"),
    ("system", "Notices"),
    ("error", "Errors"),
];

/// What the search shows.
#[derive(Debug, Clone, Copy)]
pub struct SearchData {
    /// What is searched for.
    pub query: RwSignal<String>,
    /// Kinds that are wanted; all if empty.
    pub kinds: RwSignal<BTreeSet<&'static str>>,
    /// What fits, newest first.
    pub hits: Signal<Vec<SearchHit>>,
    /// Whether there may be more.
    pub has_more: Signal<bool>,
    /// Whether an answer is awaited.
    pub is_busy: Signal<bool>,
    /// Why there is no answer.
    pub error: Signal<Option<String>>,
}

/// What the search can do.
#[derive(Debug, Clone, Copy)]
pub struct SearchActions {
    /// Goes to an entry, by its `seq`.
    pub on_go: Callback<u64>,
    /// Looks further back.
    pub on_more: Callback<()>,
    /// Puts the search away.
    pub on_close: Callback<()>,
}

/// The search of a thread.
#[component]
pub fn ThreadSearch(
    /// What it shows.
    data: SearchData,
    /// What it can do.
    actions: SearchActions,
) -> impl IntoView {
    let active = RwSignal::new(0_usize);
    let count = Memo::new(move |_| data.hits.with(Vec::len));
    let on_key = move |event: KeyboardEvent| press(&event, data, actions, active);
    let has_hits = move || (count.get() > 0).to_string();
    let marked = move || (count.get() > 0).then(|| place(active.get()));
    view! {
        <search class="thread-search" data-testid="thread-search" aria-label="Search in the thread">
            <div class="thread-search__line">
                <input
                    id=SEARCH_FIELD
                    type="search"
                    class="thread-search__field"
                    placeholder="Search this thread"
                    aria-label="Search this thread"
                    role="combobox"
                    aria-autocomplete="list"
                    aria-controls="thread-search-hits"
                    aria-expanded=has_hits
                    aria-activedescendant=marked
                    maxlength="200"
                    autocomplete="off"
                    dir="auto"
                    enterkeyhint="search"
                    prop:value=move || data.query.get()
                    on:input=move |event| {
                        active.set(0);
                        data.query.set(event_target_value(&event));
                    }
                    on:keydown=on_key
                />
                <button type="button" data-tone="plain" aria-label="Close the search" on:click=move |_| actions.on_close.run(())>
                    <Icon glyph=Glyph::Cross/>
                </button>
            </div>
            <fieldset class="thread-search__kinds" aria-label="Kinds of entries">
                {KINDS.map(|(kind, name)| choice(kind, name, data.kinds)).collect_view()}
            </fieldset>
            <LiveRegion text=Signal::derive(move || told(data))/>
            <p class="thread-search__told" aria-hidden="true">{move || told(data)}</p>
            <ul id="thread-search-hits" class="thread-search__hits" role="listbox" aria-label="Hits">
                {move || data.hits.get().into_iter().enumerate().map(|(at, hit)| row(at, hit, active, actions.on_go)).collect_view()}
            </ul>
            <Show when=move || data.has_more.get()>
                <button type="button" data-tone="plain" disabled=move || data.is_busy.get() on:click=move |_| actions.on_more.run(())>
                    "Look further back"
                </button>
            </Show>
        </search>
    }
    .into_any()
}

/// The id of the hit of a place.
fn place(at: usize) -> String {
    format!("thread-search-hit-{at}")
}

fn press(event: &KeyboardEvent, data: SearchData, actions: SearchActions, active: RwSignal<usize>) {
    let count = data.hits.with_untracked(Vec::len);
    let at = active.get_untracked().min(count.saturating_sub(1));
    let Some(key) = key(event) else { return };
    match key.as_str() {
        "ArrowDown" if count > 0 => active.set((at + 1) % count),
        "ArrowUp" if count > 0 => active.set((at + count - 1) % count),
        "Enter" => {
            let seq = data
                .hits
                .with_untracked(|hits| hits.get(at).map(|hit| hit.seq));
            if let Some(seq) = seq {
                actions.on_go.run(seq);
            }
        }
        "Escape" => actions.on_close.run(()),
        _ => return,
    }
    event.prevent_default();
}

fn choice(
    kind: &'static str,
    name: &'static str,
    kinds: RwSignal<BTreeSet<&'static str>>,
) -> AnyView {
    let change = move |event| {
        let is_chosen = event_target_checked(&event);
        kinds.update(|kinds| {
            if is_chosen {
                kinds.insert(kind);
            } else {
                kinds.remove(kind);
            }
        });
    };
    view! {
        <label class="thread-search__kind">
            <input type="checkbox" prop:checked=move || kinds.with(|kinds| kinds.contains(kind)) on:change=change/>
            {name}
        </label>
    }
    .into_any()
}

/// What came of it, in words.
fn told(data: SearchData) -> String {
    if let Some(why) = data.error.get() {
        return why;
    }
    let count = data.hits.with(Vec::len) as u64;
    match (data.query.with(|query| query.trim().is_empty()), count) {
        (true, _) => "Write what to look for.".to_owned(),
        (false, _) if data.is_busy.get() => "Searching …".to_owned(),
        (false, 0) => "Nothing fits.".to_owned(),
        (false, count) if data.has_more.get() => format!("{} so far", amount::of(count, "hit")),
        (false, count) => amount::of(count, "hit"),
    }
}

fn row(at: usize, hit: SearchHit, active: RwSignal<usize>, on_go: Callback<u64>) -> AnyView {
    let SearchHit {
        seq,
        kind,
        turn,
        snippet,
        ..
    } = hit;
    let name = KINDS.iter().find(|(known, _)| *known == kind);
    let name = name.map_or("Entry", |(_, name)| name.trim_end_matches('s'));
    let [before, fit, after] = parts(&snippet);
    let go = move |_| {
        active.set(at);
        on_go.run(seq);
    };
    view! {
        <li
            id=place(at)
            class="thread-search__hit"
            role="option"
            data-seq=seq.to_string()
            aria-selected=move || (active.get() == at).to_string()
            on:click=go
        >
            <span class="thread-search__what">{format!("{name} · turn {turn}")}</span>
            <span class="thread-search__words">{before}<mark>{fit}</mark>{after}</span>
        </li>
    }
    .into_any()
}

/// What stands before the fit, the fit, and what stands after it.
fn parts(snippet: &Snippet) -> [String; 3] {
    let letters = |from: u64, count: u64| {
        let letters = snippet.text.chars();
        let part: String = letters
            .skip(usize::try_from(from).unwrap_or(usize::MAX))
            .take(usize::try_from(count).unwrap_or(usize::MAX))
            .collect();
        reveal(&part).into_owned()
    };
    let end = snippet.start + snippet.length;
    [
        letters(0, snippet.start),
        letters(snippet.start, snippet.length),
        letters(end, u64::MAX),
    ]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_snippet_is_cut_by_letters_and_not_by_bytes() {
        let snippet = Snippet {
            text: "die Größe zählt".to_owned(),
            start: 4,
            length: 5,
        };
        assert_eq!(parts(&snippet), ["die ", "Größe", " zählt"]);
    }

    #[test]
    fn every_kind_that_can_be_chosen_is_one() {
        for (kind, _) in KINDS {
            assert!(domain::thread::Body::KINDS.contains(&kind), "{kind}");
        }
    }
}
