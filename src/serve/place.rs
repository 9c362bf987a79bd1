//! The data directory: the owner's alone, and one console's at a time.
use super::start::StartError;
use rustix::fs::{FlockOperation, flock};
use std::fs::File;
use std::os::unix::fs::{DirBuilderExt, PermissionsExt};
use std::path::{Path, PathBuf};

/// Longest name of a socket, with its end. Source: contract, "Journal and shim".
const SOCKET_MAX: usize = 107;

/// A data directory that this console holds until it is dropped.
#[derive(Debug)]
pub struct DataDir {
    /// Its absolute path.
    pub path: PathBuf,
    _lock: File,
}

/// Makes, checks and takes a data directory.
///
/// # Errors
/// [`StartError`] with one sentence that says what to do.
pub fn take(path: &Path) -> Result<DataDir, StartError> {
    let unusable = |cause: std::io::Error| StartError::DataDir(path.to_owned(), cause.to_string());
    let folders = ["", "run", "worktrees", "sessions", "backups"].map(|name| path.join(name));
    for folder in &folders {
        std::fs::DirBuilder::new()
            .recursive(true)
            .mode(0o700)
            .create(folder)
            .map_err(unusable)?;
    }
    std::fs::set_permissions(path, std::fs::Permissions::from_mode(0o700)).map_err(unusable)?;
    let path = path.canonicalize().map_err(unusable)?;
    if path.join("run/control.sock").as_os_str().len() > SOCKET_MAX {
        let cause = "its path is too long for sockets; choose a shorter one".to_owned();
        return Err(StartError::DataDir(path, cause));
    }
    let lock = File::create(path.join("lock")).map_err(unusable)?;
    match flock(&lock, FlockOperation::NonBlockingLockExclusive) {
        Ok(()) => Ok(DataDir { path, _lock: lock }),
        Err(_) => Err(StartError::Held(path)),
    }
}
