//! Which hosts and origins are the console's own.
use std::collections::BTreeSet;
use std::net::SocketAddr;

/// The authorities and origins that requests may name.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Hosts {
    authorities: BTreeSet<String>,
    origins: BTreeSet<String>,
    public: String,
}

impl Hosts {
    /// Those of a bound address, and of the public URL if there is one.
    #[must_use]
    pub fn new(bound: SocketAddr, public_url: Option<&str>) -> Self {
        let port = bound.port();
        let mut authorities: BTreeSet<String> = [format!("{bound}")].into();
        if bound.ip().is_loopback() {
            authorities
                .extend(["localhost", "127.0.0.1", "[::1]"].map(|host| format!("{host}:{port}")));
        }
        let mut origins: BTreeSet<String> = authorities
            .iter()
            .map(|authority| format!("http://{authority}"))
            .collect();
        let public = public_url.map_or_else(
            || format!("http://{bound}"),
            |url| url.trim_end_matches('/').to_owned(),
        );
        if let Some((scheme, rest)) = public.split_once("://") {
            let authority = normal(rest.split('/').next().unwrap_or_default());
            origins.insert(format!("{scheme}://{authority}"));
            authorities.insert(authority);
        }
        Self {
            authorities,
            origins,
            public,
        }
    }

    /// The URL that browsers use, without a slash at the end.
    #[must_use]
    pub fn public(&self) -> &str {
        &self.public
    }

    /// Whether the page is reached over TLS.
    #[must_use]
    pub fn is_secure(&self) -> bool {
        self.public.starts_with("https://")
    }

    /// Whether a `Host` names the console.
    #[must_use]
    pub fn knows(&self, authority: &str) -> bool {
        self.authorities.contains(&normal(authority))
    }

    /// Whether an `Origin` is the console's own.
    #[must_use]
    pub fn is_own(&self, origin: &str) -> bool {
        self.origins.contains(&origin.to_ascii_lowercase())
    }
}

/// Lower case, without the dot that may end a host name.
fn normal(authority: &str) -> String {
    let authority = authority.to_ascii_lowercase();
    match authority.rsplit_once(':') {
        Some((host, port)) if !host.ends_with(']') || host.starts_with('[') => {
            format!("{}:{port}", host.trim_end_matches('.'))
        }
        _ => authority.trim_end_matches('.').to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn hosts() -> Hosts {
        Hosts::new(
            ([127, 0, 0, 1], 3000).into(),
            Some("https://Heddle.example/"),
        )
    }

    #[test]
    fn own_names_are_known_in_every_spelling() {
        for host in [
            "127.0.0.1:3000",
            "localhost:3000",
            "LOCALHOST.:3000",
            "[::1]:3000",
            "heddle.example",
        ] {
            assert!(hosts().knows(host), "{host}");
        }
        assert_eq!(hosts().public(), "https://Heddle.example");
    }

    #[test]
    fn names_that_only_look_like_own_ones_are_not() {
        let foreign = [
            "evil.com:3000",
            "localhost.evil.com:3000",
            "127.0.0.1.evil.com",
            "127.0.0.1@evil.com",
            "0.0.0.0:3000",
            "[::]:3000",
            "localhost:3001",
            "localhost",
            "",
            "localhost:3000@evil.com",
        ];
        for host in foreign {
            assert!(!hosts().knows(host), "{host}");
        }
    }

    #[test]
    fn an_origin_is_own_as_a_whole() {
        assert!(hosts().is_own("http://localhost:3000"));
        assert!(hosts().is_own("https://heddle.example"));
        for origin in [
            "null",
            "http://localhost:5173",
            "https://localhost:3000",
            "http://heddle.example",
        ] {
            assert!(!hosts().is_own(origin), "{origin}");
        }
    }
}
