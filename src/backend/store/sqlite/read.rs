//! Reads of one session: a page takes two statements, however long its thread is.
use super::row::{self, signed, unsigned};
use crate::error::Failed;
use crate::store::{Record, View};
use domain::id::SessionId;
use domain::snapshot::{ThreadMode, ThreadPage, ThreadPart};
use domain::thread::{Body, ENTRY_LIMIT, Entry};
use domain::time::Timestamp;
use sqlx::sqlite::SqliteRow;
use sqlx::{Row as _, SqliteConnection};

/// Entries of a tail, and of changes, at the most. Source: contract, SNAPSHOT.
pub(super) const TAIL: u64 = 200;
/// Bytes of entries in one answer at the most. Source: contract, SNAPSHOT.
const ANSWER_LIMIT: usize = 512 * 1024;

/// Bytes of an entry that is asked for alone. Source: issue 3, "The server's side", 1 MB an answer.
const WHOLE_LIMIT: usize = 1_000_000;

pub(super) const RECORD: &str = "SELECT * FROM sessions WHERE id = ?";
pub(super) const CHANGES: &str = "SELECT * FROM entries WHERE session_id = ? AND revision > ?
                                  ORDER BY revision LIMIT ?";
pub(super) const BEFORE: &str = "SELECT * FROM entries WHERE session_id = ? AND seq < ?
                                 ORDER BY seq DESC LIMIT ?";
pub(super) const ENTRY: &str = "SELECT * FROM entries WHERE session_id = ? AND seq = ?";

/// The session with its private part.
pub(super) async fn record(
    connection: &mut SqliteConnection,
    id: &SessionId,
) -> Result<Record, Failed> {
    let row = sqlx::query(RECORD)
        .bind(id.as_str())
        .fetch_optional(connection)
        .await?;
    row.as_ref()
        .map(row::record)
        .transpose()?
        .ok_or_else(|| unknown(id))
}

fn unknown(id: &SessionId) -> Failed {
    Failed::NotFound(format!("there is no session {id}"))
}

/// Sessions that are not deleted.
pub(super) async fn alive(connection: &mut SqliteConnection) -> Result<Vec<Record>, Failed> {
    let rows = sqlx::query("SELECT * FROM sessions WHERE deleted_at IS NULL ORDER BY created_at")
        .fetch_all(connection)
        .await?;
    Ok(rows
        .iter()
        .filter_map(|row| row::readable(row, row::record(row)))
        .collect())
}

/// The session and its thread.
pub(super) async fn view(
    connection: &mut SqliteConnection,
    id: &SessionId,
    since: Option<u64>,
) -> Result<View, Failed> {
    let record = record(connection, id).await?;
    let tellable =
        since.filter(|since| *since <= record.session.revision && *since >= record.tail_from);
    let thread = match tellable {
        Some(since) => match changes(connection, &record, since).await? {
            Some(thread) => thread,
            None => tail(connection, &record).await?,
        },
        None => tail(connection, &record).await?,
    };
    Ok(View { record, thread })
}

async fn changes(
    connection: &mut SqliteConnection,
    record: &Record,
    since: u64,
) -> Result<Option<ThreadPart>, Failed> {
    let rows = sqlx::query(CHANGES)
        .bind(record.session.id.as_str())
        .bind(signed(since))
        .bind(signed(TAIL + 1))
        .fetch_all(connection)
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

async fn tail(connection: &mut SqliteConnection, record: &Record) -> Result<ThreadPart, Failed> {
    let page = page(connection, &record.session.id, u64::MAX, TAIL).await?;
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
    connection: &mut SqliteConnection,
    id: &SessionId,
    before: u64,
    limit: u64,
) -> Result<ThreadPage, Failed> {
    page(connection, id, before, limit.clamp(1, TAIL)).await
}

async fn page(
    connection: &mut SqliteConnection,
    id: &SessionId,
    before: u64,
    limit: u64,
) -> Result<ThreadPage, Failed> {
    let rows = sqlx::query(BEFORE)
        .bind(id.as_str())
        .bind(signed(before))
        .bind(signed(limit))
        .fetch_all(connection)
        .await?;
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
pub(super) async fn entry(
    connection: &mut SqliteConnection,
    id: &SessionId,
    seq: u64,
) -> Result<Entry, Failed> {
    let row = sqlx::query(ENTRY)
        .bind(id.as_str())
        .bind(signed(seq))
        .fetch_optional(connection)
        .await?;
    let missing = || Failed::NotFound(format!("there is no entry {seq}"));
    Ok(cut_entry(&row.ok_or_else(missing)?, WHOLE_LIMIT)?.0)
}

/// Every entry with its key.
pub(super) async fn thread(
    connection: &mut SqliteConnection,
    id: &SessionId,
) -> Result<Vec<(String, Entry)>, Failed> {
    let rows = sqlx::query("SELECT * FROM entries WHERE session_id = ? ORDER BY seq")
        .bind(id.as_str())
        .fetch_all(connection)
        .await?;
    rows.iter()
        .map(|row| Ok((row.try_get("key")?, whole_entry(row)?)))
        .collect()
}

/// The entry of a row of `SELECT * FROM entries`.
pub(super) fn whole_entry(row: &SqliteRow) -> Result<Entry, Failed> {
    let body: Body = serde_json::from_str(row.try_get::<&str, _>("body")?)?;
    Ok(Entry {
        seq: unsigned(row, "seq")?,
        revision: unsigned(row, "revision")?,
        at: Timestamp(row.try_get("at")?),
        turn: unsigned(row, "turn")?,
        cut: None,
        body,
    })
}

/// The entry as the wire carries it, and about how many bytes it takes there.
fn cut_entry(row: &SqliteRow, limit: usize) -> Result<(Entry, usize), Failed> {
    let size = row.try_get::<&str, _>("body")?.len();
    let mut entry = whole_entry(row)?;
    if size <= limit {
        return Ok((entry, size));
    }
    entry.cut_to(limit, size as u64);
    Ok((entry, limit))
}
