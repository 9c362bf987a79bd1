//! Output of a command with its colours.
use super::erased::For;
use domain::ansi::{self, Span};
use domain::visible::reveal;
use leptos::prelude::*;
use std::hash::{DefaultHasher, Hash, Hasher};

/// Lines that are drawn again together while output grows.
const CHUNK_LINES: usize = 40;

/// Output of a command. While it grows, only its last lines are drawn again.
#[component]
pub fn TerminalOutput(
    /// The output, with its escape sequences.
    #[prop(into)]
    text: Signal<String>,
    /// What it is the output of, for the label.
    #[prop(into)]
    label: String,
) -> impl IntoView {
    let chunks = Memo::new(move |_| text.with(|text| chunks(ansi::spans(text))));
    view! {
        <pre class="terminal-output" tabindex="0" role="group" aria-label=label>
            // The parser of the browser drops a line end that a `pre` begins with.
            <code class="terminal-output__text">
                <For each=move || chunks.get() key=|chunk| (chunk.0, chunk.1) children=|chunk| draw(chunk.2)/>
            </code>
        </pre>
    }
    .into_any()
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
        let whole = chunks(ansi::spans(&text));
        assert_eq!(whole.len(), 5);
        let part = chunks(ansi::spans(&text[..text.len() / 2]));
        assert_eq!(part[..2], whole[..2]);
    }
}
