//! From flags to a listening console: every failure is one sentence and an exit code.
use super::accept::serve;
use super::control;
use super::guard::Guard;
use super::hosts::Hosts;
use super::node;
use super::options::{DataOptions, ServeOptions};
use super::place::{self, DataDir};
use super::quick::Quick;
use super::router::router;
use backend::agents::presets;
use backend::clock::Clock;
use backend::config::{self, Table};
use backend::console::{Console, Setup};
use backend::git::Repo;
use backend::nodes::NodeSetup;
use backend::relay;
use leptos::config::{LeptosOptions, get_configuration};
use sha2::{Digest, Sha256};
use std::io::Write;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use tokio::net::TcpListener;
use tokio::signal::unix::{SignalKind, signal};
use tokio_util::sync::CancellationToken;

/// The oldest git whose options are all known to work.
const OLDEST_GIT: (u32, u32) = (2, 38);

/// Why the console does not start.
#[derive(Debug, thiserror::Error)]
pub enum StartError {
    /// The data directory cannot be used.
    #[error("the data directory {0} cannot be used: {1}")]
    DataDir(PathBuf, String),
    /// Another console has it.
    #[error(
        "the data directory {0} is held by another console; stop that one or choose another --data-dir"
    )]
    Held(PathBuf),
    /// The address is wrong or taken.
    #[error("cannot listen on {0}: {1}")]
    Address(String, String),
    /// The address would be open to others.
    #[error("{0} is open to other machines; that needs --public-url https://... in front of it")]
    Open(String),
    /// Git is missing or too old.
    #[error("{0}")]
    Git(String),
    /// A part could not be set up.
    #[error("{0}")]
    Part(String),
}

fn part(error: impl std::fmt::Display) -> StartError {
    StartError::Part(error.to_string())
}

/// Runs the console until it is told to stop. Agents go on when it ends.
///
/// # Errors
/// [`StartError`], before anything listens.
pub async fn run(data: &DataOptions, options: &ServeOptions) -> Result<(), StartError> {
    check_git().await?;
    let place = place::take(&data.resolve())?;
    let (table, leptos) = configuration(&place, options)?;
    let address = options.database(&place.path).map_err(part)?;
    let store = address.open().await.map_err(part)?;
    store
        .settle(table.limits.fingerprint())
        .await
        .map_err(part)?;
    let listener = listen(options, &leptos).await?;
    let bound = listener.local_addr().map_err(part)?;
    check_open(bound, options)?;
    let hosts = Hosts::new(bound, options.public_url.as_deref());
    let hosts = Arc::new(hosts.map_err(part)?);
    let console = Console::new(store, setup(&place, options, table, bound.port()).await?);
    let console = with_redis(console, options)?;
    console.enter().await.map_err(part)?;
    let cookie = cookie_name(&place.path, &console.setup().node);
    let guard = Guard {
        console: console.clone(),
        hosts: hosts.clone(),
        cookie: cookie.into(),
    };
    let app = Quick::new(guard.clone(), router(leptos, guard));
    control::listen(&place.path, console.clone(), hosts.public().to_owned()).map_err(part)?;
    let connections = console.setup().limits.connections;
    let stop = stopped()?;
    let (stopping, events) = (stop.clone(), console.events().clone());
    tokio::spawn(async move {
        stopping.cancelled().await;
        events.end();
    });
    let token = console.login_token().await.map_err(part)?;
    announce(bound, &control::link(hosts.public(), &token));
    let (errands, standing) = (console.clone(), console.clone());
    tokio::spawn(async move { errands.run_errands().await });
    tokio::spawn(async move { standing.keep_standing().await });
    tokio::spawn(async move {
        if let Err(error) = console.recover().await {
            tracing::error!(error = %error, "sessions could not be looked after");
        }
    });
    serve(listener, app, connections, stop).await;
    drop(place);
    Ok(())
}

fn with_redis(console: Console, options: &ServeOptions) -> Result<Console, StartError> {
    let Some(url) = options.redis_url.clone() else {
        return Ok(console);
    };
    let setup = relay::Setup {
        url,
        prefix: options.redis_prefix.clone(),
        clock: console.setup().clock.clone(),
    };
    console.with_relay(setup).map_err(part)
}

async fn check_git() -> Result<(), StartError> {
    let version = backend::git::version()
        .await
        .map_err(|error| StartError::Git(error.to_string()))?;
    let mut parts = version.split('.').map(|part| part.parse().unwrap_or(0));
    let found = (parts.next().unwrap_or(0), parts.next().unwrap_or(0));
    if found >= OLDEST_GIT {
        return Ok(());
    }
    Err(StartError::Git(format!(
        "git {version} is too old; install git 2.38 or newer"
    )))
}

