//! Lines from a pipe with a bound on memory: what is too long is cut, said to be, and passed over.
use std::io;
use tokio::io::{AsyncBufRead, AsyncBufReadExt};

/// One line without its newline.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Line {
    /// The text; bytes that are no UTF-8 are replaced.
    pub text: String,
    /// Length of the line in bytes, if it was too long and only its head is here.
    pub cut_from: Option<u64>,
}

impl Line {
    /// The text, and for a cut line a note of how long it was.
    #[must_use]
    pub fn noted(self) -> String {
        match self.cut_from {
            Some(bytes) => format!("{} [line of {bytes} bytes cut here]", self.text),
            None => self.text,
        }
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
            if self.length > self.max as u64 {
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
        let held = std::mem::take(&mut self.held);
        let text = String::from_utf8(held)
            .unwrap_or_else(|error| String::from_utf8_lossy(error.as_bytes()).into_owned());
        Line { text, cut_from }
    }
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
        assert_eq!(found[0].clone().noted(), "1234 [line of 12 bytes cut here]");
    }

    #[tokio::test]
    async fn bytes_that_are_no_text_are_replaced() {
        assert_eq!(lines(b"a\xff\n", 8, 8).await, [whole("a\u{fffd}")]);
    }
}
