//! A session between its row and its record: one place that names the columns.
use crate::error::Failed;
use crate::store::Record;
use domain::session::{Session, SessionStatus};
use domain::time::Timestamp;
use sqlx::sqlite::SqliteRow;
use sqlx::{Row as _, SqliteConnection};

/// An unsigned count that SQLite keeps as `INTEGER`.
pub(super) fn unsigned(row: &SqliteRow, column: &str) -> Result<u64, sqlx::Error> {
    Ok(u64::try_from(row.try_get::<i64, _>(column)?).unwrap_or(0))
}

/// A count for SQLite.
pub(super) fn signed(value: u64) -> i64 {
    i64::try_from(value).unwrap_or(i64::MAX)
}

fn json<T: serde::de::DeserializeOwned>(row: &SqliteRow, column: &str) -> Result<T, Failed> {
    Ok(serde_json::from_str(row.try_get::<&str, _>(column)?)?)
}

fn maybe_json<T: serde::de::DeserializeOwned>(
    row: &SqliteRow,
    column: &str,
) -> Result<Option<T>, Failed> {
    row.try_get::<Option<&str>, _>(column)?
        .map(serde_json::from_str)
        .transpose()
        .map_err(Into::into)
}

fn time(row: &SqliteRow, column: &str) -> Result<Timestamp, sqlx::Error> {
    row.try_get(column).map(Timestamp)
}

fn maybe_time(row: &SqliteRow, column: &str) -> Result<Option<Timestamp>, sqlx::Error> {
    Ok(row.try_get::<Option<i64>, _>(column)?.map(Timestamp))
}

fn session(row: &SqliteRow) -> Result<Session, Failed> {
    let status: &str = row.try_get("status")?;
    let unreadable = || Failed::Internal("a session row is unreadable".to_owned());
    Ok(Session {
        id: row
            .try_get::<String, _>("id")?
            .try_into()
            .map_err(|_| unreadable())?,
        title: row.try_get("title")?,
        prompt: row.try_get("prompt")?,
        agent: row.try_get("agent")?,
        model: row.try_get("model")?,
        status: SessionStatus::parse(status).ok_or_else(unreadable)?,
        status_reason: row.try_get("status_reason")?,
        error: maybe_json(row, "error")?,
        repo: row.try_get("repo")?,
        worktree: json(row, "worktree")?,
        created_at: time(row, "created_at")?,
        started_at: maybe_time(row, "started_at")?,
        completed_at: maybe_time(row, "completed_at")?,
        updated_at: time(row, "updated_at")?,
        last_activity_at: time(row, "last_activity_at")?,
        revision: unsigned(row, "revision")?,
        worktree_revision: unsigned(row, "worktree_revision")?,
        agent_alive: row.try_get("agent_alive")?,
        owner_id: row.try_get("owner_id")?,
        node_id: row.try_get("node_id")?,
        resumable: row.try_get("resumable")?,
        queue: json(row, "queue")?,
        pending_approvals: json(row, "pending_approvals")?,
    })
}

/// A row that can be read; another one is logged and passed over, so that it hides no others.
pub(super) fn readable<T>(row: &SqliteRow, read: Result<T, Failed>) -> Option<T> {
    let id = row.try_get::<String, _>("id").unwrap_or_default();
    read.inspect_err(|error| {
        tracing::error!(session.id = %id, error = %error, "the row of session {id} is unreadable");
    })
    .ok()
}

/// The record of a row of `SELECT * FROM sessions`.
pub(super) fn record(row: &SqliteRow) -> Result<Record, Failed> {
    Ok(Record {
        session: session(row)?,
        metadata: json(row, "metadata")?,
        agent_state: json(row, "agent_state")?,
        agent_state_revision: unsigned(row, "agent_state_revision")?,
        acp_session: row.try_get("acp_session")?,
        run: row.try_get("run")?,
        outbox: maybe_json(row, "outbox")?,
        cancelling: row.try_get("cancelling")?,
        applied_n: unsigned(row, "applied_n")?,
        epoch: unsigned(row, "epoch")?,
        entry_count: unsigned(row, "entry_count")?,
        tail_from: unsigned(row, "tail_from")?,
        last_line: row.try_get("last_line")?,
        changed_files: unsigned(row, "changed_files")?,
        deleted_at: maybe_time(row, "deleted_at")?,
    })
}

/// Writes every column that may change; the revision is the record's.
pub(super) async fn update(
    connection: &mut SqliteConnection,
    record: &Record,
    change: u64,
) -> Result<(), Failed> {
    let session = &record.session;
    sqlx::query(
        "UPDATE sessions SET title = ?2, status = ?3, status_reason = ?4, error = ?5, worktree = ?6,
           started_at = ?7, completed_at = ?8, updated_at = ?9, last_activity_at = ?10,
           revision = ?11, worktree_revision = ?12, agent_alive = ?13, resumable = ?14, queue = ?15,
           pending_approvals = ?16, entry_count = ?17, tail_from = ?18, last_line = ?19,
           changed_files = ?20, metadata = ?21, agent_state = ?22, agent_state_revision = ?23,
           acp_session = ?24, run = ?25, outbox = ?26, cancelling = ?27, applied_n = ?28,
           epoch = ?29, deleted_at = ?30, change = ?31 WHERE id = ?1",
    )
    .bind(session.id.as_str())
    .bind(&session.title)
    .bind(session.status.as_str())
    .bind(&session.status_reason)
    .bind(session.error.as_ref().map(serde_json::to_string).transpose()?)
    .bind(serde_json::to_string(&session.worktree)?)
    .bind(session.started_at.map(|at| at.0))
    .bind(session.completed_at.map(|at| at.0))
    .bind(session.updated_at.0)
    .bind(session.last_activity_at.0)
    .bind(signed(session.revision))
    .bind(signed(session.worktree_revision))
    .bind(session.agent_alive)
    .bind(session.resumable)
    .bind(serde_json::to_string(&session.queue)?)
    .bind(serde_json::to_string(&session.pending_approvals)?)
    .bind(signed(record.entry_count))
    .bind(signed(record.tail_from))
    .bind(&record.last_line)
    .bind(signed(record.changed_files))
    .bind(serde_json::to_string(&record.metadata)?)
    .bind(serde_json::to_string(&record.agent_state)?)
    .bind(signed(record.agent_state_revision))
    .bind(&record.acp_session)
    .bind(&record.run)
    .bind(record.outbox.as_ref().map(serde_json::to_string).transpose()?)
    .bind(record.cancelling)
    .bind(signed(record.applied_n))
    .bind(signed(record.epoch))
    .bind(record.deleted_at.map(|at| at.0))
    .bind(signed(change))
    .execute(connection)
    .await?;
    Ok(())
}
