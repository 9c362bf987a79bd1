//! The data directory: the owner's alone, and one console's at a time.
use super::start::StartError;
use rustix::fs::{FlockOperation, flock};
use std::fs::{File, OpenOptions};
use std::os::unix::fs::{DirBuilderExt, OpenOptionsExt, PermissionsExt};
use std::path::{Path, PathBuf};
use std::time::Duration;

/// Longest name of a socket, with its end. Source: contract, "Journal and shim".
const SOCKET_MAX: usize = 107;

/// How long a lock is waited for.
const LOCK_PATIENCE: Duration = Duration::from_secs(2);
/// How long between two tries.
const LOCK_AGAIN: Duration = Duration::from_millis(50);

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
    let private = |name: &str| {
        let mut options = OpenOptions::new();
        options
            .write(true)
            .create(true)
            .truncate(false)
            .mode(0o600)
            .open(path.join(name))
    };
    let lock = private("lock").map_err(unusable)?;
    // SQLite gives its other files the mode of the database.
    private("heddle.db").map_err(unusable)?;
    if is_free(&lock) {
        Ok(DataDir { path, _lock: lock })
    } else {
        Err(StartError::Held(path))
    }
}

/// Takes the lock of the console whose database this is, if it is one's.
///
/// # Errors
/// [`StartError::Held`] if it runs.
pub fn take_from_console(database: &Path) -> Result<Option<File>, StartError> {
    let folder = database.parent().unwrap_or(Path::new("."));
    let Ok(lock) = File::open(folder.join("lock")) else {
        return Ok(None);
    };
    if is_free(&lock) {
        Ok(Some(lock))
    } else {
        Err(StartError::Held(folder.to_owned()))
    }
}

/// Takes the lock. A console that just died may have left a child on its way to another program,
/// which holds the lock for a moment more.
fn is_free(lock: &File) -> bool {
    let watch = backend::clock::stopwatch();
    loop {
        if flock(lock, FlockOperation::NonBlockingLockExclusive).is_ok() {
            return true;
        }
        if watch.elapsed() > LOCK_PATIENCE {
            return false;
        }
        std::thread::sleep(LOCK_AGAIN);
    }
}
