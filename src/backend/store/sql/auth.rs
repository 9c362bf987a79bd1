//! Commands, login tokens and logins: looked up by what the caller holds.
use super::link::{Columns, Link, values};
use crate::error::Failed;
use crate::store::{CommandRecord, Login};
use domain::id::ClientId;
use domain::time::Timestamp;

pub(in crate::store) const LOGIN: &str =
    "SELECT user_id, created_at, seen_at FROM logins WHERE hash = $1";
pub(in crate::store) const COMMAND: &str =
    "SELECT function, args_hash, answer FROM commands WHERE client_id = $1";

/// A command that was done before.
pub(super) async fn command(
    link: &mut impl Link,
    id: &ClientId,
) -> Result<Option<CommandRecord>, Failed> {
    let row = link.maybe(COMMAND, values![id]).await?;
    row.map(|row| {
        Ok(CommandRecord {
            function: row.text("function")?.to_owned(),
            args_hash: row.text("args_hash")?.to_owned(),
            answer: row.text("answer")?.to_owned(),
        })
    })
    .transpose()
}

/// Keeps a token.
pub(super) async fn add_token(
    link: &mut impl Link,
    hash: String,
    expires: Timestamp,
) -> Result<(), Failed> {
    let sql = "INSERT INTO login_tokens (hash, expires_at) VALUES ($1, $2)
         ON CONFLICT (hash) DO UPDATE SET expires_at = excluded.expires_at";
    link.run(sql, values![&hash, expires]).await?;
    Ok(())
}

/// Spends a token; expired ones are swept.
pub(super) async fn spend_token(
    link: &mut impl Link,
    hash: String,
    now: Timestamp,
) -> Result<bool, Failed> {
    let expired = "DELETE FROM login_tokens WHERE expires_at < $1";
    link.run(expired, values![now]).await?;
    let this = "DELETE FROM login_tokens WHERE hash = $1";
    Ok(link.run(this, values![&hash]).await? == 1)
}

/// Keeps a login.
pub(super) async fn add_login(
    link: &mut impl Link,
    hash: String,
    login: Login,
) -> Result<(), Failed> {
    let sql = "INSERT INTO logins (hash, user_id, created_at, seen_at) VALUES ($1, $2, $3, $4)";
    let values = values![&hash, &login.user, login.created_at, login.seen_at];
    link.run(sql, values).await?;
    Ok(())
}

/// The login of a hash.
pub(super) async fn login(link: &mut impl Link, hash: &str) -> Result<Option<Login>, Failed> {
    let row = link.maybe(LOGIN, values![hash]).await?;
    row.map(|row| {
        Ok(Login {
            user: row.text("user_id")?.to_owned(),
            created_at: Timestamp(row.number("created_at")?),
            seen_at: Timestamp(row.number("seen_at")?),
        })
    })
    .transpose()
}

/// Says that a login was seen, or ends it.
pub(super) async fn touch(
    link: &mut impl Link,
    hash: String,
    seen: Option<Timestamp>,
) -> Result<(), Failed> {
    match seen {
        Some(at) => {
            let sql = "UPDATE logins SET seen_at = $1 WHERE hash = $2";
            link.run(sql, values![at, &hash]).await?
        }
        None => {
            let sql = "DELETE FROM logins WHERE hash = $1";
            link.run(sql, values![&hash]).await?
        }
    };
    Ok(())
}
