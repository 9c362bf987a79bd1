//! The flags that make a console one of several nodes.
use super::options::ServeOptions;
use backend::nodes::{Cluster, NodeSetup, Secret};
use std::collections::BTreeMap;

/// Characters of a node's name at the most.
const NAME: usize = 64;

/// Who this node is by its flags; `port` is where it listens.
///
/// # Errors
/// One sentence that says what to do.
pub fn node(options: &ServeOptions, port: u16) -> Result<NodeSetup, String> {
    let name = options.node.trim();
    let is_plain = |c: char| c.is_ascii_alphanumeric() || "-_.".contains(c);
    if name.is_empty() || name.len() > NAME || !name.chars().all(is_plain) {
        return Err(format!(
            "--node takes 1 to {NAME} letters, digits, dots and dashes"
        ));
    }
    let cluster = match &options.node_url {
        Some(url) => Some(cluster(url, options, port)?),
        None => None,
    };
    Ok(NodeSetup {
        name: name.to_owned(),
        labels: labels(&options.node_labels)?,
        cluster,
    })
}

fn cluster(url: &str, options: &ServeOptions, port: u16) -> Result<Cluster, String> {
    let is_shared = options
        .database_url
        .as_deref()
        .is_some_and(|url| url.starts_with("postgres"));
    if !is_shared {
        return Err("--node-url needs --database-url postgres://..., which all nodes share".into());
    }
    let authority = url.strip_prefix("http://").unwrap_or_default();
    let authority = authority.trim_end_matches('/');
    if authority.is_empty() || authority.contains(['/', '@', '?']) {
        return Err("--node-url takes http://HOST:PORT".to_owned());
    }
    let url = match authority.strip_suffix(":0") {
        Some(host) => format!("http://{host}:{port}"),
        None => format!("http://{authority}"),
    };
    Ok(Cluster {
        url,
        secret: secret(options.node_secret.as_deref())?,
    })
}

fn secret(given: Option<&str>) -> Result<Secret, String> {
    let Some(given) = given else {
        return Err("--node-url needs --node-secret, the same at all nodes".to_owned());
    };
    let text = match given.strip_prefix('@') {
        Some(path) => std::fs::read_to_string(path)
            .map_err(|error| format!("the file {path} of --node-secret is unreadable: {error}"))?,
        None => given.to_owned(),
    };
    let least = Secret::LEAST;
    let weak = || format!("--node-secret needs {least} characters or more, without spaces");
    Secret::new(&text).ok_or_else(weak)
}

fn labels(given: &[String]) -> Result<BTreeMap<String, String>, String> {
    let pair = |label: &String| {
        let pair = label.split_once('=').filter(|(key, _)| !key.is_empty());
        let pair = pair.map(|(key, value)| (key.to_owned(), value.to_owned()));
        pair.ok_or_else(|| format!("--node-label takes KEY=VALUE, not {label}"))
    };
    given.iter().map(pair).collect()
}
