//! What is to go along with a message: images and texts on their way to the console, files that are named.
use super::ops::new_client_id;
use crate::api::carried::read;
use crate::api::error::{ApiError, Code};
use crate::browser::storage;
use crate::browser::upload::{self, Picked};
use domain::attachment::{
    Attachment, Enclosed, FILES_MOST, Upload, UploadKind, UploadState, not_sent, text_not_sent,
};
use leptos::prelude::*;

/// Images and files of a message that is being written, as signals; kept with its draft.
#[derive(Debug, Clone, Copy)]
pub struct AttachmentsFeed {
    /// The images, in order.
    pub uploads: RwSignal<Vec<Upload>>,
    /// Files of the worktree.
    pub files: RwSignal<Vec<String>>,
    /// Why the last one was not taken.
    pub refusal: RwSignal<Option<String>>,
}

impl AttachmentsFeed {
    /// Those of a draft; `of` is the session's id, or `new`.
    #[must_use]
    pub fn new(of: &str) -> Self {
        let feed = Self {
            uploads: RwSignal::new(Vec::new()),
            files: RwSignal::new(Vec::new()),
            refusal: RwSignal::new(None),
        };
        let name = format!("heddle.1.enclosed.{of}");
        Effect::new(move |is_loaded: Option<()>| {
            if is_loaded.is_none()
                && let Some(kept) = storage::get(&name)
                && let Ok(kept) = read::<Enclosed>(&kept)
            {
                feed.restore(kept);
            }
            let now = feed.now();
            let text = if now.is_empty() {
                String::new()
            } else {
                serde_json::to_string(&now).unwrap_or_default()
            };
            storage::set(&name, &text);
        });
        feed
    }

    /// What the console has, and follows it.
    fn now(self) -> Enclosed {
        let kept = |upload: &Upload| match &upload.state {
            UploadState::Kept(attachment) => Some(attachment.clone()),
            _ => None,
        };
        let images = self
            .uploads
            .with(|all| all.iter().filter_map(kept).collect());
        Enclosed {
            attachments: images,
            files: self.files.get(),
        }
    }

    /// What goes along.
    #[must_use]
    pub fn enclosed(self) -> Enclosed {
        untrack(|| self.now())
    }

    /// Whether an image is on its way.
    #[must_use]
    pub fn is_sending(self) -> bool {
        let is_open = |upload: &Upload| matches!(upload.state, UploadState::Sending(_));
        self.uploads.with(|all| all.iter().any(is_open))
    }

    /// Whether an image was not taken.
    #[must_use]
    pub fn has_refused(self) -> bool {
        let is_refused = |upload: &Upload| matches!(upload.state, UploadState::Refused(_));
        self.uploads
            .with_untracked(|all| all.iter().any(is_refused))
    }

    /// Puts back what a refused message had.
    pub fn restore(self, enclosed: Enclosed) {
        let shown = |attachment: Attachment| Upload {
            key: upload::next_key(),
            name: attachment.name.clone(),
            bytes: attachment.bytes,
            state: UploadState::Kept(attachment),
        };
        let images = enclosed.attachments.into_iter().map(shown);
        self.uploads.set(images.collect());
        self.files.set(enclosed.files);
    }

    /// Forgets all, after they were sent.
    pub fn clear(self) {
        self.uploads.set(Vec::new());
        self.files.set(Vec::new());
        self.refusal.set(None);
    }

    /// Sends images to the console, as far as they can be taken.
    pub fn add(self, files: Vec<Picked>) {
        self.refusal.set(None);
        for picked in files {
            let count = self.uploads.with_untracked(Vec::len);
            match not_sent(count, picked.bytes, &picked.kind) {
                Some(why) => self.refusal.set(Some(format!("{}: {why}", picked.name))),
                None => self.send(&picked, UploadKind::Image, || ()),
            }
        }
    }

    /// Sends a text to the console as a file. The field keeps it until the console has it.
    pub fn attach_text(self, value: RwSignal<String>) {
        let text = value.get_untracked();
        let count = self.uploads.with_untracked(Vec::len);
        if let Some(why) = text_not_sent(count, text.len() as u64) {
            return self.refusal.set(Some(why.to_owned()));
        }
        self.refusal.set(None);
        let name = format!("text-{}.txt", count + 1);
        let Some(picked) = Picked::of_text(&name, &text) else {
            let text = "this browser cannot make a file of the text".to_owned();
            return self.refusal.set(Some(text));
        };
        self.send(&picked, UploadKind::Text, move || {
            // The page may be gone by now, or the text be another one.
            if value.try_with_untracked(|now| *now == text) == Some(true) {
                value.set(format!("The text is in the attached file {name}."));
            }
        });
    }

    fn send(self, picked: &Picked, kind: UploadKind, on_kept: impl Fn() + 'static) {
        let key = upload::next_key();
        self.uploads.update(|all| {
            all.push(Upload {
                key,
                name: picked.name.clone(),
                bytes: picked.bytes,
                state: UploadState::Sending(0),
            });
        });
        let (id, name) = (new_client_id(), upload::encoded(&picked.name));
        let path = format!("/api/attachment/upload?clientId={id}&name={name}");
        let path = match kind {
            UploadKind::Image => path,
            UploadKind::Text => format!("{path}&kind=text"),
        };
        let on_percent = move |percent| self.set(key, UploadState::Sending(percent));
        let on_end = move |status, body: String| {
            let state = outcome(status, &body);
            if matches!(state, UploadState::Kept(_)) {
                on_kept();
            }
            self.set(key, state);
        };
        upload::send(key, &path, picked, on_percent, on_end);
    }

    fn set(self, key: u32, state: UploadState) {
        // The page may be gone by now.
        let _ = self.uploads.try_update(|all| {
            if let Some(upload) = all.iter_mut().find(|upload| upload.key == key) {
                upload.state = state;
            }
        });
    }

    /// Takes an image out, also one on its way.
    pub fn remove(self, key: u32) {
        upload::abort(key);
        self.refusal.set(None);
        self.uploads
            .update(|all| all.retain(|upload| upload.key != key));
    }

    /// Names a file, once.
    pub fn name_file(self, path: String) {
        if self.files.with_untracked(Vec::len) >= FILES_MOST {
            let text = format!("a message names {FILES_MOST} files at most");
            self.refusal.set(Some(text));
        } else if !self.files.with_untracked(|files| files.contains(&path)) {
            self.files.update(|files| files.push(path));
        }
    }
}

fn outcome(status: u16, body: &str) -> UploadState {
    let refused = |text: &str| UploadState::Refused(text.to_owned());
    match status {
        200 => match read(body) {
            Ok(attachment) => UploadState::Kept(attachment),
            Err(_) => refused("the answer is not the console's"),
        },
        0 => refused("the console cannot be reached; attach it again"),
        _ => match read::<ApiError>(body) {
            Ok(error) if error.error != Code::Unreachable => refused(&error.message),
            _ => refused("the console cannot be reached; attach it again"),
        },
    }
}
