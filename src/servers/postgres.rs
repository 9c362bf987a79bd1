//! A PostgreSQL of its own for tests: no password, loopback only, durable only if that is asked for.
use super::place::{done, free_port, new_folder, programs, unprivileged};
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdin, Command, Stdio};
use std::sync::OnceLock;
use std::sync::atomic::{AtomicU32, Ordering};

/// Nothing of a test has to survive a power failure.
const FORGETFUL: &str = "-c fsync=off -c full_page_writes=off";
/// What every server is told.
const SETTINGS: &str = "-c listen_addresses=127.0.0.1 \
    -c unix_socket_directories= -c max_connections=300 -c shared_buffers=64MB \
    -c log_min_messages=fatal -c hot_standby_feedback=on";
/// Waits until the process that started it is gone, then ends the server and removes its files.
const GUARD: &str = "read _; pid=$(head -n 1 \"$1/data/postmaster.pid\" 2>/dev/null) && \
    kill -CONT $pid $(cat /proc/$pid/task/$pid/children); \
    \"$2/pg_ctl\" -D \"$1/data\" -m immediate -w stop; rm -rf \"$1\"";

/// Makes a certificate authority and a certificate of it, and takes nothing but TLS from now on.
const ENCRYPT: &str = "cd \"$1\" && openssl req -x509 -newkey rsa:2048 -nodes -days 2 -subj /CN=ca \
    -keyout ca.key -out ca.crt && openssl req -newkey rsa:2048 -nodes -subj /CN=server \
    -keyout server.key -out server.csr && echo subjectAltName=IP:127.0.0.1 >ext && \
    openssl x509 -req -in server.csr -CA ca.crt -CAkey ca.key -CAcreateserial -days 2 \
    -extfile ext -out server.crt && chmod 600 server.key && echo ssl=on >>postgresql.auto.conf && \
    echo hostssl all all 127.0.0.1/32 trust >pg_hba.conf";

/// A running server.
#[derive(Debug)]
pub struct Postgres {
    folder: PathBuf,
    programs: PathBuf,
    port: u16,
    is_durable: bool,
    guard: Option<(Child, ChildStdin)>,
}

impl Drop for Postgres {
    fn drop(&mut self) {
        if let Some((mut guard, line)) = self.guard.take() {
            drop(line);
            let _ = guard.wait();
        }
    }
}

