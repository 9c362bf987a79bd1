//! Writes of sessions: every transaction takes one revision and one change number.
use super::apply;
use super::attachments;
use super::read;
use super::row::{self, signed, unsigned};
use super::writer::Written;
use crate::error::Failed;
use crate::store::{
    Change, Changed, CommandAnswer, CommandWrite, EntryWrite, Head, Heads, NewSession, Outgoing,
    Record, StatusChange,
};
use domain::id::SessionId;
use domain::session::SessionStatus;
use domain::thread::{Body, Entry};
use domain::time::Timestamp;
use sqlx::SqliteConnection;

/// Bytes of the prompt that every answer repeats. Source: contract, SESSION.
const PROMPT_SHOWN: usize = 2048;

/// A change that is committed, with what the heads must learn.
pub(super) struct Done {
    changed: Changed,
    change: u64,
    is_deleted: bool,
}

impl Written for Done {
    type Out = Changed;
    fn publish(self, heads: &Heads) -> Changed {
        let session = &self.changed.record.session;
        let head = Head {
            owner: session.owner_id.clone(),
            revision: session.revision,
            updated_at: session.updated_at,
            is_deleted: self.is_deleted,
        };
        heads.learn(&session.id, head, self.change);
        self.changed
    }
}

/// Accepts a session.
pub(super) async fn create(
    connection: &mut SqliteConnection,
    new: NewSession,
    command: CommandWrite,
) -> Result<Done, Failed> {
    insert(connection, &new).await?;
    if let Some(text) = new.fork {
        let change = fork(text, new.now, command);
        return self::change(connection, new.id, change).await;
    }
    let client_id = command.client_id.clone();
    let outgoing = Outgoing {
        client_id: client_id.clone(),
        text: new.prompt,
        by: new.owner,
        attachments: new.enclosed.attachments,
        files: new.enclosed.files,
    };
    let body = outgoing.body();
    let change = Change {
        is_activity: true,
        entries: vec![EntryWrite {
            key: format!("user:{client_id}"),
            turn: 1,
            at: new.now,
            body,
        }],
        outbox: Some(Some(outgoing)),
        command: Some(command),
        ..Change::at(new.now)
    };
    self::change(connection, new.id, change).await
}

/// How a fork begins: with a word of the console, and a worktree that is there.
fn fork(text: String, now: Timestamp, command: CommandWrite) -> Change {
    let code = domain::fork::CODE.to_owned();
    Change {
        is_activity: true,
        entries: vec![EntryWrite {
            key: "fork".to_owned(),
            turn: 0,
            at: now,
            body: Body::System { code, text },
        }],
        status: Some(StatusChange::plain(SessionStatus::Idle)),
        worktree_touched: true,
        command: Some(command),
        ..Change::at(now)
    }
}

async fn insert(connection: &mut SqliteConnection, new: &NewSession) -> Result<(), Failed> {
    sqlx::query(
        "INSERT INTO sessions (id, title, prompt, agent, model, status, status_reason, repo,
           worktree, created_at, updated_at, last_activity_at, revision, owner_id, node_id)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?10, ?10, 0, ?11, ?12)",
    )
    .bind(new.id.as_str())
    .bind(&new.title)
    .bind(domain::text::cut(&new.prompt, PROMPT_SHOWN))
    .bind(&new.agent)
    .bind(&new.model)
    .bind(SessionStatus::Pending.as_str())
    .bind("its worktree is being made")
    .bind(&new.repo)
    .bind(serde_json::to_string(&new.worktree)?)
    .bind(new.now.0)
    .bind(&new.owner)
    .bind(&new.node)
    .execute(connection)
    .await?;
    Ok(())
}

