//! Writes of sessions: every transaction takes one revision and one change number.
use super::apply;
use super::attachments;
use super::engine::Written;
use super::link::{Columns, Link, values};
use super::read;
use super::row;
use crate::error::Failed;
use crate::store::{
    Change, Changed, CommandAnswer, CommandWrite, EntryWrite, Head, Heads, NewSession, Outgoing,
    Record, StatusChange,
};
use domain::id::SessionId;
use domain::session::SessionStatus;
use domain::thread::{Body, Entry};
use domain::time::Timestamp;

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
        heads.commit(&session.id, head, self.change);
        self.changed
    }
}

/// Accepts a session.
pub(super) async fn create(
    link: &mut impl Link,
    new: NewSession,
    command: CommandWrite,
) -> Result<Done, Failed> {
    insert(link, &new).await?;
    if let Some(text) = new.fork {
        let change = fork(text, new.now, command);
        return self::change(link, new.id, change).await;
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
    self::change(link, new.id, change).await
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

async fn insert(link: &mut impl Link, new: &NewSession) -> Result<(), Failed> {
    let sql = "INSERT INTO sessions (id, title, prompt, agent, model, status, status_reason, repo,
           worktree, created_at, updated_at, last_activity_at, revision, owner_id, node_id,
           change)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $10, $10, 0, $11, $12, -1)";
    let worktree = serde_json::to_string(&new.worktree)?;
    let values = values![
        &new.id,
        &new.title,
        domain::text::cut(&new.prompt, PROMPT_SHOWN),
        &new.agent,
        &new.model,
        SessionStatus::Pending.as_str(),
        "its worktree is being made",
        &new.repo,
        &worktree,
        new.now,
        &new.owner,
        &new.node,
    ];
    link.run(sql, values).await?;
    Ok(())
}

/// Changes a session.
pub(super) async fn change(
    link: &mut impl Link,
    id: SessionId,
    change: Change,
) -> Result<Done, Failed> {
    let mut record = read::held(link, &id).await?;
    guard(&record, &change)?;
    record.session.revision += 1;
    let mut entries = Vec::with_capacity(change.entries.len());
    for write in &change.entries {
        let entry = upsert(link, &mut record, write).await?;
        apply::entry(&mut record, &entry);
        attachments::used(link, &id, attachments::named(&entry.body)).await?;
        entries.push(entry);
    }
    if let Some(message) = &change.enqueue {
        let ids = message.attachments.iter().map(|it| it.id.clone()).collect();
        attachments::used(link, &id, ids).await?;
    }
    apply::change(&mut record, &change)?;
    let answer = match &change.command {
        Some(command) => {
            let answer = answer(&record, &change, command, &entries)?;
            remember(link, Some(&id), command, &answer, change.now).await?;
            Some(answer)
        }
        None => None,
    };
    let is_deleted = record.deleted_at.is_some();
    // Last, since the counter is held against all other writers until the commit.
    let number = next_change(link).await?;
    row::update(link, &record, number).await?;
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
    if let Some(fence) = &change.fence
        && (fence.node != record.session.node_id || fence.epoch != record.epoch)
    {
        return Err(Failed::Moved(record.session.node_id.clone()));
    }
    match change.if_revision {
        Some(wanted) if wanted != record.session.revision => Err(Failed::Conflict {
            message: "somebody changed this session in the meantime".to_owned(),
            current: Some(Box::new(record.session.clone())),
        }),
        _ => Ok(()),
    }
}

async fn next_change(link: &mut impl Link) -> Result<u64, Failed> {
    let row = link.one("UPDATE counter SET n = n + 1 RETURNING n", &[]);
    Ok(row.await?.count("n")?)
}

/// Writes an entry: a known key keeps its place and time, a new one takes the next place.
async fn upsert(
    link: &mut impl Link,
    record: &mut Record,
    write: &EntryWrite,
) -> Result<Entry, Failed> {
    let sql = "INSERT INTO entries (session_id, seq, key, kind, turn, at, revision, body)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8)
         ON CONFLICT (session_id, key) DO UPDATE SET
           kind = excluded.kind, revision = excluded.revision, body = excluded.body
         RETURNING *";
    let body = serde_json::to_string(&write.body)?;
    let values = values![
        &record.session.id,
        record.entry_count + 1,
        &write.key,
        write.body.kind(),
        write.turn,
        write.at,
        record.session.revision,
        &body,
    ];
    let row = link.one(sql, values).await?;
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
    link: &mut impl Link,
    session: Option<&SessionId>,
    command: &CommandWrite,
    answer: &str,
    now: Timestamp,
) -> Result<(), Failed> {
    let sql = "INSERT INTO commands (client_id, function, args_hash, session_id, answer, at)
         VALUES ($1, $2, $3, $4, $5, $6) ON CONFLICT DO NOTHING";
    let values = values![
        &command.client_id,
        &command.function,
        &command.args_hash,
        session.map(SessionId::as_str),
        answer,
        now,
    ];
    if link.run(sql, values).await? == 1 {
        return Ok(());
    }
    Err(Failed::conflict("this clientId was used before"))
}
