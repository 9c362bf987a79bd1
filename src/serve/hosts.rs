//! Which hosts and origins are the console's own.
use std::collections::BTreeSet;
use std::net::SocketAddr;

/// What `--public-url` takes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error(
    "--public-url takes https://HOST or http://HOST:PORT, with a path of letters, digits, \".\", \
     \"_\", \"~\" and \"-\" after it if the console is below one"
)]
pub struct WrongUrl;

/// The authorities and origins that requests may name, and where the console is below them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Hosts {
    authorities: BTreeSet<String>,
    local: BTreeSet<String>,
    origins: BTreeSet<String>,
    public: String,
    base: String,
}

impl Hosts {
    /// Those of a bound address, and of the public URL if there is one.
    ///
    /// # Errors
    /// [`WrongUrl`] if that is no URL of a console.
    pub fn new(bound: SocketAddr, public_url: Option<&str>) -> Result<Self, WrongUrl> {
        let port = bound.port();
        let mut authorities: BTreeSet<String> = [format!("{bound}")].into();
        let mut local = BTreeSet::new();
        if bound.ip().is_loopback() {
            local.extend(["localhost", "127.0.0.1", "[::1]"].map(|host| format!("{host}:{port}")));
            local.insert(format!("{bound}"));
            authorities.extend(local.iter().cloned());
        }
        let mut origins: BTreeSet<String> = authorities
            .iter()
            .map(|authority| format!("http://{authority}"))
            .collect();
        let own = format!("http://{bound}");
        let public = public_url.unwrap_or(&own).trim_end_matches('/').to_owned();
        let (scheme, rest) = public.split_once("://").ok_or(WrongUrl)?;
        let (authority, base) = rest.split_at(rest.find('/').unwrap_or(rest.len()));
        if !matches!(scheme, "http" | "https") || authority.is_empty() || !is_base(base) {
            return Err(WrongUrl);
        }
        let authority = spoken(scheme, normal(authority));
        origins.insert(format!("{scheme}://{authority}"));
        authorities.insert(authority);
        Ok(Self {
            authorities,
            local,
            origins,
            base: base.to_owned(),
            public,
        })
    }

    /// The path that all addresses begin with, such as `/heddle`; empty at the root of the host.
    #[must_use]
    pub fn base(&self) -> &str {
        &self.base
    }

    /// The path that cookies are for.
    #[must_use]
    pub fn cookie_path(&self) -> &str {
        if self.base.is_empty() {
            "/"
        } else {
            &self.base
        }
    }

    /// Whether a `Host` names the console as only its own machine reaches it.
    #[must_use]
    pub fn is_local(&self, authority: &str) -> bool {
        self.local.contains(&normal(authority))
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
        // As browsers write it, which is how it is kept; else as it may be written besides.
        self.authorities.contains(authority) || self.authorities.contains(&normal(authority))
    }

    /// Whether an `Origin` is the console's own.
    #[must_use]
    pub fn is_own(&self, origin: &str) -> bool {
        self.origins.contains(&origin.to_ascii_lowercase())
    }
}

/// Whether a path can stand before all addresses as it is: no dots that lead elsewhere, nothing
/// that is written in two ways.
fn is_base(path: &str) -> bool {
    let is_plain = |byte: u8| byte.is_ascii_alphanumeric() || b"._~-".contains(&byte);
    let is_name = |part: &str| !matches!(part, "" | "." | "..") && part.bytes().all(is_plain);
    path.is_empty() || path.split('/').skip(1).all(is_name)
}

/// As browsers name it: without the port that a scheme stands for.
fn spoken(scheme: &str, authority: String) -> String {
    let usual = if scheme == "https" { ":443" } else { ":80" };
    match authority.strip_suffix(usual) {
        Some(host) => host.to_owned(),
        None => authority,
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
        .unwrap()
    }

    fn public(url: &str) -> Result<Hosts, WrongUrl> {
        Hosts::new(([127, 0, 0, 1], 3000).into(), Some(url))
    }

    #[test]
    fn a_path_of_the_public_url_is_before_everything() {
        let below = public("https://heddle.example/tools/heddle/").unwrap();
        assert_eq!(below.base(), "/tools/heddle");
        assert_eq!(below.cookie_path(), "/tools/heddle");
        assert_eq!(below.public(), "https://heddle.example/tools/heddle");
        assert!(below.knows("heddle.example") && below.is_own("https://heddle.example"));
        assert_eq!((hosts().base(), hosts().cookie_path()), ("", "/"));
    }

    #[test]
    fn the_port_of_a_scheme_is_not_spoken() {
        let usual = public("https://heddle.example:443").unwrap();
        assert!(usual.knows("heddle.example") && usual.is_own("https://heddle.example"));
        let other = public("http://heddle.example:443").unwrap();
        assert!(other.knows("heddle.example:443"));
    }

    #[test]
    fn what_is_no_url_of_a_console_is_refused() {
        for wrong in [
            "",
            "heddle.example",
            "ftp://heddle.example",
            "https://",
            "https:///heddle",
            "https://heddle.example/a/../b",
            "https://heddle.example/a//b",
            "https://heddle.example/a%20b",
            "https://heddle.example/a?b",
            "https://heddle.example/#a",
        ] {
            assert_eq!(public(wrong), Err(WrongUrl), "{wrong}");
        }
    }

    #[test]
    fn only_loopback_names_are_local() {
        assert!(hosts().is_local("localhost:3000") && hosts().is_local("127.0.0.1:3000"));
        assert!(!hosts().is_local("heddle.example"));
        let open = Hosts::new(([0, 0, 0, 0], 3000).into(), Some("https://heddle.example"));
        assert!(!open.unwrap().is_local("0.0.0.0:3000"));
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
