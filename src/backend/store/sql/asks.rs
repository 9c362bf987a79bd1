//! Commands for sessions of other nodes: rows that their owners find, and answers to them.
use super::link::{Columns, Link, values};
use crate::error::Failed;
use crate::store::Asked;
use domain::id::ClientId;
use domain::time::Timestamp;

/// Commands that are read at once.
const AT_ONCE: u64 = 50;

/// Keeps a command; the same one twice is one.
pub(super) async fn ask(link: &mut impl Link, asked: Asked) -> Result<(), Failed> {
    let sql = "INSERT INTO asks (client_id, session_id, wish, at) VALUES ($1, $2, $3, $4)
         ON CONFLICT (client_id) DO NOTHING";
    let values = values![&asked.client_id, &asked.session, &asked.wish, asked.at];
    link.run(sql, values).await?;
    Ok(())
}

/// Commands for sessions of a node that nobody answered.
pub(super) async fn asked(link: &mut impl Link, node: &str) -> Result<Vec<Asked>, Failed> {
    let sql = "SELECT a.* FROM asks a JOIN sessions s ON s.id = a.session_id
         WHERE a.answer IS NULL AND s.node_id = $1 ORDER BY a.at LIMIT $2";
    let rows = link.all(sql, values![node, AT_ONCE]).await?;
    let unreadable = || Failed::Internal("a command row is unreadable".to_owned());
    let read = rows.iter().map(|row| {
        let client_id = row.text("client_id")?.to_owned();
        let session = row.text("session_id")?.to_owned();
        Ok(Asked {
            client_id: client_id.try_into().map_err(|_| unreadable())?,
            session: session.try_into().map_err(|_| unreadable())?,
            wish: row.text("wish")?.to_owned(),
            at: Timestamp(row.number("at")?),
        })
    });
    read.collect()
}

/// Answers a command.
pub(super) async fn tell(link: &mut impl Link, id: ClientId, answer: String) -> Result<(), Failed> {
    let sql = "UPDATE asks SET answer = $2 WHERE client_id = $1 AND answer IS NULL";
    link.run(sql, values![&id, &answer]).await?;
    Ok(())
}

/// The answer of a command.
pub(super) async fn told(link: &mut impl Link, id: &ClientId) -> Result<Option<String>, Failed> {
    let sql = "SELECT answer FROM asks WHERE client_id = $1";
    let row = link.maybe(sql, values![id]).await?;
    let answer = row.as_ref().map(|row| row.maybe_text("answer"));
    Ok(answer.transpose()?.flatten().map(str::to_owned))
}

/// Forgets commands that were asked before a time and are answered.
pub(super) async fn forget(link: &mut impl Link, before: Timestamp) -> Result<(), Failed> {
    let sql = "DELETE FROM asks WHERE at < $1 AND answer IS NOT NULL";
    link.run(sql, values![before]).await?;
    Ok(())
}
