//! Terminal output as people would see it: colours, and lines that were written again in place.
mod screen;
mod style;

use screen::Screen;
pub use style::Style;

const ESC: char = '\u{1b}';

/// A piece of output in one style.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Span {
    /// How it looks.
    pub style: Style,
    /// The text, without control characters but line ends and tabs.
    pub text: String,
}

/// The output as spans: what a terminal would show after it, as far as lines can be told apart.
/// Sequences that name a place on a screen are dropped, since the size of the screen is not known.
#[must_use]
pub fn spans(text: &str) -> Vec<Span> {
    let mut screen = Screen::default();
    let mut rest = text.chars();
    while let Some(letter) = rest.next() {
        match letter {
            ESC => screen.escape(&mut rest),
            '\u{9b}' => screen.control(&mut rest),
            '\r' => screen.column = 0,
            '\u{8}' => screen.column = screen.column.saturating_sub(1),
            '\n' => screen.line_end(),
            '\t' => screen.push('\t'),
            _ if letter.is_control() => {}
            _ => screen.push(letter),
        }
    }
    screen.finish()
}

/// The output without its colours.
#[must_use]
pub fn plain(text: &str) -> String {
    spans(text).into_iter().map(|span| span.text).collect()
}

/// The text without the codes of a terminal, each line as it was written.
#[must_use]
pub fn without_codes(text: &str) -> String {
    let mut screen = Screen::default();
    let mut kept = String::with_capacity(text.len());
    let mut rest = text.chars();
    while let Some(letter) = rest.next() {
        match letter {
            ESC => {
                let left = rest.as_str();
                screen.escape(&mut rest);
                // A code that never ends takes no line end along.
                let taken = &left[..left.len() - rest.as_str().len()];
                kept.extend(taken.ends_with('\n').then_some('\n'));
            }
            _ => kept.push(letter),
        }
    }
    kept
}

/// Spans cut in two, so that the second part has this many lines at the most.
#[must_use]
pub fn last_lines(mut spans: Vec<Span>, lines: usize) -> (Vec<Span>, Vec<Span>) {
    let ends = |text: &str| text.matches('\n').count();
    let all: usize = spans.iter().map(|span| ends(&span.text)).sum();
    let is_open = spans.last().is_some_and(|span| !span.text.ends_with('\n'));
    let mut left = (all + usize::from(is_open)).saturating_sub(lines);
    if left == 0 {
        return (Vec::new(), spans);
    }
    for at in 0..spans.len() {
        let here = ends(&spans[at].text);
        if here >= left {
            let mut tail = spans.split_off(at);
            let cut = tail[0].text.match_indices('\n').nth(left - 1);
            let cut = cut.map_or(0, |(cut, _)| cut + 1);
            let text = tail[0].text.split_off(cut);
            let head = std::mem::replace(&mut tail[0].text, text);
            let style = tail[0].style;
            spans.push(Span { style, text: head });
            return (spans, tail);
        }
        left -= here;
    }
    (spans, Vec::new())
}

#[cfg(test)]
mod tests {
    use super::screen::WIDEST;
    use super::*;

    #[test]
    fn colours_and_weights_are_read() {
        let found = spans("a\u{1b}[1;31mb\u{1b}[0mc\u{1b}[92md\u{1b}[39me");
        let looks: Vec<_> = found
            .iter()
            .map(|span| (span.text.as_str(), span.style.fg, span.style.bold))
            .collect();
        let wanted = [
            ("a", None, false),
            ("b", Some(1), true),
            ("c", None, false),
            ("d", Some(10), false),
            ("e", None, false),
        ];
        assert_eq!(looks, wanted);
    }

    #[test]
    fn the_last_lines_are_cut_off_with_their_colours() {
        let text = "a\n\u{1b}[31mb\nc\n\u{1b}[0md";
        let cut = |lines| {
            let (head, tail) = last_lines(spans(text), lines);
            let words = |spans: Vec<Span>| spans.into_iter().map(|span| span.text).collect();
            (words(head), words(tail))
        };
        let pair = |head: &str, tail: &str| (head.to_owned(), tail.to_owned());
        assert_eq!(cut(4), pair("", "a\nb\nc\nd"));
        assert_eq!(cut(2), pair("a\nb\n", "c\nd"));
        assert_eq!(cut(1), pair("a\nb\nc\n", "d"));
        assert_eq!(last_lines(spans("a\nb\n"), 1).1[0].text, "b\n");
        assert_eq!(last_lines(spans(text), 2).1[0].style.fg, Some(1));
    }

