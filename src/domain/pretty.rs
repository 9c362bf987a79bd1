//! JSON with line ends and indents, letter by letter as it was sent: no number or key is changed.

/// Deepest indent, in steps of two spaces.
const DEPTH: usize = 40;

/// The text indented, if it looks like JSON; else as it is.
#[must_use]
pub fn pretty(raw: &str) -> String {
    let bare = raw.trim();
    if !bare.starts_with(['{', '[']) {
        return raw.to_owned();
    }
    let mut out = String::with_capacity(bare.len() * 2);
    let (mut depth, mut is_text, mut is_escaped) = (0_usize, false, false);
    let mut letters = bare.chars().filter(|letter| *letter != '\r').peekable();
    while let Some(letter) = letters.next() {
        if is_text {
            out.push(letter);
            is_text = is_escaped || letter != '"';
            is_escaped = letter == '\\' && !is_escaped;
            continue;
        }
        match letter {
            '{' | '[' => {
                out.push(letter);
                while letters.next_if(|next| next.is_ascii_whitespace()).is_some() {}
                if let Some(close) = letters.next_if(|next| matches!(next, '}' | ']')) {
                    out.push(close);
                } else {
                    depth += 1;
                    new_line(&mut out, depth);
                }
            }
            '}' | ']' => {
                depth = depth.saturating_sub(1);
                new_line(&mut out, depth);
                out.push(letter);
            }
            ',' => {
                out.push(',');
                new_line(&mut out, depth);
            }
            ':' => out.push_str(": "),
            '"' => {
                out.push('"');
                is_text = true;
            }
            ' ' | '\n' | '\t' => {}
            _ => out.push(letter),
        }
    }
    out
}

fn new_line(out: &mut String, depth: usize) {
    out.push('\n');
    out.extend(std::iter::repeat_n("  ", depth.min(DEPTH)));
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn json_is_indented_and_its_texts_are_left_alone() {
        let raw = r#"{"a":1.50,"b":[{}, [ ],"x,{\"y\\"],"c":{"d":null}}"#;
        let wanted = r#"{
  "a": 1.50,
  "b": [
    {},
    [],
    "x,{\"y\\"
  ],
  "c": {
    "d": null
  }
}"#;
        assert_eq!(pretty(raw), wanted);
        assert_eq!(pretty(wanted), wanted);
    }

    #[test]
    fn what_is_no_json_or_ends_early_is_still_shown() {
        assert_eq!(pretty("panicked at x: {"), "panicked at x: {");
        assert_eq!(pretty("{\"a\":[1"), "{\n  \"a\": [\n    1");
        assert_eq!(pretty("]]}"), "]]}");
    }
}
