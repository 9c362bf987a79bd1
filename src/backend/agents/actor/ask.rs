//! What a session's task may be asked, and how it is reached.
use super::{Actor, Actors, PersonAnswer, Shared};
use crate::attachments::Attachments;
use crate::error::Failed;
use crate::nodes::Standing;
use crate::store::CommandWrite;
use domain::attachment::Enclosed;
use domain::id::{ClientId, SessionId};
use domain::time::Timestamp;
use std::collections::HashMap;
use std::sync::{Arc, Mutex};
use tokio::sync::{mpsc, oneshot};

/// The answer of a command as JSON, after it is committed.
pub type Reply = oneshot::Sender<Result<String, Failed>>;

/// A command to a session's task.
#[derive(Debug)]
pub enum Ask {
    /// Look after the session: start, re-attach or end what its row says.
    Tend,
    /// A person's message.
    Send {
        /// The message, and what goes along with it.
        message: (String, Enclosed),
        /// When it is sent, if not as soon as it can be.
        not_before: Option<Timestamp>,
        /// Who wrote it.
        by: String,
        /// The command.
        command: CommandWrite,
        /// Answered with `{entry?, queued?, revision}`.
        reply: Reply,
    },
    /// Another text for a queued message.
    Reword {
        /// The queued message.
        item: ClientId,
        /// Its text from now on.
        text: String,
        /// The command.
        command: CommandWrite,
        /// Answered with the session.
        reply: Reply,
    },
    /// Another place in the queue.
    Requeue {
        /// The queued message.
        item: ClientId,
        /// Its place, from 0.
        to: usize,
        /// The command.
        command: CommandWrite,
        /// Answered with the session.
        reply: Reply,
    },
    /// Stop the turn, then deliver this one.
    SendNow {
        /// The queued message.
        item: ClientId,
        /// Who wants it.
        by: String,
        /// The command.
        command: CommandWrite,
        /// Answered with the session.
        reply: Reply,
    },
    /// Drop a queued message.
    Dequeue {
        /// The queued message.
        item: ClientId,
        /// The command.
        command: CommandWrite,
        /// Answered with the session.
        reply: Reply,
    },
    /// An answer to an approval.
    Approve {
        /// The approval.
        request_id: String,
        /// The chosen option.
        option_id: String,
        /// What the person saw.
        args_hash: String,
        /// Who answers.
        by: String,
        /// The command.
        command: CommandWrite,
        /// Answered with the session.
        reply: Reply,
    },
    /// An answer to a question.
    Answer(PersonAnswer),
    /// A mode, model or option.
    SetOption {
        /// `mode`, `model` or the agent's name of an option.
        option: String,
        /// Its value.
        value: String,
        /// The command.
        command: CommandWrite,
        /// Answered with the session.
        reply: Reply,
    },
    /// Stop the turn or the start.
    Cancel {
        /// Who stops it.
        by: String,
        /// The command.
        command: CommandWrite,
        /// Answered with the session.
        reply: Reply,
    },
    /// Declare it done.
    Complete {
        /// The command.
        command: CommandWrite,
        /// Answered with the session.
        reply: Reply,
    },
    /// Start the agent without a message.
    Resume {
        /// The command.
        command: CommandWrite,
        /// Answered with the session.
        reply: Reply,
    },
    /// Delete it with its worktree.
    Delete {
        /// Whether work that exists nowhere else may go.
        discard: bool,
        /// The command.
        command: CommandWrite,
        /// Answered with `{}`.
        reply: Reply,
    },
    /// Files of the worktree were changed by the console.
    Touched,
    /// See whether the session is still this node's.
    Verify,
}

impl Actors {
    /// Looks after sessions.
    #[must_use]
    pub fn new(shared: Shared) -> Self {
        Self {
            shared: Arc::new(shared),
            asks: Arc::new(Mutex::new(HashMap::new())),
        }
    }

    /// Processes of agents that live now.
    #[must_use]
    pub fn live(&self) -> usize {
        self.shared.live()
    }

    /// The right to act for sessions.
    #[must_use]
    pub fn standing(&self) -> &Standing {
        &self.shared.standing
    }

    /// Has every session that is looked after see whether it is still this node's.
    pub async fn verify(&self) {
        let all: Vec<_> = self.locked().values().cloned().collect();
        for sender in all {
            // One that has ended has nothing to see.
            let _ = sender.send(Ask::Verify).await;
        }
    }

    /// The images that people attached.
    #[must_use]
    pub fn attachments(&self) -> &Attachments {
        &self.shared.attachments
    }

    /// Hands a command to the session's task, which is started if there is none.
    ///
    /// # Errors
    /// [`Failed::Unavailable`] if the task ends before it answers.
    pub async fn ask(
        &self,
        id: &SessionId,
        ask: impl FnOnce(Reply) -> Ask,
    ) -> Result<String, Failed> {
        let (reply, answer) = oneshot::channel();
        self.tell(id, ask(reply)).await?;
        let gone =
            || Failed::Unavailable("the console is busy with this session; try again".to_owned());
        answer.await.map_err(|_| gone())?
    }

    /// Hands over what needs no answer.
    ///
    /// # Errors
    /// [`Failed`] if the session cannot be read.
    pub async fn tell(&self, id: &SessionId, mut ask: Ask) -> Result<(), Failed> {
        for _ in 0..3 {
            let sender = self.sender(id).await?;
            match sender.send(ask).await {
                Ok(()) => return Ok(()),
                Err(mpsc::error::SendError(back)) => ask = back,
            }
            self.forget(id, &sender);
        }
        Err(Failed::Unavailable(
            "the console is busy with this session; try again".to_owned(),
        ))
    }

    async fn sender(&self, id: &SessionId) -> Result<mpsc::Sender<Ask>, Failed> {
        if let Some(sender) = self.known(id) {
            return Ok(sender);
        }
        let record = self.shared.store.record(id).await?;
        if record.deleted_at.is_some() {
            return Err(Failed::Deleted);
        }
        let (standing, owner) = (&self.shared.standing, &record.session.node_id);
        if standing.is_clustered() && owner != standing.name() {
            return Err(Failed::Moved(owner.clone()));
        }
        let mut asks = self.locked();
        if let Some(sender) = asks.get(id).filter(|sender| !sender.is_closed()) {
            return Ok(sender.clone());
        }
        let (sender, receiver) = mpsc::channel(64);
        asks.insert(id.clone(), sender.clone());
        drop(asks);
        tokio::spawn(Actor::new(self.shared.clone(), record).run(receiver));
        Ok(sender)
    }

    fn known(&self, id: &SessionId) -> Option<mpsc::Sender<Ask>> {
        self.locked()
            .get(id)
            .filter(|sender| !sender.is_closed())
            .cloned()
    }

    fn forget(&self, id: &SessionId, sender: &mpsc::Sender<Ask>) {
        let mut asks = self.locked();
        if asks.get(id).is_some_and(|known| known.same_channel(sender)) {
            asks.remove(id);
        }
    }

    fn locked(&self) -> std::sync::MutexGuard<'_, HashMap<SessionId, mpsc::Sender<Ask>>> {
        self.asks
            .lock()
            .unwrap_or_else(std::sync::PoisonError::into_inner)
    }
}
