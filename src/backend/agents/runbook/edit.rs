//! Reads and writes files below the working directory and nowhere else: no link is followed.
use rustix::fd::OwnedFd;
use rustix::fs::{AtFlags, CWD, Mode, OFlags, fchmod, mkdirat, openat, renameat, unlinkat};
use rustix::io::Errno;
use std::fs::File;
use std::io::{Read, Write};
use std::os::unix::fs::PermissionsExt;
use std::path::Path;
use uuid::Uuid;

/// Largest file that is shown and replaced, in bytes.
const MAX_FILE: u64 = 8 * 1024 * 1024;

const FOLDER: OFlags = OFlags::RDONLY
    .union(OFlags::DIRECTORY)
    .union(OFlags::NOFOLLOW)
    .union(OFlags::CLOEXEC);

/// Splits a relative path; refuses what leaves the working directory or touches `.git`.
///
/// # Errors
/// One sentence.
fn parts(path: &str) -> Result<(Vec<&str>, &str), String> {
    let refuse = |why: &str| Err(format!("`{path}` is refused: {why}."));
    if path.starts_with('/') {
        return refuse("it is absolute");
    }
    let mut parts: Vec<&str> = path
        .split('/')
        .filter(|part| !matches!(*part, "" | "."))
        .collect();
    if path.contains('\0') || path.ends_with('/') {
        return refuse("it is no file name");
    }
    if parts.contains(&"..") {
        return refuse("it leaves the working directory");
    }
    if parts.iter().any(|part| part.eq_ignore_ascii_case(".git")) {
        return refuse("it is git's own");
    }
    match parts.pop() {
        Some(name) => Ok((parts, name)),
        None => refuse("it is empty"),
    }
}

/// Opens the folder of a path; `None` when it is missing and not to be made.
fn folder(cwd: &Path, path: &str, parts: &[&str], make: bool) -> Result<Option<OwnedFd>, String> {
    let failed = |error: Errno| format!("`{path}` cannot be reached: {error}.");
    let start = OFlags::RDONLY | OFlags::DIRECTORY | OFlags::CLOEXEC;
    let mut at = openat(CWD, cwd, start, Mode::empty()).map_err(failed)?;
    for part in parts {
        if make && let Err(error) = mkdirat(&at, *part, Mode::from_raw_mode(0o777)) {
            (error == Errno::EXIST)
                .then_some(())
                .ok_or_else(|| failed(error))?;
        }
        at = match openat(&at, *part, FOLDER, Mode::empty()) {
            Ok(next) => next,
            Err(Errno::NOENT) => return Ok(None),
            Err(Errno::LOOP | Errno::NOTDIR) => {
                return Err(format!("`{path}` is refused: `{part}` is no plain folder."));
            }
            Err(error) => return Err(failed(error)),
        };
    }
    Ok(Some(at))
}

/// What the file holds and its permission bits; `None` when there is none.
fn look(at: &OwnedFd, path: &str, name: &str) -> Result<Option<(Vec<u8>, u32)>, String> {
    let flags = OFlags::RDONLY | OFlags::NOFOLLOW | OFlags::NONBLOCK | OFlags::CLOEXEC;
    let mut file = match openat(at, name, flags, Mode::empty()) {
        Ok(found) => File::from(found),
        Err(Errno::NOENT) => return Ok(None),
        Err(Errno::LOOP) => return Err(format!("`{path}` is refused: it is a symbolic link.")),
        Err(error) => return Err(format!("`{path}` cannot be read: {error}.")),
    };
    let failed = |error| format!("`{path}` cannot be read: {error}.");
    let found = file.metadata().map_err(failed)?;
    if !found.is_file() || found.len() > MAX_FILE {
        return Err(format!(
            "`{path}` is refused: it is no plain file below 8 MiB."
        ));
    }
    let mut bytes = Vec::new();
    file.read_to_end(&mut bytes).map_err(failed)?;
    Ok(Some((bytes, found.permissions().mode() & 0o777)))
}

/// The file's content; `None` when there is none.
///
/// # Errors
/// One sentence when the path is refused or cannot be read.
pub(super) fn read(cwd: &Path, path: &str) -> Result<Option<Vec<u8>>, String> {
    let (parents, name) = parts(path)?;
    match folder(cwd, path, &parents, false)? {
        Some(at) => Ok(look(&at, path, name)?.map(|(bytes, _)| bytes)),
        None => Ok(None),
    }
}

