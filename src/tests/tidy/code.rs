//! Rust as far as tidy reads it: code without comments and texts, and its functions.

/// The code with comments and the insides of literals blanked; every line keeps its number.
pub(super) fn blank(text: &str) -> String {
    let chars: Vec<char> = text.chars().collect();
    let mut out = String::with_capacity(text.len());
    let mut at = 0;
    while at < chars.len() {
        let end = skip(&chars, at);
        let skipped = &chars[at..end.max(at + 1)];
        if end > at {
            out.extend(skipped.iter().map(|&c| if c == '\n' { c } else { ' ' }));
        } else {
            out.push(chars[at]);
        }
        at += skipped.len();
    }
    out
}

/// The end of the comment or literal that begins at `at`; `at` itself where none does.
fn skip(chars: &[char], at: usize) -> usize {
    let next = |ahead: usize| chars.get(at + ahead).copied().unwrap_or('\0');
    let before = at.checked_sub(1).map_or(' ', |before| chars[before]);
    match (chars[at], next(1)) {
        ('/', '/') => find(chars, at, |at| chars[at] == '\n'),
        ('/', '*') => comment(chars, at),
        ('"', _) => quoted(chars, at),
        ('r', '"' | '#') if !is_name(before) || before == 'b' => raw(chars, at),
        ('\'', '\\') => find(chars, at + 3, |at| chars[at] == '\'') + 1,
        ('\'', _) if next(2) == '\'' => at + 3,
        _ => at,
    }
}

fn find(chars: &[char], from: usize, is_end: impl Fn(usize) -> bool) -> usize {
    (from..chars.len())
        .find(|&at| is_end(at))
        .unwrap_or(chars.len())
}

fn comment(chars: &[char], from: usize) -> usize {
    let (mut depth, mut at) = (0, from);
    while at + 1 < chars.len() {
        match (chars[at], chars[at + 1]) {
            ('/', '*') => depth += 1,
            ('*', '/') => depth -= 1,
            _ => {
                at += 1;
                continue;
            }
        }
        at += 2;
        if depth == 0 {
            return at;
        }
    }
    chars.len()
}

fn quoted(chars: &[char], from: usize) -> usize {
    let mut at = from + 1;
    while at < chars.len() && chars[at] != '"' {
        at += if chars[at] == '\\' { 2 } else { 1 };
    }
    (at + 1).min(chars.len())
}

fn raw(chars: &[char], from: usize) -> usize {
    let open = find(chars, from + 1, |at| chars[at] != '#');
    if chars.get(open) != Some(&'"') {
        return from;
    }
    let marks = open - from - 1;
    let is_end = |at: usize| {
        let tail = chars.get(at + 1..at + 1 + marks);
        chars[at] == '"' && tail.is_some_and(|tail| tail.iter().all(|&c| c == '#'))
    };
    (find(chars, open + 1, is_end) + 1 + marks).min(chars.len())
}

/// Whether a character may be part of a name.
pub(super) fn is_name(c: char) -> bool {
    c.is_alphanumeric() || c == '_'
}

/// The name that a text begins with.
pub(super) fn name(text: &str) -> &str {
    &text[..text.find(|c| !is_name(c)).unwrap_or(text.len())]
}

/// Where a word stands by itself, as byte offsets.
pub(super) fn words<'a>(text: &'a str, word: &'a str) -> impl Iterator<Item = usize> + 'a {
    text.match_indices(word)
        .map(|(at, _)| at)
        .filter(move |&at| {
            let after = text[at + word.len()..].chars().next();
            !text[..at].ends_with(is_name) && !after.is_some_and(is_name)
        })
}

/// The number of the line, from 1, that holds this byte.
pub(super) fn line_of(text: &str, at: usize) -> usize {
    text[..at].matches('\n').count() + 1
}

/// The file up to its tests at the foot.
pub(super) fn without_tests(text: &str) -> &str {
    let is_tests = |&(at, _): &(usize, &str)| {
        let next = text[at..].lines().nth(1).unwrap_or_default();
        next.contains("mod ") && next.ends_with('{')
    };
    let mut marks = text.match_indices("#[cfg(test)]\n");
    marks.find(is_tests).map_or(text, |(at, _)| &text[..at])
}

