//! Images of the agent: known by their content, named by their hash; other blocks keep a name.
use super::words::Speaker;
use super::{Moment, Outcome, Talk, text};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use domain::amount;
use domain::attachment::{ATTACHMENT_BYTES, mime_of};
use domain::thread::{Body, Image};
use serde_json::Value;
use sha2::{Digest, Sha256};

/// The image of a content block, with its bytes; none if it is none that can be shown.
pub(super) fn image(content: &Value) -> Option<(Image, Vec<u8>)> {
    if text::string(content, "type") != Some("image") {
        return None;
    }
    let data = text::string(content, "data").filter(|data| size(data) <= ATTACHMENT_BYTES)?;
    let bytes = STANDARD.decode(data.trim()).ok()?;
    let image = Image {
        id: domain::text::hex(&Sha256::digest(&bytes)),
        mime: mime_of(&bytes)?.to_owned(),
        bytes: bytes.len() as u64,
    };
    Some((image, bytes))
}

/// Bytes that base64 text stands for, about.
fn size(data: &str) -> u64 {
    data.len() as u64 / 4 * 3
}

/// What stands for a block that cannot be shown: `[audio: audio/wav, 12.3 kB]`.
pub(super) fn named(name: &str, content: &Value) -> String {
    let mime = text::string(content, "mimeType").map(|mime| text::head(mime, 200));
    let data = text::string(content, "data").or_else(|| text::string(content, "blob"));
    let size = data.map(|data| amount::bytes(size(data)));
    let facts: Vec<String> = mime.map(str::to_owned).into_iter().chain(size).collect();
    match facts.is_empty() {
        true => format!("[{name}]"),
        false => format!("[{name}: {}]", facts.join(", ")),
    }
}

impl Talk {
    /// An image in what the agent says is an entry of its own; says whether it was one.
    pub(super) fn hear_image(
        &mut self,
        moment: Moment,
        (speaker, content): (Speaker, &Value),
        out: &mut Vec<Outcome>,
    ) -> bool {
        let Some((image, bytes)) = image(content) else {
            return false;
        };
        self.close_voice(out);
        self.counts.produced(bytes.len());
        self.turn.spoke |= speaker == Speaker::Agent;
        out.push(Outcome::Image {
            image: image.clone(),
            content: bytes,
        });
        let key = format!("img:{}", moment.n);
        self.say(moment, &key, Body::Image(image));
        Self::touch(out, &key);
        true
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn an_image_is_known_by_its_content_and_anything_else_keeps_its_name() {
        let gif = STANDARD.encode(b"GIF89a\x01\0\x01\0\0\0\0;");
        let block = json!({"type": "image", "mimeType": "image/png", "data": gif});
        let (found, bytes) = image(&block).unwrap();
        assert_eq!((found.mime.as_str(), found.bytes), ("image/gif", 14));
        assert_eq!((found.id.len(), bytes.len()), (64, 14));
        for data in ["", "!", "PHN2Zz48L3N2Zz4="] {
            let block = json!({"type": "image", "mimeType": "image/png", "data": data});
            assert!(image(&block).is_none(), "{data}");
        }
        let audio = json!({"type": "audio", "mimeType": "audio/wav", "data": "AAAA".repeat(1000)});
        assert_eq!(text::block(&audio), "[audio: audio/wav, 3 kB]");
        let blob = json!({"type": "resource", "resource": {"uri": "file:///a.pdf", "mimeType": "application/pdf", "blob": "AAAA"}});
        assert_eq!(text::block(&blob), "[file:///a.pdf: application/pdf, 3 B]");
        assert_eq!(text::block(&json!({"type": "image"})), "[image]");
        assert_eq!(text::block(&json!({"type": "hologram"})), "[hologram]");
    }
}
