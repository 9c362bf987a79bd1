//! A JSON text that may be damaged: halves of pairs, broken escapes, quotes that were not escaped.

/// Reads a text from behind its opening quote; returns it, how many bytes it took with its closing
/// quote, and whether that was there.
pub(super) fn read(rest: &str) -> (String, usize, bool) {
    let bytes = rest.as_bytes();
    let (mut text, mut at, mut from) = (String::new(), 0, 0);
    while at < bytes.len() {
        match bytes[at] {
            b'"' if ends_text(&bytes[at + 1..]) => {
                text.push_str(&rest[from..at]);
                return (text, at + 1, true);
            }
            b'\\' => {
                text.push_str(&rest[from..at]);
                at += escape(&rest[at + 1..], &mut text) + 1;
                from = at;
            }
            _ => at += 1,
        }
    }
    text.push_str(&rest[from..]);
    (text, bytes.len(), false)
}

/// Whether a quote before this ends a text: then the structure goes on.
fn ends_text(after: &[u8]) -> bool {
    let next = after.iter().find(|byte| !byte.is_ascii_whitespace());
    next.is_none_or(|byte| b",:}]".contains(byte))
}

/// Reads what follows a backslash; returns how many bytes it took.
fn escape(rest: &str, text: &mut String) -> usize {
    let plain = match rest.as_bytes().first() {
        Some(b'"') => '"',
        Some(b'\\') => '\\',
        Some(b'/') => '/',
        Some(b'b') => '\u{8}',
        Some(b'f') => '\u{c}',
        Some(b'n') => '\n',
        Some(b'r') => '\r',
        Some(b't') => '\t',
        Some(b'u') => return unicode(rest, text),
        // Not an escape of JSON: it stands for itself.
        Some(_) => {
            text.push('\\');
            return 0;
        }
        None => {
            text.push(char::REPLACEMENT_CHARACTER);
            return 0;
        }
    };
    text.push(plain);
    1
}

/// Reads `uXXXX`, and the other half of a pair if it follows.
fn unicode(rest: &str, text: &mut String) -> usize {
    let (first, used) = hex(&rest[1..]);
    let used = used + 1;
    let after = rest[used..].strip_prefix("\\u").map(hex);
    match (first, after) {
        (Some(high @ 0xd800..=0xdbff), Some((Some(low @ 0xdc00..=0xdfff), digits))) => {
            let code = 0x10000 + ((high - 0xd800) << 10) + (low - 0xdc00);
            text.push(char::from_u32(code).unwrap_or(char::REPLACEMENT_CHARACTER));
            used + 2 + digits
        }
        (code, _) => {
            let letter = code.and_then(char::from_u32);
            text.push(letter.unwrap_or(char::REPLACEMENT_CHARACTER));
            used
        }
    }
}

/// Up to four hex digits, none if there are fewer; and how many there are.
fn hex(rest: &str) -> (Option<u32>, usize) {
    let digits = rest.bytes().take(4).take_while(u8::is_ascii_hexdigit);
    let count = digits.count();
    let code = u32::from_str_radix(&rest[..count], 16).ok();
    (code.filter(|_| count == 4), count)
}
