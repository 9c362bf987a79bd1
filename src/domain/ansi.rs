//! Colours of terminal output: reads SGR sequences and drops every other one.

const ESC: char = '\u{1b}';
/// Parameters of one sequence that are looked at; the rest is ignored.
const MAX_PARAMS: usize = 32;

/// How a span looks. Colours are the sixteen of the terminal, 0 to 15.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Style {
    /// Colour of the text.
    pub fg: Option<u8>,
    /// Colour behind it.
    pub bg: Option<u8>,
    /// Bold.
    pub bold: bool,
    /// Dim.
    pub dim: bool,
    /// Italic.
    pub italic: bool,
    /// Underlined.
    pub underline: bool,
    /// Colours exchanged.
    pub inverse: bool,
}

/// A piece of output in one style.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Span {
    /// How it looks.
    pub style: Style,
    /// The text, without control characters but line ends and tabs.
    pub text: String,
}

/// The output as spans. A lone carriage return begins its line again, as in a terminal.
#[must_use]
pub fn spans(text: &str) -> Vec<Span> {
    let mut screen = Screen::default();
    let mut rest = text.chars();
    while let Some(letter) = rest.next() {
        match letter {
            ESC => screen.escape(&mut rest),
            '\u{9b}' => screen.control(&mut rest),
            '\r' => screen.returns = true,
            '\n' => screen.line_end(),
            '\t' => screen.push('\t'),
            _ if letter.is_control() => {}
            _ => screen.push(letter),
        }
    }
    screen.done.append(&mut screen.line);
    merged(screen.done)
}

/// The output without its colours.
#[must_use]
pub fn plain(text: &str) -> String {
    spans(text).into_iter().map(|span| span.text).collect()
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

#[derive(Default)]
struct Screen {
    done: Vec<Span>,
    line: Vec<Span>,
    style: Style,
    returns: bool,
}

impl Screen {
    fn push(&mut self, letter: char) {
        if std::mem::take(&mut self.returns) {
            self.line.clear();
        }
        match self.line.last_mut() {
            Some(span) if span.style == self.style => span.text.push(letter),
            _ => self.line.push(Span {
                style: self.style,
                text: letter.into(),
            }),
        }
    }

    fn line_end(&mut self) {
        self.returns = false;
        self.push('\n');
        self.done.append(&mut self.line);
    }

    /// What follows an escape: a control sequence, a string, or something short; the last two go.
    fn escape(&mut self, rest: &mut std::str::Chars<'_>) {
        match rest.next() {
            Some('[') => self.control(rest),
            Some(']' | 'P' | 'X' | '^' | '_') => self.string(rest),
            Some(' '..='/') => drop(rest.next()),
            Some('\n') => self.line_end(),
            _ => {}
        }
    }

    /// A string ends with BEL or ST; a line end ends it too, so that it cannot hide the output.
    fn string(&mut self, rest: &mut std::str::Chars<'_>) {
        while let Some(letter) = rest.next() {
            match letter {
                '\u{7}' | '\u{9c}' => return,
                ESC => {
                    rest.next();
                    return;
                }
                '\n' => return self.line_end(),
                _ => {}
            }
        }
    }

    fn control(&mut self, rest: &mut std::str::Chars<'_>) {
        let mut params = String::new();
        for letter in rest.by_ref() {
            match letter {
                'm' => return self.style.apply(&params),
                '\n' => return self.line_end(),
                '@'..='~' => return,
                _ => params.push(letter),
            }
        }
    }
}

impl Style {
    fn apply(&mut self, params: &str) {
        if params.starts_with(['<', '=', '>', '?']) {
            return;
        }
        let numbers = params.split([';', ':']).take(MAX_PARAMS);
        let mut numbers = numbers.map(|number| number.parse::<u16>().unwrap_or(0));
        while let Some(number) = numbers.next() {
            match number {
                0 => *self = Self::default(),
                1 => self.bold = true,
                2 => self.dim = true,
                3 => self.italic = true,
                4 => self.underline = true,
                7 => self.inverse = true,
                22 => (self.bold, self.dim) = (false, false),
                23 => self.italic = false,
                24 => self.underline = false,
                27 => self.inverse = false,
                38 => self.fg = extended(&mut numbers),
                39 => self.fg = None,
                48 => self.bg = extended(&mut numbers),
                49 => self.bg = None,
                30..=37 => self.fg = small(number - 30),
                40..=47 => self.bg = small(number - 40),
                90..=97 => self.fg = small(number - 82),
                100..=107 => self.bg = small(number - 92),
                _ => {}
            }
        }
    }
}

fn small(number: u16) -> Option<u8> {
    u8::try_from(number).ok()
}

/// A colour of 256, or of 24 bits, as the nearest of the sixteen.
fn extended(numbers: &mut impl Iterator<Item = u16>) -> Option<u8> {
    match numbers.next()? {
        5 => match numbers.next()? {
            low @ 0..16 => small(low),
            cube @ 16..232 => {
                let cube = cube - 16;
                Some(nearest(
                    [cube / 36, cube / 6 % 6, cube % 6].map(|part| part * 51),
                ))
            }
            grey @ 232..256 => Some(nearest([(grey - 232) * 10 + 8; 3])),
            _ => None,
        },
        2 => {
            let (red, green, blue) = (numbers.next()?, numbers.next()?, numbers.next()?);
            Some(nearest([red, green, blue]))
        }
        _ => None,
    }
}

fn nearest(rgb: [u16; 3]) -> u8 {
    let top = rgb.into_iter().max().unwrap_or(0);
    let low = rgb.into_iter().min().unwrap_or(0);
    if top - low < 40 {
        return match top {
            0..60 => 0,
            60..140 => 8,
            140..220 => 7,
            _ => 15,
        };
    }
    let is_lit = |part: u16| u8::from(part * 2 > top);
    let hue = is_lit(rgb[0]) | is_lit(rgb[1]) << 1 | is_lit(rgb[2]) << 2;
    if top > 190 { hue + 8 } else { hue }
}

fn merged(spans: Vec<Span>) -> Vec<Span> {
    let mut merged: Vec<Span> = Vec::new();
    for span in spans {
        match merged.last_mut() {
            Some(last) if last.style == span.style => last.text.push_str(&span.text),
            _ => merged.push(span),
        }
    }
    merged
}

#[cfg(test)]
mod tests {
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
    fn many_colours_become_the_nearest_of_sixteen() {
        assert_eq!(spans("\u{1b}[38;5;196mx")[0].style.fg, Some(9));
        assert_eq!(spans("\u{1b}[38;2;0;128;0mx")[0].style.fg, Some(2));
        assert_eq!(spans("\u{1b}[48;5;240mx")[0].style.bg, Some(8));
    }

    #[test]
    fn every_other_sequence_is_dropped() {
        assert_eq!(plain("a\u{1b}[2J\u{1b}[10;5Hb\u{1b}(Bc\u{1b}=d"), "abcd");
        assert_eq!(
            plain("\u{1b}]0;title\u{7}x\u{1b}]8;;http://a\u{1b}\\y"),
            "xy"
        );
        assert_eq!(plain("a\u{8}\u{0}b"), "ab");
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
