//! Commands between nodes: rows that the owner of a session finds, does once, and answers.
use super::Console;
use super::commands::Done;
use super::input::Caller;
use super::wish::{Letter, Wish};
use crate::error::Failed;
use crate::store::{Asked, CommandWrite};
use domain::attachment::Enclosed;
use domain::id::{ClientId, SessionId};
use domain::time::Timestamp;
use std::collections::HashSet;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

/// How often rows are looked for when nothing woke a node. Source: issue 5, "Several nodes".
const LOOK: Duration = Duration::from_millis(500);
/// How long a caller waits for another node.
const WAIT: Duration = Duration::from_secs(5);
/// Milliseconds after which a command that cannot wait is no longer done.
const LATE_MS: i64 = 60_000;
/// Milliseconds for which answers are kept.
const KEEP_MS: i64 = 600_000;

/// Commands that this node is at.
#[derive(Debug, Default)]
pub(super) struct Errands {
    under_way: Mutex<HashSet<ClientId>>,
}

impl Errands {
    fn begin(&self, id: &ClientId) -> bool {
        let mut all = self
            .under_way
            .lock()
            .unwrap_or_else(PoisonError::into_inner);
        all.insert(id.clone())
    }

    fn end(&self, id: &ClientId) {
        let mut all = self
            .under_way
            .lock()
            .unwrap_or_else(PoisonError::into_inner);
        all.remove(id);
    }
}

impl Console {
    /// The other node that has a session; none if it is this one's, which it becomes if its node
    /// is gone, and its repository and agent are here.
    pub(super) async fn elsewhere(&self, id: &SessionId) -> Result<Option<String>, Failed> {
        if !self.actors.standing().is_clustered() {
            return Ok(None);
        }
        let session = self.store.record(id).await?.session;
        if self.is_at_home(&session) {
            return Ok(None);
        }
        let is_fit =
            self.known_repo(&session.repo).is_ok() && self.startable(&session.agent).is_ok();
        if !is_fit || self.there(&session.node_id).await?.is_some() {
            return Ok(Some(session.node_id));
        }
        match self.take_over(id).await {
            Ok(()) => Ok(None),
            Err(Failed::Unavailable(_)) => Ok(Some(self.store.record(id).await?.session.node_id)),
            Err(other) => Err(other),
        }
    }

    /// Checks the caller and the command, then has it done where the session is.
    pub(super) async fn hand_over(
        &self,
        caller: &Caller,
        id: &SessionId,
        command: CommandWrite,
        wish: Wish,
    ) -> Done {
        self.head(caller, id)?;
        if let Some(answer) = self.done_before(&command).await? {
            return Ok(answer);
        }
        let by = caller.user().to_owned();
        let letter = Letter { by, command, wish };
        match self.elsewhere(id).await? {
            None => self.perform(id, letter).await,
            Some(owner) => self.send_to(&owner, id, &letter).await,
        }
    }

    /// Does a command for a session of this node.
    async fn perform(&self, id: &SessionId, letter: Letter) -> Done {
        let Letter { by, command, wish } = letter;
        let caller = Caller::new(&by);
        if let Wish::Git(deed) = wish {
            return self.do_git(&caller, id, command, deed).await;
        }
        self.head(&caller, id)?;
        if let Some(answer) = self.done_before(&command).await? {
            return Ok(answer);
        }
        let enclosed = match &wish {
            Wish::Send { wanted, .. } => self.enclosed(&caller, id, wanted.clone()).await?,
            _ => Enclosed::default(),
        };
        self.bring_images(&by, &enclosed.attachments).await;
        let known = command.clone();
        let ask = |reply| wish.ask((by, enclosed), command, reply);
        let outcome = self.actors.ask(id, ask).await;
        self.settled(&known, outcome).await
    }

    /// Keeps a command for the owner of the session, and waits a while for its answer.
    pub(super) async fn send_to(&self, owner: &str, id: &SessionId, letter: &Letter) -> Done {
        let asked = Asked {
            client_id: letter.command.client_id.clone(),
            session: id.clone(),
            wish: serde_json::to_string(letter)?,
            at: self.setup.clock.now(),
        };
        let client_id = asked.client_id.clone();
        let mut stirred = self.store.heads().stirred();
        self.store.ask(asked).await?;
        let answered = async {
            loop {
                stirred.mark_unchanged();
                if let Some(answer) = self.store.told(&client_id).await? {
                    return serde_json::from_str(&answer)?;
                }
                let _ = tokio::time::timeout(LOOK, stirred.changed()).await;
            }
        };
        let late = || {
            let kept = if letter.wish.can_wait() {
                "it is done when the node is back"
            } else {
                "try again"
            };
            Failed::Unavailable(format!(
                "the node {owner}, which has this session, does not answer; {kept}"
            ))
        };
        let answer = tokio::time::timeout(WAIT, answered).await;
        answer.unwrap_or_else(|_| Err(late()))
    }

    /// Does commands of other nodes for as long as the console runs.
    pub async fn run_errands(&self) {
        if !self.actors.standing().is_clustered() {
            return;
        }
        let mut stirred = self.store.heads().stirred();
        loop {
            stirred.mark_unchanged();
            if self.actors.standing().holds()
                && let Err(error) = self.look_for_errands().await
            {
                tracing::warn!(error = %error, "commands of other nodes could not be read");
            }
            let _ = tokio::time::timeout(LOOK, stirred.changed()).await;
        }
    }

    async fn look_for_errands(&self) -> Result<(), Failed> {
        for asked in self.store.asked(self.actors.standing().name()).await? {
            if self.errands.begin(&asked.client_id) {
                let console = self.clone();
                tokio::spawn(async move { console.run_errand(asked).await });
            }
        }
        Ok(())
    }

    async fn run_errand(&self, asked: Asked) {
        let age = self.setup.clock.now().0 - asked.at.0;
        let outcome = match serde_json::from_str::<Letter>(&asked.wish) {
            Ok(letter) if age > LATE_MS && !letter.wish.can_wait() => {
                let text = "the node of this session was away for too long; try again";
                Err(Failed::Refused(text.to_owned()))
            }
            Ok(letter) => self.perform(&asked.session, letter).await,
            Err(error) => Err(error.into()),
        };
        // Not its own any more, or not to be done now: the row stays for whoever can.
        if !matches!(outcome, Err(Failed::Moved(_) | Failed::Unavailable(_))) {
            let told = match serde_json::to_string(&outcome) {
                Ok(answer) => self.store.tell(&asked.client_id, &answer).await,
                Err(error) => Err(error.into()),
            };
            if let Err(error) = told {
                tracing::warn!(error = %error, "a command of another node could not be answered");
            }
        }
        self.errands.end(&asked.client_id);
    }

    /// Forgets answers that nobody waits for any more.
    pub(super) async fn forget_errands(&self) -> Result<(), Failed> {
        let before = Timestamp(self.setup.clock.now().0 - KEEP_MS);
        self.store.forget_asks(before).await
    }
}