impl Postgres {
    /// The server that all tests of this process share.
    pub fn shared() -> &'static Self {
        static SHARED: OnceLock<Postgres> = OnceLock::new();
        SHARED.get_or_init(Self::start)
    }

    /// A server of one's own, to be stopped and restarted at will.
    ///
    /// # Panics
    /// If it does not start.
    #[must_use]
    pub fn start() -> Self {
        Self::make(false)
    }

    /// One that writes as a server in earnest does, to be measured.
    ///
    /// # Panics
    /// If it does not start.
    #[must_use]
    pub fn durable() -> Self {
        Self::make(true)
    }

    fn make(is_durable: bool) -> Self {
        let (folder, programs) = (new_folder(), programs());
        let mut initdb = unprivileged(&programs.join("initdb"));
        initdb.arg("-D").arg(folder.join("data"));
        done(initdb.args([
            "-U",
            "postgres",
            "-A",
            "trust",
            "-E",
            "UTF8",
            "--locale=C",
            "--no-sync",
        ]));
        Self::run(folder, programs, is_durable)
    }

    /// A streaming replica of this server.
    ///
    /// # Panics
    /// If it does not start.
    #[must_use]
    pub fn replica(&self) -> Self {
        let folder = new_folder();
        let mut backup = unprivileged(&self.programs.join("pg_basebackup"));
        backup.arg("-D").arg(folder.join("data"));
        let port = self.port.to_string();
        backup.args(["-h", "127.0.0.1", "-p", &port, "-U", "postgres"]);
        done(backup.args(["-R", "-X", "stream", "-c", "fast", "--no-sync"]));
        Self::run(folder, self.programs.clone(), self.is_durable)
    }

    fn run(folder: PathBuf, programs: PathBuf, is_durable: bool) -> Self {
        let mut guard = unprivileged(Path::new("sh"));
        guard
            .args(["-c", GUARD, "guard"])
            .arg(&folder)
            .arg(&programs);
        guard.current_dir("/").stdin(Stdio::piped());
        guard.stdout(Stdio::null()).stderr(Stdio::null());
        let guard = guard.spawn();
        let mut guard = guard.unwrap_or_else(|error| panic!("no guard: {error}"));
        let line = guard.stdin.take();
        let server = Self {
            folder,
            programs,
            port: free_port(),
            is_durable,
            guard: line.map(|line| (guard, line)),
        };
        server.begin();
        server
    }

    fn control(&self, args: &[&str]) {
        let mut control = unprivileged(&self.programs.join("pg_ctl"));
        control.arg("-D").arg(self.folder.join("data"));
        // A server that is started keeps what it was given; nobody reads it.
        control
            .arg("-l")
            .arg(self.folder.join("log"))
            .arg("-w")
            .args(args);
        control
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .stdin(Stdio::null());
        let status = control.current_dir("/").status();
        let log = || std::fs::read_to_string(self.folder.join("log")).unwrap_or_default();
        assert!(
            status.is_ok_and(|status| status.success()),
            "{args:?}: {}",
            log()
        );
    }

    /// Ends the server as a crash would and starts it again.
    pub fn restart(&self) {
        self.control(&["-m", "immediate", "restart"]);
    }

    /// Takes nothing but TLS from now on; the certificate of its authority.
    ///
    /// # Panics
    /// If no certificate can be made.
    #[must_use]
    pub fn encrypt(&self) -> PathBuf {
        let data = self.folder.join("data");
        let mut script = unprivileged(Path::new("sh"));
        done(script.args(["-c", ENCRYPT, "encrypt"]).arg(&data));
        self.restart();
        data.join("ca.crt")
    }

    /// Ends the server as a crash would; [`Self::begin`] starts it again.
    pub fn end(&self) {
        self.control(&["-m", "immediate", "stop"]);
    }

    /// Starts the server that was ended.
    pub fn begin(&self) {
        let durability = if self.is_durable { "" } else { FORGETFUL };
        let settings = format!("-p {} {SETTINGS} {durability}", self.port);
        self.control(&["-o", &settings, "start"]);
    }

    /// Stops all of its processes where they are, until what is returned is dropped.
    #[must_use]
    pub fn halt(&self) -> Halted<'_> {
        self.signal("-STOP");
        Halted(self)
    }

    fn signal(&self, signal: &str) {
        let file = std::fs::read_to_string(self.folder.join("data/postmaster.pid"));
        let file = file.unwrap_or_default();
        let Some(pid) = file.lines().next() else {
            return;
        };
        let children = format!("/proc/{pid}/task/{pid}/children");
        let children = std::fs::read_to_string(children).unwrap_or_default();
        let _ = Command::new("kill")
            .args([signal, pid])
            .args(children.split_whitespace())
            .stderr(Stdio::null())
            .status();
    }

    /// An empty database of its own; its address.
    #[must_use]
    pub fn database(&self) -> String {
        static COUNT: AtomicU32 = AtomicU32::new(0);
        let n = COUNT.fetch_add(1, Ordering::SeqCst);
        let create = format!("CREATE DATABASE test_{n} TEMPLATE template0");
        self.run_sql(&self.address("postgres"), &create);
        self.address(&format!("test_{n}"))
    }

    /// The address of a database.
    #[must_use]
    pub fn address(&self, database: &str) -> String {
        format!("postgres://postgres@127.0.0.1:{}/{database}", self.port)
    }

    /// The same database on this server, a replica of another.
    #[must_use]
    pub fn same(&self, url: &str) -> String {
        self.address(url.rsplit('/').next().unwrap_or_default())
    }

    /// Runs statements, as another program would.
    pub fn run_sql(&self, url: &str, sql: &str) {
        let _ = self.sql(url, sql);
    }

    /// What a statement answers, a line for each row.
    #[must_use]
    pub fn sql(&self, url: &str, sql: &str) -> String {
        let mut psql = Command::new(self.programs.join("psql"));
        let answer = done(psql.args([
            "-X",
            "-q",
            "-A",
            "-t",
            "-v",
            "ON_ERROR_STOP=1",
            "-c",
            sql,
            url,
        ]));
        answer.trim().to_owned()
    }
}

/// A server whose processes stand still.
#[derive(Debug)]
pub struct Halted<'s>(&'s Postgres);

impl Drop for Halted<'_> {
    fn drop(&mut self) {
        self.0.signal("-CONT");
    }
}
