//! An image that an agent shows: kept by the console, named by its content.
use crate::attachment::IMAGE_KINDS;
use serde::{Deserialize, Serialize};

/// An image that the console keeps for a thread.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Image {
    /// SHA-256 of its bytes in lower-case hex; `attachment/get` has it.
    pub id: String,
    /// What it is, by its content.
    pub mime: String,
    /// Its size.
    pub bytes: u64,
}

impl Image {
    /// What a person reads in its place: `PNG image, 12.3 kB`.
    #[must_use]
    pub fn words(&self) -> String {
        let known = IMAGE_KINDS.split(',').any(|kind| kind == self.mime);
        let kind = self.mime.strip_prefix("image/").filter(|_| known);
        let kind = kind.unwrap_or("unknown").to_ascii_uppercase();
        format!("{kind} image, {}", crate::amount::bytes(self.bytes))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::thread::{Body, ToolContent};

    #[test]
    fn an_image_is_flat_on_the_wire_in_both_places() {
        let image = Image {
            id: "ab".to_owned(),
            mime: "image/png".to_owned(),
            bytes: 12_345,
        };
        assert_eq!(image.words(), "PNG image, 12.3 kB");
        let json = r#"{"type":"image","id":"ab","mime":"image/png","bytes":12345}"#;
        let content = ToolContent::Image(image.clone());
        assert_eq!(serde_json::to_string(&content).unwrap(), json);
        assert_eq!(serde_json::from_str::<ToolContent>(json).unwrap(), content);
        let json = json.replace("type", "kind");
        assert_eq!(serde_json::to_string(&Body::Image(image)).unwrap(), json);
    }
}
