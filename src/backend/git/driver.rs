//! Filters, diff and merge drivers that a repository configures: each is switched off by name.
use std::collections::BTreeSet;

/// Settings that empty every driver named in a NUL-separated list of configuration names.
pub(super) fn switched_off(names: &[u8]) -> Vec<String> {
    let mut settings = BTreeSet::new();
    for name in names.split(|byte| *byte == 0) {
        let Ok(name) = std::str::from_utf8(name) else {
            continue;
        };
        let Some((section, rest)) = name.split_once('.') else {
            continue;
        };
        let Some((driver, _)) = rest.rsplit_once('.') else {
            continue;
        };
        let keys: &[&str] = match section.to_ascii_lowercase().as_str() {
            "filter" => &["clean=", "smudge=", "process=", "required=false"],
            "diff" => &["command=", "textconv="],
            "merge" => &["driver="],
            _ => continue,
        };
        settings.extend(keys.iter().map(|key| format!("{section}.{driver}.{key}")));
    }
    settings.into_iter().collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_driver_is_switched_off_whatever_its_name() {
        let off =
            switched_off(b"filter.a b=c.clean\0filter.x.y.process\0diff.p.textconv\0core.bare\0");
        assert!(off.contains(&"filter.a b=c.smudge=".to_owned()));
        assert!(off.contains(&"filter.x.y.process=".to_owned()));
        assert!(off.contains(&"filter.x.y.required=false".to_owned()));
        assert!(off.contains(&"diff.p.command=".to_owned()));
        assert_eq!(off.len(), 4 + 4 + 2);
    }
}
