//! The look: signals in, callbacks out. Nothing here fetches, stores or reads a clock.
mod agent_choice;
mod approval_card;
mod changed_file;
mod changed_file_list;
mod code_block;
mod commit_form;
mod composer;
mod conflict_notice;
mod dead_end;
mod diff_view;
mod entry;
mod fact;
mod failure;
mod file_diff;
mod git_section;
mod lasting;
mod login_card;
mod markdown;
mod message;
mod new_session_form;
mod page;
mod plan;
mod queue_list;
mod session_actions;
mod session_header;
mod session_layout;
mod session_list;
mod session_loading;
mod session_row;
mod share;
mod status_badge;
mod support_card;
mod sync_notices;
mod terminal_output;
mod thought;
mod thread_sidebar;
mod time_ago;
mod title_editor;
mod tool_call;
mod tool_content;
mod tool_counts;
mod top_bar;
mod transcript;
pub mod ui;

pub use agent_choice::AgentChoice;
pub use composer::{Composer, ComposerActions};
pub use conflict_notice::{Conflict, ConflictNotice};
pub use dead_end::{DeadEnd, DeadEndKind};
pub use git_section::{CommitRequest, GitActions, GitData, GitSection};
pub use lasting::Lasting;
pub use login_card::{LoginCard, LoginTrouble};
pub use markdown::Markdown;
pub use new_session_form::{NewSessionChoices, NewSessionFields, NewSessionForm};
pub use page::{Page, Width};
pub use session_header::{HeaderActions, SessionHeader, folder};
pub use session_layout::SessionLayout;
pub use session_list::SessionList;
pub use session_loading::{SessionLoading, SessionStarting};
pub use status_badge::StatusBadge;
pub use support_card::SupportCard;
pub use sync_notices::{DegradedNotice, FetchError, OfflineNotice, StaleNotice, SyncNotices};
pub use thread_sidebar::ThreadSidebar;
pub use time_ago::TimeAgo;
pub use top_bar::TopBar;
pub use transcript::{Answer, LATEST, PendingMessage, ThreadEnv, ThreadItem, Transcript};

use leptos::prelude::use_context;

/// What every address of the console begins with, such as `/console`; empty at the root of a host.
/// The app provides it as a context.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Base(pub String);

/// The address of a page of the console.
#[must_use]
pub fn href(path: &str) -> String {
    let Base(base) = use_context::<Base>().unwrap_or_default();
    format!("{base}{path}")
}
