//! The flags of the program; each can be set in the environment as well.
use backend::store::{Address, AddressError};
use clap::Args;
use std::path::{Path, PathBuf};

/// Where the console keeps everything.
#[derive(Debug, Clone, Args)]
pub struct DataOptions {
    /// Directory of the database, worktrees, journals and sockets.
    #[arg(long, env = "HEDDLE_DATA_DIR", global = true)]
    pub data_dir: Option<PathBuf>,
}

/// How the console is run.
#[derive(Debug, Clone, Args)]
pub struct ServeOptions {
    /// Address to listen on; port 0 picks a free one [default: 127.0.0.1:3000].
    #[arg(long, env = "HEDDLE_ADDR")]
    pub addr: Option<String>,
    /// A repository that sessions may be started in; may be given several times.
    #[arg(
        long = "repo",
        env = "HEDDLE_REPOS",
        value_delimiter = ':',
        value_name = "PATH"
    )]
    pub repos: Vec<PathBuf>,
    /// Database, `sqlite://PATH` or `postgres://USER:PASSWORD@HOST:PORT/DATABASE`
    /// [default: a SQLite file in the data directory].
    #[arg(
        long,
        env = "HEDDLE_DATABASE_URL",
        value_name = "URL",
        hide_env_values = true
    )]
    pub database_url: Option<String>,
    /// A PostgreSQL replica that may be read from; may be given several times.
    #[arg(
        long = "database-replica-url",
        env = "HEDDLE_DATABASE_REPLICA_URLS",
        value_delimiter = ',',
        value_name = "URL",
        hide_env_values = true
    )]
    pub database_replica_urls: Vec<String>,
    /// Redis, for several nodes [default: none].
    #[arg(long, env = "HEDDLE_REDIS_URL")]
    pub redis_url: Option<String>,
    /// What the names of the channel and the keys in Redis begin with.
    #[arg(long, env = "HEDDLE_REDIS_PREFIX", default_value = "heddle")]
    pub redis_prefix: String,
    /// Name of this node, which its sessions carry.
    #[arg(long, env = "HEDDLE_NODE", default_value = "local")]
    pub node: String,
    /// Where other nodes on the same database reach this one, `http://HOST:PORT` (port 0 is the
    /// one that it listens on); makes it one of several [default: none].
    #[arg(long, env = "HEDDLE_NODE_URL", value_name = "URL")]
    pub node_url: Option<String>,
    /// What all nodes know, 16 characters or more, or `@FILE` with it.
    #[arg(
        long,
        env = "HEDDLE_NODE_SECRET",
        value_name = "SECRET",
        hide_env_values = true
    )]
    pub node_secret: Option<String>,
    /// What this node says about itself, `KEY=VALUE`; may be given several times.
    #[arg(
        long = "node-label",
        env = "HEDDLE_NODE_LABELS",
        value_delimiter = ',',
        value_name = "KEY=VALUE"
    )]
    pub node_labels: Vec<String>,
    /// The URL that browsers use, with a path if the console is below one
    /// [default: http:// and the address].
    #[arg(long, env = "HEDDLE_PUBLIC_URL", value_name = "URL")]
    pub public_url: Option<String>,
    /// The configuration file [default: Leptos.toml in the data directory, then beside the program].
    #[arg(long, env = "HEDDLE_CONFIG")]
    pub config: Option<PathBuf>,
}

impl ServeOptions {
    /// Where the store is.
    ///
    /// # Errors
    /// [`AddressError`] if what was given names none.
    pub fn database(&self, data_dir: &Path) -> Result<Address, AddressError> {
        let replicas = &self.database_replica_urls;
        Address::given(self.database_url.as_deref(), replicas, data_dir)
    }
}

impl DataOptions {
    /// The directory as given, else the platform's.
    #[must_use]
    pub fn resolve(&self) -> PathBuf {
        let home = || PathBuf::from(std::env::var_os("HOME").unwrap_or_else(|| "/".into()));
        let platform = || {
            let base = std::env::var_os("XDG_DATA_HOME").filter(|base| !base.is_empty());
            base.map_or_else(|| home().join(".local/share"), PathBuf::from)
                .join("heddle")
        };
        self.data_dir.clone().unwrap_or_else(platform)
    }
}
