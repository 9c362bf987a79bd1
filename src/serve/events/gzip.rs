//! A stream as gzip: what many readers get is compressed once and stands in each stream as it is.
use axum::body::Bytes;
use backend::console::WrittenChanges;
use flate2::{Compress, Compression, Crc, FlushCompress};

/// The head of a gzip file without name or time. Source: RFC 1952, 2.3.
const HEAD: [u8; 10] = [0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 0xff];
/// A last block, with nothing in it. Source: RFC 1951, 3.2.4.
const LAST: [u8; 5] = [1, 0, 0, 0xff, 0xff];
/// Bytes of a block that is stored as it is, at the most.
const STORED: usize = 0xffff;

/// A part of a stream.
#[derive(Debug)]
pub(super) enum Part {
    /// Words of this stream.
    Text(String),
    /// The data of an event that others get too.
    Changes(WrittenChanges),
}

/// What is written at once.
#[derive(Debug, Default)]
pub(super) struct Parts(Vec<Part>);

impl Parts {
    pub(super) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    pub(super) fn text(&mut self, text: &str) {
        match self.0.last_mut() {
            Some(Part::Text(known)) => known.push_str(text),
            _ => self.0.push(Part::Text(text.to_owned())),
        }
    }

    pub(super) fn changes(&mut self, changes: WrittenChanges) {
        self.0.push(Part::Changes(changes));
    }
}

/// How a stream is written.
#[derive(Debug)]
pub(super) enum Encoding {
    /// As it is.
    Plain,
    /// As gzip.
    Gzip(Gzip),
}

impl Encoding {
    /// The parts as bytes; `is_over` if they are the last.
    pub(super) fn bytes(&mut self, parts: &Parts, is_over: bool) -> Bytes {
        match self {
            Self::Plain => {
                let texts = parts.0.iter().map(|part| match part {
                    Part::Text(text) => text.as_str(),
                    Part::Changes(changes) => &changes.json,
                });
                Bytes::from(texts.collect::<String>())
            }
            Self::Gzip(gzip) => gzip.bytes(parts, is_over),
        }
    }
}

/// A gzip stream under way. Each block stands for itself, so that blocks of others fit in.
#[derive(Debug)]
pub(super) struct Gzip {
    sum: Crc,
    has_begun: bool,
}

impl Gzip {
    pub(super) fn new() -> Self {
        Self {
            sum: Crc::new(),
            has_begun: false,
        }
    }

    fn bytes(&mut self, parts: &Parts, is_over: bool) -> Bytes {
        let mut out = Vec::new();
        if !std::mem::replace(&mut self.has_begun, true) {
            out.extend(HEAD);
        }
        for part in &parts.0 {
            match part {
                Part::Text(text) => {
                    self.sum.update(text.as_bytes());
                    store(text.as_bytes(), &mut out);
                }
                Part::Changes(changes) => {
                    self.sum.update(changes.json.as_bytes());
                    out.extend_from_slice(changes.packed(pack));
                }
            }
        }
        if is_over {
            out.extend(LAST);
            out.extend(self.sum.sum().to_le_bytes());
            out.extend(self.sum.amount().to_le_bytes());
        }
        Bytes::from(out)
    }
}

/// Short texts are not worth compressing.
fn store(text: &[u8], out: &mut Vec<u8>) {
    for part in text.chunks(STORED) {
        let size = u16::try_from(part.len()).unwrap_or(u16::MAX);
        out.push(0);
        out.extend(size.to_le_bytes());
        out.extend((!size).to_le_bytes());
        out.extend_from_slice(part);
    }
}

/// A text as blocks that need nothing from before and end at a whole byte.
fn pack(text: &str) -> Vec<u8> {
    let mut packer = Compress::new(Compression::default(), false);
    // Incompressible text grows by little; the rest is for the end of the last block.
    let mut out = Vec::with_capacity(text.len() + text.len() / 100 + 64);
    let packed = packer.compress_vec(text.as_bytes(), &mut out, FlushCompress::Full);
    let is_whole = packer.total_in() == text.len() as u64 && out.len() < out.capacity();
    if packed.is_err() || !is_whole {
        out.clear();
        store(text.as_bytes(), &mut out);
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;
    use flate2::read::GzDecoder;
    use std::io::Read;

    fn parts(texts: &[&str]) -> Parts {
        let mut parts = Parts::default();
        for (n, text) in texts.iter().enumerate() {
            match n % 2 {
                0 => parts.text(text),
                _ => parts.changes(WrittenChanges::new(1, (*text).into())),
            }
        }
        parts
    }

    #[test]
    fn what_is_written_is_read_again_and_each_part_at_once() {
        let long = "line of an event, ".repeat(3000);
        let all = [["a", long.as_str(), "b"], ["", "{}", "c"], ["d", "", &long]];
        let mut encoding = Encoding::Gzip(Gzip::new());
        let (mut written, mut wanted) = (Vec::new(), String::new());
        for (n, texts) in all.iter().enumerate() {
            written.extend(encoding.bytes(&parts(texts), n == 2));
            wanted.extend(texts.iter().copied());
            let mut read = vec![0; wanted.len()];
            GzDecoder::new(written.as_slice())
                .read_exact(&mut read)
                .unwrap();
            assert_eq!(read, wanted.as_bytes(), "part {n}");
        }
        let mut whole = String::new();
        GzDecoder::new(written.as_slice())
            .read_to_string(&mut whole)
            .unwrap();
        assert_eq!(whole, wanted, "and the sum at the end is right");
        let plain = Encoding::Plain.bytes(&parts(&all[0]), false);
        assert_eq!(plain, all[0].concat().as_bytes());
    }

    #[test]
    fn an_event_travels_at_a_part_of_its_size() {
        let entry = r#"{"seq":12,"revision":40,"at":"2026-11-26T12:00:00.000Z","kind":"agent","text":"I looked at it."},"#;
        let text = entry.repeat(20);
        assert!(pack(&text).len() * 5 < text.len());
    }
}
