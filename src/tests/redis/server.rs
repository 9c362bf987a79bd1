//! A Redis of its own for a test, and what is said to it.
use crate::support::{sh, until};
use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpStream;
use std::process::{Child, Command, Stdio};

/// A private server on a free port; it keeps nothing and ends with this.
pub(crate) struct Redis {
    folder: tempfile::TempDir,
    port: u16,
    process: Option<Child>,
}

impl Drop for Redis {
    fn drop(&mut self) {
        self.kill();
    }
}

impl Redis {
    /// A place for a server that does not run yet.
    pub(crate) fn away() -> Self {
        Self {
            folder: tempfile::tempdir().unwrap(),
            port: servers::free_port(),
            process: None,
        }
    }

    pub(crate) fn start() -> Self {
        let mut redis = Self::away();
        redis.run();
        redis
    }

    /// Starts it, with nothing in it.
    pub(crate) fn run(&mut self) {
        let process = Command::new("redis-server")
            .args(["--port", &self.port.to_string(), "--bind", "127.0.0.1"])
            .args(["--save", "", "--appendonly", "no", "--dir"])
            .arg(self.folder.path())
            .stdout(Stdio::null())
            .spawn()
            .expect("redis-server is missing: run `make test`, which installs it");
        self.process = Some(process);
        until("redis", || {
            TcpStream::connect(("127.0.0.1", self.port)).ok()
        });
    }

    /// Ends it as a crash would.
    pub(crate) fn kill(&mut self) {
        if let Some(mut process) = self.process.take() {
            let _ = process.kill();
            let _ = process.wait();
        }
    }

    /// Stops or continues its process: `STOP` or `CONT`.
    pub(crate) fn signal(&self, name: &str) {
        let process = self.process.as_ref().unwrap().id();
        sh(self.folder.path(), &format!("kill -{name} {process}"));
    }

    pub(crate) fn port(&self) -> u16 {
        self.port
    }

    pub(crate) fn url(&self) -> String {
        format!("redis://127.0.0.1:{}", self.port)
    }

    pub(crate) fn talk(&self) -> Talk {
        let stream = TcpStream::connect(("127.0.0.1", self.port)).unwrap();
        Talk(BufReader::new(stream))
    }

    /// One answer to one command.
    pub(crate) fn ask(&self, words: &[&str]) -> String {
        self.talk().ask(words)
    }
}

/// A connection that speaks the protocol's second version.
pub(crate) struct Talk(BufReader<TcpStream>);

impl Talk {
    pub(crate) fn ask(&mut self, words: &[&str]) -> String {
        let mut text = format!("*{}\r\n", words.len());
        for word in words {
            text += &format!("${}\r\n{word}\r\n", word.len());
        }
        self.0.get_mut().write_all(text.as_bytes()).unwrap();
        self.read()
    }

    /// The next value; those of a list are joined by line ends.
    pub(crate) fn read(&mut self) -> String {
        let mut line = String::new();
        self.0.read_line(&mut line).unwrap();
        let (kind, rest) = line.trim_end().split_at(1);
        match (kind, rest.parse::<i64>()) {
            ("$", Ok(length)) if length >= 0 => {
                let mut bytes = vec![0; usize::try_from(length).unwrap() + 2];
                self.0.read_exact(&mut bytes).unwrap();
                String::from_utf8_lossy(&bytes[..bytes.len() - 2]).into_owned()
            }
            ("*", Ok(count)) => {
                let items: Vec<_> = (0..count).map(|_| self.read()).collect();
                items.join("\n")
            }
            _ => rest.to_owned(),
        }
    }
}
