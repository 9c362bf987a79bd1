//! Nodes in SQL: signs of life, and sessions that change their owner in one transaction.
use super::engine::Written;
use super::link::{Columns, Link, values};
use super::read::{self, BEFORE, whole_entry};
use super::write::{self, Done};
use crate::error::Failed;
use crate::store::{
    Beat, Change, Claim, EntryWrite, Heads, Member, Node, Record, Room, StatusChange,
};
use domain::id::SessionId;
use domain::session::{Phase, SessionStatus};
use domain::thread::Body;
use domain::time::Timestamp;

/// Sessions that are dealt with in one transaction at the most.
const AT_ONCE: u64 = 50;
/// Entries at the end of a thread that may be open.
const OPEN: u64 = 200;

/// Sessions with something under way whose node is gone.
macro_rules! lapsed_sql {
    ($hold:literal) => {
        concat!(
            "SELECT s.* FROM sessions s LEFT JOIN nodes n ON n.name = s.node_id
             WHERE s.deleted_at IS NULL AND (n.lease_until IS NULL OR n.lease_until < $1)
               AND (s.run IS NOT NULL OR s.status IN ('running', 'working', 'waiting_approval',
                 'waiting_input') OR (s.status = 'pending' AND s.acp_session IS NOT NULL))
             ORDER BY s.created_at LIMIT $2",
            $hold
        )
    };
}
pub(in crate::store) use lapsed_sql;

/// Sessions of a repository and of some agents that nobody began, of other nodes that are gone or
/// full.
macro_rules! unbegun_sql {
    ($hold:literal) => {
        concat!(
            "SELECT s.* FROM sessions s LEFT JOIN nodes n ON n.name = s.node_id
             WHERE s.deleted_at IS NULL AND s.status = 'pending' AND s.run IS NULL
               AND s.acp_session IS NULL AND s.applied_n = 0 AND s.outbox IS NOT NULL
               AND s.node_id <> $1 AND s.repo = $2 AND $5 LIKE '% ' || s.agent || ' %'
               AND (n.lease_until IS NULL OR n.lease_until < $3 OR n.live >= n.capacity)
             ORDER BY s.created_at LIMIT $4",
            $hold
        )
    };
}
pub(in crate::store) use unbegun_sql;

/// The time by the clock of the database, which is the same for all nodes.
async fn now<L: Link>(link: &mut L) -> Result<Timestamp, Failed> {
    Ok(Timestamp(link.one(L::NOW, &[]).await?.number("now")?))
}

/// A sign of life.
pub(super) async fn beat<L: Link>(
    link: &mut L,
    node: Node,
    lease_ms: Option<u64>,
) -> Result<Beat, Failed> {
    let now = now(link).await?;
    let known = "SELECT home, lease_until FROM nodes WHERE name = $1";
    let known = link.maybe(known, values![&node.name]).await?;
    let stood = match &known {
        Some(row) => row.text("home")? == node.home && row.number("lease_until")? >= now.0,
        None => false,
    };
    // A console that goes by another name now is not there by its old one.
    let renamed = "UPDATE nodes SET lease_until = 0 WHERE home = $1 AND name <> $2";
    link.run(renamed, values![&node.home, &node.name]).await?;
    let sql = "INSERT INTO nodes (name, home, url, labels, capacity, live, seen_at, lease_until)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8)
         ON CONFLICT (name) DO UPDATE SET home = excluded.home, url = excluded.url,
           labels = excluded.labels, capacity = excluded.capacity, live = excluded.live,
           seen_at = excluded.seen_at, lease_until = excluded.lease_until
         WHERE nodes.home = excluded.home OR nodes.lease_until < excluded.seen_at";
    let until = lease_ms.map_or(i64::MAX, |lease| {
        now.0
            .saturating_add(i64::try_from(lease).unwrap_or(i64::MAX))
    });
    let labels = serde_json::to_string(&node.labels)?;
    let values = values![
        &node.name,
        &node.home,
        &node.url,
        &labels,
        node.capacity,
        node.live,
        now,
        until,
    ];
    Ok(match (link.run(sql, values).await?, stood) {
        (0, _) => Beat::Taken,
        (_, true) => Beat::Stood,
        (_, false) => Beat::RanOut,
    })
}

/// All nodes by name.
pub(super) async fn members<L: Link>(link: &mut L) -> Result<Vec<Member>, Failed> {
    let now = now(link).await?;
    let rows = link.all("SELECT * FROM nodes ORDER BY name", &[]).await?;
    rows.iter().map(|row| member(row, now)).collect()
}

