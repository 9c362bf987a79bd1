//! What `git diff --raw --numstat -z` prints, as changed files.
use super::content::GITLINK;
use domain::git::{ChangeKind, ChangedFile};
use domain::submodule::Submodule;
use std::collections::BTreeMap;

/// The parts of a NUL-separated list; names that are not UTF-8 are shown with marks.
pub(super) fn parts(text: &[u8]) -> Vec<String> {
    let text = text.strip_suffix(b"\0").unwrap_or(text);
    if text.is_empty() {
        return Vec::new();
    }
    text.split(|byte| *byte == 0)
        .map(|part| String::from_utf8_lossy(part).into_owned())
        .collect()
}

/// What `diff --raw --numstat -z` printed: raw records first, then counts.
pub(super) fn parse_diff(text: &[u8]) -> BTreeMap<String, ChangedFile> {
    let mut files = BTreeMap::new();
    let mut parts = parts(text).into_iter();
    while let Some(part) = parts.next() {
        if let Some(raw) = part.strip_prefix(':') {
            if let Some(file) = raw_record(raw, &mut parts) {
                files.insert(file.path.clone(), file);
            }
        } else {
            count_record(&part, &mut parts, &mut files);
        }
    }
    files
}

fn raw_record(raw: &str, parts: &mut impl Iterator<Item = String>) -> Option<ChangedFile> {
    let mut fields = raw.split(' ');
    let mut field = || fields.next();
    let (old_mode, new_mode, old, new) = (field()?, field()?, field()?, field()?);
    let kind = match field()?.chars().next()? {
        'A' => ChangeKind::Added,
        'D' => ChangeKind::Deleted,
        'R' => ChangeKind::Renamed,
        'C' => ChangeKind::Copied,
        'T' => ChangeKind::TypeChanged,
        'U' => ChangeKind::Conflicted,
        _ => ChangeKind::Modified,
    };
    let first = parts.next()?;
    let (path, old_path) = match kind {
        ChangeKind::Renamed | ChangeKind::Copied => (parts.next()?, Some(first)),
        ChangeKind::Added
        | ChangeKind::Modified
        | ChangeKind::Deleted
        | ChangeKind::Untracked
        | ChangeKind::TypeChanged
        | ChangeKind::Conflicted => (first, None),
    };
    // Zeros stand for nothing, and for what git did not look up.
    let commit = |mode: &str, oid: &str| {
        (mode == GITLINK && oid.bytes().any(|byte| byte != b'0')).then(|| oid.to_owned())
    };
    let is_submodule = old_mode == GITLINK || new_mode == GITLINK;
    let mut file = ChangedFile::new(path, kind);
    file.old_path = old_path;
    file.submodule = is_submodule.then(|| Submodule {
        old: commit(old_mode, old),
        new: commit(new_mode, new),
        ..Submodule::default()
    });
    Some(file)
}

fn count_record(
    part: &str,
    parts: &mut impl Iterator<Item = String>,
    files: &mut BTreeMap<String, ChangedFile>,
) {
    let mut fields = part.splitn(3, '\t');
    let (Some(added), Some(removed), Some(path)) = (fields.next(), fields.next(), fields.next())
    else {
        return;
    };
    let path = if path.is_empty() {
        let _old = parts.next();
        parts.next().unwrap_or_default()
    } else {
        path.to_owned()
    };
    if let Some(file) = files.get_mut(&path) {
        file.binary = added == "-";
        file.added = added.parse().ok();
        file.removed = removed.parse().ok();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn raw_and_numstat_records_become_one_file_each() {
        let text = b":100644 100644 aa bb M\0src/a.rs\0:100644 100644 aa bb R090\0old name\0new\tname\0\
                     :000000 100644 00 bb A\0pic.png\x003\t1\tsrc/a.rs\x002\t0\t\0old name\0new\tname\0-\t-\tpic.png\0";
        let files = parse_diff(text);
        assert_eq!(files["src/a.rs"].added, Some(3));
        assert_eq!(files["new\tname"].old_path.as_deref(), Some("old name"));
        assert_eq!(files["new\tname"].kind, ChangeKind::Renamed);
        assert_eq!(files["new\tname"].added, Some(2));
        assert!(files["pic.png"].binary);
    }

    #[test]
    fn a_submodule_is_told_by_its_mode_with_both_commits() {
        let text = b":160000 160000 aa bb M\0lib\0:160000 000000 aa 00 D\0old\0:000000 160000 00 00 A\0new\0";
        let files = parse_diff(text);
        let of = |path: &str| {
            let found = files[path].submodule.clone().unwrap();
            (found.old, found.new)
        };
        let (a, b) = (Some("aa".to_owned()), Some("bb".to_owned()));
        assert_eq!(of("lib"), (a.clone(), b));
        assert_eq!(of("old"), (a, None));
        assert_eq!(of("new"), (None, None));
    }
}
