//! A session between its row and its record: one place that names the columns.
use super::link::{Columns, Link, values};
use crate::error::Failed;
use crate::store::Record;
use domain::session::{Session, SessionStatus};
use domain::time::Timestamp;
use serde::de::DeserializeOwned;
use serde_json::to_string;

fn json<T: DeserializeOwned>(row: &impl Columns, column: &str) -> Result<T, Failed> {
    Ok(serde_json::from_str(row.text(column)?)?)
}

fn maybe_json<T: DeserializeOwned>(row: &impl Columns, column: &str) -> Result<Option<T>, Failed> {
    row.maybe_text(column)?
        .map(serde_json::from_str)
        .transpose()
        .map_err(Into::into)
}

fn maybe_text(row: &impl Columns, column: &str) -> Result<Option<String>, sqlx::Error> {
    Ok(row.maybe_text(column)?.map(str::to_owned))
}

fn time(row: &impl Columns, column: &str) -> Result<Timestamp, sqlx::Error> {
    row.number(column).map(Timestamp)
}

fn maybe_time(row: &impl Columns, column: &str) -> Result<Option<Timestamp>, sqlx::Error> {
    Ok(row.maybe_number(column)?.map(Timestamp))
}

fn session(row: &impl Columns) -> Result<Session, Failed> {
    let status = row.text("status")?;
    let unreadable = || Failed::Internal("a session row is unreadable".to_owned());
    let id = row.text("id")?.to_owned();
    Ok(Session {
        id: id.try_into().map_err(|_| unreadable())?,
        title: row.text("title")?.to_owned(),
        prompt: row.text("prompt")?.to_owned(),
        agent: row.text("agent")?.to_owned(),
        model: maybe_text(row, "model")?,
        status: SessionStatus::parse(status).ok_or_else(unreadable)?,
        status_reason: maybe_text(row, "status_reason")?,
        error: maybe_json(row, "error")?,
        repo: row.text("repo")?.to_owned(),
        worktree: json(row, "worktree")?,
        created_at: time(row, "created_at")?,
        started_at: maybe_time(row, "started_at")?,
        completed_at: maybe_time(row, "completed_at")?,
        updated_at: time(row, "updated_at")?,
        last_activity_at: time(row, "last_activity_at")?,
        revision: row.count("revision")?,
        worktree_revision: row.count("worktree_revision")?,
        agent_alive: row.flag("agent_alive")?,
        owner_id: row.text("owner_id")?.to_owned(),
        node_id: row.text("node_id")?.to_owned(),
        resumable: row.flag("resumable")?,
        queue: json(row, "queue")?,
        pending_approvals: json(row, "pending_approvals")?,
    })
}

/// A row that can be read; another one is logged and passed over, so that it hides no others.
pub(super) fn readable<T>(row: &impl Columns, read: Result<T, Failed>) -> Option<T> {
    let id = row.text("id").unwrap_or_default();
    read.inspect_err(|error| {
        tracing::error!(session.id = %id, error = %error, "the row of session {id} is unreadable");
    })
    .ok()
}

/// The record of a row of `SELECT * FROM sessions`.
pub(in crate::store) fn record(row: &impl Columns) -> Result<Record, Failed> {
    Ok(Record {
        session: session(row)?,
        metadata: json(row, "metadata")?,
        agent_state: json(row, "agent_state")?,
        agent_state_revision: row.count("agent_state_revision")?,
        acp_session: maybe_text(row, "acp_session")?,
        run: maybe_text(row, "run")?,
        outbox: maybe_json(row, "outbox")?,
        cancelling: row.flag("cancelling")?,
        applied_n: row.count("applied_n")?,
        epoch: row.count("epoch")?,
        entry_count: row.count("entry_count")?,
        tail_from: row.count("tail_from")?,
        last_line: row.text("last_line")?.to_owned(),
        changed_files: row.count("changed_files")?,
        deleted_at: maybe_time(row, "deleted_at")?,
    })
}

const UPDATE: &str = "UPDATE sessions SET title = $2, status = $3, status_reason = $4, error = $5,
       worktree = $6, started_at = $7, completed_at = $8, updated_at = $9, last_activity_at = $10,
       revision = $11, worktree_revision = $12, agent_alive = $13, resumable = $14, queue = $15,
       pending_approvals = $16, entry_count = $17, tail_from = $18, last_line = $19,
       changed_files = $20, metadata = $21, agent_state = $22, agent_state_revision = $23,
       acp_session = $24, run = $25, outbox = $26, cancelling = $27, applied_n = $28,
       epoch = $29, deleted_at = $30, change = $31, node_id = $32
       WHERE id = $1";

/// Writes every column that may change; the revision is the record's.
pub(super) async fn update(
    link: &mut impl Link,
    record: &Record,
    change: u64,
) -> Result<(), Failed> {
    let session = &record.session;
    link.run(
        UPDATE,
        values![
            &session.id,
            &session.title,
            session.status.as_str(),
            &session.status_reason,
            &session.error.as_ref().map(to_string).transpose()?,
            &to_string(&session.worktree)?,
            session.started_at,
            session.completed_at,
            session.updated_at,
            session.last_activity_at,
            session.revision,
            session.worktree_revision,
            session.agent_alive,
            session.resumable,
            &to_string(&session.queue)?,
            &to_string(&session.pending_approvals)?,
            record.entry_count,
            record.tail_from,
            &record.last_line,
            record.changed_files,
            &to_string(&record.metadata)?,
            &to_string(&record.agent_state)?,
            record.agent_state_revision,
            &record.acp_session,
            &record.run,
            &record.outbox.as_ref().map(to_string).transpose()?,
            record.cancelling,
            record.applied_n,
            record.epoch,
            record.deleted_at,
            change,
            &session.node_id,
        ],
    )
    .await?;
    Ok(())
}