/// Changes a session.
pub(super) async fn change(
    connection: &mut SqliteConnection,
    id: SessionId,
    change: Change,
) -> Result<Done, Failed> {
    let mut record = read::record(connection, &id).await?;
    guard(&record, &change)?;
    record.session.revision += 1;
    let mut entries = Vec::with_capacity(change.entries.len());
    for write in &change.entries {
        let entry = upsert(connection, &mut record, write).await?;
        apply::entry(&mut record, &entry);
        attachments::used(connection, &id, attachments::named(&entry.body)).await?;
        entries.push(entry);
    }
    if let Some(message) = &change.enqueue {
        let ids = message.attachments.iter().map(|it| it.id.clone()).collect();
        attachments::used(connection, &id, ids).await?;
    }
    apply::change(&mut record, &change)?;
    let number = next_change(connection).await?;
    row::update(connection, &record, number).await?;
    let is_deleted = record.deleted_at.is_some();
    let answer = match &change.command {
        Some(command) => {
            let answer = answer(&record, &change, command, &entries)?;
            remember(connection, Some(&id), command, &answer, change.now).await?;
            Some(answer)
        }
        None => None,
    };
    let changed = Changed {
        record,
        entries,
        answer,
    };
    Ok(Done {
        changed,
        change: number,
        is_deleted,
    })
}

fn guard(record: &Record, change: &Change) -> Result<(), Failed> {
    if record.deleted_at.is_some() {
        return Err(Failed::Deleted);
    }
    match change.if_revision {
        Some(wanted) if wanted != record.session.revision => Err(Failed::Conflict {
            message: "somebody changed this session in the meantime".to_owned(),
            current: Some(Box::new(record.session.clone())),
        }),
        _ => Ok(()),
    }
}

async fn next_change(connection: &mut SqliteConnection) -> Result<u64, Failed> {
    let row = sqlx::query("UPDATE counter SET n = n + 1 RETURNING n")
        .fetch_one(connection)
        .await?;
    Ok(unsigned(&row, "n")?)
}

/// Writes an entry: a known key keeps its place and time, a new one takes the next place.
async fn upsert(
    connection: &mut SqliteConnection,
    record: &mut Record,
    write: &EntryWrite,
) -> Result<Entry, Failed> {
    let id = record.session.id.as_str();
    let body = serde_json::to_string(&write.body)?;
    let row = sqlx::query(
        "INSERT INTO entries (session_id, seq, key, kind, turn, at, revision, body)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)
         ON CONFLICT (session_id, key) DO UPDATE SET
           kind = excluded.kind, revision = excluded.revision, body = excluded.body
         RETURNING *",
    )
    .bind(id)
    .bind(signed(record.entry_count + 1))
    .bind(&write.key)
    .bind(write.body.kind())
    .bind(signed(write.turn))
    .bind(write.at.0)
    .bind(signed(record.session.revision))
    .bind(body)
    .fetch_one(connection)
    .await?;
    let entry = read::whole_entry(&row)?;
    record.entry_count = record.entry_count.max(entry.seq);
    Ok(entry)
}

fn answer(
    record: &Record,
    change: &Change,
    command: &CommandWrite,
    entries: &[Entry],
) -> Result<String, Failed> {
    Ok(match command.answer {
        CommandAnswer::Session => serde_json::to_string(&record.session)?,
        CommandAnswer::Nothing => "{}".to_owned(),
        CommandAnswer::Message => {
            let is_user = |entry: &&Entry| matches!(entry.body, Body::User { .. });
            serde_json::json!({
                "entry": entries.iter().find(is_user),
                "queued": change.enqueue,
                "revision": record.session.revision,
            })
            .to_string()
        }
    })
}

/// Remembers a command with its answer; the same id twice is a conflict.
pub(super) async fn remember(
    connection: &mut SqliteConnection,
    session: Option<&SessionId>,
    command: &CommandWrite,
    answer: &str,
    now: Timestamp,
) -> Result<(), Failed> {
    let written = sqlx::query(
        "INSERT OR IGNORE INTO commands (client_id, function, args_hash, session_id, answer, at)
         VALUES (?, ?, ?, ?, ?, ?)",
    )
    .bind(command.client_id.as_str())
    .bind(&command.function)
    .bind(&command.args_hash)
    .bind(session.map(SessionId::as_str))
    .bind(answer)
    .bind(now.0)
    .execute(connection)
    .await?;
    if written.rows_affected() == 1 {
        return Ok(());
    }
    Err(Failed::conflict("this clientId was used before"))
}
