//! What an agent learns of a conversation that it does not remember: a copy, else a recap.
use super::Actor;
use crate::agents::talk::build;
use crate::store::{Change, EntryWrite};
use domain::fork::{CODE, Memory, Origin};
use domain::id::SessionId;
use domain::thread::{Body, Entry};
use std::fmt::Write as _;

/// Bytes of the recap that an agent without memory gets.
const RECAP: usize = 8 * 1024;
/// Forks of forks that a recap follows.
const DEPTH: usize = 8;
/// Key of the entry that says where a session was forked from; it is the first one.
const FORK: &str = "fork";

impl Actor {
    async fn origin_of(&self, id: &SessionId) -> Option<Origin> {
        let first = self.shared.store.entry(id, 1).await.ok()?;
        match first.body {
            Body::System { code, text } if code == CODE => Origin::of(&text),
            _ => None,
        }
    }

    /// Asks the agent for a copy of the conversation that this session was forked from; says
    /// whether its answer is to be waited for.
    pub(super) async fn open_fork(&mut self) -> bool {
        let is_begun = self.talk.turn() > 0 || self.record.acp_session.is_some();
        let login = self.entry().and_then(|entry| entry.auth_method.as_ref());
        let needs_login = login.is_some() && !self.talk.is_answered("authenticate");
        if is_begun || needs_login || self.timers.stop.is_some() {
            return false;
        }
        if self.sent.contains(FORK) {
            return !self.talk.is_answered("session/fork");
        }
        let Some(origin) = self.origin_of(&self.id).await else {
            return false;
        };
        self.needs_recap = true;
        let Some(session) = self.copied(&origin).await else {
            return false;
        };
        self.needs_recap = false;
        let worktree = self.record.session.worktree.path.clone();
        self.send_once(FORK, |id| build::session_fork(id, &session, &worktree));
        true
    }

    /// The agent's own name of the conversation, if it can copy it as far as it is wanted.
    async fn copied(&self, origin: &Origin) -> Option<String> {
        if !self.talk.capabilities().fork {
            return None;
        }
        let parent = self.shared.store.record(&origin.id).await.ok()?;
        let thread = self.shared.store.thread(&origin.id).await.ok()?;
        let goes_on = |(_, entry): &(String, Entry)| {
            entry.seq > origin.seq && !matches!(entry.body, Body::System { .. })
        };
        let is_same = parent.session.agent == self.record.session.agent;
        let is_end = is_same && !thread.iter().any(goes_on);
        parent.acp_session.filter(|_| is_end)
    }

    /// After a copy was refused, a recap takes its place.
    pub(super) fn copy_failed(&mut self) {
        self.needs_recap |= self.sent.contains(FORK);
    }

    /// Says in the first entry of a fork what its agent knows.
    pub(super) async fn tell_fork(&mut self, recap: Option<&str>) {
        if self.talk.turn() > 0 {
            return;
        }
        let Some(origin) = self.origin_of(&self.id).await else {
            return;
        };
        let memory = match (self.needs_recap, recap) {
            (false, _) => Memory::Copy,
            (true, Some(_)) => Memory::Recap,
            (true, None) => Memory::Nothing,
        };
        let now = self.shared.clock.now();
        let (code, text) = (CODE.to_owned(), origin.said(memory));
        let write = EntryWrite {
            key: FORK.to_owned(),
            turn: 0,
            at: now,
            body: Body::System { code, text },
        };
        let change = Change {
            entries: vec![write],
            ..Change::at(now)
        };
        if let Err(error) = self.commit(change).await {
            self.not_written(&error);
        }
    }

    /// What went before, for an agent that does not remember it.
    pub(super) async fn recap(&self) -> Option<String> {
        let own = self.shared.store.view(&self.id, None).await.ok()?;
        let mut said: Vec<Body> = own.thread.entries.into_iter().map(|it| it.body).collect();
        said.pop();
        let mut recap = String::new();
        let mut origin = self.origin_of(&self.id).await;
        for _ in 0..DEPTH {
            if !put_before(&mut recap, &said) {
                break;
            }
            let Some(from) = origin.take() else { break };
            let Ok(thread) = self.shared.store.thread(&from.id).await else {
                break;
            };
            let before = thread.into_iter().map(|(_, entry)| entry);
            said = before
                .filter(|entry| entry.seq <= from.seq)
                .map(|entry| entry.body)
                .collect();
            origin = self.origin_of(&from.id).await;
        }
        let why =
            "The conversation so far, shortened; your earlier session could not be continued:";
        (!recap.is_empty()).then(|| format!("{why}\n{recap}"))
    }
}

/// Puts what was said in front of the recap, the latest first; says whether there is room for more.
fn put_before(recap: &mut String, said: &[Body]) -> bool {
    for body in said.iter().rev() {
        let (who, text) = match body {
            Body::User { text, .. } => ("Person", text),
            Body::Agent { text, .. } => ("Agent", text),
            _ => continue,
        };
        let mut piece = String::new();
        let _ = writeln!(piece, "{who}: {}", domain::text::cut(text, RECAP / 4));
        if recap.len() + piece.len() > RECAP {
            return false;
        }
        recap.insert_str(0, &piece);
    }
    true
}
