//! What a reader that cannot see the thread is told of it: each answer of the agent once, when it is whole.
use crate::feeds::SessionFeed;
use domain::text::cut;
use domain::thread::Body;
use leptos::prelude::*;

/// Most bytes of an answer that are read aloud; the rest is in the thread.
const LIMIT: usize = 240;

/// The newest answer that came while the page was open; text that still grows is not told.
pub(super) fn told(feed: SessionFeed) -> Signal<String> {
    let newest = move || {
        feed.thread.entries.with(|entries| {
            let said = |(seq, entry): &(u64, RwSignal<domain::thread::Entry>)| {
                entry.with(|entry| match &entry.body {
                    Body::Agent {
                        text, open: false, ..
                    } => Some((*seq, words(text))),
                    _ => None,
                })
            };
            entries.iter().rev().find_map(said)
        })
    };
    let last = Memo::new(move |before: Option<&(Option<u64>, String)>| {
        let (known, told) = before.cloned().unwrap_or_default();
        let (seq, text) = newest().unwrap_or_default();
        match known {
            None => (feed.thread.is_loaded.get().then_some(seq), told),
            Some(known) if seq > known => (Some(seq), text),
            known => (known, told),
        }
    });
    Signal::derive(move || last.with(|(_, text)| text.clone()))
}

/// The beginning of an answer as it is spoken, without the marks of Markdown.
fn words(text: &str) -> String {
    let is_mark = |letter: char| matches!(letter, '#' | '*' | '`' | '|' | '>' | '_');
    let plain = text.replace(is_mark, " ");
    let spoken = plain.split_whitespace().collect::<Vec<_>>().join(" ");
    let begin = cut(&spoken, LIMIT);
    if begin.len() == spoken.len() {
        return format!("The agent: {spoken}");
    }
    let end = begin.rfind(' ').unwrap_or(begin.len());
    format!("The agent: {} …", &begin[..end])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_answer_is_spoken_without_marks() {
        assert_eq!(
            words("## Done\n\nThe **warp** is `cut`."),
            "The agent: Done The warp is cut ."
        );
    }

    #[test]
    fn a_long_answer_is_cut_between_words() {
        let spoken = words(&"weave ".repeat(100));
        assert!(spoken.ends_with("weave …"));
        assert!(spoken.len() < LIMIT + 20);
    }
}