fn configuration(
    place: &DataDir,
    options: &ServeOptions,
) -> Result<(Table, LeptosOptions), StartError> {
    let beside = std::env::current_exe()
        .ok()
        .and_then(|exe| Some(exe.parent()?.join("Leptos.toml")));
    let found = [Some(place.path.join("Leptos.toml")), beside]
        .into_iter()
        .flatten()
        .find(|path| path.exists());
    if let Some(given) = options.config.as_ref().filter(|given| !given.exists()) {
        return Err(part(format!(
            "the configuration {} does not exist",
            given.display()
        )));
    }
    let path = options.config.clone().or(found);
    let table = match &path {
        Some(path) => config::read(path).map_err(part)?,
        None => Table::default(),
    };
    Ok((table, leptos_options(path.as_deref())?))
}

fn leptos_options(path: Option<&Path>) -> Result<LeptosOptions, StartError> {
    let has_table = path.and_then(|path| std::fs::read_to_string(path).ok());
    let has_table = has_table.is_some_and(|text| text.contains("[package.metadata.leptos]"));
    let mut options = match path.filter(|_| has_table).and_then(Path::to_str) {
        Some(path) => get_configuration(Some(path)).map_err(part)?.leptos_options,
        None => LeptosOptions::builder()
            .output_name("heddle")
            .site_root("target/site")
            .build(),
    };
    let folder = std::env::current_exe()
        .ok()
        .and_then(|exe| exe.parent().map(Path::to_owned));
    if let Some(folder) = folder {
        let site = folder.join("site");
        if site.is_dir() && std::env::var_os("LEPTOS_SITE_ROOT").is_none() {
            options.site_root = site.display().to_string().into();
        }
        options.hash_files = folder.join(options.hash_file.as_ref()).exists();
    }
    Ok(options)
}

async fn listen(options: &ServeOptions, leptos: &LeptosOptions) -> Result<TcpListener, StartError> {
    let named = std::env::var("LEPTOS_SITE_ADDR").ok();
    let given = options.addr.clone().or(named);
    let addr = given.unwrap_or_else(|| leptos.site_addr.to_string());
    let wrong =
        |cause: &dyn std::fmt::Display| StartError::Address(addr.clone(), cause.to_string());
    TcpListener::bind(&addr)
        .await
        .map_err(|error| match error.kind() {
            std::io::ErrorKind::AddrInUse => {
                wrong(&"the port is in use; choose another with --addr")
            }
            _ => wrong(&error),
        })
}

fn check_open(bound: SocketAddr, options: &ServeOptions) -> Result<(), StartError> {
    let is_tls = options
        .public_url
        .as_deref()
        .is_some_and(|url| url.starts_with("https://"));
    if bound.ip().is_loopback() || is_tls {
        Ok(())
    } else {
        Err(StartError::Open(bound.to_string()))
    }
}

async fn setup(
    place: &DataDir,
    options: &ServeOptions,
    table: Table,
    port: u16,
) -> Result<Setup, StartError> {
    let program = std::env::current_exe().map_err(part)?;
    presets::write_files(&place.path).map_err(part)?;
    Ok(Setup {
        data_dir: place.path.clone(),
        agents: presets::with_built_in(&program, &place.path, table.agents),
        program,
        limits: table.limits,
        repos: repositories(place, options, table.repos).await?,
        support_url: table.support_url.unwrap_or_else(|| "/support".to_owned()),
        clock: Clock::System,
        node: node::node(options, port).map_err(part)?,
    })
}

/// Those that were given, else the one of the current directory, else a sample.
async fn repositories(
    place: &DataDir,
    options: &ServeOptions,
    more: Vec<PathBuf>,
) -> Result<Vec<PathBuf>, StartError> {
    let mut repos = Vec::new();
    for given in options.repos.iter().chain(&more) {
        repos.push(Repo::open(given).await.map_err(part)?.root);
    }
    if repos.is_empty()
        && let Ok(here) = std::env::current_dir()
        && let Ok(repo) = Repo::open(&here).await
    {
        repos.push(repo.root);
    }
    if repos.is_empty() {
        repos.push(
            Console::sample_repository(&place.path)
                .await
                .map_err(part)?,
        );
    }
    repos.dedup();
    Ok(repos)
}

/// Nodes that share a store share their logins as well.
fn cookie_name(data_dir: &Path, node: &NodeSetup) -> String {
    if let Some(cluster) = &node.cluster {
        return format!("heddle_{}", cluster.secret.tag());
    }
    let digest = Sha256::digest(data_dir.as_os_str().as_encoded_bytes());
    format!("heddle_{}", domain::text::hex(&digest[..4]))
}

/// The two lines of standard output.
fn announce(bound: SocketAddr, link: &str) {
    let mut out = std::io::stdout().lock();
    let _ = writeln!(out, "listening on http://{bound}\nlogin {link}");
    let _ = out.flush();
}

fn stopped() -> Result<CancellationToken, StartError> {
    let stop = CancellationToken::new();
    for kind in [SignalKind::interrupt(), SignalKind::terminate()] {
        let (mut signal, stop) = (signal(kind).map_err(part)?, stop.clone());
        tokio::spawn(async move {
            signal.recv().await;
            stop.cancel();
        });
    }
    Ok(stop)
}
