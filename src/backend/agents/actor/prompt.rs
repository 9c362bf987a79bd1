//! A message on its way to the agent: what went before, the text, images as far as they are taken.
use super::Actor;
use crate::agents::talk::build;
use crate::store::{Change, EntryWrite, Outgoing};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use domain::attachment::{Attachment, Enclosed};
use domain::thread::Body;

impl Actor {
    /// Sends a message to the open conversation, once per run.
    pub(super) async fn deliver_to(&mut self, session: &str, outgoing: Outgoing) {
        let key = outgoing.client_id.to_string();
        if self.sent.contains(&key) {
            return;
        }
        let recap = if self.needs_recap {
            self.recap().await
        } else {
            None
        };
        self.tell_fork(recap.as_deref()).await;
        let (images, unsent) = self.images(&outgoing.attachments).await;
        let texts = self.texts(&outgoing.attachments);
        if !unsent.is_empty() {
            self.say_unsent(&key, &unsent).await;
        }
        let enclosed = Enclosed {
            attachments: outgoing.attachments,
            files: outgoing.files,
        };
        let prompt = build::Prompt {
            session,
            text: &outgoing.text,
            by: &outgoing.by,
            recap: recap.as_deref(),
            enclosed: &enclosed,
            images: &images,
            texts: &texts,
            worktree: &self.record.session.worktree.path.clone(),
        };
        self.sent.insert(key.clone());
        self.needs_recap = false;
        let line = build::prompt(self.fresh_id(), prompt);
        self.send(&key, &line);
    }

    /// The images that can be sent, as kind and Base64, and why others are not.
    async fn images(&self, attachments: &[Attachment]) -> (Vec<(String, String)>, Vec<String>) {
        let (mut images, mut unsent) = (Vec::new(), Vec::new());
        for attachment in attachments.iter().filter(|it| it.is_image()) {
            let name = &attachment.name;
            if !self.talk.capabilities().images {
                unsent.push(format!("{name} was not sent: this agent takes no images"));
                continue;
            }
            match self.shared.attachments.content(attachment).await {
                Ok(content) => images.push((attachment.mime.clone(), STANDARD.encode(content))),
                Err(_) => unsent.push(format!("{name} was not sent: it is no longer there")),
            }
        }
        (images, unsent)
    }

    /// The texts that go along, where the agent can read them.
    fn texts(&self, attachments: &[Attachment]) -> Vec<build::LinkedText> {
        let linked = |text: &Attachment| build::LinkedText {
            path: self.shared.attachments.path(text).display().to_string(),
            name: text.name.clone(),
            bytes: text.bytes,
        };
        let texts = attachments.iter().filter(|it| !it.is_image());
        texts.map(linked).collect()
    }

    /// Says in the thread what did not reach the agent.
    async fn say_unsent(&mut self, message: &str, unsent: &[String]) {
        let now = self.shared.clock.now();
        let body = Body::System {
            code: "notice".to_owned(),
            text: unsent.join("; "),
        };
        let change = Change {
            entries: vec![EntryWrite {
                key: format!("unsent:{message}"),
                turn: self.talk.turn() + 1,
                at: now,
                body,
            }],
            ..Change::at(now)
        };
        if let Err(error) = self.commit(change).await {
            self.not_written(&error);
        }
    }
}
