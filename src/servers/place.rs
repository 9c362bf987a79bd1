//! Where a server lives: its programs, its directory, its port, and who may run it.
use std::net::TcpListener;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

/// The newest installed PostgreSQL.
///
/// # Panics
/// If there is none.
pub(crate) fn programs() -> PathBuf {
    let version = |path: &PathBuf| {
        let number = path.file_name().and_then(|name| name.to_str());
        number.and_then(|number| number.parse::<u32>().ok())
    };
    let installed = std::fs::read_dir("/usr/lib/postgresql")
        .into_iter()
        .flatten();
    let newest = installed
        .flatten()
        .map(|entry| entry.path())
        .max_by_key(version);
    let folder = newest.map(|path| path.join("bin"));
    folder
        .filter(|folder| folder.join("initdb").exists())
        .unwrap_or_else(|| {
            panic!("the tests need PostgreSQL: run .ci/setup --test, or apt-get install postgresql")
        })
}

/// A program as the user who may run the server, which root may not.
pub(crate) fn unprivileged(program: &Path) -> Command {
    let id = Command::new("id").arg("-u").output();
    let is_root = id.is_ok_and(|id| id.stdout == b"0\n");
    if !is_root {
        return Command::new(program);
    }
    let mut command = Command::new("runuser");
    command.args(["-u", "postgres", "--"]).arg(program);
    command
}

pub(crate) fn done(command: &mut Command) -> String {
    command.current_dir("/").stdin(Stdio::null());
    let output = command.output();
    let output = output.unwrap_or_else(|error| panic!("{command:?}: {error}"));
    let text = String::from_utf8_lossy(&output.stdout).into_owned();
    let error = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{command:?}: {text}{error}");
    text
}

pub(crate) fn new_folder() -> PathBuf {
    let folder = tempfile::Builder::new().prefix("hd-pg").tempdir();
    let folder = folder.unwrap_or_else(|error| panic!("no directory: {error}"));
    if unprivileged(Path::new("true")).get_program() == "runuser" {
        done(Command::new("chown").arg("postgres").arg(folder.path()));
    }
    folder.keep()
}

/// A loopback port that nobody listened on a moment ago.
///
/// # Panics
/// If there is none.
#[must_use]
pub fn free_port() -> u16 {
    let listener = TcpListener::bind("127.0.0.1:0").and_then(|listener| listener.local_addr());
    listener
        .unwrap_or_else(|error| panic!("no port: {error}"))
        .port()
}
