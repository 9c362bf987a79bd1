//! A console of its own for a test: its repository, its data directory, a small HTTP client.
use serde_json::{Value, json};
use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpStream;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::Duration;

/// Longest wait for anything.
const PATIENCE: Duration = Duration::from_secs(40);

/// Runs a script in a folder and gives its output.
pub(super) fn sh(folder: &Path, script: &str) -> String {
    let output = Command::new("sh")
        .args(["-ec", script])
        .current_dir(folder)
        .env("GIT_CONFIG_GLOBAL", "/dev/null")
        .output()
        .unwrap();
    assert!(
        output.status.success(),
        "{script}: {}",
        String::from_utf8_lossy(&output.stderr)
    );
    String::from_utf8_lossy(&output.stdout).trim().to_owned()
}

/// Waits for a condition.
#[track_caller]
pub(super) fn until<T>(what: &str, mut look: impl FnMut() -> Option<T>) -> T {
    let watch = backend::clock::stopwatch();
    loop {
        if let Some(found) = look() {
            return found;
        }
        assert!(watch.elapsed() < PATIENCE, "waited in vain for {what}");
        std::thread::park_timeout(Duration::from_millis(20));
    }
}

/// An answer of the console.
pub(super) struct Answer {
    pub(super) status: u16,
    pub(super) head: String,
    pub(super) body: String,
    /// The body as it was sent, maybe compressed.
    pub(super) bytes: Vec<u8>,
}

impl Answer {
    #[track_caller]
    pub(super) fn json(&self) -> Value {
        serde_json::from_str(&self.body)
            .unwrap_or_else(|_| panic!("{}: {}", self.status, self.body))
    }

    pub(super) fn header(&self, name: &str) -> Option<String> {
        let find = |line: &str| {
            let (key, value) = line.split_once(':')?;
            key.eq_ignore_ascii_case(name)
                .then(|| value.trim().to_owned())
        };
        self.head.lines().find_map(find)
    }
}

/// A running console.
pub(super) struct Console {
    pub(super) folder: tempfile::TempDir,
    pub(super) port: u16,
    /// The path that it is below; the requests of this client are below it too.
    base: String,
    cookie: String,
    process: Child,
    more: Vec<String>,
}

impl Drop for Console {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
        let data = self.data();
        for shim in std::fs::read_dir(data.join("sessions"))
            .into_iter()
            .flatten()
            .flatten()
        {
            if let Some(record) = backend::agents::shim::ShimRecord::read(&shim.path()) {
                let _ = backend::agents::processes::sweep(&record.run);
            }
        }
    }
}

/// The command that starts a console on a folder.
pub(super) fn command(folder: &Path, port: u16) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_heddle"));
    command
        .arg("serve")
        .args(["--addr", &format!("127.0.0.1:{port}")])
        .arg("--data-dir")
        .arg(folder.join("data"))
        .arg("--repo")
        .arg(folder.join("repo"))
        .arg("--config")
        .arg(folder.join("Leptos.toml"))
        .current_dir(folder)
        .env("HEDDLE_LOG", "warn")
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(std::fs::File::create(folder.join("stderr.txt")).unwrap());
    command
}

/// A folder with a repository of one commit, and a configuration.
pub(super) fn folder(config: &str) -> tempfile::TempDir {
    let folder = tempfile::Builder::new().prefix("hd").tempdir().unwrap();
    std::fs::create_dir(folder.path().join("repo")).unwrap();
    let init = "git init -q -b main . && git config user.name Ann && git config user.email a@b.c && \
                printf 'one\\n' > a.txt && git add . && git commit -qm first";
    sh(&folder.path().join("repo"), init);
    std::fs::write(folder.path().join("Leptos.toml"), config).unwrap();
    folder
}

impl Console {
    pub(super) fn start(config: &str) -> Self {
        Self::start_logging(config, "warn")
    }

    /// A console that logs more; [`Self::log`] reads it.
    pub(super) fn start_logging(config: &str, log: &str) -> Self {
        Self::start_with(config, log, &[])
    }

    /// A console with more flags.
    pub(super) fn start_with(config: &str, log: &str, more: &[&str]) -> Self {
        let folder = folder(config);
        let mut command = command(folder.path(), 0);
        let (process, port, link) = spawn(command.args(more).env("HEDDLE_LOG", log));
        let mut console = Self {
            folder,
            port,
            base: base_of(&link),
            cookie: String::new(),
            process,
            more: more.iter().map(|&flag| flag.to_owned()).collect(),
        };
        console.cookie = console.log_in(&link);
        console
    }

    pub(super) fn data(&self) -> PathBuf {
        self.folder.path().join("data")
    }

