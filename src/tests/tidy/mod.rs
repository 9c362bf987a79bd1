//! Tidy: the rules of the repository that no compiler holds. Each check is proved by a planted fault.
mod code;
mod figures;
mod imports;
mod manifests;
mod page;
mod sizes;
mod styles;
mod tree;
mod words;

#[track_caller]
fn check(problems: &[String]) {
    let count = problems.len();
    assert!(count == 0, "{count} to tidy:\n{}\n", problems.join("\n"));
}

#[test]
fn every_file_says_on_its_first_line_why_it_exists() {
    check(&sizes::unopened(&tree::files()));
}

#[test]
fn files_functions_components_and_sheets_are_short() {
    check(&sizes::too_long(&tree::files()));
}

#[test]
fn a_room_has_its_front_door_inside() {
    check(&sizes::split_rooms(&tree::files()));
}

#[test]
fn every_import_follows_the_table() {
    check(&imports::trespasses(&tree::files()));
}

#[test]
fn every_component_has_its_sheet_and_every_sheet_its_component() {
    check(&styles::unmatched(&tree::files()));
}

#[test]
fn sheets_style_only_what_is_theirs_by_tokens() {
    check(&styles::unruly(&tree::files()));
}

#[test]
fn no_rule_of_the_thread_looks_at_neighbours() {
    check(&styles::structural(&tree::files()));
}

#[test]
fn the_running_server_reads_what_the_build_used() {
    check(&manifests::disagreements(&tree::files()));
}

#[test]
fn every_dependency_says_what_it_is_for() {
    check(&manifests::unexplained(&tree::files()));
}

#[test]
fn the_map_names_every_room() {
    check(&manifests::unmapped(&tree::files()));
}

#[test]
fn nothing_that_belongs_here_is_missing() {
    check(&manifests::missing(&tree::files()));
}

#[test]
fn the_figures_of_the_readme_were_measured() {
    check(&figures::unlike(&tree::files()));
}

#[test]
fn the_figures_of_the_load_are_those_of_the_last_run() {
    check(&figures::unlike_load(&tree::files()));
}

#[test]
fn the_lock_file_names_no_mirror() {
    check(&manifests::mirrored(&tree::files()));
}

#[test]
fn every_promise_has_an_issue() {
    check(&words::promises(&tree::files()));
}

#[test]
fn no_test_is_left_out_or_waits_by_the_clock() {
    check(&words::lazy_tests(&tree::files()));
}

#[test]
fn the_halves_are_divided_at_the_border_only() {
    check(&words::divided(&tree::files()));
}

#[test]
fn no_secret_database_or_build_is_kept_here() {
    check(&words::private(&tree::files()));
}

#[test]
fn requests_of_pages_end_with_their_page() {
    check(&page::unguarded(&tree::files()));
}

#[test]
fn fields_know_input_methods_phones_and_scripts() {
    check(&page::unready(&tree::files()));
}
