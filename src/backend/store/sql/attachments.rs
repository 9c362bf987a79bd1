//! Rows of attachments: who uploaded them, which sessions use them, which nobody needs any more.
use super::link::{Columns, Link, values};
use super::write::remember;
use crate::error::Failed;
use crate::store::CommandWrite;
use domain::attachment::Attachment;
use domain::id::SessionId;
use domain::thread::{Body, ToolContent};
use domain::time::Timestamp;

pub(in crate::store) const FIND: &str = "SELECT * FROM attachments WHERE id = $1 AND owner = $2";

/// An attachment of this user.
pub(super) async fn find(
    link: &mut impl Link,
    owner: &str,
    id: &str,
) -> Result<Option<Attachment>, Failed> {
    let row = link.maybe(FIND, values![id, owner]).await?;
    row.map(|row| {
        Ok(Attachment {
            id: row.text("id")?.to_owned(),
            name: row.text("name")?.to_owned(),
            mime: row.text("mime")?.to_owned(),
            bytes: row.count("bytes")?,
        })
    })
    .transpose()
}

async fn keep(
    link: &mut impl Link,
    sql: &'static str,
    owner: &str,
    kept: &Attachment,
    now: Timestamp,
) -> Result<(), Failed> {
    let values = values![&kept.id, owner, &kept.name, &kept.mime, kept.bytes, now];
    link.run(sql, values).await?;
    Ok(())
}

/// Keeps an attachment, and the command that brought it; the newest name of the same bytes counts.
pub(super) async fn add(
    link: &mut impl Link,
    (owner, attachment): (String, Attachment),
    command: CommandWrite,
    now: Timestamp,
) -> Result<(), Failed> {
    let sql = "INSERT INTO attachments (id, owner, name, mime, bytes, at)
         VALUES ($1, $2, $3, $4, $5, $6)
         ON CONFLICT (id, owner) DO UPDATE SET name = excluded.name, at = excluded.at";
    keep(link, sql, &owner, &attachment, now).await?;
    let answer = serde_json::to_string(&attachment)?;
    remember(link, None, &command, &answer, now).await
}

/// Keeps an image that an agent shows; a name that a person gave to the same bytes stays.
pub(super) async fn add_shown(
    link: &mut impl Link,
    (owner, attachment): (String, Attachment),
    now: Timestamp,
) -> Result<(), Failed> {
    let sql = "INSERT INTO attachments (id, owner, name, mime, bytes, at)
         VALUES ($1, $2, $3, $4, $5, $6)
         ON CONFLICT (id, owner) DO UPDATE SET at = excluded.at";
    keep(link, sql, &owner, &attachment, now).await
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
    link: &mut impl Link,
    session: &SessionId,
    ids: Vec<String>,
) -> Result<(), Failed> {
    let sql = "INSERT INTO attachment_uses (session_id, attachment_id) VALUES ($1, $2)
         ON CONFLICT DO NOTHING";
    for id in ids {
        link.run(sql, values![session, &id]).await?;
    }
    Ok(())
}

/// Drops what only deleted sessions used, and what was uploaded before `before` and never used;
/// answers the ids whose bytes nobody has any more.
pub(super) async fn sweep(link: &mut impl Link, before: Timestamp) -> Result<Vec<String>, Failed> {
    let freed = "DELETE FROM attachment_uses WHERE session_id NOT IN
           (SELECT id FROM sessions WHERE deleted_at IS NULL) RETURNING attachment_id";
    let unused = "DELETE FROM attachments WHERE id = $1 AND NOT EXISTS
           (SELECT 1 FROM attachment_uses WHERE attachment_id = $1) RETURNING id";
    let old = "DELETE FROM attachments WHERE at < $1 AND NOT EXISTS
           (SELECT 1 FROM attachment_uses WHERE attachment_id = attachments.id) RETURNING id";
    let mut gone = Vec::new();
    for row in link.all(freed, &[]).await? {
        let id = row.text("attachment_id")?;
        gone.extend(link.all(unused, values![id]).await?);
    }
    gone.extend(link.all(old, values![before]).await?);
    let mut ids = Vec::new();
    for row in gone {
        let id = row.text("id")?;
        let left = "SELECT id FROM attachments WHERE id = $1";
        if link.maybe(left, values![id]).await?.is_none() {
            ids.push(id.to_owned());
        }
    }
    Ok(ids)
}
