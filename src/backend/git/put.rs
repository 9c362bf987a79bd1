//! Puts files into a worktree and removes them, without following a link out of it.
use crate::error::Failed;
use domain::visible::reveal;
use rustix::fd::OwnedFd;
use rustix::fs::{
    AtFlags, Mode, OFlags, ResolveFlags, mkdirat, open, openat, openat2, renameat, symlinkat,
    unlinkat,
};
use rustix::io::Errno;
use std::ffi::OsStr;
use std::io::Write;
use std::os::unix::ffi::OsStrExt;
use std::path::Path;

/// What is put at a path.
#[derive(Debug, Clone, Copy)]
pub(super) enum Put<'a> {
    /// A file, and whether it is executable.
    File(&'a [u8], bool),
    /// A link to there.
    Link(&'a [u8]),
}

const FOLDER: OFlags = OFlags::PATH.union(OFlags::DIRECTORY).union(OFlags::CLOEXEC);

fn inside() -> ResolveFlags {
    ResolveFlags::BENEATH | ResolveFlags::NO_SYMLINKS | ResolveFlags::NO_MAGICLINKS
}

/// Puts something at a path, in the place of a file or link there; folders are made.
pub(super) fn put(root: &Path, path: &str, what: &Put<'_>) -> Result<(), Failed> {
    let done = try_put(root, path, what);
    done.map_err(|cause| match cause.kind() {
        std::io::ErrorKind::StorageFull | std::io::ErrorKind::QuotaExceeded => cause.into(),
        _ => {
            let text = format!("something else stands where {} was", reveal(path));
            Failed::Refused(text)
        }
    })
}

fn try_put(root: &Path, path: &str, what: &Put<'_>) -> std::io::Result<()> {
    let mut folder = open(root, FOLDER, Mode::empty())?;
    let (above, name) = path.rsplit_once('/').unwrap_or(("", path));
    for part in above.split('/').filter(|part| !part.is_empty()) {
        folder = made(&folder, part)?;
    }
    let temporary = format!(".heddle-{}", uuid::Uuid::new_v4().simple());
    match what {
        Put::Link(target) => symlinkat(OsStr::from_bytes(target), &folder, &temporary)?,
        Put::File(bytes, is_executable) => {
            let mode = if *is_executable { 0o777 } else { 0o666 };
            let flags = OFlags::WRONLY | OFlags::CREATE | OFlags::EXCL | OFlags::CLOEXEC;
            let file = openat(&folder, &temporary, flags, Mode::from_raw_mode(mode))?;
            std::fs::File::from(file).write_all(bytes)?;
        }
    }
    renameat(&folder, &temporary, &folder, name).map_err(|cause| {
        let _ = unlinkat(&folder, &temporary, AtFlags::empty());
        cause.into()
    })
}

/// A folder in another, which is made if it is not there.
fn made(folder: &OwnedFd, name: &str) -> std::io::Result<OwnedFd> {
    match mkdirat(folder, name, Mode::from_raw_mode(0o777)) {
        Ok(()) | Err(Errno::EXIST) => {}
        Err(other) => return Err(other.into()),
    }
    Ok(openat2(folder, name, FOLDER, Mode::empty(), inside())?)
}

/// Removes a file or link. One that is not there, or has a folder in its place, is gone already.
pub(super) fn remove(root: &Path, path: &str) -> Result<(), Failed> {
    let (folder, name) = path.rsplit_once('/').unwrap_or((".", path));
    let removed = open(root, FOLDER, Mode::empty())
        .and_then(|root| openat2(root, folder, FOLDER, Mode::empty(), inside()))
        .and_then(|folder| unlinkat(folder, name, AtFlags::empty()));
    match removed {
        Ok(()) | Err(Errno::NOENT | Errno::NOTDIR | Errno::ISDIR | Errno::LOOP) => Ok(()),
        Err(cause) => {
            tracing::warn!(%cause, "a file of a worktree cannot be removed");
            let text = format!("{} cannot be removed", reveal(path));
            Err(Failed::Refused(text))
        }
    }
}

/// Removes the folders above a path that are empty now, as git does.
pub(super) fn remove_empty_above(root: &Path, path: &str) {
    let above: Vec<&str> = path
        .match_indices('/')
        .map(|(end, _)| &path[..end])
        .collect();
    for folder in above.into_iter().rev() {
        let (above, name) = folder.rsplit_once('/').unwrap_or((".", folder));
        let removed = open(root, FOLDER, Mode::empty())
            .and_then(|root| openat2(root, above, FOLDER, Mode::empty(), inside()))
            .and_then(|above| unlinkat(above, name, AtFlags::REMOVEDIR));
        if removed.is_err() {
            return;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::os::unix::fs::symlink;

    #[test]
    fn nothing_is_put_or_removed_outside_of_the_worktree() {
        let folder = tempfile::tempdir().unwrap();
        let root = folder.path().join("w");
        std::fs::create_dir_all(root.join("d")).unwrap();
        std::fs::write(folder.path().join("x"), "mine").unwrap();
        symlink("..", root.join("up")).unwrap();
        assert!(put(&root, "up/x", &Put::File(b"evil", false)).is_err());
        remove(&root, "up/x").unwrap();
        assert_eq!(std::fs::read(folder.path().join("x")).unwrap(), b"mine");
        put(&root, "a/b/c", &Put::File(b"new", true)).unwrap();
        assert_eq!(std::fs::read(root.join("a/b/c")).unwrap(), b"new");
        put(&root, "up", &Put::Link(b"d")).unwrap();
        assert_eq!(std::fs::read_link(root.join("up")).unwrap(), Path::new("d"));
        let blocked = put(&root, "d", &Put::File(b"x", false)).unwrap_err();
        assert!(
            blocked.to_string().contains("stands where d was"),
            "{blocked}"
        );
    }
}