/// Modules that a file declares behind `cfg(test)`.
pub(super) fn test_modules(text: &str) -> Vec<&str> {
    let marks = text.match_indices("#[cfg(test)]\n");
    let lines = marks.filter_map(|(at, _)| text[at..].lines().nth(1));
    let declared = lines.filter_map(|line| line.trim().strip_suffix(';'));
    declared
        .filter_map(|line| line.rsplit_once("mod ").map(|(_, name)| name))
        .collect()
}

/// What kind of function.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    Plain,
    Component,
    Server,
}

/// A function with a body.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Function {
    pub(super) name: String,
    pub(super) kind: Kind,
    pub(super) line: usize,
    /// Lines from `fn` to the closing brace.
    pub(super) lines: usize,
    /// Lines between the braces.
    pub(super) body: usize,
}

/// The functions of blanked code, the inner ones too.
pub(super) fn functions(code: &str) -> Vec<Function> {
    let starts = words(code, "fn").filter(|&at| {
        let rest = code[at + 2..].trim_start();
        !name(rest).is_empty()
    });
    starts.filter_map(|at| function(code, at)).collect()
}

fn function(code: &str, at: usize) -> Option<Function> {
    let (open, close) = braces(&code[at..])?;
    let before = code[..at]
        .rsplit([';', '{', '}'])
        .next()
        .unwrap_or_default();
    let kind = match () {
        () if before.contains("#[component") => Kind::Component,
        () if before.contains("#[server") => Kind::Server,
        () => Kind::Plain,
    };
    let count = |text: &str| text.matches('\n').count();
    Some(Function {
        name: name(code[at + 2..].trim_start()).to_owned(),
        kind,
        line: line_of(code, at),
        lines: count(&code[at..at + close]) + 1,
        body: count(&code[at + open..at + close]).saturating_sub(1),
    })
}

/// Where the body opens and closes; none for a declaration.
fn braces(code: &str) -> Option<(usize, usize)> {
    let (mut inner, mut depth, mut open) = (0, 0, None);
    for (at, c) in code.char_indices() {
        match c {
            '(' | '[' if open.is_none() => inner += 1,
            ')' | ']' if open.is_none() => inner -= 1,
            ';' if open.is_none() && inner == 0 => return None,
            '{' if open.is_some() || inner == 0 => {
                open.get_or_insert(at);
                depth += 1;
            }
            '}' if open.is_some() => {
                depth -= 1;
                if depth == 0 {
                    return open.map(|open| (open, at));
                }
            }
            _ => {}
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn comments_and_texts_are_blanked_and_lines_kept() {
        let code =
            "a // fn x\nb /* { /* */ \n} */ c \"fn \\\" {\" 'x' '\\'' '{' r#\"\"{\"# <'a> r\n";
        let left = blank(code);
        assert_eq!(left.matches('\n').count(), 3);
        assert_eq!(
            left.split_whitespace().collect::<Vec<_>>(),
            ["a", "b", "c", "<'a>", "r"]
        );
    }

    #[test]
    fn functions_are_measured_with_their_kind() {
        let code = blank(
            "#[component]\npub fn Card(x: [u8; 2]) -> impl IntoView {\n  view! {\n  }\n}\n\
             trait T { fn none(&self); }\n#[server(prefix = \"/api\")]\n\
             async fn read() -> X\nwhere\n  X: Y,\n{\n  one()\n}\nfn short() {}\n",
        );
        let found: Vec<_> = functions(&code)
            .into_iter()
            .map(|found| (found.name, found.kind, found.line, found.lines, found.body))
            .collect();
        let row = |name: &str, kind, line, lines, body| (name.to_owned(), kind, line, lines, body);
        assert_eq!(
            found,
            [
                row("Card", Kind::Component, 2, 4, 2),
                row("read", Kind::Server, 8, 6, 1),
                row("short", Kind::Plain, 14, 1, 0),
            ]
        );
    }

    #[test]
    fn tests_at_the_foot_are_cut_off() {
        let text = "a\n#[cfg(test)]\nmod x;\nb\n#[cfg(test)]\nmod tests {\n}\n";
        assert_eq!(without_tests(text), "a\n#[cfg(test)]\nmod x;\nb\n");
        assert_eq!(test_modules(text), ["x"]);
    }

    #[test]
    fn a_word_is_not_part_of_another() {
        assert_eq!(words("fn xfn fn_ (fn)", "fn").collect::<Vec<_>>(), [0, 12]);
    }
}
