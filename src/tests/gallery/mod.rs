//! Every component in every state renders whole on the server.
//! With `GALLERY_OUT` set to a folder, the pages are written there to be looked at.
mod pages;
mod samples;
mod scripts;
mod threads;

use leptos::prelude::*;
use std::path::Path;

fn html(page: fn() -> AnyView) -> String {
    let owner = Owner::new();
    owner.with(|| page().to_html())
}

#[track_caller]
fn check(name: &str, page: fn() -> AnyView, wanted: &[&str]) {
    let html = html(page);
    if let Some(folder) = std::env::var_os("GALLERY_OUT") {
        write(Path::new(&folder), name, &html);
    }
    for part in wanted {
        assert!(html.contains(part), "{name} has no {part}");
    }
    assert!(!html.contains(" style="), "{name} has an inline style");
    assert!(!html.contains("<script"), "{name} has a script");
    let block = block_in_paragraph(&html);
    assert_eq!(block, None, "{name}: browsers end the paragraph there");
}

/// An element that ends a paragraph where the page goes on with it: the page in the browser would
/// then be another one than the page that was sent.
fn block_in_paragraph(html: &str) -> Option<&str> {
    let blocks = [
        "<p", "<div", "<details", "<ul", "<ol", "<dl", "<pre", "<section", "<table", "<form",
        "<h1", "<h2", "<h3",
    ];
    let paragraphs = html
        .split("<p")
        .skip(1)
        .filter(|rest| rest.starts_with([' ', '>']));
    let mut inside = paragraphs.map(|rest| rest.split("</p>").next().unwrap_or_default());
    inside.find(|inside| {
        let tags = inside.match_indices('<').map(|(at, _)| &inside[at..]);
        let mut names = tags.map(|tag| &tag[..tag.find([' ', '>']).unwrap_or(tag.len())]);
        names.any(|name| blocks.contains(&name))
    })
}

/// Writes a page in both themes, with the styles that the build would bundle.
fn write(folder: &Path, name: &str, html: &str) {
    let styles = Path::new(env!("CARGO_MANIFEST_DIR")).join("style");
    let list = std::fs::read_to_string(styles.join("main.css")).unwrap();
    let imports = list
        .lines()
        .filter_map(|line| line.strip_prefix("@import \"./")?.strip_suffix("\";"));
    let css: String = imports
        .map(|file| std::fs::read_to_string(styles.join(file)).unwrap())
        .collect();
    for theme in ["light", "dark"] {
        let page = format!(
            "<!doctype html><html lang=en data-hydrated data-theme={theme}><meta charset=utf-8><meta name=viewport content=\"width=device-width\"><title>{name}</title><style>{css}</style><body>{html}"
        );
        std::fs::write(folder.join(format!("{name}-{theme}.html")), page).unwrap();
    }
}

#[test]
fn a_session_at_work_is_one_whole_page() {
    let wanted = [
        r#"data-sync-phase="active""#,
        r#"data-sync-interval-ms="2000""#,
        r#"data-revision="88""#,
        r#"data-testid="session-title""#,
        r#"data-testid="session-status" data-status="waiting_approval""#,
        r#"data-testid="thread""#,
        r#"data-testid="thread-entry" data-seq="10" data-kind="approval""#,
        r#"data-testid="approve""#,
        r#"data-testid="deny""#,
        r"cargo test -p lantern-report -- --nocapture 'it'\''s busy'",
        r#"data-testid="composer""#,
        r#"data-testid="send""#,
        r#"data-testid="stop""#,
        r#"data-testid="thread-sidebar""#,
        r#"data-testid="git-section""#,
        r#"data-testid="changed-file" data-path="src/report/upload.rs""#,
        r#"data-testid="diff""#,
        r#"data-testid="commit-message""#,
        r#"data-testid="commit""#,
        "commits as Ada Lovelace &lt;ada@example.org&gt;",
        "a repository of its own",
        "submodule 5d3c1ab7 → 0f8c1f20 · has commits of its own · has changes",
        "&lt;b&gt;not markup&lt;/b&gt;",
        "Then bump the version",
        "91.4k of 200k (45 %)",
        "0.84 USD",
        "exit code 101",
        r#"<span data-syntax="keyword">match</span>"#,
        r#"<mark"#,
        r#"id="entry-7""#,
        "Copy the new text of src/report/upload.rs",
        "line 34",
        r#"data-testid="search-thread""#,
        r#"/export.md""#,
    ];
    check("session", pages::session_page, &wanted);
}

