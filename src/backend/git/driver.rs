//! Filters, diff and merge drivers that a repository configures: each is switched off by name.
//!
//! A driver may have any name, with `=`, spaces or bytes that are no text. So the settings go by
//! environment, where key and value are apart, and names stay bytes.
use std::collections::BTreeSet;
use std::ffi::{OsStr, OsString};
use std::os::unix::ffi::OsStrExt;

/// A setting: its key, and its value.
pub(super) type Setting = (OsString, &'static str);

/// Settings that empty every driver that these names of settings belong to.
pub(super) fn switched_off<'a>(names: impl Iterator<Item = &'a [u8]>) -> Vec<Setting> {
    let mut settings = BTreeSet::new();
    for name in names {
        let Some(section) = name.iter().position(|byte| *byte == b'.') else {
            continue;
        };
        let Some(key) = name.iter().rposition(|byte| *byte == b'.') else {
            continue;
        };
        let keys: &[(&str, &str)] = match name[..section].to_ascii_lowercase().as_slice() {
            _ if key == section => continue,
            b"filter" => &[
                ("clean", ""),
                ("smudge", ""),
                ("process", ""),
                ("required", "false"),
            ],
            b"diff" => &[("command", ""), ("textconv", "")],
            b"merge" => &[("driver", "")],
            _ => continue,
        };
        for (last, value) in keys {
            let mut whole = OsStr::from_bytes(&name[..=key]).to_owned();
            whole.push(last);
            settings.insert((whole, *value));
        }
    }
    settings.into_iter().collect()
}

/// The settings as environment variables, which beat every file.
pub(super) fn environment(settings: &[Setting]) -> Vec<(String, OsString)> {
    let mut all = vec![(
        "GIT_CONFIG_COUNT".to_owned(),
        settings.len().to_string().into(),
    )];
    for (n, (key, value)) in settings.iter().enumerate() {
        all.push((format!("GIT_CONFIG_KEY_{n}"), key.clone()));
        all.push((format!("GIT_CONFIG_VALUE_{n}"), value.into()));
    }
    all
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_driver_is_switched_off_whatever_its_name() {
        let names = b"filter.a b=c.clean\0filter.x.y.process\0diff.p.textconv\0core.bare\0filter.\xff.clean\0";
        let off = switched_off(names.split(|byte| *byte == 0));
        let has = |key: &[u8]| off.iter().any(|(name, _)| name.as_bytes() == key);
        assert!(has(b"filter.a b=c.smudge"));
        assert!(has(b"filter.x.y.process"));
        assert!(has(b"filter.\xff.clean"));
        assert!(has(b"diff.p.command"));
        assert_eq!(off.len(), 4 + 4 + 2 + 4);
        assert_eq!(environment(&off).len(), 1 + 2 * off.len());
    }
}
