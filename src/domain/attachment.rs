//! What goes along with a message: images and texts that were uploaded, files of the worktree that are named.
use serde::{Deserialize, Serialize};

/// Images and texts of one message at the most.
pub const ATTACHMENTS_MOST: usize = 5;
/// Files that one message names at the most.
pub const FILES_MOST: usize = 20;
/// Bytes of one image or text at the most.
pub const ATTACHMENT_BYTES: u64 = 10 * 1024 * 1024;
/// What the kind of a text is called.
pub const TEXT_KIND: &str = "text/plain";
/// The kinds of images that are taken, as a file picker wants them.
pub const IMAGE_KINDS: &str = "image/png,image/jpeg,image/gif,image/webp";

/// What an upload is taken as.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum UploadKind {
    /// An image, which the agent is shown.
    #[default]
    Image,
    /// A text that is too long for a message; the agent gets the path of the file.
    Text,
}

/// An image or a text that the console keeps.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Attachment {
    /// SHA-256 of its bytes in lower-case hex; its name in commands.
    pub id: String,
    /// The name that it came with.
    pub name: String,
    /// What it is, by its content.
    pub mime: String,
    /// Its size.
    pub bytes: u64,
}

impl Attachment {
    /// Whether it is an image; else it is a text.
    #[must_use]
    pub fn is_image(&self) -> bool {
        self.mime != TEXT_KIND
    }
}

/// What goes along with a message.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct Enclosed {
    /// Images and texts.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub attachments: Vec<Attachment>,
    /// Files, relative to the worktree.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub files: Vec<String>,
}

impl Enclosed {
    /// Whether nothing goes along.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.attachments.is_empty() && self.files.is_empty()
    }

    /// The images and texts by their names in commands; none if there are none.
    #[must_use]
    pub fn ids(&self) -> Option<Vec<String>> {
        let ids: Vec<String> = self.attachments.iter().map(|it| it.id.clone()).collect();
        (!ids.is_empty()).then_some(ids)
    }

    /// The files; none if there are none.
    #[must_use]
    pub fn paths(&self) -> Option<Vec<String>> {
        (!self.files.is_empty()).then(|| self.files.clone())
    }
}

/// How far an upload is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum UploadState {
    /// So many percent are sent.
    Sending(u64),
    /// The console has it.
    Kept(Attachment),
    /// It was not taken, and why.
    Refused(String),
}

/// An image that a person chose, or a text that was too long for a message.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Upload {
    /// Its number on this page.
    pub key: u32,
    /// The name of the file.
    pub name: String,
    /// Its size in bytes.
    pub bytes: u64,
    /// How far it is.
    pub state: UploadState,
}

/// Why an image is not even sent, by what the browser says of it; `count` are there already.
#[must_use]
pub fn not_sent(count: usize, bytes: u64, kind: &str) -> Option<&'static str> {
    if !kind.is_empty() && !IMAGE_KINDS.split(',').any(|known| known == kind) {
        Some("only PNG, JPEG, GIF and WebP images can be attached; name other files with @")
    } else if bytes > ATTACHMENT_BYTES {
        Some("an image may have 10 MiB at most")
    } else if bytes == 0 {
        Some("the file is empty")
    } else if count >= ATTACHMENTS_MOST {
        Some("a message takes 5 images and texts at most; remove one first")
    } else {
        None
    }
}

/// Why a text is not even sent as a file; `count` attachments are there already.
#[must_use]
pub fn text_not_sent(count: usize, bytes: u64) -> Option<&'static str> {
    if bytes > ATTACHMENT_BYTES {
        Some(
            "a text may have 10 MiB at most; put it into a file of the repository and name that with @",
        )
    } else if count >= ATTACHMENTS_MOST {
        Some("a message takes 5 images and texts at most; remove one first")
    } else {
        None
    }
}

/// What an image is, by the beginning of its content; none if it is no image that is taken.
#[must_use]
pub fn mime_of(content: &[u8]) -> Option<&'static str> {
    let at = |from: usize, mark: &[u8]| content.get(from..from + mark.len()) == Some(mark);
    let has = |bytes: usize| content.len() >= bytes;
    if at(0, b"\x89PNG\r\n\x1a\n") && at(12, b"IHDR") && has(33) {
        Some("image/png")
    } else if at(0, b"\xff\xd8\xff") && has(20) {
        Some("image/jpeg")
    } else if (at(0, b"GIF87a") || at(0, b"GIF89a")) && has(13) {
        Some("image/gif")
    } else if at(0, b"RIFF") && at(8, b"WEBPVP8") && has(20) {
        Some("image/webp")
    } else {
        None
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(content: &[u8], mime: Option<&str>) {
        assert_eq!(mime_of(content), mime);
    }

    fn long(head: &[u8]) -> Vec<u8> {
        let mut content = head.to_vec();
        content.resize(64, 0);
        content
    }

    #[test]
    fn images_are_known_by_their_content() {
        let png = long(b"\x89PNG\r\n\x1a\n\0\0\0\x0dIHDR");
        check(&png, Some("image/png"));
        check(&long(b"\xff\xd8\xff\xe0\0\x10JFIF"), Some("image/jpeg"));
        check(&long(b"GIF87a"), Some("image/gif"));
        check(&long(b"GIF89a"), Some("image/gif"));
        check(&long(b"RIFF\0\0\0\0WEBPVP8L"), Some("image/webp"));
    }

    #[test]
    fn what_is_no_image_or_no_whole_head_is_not_taken() {
        let png = long(b"\x89PNG\r\n\x1a\n\0\0\0\x0dIHDR");
        for content in [
            &b""[..],
            b"\x89PNG",
            b"\x89PNG\r\n\x1a\n",
            &png[..24],
            b"\xff\xd8\xff",
            b"GIF89a",
            b"RIFF\0\0\0\0WAVEfmt ",
            b"<!DOCTYPE html><script>alert(1)</script>",
            b"<svg xmlns=\"http://www.w3.org/2000/svg\"></svg>",
            b"%PDF-1.7",
        ] {
            check(content, None);
        }
    }

    #[test]
    fn a_text_is_sent_as_a_file_unless_it_is_too_large_or_one_too_many() {
        assert_eq!(text_not_sent(4, ATTACHMENT_BYTES), None);
        let large = text_not_sent(0, ATTACHMENT_BYTES + 1);
        assert!(large.is_some_and(|text| text.contains("10 MiB")));
        let many = text_not_sent(5, 1);
        assert!(many.is_some_and(|text| text.contains("5 images and texts")));
    }

    #[test]
    fn what_cannot_be_taken_is_told_before_it_is_sent() {
        assert_eq!(not_sent(0, 1, "image/png"), None);
        assert_eq!(not_sent(4, ATTACHMENT_BYTES, ""), None);
        let says = |count, bytes, kind, word: &str| {
            assert!(not_sent(count, bytes, kind).is_some_and(|text| text.contains(word)));
        };
        says(5, 1, "image/png", "5 images");
        says(0, ATTACHMENT_BYTES + 1, "image/png", "10 MiB");
        says(0, 0, "image/png", "empty");
        says(0, 1, "image/svg+xml", "PNG");
        says(0, 1, "text/html", "PNG");
    }
}
