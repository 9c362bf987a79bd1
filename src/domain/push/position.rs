//! A place in the stream of events of one run of one node: `<node>.<boot>.<n>`.
use std::fmt;

/// Longest position that is read.
const LONGEST: usize = 120;

/// A place in a stream of events.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Position {
    /// The node.
    pub node: String,
    /// Its run; a node that starts again begins to count anew.
    pub boot: String,
    /// Everything up to this event is known.
    pub n: u64,
}

impl Position {
    /// The position of a text; none if it is no position.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let mut parts = text.rsplitn(3, '.');
        let n: u64 = parts.next()?.parse().ok()?;
        let (boot, node) = (parts.next()?, parts.next()?);
        let is_one = text.len() <= LONGEST && !boot.is_empty() && !node.is_empty();
        is_one.then(|| Self {
            node: node.to_owned(),
            boot: boot.to_owned(),
            n,
        })
    }
}

impl fmt::Display for Position {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}.{}.{}", self.node, self.boot, self.n)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_position_is_read_as_it_is_written() {
        let position = Position {
            node: "a.example.org".to_owned(),
            boot: "0f".to_owned(),
            n: 12,
        };
        assert_eq!(position.to_string(), "a.example.org.0f.12");
        assert_eq!(Position::parse("a.example.org.0f.12"), Some(position));
    }

    #[test]
    fn what_is_no_position_is_none() {
        let long = format!("{}.b.1", "a".repeat(200));
        for text in ["", "1", "a.1", ".b.1", "a..1", "a.b.x", "a.b.-1", &long] {
            assert_eq!(Position::parse(text), None, "{text}");
        }
    }
}
