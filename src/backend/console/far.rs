//! What only the node of a session can read: its worktree, its journal, images; asked over HTTP.
use super::Console;
use super::input::Caller;
use crate::error::Failed;
use crate::nodes::peers;
use crate::store::Member;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use domain::attachment::Attachment;
use domain::id::SessionId;
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use serde_json::Value;

/// What is asked of another node.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(super) enum Far {
    /// Files that differ from the base.
    ChangedFiles,
    /// What is not committed.
    Status { path: Option<String> },
    /// A diff against the base.
    Diff { path: Option<String> },
    /// Files that fit what was typed.
    Complete { query: String },
    /// Lines of the journal behind an entry.
    Lines { seq: u64, after: u64 },
    /// The end of standard error.
    Stderr,
    /// The bytes of an image in Base64.
    Image { id: String },
}

/// A question to another node.
#[derive(Debug, Serialize, Deserialize)]
struct Question {
    by: String,
    session: Option<SessionId>,
    far: Far,
}

fn away(owner: &str) -> Failed {
    Failed::Unavailable(format!(
        "the node {owner}, which has this session, does not answer"
    ))
}

impl Console {
    /// The answer of the node that has a session; none if it is this one.
    pub(super) async fn far<T: DeserializeOwned>(
        &self,
        caller: &Caller,
        id: &SessionId,
        far: impl FnOnce() -> Far,
    ) -> Result<Option<T>, Failed> {
        let Some(owner) = self.owner_elsewhere(caller, id).await? else {
            return Ok(None);
        };
        let question = Question {
            by: caller.user().to_owned(),
            session: Some(id.clone()),
            far: far(),
        };
        let answer = self.ask_node(&owner, &question).await?;
        let answer = answer.ok_or_else(|| away(&owner.node.name))?;
        Ok(Some(serde_json::from_value(answer?)?))
    }

    /// The other node that has a session, which must be there; none if it is this one.
    pub(super) async fn owner_elsewhere(
        &self,
        caller: &Caller,
        id: &SessionId,
    ) -> Result<Option<Member>, Failed> {
        if !self.actors.standing().is_clustered() {
            return Ok(None);
        }
        self.head(caller, id)?;
        let session = self.store.record(id).await?.session;
        if self.is_at_home(&session) {
            return Ok(None);
        }
        let owner = self.there(&session.node_id).await?;
        owner.map(Some).ok_or_else(|| away(&session.node_id))
    }

    /// What another node answers; none if it does not.
    async fn ask_node(
        &self,
        member: &Member,
        question: &Question,
    ) -> Result<Option<Result<Value, Failed>>, Failed> {
        let (Some(url), Some(cluster)) = (&member.node.url, &self.setup.node.cluster) else {
            return Ok(None);
        };
        let body = serde_json::to_string(question)?;
        match peers::ask(url, &cluster.secret, &body).await {
            Ok(answer) => Ok(Some(serde_json::from_slice(&answer)?)),
            Err(error) => {
                let name = &member.node.name;
                tracing::warn!(node = %name, error = %error, "the node {name} did not answer");
                Ok(None)
            }
        }
    }

    /// Whether somebody knows the secret of all nodes.
    #[must_use]
    pub fn is_node(&self, said: &str) -> bool {
        let cluster = self.setup.node.cluster.as_ref();
        cluster.is_some_and(|cluster| cluster.secret.is(said))
    }

    /// Answers another node, which knows the secret, with JSON.
    ///
    /// # Errors
    /// [`Failed::Malformed`] for what is no question.
    pub async fn answer_node(&self, body: &[u8]) -> Result<String, Failed> {
        let question: Question =
            serde_json::from_slice(body).map_err(|error| Failed::Malformed(error.to_string()))?;
        Ok(serde_json::to_string(&self.answer_far(question).await)?)
    }

    async fn answer_far(&self, question: Question) -> Result<Value, Failed> {
        let caller = Caller::new(&question.by);
        if let Far::Image { id } = &question.far {
            let (_, content) = self.actors.attachments().read(caller.user(), id).await?;
            return Ok(Value::from(STANDARD.encode(content)));
        }
        let id = question.session.as_ref();
        let id = id.ok_or_else(|| Failed::Malformed("a session is missing".to_owned()))?;
        let session = self.store.record(id).await?.session;
        if !self.is_at_home(&session) {
            return Err(Failed::Moved(session.node_id));
        }
        self.read_here(&caller, id, question.far).await
    }

    async fn read_here(&self, caller: &Caller, id: &SessionId, far: Far) -> Result<Value, Failed> {
        Ok(match far {
            Far::ChangedFiles => serde_json::to_value(self.changed_files(caller, id).await?)?,
            Far::Status { path } => {
                serde_json::to_value(self.git_status(caller, id, path.as_deref()).await?)?
            }
            Far::Diff { path } => {
                serde_json::to_value(self.git_diff(caller, id, path.as_deref()).await?)?
            }
            Far::Complete { query } => {
                serde_json::to_value(self.complete_path(caller, id, &query).await?)?
            }
            Far::Lines { seq, after } => {
                serde_json::to_value(self.lines(caller, id, (seq, after)).await?)?
            }
            Far::Stderr => serde_json::to_value(self.stderr(caller, id).await?)?,
            Far::Image { .. } => Value::Null,
        })
    }

    /// Brings images here that were sent to other nodes; what nobody has stays away.
    pub(super) async fn bring_images(&self, owner: &str, images: &[Attachment]) {
        if !self.actors.standing().is_clustered() {
            return;
        }
        for image in images {
            if self.actors.attachments().content(image).await.is_ok() {
                continue;
            }
            if let Err(error) = self.bring_image(owner, &image.id).await {
                tracing::warn!(error = %error, "an image could not be brought here");
            }
        }
    }

    async fn bring_image(&self, owner: &str, id: &str) -> Result<(), Failed> {
        let question = Question {
            by: owner.to_owned(),
            session: None,
            far: Far::Image { id: id.to_owned() },
        };
        let own = self.actors.standing().name();
        for member in self.store.members().await? {
            if member.node.name == own || !member.is_there {
                continue;
            }
            let answer = self.ask_node(&member, &question).await?;
            if let Some(Ok(Value::String(text))) = answer
                && let Ok(content) = STANDARD.decode(text)
            {
                return self.actors.attachments().bring(id, content).await;
            }
        }
        Ok(())
    }
}
