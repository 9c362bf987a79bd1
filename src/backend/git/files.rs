//! Reads files of a worktree without following anything out of it, and without blocking on pipes.
use rustix::fs::{FileType, Mode, OFlags, ResolveFlags, fstat, open, openat2, readlinkat};
use std::io::Read;
use std::path::Path;

/// What stands at a path.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Found {
    /// A file: its bytes (cut at the limit), whether it is executable, and its whole size.
    File {
        bytes: Vec<u8>,
        is_executable: bool,
        size: u64,
    },
    /// A link: where it points.
    Link(Vec<u8>),
    /// A folder.
    Folder,
    /// A name below a link: nothing of the worktree.
    BelowLink,
    /// A pipe, a device, or a way out of the worktree.
    Other,
    /// Nothing.
    Nothing,
}

/// Looks at a path below `root`; at most `limit` bytes are read.
pub(super) fn look(root: &Path, path: &str, limit: u64) -> std::io::Result<Found> {
    let folder = open(
        root,
        OFlags::PATH | OFlags::DIRECTORY | OFlags::CLOEXEC,
        Mode::empty(),
    )?;
    let flags = OFlags::RDONLY | OFlags::NONBLOCK | OFlags::NOFOLLOW | OFlags::CLOEXEC;
    let inside = ResolveFlags::BENEATH | ResolveFlags::NO_SYMLINKS | ResolveFlags::NO_MAGICLINKS;
    match openat2(&folder, path, flags, Mode::empty(), inside) {
        Ok(file) => {
            let stat = fstat(&file)?;
            match FileType::from_raw_mode(stat.st_mode) {
                FileType::RegularFile => {}
                FileType::Directory => return Ok(Found::Folder),
                _ => return Ok(Found::Other),
            }
            let mut bytes = Vec::new();
            std::fs::File::from(file)
                .take(limit)
                .read_to_end(&mut bytes)?;
            let size = u64::try_from(stat.st_size).unwrap_or(0);
            Ok(Found::File {
                bytes,
                is_executable: stat.st_mode & 0o111 != 0,
                size,
            })
        }
        Err(rustix::io::Errno::LOOP) => Ok(link(&folder, path)),
        Err(rustix::io::Errno::NOENT | rustix::io::Errno::NOTDIR) => Ok(Found::Nothing),
        Err(rustix::io::Errno::NXIO | rustix::io::Errno::XDEV) => Ok(Found::Other),
        Err(other) => Err(other.into()),
    }
}

/// The link at the end of a path whose folders are no links.
fn link(root: &rustix::fd::OwnedFd, path: &str) -> Found {
    let (folder, name) = path.rsplit_once('/').unwrap_or((".", path));
    let inside = ResolveFlags::BENEATH | ResolveFlags::NO_SYMLINKS | ResolveFlags::NO_MAGICLINKS;
    let flags = OFlags::PATH | OFlags::DIRECTORY | OFlags::CLOEXEC;
    let folder = match openat2(root, folder, flags, Mode::empty(), inside) {
        Ok(folder) => folder,
        Err(rustix::io::Errno::LOOP) => return Found::BelowLink,
        Err(_) => return Found::Other,
    };
    readlinkat(&folder, name, Vec::new())
        .map_or(Found::Other, |target| Found::Link(target.into_bytes()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::os::unix::fs::symlink;

    #[test]
    fn nothing_outside_of_the_worktree_is_read() {
        let folder = tempfile::tempdir().unwrap();
        let root = folder.path().join("w");
        std::fs::create_dir(&root).unwrap();
        std::fs::write(folder.path().join("secret"), "s").unwrap();
        std::fs::write(root.join("a"), "hello").unwrap();
        symlink("../secret", root.join("out")).unwrap();
        symlink("..", root.join("up")).unwrap();
        assert!(
            matches!(look(&root, "a", 3).unwrap(), Found::File { bytes, size: 5, .. } if bytes == b"hel")
        );
        assert_eq!(
            look(&root, "out", 9).unwrap(),
            Found::Link(b"../secret".to_vec())
        );
        assert_eq!(look(&root, "up/secret", 9).unwrap(), Found::BelowLink);
        assert_eq!(look(&root, "none", 9).unwrap(), Found::Nothing);
        assert!(look(&root, "../secret", 9).is_ok_and(|found| found == Found::Other));
    }

    #[test]
    fn a_pipe_is_not_waited_for() {
        let folder = tempfile::tempdir().unwrap();
        let status = std::process::Command::new("mkfifo")
            .arg(folder.path().join("p"))
            .status();
        assert!(status.unwrap().success());
        assert_eq!(look(folder.path(), "p", 9).unwrap(), Found::Other);
    }
}
