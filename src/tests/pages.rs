//! Pages as the server draws them while many are asked for at once.
use super::support::Console;

/// Readers at once; more than the server has threads.
const READERS: usize = 16;
/// Pages that each of them reads.
const PAGES: usize = 30;

#[test]
fn pages_drawn_at_the_same_time_do_not_meddle_with_each_other() {
    let console = Console::start("");
    let id = console.create("runbook", "hello");
    console.until(&id, "idle");
    let paths = [
        format!("/agents/{id}"),
        "/".to_owned(),
        "/settings".to_owned(),
        format!("/stats?session={id}"),
    ];
    let read = |reader: usize| {
        let pages = (0..PAGES).map(|page| &paths[(reader + page) % paths.len()]);
        pages
            .map(|path| (path, console.get(path)))
            .filter(|(_, answer)| answer.status != 200 || !answer.body.contains("<h1"))
            .map(|(path, answer)| format!("{path}: {} {}", answer.status, answer.body))
            .collect::<Vec<_>>()
    };
    let bad: Vec<String> = std::thread::scope(|scope| {
        let readers = (0..READERS).map(|reader| scope.spawn(move || read(reader)));
        let readers: Vec<_> = readers.collect();
        let bad = readers
            .into_iter()
            .flat_map(|reader| reader.join().unwrap());
        bad.collect()
    });
    assert_eq!(bad, Vec::<String>::new());
}
