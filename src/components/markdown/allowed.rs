//! What of the markup of agents is obeyed: one tag, and links to a few schemes. Pure.

/// Schemes that a link may lead to.
const SCHEMES: [&str; 3] = ["http://", "https://", "mailto:"];

/// The one tag that agents write for want of another way to break the line of a cell.
#[must_use]
pub(super) fn is_break(html: &str) -> bool {
    let name = html.trim_matches(['<', '>', '/', ' ']);
    name.eq_ignore_ascii_case("br")
}

/// Whether a link may lead there.
#[must_use]
pub(super) fn is_allowed(href: &str) -> bool {
    let is_scheme = |scheme: &str| {
        let start = href.get(..scheme.len());
        start.is_some_and(|start| start.eq_ignore_ascii_case(scheme))
    };
    SCHEMES.iter().any(|scheme| is_scheme(scheme))
}
