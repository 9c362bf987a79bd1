//! The list of sessions: those that wait for a person first, then active ones, then by activity.
use super::link::{Columns, Link, values};
use super::row::readable;
use crate::error::Failed;
use crate::store::{ListPage, ListQuery};
use domain::session::{Row, SessionStatus, Worktree};
use domain::time::Timestamp;
use std::collections::BTreeMap;

/// The rows of a page; what finds a text is said by the database.
macro_rules! rows_sql {
    ($like:literal) => {
        concat!(
            "SELECT id, title, repo, worktree, agent, model, status, status_reason, last_line,
                changed_files, last_activity_at, revision
             FROM sessions
             WHERE owner_id = $1 AND deleted_at IS NULL AND ($2 IS NULL OR status = $2)
               AND ($3 IS NULL OR title ",
            $like,
            " $3 ESCAPE '\\' OR repo ",
            $like,
            " $3 ESCAPE '\\' OR worktree ",
            $like,
            " $3 ESCAPE '\\' OR last_line ",
            $like,
            " $3 ESCAPE '\\')
             ORDER BY CASE WHEN status IN ('waiting_approval', 'waiting_input') THEN 0
                           WHEN status IN ('pending', 'running', 'working') THEN 1 ELSE 2 END,
                      last_activity_at DESC, id DESC
             LIMIT $4 OFFSET $5"
        )
    };
}
pub(in crate::store) use rows_sql;

pub(in crate::store) const COUNTS: &str = "SELECT status, count(*) AS n FROM sessions
         WHERE owner_id = $1 AND deleted_at IS NULL GROUP BY status";

/// The rows of a page and the counts of all.
pub(super) async fn page<L: Link>(link: &mut L, query: &ListQuery) -> Result<ListPage, Failed> {
    let counts = counts(link, &query.owner).await?;
    let pattern = query.query.as_deref().map(like);
    let (owner, status) = (&query.owner, query.filter.map(SessionStatus::as_str));
    let limit = query.limit + 1;
    let values = values![owner, status, &pattern, limit, query.offset];
    let rows = link.all(L::LIST, values).await?;
    let more = rows.len() as u64 > query.limit;
    let wanted = usize::try_from(query.limit).unwrap_or(usize::MAX);
    let rows = rows
        .iter()
        .take(wanted)
        .filter_map(|row| readable(row, list_row(row)))
        .collect();
    Ok(ListPage { rows, more, counts })
}

async fn counts(link: &mut impl Link, owner: &str) -> Result<BTreeMap<String, u64>, Failed> {
    let rows = link.all(COUNTS, values![owner]).await?;
    rows.iter()
        .map(|row| Ok((row.text("status")?.to_owned(), row.count("n")?)))
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

fn list_row(row: &impl Columns) -> Result<Row, Failed> {
    let unreadable = || Failed::Internal("a session row is unreadable".to_owned());
    let status = SessionStatus::parse(row.text("status")?).ok_or_else(unreadable)?;
    let worktree: Worktree = serde_json::from_str(row.text("worktree")?)?;
    let id = row.text("id")?.to_owned();
    Ok(Row {
        id: id.try_into().map_err(|_| unreadable())?,
        title: row.text("title")?.to_owned(),
        repo: row.text("repo")?.to_owned(),
        branch: worktree.branch,
        agent: row.text("agent")?.to_owned(),
        model: row.maybe_text("model")?.map(str::to_owned),
        status,
        status_reason: row.maybe_text("status_reason")?.map(str::to_owned),
        waiting: status.waits_for_person(),
        last_line: row.text("last_line")?.to_owned(),
        changed_files: row.count("changed_files")?,
        last_activity_at: Timestamp(row.number("last_activity_at")?),
        revision: row.count("revision")?,
    })
}