    /// Ends the console as a crash would.
    pub(super) fn kill(&mut self) {
        self.process.kill().unwrap();
        self.process.wait().unwrap();
    }

    /// Stops or continues its process: `STOP` or `CONT`.
    pub(super) fn signal(&self, name: &str) {
        sh(
            self.folder.path(),
            &format!("kill -{name} {}", self.process.id()),
        );
    }

    /// Tells the console to end, and waits until it has.
    pub(super) fn terminate(&mut self) {
        sh(
            self.folder.path(),
            &format!("kill -TERM {}", self.process.id()),
        );
        self.process.wait().unwrap();
    }

    /// Starts it again on the same data and port.
    pub(super) fn restart(&mut self) {
        self.process = spawn(command(self.folder.path(), self.port).args(&self.more)).0;
    }

    /// Starts it again with other flags.
    pub(super) fn restart_with(&mut self, more: &[&str]) {
        self.more = more.iter().map(|&flag| flag.to_owned()).collect();
        self.restart();
    }

    /// What it logged so far, line by line.
    pub(super) fn log(&self) -> Vec<Value> {
        let text = std::fs::read_to_string(self.folder.path().join("stderr.txt")).unwrap();
        text.lines()
            .filter_map(|line| serde_json::from_str(line).ok())
            .collect()
    }

    /// The name and value of its login cookie.
    pub(super) fn cookie(&self) -> &str {
        &self.cookie
    }

    fn log_in(&self, link: &str) -> String {
        let token = link.split("t=").nth(1).unwrap();
        let answer = self.raw(
            "POST",
            "/login",
            &[("content-type", "application/x-www-form-urlencoded")],
            &format!("t={token}"),
        );
        assert_eq!(answer.status, 303, "{}", answer.body);
        let cookie = answer.header("set-cookie").unwrap();
        cookie.split(';').next().unwrap().to_owned()
    }

    /// A request with the console's own host and origin.
    pub(super) fn raw(
        &self,
        method: &str,
        path: &str,
        headers: &[(&str, &str)],
        body: &str,
    ) -> Answer {
        let origin = format!("http://127.0.0.1:{}", self.port);
        let mut all = vec![
            ("origin", origin.as_str()),
            ("cookie", self.cookie.as_str()),
        ];
        all.retain(|(name, _)| !headers.iter().any(|(other, _)| other == name));
        all.extend_from_slice(headers);
        let path = format!("{}{path}", self.base);
        request(self.port, method, &path, &all, body)
    }

    /// Uploads an image under a name.
    pub(super) fn upload(&self, query: &str, kind: &str, body: &[u8]) -> Answer {
        let origin = format!("http://127.0.0.1:{}", self.port);
        let headers = [
            ("origin", origin.as_str()),
            ("cookie", self.cookie.as_str()),
            ("content-type", kind),
        ];
        let path = format!("{}/api/attachment/upload?{query}", self.base);
        request_bytes(self.port, "POST", &path, &headers, body)
    }

    pub(super) fn get(&self, path: &str) -> Answer {
        self.raw("GET", path, &[], "")
    }

    /// A command with a client id of its own.
    pub(super) fn post(&self, function: &str, mut args: Value) -> Answer {
        if args.get("clientId").is_none() {
            args["clientId"] = json!(uuid::Uuid::new_v4().to_string());
        }
        self.raw(
            "POST",
            &format!("/api/{function}"),
            &[("content-type", "application/json")],
            &args.to_string(),
        )
    }

    /// Starts a session and gives its id.
    #[track_caller]
    pub(super) fn create(&self, agent: &str, prompt: &str) -> String {
        let repo = self.folder.path().join("repo").canonicalize().unwrap();
        let answer = self.post(
            "agent/create_session",
            json!({"repo": repo, "agent": agent, "prompt": prompt}),
        );
        assert_eq!(answer.status, 200, "{}", answer.body);
        answer.json()["id"].as_str().unwrap().to_owned()
    }

    /// A finished session, and its revision; the last words of its agent may still be written.
    pub(super) fn quiet(&self) -> (String, u64) {
        let id = self.create("runbook", "What can you do?");
        self.until(&id, "idle");
        self.post("agent/complete", json!({"id": id}));
        let session = until("the end of the agent", || {
            let session = self.session(&id);
            (session["agentAlive"] == false).then_some(session)
        });
        (id, session["revision"].as_u64().unwrap())
    }

    pub(super) fn session(&self, id: &str) -> Value {
        self.get(&format!("/api/agent/get?id={id}")).json()
    }

    pub(super) fn thread(&self, id: &str) -> Vec<Value> {
        let answer = self.get(&format!("/api/agent/get_session_with_metadata?id={id}"));
        answer.json()["thread"]["entries"]
            .as_array()
            .unwrap()
            .clone()
    }

