//! A proxy of its own for a test: the configuration that is documented, with places filled in.
use crate::support::{sh, until};
use std::net::TcpStream;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};

const NGINX: &str = include_str!("../../../docs/nginx.conf");
const CADDY: &str = include_str!("../../../docs/Caddyfile");

/// Around the documented part; without it nginx would be a service of the system.
const AROUND: &str = "daemon off;\nmaster_process off;\npid nginx.pid;\nerror_log stderr warn;\n\
    events {}\nhttp {\n    access_log off;\n    client_body_temp_path body;\n    \
    proxy_temp_path proxy;\n    fastcgi_temp_path fastcgi;\n    uwsgi_temp_path uwsgi;\n    \
    scgi_temp_path scgi;\n    include heddle.conf;\n}\n";

/// Which program it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    Nginx,
    Caddy,
}

/// A proxy on a free port; it ends with this.
pub(super) struct Proxy {
    kind: Kind,
    folder: tempfile::TempDir,
    pub(super) port: u16,
    process: Option<Child>,
}

impl Drop for Proxy {
    fn drop(&mut self) {
        if let Some(mut process) = self.process.take() {
            let _ = process.kill();
            let _ = process.wait();
        }
    }
}

impl Proxy {
    /// A place for a proxy that does not run yet.
    pub(super) fn away(kind: Kind) -> Self {
        Self {
            kind,
            folder: tempfile::tempdir().unwrap(),
            port: servers::free_port(),
            process: None,
        }
    }

    /// Where browsers would find the console.
    pub(super) fn public(&self) -> String {
        format!("http://127.0.0.1:{}/heddle", self.port)
    }

    /// Starts it before two consoles.
    pub(super) fn run(&mut self, consoles: [u16; 2]) {
        let folder = self.folder.path();
        let (program, flags, config) = match self.kind {
            Kind::Nginx => ("nginx", ["-e", "stderr", "-c", "around.conf", "-p"], NGINX),
            Kind::Caddy => (
                "caddy",
                ["run", "--adapter", "caddyfile", "--config", "heddle.conf"],
                CADDY,
            ),
        };
        let config = self.filled(config, consoles);
        std::fs::write(folder.join("heddle.conf"), config).unwrap();
        std::fs::write(folder.join("around.conf"), AROUND).unwrap();
        let mut command = Command::new(found(program));
        command.args(flags);
        if self.kind == Kind::Nginx {
            command.arg(folder);
        }
        let process = command
            .current_dir(folder)
            .env("HOME", folder)
            .env("XDG_DATA_HOME", folder)
            .env("XDG_CONFIG_HOME", folder)
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(std::fs::File::create(folder.join("stderr.txt")).unwrap())
            .spawn()
            .unwrap_or_else(|_| panic!("{program} is missing: run .ci/setup --test"));
        self.process = Some(process);
        until("the proxy", || {
            TcpStream::connect(("127.0.0.1", self.port)).ok()
        });
    }

    /// The documented configuration, at this port and without TLS.
    fn filled(&self, config: &str, consoles: [u16; 2]) -> String {
        let mut config = config.to_owned();
        let mut put = |old: &str, new: &str| {
            assert!(
                config.contains(old),
                "the documented configuration has no {old:?}"
            );
            config = config.replace(old, new);
        };
        for (old, new) in [3001, 3002].into_iter().zip(consoles) {
            put(&format!("127.0.0.1:{old}"), &format!("127.0.0.1:{new}"));
        }
        let port = self.port;
        match self.kind {
            Kind::Nginx => {
                put(
                    "listen 443 ssl http2;",
                    &format!("listen 127.0.0.1:{port};"),
                );
                put("    ssl_certificate", "    # ssl_certificate");
                config
            }
            Kind::Caddy => {
                let bound = format!("http://127.0.0.1:{port} {{\n\tbind 127.0.0.1");
                put("\nheddle.example {", &format!("\n{bound}"));
                format!("{{\n\tadmin off\n\tauto_https off\n}}\n{config}")
            }
        }
    }

    /// What it complained about.
    pub(super) fn complaints(&self) -> String {
        std::fs::read_to_string(self.folder.path().join("stderr.txt")).unwrap()
    }
}

/// A program; those of the system are not on every path.
fn found(program: &str) -> PathBuf {
    let place = Path::new("/usr/sbin").join(program);
    if place.exists() {
        place
    } else {
        PathBuf::from(program)
    }
}

/// What nginx itself says of its configuration, warnings included.
pub(super) fn nginx_complaints() -> String {
    let proxy = Proxy::away(Kind::Nginx);
    let folder = proxy.folder.path();
    let config = proxy.filled(NGINX, [9, 10]);
    std::fs::write(folder.join("heddle.conf"), config).unwrap();
    std::fs::write(folder.join("around.conf"), AROUND).unwrap();
    let program = found("nginx");
    let script = format!(
        "{} -t -q -e stderr -p . -c around.conf 2>&1 || true",
        program.display()
    );
    sh(folder, &script)
}
