//! Commands, login tokens and logins: looked up by what the caller holds.
use crate::error::Failed;
use crate::store::{CommandRecord, Login};
use domain::id::ClientId;
use domain::time::Timestamp;
use sqlx::{Row as _, SqliteConnection};

pub(super) const LOGIN: &str = "SELECT user_id, created_at, seen_at FROM logins WHERE hash = ?";

/// A command that was done before.
pub(super) async fn command(
    connection: &mut SqliteConnection,
    id: &ClientId,
) -> Result<Option<CommandRecord>, Failed> {
    let row = sqlx::query("SELECT function, args_hash, answer FROM commands WHERE client_id = ?")
        .bind(id.as_str())
        .fetch_optional(connection)
        .await?;
    row.map(|row| {
        Ok(CommandRecord {
            function: row.try_get("function")?,
            args_hash: row.try_get("args_hash")?,
            answer: row.try_get("answer")?,
        })
    })
    .transpose()
}

/// Keeps a token.
pub(super) async fn add_token(
    connection: &mut SqliteConnection,
    hash: String,
    expires: Timestamp,
) -> Result<(), Failed> {
    sqlx::query("INSERT OR REPLACE INTO login_tokens (hash, expires_at) VALUES (?, ?)")
        .bind(hash)
        .bind(expires.0)
        .execute(connection)
        .await?;
    Ok(())
}

/// Spends a token; expired ones are swept.
pub(super) async fn spend_token(
    connection: &mut SqliteConnection,
    hash: String,
    now: Timestamp,
) -> Result<bool, Failed> {
    sqlx::query("DELETE FROM login_tokens WHERE expires_at < ?")
        .bind(now.0)
        .execute(&mut *connection)
        .await?;
    let spent = sqlx::query("DELETE FROM login_tokens WHERE hash = ?")
        .bind(hash)
        .execute(connection)
        .await?;
    Ok(spent.rows_affected() == 1)
}

/// Keeps a login.
pub(super) async fn add_login(
    connection: &mut SqliteConnection,
    hash: String,
    login: Login,
) -> Result<(), Failed> {
    sqlx::query("INSERT INTO logins (hash, user_id, created_at, seen_at) VALUES (?, ?, ?, ?)")
        .bind(hash)
        .bind(login.user)
        .bind(login.created_at.0)
        .bind(login.seen_at.0)
        .execute(connection)
        .await?;
    Ok(())
}

/// The login of a hash.
pub(super) async fn login(
    connection: &mut SqliteConnection,
    hash: &str,
) -> Result<Option<Login>, Failed> {
    let row = sqlx::query(LOGIN)
        .bind(hash)
        .fetch_optional(connection)
        .await?;
    row.map(|row| {
        Ok(Login {
            user: row.try_get("user_id")?,
            created_at: Timestamp(row.try_get("created_at")?),
            seen_at: Timestamp(row.try_get("seen_at")?),
        })
    })
    .transpose()
}

/// Says that a login was seen, or ends it.
pub(super) async fn touch(
    connection: &mut SqliteConnection,
    hash: String,
    seen: Option<Timestamp>,
) -> Result<(), Failed> {
    let query = match seen {
        Some(at) => sqlx::query("UPDATE logins SET seen_at = ? WHERE hash = ?").bind(at.0),
        None => sqlx::query("DELETE FROM logins WHERE hash = ?"),
    };
    query.bind(hash).execute(connection).await?;
    Ok(())
}