/// Replaces the file whole, or not at all; missing folders are made.
///
/// # Errors
/// One sentence when the path is refused, the file is not `before` any more, or the disk refuses.
pub(super) fn write(
    cwd: &Path,
    path: &str,
    before: Option<&[u8]>,
    bytes: &[u8],
) -> Result<(), String> {
    let (parents, name) = parts(path)?;
    let at = folder(cwd, path, &parents, true)?;
    let at = at.ok_or_else(|| format!("`{path}` cannot be reached."))?;
    let now = look(&at, path, name)?;
    if now.as_ref().map(|(bytes, _)| bytes.as_slice()) != before {
        return Err(format!(
            "`{path}` has changed since it was shown, so it was left alone."
        ));
    }
    let fresh = format!(".heddle-{}", Uuid::new_v4().simple());
    let done = fill(&at, &fresh, bytes, now.map(|(_, mode)| mode))
        .and_then(|()| Ok(renameat(&at, &fresh, &at, name)?));
    done.map_err(|error| {
        unlinkat(&at, &fresh, AtFlags::empty()).ok();
        format!("`{path}` cannot be written: {error}.")
    })
}

fn fill(at: &OwnedFd, name: &str, bytes: &[u8], mode: Option<u32>) -> std::io::Result<()> {
    let flags = OFlags::WRONLY | OFlags::CREATE | OFlags::EXCL | OFlags::CLOEXEC;
    let mut file = File::from(openat(at, name, flags, Mode::from_raw_mode(0o666))?);
    if let Some(mode) = mode {
        fchmod(&file, Mode::from_raw_mode(mode))?;
    }
    file.write_all(bytes)
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::fs;
    use std::os::unix::fs::symlink;

    #[test]
    fn paths_out_of_the_working_directory_are_refused() {
        for path in [
            "",
            ".",
            "/etc/x",
            "../x",
            "a/../../x",
            ".git/config",
            "a/.GIT/x",
            "a/",
            "a\0b",
        ] {
            assert!(parts(path).is_err(), "{path}");
        }
        assert_eq!(parts("./a//b.txt"), Ok((vec!["a"], "b.txt")));
    }

    #[test]
    fn a_file_is_made_with_its_folders_and_replaced_with_its_mode() {
        let dir = tempfile::tempdir().unwrap();
        write(dir.path(), "a/b/c.sh", None, b"one").unwrap();
        let path = dir.path().join("a/b/c.sh");
        fs::set_permissions(&path, fs::Permissions::from_mode(0o750)).unwrap();
        write(dir.path(), "a/b/c.sh", Some(b"one"), b"two").unwrap();
        assert_eq!(read(dir.path(), "a/b/c.sh").unwrap().unwrap(), b"two");
        assert_eq!(
            fs::metadata(&path).unwrap().permissions().mode() & 0o777,
            0o750
        );
        assert_eq!(fs::read_dir(dir.path().join("a/b")).unwrap().count(), 1);
    }

    #[test]
    fn a_file_that_changed_meanwhile_is_left_alone() {
        let dir = tempfile::tempdir().unwrap();
        fs::write(dir.path().join("x"), "theirs").unwrap();
        assert!(
            write(dir.path(), "x", Some(b"old"), b"new")
                .unwrap_err()
                .contains("has changed")
        );
        assert!(write(dir.path(), "x", None, b"new").is_err());
        assert_eq!(fs::read(dir.path().join("x")).unwrap(), b"theirs");
    }

    #[test]
    fn links_are_not_followed() {
        let dir = tempfile::tempdir().unwrap();
        let outside = tempfile::tempdir().unwrap();
        symlink(outside.path(), dir.path().join("link")).unwrap();
        symlink("/etc/passwd", dir.path().join("file")).unwrap();
        assert!(
            write(dir.path(), "link/x", None, b"new")
                .unwrap_err()
                .contains("no plain folder")
        );
        assert!(
            read(dir.path(), "file")
                .unwrap_err()
                .contains("symbolic link")
        );
        assert_eq!(fs::read_dir(outside.path()).unwrap().count(), 0);
    }
}
