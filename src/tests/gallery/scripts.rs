//! Texts of many scripts and both directions, wherever people and agents write.
use super::threads::{entry, plan_of, tool};
use domain::thread::Entry;
use serde_json::json;

/// Right to left, no spaces between words, joined signs, marks over letters.
pub(crate) const SCRIPTS: [&str; 6] = [
    "שלום עולם (main.rs)",
    "مرحبا بالعالم 123",
    "「重要」なお知らせです",
    "ภาษาไทยไม่มีช่องว่าง",
    "👩‍👩‍👧‍👦 🏳️‍🌈 👍🏽",
    "Zalgo: Z̷͓̈́a̴̼̍l̵̰̏g̶̱̈́o̷͚͝ é",
];

/// A thread that has each of them in messages, lists, tables, code, paths, diffs and output.
pub(crate) fn thread() -> Vec<Entry> {
    let lines = |mark: &str| {
        let line = |text: &&str| format!("{mark}{text}\n");
        SCRIPTS.iter().map(line).collect::<String>()
    };
    let cells: String = SCRIPTS
        .iter()
        .map(|text| format!("| {text} | `{text}` |\n"))
        .collect();
    let text = format!(
        "# {}\n\n{}\n**「重要」**です between ~100 and 200~ users\n\n| text | code |\n|:--|--:|\n{cells}\n```\n{}```\n\n> {}",
        SCRIPTS[0],
        lines("- "),
        lines(""),
        SCRIPTS[1],
    );
    let path = format!("src/{}.txt", SCRIPTS[0]);
    let diff =
        json!([{"type": "diff", "path": path, "oldText": lines("old "), "newText": lines("new ")}]);
    let output = json!([{"type": "terminal", "text": lines("\u{1b}[38;5;196m"), "exitCode": 0}]);
    let found = json!([{"type": "text", "text": format!("# not a heading\n{}", lines("src/__init__.py: a*b*c "))}]);
    let user = json!({"kind": "user", "text": lines(""), "clientId": "5f0c3a3e-7a34-4e1f-9d3c-6a8f4f1f0b11", "by": "owner"});
    vec![
        entry(1, 60, user),
        entry(2, 50, json!({"kind": "agent", "text": text, "open": false})),
        entry(3, 40, tool("edit", &path, "completed", &diff)),
        entry(4, 30, tool("execute", SCRIPTS[1], "completed", &output)),
        entry(5, 20, tool("search", SCRIPTS[2], "completed", &found)),
        entry(6, 10, plan_of(&SCRIPTS, 2)),
    ]
}
