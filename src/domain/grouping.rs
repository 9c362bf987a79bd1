//! Small finished calls in a row as one: reads and searches tell little one by one.
use crate::thread::{Body, ToolContent, ToolStatus};

/// So many in a row make a group.
const FEWEST: usize = 3;

/// Entries that follow each other and are shown as one line until somebody wants to see them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Group {
    /// Place of the first.
    pub first: u64,
    /// Place of the last.
    pub last: u64,
    /// What they are: `4 reads, 1 search`.
    pub words: String,
}

/// What a small finished call is called, for one and for many; none for everything else.
#[must_use]
pub fn small(body: &Body) -> Option<[&'static str; 2]> {
    let Body::Tool(call) = body else { return None };
    let is_small = |content: &ToolContent| matches!(content, ToolContent::Text { .. });
    if call.status != ToolStatus::Completed || !call.content.iter().all(is_small) {
        return None;
    }
    Some(match call.tool_kind.as_str() {
        "read" => ["read", "reads"],
        "search" => ["search", "searches"],
        "fetch" => ["fetch", "fetches"],
        "think" => ["thought", "thoughts"],
        _ => return None,
    })
}

/// The groups among entries by ascending place, each with what [`small`] says of it.
#[must_use]
pub fn groups(entries: &[(u64, Option<[&'static str; 2]>)]) -> Vec<Group> {
    let runs = entries.chunk_by(|(_, a), (_, b)| a.is_some() == b.is_some());
    let group = |run: &[(u64, Option<[&'static str; 2]>)]| {
        let (first, last) = (run.first()?.0, run.last()?.0);
        let names: Vec<_> = run.iter().filter_map(|(_, name)| *name).collect();
        (names.len() >= FEWEST).then(|| Group {
            first,
            last,
            words: words(&names),
        })
    };
    runs.filter_map(group).collect()
}

fn words(names: &[[&'static str; 2]]) -> String {
    let mut counts: Vec<([&str; 2], usize)> = Vec::new();
    for name in names {
        match counts.iter_mut().find(|(known, _)| known == name) {
            Some((_, count)) => *count += 1,
            None => counts.push((*name, 1)),
        }
    }
    let told = counts.iter().map(|([one, many], count)| match count {
        1 => format!("1 {one}"),
        count => format!("{count} {many}"),
    });
    told.collect::<Vec<_>>().join(", ")
}

#[cfg(test)]
mod tests {
    use super::*;

    const READ: Option<[&str; 2]> = Some(["read", "reads"]);
    const FIND: Option<[&str; 2]> = Some(["search", "searches"]);

    #[test]
    fn three_small_calls_in_a_row_are_a_group() {
        let kinds = [READ, None, READ, READ, FIND, READ, None, READ, FIND];
        let entries: Vec<_> = (1..).zip(kinds).collect();
        let wanted = Group {
            first: 3,
            last: 6,
            words: "3 reads, 1 search".to_owned(),
        };
        assert_eq!(groups(&entries), [wanted]);
        assert_eq!(groups(&entries[..4]), []);
        assert_eq!(groups(&[]), []);
    }

    #[test]
    fn a_call_is_small_if_it_is_done_and_shows_neither_change_nor_output() {
        let named = |kind: &str, status: &str, content: &str| {
            let json = format!(
                r#"{{"kind":"tool","toolCallId":"a","title":"t","toolKind":"{kind}","status":"{status}","content":[{content}],"startedAt":"1970-01-01T00:00:00.000Z"}}"#
            );
            small(&serde_json::from_str(&json).unwrap()).map(|[one, _]| one)
        };
        let (text, terminal) = (
            r#"{"type":"text","text":"x"}"#,
            r#"{"type":"terminal","text":"x"}"#,
        );
        assert_eq!(named("read", "completed", text), Some("read"));
        assert_eq!(named("think", "completed", ""), Some("thought"));
        assert_eq!(named("read", "in_progress", text), None);
        assert_eq!(named("read", "failed", text), None);
        assert_eq!(named("search", "completed", terminal), None);
        assert_eq!(named("execute", "completed", ""), None);
    }
}
