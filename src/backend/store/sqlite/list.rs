//! The list of sessions: those that wait for a person first, then active ones, then by activity.
use super::row::{readable, signed, unsigned};
use crate::error::Failed;
use crate::store::{ListPage, ListQuery};
use domain::session::{Row, SessionStatus, Worktree};
use domain::time::Timestamp;
use sqlx::sqlite::SqliteRow;
use sqlx::{Row as _, SqliteConnection};
use std::collections::BTreeMap;

pub(super) const ROWS: &str =
    "SELECT id, title, repo, worktree, agent, model, status, status_reason, last_line,
                changed_files, last_activity_at, revision
         FROM sessions
         WHERE owner_id = ?1 AND deleted_at IS NULL AND (?2 IS NULL OR status = ?2)
           AND (?3 IS NULL OR title LIKE ?3 ESCAPE '\\' OR repo LIKE ?3 ESCAPE '\\'
                OR worktree LIKE ?3 ESCAPE '\\' OR last_line LIKE ?3 ESCAPE '\\')
         ORDER BY CASE WHEN status IN ('waiting_approval', 'waiting_input') THEN 0
                       WHEN status IN ('pending', 'running', 'working') THEN 1 ELSE 2 END,
                  last_activity_at DESC, id DESC
         LIMIT ?4 OFFSET ?5";
pub(super) const COUNTS: &str = "SELECT status, count(*) AS n FROM sessions
         WHERE owner_id = ? AND deleted_at IS NULL GROUP BY status";

/// The rows of a page and the counts of all.
pub(super) async fn page(
    connection: &mut SqliteConnection,
    query: &ListQuery,
) -> Result<ListPage, Failed> {
    let counts = counts(connection, &query.owner).await?;
    let pattern = query.query.as_deref().map(like);
    let rows = sqlx::query(ROWS)
        .bind(&query.owner)
        .bind(query.filter.map(SessionStatus::as_str))
        .bind(pattern)
        .bind(signed(query.limit + 1))
        .bind(signed(query.offset))
        .fetch_all(connection)
        .await?;
    let more = rows.len() as u64 > query.limit;
    let wanted = usize::try_from(query.limit).unwrap_or(usize::MAX);
    let rows = rows
        .iter()
        .take(wanted)
        .filter_map(|row| readable(row, list_row(row)))
        .collect();
    Ok(ListPage { rows, more, counts })
}

async fn counts(
    connection: &mut SqliteConnection,
    owner: &str,
) -> Result<BTreeMap<String, u64>, Failed> {
    let rows = sqlx::query(COUNTS)
        .bind(owner)
        .fetch_all(connection)
        .await?;
    rows.iter()
        .map(|row| Ok((row.try_get("status")?, unsigned(row, "n")?)))
        .collect()
}

/// A pattern that finds the text as it stands.
fn like(text: &str) -> String {
    let escaped = text
        .replace('\\', "\\\\")
        .replace('%', "\\%")
        .replace('_', "\\_");
    format!("%{escaped}%")
}

fn list_row(row: &SqliteRow) -> Result<Row, Failed> {
    let unreadable = || Failed::Internal("a session row is unreadable".to_owned());
    let status = SessionStatus::parse(row.try_get("status")?).ok_or_else(unreadable)?;
    let worktree: Worktree = serde_json::from_str(row.try_get("worktree")?)?;
    Ok(Row {
        id: row
            .try_get::<String, _>("id")?
            .try_into()
            .map_err(|_| unreadable())?,
        title: row.try_get("title")?,
        repo: row.try_get("repo")?,
        branch: worktree.branch,
        agent: row.try_get("agent")?,
        model: row.try_get("model")?,
        status,
        status_reason: row.try_get("status_reason")?,
        waiting: status.waits_for_person(),
        last_line: row.try_get("last_line")?,
        changed_files: unsigned(row, "changed_files")?,
        last_activity_at: Timestamp(row.try_get("last_activity_at")?),
        revision: unsigned(row, "revision")?,
    })
}
