//! A console of its own to measure: the release, a repository, a data directory, a login.
use super::client::Client;
use super::wire::{Request, Wire};
use serde_json::json;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use tempfile::TempDir;
use tokio::io::{AsyncBufReadExt, BufReader};
use tokio::process::Child;

/// Places for what is measured; documented limits of the console.
const LIMITS: &str = "connections = 19000\nevent_streams = 19000\nmax_live_agents = 40\n";

/// What is measured, and the configuration that it has otherwise.
pub(crate) struct Built {
    binary: PathBuf,
    config: PathBuf,
}

impl Built {
    pub(crate) fn new(binary: &str, config: &str) -> Self {
        Self {
            binary: binary.into(),
            config: config.into(),
        }
    }

    /// Starts a console with an empty store and logs in; the store is of SQLite unless one is named.
    pub(crate) async fn start(&self, database: Option<String>) -> io::Result<Console> {
        let folder = tempfile::Builder::new().prefix("hl").tempdir()?;
        make_repository(&folder.path().join("repo"))?;
        let config = fs::read_to_string(&self.config)?;
        let config = config.replace("[heddle.limits]\n", &format!("[heddle.limits]\n{LIMITS}"));
        let config = config.replace("\nmax_live_agents = 4\n", "\n");
        fs::write(folder.path().join("Leptos.toml"), config)?;
        let mut console = Console {
            child: None,
            binary: self.binary.clone(),
            database,
            folder,
            link: String::new(),
            client: Client::default(),
        };
        console.begin().await?;
        console.client.cookie = console.log_in().await?.into();
        Ok(console)
    }
}

fn make_repository(path: &Path) -> io::Result<()> {
    fs::create_dir(path)?;
    let commit: &[&str] = &["commit", "--quiet", "--allow-empty", "-m", "Start"];
    for args in [&["init", "--quiet", "--initial-branch=main"], commit] {
        let mut git = Command::new("git");
        git.args(["-c", "user.name=A", "-c", "user.email=a@b.c"]);
        if !git.args(args).current_dir(path).status()?.success() {
            return Err(io::Error::other("no repository could be made"));
        }
    }
    Ok(())
}

/// A running console; it is killed with what measures it.
pub(crate) struct Console {
    child: Option<Child>,
    binary: PathBuf,
    database: Option<String>,
    folder: TempDir,
    link: String,
    pub(crate) client: Client,
}

impl Console {
    /// Starts the process, at the port that it had before if it had one.
    pub(crate) async fn begin(&mut self) -> io::Result<()> {
        let folder = self.folder.path();
        let mut log = fs::File::options();
        let log = log.create(true).append(true).open(folder.join("log"))?;
        let address = format!("127.0.0.1:{}", self.client.port);
        let mut command = tokio::process::Command::new(&self.binary);
        command.args(["serve", "--addr", &address]);
        command.arg("--config").arg(folder.join("Leptos.toml"));
        command.arg("--data-dir").arg(folder.join("d"));
        command.arg("--repo").arg(folder.join("repo"));
        if let Some(url) = &self.database {
            command.args(["--database-url", url]);
        }
        command.env_clear().env("HOME", folder).current_dir(folder);
        command.env("PATH", std::env::var_os("PATH").unwrap_or_default());
        command.stdin(Stdio::null()).stdout(Stdio::piped());
        let mut child = command.stderr(log).kill_on_drop(true).spawn()?;
        let out = child.stdout.take().ok_or(io::ErrorKind::BrokenPipe)?;
        let mut lines = BufReader::new(out).lines();
        let mut next = async || {
            let ended = || io::Error::other(format!("it did not start: {}", self.log()));
            lines.next_line().await?.ok_or_else(ended)
        };
        let (listening, login) = (next().await?, next().await?);
        let port = listening
            .rsplit(':')
            .next()
            .and_then(|port| port.parse().ok());
        let port = port.ok_or_else(|| io::Error::other(listening.clone()))?;
        let link = login.split("t=").nth(1).unwrap_or_default().to_owned();
        (self.child, self.client.port, self.link) = (Some(child), port, link);
        Ok(())
    }

