//! The content blocks of a prompt: its text is done, what goes along is only named.
use serde_json::Value;

/// What a prompt says.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Said {
    /// Its text.
    pub(super) text: String,
    /// One sentence about images and files, if there are any.
    pub(super) besides: Option<String>,
}

impl Said {
    /// Reads the blocks; kinds that are not understood are left out.
    pub(super) fn of(blocks: &Value) -> Self {
        let blocks = blocks.as_array().map(Vec::as_slice).unwrap_or_default();
        // A recap repeats what was done before: none of it is to be done again.
        let is_new = |block: &&Value| block.pointer("/_meta/heddle/recap").is_none();
        let texts: Vec<_> = blocks
            .iter()
            .filter(is_new)
            .filter_map(|block| block["text"].as_str())
            .collect();
        let besides: Vec<String> = blocks.iter().filter_map(besides).collect();
        let sentence = format!("I got {}.\n\n", besides.join(" and "));
        Self {
            text: texts.join("\n"),
            besides: (!besides.is_empty()).then_some(sentence),
        }
    }
}

fn besides(block: &Value) -> Option<String> {
    match block["type"].as_str()? {
        "image" => {
            let kind = block["mimeType"].as_str().unwrap_or("unknown");
            let data = block["data"].as_str().unwrap_or_default();
            let bytes = data.trim_end_matches('=').len() * 3 / 4;
            Some(format!("an image ({kind}, {bytes} bytes)"))
        }
        "resource_link" => Some(format!("the file {}", block["name"].as_str()?)),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn a_recap_is_not_done_again() {
        let said = Said::of(&json!([
            {"type": "text", "text": "Person: remove it", "_meta": {"heddle": {"recap": true}}},
            {"type": "text", "text": "go on"},
        ]));
        assert_eq!(said.text, "go on");
    }

    #[test]
    fn images_are_named_with_their_size_and_files_by_their_name() {
        let said = Said::of(&json!([
            {"type": "text", "text": "look"},
            {"type": "image", "mimeType": "image/png", "data": "AAAAAA=="},
            {"type": "resource_link", "uri": "file:///w/a.txt", "name": "a.txt"},
            {"type": "audio", "data": ""},
        ]));
        assert_eq!(said.text, "look");
        let besides = "I got an image (image/png, 4 bytes) and the file a.txt.\n\n";
        assert_eq!(said.besides.as_deref(), Some(besides));
        assert_eq!(Said::of(&json!([])).besides, None);
    }
}
