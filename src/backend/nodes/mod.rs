//! This node among others that share its store: its name, the secret of all nodes, its lease.
pub mod peers;
mod standing;

pub use standing::Standing;

use domain::id::ALONE;
use sha2::{Digest as _, Sha256};
use std::collections::BTreeMap;
use subtle::ConstantTimeEq as _;

/// Who this node is.
#[derive(Debug, Clone)]
pub struct NodeSetup {
    /// Its name, which sessions carry.
    pub name: String,
    /// What it says about itself.
    pub labels: BTreeMap<String, String>,
    /// How the others reach it; without this it is alone, and its lease never runs out.
    pub cluster: Option<Cluster>,
}

/// What makes a node one of several.
#[derive(Debug, Clone)]
pub struct Cluster {
    /// Where the others reach it, `http://host:port`.
    pub url: String,
    /// What all nodes know.
    pub secret: Secret,
}

impl Default for NodeSetup {
    fn default() -> Self {
        Self {
            name: ALONE.to_owned(),
            labels: BTreeMap::new(),
            cluster: None,
        }
    }
}

/// What all nodes know and nobody else does; never printed.
#[derive(Clone)]
pub struct Secret(String);

impl std::fmt::Debug for Secret {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Secret")
    }
}

impl Secret {
    /// Bytes that a secret has at least.
    pub const LEAST: usize = 16;

    /// Takes a secret of a sensible length that can stand in a header.
    #[must_use]
    pub fn new(text: &str) -> Option<Self> {
        let text = text.trim();
        let is_plain = text.bytes().all(|byte| byte.is_ascii_graphic());
        (text.len() >= Self::LEAST && is_plain).then(|| Self(text.to_owned()))
    }

    /// Whether somebody knows it; takes as long for every wrong one of its length.
    #[must_use]
    pub fn is(&self, said: &str) -> bool {
        self.0.as_bytes().ct_eq(said.as_bytes()).into()
    }

    /// 8 hex digits that tell one secret from another and nothing about it.
    #[must_use]
    pub fn tag(&self) -> String {
        let digest = Sha256::digest(format!("nodes\n{}", self.0));
        domain::text::hex(&digest[..4])
    }

    /// For the header of a request to another node.
    pub(crate) fn text(&self) -> &str {
        &self.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_secret_is_long_plain_and_never_printed() {
        assert!(Secret::new("short").is_none());
        assert!(Secret::new("with a space in it").is_none());
        let secret = Secret::new("0123456789abcdef\n").unwrap();
        assert!(secret.is("0123456789abcdef"));
        assert!(!secret.is("0123456789abcdeg") && !secret.is(""));
        assert_eq!(format!("{secret:?}"), "Secret");
    }
}