    #[test]
    fn a_text_without_codes_keeps_all_the_rest() {
        assert_eq!(without_codes("a\u{1b}]0;open\nb"), "a\nb");
        let text = "a\r\n\u{1b}[1;31m**b**\u{1b}[0m\tc\u{1b}]0;title\u{7}d";
        assert_eq!(without_codes(text), "a\r\n**b**\tcd");
    }

    #[test]
    fn each_of_256_colours_is_told_apart_and_others_become_the_nearest() {
        for number in 0..=255 {
            let found = spans(&format!("\u{1b}[38;5;{number}mx"));
            assert_eq!(found[0].style.fg, Some(number));
        }
        assert_eq!(spans("\u{1b}[38;2;0;128;0mx")[0].style.fg, Some(28));
        assert_eq!(spans("\u{1b}[48;2;255;0;0mx")[0].style.bg, Some(196));
        assert_eq!(spans("\u{1b}[38;2;128;128;128mx")[0].style.fg, Some(244));
        assert_eq!(spans("\u{1b}[48;5;240mx")[0].style.bg, Some(240));
        assert_eq!(spans("\u{1b}[38;2;999;0;0mx")[0].style.fg, Some(196));
        assert_eq!(spans("\u{1b}[38;5;999mx")[0].style.fg, None);
    }

    #[test]
    fn lines_that_are_written_again_show_as_they_were_left() {
        for (text, shown) in [
            ("one\ntwo\n\u{1b}[1A\u{1b}[2Kthree\n", "one\nthree\n"),
            ("a\nb\nc\n\u{1b}[3A\u{1b}[JX\n", "X\n"),
            ("building\n\u{1b}[F\u{1b}[Kdone\n", "done\n"),
            ("abcdef\rXY", "XYcdef"),
            ("abcdef\r\u{1b}[KXY", "XY"),
            ("abc\u{1b}[2D_", "a_c"),
            ("|\u{8}/\u{8}-\u{8}done", "done"),
            ("ab\u{1b}[5Gc", "ab  c"),
            ("a\u{1b}7b\u{1b}8c", "ac"),
            ("one\u{1b}[999Atwo", "onetwo"),
            ("a\n\u{1b}[1Ab\u{1b}[9Bc", "b\n c"),
        ] {
            assert_eq!(plain(text), shown, "{text:?}");
        }
    }

    #[test]
    fn a_cursor_that_runs_away_takes_no_memory() {
        let far = "\u{1b}[99999999C".repeat(1_000);
        assert!(plain(&format!("{far}x")).len() <= WIDEST + 1);
        let often = "\u{1b}[2000Gx\n".repeat(10_000);
        assert!(plain(&often).len() < 200_000);
        assert_eq!(plain(&"\n".repeat(5_000)).len(), 5_000);
    }

    #[test]
    fn every_other_sequence_is_dropped() {
        assert_eq!(plain("a\u{1b}[2J\u{1b}[10;5Hb\u{1b}(Bc\u{1b}=d"), "abcd");
        assert_eq!(
            plain("\u{1b}]0;title\u{7}x\u{1b}]8;;http://a\u{1b}\\y"),
            "xy"
        );
        assert_eq!(plain("a\u{7}\u{0}b"), "ab");
        assert_eq!(plain("a\u{1b}[3"), "a");
    }

    #[test]
    fn an_open_string_hides_one_line_at_most() {
        assert_eq!(plain("\u{1b}]0;gone\nseen"), "\nseen");
    }

    #[test]
    fn a_carriage_return_begins_the_line_again() {
        assert_eq!(plain("10%\r50%\r100%\r\nok\r\n"), "100%\nok\n");
    }
}