#[test]
fn the_list_shows_those_that_wait_first_and_invites_when_it_is_empty() {
    let wanted = [
        "Waiting for you",
        r#"data-testid="session-row" data-session-id="#,
        r#"data-testid="new-session""#,
        "2 sessions wait for you",
        "No sessions yet",
        "No session fits.",
        "Unread: ",
        r#"aria-pressed="true""#,
        r#"href="/agents/new?from=019ab7c2"#,
    ];
    check("list", pages::list_page, &wanted);
    let html = html(pages::list_page);
    assert!(html.find("Needs approval") < html.find("Completed"));
}

#[test]
fn what_lies_over_a_page_is_a_dialog_with_a_name() {
    let wanted = [
        "<dialog",
        r#"aria-label="Commands""#,
        r#"role="combobox""#,
        r#"aria-selected="true""#,
        r#"aria-label="Shortcuts""#,
        "Go to the next session that waits for you",
        "This browser refuses notifications",
    ];
    check("over", pages::over_page, &wanted);
}

#[test]
fn the_form_says_which_agents_cannot_be_chosen_and_why() {
    let wanted = [
        r#"data-testid="create""#,
        "The command codex-acp is not on the path.",
        "npm install -g @openai/codex",
        "Needs login",
        "run `gemini` in a terminal and log in",
        "Not tried",
        r#"aria-label="Check gemini""#,
        "The repository has no commit yet",
        r#"<option value="sonnet" selected"#,
    ];
    check("new", pages::new_page, &wanted);
}

#[test]
fn rare_states_are_drawn() {
    let wanted = [
        r#"data-testid="degraded-notice""#,
        r#"data-testid="stale-notice""#,
        r#"data-testid="refresh""#,
        r#"data-testid="offline-notice""#,
        r#"data-testid="fetch-error""#,
        r#"data-testid="retry""#,
        r#"href="/support?incident=7f3a9c""#,
        r#"data-testid="conflict-notice""#,
        "rm -rf build⟨U+202E⟩ # txt.exe⟨U+001B⟩[8m",
        "Denied by ida: Deny",
        "The agent took the request back",
        "Cut here, 1.2 MB in all.",
        "exit code 137",
        r#"data-fold="head""#,
        r#"data-fold="rest""#,
        "2 reads, 1 search",
        "PNG image, 12.3 kB",
        "Show all (40 lines, 111 B)",
        "Load newer entries",
        r#"data-pending="true""#,
        "Load older entries",
        "Jump to latest",
        "waits for one of 4 agents to end",
        r#"data-testid="question""#,
        "What is to be woven?",
        " (needed)",
        r#"<strong class="question-card__host">evil.example</strong>"#,
        "Answered by ida",
        "The agent took the question back",
        r#"href="/agents/019ab7c2-53d1-7e8a-b1c4-9f2e61d0aa17""#,
    ];
    check("parts", pages::parts_page, &wanted);
}

#[test]
fn dead_ends_lead_back() {
    let wanted = [
        "Not found",
        "This session was deleted",
        "Something broke",
        r#"<form method="post" action="/login">"#,
        "heddle login-link",
        r#"aria-busy="true""#,
    ];
    check("ends", pages::dead_ends, &wanted);
}

#[test]
fn the_statistics_are_drawn_with_their_numbers_and_without_any() {
    let wanted = [
        "Calls per minute",
        r#"role="img" aria-label="Calls per minute. Answers of the API"#,
        "<title>now: ",
        "agent/get_session_with_metadata 304",
        "Share of 304",
        "Size of session answers",
        "Renders by component",
        "thread sidebar",
        r#"href="/stats?session="#,
    ];
    check("stats", pages::stats_page, &wanted);
    let wanted = [
        "Nothing was counted within the last hour.",
        "No page has reported anything within the last hour.",
        "No session was asked for within the last hour.",
    ];
    check("stats-empty", pages::empty_stats_page, &wanted);
}

#[test]
fn texts_of_every_script_are_whole_and_go_their_own_way() {
    let mut wanted = vec![
        r#"<p dir="auto""#,
        r#"<li dir="auto""#,
        r#"<td data-number="false" dir="auto""#,
        r#"<code dir="ltr" class="markdown__code""#,
        "<strong>「重要」",
        "# not a heading",
        "src/__init__.py: a*b*c ",
        r#"data-fg="196""#,
        r#"href="/terminal-256.css""#,
    ];
    wanted.extend(scripts::SCRIPTS);
    check("scripts", pages::scripts_page, &wanted);
}
