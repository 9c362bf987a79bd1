//! A parser that always gives something: JSON as it should be, and what becomes of it.
use super::{number, string};
use serde_json::{Map, Value};

/// What is nested deeper stays as the text that it is: what reads values may recurse so far.
const DEPTH: usize = 100;

/// What was read.
pub(super) struct Parsed {
    pub(super) value: Value,
    /// How many bytes it took.
    pub(super) length: usize,
    /// Whether a bracket, a quote or a key had to be made up or passed over.
    is_broken: bool,
}

impl Parsed {
    /// Whether it is whole and took all of the text.
    pub(super) fn is_all_of(&self, text: &str) -> bool {
        !self.is_broken && self.length == text.len()
    }
}

/// Something that is open: a list, or an object with the key that waits for its value.
enum Frame {
    List(Vec<Value>),
    Object(Map<String, Value>, Option<String>),
}

impl Frame {
    fn close(self) -> Value {
        match self {
            Self::List(items) => Value::Array(items),
            Self::Object(mut fields, key) => {
                if let Some(key) = key {
                    fields.entry(key).or_insert(Value::Null);
                }
                Value::Object(fields)
            }
        }
    }

    const fn closer(&self) -> u8 {
        match self {
            Self::List(_) => b']',
            Self::Object(..) => b'}',
        }
    }
}

struct Parser<'a> {
    text: &'a str,
    at: usize,
    open: Vec<Frame>,
    is_broken: bool,
}

/// Reads the object or list that begins the text.
pub(super) fn parse(text: &str) -> Parsed {
    let mut parser = Parser {
        text,
        at: 0,
        open: Vec::new(),
        is_broken: false,
    };
    let value = parser.run();
    let (length, is_broken) = (parser.at, parser.is_broken);
    Parsed {
        value,
        length,
        is_broken,
    }
}

impl Parser<'_> {
    fn run(&mut self) -> Value {
        let bytes = self.text.as_bytes();
        while let Some(byte) = bytes.get(self.at).copied() {
            match byte {
                b'{' | b'[' if self.open.len() >= DEPTH => self.keep_as_text(),
                b'{' => self.begin(Frame::Object(Map::new(), None)),
                b'[' => self.begin(Frame::List(Vec::new())),
                b'}' | b']' => {
                    self.at += 1;
                    if let Some(whole) = self.end(byte) {
                        return whole;
                    }
                }
                b'"' => {
                    let (text, used, is_whole) = string::read(&self.text[self.at + 1..]);
                    self.at += used + 1;
                    self.is_broken |= !is_whole;
                    self.put_text(text);
                }
                b',' => {
                    self.at += 1;
                    self.end_key();
                }
                b':' | 0..=b' ' => self.at += 1,
                _ => self.word(),
            }
        }
        self.is_broken = true;
        self.close_all(0).unwrap_or(Value::Null)
    }

    fn begin(&mut self, frame: Frame) {
        self.at += 1;
        self.open.push(frame);
    }

    /// Closes what a bracket closes; gives the whole once nothing is open.
    fn end(&mut self, closer: u8) -> Option<Value> {
        let place = self.open.iter().rposition(|frame| frame.closer() == closer);
        let Some(place) = place else {
            self.is_broken = true;
            return None;
        };
        self.is_broken |= place + 1 != self.open.len();
        self.close_all(place)
    }

    /// Closes all that is open above and at a place.
    fn close_all(&mut self, place: usize) -> Option<Value> {
        while self.open.len() > place {
            let value = self.open.pop()?.close();
            if self.open.is_empty() {
                return Some(value);
            }
            self.put(value);
        }
        None
    }

    fn put(&mut self, value: Value) {
        match self.open.last_mut() {
            Some(Frame::List(items)) => items.push(value),
            Some(Frame::Object(fields, key)) => match key.take() {
                Some(key) => drop(fields.insert(key, value)),
                // A value without a key.
                None => self.is_broken = true,
            },
            None => {}
        }
    }

    fn put_text(&mut self, text: String) {
        match self.open.last_mut() {
            Some(Frame::Object(_, key @ None)) => *key = Some(text),
            Some(Frame::Object(..) | Frame::List(_)) | None => self.put(text.into()),
        }
    }

    /// A key whose value is missing.
    fn end_key(&mut self) {
        if let Some(Frame::Object(fields, key)) = self.open.last_mut()
            && let Some(key) = key.take()
        {
            self.is_broken = true;
            fields.insert(key, Value::Null);
        }
    }

    /// A number, a literal, or a word that is none.
    fn word(&mut self) {
        let rest = &self.text[self.at..];
        let is_end = |letter: char| ",:{}[]\"".contains(letter) || letter <= ' ';
        let token = &rest[..rest.find(is_end).unwrap_or(rest.len())];
        self.at += token.len();
        let is_outer = self.open.len() == 1;
        match self.open.last_mut() {
            Some(Frame::Object(_, key @ None)) => {
                self.is_broken = true;
                *key = Some(token.to_owned());
            }
            Some(Frame::Object(_, Some(key))) if is_outer && key == "id" => {
                self.put(number::id(token));
            }
            Some(Frame::Object(..) | Frame::List(_)) | None => self.put(number::word(token)),
        }
    }

    /// What is nested too deeply, up to its own end.
    fn keep_as_text(&mut self) {
        let rest = &self.text.as_bytes()[self.at..];
        let (mut depth, mut is_text, mut is_escaped) = (0_usize, false, false);
        let end = rest.iter().position(|byte| {
            match byte {
                _ if is_escaped => is_escaped = false,
                b'\\' if is_text => is_escaped = true,
                b'"' => is_text = !is_text,
                b'{' | b'[' if !is_text => depth += 1,
                b'}' | b']' if !is_text => depth -= 1,
                _ => {}
            }
            depth == 0
        });
        let end = self.at + end.map_or(rest.len(), |end| end + 1);
        let text = &self.text[self.at..end];
        self.put(text.into());
        self.at = end;
    }
}
