//! Rows of attachments: who uploaded them, which sessions use them, which nobody needs any more.
use super::row::{signed, unsigned};
use super::write::remember;
use crate::error::Failed;
use crate::store::CommandWrite;
use domain::attachment::Attachment;
use domain::id::SessionId;
use domain::thread::{Body, ToolContent};
use domain::time::Timestamp;
use sqlx::{Row as _, SqliteConnection};

/// An attachment of this user.
pub(super) async fn find(
    connection: &mut SqliteConnection,
    owner: &str,
    id: &str,
) -> Result<Option<Attachment>, Failed> {
    let row = sqlx::query("SELECT * FROM attachments WHERE id = ? AND owner = ?")
        .bind(id)
        .bind(owner)
        .fetch_optional(connection)
        .await?;
    row.map(|row| {
        Ok(Attachment {
            id: row.try_get("id")?,
            name: row.try_get("name")?,
            mime: row.try_get("mime")?,
            bytes: unsigned(&row, "bytes")?,
        })
    })
    .transpose()
}

/// Keeps an attachment, and the command that brought it; the newest name of the same bytes counts.
pub(super) async fn add(
    connection: &mut SqliteConnection,
    (owner, attachment): (String, Attachment),
    command: CommandWrite,
    now: Timestamp,
) -> Result<(), Failed> {
    sqlx::query(
        "INSERT INTO attachments (id, owner, name, mime, bytes, at) VALUES (?, ?, ?, ?, ?, ?)
         ON CONFLICT (id, owner) DO UPDATE SET name = excluded.name, at = excluded.at",
    )
    .bind(&attachment.id)
    .bind(owner)
    .bind(&attachment.name)
    .bind(&attachment.mime)
    .bind(signed(attachment.bytes))
    .bind(now.0)
    .execute(&mut *connection)
    .await?;
    let answer = serde_json::to_string(&attachment)?;
    remember(connection, None, &command, &answer, now).await
}

/// Keeps an image that an agent shows; a name that a person gave to the same bytes stays.
pub(super) async fn add_shown(
    connection: &mut SqliteConnection,
    (owner, attachment): (String, Attachment),
    now: Timestamp,
) -> Result<(), Failed> {
    sqlx::query(
        "INSERT INTO attachments (id, owner, name, mime, bytes, at) VALUES (?, ?, ?, ?, ?, ?)
         ON CONFLICT (id, owner) DO UPDATE SET at = excluded.at",
    )
    .bind(attachment.id)
    .bind(owner)
    .bind(attachment.name)
    .bind(attachment.mime)
    .bind(signed(attachment.bytes))
    .bind(now.0)
    .execute(connection)
    .await?;
    Ok(())
}

/// The images that an entry names.
pub(super) fn named(body: &Body) -> Vec<String> {
    match body {
        Body::User { attachments, .. } => attachments.iter().map(|it| it.id.clone()).collect(),
        Body::Image(image) => vec![image.id.clone()],
        Body::Tool(call) => {
            let images = call.content.iter().filter_map(|content| match content {
                ToolContent::Image(image) => Some(image.id.clone()),
                _ => None,
            });
            images.collect()
        }
        _ => Vec::new(),
    }
}

/// Notes that a session uses these.
pub(super) async fn used(
    connection: &mut SqliteConnection,
    session: &SessionId,
    ids: Vec<String>,
) -> Result<(), Failed> {
    for id in ids {
        sqlx::query(
            "INSERT OR IGNORE INTO attachment_uses (session_id, attachment_id) VALUES (?, ?)",
        )
        .bind(session.as_str())
        .bind(id)
        .execute(&mut *connection)
        .await?;
    }
    Ok(())
}

/// Drops what only deleted sessions used, and what was uploaded before `before` and never used;
/// answers the ids whose bytes nobody has any more.
pub(super) async fn sweep(
    connection: &mut SqliteConnection,
    before: Timestamp,
) -> Result<Vec<String>, Failed> {
    let freed = sqlx::query(
        "DELETE FROM attachment_uses WHERE session_id NOT IN
           (SELECT id FROM sessions WHERE deleted_at IS NULL) RETURNING attachment_id",
    )
    .fetch_all(&mut *connection)
    .await?;
    let mut gone = Vec::new();
    for row in freed {
        let rows = sqlx::query(
            "DELETE FROM attachments WHERE id = ?1 AND NOT EXISTS
               (SELECT 1 FROM attachment_uses WHERE attachment_id = ?1) RETURNING id",
        )
        .bind(row.try_get::<String, _>("attachment_id")?)
        .fetch_all(&mut *connection)
        .await?;
        gone.extend(rows);
    }
    gone.extend(
        sqlx::query(
            "DELETE FROM attachments WHERE at < ? AND NOT EXISTS
               (SELECT 1 FROM attachment_uses WHERE attachment_id = attachments.id) RETURNING id",
        )
        .bind(before.0)
        .fetch_all(&mut *connection)
        .await?,
    );
    let mut ids = Vec::new();
    for row in gone {
        let id: String = row.try_get("id")?;
        let left = sqlx::query("SELECT 1 FROM attachments WHERE id = ?")
            .bind(&id)
            .fetch_optional(&mut *connection)
            .await?;
        if left.is_none() {
            ids.push(id);
        }
    }
    Ok(ids)
}
