//! What goes along with messages, for callers: uploads, their content, checks before a message.
use super::Console;
use super::commands::Done;
use super::far::Far;
use super::input::{Caller, command};
use crate::attachments::examine;
use crate::error::Failed;
use crate::store::CommandAnswer;
use domain::attachment::{Attachment, Enclosed, FILES_MOST, UploadKind};
use domain::catalog::PathMatches;
use domain::id::{ClientId, SessionId};
use domain::time::Timestamp;
use serde::{Deserialize, Serialize};
use serde_json::json;

/// Bytes of the names of all files of a message, which every answer about it carries.
const FILES_BYTES: usize = 8 * 1024;
/// Bytes of what is typed after `@`.
const QUERY: usize = 200;

/// What a caller wants to go along with a message.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub struct Wanted {
    /// Ids of images.
    pub attachments: Option<Vec<String>>,
    /// Files of the worktree.
    pub files: Option<Vec<String>>,
    /// When the message is sent, if not as soon as it can be.
    #[serde(default)]
    pub not_before: Option<Timestamp>,
}

/// What is uploaded.
#[derive(Debug, Clone, Copy)]
pub struct NewUpload<'a> {
    /// The session that it is meant for, if there is one yet.
    pub session: Option<&'a SessionId>,
    /// The name that it comes with.
    pub name: &'a str,
    /// What it is taken as.
    pub kind: UploadKind,
}

impl Wanted {
    /// Whether something is attached, so that nothing need be written.
    pub(super) fn has_attachments(&self) -> bool {
        self.attachments.as_ref().is_some_and(|all| !all.is_empty())
    }

    /// The arguments of a command with these; those that were sent before these were, stay as they were.
    pub(super) fn args(&self, mut args: Vec<serde_json::Value>) -> serde_json::Value {
        if self.attachments.is_some() || self.files.is_some() {
            args.push(json!([self.attachments, self.files]));
        }
        if let Some(at) = self.not_before {
            args.push(json!(at));
        }
        args.into()
    }
}

impl Console {
    /// Keeps an image or a text. Answers it as JSON.
    ///
    /// # Errors
    /// [`Failed::Malformed`] for nothing, [`Failed::TooLarge`], [`Failed::Unsupported`] for what is
    /// no image or no text by its content, [`Failed::NotFound`] for a session that is not the caller's.
    pub async fn upload(
        &self,
        caller: &Caller,
        client_id: &ClientId,
        upload: NewUpload<'_>,
        content: Vec<u8>,
    ) -> Done {
        if let Some(session) = upload.session {
            self.head(caller, session)?;
        }
        let attachment = examine(upload.name, upload.kind, &content)?;
        // What an image was sent with before texts were taken stays as it was.
        let args = match upload.kind {
            UploadKind::Image => json!([attachment.id, attachment.name, upload.session]),
            UploadKind::Text => json!([attachment.id, attachment.name, upload.session, "text"]),
        };
        let command = command(
            client_id,
            "attachment/upload",
            &args,
            CommandAnswer::Nothing,
        );
        if let Some(answer) = self.done_before(&command).await? {
            return Ok(answer);
        }
        let answer = serde_json::to_string(&attachment)?;
        let kept = self.actors.attachments();
        kept.keep(caller.user(), attachment, content, command)
            .await?;
        Ok(answer)
    }

    /// An image of the caller with its content.
    ///
    /// # Errors
    /// [`Failed::NotFound`] if the caller has none of this id.
    pub async fn attachment(
        &self,
        caller: &Caller,
        id: &str,
    ) -> Result<(Attachment, Vec<u8>), Failed> {
        if self.actors.standing().is_clustered()
            && let Some(known) = self.store.attachment(caller.user(), id).await?
        {
            self.bring_images(caller.user(), &[known]).await;
        }
        self.actors.attachments().read(caller.user(), id).await
    }

    /// Files of the session's worktree that fit what was typed.
    ///
    /// # Errors
    /// [`Failed::Unavailable`] while the worktree is not there, [`Failed::TooLarge`] if it holds
    /// more files than can be listed.
    pub async fn complete_path(
        &self,
        caller: &Caller,
        id: &SessionId,
        query: &str,
    ) -> Result<PathMatches, Failed> {
        if query.len() > QUERY {
            return Ok(PathMatches::default());
        }
        let far = || Far::Complete {
            query: query.to_owned(),
        };
        if let Some(answer) = self.far(caller, id, far).await? {
            return Ok(answer);
        }
        let (git, _) = self.worktree(caller, id).await?;
        let paths = git.find_files(query).await?;
        Ok(PathMatches { paths })
    }

    /// What goes along with a message of a session, checked.
    ///
    /// # Errors
    /// [`Failed::Refused`] for an image that the caller does not have, a file that is not in the
    /// worktree, or too many.
    pub(super) async fn enclosed(
        &self,
        caller: &Caller,
        id: &SessionId,
        wanted: Wanted,
    ) -> Result<Enclosed, Failed> {
        let (attachments, files) = self.images(caller, wanted).await?;
        if !files.is_empty() {
            self.worktree(caller, id).await?.0.check_files(&files)?;
        }
        Ok(Enclosed { attachments, files })
    }

    /// The images that are wanted, and the files, not yet checked.
    pub(super) async fn images(
        &self,
        caller: &Caller,
        wanted: Wanted,
    ) -> Result<(Vec<Attachment>, Vec<String>), Failed> {
        let mut files: Vec<String> = Vec::new();
        for path in wanted.files.unwrap_or_default() {
            if !files.contains(&path) {
                files.push(path);
            }
        }
        if files.iter().map(String::len).sum::<usize>() > FILES_BYTES {
            let text = "the names of the files are too long together; name fewer";
            return Err(Failed::Refused(text.to_owned()));
        }
        if files.len() > FILES_MOST {
            let text = format!("a message names {FILES_MOST} files at most");
            return Err(Failed::Refused(text));
        }
        let ids = wanted.attachments.unwrap_or_default();
        let found = self.actors.attachments().find(caller.user(), &ids).await?;
        Ok((found, files))
    }
}
