//! Reads that go through a whole thread: one statement each, row by row, never all rows at once.
use super::read::whole_entry;
use super::row::{signed, unsigned};
use crate::error::Failed;
use crate::store::SearchQuery;
use domain::id::SessionId;
use domain::search::{HITS, SearchHit, SearchPage, find};
use domain::thread::Entry;
use futures::TryStreamExt as _;
use sqlx::{Row as _, SqliteConnection};

/// Bytes of entries that are held at once by somebody who reads all of them.
const HELD: usize = 2 * 1024 * 1024;
/// Bytes of entries that one search looks through; the next one goes on from there.
const LOOKED: usize = 64 * 1024 * 1024;

pub(super) const WHOLE: &str = "SELECT * FROM entries WHERE session_id = ? AND seq > ?
                                ORDER BY seq LIMIT 200";
/// A row that does not hold the longest plain word of the query need not be read.
pub(super) const SEARCH: &str =
    "SELECT *, length(body) AS bytes, body LIKE ? AS may_fit FROM entries
                                 WHERE session_id = ? AND seq < ? ORDER BY seq DESC";

/// The name of an entry.
pub(super) async fn key(
    connection: &mut SqliteConnection,
    id: &SessionId,
    seq: u64,
) -> Result<String, Failed> {
    let row = sqlx::query("SELECT key FROM entries WHERE session_id = ? AND seq = ?")
        .bind(id.as_str())
        .bind(signed(seq))
        .fetch_optional(connection)
        .await?;
    let row = row.ok_or_else(|| Failed::NotFound(format!("there is no entry {seq}")))?;
    Ok(row.try_get("key")?)
}

/// Some entries after a place, uncut; none at the end.
pub(super) async fn whole(
    connection: &mut SqliteConnection,
    id: &SessionId,
    after: u64,
) -> Result<Vec<Entry>, Failed> {
    let mut rows = sqlx::query(WHOLE)
        .bind(id.as_str())
        .bind(signed(after))
        .fetch(connection);
    let (mut entries, mut bytes) = (Vec::new(), 0);
    while bytes < HELD
        && let Some(row) = rows.try_next().await?
    {
        bytes += row.try_get::<&str, _>("body")?.len();
        entries.push(whole_entry(&row)?);
    }
    Ok(entries)
}

/// Entries that fit, newest first.
pub(super) async fn search(
    connection: &mut SqliteConnection,
    id: &SessionId,
    wanted: SearchQuery,
) -> Result<SearchPage, Failed> {
    let mut rows = sqlx::query(SEARCH)
        .bind(format!("%{}%", plain_word(&wanted.folded)))
        .bind(id.as_str())
        .bind(signed(wanted.before.unwrap_or(u64::MAX)))
        .fetch(connection);
    let (mut hits, mut looked) = (Vec::new(), 0);
    while let Some(row) = rows.try_next().await? {
        let seq = unsigned(&row, "seq")?;
        if hits.len() == HITS || looked >= LOOKED {
            let next = Some(seq + 1);
            return Ok(SearchPage { hits, next });
        }
        looked += usize::try_from(row.try_get::<i64, _>("bytes")?).unwrap_or(0);
        let kind: &str = row.try_get("kind")?;
        let is_wanted = wanted.kinds.is_empty() || wanted.kinds.contains(&kind);
        if !is_wanted || !row.try_get::<bool, _>("may_fit")? {
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
