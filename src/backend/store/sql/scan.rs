//! Reads that go through a whole thread: one statement each, row by row, never all rows at once.
use super::link::{Columns, Link, values};
use super::read::whole_entry;
use crate::error::Failed;
use crate::store::SearchQuery;
use domain::id::SessionId;
use domain::search::{HITS, SearchHit, SearchPage, find};
use domain::thread::Entry;
use futures::TryStreamExt as _;

/// Bytes of entries that are held at once by somebody who reads all of them.
const HELD: usize = 2 * 1024 * 1024;
/// Bytes of entries that one search looks through; the next one goes on from there.
const LOOKED: usize = 64 * 1024 * 1024;

pub(in crate::store) const WHOLE: &str = "SELECT * FROM entries WHERE session_id = $1 AND seq > $2
                                ORDER BY seq LIMIT 200";
/// Entries, newest first; one without the longest plain word of the query need not be read.
macro_rules! search_sql {
    ($like:literal) => {
        concat!(
            "SELECT *, body ",
            $like,
            " $1 AS may_fit FROM entries WHERE session_id = $2 AND seq < $3 ORDER BY seq DESC"
        )
    };
}
pub(in crate::store) use search_sql;

/// The name of an entry.
pub(super) async fn key(link: &mut impl Link, id: &SessionId, seq: u64) -> Result<String, Failed> {
    let sql = "SELECT key FROM entries WHERE session_id = $1 AND seq = $2";
    let row = link.maybe(sql, values![id, seq]).await?;
    let row = row.ok_or_else(|| Failed::NotFound(format!("there is no entry {seq}")))?;
    Ok(row.text("key")?.to_owned())
}

/// Some entries after a place, uncut; none at the end.
pub(super) async fn whole(
    link: &mut impl Link,
    id: &SessionId,
    after: u64,
) -> Result<Vec<Entry>, Failed> {
    let mut rows = link.each(WHOLE, values![id, after]);
    let (mut entries, mut bytes) = (Vec::new(), 0);
    while bytes < HELD
        && let Some(row) = rows.try_next().await?
    {
        bytes += row.text("body")?.len();
        entries.push(whole_entry(&row)?);
    }
    Ok(entries)
}

/// Entries that fit, newest first.
pub(super) async fn search<L: Link>(
    link: &mut L,
    id: &SessionId,
    wanted: SearchQuery,
) -> Result<SearchPage, Failed> {
    let word = format!("%{}%", plain_word(&wanted.folded));
    let before = wanted.before.unwrap_or(u64::MAX);
    let mut rows = link.each(L::SEARCH, values![&word, id, before]);
    let (mut hits, mut looked) = (Vec::new(), 0);
    while let Some(row) = rows.try_next().await? {
        let seq = row.count("seq")?;
        if hits.len() == HITS || looked >= LOOKED {
            let next = Some(seq + 1);
            return Ok(SearchPage { hits, next });
        }
        looked += row.text("body")?.len();
        let kind = row.text("kind")?;
        let is_wanted = wanted.kinds.is_empty() || wanted.kinds.contains(&kind);
        if !is_wanted || !row.flag("may_fit")? {
            continue;
        }
        let entry = whole_entry(&row)?;
        hits.extend(find(&entry.body, &wanted.folded).map(|snippet| SearchHit {
            seq,
            kind: entry.body.kind().to_owned(),
            turn: entry.turn,
            at: entry.at,
            snippet,
        }));
    }
    let next = None;
    Ok(SearchPage { hits, next })
}

/// The longest part of a query that stands in the stored JSON as it is, in either case.
fn plain_word(query: &str) -> &str {
    // These two are also the lower case of letters that the engine does not know: K and İ.
    let is_other = |letter: char| !letter.is_ascii_alphanumeric() || "ik".contains(letter);
    let words = query.split(is_other);
    words.max_by_key(|word| word.len()).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::plain_word;

    #[test]
    fn rows_are_passed_over_by_a_word_that_json_leaves_alone() {
        assert_eq!(plain_word("let ma(x)"), "let");
        assert_eq!(plain_word("kilo"), "lo");
        assert_eq!(plain_word("größe"), "gr");
        assert_eq!(plain_word("\"\\"), "");
        assert_eq!(plain_word("100%_done"), "done");
    }
}
