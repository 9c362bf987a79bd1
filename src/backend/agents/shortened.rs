//! Shortens a message that is too long for memory: its long texts are cut, its structure stays.

/// Bytes kept of one text, while there is room.
const TEXT: usize = 16 * 1024;
/// Bytes kept of one text once half of the room is used.
const TEXT_LATER: usize = 64;

/// A message on its way through; what it keeps is a message again, as long as its structure fits.
#[derive(Debug, Default)]
pub(super) struct Shortened {
    pub(super) kept: Vec<u8>,
    room: usize,
    is_text: bool,
    is_escaped: bool,
    /// Whether the letter that is being read is kept; both bytes of an escape are, or none.
    is_kept: bool,
    text: usize,
}

impl Shortened {
    /// Keeps `room` bytes at most.
    pub(super) fn new(room: usize) -> Self {
        Self {
            room,
            ..Self::default()
        }
    }

    /// Takes the next bytes.
    pub(super) fn take(&mut self, bytes: &[u8]) {
        for byte in bytes {
            self.take_byte(*byte);
        }
    }

    fn take_byte(&mut self, byte: u8) {
        if !self.is_text {
            self.is_text = byte == b'"';
            self.text = 0;
            return self.keep(byte);
        }
        if !self.is_escaped && byte == b'"' {
            self.is_text = false;
            return self.keep(byte);
        }
        if !self.is_escaped {
            let is_late = self.kept.len() > self.room / 2;
            let most = if is_late { TEXT_LATER } else { TEXT };
            // A letter of several bytes is not divided: its first byte decides.
            let goes_on = byte & 0xc0 == 0x80;
            self.is_kept = if goes_on {
                self.is_kept
            } else {
                self.text < most
            };
        }
        self.is_escaped = !self.is_escaped && byte == b'\\';
        self.text += 1;
        if self.is_kept {
            self.keep(byte);
        }
    }

    fn keep(&mut self, byte: u8) {
        if self.kept.len() < self.room {
            self.kept.push(byte);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shortened(text: &str, room: usize) -> String {
        let mut shortened = Shortened::new(room);
        for part in text.as_bytes().chunks(7) {
            shortened.take(part);
        }
        String::from_utf8(shortened.kept).unwrap()
    }

    #[test]
    fn a_message_keeps_its_structure_and_the_beginning_of_its_texts() {
        let long = "ä\\\"\\\\".repeat(20_000);
        let raw = format!(r#"{{"method":"m","a":"{long}","b":["{long}"],"id":7}}"#);
        let message: serde_json::Value = serde_json::from_str(&shortened(&raw, 64 * 1024)).unwrap();
        assert_eq!(
            (&message["method"], &message["id"]),
            (&"m".into(), &7.into())
        );
        assert!(message["a"].as_str().unwrap().starts_with("ä\"\\ä"));
        assert!(message["b"][0].as_str().unwrap().len() > 5000);
        let many = vec![format!("\"{long}\""); 50].join(",");
        let raw = format!(r#"{{"a":[{many}],"id":7}}"#);
        let message: serde_json::Value = serde_json::from_str(&shortened(&raw, 64 * 1024)).unwrap();
        assert_eq!(
            (message["a"].as_array().unwrap().len(), &message["id"]),
            (50, &7.into())
        );
    }

    #[test]
    fn what_is_kept_is_bounded_whatever_comes() {
        assert_eq!(shortened(&"[".repeat(1000), 100).len(), 100);
        assert_eq!(shortened("\"abc\"", 100), "\"abc\"");
    }
}
