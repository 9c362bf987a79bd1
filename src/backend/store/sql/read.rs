//! Reads of one session: a page takes two statements, however long its thread is.
use super::link::{Columns, Link, values};
use super::row;
use crate::error::Failed;
use crate::store::{Record, View};
use domain::id::SessionId;
use domain::snapshot::{ThreadMode, ThreadPage, ThreadPart};
use domain::thread::{Body, ENTRY_LIMIT, Entry};
use domain::time::Timestamp;

/// Entries of a tail, and of changes, at the most. Source: contract, SNAPSHOT.
const TAIL: u64 = 200;
/// Bytes of entries in one answer at the most. Source: contract, SNAPSHOT.
const ANSWER_LIMIT: usize = 512 * 1024;

/// Bytes of an entry that is asked for alone. Source: issue 3, "The server's side", 1 MB an answer.
const WHOLE_LIMIT: usize = 1_000_000;

pub(in crate::store) const RECORD: &str = "SELECT * FROM sessions WHERE id = $1";
pub(in crate::store) const ALIVE: &str =
    "SELECT * FROM sessions WHERE deleted_at IS NULL ORDER BY created_at";
pub(in crate::store) const THREAD: &str =
    "SELECT * FROM entries WHERE session_id = $1 ORDER BY seq";
pub(in crate::store) const CHANGES: &str =
    "SELECT * FROM entries WHERE session_id = $1 AND revision > $2
                                  ORDER BY revision LIMIT $3";
pub(in crate::store) const BEFORE: &str = "SELECT * FROM entries WHERE session_id = $1 AND seq < $2
                                 ORDER BY seq DESC LIMIT $3";
pub(in crate::store) const ENTRY: &str = "SELECT * FROM entries WHERE session_id = $1 AND seq = $2";

/// The session with its private part.
pub(super) async fn record(link: &mut impl Link, id: &SessionId) -> Result<Record, Failed> {
    found(link, RECORD, id).await
}

/// The same, held against other writers until the end of the transaction.
pub(super) async fn held<L: Link>(link: &mut L, id: &SessionId) -> Result<Record, Failed> {
    found(link, L::HELD, id).await
}

async fn found(link: &mut impl Link, sql: &'static str, id: &SessionId) -> Result<Record, Failed> {
    let row = link.maybe(sql, values![id]).await?;
    row.as_ref()
        .map(row::record)
        .transpose()?
        .ok_or_else(|| unknown(id))
}

fn unknown(id: &SessionId) -> Failed {
    Failed::NotFound(format!("there is no session {id}"))
}

/// Sessions that are not deleted.
pub(super) async fn alive(link: &mut impl Link) -> Result<Vec<Record>, Failed> {
    let rows = link.all(ALIVE, &[]).await?;
    Ok(rows
        .iter()
        .filter_map(|row| row::readable(row, row::record(row)))
        .collect())
}

/// The session and its thread.
pub(super) async fn view(
    link: &mut impl Link,
    id: &SessionId,
    since: Option<u64>,
) -> Result<View, Failed> {
    let record = record(link, id).await?;
    let tellable =
        since.filter(|since| *since <= record.session.revision && *since >= record.tail_from);
    let thread = match tellable {
        Some(since) => match changes(link, &record, since).await? {
            Some(thread) => thread,
            None => tail(link, &record).await?,
        },
        None => tail(link, &record).await?,
    };
    Ok(View { record, thread })
}

async fn changes(
    link: &mut impl Link,
    record: &Record,
    since: u64,
) -> Result<Option<ThreadPart>, Failed> {
    let rows = link
        .all(CHANGES, values![&record.session.id, since, TAIL + 1])
        .await?;
    let mut entries = Vec::with_capacity(rows.len());
    let mut bytes = 0;
    for row in &rows {
        let (entry, size) = cut_entry(row, ENTRY_LIMIT)?;
        bytes += size;
        entries.push(entry);
    }
    if entries.len() as u64 > TAIL || bytes > ANSWER_LIMIT {
        return Ok(None);
    }
    entries.sort_by_key(|entry| entry.seq);
    let (from, total) = (Some(since), record.entry_count);
    Ok(Some(ThreadPart {
        mode: ThreadMode::Changes,
        from,
        total,
        entries,
    }))
}

async fn tail(link: &mut impl Link, record: &Record) -> Result<ThreadPart, Failed> {
    let page = page(link, &record.session.id, u64::MAX, TAIL).await?;
    let total = record.entry_count;
    Ok(ThreadPart {
        mode: ThreadMode::Tail,
        from: None,
        total,
        entries: page.entries,
    })
}

/// Entries before a place, cut and bounded as one answer.
pub(super) async fn older(
    link: &mut impl Link,
    id: &SessionId,
    before: u64,
    limit: u64,
) -> Result<ThreadPage, Failed> {
    page(link, id, before, limit.clamp(1, TAIL)).await
}

async fn page(
    link: &mut impl Link,
    id: &SessionId,
    before: u64,
    limit: u64,
) -> Result<ThreadPage, Failed> {
    let rows = link.all(BEFORE, values![id, before, limit]).await?;
    let mut entries = Vec::with_capacity(rows.len());
    let mut bytes = 0;
    for row in &rows {
        let (entry, size) = cut_entry(row, ENTRY_LIMIT)?;
        bytes += size;
        if bytes > ANSWER_LIMIT && !entries.is_empty() {
            break;
        }
        entries.push(entry);
    }
    entries.reverse();
    let has_older = entries.first().is_some_and(|oldest: &Entry| oldest.seq > 1);
    Ok(ThreadPage { entries, has_older })
}

/// One entry, uncut unless it is larger than any answer may be.
pub(super) async fn entry(link: &mut impl Link, id: &SessionId, seq: u64) -> Result<Entry, Failed> {
    let row = link.maybe(ENTRY, values![id, seq]).await?;
    let missing = || Failed::NotFound(format!("there is no entry {seq}"));
    Ok(cut_entry(&row.ok_or_else(missing)?, WHOLE_LIMIT)?.0)
}

/// Every entry with its key.
pub(super) async fn thread(
    link: &mut impl Link,
    id: &SessionId,
) -> Result<Vec<(String, Entry)>, Failed> {
    let rows = link.all(THREAD, values![id]).await?;
    rows.iter()
        .map(|row| Ok((row.text("key")?.to_owned(), whole_entry(row)?)))
        .collect()
}

/// The entry of a row of `SELECT * FROM entries`.
pub(super) fn whole_entry(row: &impl Columns) -> Result<Entry, Failed> {
    let body: Body = serde_json::from_str(row.text("body")?)?;
    Ok(Entry {
        seq: row.count("seq")?,
        revision: row.count("revision")?,
        at: Timestamp(row.number("at")?),
        turn: row.count("turn")?,
        cut: None,
        body,
    })
}

/// The entry as the wire carries it, and about how many bytes it takes there.
fn cut_entry(row: &impl Columns, limit: usize) -> Result<(Entry, usize), Failed> {
    let size = row.text("body")?.len();
    let mut entry = whole_entry(row)?;
    if size <= limit {
        return Ok((entry, size));
    }
    entry.cut_to(limit, size as u64);
    Ok((entry, limit))
}
