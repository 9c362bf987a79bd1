//! The changed files of a session: what differs, what can be committed, and each file's diff.
use super::changed_file::{ChangedFile, FileRow};
use super::drawn::drawn;
use super::erased::{For, Show};
use super::git_section::GitData;
use domain::amount;
use domain::git::{self, ChangedFiles, GitStatus, StatusFile};
use leptos::prelude::*;
use std::collections::BTreeSet;

/// The changed files of a session.
#[component]
pub fn ChangedFileList(
    /// What git says.
    data: GitData,
    /// The files chosen for the next commit.
    selected: RwSignal<BTreeSet<String>>,
    /// Opens a file's diff; none closes it.
    on_open_diff: Callback<Option<String>>,
) -> impl IntoView {
    let rows = Memo::new(move |_| {
        data.files.with(|files| {
            data.status.with(|status| match files {
                Some(Ok(files)) => rows(files, status.as_ref()),
                Some(Err(_)) | None => Vec::new(),
            })
        })
    });
    let open = Memo::new(move |_| rows.with(|rows| open_paths(rows)));
    let is_all = move || {
        open.with(|open| !open.is_empty() && selected.with(|selected| selected.is_superset(open)))
    };
    let toggle = move |_| match is_all() {
        true => selected.set(BTreeSet::new()),
        false => selected.set(open.get_untracked()),
    };
    let count = move || amount::of(rows.with(Vec::len) as u64, "file");
    let row = move |row: FileRow| view! { <ChangedFile row data selected on_open_diff/> };
    view! {
        <div class="changed-file-list">
            <p class="changed-file-list__head">
                <Show when=move || open.with(|open| !open.is_empty()) fallback=move || view! { <span>{count}</span> }>
                    <label class="changed-file-list__all">
                        <input type="checkbox" prop:checked=is_all on:change=toggle/>
                        {move || format!("All · {}", count())}
                    </label>
                </Show>
                {drawn(move || rows.with(|rows| (!rows.is_empty()).then(|| total(rows))))}
            </p>
            <Show
                when=move || rows.with(|rows| !rows.is_empty())
                fallback=|| view! { <p class="changed-file-list__empty">"No file differs from the base."</p> }
            >
                <ul class="changed-file-list__rows">
                    <For each=move || rows.get() key=FileRow::key children=row/>
                </ul>
            </Show>
        </div>
    }
    .into_any()
}

fn total(rows: &[FileRow]) -> impl IntoView + use<> {
    let sum = |count: fn(&FileRow) -> Option<u64>| rows.iter().filter_map(count).sum::<u64>();
    let (added, removed) = (sum(|row| row.change.added), sum(|row| row.change.removed));
    view! {
        <span class="changed-file-list__added" aria-label=format!("{added} lines added")>{format!("+{added}")}</span>
        <span class="changed-file-list__removed" aria-label=format!("{removed} lines removed")>{format!("−{removed}")}</span>
    }
}

fn open_paths(rows: &[FileRow]) -> BTreeSet<String> {
    let open = rows.iter().filter(|row| row.is_choosable);
    open.map(|row| row.change.path.clone()).collect()
}

/// Every file that differs from the base or is not committed, by path.
fn rows(files: &ChangedFiles, status: Option<&GitStatus>) -> Vec<FileRow> {
    let open = status.map_or(&[][..], |status| &status.files);
    // What a commit can hold follows from what is not committed, not from the base.
    let row = |change: &git::ChangedFile, file: Option<&StatusFile>| FileRow {
        is_open: file.is_some(),
        is_choosable: file.is_some_and(|file| file.change.is_committable()),
        change: change.clone(),
    };
    let of_base = files.files.iter().map(|change| {
        let file = open.iter().find(|file| file.change.path == change.path);
        row(change, file)
    });
    let is_new = |path: &str| files.files.iter().all(|file| file.path != path);
    let only_open = open.iter().filter(|file| is_new(&file.change.path));
    let mut rows: Vec<FileRow> = of_base.collect();
    rows.extend(only_open.map(|file| row(&file.change, Some(file))));
    rows.sort_by(|a, b| a.change.path.cmp(&b.change.path));
    rows
}

#[cfg(test)]
mod tests {
    use super::*;
    use domain::git::{ChangeKind, ChangedFile};

    fn change(path: &str) -> ChangedFile {
        ChangedFile {
            added: Some(1),
            ..ChangedFile::new(path.to_owned(), ChangeKind::Modified)
        }
    }

    fn status(files: Vec<StatusFile>) -> GitStatus {
        GitStatus {
            branch: None,
            head: String::new(),
            base_branch: String::new(),
            base_commit: String::new(),
            ahead: 1,
            author: None,
            files,
            truncated: false,
        }
    }

    #[test]
    fn all_leaves_out_what_cannot_be_committed() {
        let mut nest = change("inner");
        nest.own_repository = true;
        let mut dirty = change("lib");
        dirty.submodule = Some(domain::submodule::Submodule {
            has_changes: true,
            ..Default::default()
        });
        let open = [change("a"), nest, dirty].map(|change| StatusFile {
            change,
            staged: false,
            oid: None,
        });
        // Against the base the submodule moved; that is committed.
        let mut moved = change("lib");
        moved.submodule = Some(domain::submodule::Submodule {
            new: Some("abc".to_owned()),
            ..Default::default()
        });
        let files = ChangedFiles {
            files: vec![moved],
            worktree_revision: 1,
            truncated: false,
        };
        let found = open_paths(&rows(&files, Some(&status(open.to_vec()))));
        assert_eq!(found, BTreeSet::from(["a".to_owned()]));
    }

    #[test]
    fn committed_files_are_told_from_open_ones_and_every_file_occurs_once() {
        let files = ChangedFiles {
            files: vec![change("b"), change("c")],
            worktree_revision: 1,
            truncated: false,
        };
        let open = |path| StatusFile {
            change: change(path),
            staged: false,
            oid: None,
        };
        let found = rows(&files, Some(&status(vec![open("c"), open("a")])));
        let found: Vec<_> = found
            .iter()
            .map(|row| (row.change.path.as_str(), row.is_open))
            .collect();
        assert_eq!(found, [("a", true), ("b", false), ("c", true)]);
    }
}