fn member(row: &impl Columns, now: Timestamp) -> Result<Member, Failed> {
    let node = Node {
        name: row.text("name")?.to_owned(),
        home: row.text("home")?.to_owned(),
        url: row.maybe_text("url")?.map(str::to_owned),
        labels: serde_json::from_str(row.text("labels")?)?,
        capacity: row.count("capacity")?,
        live: row.count("live")?,
    };
    Ok(Member {
        node,
        seen_at: Timestamp(row.number("seen_at")?),
        is_there: row.number("lease_until")? >= now.0,
    })
}

/// Sessions that changed in one transaction.
pub(super) struct Moved(Vec<Done>);

impl Written for Moved {
    type Out = Vec<SessionId>;
    fn publish(self, heads: &Heads) -> Vec<SessionId> {
        let done = self.0.into_iter().map(|done| done.publish(heads));
        done.map(|changed| changed.record.session.id).collect()
    }
}

/// Makes sessions whose node is gone interrupted.
pub(super) async fn expire<L: Link>(link: &mut L, at: Timestamp) -> Result<Moved, Failed> {
    let now = now(link).await?;
    let mut moved = Vec::new();
    for record in records(link, L::LAPSED, values![now, AT_ONCE]).await? {
        let id = record.session.id.clone();
        let change = lost(link, &record, at).await?;
        moved.push(write::change(link, id, change).await?);
    }
    Ok(Moved(moved))
}

async fn records<L: Link>(
    link: &mut L,
    sql: &'static str,
    values: &[super::link::Value<'_>],
) -> Result<Vec<Record>, Failed> {
    let rows = link.all(sql, values).await?;
    let read = |row| super::row::readable(row, super::row::record(row));
    Ok(rows.iter().filter_map(read).collect())
}

/// What the loss of its node does to a session: no process, nothing open; what waits goes on waiting.
async fn lost(link: &mut impl Link, record: &Record, at: Timestamp) -> Result<Change, Failed> {
    let session = &record.session;
    let mut change = Change {
        epoch: Some(record.epoch + 1),
        run: Some(None),
        agent_alive: Some(false),
        cancelling: Some(false),
        ..Change::at(at)
    };
    let rows = link
        .all(BEFORE, values![&session.id, u64::MAX, OPEN])
        .await?;
    let mut turn = 0;
    for row in &rows {
        let entry = whole_entry(row)?;
        turn = turn.max(entry.turn);
        if let Some(body) = entry.body.after_loss(at) {
            change.entries.push(EntryWrite {
                key: row.text("key")?.to_owned(),
                turn: entry.turn,
                at: entry.at,
                body,
            });
        }
    }
    if session.status.phase() == Phase::Active {
        change.status = Some(StatusChange::plain(SessionStatus::Interrupted));
        change.entries.push(EntryWrite {
            key: format!("lost:{}", record.epoch),
            turn,
            at,
            body: Body::System {
                code: "interrupted".to_owned(),
                text: format!(
                    "the node {} is gone; resume goes on without it",
                    session.node_id
                ),
            },
        });
    }
    Ok(change)
}

/// Takes over one session, whose node must be gone.
pub(super) async fn claim<L: Link>(
    link: &mut L,
    id: SessionId,
    claim: Claim,
) -> Result<Done, Failed> {
    let record = read::held(link, &id).await?;
    let (now, owner) = (now(link).await?, &record.session.node_id);
    let sql = "SELECT 1 AS one FROM nodes WHERE name = $1 AND lease_until >= $2";
    let is_own = *owner == claim.node;
    if !is_own && link.maybe(sql, values![owner, now]).await?.is_some() {
        return Err(Failed::Unavailable(format!(
            "this session is at the node {owner}; try again"
        )));
    }
    let is_open = record.run.is_some() || record.session.status.phase() == Phase::Active;
    let mut change = match is_open && !is_own {
        true => lost(link, &record, claim.now).await?,
        false => Change::at(claim.now),
    };
    if !is_own {
        (change.epoch, change.node) = (Some(record.epoch + 1), Some(claim.node));
    }
    write::change(link, id, change).await
}

/// Takes over sessions of a repository that nobody began.
pub(super) async fn claim_pending<L: Link>(
    link: &mut L,
    claim: Claim,
    room: Room,
) -> Result<Moved, Failed> {
    let now = now(link).await?;
    let (agents, most) = (
        format!(" {} ", room.agents.join(" ")),
        room.most.min(AT_ONCE),
    );
    let wanted = values![&claim.node, &room.repo, now, most, &agents];
    let found = records(link, L::UNBEGUN, wanted).await?;
    let mut moved = Vec::new();
    for record in found {
        let (id, mut worktree) = (record.session.id.clone(), record.session.worktree.clone());
        worktree.path = format!("{}/{id}", claim.worktrees);
        let change = Change {
            node: Some(claim.node.clone()),
            epoch: Some(record.epoch + 1),
            worktree: Some(worktree),
            ..Change::at(claim.now)
        };
        moved.push(write::change(link, id, change).await?);
    }
    Ok(Moved(moved))
}
