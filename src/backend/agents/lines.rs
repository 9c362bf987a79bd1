//! Lines from a pipe with a bound on memory: what is too long is cut, said to be, and passed over.
use super::shortened::Shortened;
use std::io;
use tokio::io::{AsyncBufRead, AsyncBufReadExt};

/// One line without its newline.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Line {
    /// The text; bytes that are no UTF-8 are replaced.
    pub text: String,
    /// Length of the line in bytes, if it was too long and only a part of it is here.
    pub cut_from: Option<u64>,
}

impl Line {
    /// The text, and for a cut line a note of how long it was.
    #[must_use]
    pub fn noted(self) -> String {
        match self.cut_from {
            Some(bytes) => format!("{}{NOTE}{bytes}{NOTE_END}", self.text),
            None => self.text,
        }
    }
}

/// How much more is kept of a message than of something else.
const SHORTENED: usize = 4;
/// What a cut line ends with, around its length in bytes.
const NOTE: &str = " [line of ";
const NOTE_END: &str = " bytes cut here]";

/// The text of a line as [`Line::noted`] gives it, and how long it was if it was cut.
#[must_use]
pub fn without_note(noted: &str) -> (&str, Option<u64>) {
    let parts = noted
        .strip_suffix(NOTE_END)
        .and_then(|text| text.rsplit_once(NOTE));
    match parts.and_then(|(text, bytes)| Some((text, bytes.parse().ok()?))) {
        Some((text, bytes)) => (text, Some(bytes)),
        None => (noted, None),
    }
}

/// Reads lines, never holding more than `max` bytes of one.
#[derive(Debug)]
pub struct BoundedLines<R> {
    reader: R,
    max: usize,
    keep: usize,
    held: Vec<u8>,
    length: u64,
    /// Whether lines that look like messages keep their structure when they are cut.
    has_messages: bool,
    /// The message that is being cut.
    shortened: Option<Shortened>,
}

impl<R: AsyncBufRead + Unpin> BoundedLines<R> {
    /// Lines of up to `max` bytes whole; of longer ones the first `keep` bytes.
    pub fn new(reader: R, max: usize, keep: usize) -> Self {
        Self {
            reader,
            max,
            keep: keep.min(max),
            held: Vec::new(),
            length: 0,
            has_messages: false,
            shortened: None,
        }
    }

    /// The same for JSON messages: what is kept of a longer one is a message again, so that its
    /// name, its id and its end are not lost.
    pub fn of_messages(reader: R, max: usize, keep: usize) -> Self {
        Self {
            has_messages: true,
            ..Self::new(reader, max, keep)
        }
    }

    /// The next line; also the last one without a newline. May be dropped and asked again.
    ///
    /// # Errors
    /// When the pipe breaks.
    pub async fn next(&mut self) -> io::Result<Option<Line>> {
        loop {
            let chunk = self.reader.fill_buf().await?;
            if chunk.is_empty() {
                return Ok((self.length > 0).then(|| self.finish()));
            }
            let end = chunk.iter().position(|byte| *byte == b'\n');
            let part = &chunk[..end.unwrap_or(chunk.len())];
            let used = part.len() + usize::from(end.is_some());
            self.length += part.len() as u64;
            let is_long = self.length > self.max as u64;
            if is_long && self.has_messages && is_message(&self.held) {
                let mut shortened = Shortened::new(self.keep * SHORTENED);
                shortened.take(&std::mem::take(&mut self.held));
                self.shortened = Some(shortened);
            }
            if let Some(shortened) = &mut self.shortened {
                shortened.take(part);
            } else if is_long {
                let room = self.keep.saturating_sub(self.held.len()).min(part.len());
                self.held.extend_from_slice(&part[..room]);
                self.held.truncate(self.keep);
                self.held.shrink_to(self.keep);
            } else {
                self.held.extend_from_slice(part);
            }
            self.reader.consume(used);
            if end.is_some() {
                return Ok(Some(self.finish()));
            }
        }
    }

    fn finish(&mut self) -> Line {
        let cut_from = (self.length > self.max as u64).then_some(self.length);
        self.length = 0;
        let shortened = self.shortened.take().map(|shortened| shortened.kept);
        let held = shortened.unwrap_or_else(|| std::mem::take(&mut self.held));
        let text = String::from_utf8(held)
            .unwrap_or_else(|error| String::from_utf8_lossy(error.as_bytes()).into_owned());
        Line { text, cut_from }
    }
}

/// Whether the bytes begin like a message.
fn is_message(bytes: &[u8]) -> bool {
    let mark = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes);
    let first = mark.iter().find(|byte| !byte.is_ascii_whitespace());
    matches!(first, Some(b'{' | b'['))
}

#[cfg(test)]
mod tests {
    use super::*;
    use tokio::io::BufReader;

    async fn lines(bytes: &[u8], max: usize, keep: usize) -> Vec<Line> {
        let mut lines = BoundedLines::new(BufReader::with_capacity(3, bytes), max, keep);
        let mut found = Vec::new();
        while let Some(line) = lines.next().await.unwrap() {
            found.push(line);
        }
        found
    }

    fn whole(text: &str) -> Line {
        Line {
            text: text.to_owned(),
            cut_from: None,
        }
    }

    #[tokio::test]
    async fn lines_come_whole_also_empty_ones_and_the_last() {
        assert_eq!(
            lines(b"one\n\ntwo", 8, 8).await,
            [whole("one"), whole(""), whole("two")]
        );
        assert_eq!(lines(b"12345678\n", 8, 4).await, [whole("12345678")]);
    }

    #[tokio::test]
    async fn a_line_that_is_too_long_is_cut_and_the_next_one_is_whole() {
        let found = lines(b"123456789abc\nnext\n", 8, 4).await;
        assert_eq!(
            found[0],
            Line {
                text: "1234".into(),
                cut_from: Some(12)
            }
        );
        assert_eq!(found[1], whole("next"));
        let noted = found[0].clone().noted();
        assert_eq!(noted, "1234 [line of 12 bytes cut here]");
        assert_eq!(without_note(&noted), ("1234", Some(12)));
        assert_eq!(without_note("1234"), ("1234", None));
    }

    #[tokio::test]
    async fn a_message_that_is_too_long_is_still_a_message() {
        let raw = format!("{{\"a\":\"{}\",\"id\":7}}\nnext\n", "x".repeat(100_000));
        let reader = BufReader::with_capacity(1000, raw.as_bytes());
        let mut lines = BoundedLines::of_messages(reader, 50_000, 10_000);
        let cut = lines.next().await.unwrap().unwrap();
        assert!(cut.text.ends_with("xx\",\"id\":7}"), "{}", cut.text.len());
        assert_eq!(cut.cut_from, Some(100_015));
        assert_eq!(lines.next().await.unwrap().unwrap(), whole("next"));
    }

    #[tokio::test]
    async fn bytes_that_are_no_text_are_replaced() {
        assert_eq!(lines(b"a\xff\n", 8, 8).await, [whole("a\u{fffd}")]);
    }
}
