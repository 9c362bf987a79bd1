//! Output of a command with its colours.
use super::erased::{For, Show};
use super::href;
use domain::amount;
use domain::ansi::{self, Span};
use domain::visible::reveal;
use leptos::prelude::*;
use std::hash::{DefaultHasher, Hash, Hasher};

/// Lines that are drawn again together while output grows.
const CHUNK_LINES: usize = 40;
/// Output of more lines is folded. Source: issue 4, "The thread".
const FOLD_LINES: usize = 30;
/// Lines of folded output that are shown.
const SHOWN_LINES: usize = 15;

/// Output of a command. While it grows, only its last lines are drawn again. Long output shows its
/// last lines; the rest is folded above them, which works without JavaScript.
#[component]
pub fn TerminalOutput(
    /// The output, with its escape sequences.
    #[prop(into)]
    text: Signal<String>,
    /// What it is the output of, for the label.
    #[prop(into)]
    label: String,
) -> impl IntoView {
    let parts = Memo::new(move |_| text.with(|text| parts(text)));
    let is_long = Memo::new(move |_| parts.with(|parts| !parts.folded.is_empty()));
    let earlier = format!("{label}, earlier lines");
    let has_many_colours = Memo::new(move |_| parts.with(Parts::has_many_colours));
    view! {
        <Show when=move || has_many_colours.get()>
            <link rel="stylesheet" href=href("/terminal-256.css")/>
        </Show>
        <Show when=move || is_long.get()>
            <details class="terminal-output__rest">
                <summary class="terminal-output__all">
                    {move || parts.with(|parts| parts.words.clone())}
                </summary>
                <div class="terminal-output" tabindex="0" role="group" aria-label=earlier.clone()>
                    <For each=move || parts.with(|parts| parts.folded.clone()) key=|chunk| (chunk.0, chunk.1) children=|chunk| draw(chunk.2)/>
                </div>
            </details>
        </Show>
        // The parser of the browser drops a line end that a `pre` begins with.
        <div class="terminal-output" tabindex="0" role="group" aria-label=label>
            <For each=move || parts.with(|parts| parts.shown.clone()) key=|chunk| (chunk.0, chunk.1) children=|chunk| draw(chunk.2)/>
        </div>
    }
    .into_any()
}

/// Output as it is shown.
#[derive(Debug, Clone, PartialEq)]
struct Parts {
    folded: Vec<Chunk>,
    shown: Vec<Chunk>,
    /// What folded output is in all: `Show all (240 lines, 14.2 kB)`.
    words: String,
}

impl Parts {
    /// Whether there is a colour besides the sixteen of the theme.
    fn has_many_colours(&self) -> bool {
        let spans = |chunks: &[Chunk]| chunks.iter().any(|chunk| chunk.2.iter().any(is_colourful));
        spans(&self.folded) || spans(&self.shown)
    }
}

fn is_colourful(span: &Span) -> bool {
    let is_further = |colour: Option<u8>| colour.is_some_and(|colour| colour > 15);
    is_further(span.style.fg) || is_further(span.style.bg)
}

fn parts(text: &str) -> Parts {
    let lines = text.lines().count();
    let (folded, shown) = match lines > FOLD_LINES {
        true => ansi::last_lines(ansi::spans(text), SHOWN_LINES),
        false => (Vec::new(), ansi::spans(text)),
    };
    let size = amount::bytes(text.len() as u64);
    let is_folded = !folded.is_empty();
    Parts {
        folded: if is_folded {
            chunks(folded)
        } else {
            Vec::new()
        },
        shown: chunks(shown),
        words: format!("Show all ({lines} lines, {size})"),
    }
}

/// Place, hash and spans of some lines.
type Chunk = (usize, u64, Vec<Span>);

fn chunks(spans: Vec<Span>) -> Vec<Chunk> {
    let mut groups: Vec<Vec<Span>> = vec![Vec::new()];
    let mut lines = 0;
    for Span { style, text } in spans {
        for line in text.split_inclusive('\n') {
            if lines == CHUNK_LINES {
                groups.push(Vec::new());
                lines = 0;
            }
            if let Some(group) = groups.last_mut() {
                add(group, style, line);
            }
            lines += usize::from(line.ends_with('\n'));
        }
    }
    let with_hash = |(index, group): (usize, Vec<Span>)| (index, hash_of(&group), group);
    groups.into_iter().enumerate().map(with_hash).collect()
}

fn add(group: &mut Vec<Span>, style: ansi::Style, line: &str) {
    match group.last_mut() {
        Some(last) if last.style == style => last.text.push_str(line),
        _ => group.push(Span {
            style,
            text: line.to_owned(),
        }),
    }
}

fn hash_of(group: &[Span]) -> u64 {
    let mut hasher = DefaultHasher::new();
    for span in group {
        span.text.hash(&mut hasher);
        (
            span.style.fg,
            span.style.bg,
            span.style.bold,
            span.style.dim,
        )
            .hash(&mut hasher);
    }
    hasher.finish()
}

fn draw(spans: Vec<Span>) -> impl IntoView {
    let draw_span = |span: Span| {
        let text = reveal(&span.text).into_owned();
        let style = span.style;
        if style == ansi::Style::default() {
            return text.into_any();
        }
        let (fg, bg) = match style.inverse {
            true => (style.bg.or(Some(0)), style.fg.or(Some(7))),
            false => (style.fg, style.bg),
        };
        let color = |color: Option<u8>| color.map(|color| color.to_string());
        let mark = |word: &'static str, is_set: bool| if is_set { word } else { "" };
        let marks = [
            mark("bold", style.bold),
            mark("dim", style.dim),
            mark("italic", style.italic),
            mark("underline", style.underline),
        ]
        .join(" ");
        let marks = (!marks.trim().is_empty()).then_some(marks);
        view! { <span data-fg=color(fg) data-bg=color(bg) data-marks=marks>{text}</span> }
            .into_any()
    };
    spans.into_iter().map(draw_span).collect_view()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn growing_output_leaves_earlier_chunks_equal() {
        let text: String = (0..200)
            .map(|n| format!("\u{1b}[3{}mline {n}\n", n % 8))
            .collect();
        let whole = parts(&text);
        assert_eq!((whole.folded.len(), whole.shown.len()), (5, 1));
        assert_eq!(whole.words, "Show all (200 lines, 2.6 kB)");
        let part = parts(&text[..text.len() / 2]);
        assert_eq!(part.folded[..2], whole.folded[..2]);
    }

    #[test]
    fn only_long_output_is_folded() {
        let lines = |count: usize| parts(&"line\n".repeat(count));
        assert!(lines(30).folded.is_empty());
        let long = lines(31);
        let shown: String = long.shown[0]
            .2
            .iter()
            .map(|span| span.text.as_str())
            .collect();
        assert_eq!(shown.lines().count(), 15);
    }
}
