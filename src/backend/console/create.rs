//! Starting a session: everything is checked before anything is made.
use super::Console;
use super::attachments::Wanted;
use super::commands::Done;
use super::input::{Caller, answered, check_title, command};
use crate::agents::actor::Ask;
use crate::config::AgentEntry;
use crate::error::Failed;
use crate::git::Repo;
use crate::store::{CommandAnswer, NewSession};
use domain::attachment::Enclosed;
use domain::catalog::SessionDraft;
use domain::id::{ClientId, SessionId};
use domain::session::Worktree;
use domain::text::{slug, title_of};
use serde_json::json;
use std::path::Path;

impl Console {
    /// Accepts a session; its agent is started afterwards.
    ///
    /// # Errors
    /// [`Failed::Refused`] for an unknown agent, repository or branch or an empty prompt,
    /// [`Failed::TooLarge`] for a long one; nothing is made then.
    pub async fn create_session(
        &self,
        caller: &Caller,
        client_id: &ClientId,
        new: SessionDraft,
    ) -> Done {
        let wanted = Wanted {
            attachments: new.attachments.clone(),
            files: new.files.clone(),
            not_before: None,
        };
        let args = wanted.args(vec![
            json!(new.repo),
            json!(new.agent),
            json!(new.model),
            json!(new.prompt),
            json!(new.title),
            json!(new.base_branch),
        ]);
        let command = command(
            client_id,
            "agent/create_session",
            &args,
            CommandAnswer::Session,
        );
        if let Some(answer) = self.done_before(&command).await? {
            return Ok(answer);
        }
        self.check_prompt(&new.prompt)?;
        let title = named(&new)?;
        self.startable(&new.agent)?;
        let repo = Repo::open(Path::new(&self.known_repo(&new.repo)?)).await?;
        let base = repo
            .base(
                new.base_branch
                    .as_deref()
                    .filter(|branch| !branch.is_empty()),
            )
            .await?;
        let (attachments, files) = self.images(caller, wanted).await?;
        repo.check_files(&base.1, &files).await?;
        let mut session = self.plan(caller, new, title, (&repo, base))?;
        session.enclosed = Enclosed { attachments, files };
        let id = session.id.clone();
        let made = self.store.create(session, command.clone()).await;
        if made.is_ok() {
            self.actors.tell(&id, Ask::Tend).await?;
        }
        self.settled(&command, answered(made)).await
    }

    /// The entry of an agent whose programs are found.
    pub(super) fn startable(&self, id: &str) -> Result<&AgentEntry, Failed> {
        let entry = self.setup.agents.iter().find(|entry| entry.id == id);
        let unknown =
            || Failed::Refused("there is no such agent; choose one of the list".to_owned());
        let entry = entry.ok_or_else(unknown)?;
        let Some(reason) = entry.missing() else {
            return Ok(entry);
        };
        let hint = entry
            .install
            .as_deref()
            .map(|hint| format!("; {hint}"))
            .unwrap_or_default();
        Err(Failed::Refused(format!("{reason}{hint}")))
    }

    pub(super) fn plan(
        &self,
        caller: &Caller,
        new: SessionDraft,
        title: String,
        place: (&Repo, (String, String)),
    ) -> Result<NewSession, Failed> {
        let (repo, (base_branch, base_commit)) = place;
        let id: SessionId = uuid::Uuid::now_v7()
            .to_string()
            .parse()
            .map_err(|error| Failed::internal(&error))?;
        let slug = slug(&title, 40);
        let slug = if slug.is_empty() {
            "session".to_owned()
        } else {
            slug
        };
        let path = self.setup.data_dir.join("worktrees").join(id.as_str());
        let worktree = Worktree {
            path: path.display().to_string(),
            branch: format!("heddle/{slug}-{}", id.short()),
            base_branch,
            base_commit,
        };
        Ok(NewSession {
            id,
            title,
            prompt: new.prompt,
            enclosed: Enclosed::default(),
            agent: new.agent,
            model: new.model.filter(|model| !model.is_empty()),
            repo: repo.root.display().to_string(),
            worktree,
            owner: caller.user().to_owned(),
            node: self.setup.node.name.clone(),
            now: self.setup.clock.now(),
            fork: None,
        })
    }
}

/// The title that was given, else one made from the prompt.
fn named(new: &SessionDraft) -> Result<String, Failed> {
    let given = new.title.as_deref().map(str::trim);
    match given.filter(|title| !title.is_empty()) {
        Some(title) => check_title(title),
        None => Ok(title_of(&new.prompt)),
    }
}