    /// Waits for a status and gives the session then.
    #[track_caller]
    pub(super) fn until(&self, id: &str, status: &str) -> Value {
        let mut last = Value::Null;
        let watch = backend::clock::stopwatch();
        while watch.elapsed() < PATIENCE {
            last = self.session(id);
            if last["status"] == status {
                return last;
            }
            std::thread::park_timeout(Duration::from_millis(20));
        }
        panic!("never {status}: {last:#}\n{:#?}", self.thread(id));
    }

    /// Answers the first open approval with the option of a kind.
    #[track_caller]
    pub(super) fn answer(&self, id: &str, kind: &str) -> Value {
        let session = self.until(id, "waiting_approval");
        let open = &session["pendingApprovals"][0];
        let entry = self
            .get(&format!("/api/agent/get_entry?id={id}&seq={}", open["seq"]))
            .json();
        let options = entry["options"].as_array().unwrap();
        let option = options
            .iter()
            .find(|option| option["kind"] == kind)
            .unwrap();
        let args = json!({"id": id, "requestId": open["requestId"], "optionId": option["optionId"], "argsHash": open["argsHash"]});
        let answer = self.post("agent/approve", args);
        assert_eq!(answer.status, 200, "{}", answer.body);
        answer.json()
    }
}

/// What stands between the host of a login link and its page.
fn base_of(link: &str) -> String {
    let (_, rest) = link.split_once("://").unwrap();
    let (_, path) = rest.split_once('/').unwrap();
    let (base, _) = path.split_once("login?").unwrap();
    format!("/{base}").trim_end_matches('/').to_owned()
}

fn spawn(command: &mut Command) -> (Child, u16, String) {
    let folder = command.get_current_dir().unwrap().to_owned();
    let mut process = command.spawn().unwrap();
    let mut lines = BufReader::new(process.stdout.take().unwrap()).lines();
    let first = lines.next().and_then(Result::ok).unwrap_or_else(|| {
        panic!(
            "no console: {}",
            std::fs::read_to_string(folder.join("stderr.txt")).unwrap()
        )
    });
    let link = lines.next().unwrap().unwrap();
    let port = first.rsplit(':').next().unwrap().parse().unwrap();
    (process, port, link)
}

/// A request over a connection of its own.
pub(super) fn request(
    port: u16,
    method: &str,
    path: &str,
    headers: &[(&str, &str)],
    body: &str,
) -> Answer {
    request_bytes(port, method, path, headers, body.as_bytes())
}

pub(super) fn request_bytes(
    port: u16,
    method: &str,
    path: &str,
    headers: &[(&str, &str)],
    body: &[u8],
) -> Answer {
    let mut stream = TcpStream::connect(("127.0.0.1", port)).unwrap();
    let mut text = format!("{method} {path} HTTP/1.1\r\nconnection: close\r\n");
    if !headers.iter().any(|(name, _)| *name == "host") {
        text.push_str(&format!("host: 127.0.0.1:{port}\r\n"));
    }
    for (name, value) in headers {
        text.push_str(&format!("{name}: {value}\r\n"));
    }
    text.push_str(&format!("content-length: {}\r\n\r\n", body.len()));
    let _ = stream.write_all(text.as_bytes());
    let _ = stream.write_all(body);
    let mut answer = Vec::new();
    stream.read_to_end(&mut answer).unwrap();
    let split = answer.windows(4).position(|end| end == b"\r\n\r\n");
    let (head, body) = match split {
        Some(at) => (&answer[..at], &answer[at + 4..]),
        None => (&answer[..], &[][..]),
    };
    let head = String::from_utf8_lossy(head).into_owned();
    let status = head
        .split(' ')
        .nth(1)
        .and_then(|status| status.parse().ok())
        .unwrap_or(0);
    let bytes = if head.to_lowercase().contains("transfer-encoding: chunked") {
        unchunked(body)
    } else {
        body.to_owned()
    };
    Answer {
        status,
        head,
        body: String::from_utf8_lossy(&bytes).into_owned(),
        bytes,
    }
}

fn unchunked(mut body: &[u8]) -> Vec<u8> {
    let mut whole = Vec::new();
    while let Some(at) = body.windows(2).position(|end| end == b"\r\n") {
        let size = std::str::from_utf8(&body[..at]).unwrap_or_default();
        let size = usize::from_str_radix(size.trim(), 16).unwrap_or(0);
        let rest = &body[at + 2..];
        if size == 0 {
            break;
        }
        whole.extend_from_slice(rest.get(..size).unwrap_or(rest));
        body = rest.get(size + 2..).unwrap_or_default();
    }
    whole
}
