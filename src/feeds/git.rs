//! What git says of a session's worktree: read when the worktree changed, never on a timer.
use super::ops::new_client_id;
use super::request::Requests;
use super::source::set_if_new;
use crate::api::error::ApiError;
use crate::api::git::{commit_files, get_changed_files, get_git_diff, get_git_status};
use domain::git::{ChangedFiles, DiffOfFile, GitStatus};
use domain::id::SessionId;
use leptos::prelude::*;
use std::collections::BTreeMap;

/// The git section's data as signals.
#[derive(Debug, Clone, Copy)]
pub struct GitFeed {
    pub(super) id: StoredValue<SessionId>,
    requests: Requests,
    /// Whether a read is under way, and whether another must follow it.
    reading: StoredValue<(bool, bool)>,
    shown: StoredValue<BTreeMap<String, String>>,
    /// Files that differ from the base.
    pub files: RwSignal<Option<Result<ChangedFiles, ApiError>>>,
    /// What is not committed.
    pub status: RwSignal<Option<GitStatus>>,
    /// The diff that is open.
    pub diff: RwSignal<Option<Result<DiffOfFile, ApiError>>>,
    /// Path of the diff that is open or is being read.
    pub open_path: RwSignal<Option<String>>,
    /// Whether a commit is under way.
    pub is_committing: RwSignal<bool>,
    /// The last commit, or why there is none.
    pub committed: RwSignal<Option<Result<String, ApiError>>>,
}

impl GitFeed {
    /// What the page opened with.
    #[must_use]
    pub fn new(id: SessionId, files: Option<ChangedFiles>, status: Option<GitStatus>) -> Self {
        Self {
            id: StoredValue::new(id),
            requests: Requests::new(),
            reading: StoredValue::new((false, false)),
            shown: StoredValue::new(BTreeMap::new()),
            files: RwSignal::new(files.map(Ok)),
            status: RwSignal::new(status),
            diff: RwSignal::new(None),
            open_path: RwSignal::new(None),
            is_committing: RwSignal::new(false),
            committed: RwSignal::new(None),
        }
    }

    /// Reads whenever the worktree's revision changes; before there is a worktree it is 0. Call once,
    /// in the page.
    pub fn follow(self, worktree_revision: Memo<u64>) {
        let seeded = self.files.with_untracked(|files| match files {
            Some(Ok(files)) => Some(files.worktree_revision),
            _ => None,
        });
        Effect::new(move |before: Option<u64>| {
            let revision = worktree_revision.get();
            let known = before.or(seeded);
            if revision > 0 && known != Some(revision) {
                self.read();
            }
            revision
        });
    }

    /// Reads once now; calls that come meanwhile lead to one more read.
    pub fn read(self) {
        let (is_reading, _) = self.reading.get_value();
        if is_reading {
            return self.reading.set_value((true, true));
        }
        self.reading.set_value((true, false));
        let id = self.id.get_value();
        self.requests.spawn(async move {
            let files = get_changed_files(id.clone()).await;
            let status = get_git_status(id, None).await;
            let (_, is_again) = self.reading.get_value();
            set_if_new(self.files, Some(files));
            set_if_new(self.status, status.ok());
            self.reading.set_value((false, false));
            match self.open_path.get_untracked() {
                Some(path) if self.is_changed(&path) => self.open(path),
                Some(_) => self.close(),
                None => {}
            }
            if is_again {
                self.read();
            }
        });
    }

    /// Whether a file still differs; as far as is known.
    fn is_changed(self, path: &str) -> bool {
        self.files.with_untracked(|files| match files {
            Some(Ok(files)) => files.truncated || files.files.iter().any(|file| file.path == path),
            Some(Err(_)) | None => true,
        })
    }

    /// Opens the diff of a file.
    pub fn open(self, path: String) {
        self.open_path.set(Some(path.clone()));
        let id = self.id.get_value();
        self.requests.spawn(async move {
            let diff = get_git_diff(id, Some(path.clone())).await;
            if self.open_path.get_untracked().as_ref() != Some(&path) {
                return;
            }
            let diff = diff.map(|diff| diff.files.into_iter().next());
            if let Ok(Some(DiffOfFile { oid: Some(oid), .. })) = &diff {
                self.shown.update_value(|shown| {
                    shown.insert(path, oid.clone());
                });
            }
            self.diff.set(diff.transpose());
        });
    }

    /// What was shown of files, by path.
    pub(super) fn shown_of(self, paths: &[String]) -> BTreeMap<String, String> {
        let mut shown = self.shown.get_value();
        shown.retain(|path, _| paths.contains(path));
        shown
    }

    /// Closes the diff.
    pub fn close(self) {
        self.open_path.set(None);
        self.diff.set(None);
    }

    /// Commits the chosen files; what was looked at must still be so.
    pub fn commit(self, paths: Vec<String>, message: String, done: impl FnOnce() + 'static) {
        self.is_committing.set(true);
        self.committed.set(None);
        let shown = self.shown_of(&paths);
        let id = self.id.get_value();
        let request = commit_files(new_client_id(), id, paths, message, Some(shown));
        self.requests.run(request, move |answer| {
            self.is_committing.set(false);
            let is_done = answer.is_ok();
            self.committed
                .set(Some(answer.map(|committed| committed.commit)));
            self.read();
            if is_done {
                done();
            }
        });
    }
}
