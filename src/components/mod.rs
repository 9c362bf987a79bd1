//! The look: signals in, callbacks out. Nothing here fetches, stores or reads a clock.
#![expect(
    clippy::must_use_candidate,
    reason = "components are called by `view!` alone"
)]
pub mod agent_choice;
pub mod approval_card;
pub mod bar_list;
pub mod changed_file;
pub mod changed_file_list;
pub mod code_block;
pub mod code_runs;
pub mod column_chart;
pub mod commit_form;
pub mod completion;
pub mod composer;
pub mod conflict_notice;
pub mod dead_end;
pub mod diff_view;
pub mod discard_bar;
pub mod drawn;
pub mod enclosures;
pub mod entry;
pub mod entry_group;
pub mod entry_tools;
pub mod erased;
pub mod export_links;
pub mod fact;
pub mod failure;
pub mod file_diff;
pub mod git_section;
pub mod lasting;
pub mod list_filter;
pub mod login_card;
pub mod markdown;
pub mod message;
pub mod message_field;
pub mod new_session_form;
pub mod notify_form;
pub mod once;
pub mod option_bar;
pub mod other_drafts;
pub mod page;
pub mod page_fault;
pub mod palette;
pub mod part;
pub mod plan;
pub mod question_card;
pub mod question_field;
pub mod queue_list;
pub mod quiet_badge;
pub mod raw_drawer;
pub mod rollout_form;
pub mod send_key_form;
pub mod session_actions;
pub mod session_header;
pub mod session_layout;
pub mod session_list;
pub mod session_loading;
pub mod session_row;
pub mod share;
pub mod shortcut_sheet;
pub mod shown_image;
pub mod stat_tiles;
pub mod stats_report;
pub mod stats_sessions;
pub mod status_badge;
pub mod support_card;
pub mod sync_facts;
pub mod sync_notices;
pub mod terminal_output;
pub mod thought;
pub mod thread_search;
pub mod thread_sidebar;
pub mod time_ago;
pub mod time_until;
pub mod title_editor;
pub mod tool_call;
pub mod tool_content;
pub mod tool_counts;
pub mod top_bar;
pub mod transcript;
pub mod ui;
pub mod writing;

pub use agent_choice::{AgentChecks, AgentChoice};
pub use bar_list::BarList;
pub use column_chart::{Axis, ColumnChart};
pub use commit_form::COMMIT_FIELD;
pub use composer::{Composer, ComposerActions, ComposerData};
pub use conflict_notice::{Conflict, ConflictNotice};
pub use dead_end::{DeadEnd, DeadEndKind};
pub use discard_bar::{DiscardBar, Discarding};
pub use drawn::Accounted;
pub use enclosures::Enclosing;
pub use entry::entry_id;
pub use entry_tools::Pointed;
pub use git_section::{CommitRequest, GitActions, GitData, GitSection};
pub use lasting::Lasting;
pub use list_filter::ListChoice;
pub use login_card::{LoginCard, LoginTrouble};
pub use markdown::Markdown;
pub use message_field::{COMPOSER_FIELD, FieldActions};
pub use new_session_form::{NewSessionChoices, NewSessionFields, NewSessionForm, PROMPT_FIELD};
pub use notify_form::{NotifyFields, NotifyForm};
pub use once::once;
pub use other_drafts::{OtherDraftActions, OtherDrafts};
pub use page::{Page, Width};
pub use page_fault::PageFault;
pub use palette::{Command, Palette, Target};
pub use part::{Missing, Part, arrived, later};
pub use queue_list::QueueActions;
pub use quiet_badge::Quiet;
pub use raw_drawer::{RAW_CLOSE, RawActions, RawData, RawDrawer};
pub use rollout_form::{RolloutFields, RolloutForm};
pub use send_key_form::SendKeyForm;
pub use session_header::{HeaderActions, SessionHeader, folder};
pub use session_layout::SessionLayout;
pub use session_list::SessionList;
pub use session_loading::{SessionLoading, SessionStarting};
pub use shortcut_sheet::ShortcutSheet;
pub use stat_tiles::{StatTile, StatTiles};
pub use stats_report::StatsReport;
pub use stats_sessions::StatsSessions;
pub use status_badge::StatusBadge;
pub use support_card::SupportCard;
pub use sync_facts::SyncFacts;
pub use sync_notices::{DegradedNotice, FetchError, OfflineNotice, StaleNotice, SyncNotices};
pub use thread_search::{SEARCH_FIELD, SearchActions, SearchData, ThreadSearch};
pub use thread_sidebar::ThreadSidebar;
pub use time_ago::TimeAgo;
pub use top_bar::TopBar;
pub use transcript::{
    Answer, LATEST, Loaded, PendingMessage, Resend, ThreadEnv, ThreadItem, ThreadMoves, Transcript,
};
pub use writing::Writing;

use crate::browser::page::base;
use leptos::prelude::use_context;

/// Most bytes of a message, as the server provides it for the document.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct MessageBytes(pub u64);

/// What every address of the console begins with, such as `/console`; empty at the root of a host.
/// The server provides it as a context, and the app does in the browser.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Base(pub String);

impl Base {
    /// The one of the page.
    #[must_use]
    pub fn of_page() -> Self {
        use_context().unwrap_or_else(|| Self(base()))
    }

    /// The path within the console that a path of its address stands for.
    #[must_use]
    pub fn within<'a>(&self, path: &'a str) -> &'a str {
        match path.strip_prefix(&self.0) {
            Some("") | None => "/",
            Some(path) => path,
        }
    }
}

/// The address of a page of the console.
#[must_use]
pub fn href(path: &str) -> String {
    Base::of_page().0 + path
}