    fn log(&self) -> String {
        let log = fs::read_to_string(self.folder.path().join("log")).unwrap_or_default();
        log.lines().last().unwrap_or_default().to_owned()
    }

    /// Ends the process as a crash would.
    pub(crate) async fn kill(&mut self) -> io::Result<()> {
        match self.child.take() {
            Some(mut child) => child.kill().await,
            None => Ok(()),
        }
    }

    /// Ends it in good order, after the agents of its sessions.
    pub(crate) async fn end(mut self) -> io::Result<()> {
        let list = self.client.get("agent/list").await?;
        for row in list["rows"].as_array().into_iter().flatten() {
            let args = json!({"id": row["id"], "discardWork": true});
            let _ = self.client.post("agent/delete_session", args).await;
        }
        self.kill().await
    }

    async fn log_in(&self) -> io::Result<String> {
        let origin = format!("http://127.0.0.1:{}", self.client.port);
        let headers = [
            ("origin", origin.as_str()),
            ("content-type", "application/x-www-form-urlencoded"),
        ];
        let request = Request {
            method: "POST",
            path: "/login",
            headers: &headers,
            body: &format!("t={}", self.link),
        };
        let answer = Wire::open(self.client.port).await?.ask(&request).await?;
        let cookie = answer
            .header("set-cookie")
            .and_then(|it| it.split(';').next());
        let refused = || io::Error::other(format!("the login link answers {}", answer.status));
        cookie.map(str::to_owned).ok_or_else(refused)
    }

    /// Bytes of memory that the process holds.
    pub(crate) fn memory(&self) -> io::Result<u64> {
        let status = fs::read_to_string(format!("/proc/{}/status", self.pid()))?;
        let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"));
        let number = line.and_then(|line| line.split_whitespace().next()?.parse::<u64>().ok());
        Ok(number.unwrap_or_default() * 1024)
    }

    /// Its memory once that no longer moves by more than half a percent in two seconds.
    pub(crate) async fn settled_memory(&self) -> io::Result<u64> {
        let mut last = self.memory()?;
        loop {
            super::clock::pause(2000).await;
            let now = self.memory()?;
            if now.abs_diff(last) * 200 <= now {
                return Ok(now);
            }
            last = now;
        }
    }

    /// Milliseconds of processor time that it used.
    pub(crate) fn cpu_ms(&self) -> io::Result<u64> {
        let stat = fs::read_to_string(format!("/proc/{}/stat", self.pid()))?;
        let rest = stat.rsplit(") ").next().unwrap_or_default();
        let ticks = |at| {
            rest.split(' ')
                .nth(at)
                .and_then(|text| text.parse::<u64>().ok())
        };
        // A tick is a hundredth of a second on every Linux.
        Ok((ticks(11).unwrap_or_default() + ticks(12).unwrap_or_default()) * 10)
    }

    fn pid(&self) -> u32 {
        let child = self.child.as_ref();
        child.and_then(Child::id).unwrap_or_default()
    }
}

impl Console {
    /// A session of this console's repository, at rest.
    pub(crate) async fn session(&self) -> io::Result<String> {
        let repo = self.folder.path().join("repo");
        self.client.session(&repo.display().to_string()).await
    }

    /// Has a session say something each second for so long.
    pub(crate) async fn work(&self, id: &str, seconds: u64) -> io::Result<()> {
        self.work_at(id, seconds, "1").await
    }

    /// The same with another pause between its words, as the shell reads it.
    pub(crate) async fn work_at(&self, id: &str, words: u64, pause: &str) -> io::Result<()> {
        let text = format!(
            "```sh\nfor n in $(seq {words}); do sleep {pause}; echo pick $n of the weft; done\n```\n"
        );
        let args = json!({"id": id, "text": text});
        self.client.post("agent/send_message", args).await?;
        self.client.reaches(id, "working").await
    }
}
