//! The shim from outside: real processes behind it, a server that comes and goes before it.
use backend::agents::journal::{Dir, JournalLine, ShimEvent, read_from};
use backend::agents::link::{LineStream, Link, LinkError, spawn_shim};
use backend::agents::processes::{is_same_process, start_time, sweep};
use backend::agents::shim::{ShimRecord, ShimSpec};
use std::collections::BTreeMap;
use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::Path;
use std::time::Duration;
use tempfile::TempDir;
use tokio::time::timeout;

/// Longest any of these may take on a busy machine.
const DEADLINE: Duration = Duration::from_secs(60);

struct Rig {
    dir: TempDir,
    spec: ShimSpec,
}

impl Rig {
    fn new(argv: &[&str]) -> Self {
        let dir = tempfile::tempdir().unwrap();
        let path = std::env::var("PATH").unwrap();
        let spec = ShimSpec {
            orphan_ms: None,
            session_dir: dir.path().to_owned(),
            socket_path: dir.path().join("s.sock"),
            cwd: dir.path().to_owned(),
            argv: argv.iter().map(|&arg| arg.to_owned()).collect(),
            env: BTreeMap::from([("PATH".to_owned(), path)]),
            run: uuid::Uuid::new_v4().to_string(),
            stop_grace_ms: 100,
        };
        Self { dir, spec }
    }

    fn script(text: &str) -> Self {
        Self::new(&["sh", "-c", text])
    }

    async fn start(&self) -> u32 {
        spawn_shim(Path::new(env!("CARGO_BIN_EXE_heddle")), &self.spec)
            .await
            .unwrap()
    }

    async fn attach(&self, after: u64, epoch: u64) -> (Link, LineStream) {
        Link::attach(&self.spec.socket_path, after, epoch)
            .await
            .unwrap()
    }

    /// Waits for a line of the journal's file before it attaches.
    async fn attach_when_written(&self, n: u64) -> (Link, LineStream) {
        let path = self.spec.journal_path();
        let written = timeout(DEADLINE, async {
            while read_from(&path, n - 1).unwrap().next().is_none() {
                tokio::task::yield_now().await;
            }
        });
        written.await.expect("the journal does not grow");
        self.attach(0, 2).await
    }

    /// Starts it and reads to the end.
    async fn story(&self) -> Vec<JournalLine> {
        self.start().await;
        let (_link, mut stream) = self.attach(0, 1).await;
        until(&mut stream, is_exit).await
    }
}

impl Drop for Rig {
    fn drop(&mut self) {
        let _ = sweep(&self.spec.run);
    }
}

async fn until(
    stream: &mut LineStream,
    is_last: impl Fn(&JournalLine) -> bool,
) -> Vec<JournalLine> {
    let mut lines = Vec::new();
    loop {
        let line = timeout(DEADLINE, stream.next())
            .await
            .expect("no line in time");
        lines.push(line.unwrap_or_else(|| panic!("stream ended after {lines:?}")));
        if is_last(&lines[lines.len() - 1]) {
            return lines;
        }
    }
}

async fn until_text(stream: &mut LineStream, text: &str) -> Vec<JournalLine> {
    until(stream, |line| line.raw == text).await
}

async fn ended(stream: &mut LineStream) {
    while timeout(DEADLINE, stream.next())
        .await
        .expect("stream goes on")
        .is_some()
    {}
}

fn event(line: &JournalLine) -> Option<ShimEvent> {
    (line.dir == Dir::Shim).then(|| serde_json::from_str(&line.raw).unwrap())
}

fn is_exit(line: &JournalLine) -> bool {
    matches!(event(line), Some(ShimEvent::Exited { .. }))
}

fn texts(lines: &[JournalLine], dir: Dir) -> Vec<&str> {
    lines
        .iter()
        .filter(|line| line.dir == dir)
        .map(|line| line.raw.as_str())
        .collect()
}

fn end(lines: &[JournalLine]) -> (Option<i32>, Option<i32>) {
    match lines.last().and_then(event) {
        Some(ShimEvent::Exited { code, signal }) => (code, signal),
        other => panic!("not ended: {other:?}"),
    }
}

const ECHO: &str = "while read -r line; do echo \"got $line\"; done";

#[tokio::test]
async fn lines_go_both_ways_and_all_are_in_the_journal() {
    let rig = Rig::script(ECHO);
    rig.start().await;
    let (link, mut stream) = rig.attach(0, 1).await;
    assert_eq!(link.run(), rig.spec.run);
    let sent = link.send("k", "{\"a\": 1}").unwrap();
    let seen = until_text(&mut stream, "got {\"a\": 1}").await;
    assert_eq!(sent.acked().await.unwrap(), 2);
    assert_eq!(
        seen.iter().map(|line| line.n).collect::<Vec<_>>(),
        [1, 2, 3]
    );
    assert_eq!(seen[1].key.as_deref(), Some("k"));
    let path = rig.spec.journal_path();
    let written: Vec<_> = read_from(&path, 0).unwrap().map(Result::unwrap).collect();
    assert_eq!(written, seen);
}

#[tokio::test]
async fn the_socket_is_private_and_the_record_names_the_shim() {
    let rig = Rig::script(ECHO);
    let pid = rig.start().await;
    let _link = rig.attach(0, 1).await;
    let mode = fs::metadata(&rig.spec.socket_path)
        .unwrap()
        .permissions()
        .mode();
    assert_eq!(mode & 0o777, 0o600);
    let record = ShimRecord::read(rig.dir.path()).unwrap();
    assert_eq!((record.pid, &record.run), (pid, &rig.spec.run));
    assert!(is_same_process(
        record.pid,
        record.start_time,
        &record.boot_id
    ));
    let stat = fs::read_to_string(format!("/proc/{pid}/stat")).unwrap();
    let session = stat
        .rsplit(')')
        .next()
        .unwrap()
        .split_whitespace()
        .nth(3)
        .unwrap();
    assert_eq!(
        session,
        pid.to_string(),
        "the shim leads a session of its own"
    );
}

#[tokio::test]
async fn losing_the_socket_changes_nothing_and_the_rest_is_read_later() {
    let rig =
        Rig::script("mkfifo gate; echo one; read -r x < gate; echo two; echo three; read -r x");
    rig.start().await;
    let (link, mut stream) = rig.attach(0, 1).await;
    let seen = until_text(&mut stream, "one").await;
    drop((link, stream));
    fs::write(rig.dir.path().join("gate"), "go\n").unwrap();
    let (_link, mut stream) = rig.attach(seen.last().unwrap().n, 2).await;
    let rest = until_text(&mut stream, "three").await;
    assert_eq!(texts(&rest, Dir::A2c), ["two", "three"]);
    assert_eq!(rest[0].n, seen.last().unwrap().n + 1);
}

#[tokio::test]
async fn a_key_that_is_in_the_journal_is_acknowledged_and_not_repeated() {
    let rig = Rig::script(ECHO);
    rig.start().await;
    let (link, stream) = rig.attach(0, 1).await;
    let first = link.send("k", "hello").unwrap().acked().await.unwrap();
    assert_eq!(
        link.send("k", "hello").unwrap().acked().await.unwrap(),
        first
    );
    drop((link, stream));
    let (link, mut stream) = rig.attach(0, 2).await;
    let again = link.send("k", "hello").unwrap();
    link.send("l", "end").unwrap();
    let seen = until_text(&mut stream, "got end").await;
    assert_eq!(again.acked().await.unwrap(), first);
    assert_eq!(texts(&seen, Dir::A2c), ["got hello", "got end"]);
    assert_eq!(texts(&seen, Dir::C2a), ["hello", "end"]);
}

#[tokio::test]
async fn a_higher_epoch_takes_over_and_others_are_refused() {
    let rig = Rig::script(ECHO);
    rig.start().await;
    let (old, mut stream) = rig.attach(0, 5).await;
    for epoch in [4, 5] {
        let refused = Link::attach(&rig.spec.socket_path, 0, epoch).await;
        assert!(matches!(refused, Err(LinkError::Refused(5))));
    }
    let (_new, _lines) = rig.attach(0, 6).await;
    ended(&mut stream).await;
    let lost = match old.send("k", "late") {
        Ok(sent) => sent.acked().await.is_err(),
        Err(_) => true,
    };
    assert!(lost);
}

#[tokio::test]
async fn an_equal_epoch_is_welcome_when_nobody_is_attached() {
    let rig = Rig::script(ECHO);
    rig.start().await;
    drop(rig.attach(0, 5).await);
    let back = timeout(DEADLINE, async {
        loop {
            match Link::attach(&rig.spec.socket_path, 0, 5).await {
                Ok(_) => return,
                Err(LinkError::Refused(5)) => tokio::task::yield_now().await,
                Err(error) => panic!("{error}"),
            }
        }
    });
    back.await.expect("the seat is not given back");
}

#[tokio::test]
async fn a_stop_ends_an_agent_that_ignores_it_and_a_grandchild_in_its_own_session() {
    let rig = Rig::script(
        "trap '' TERM; setsid -f sh -c 'trap \"\" TERM HUP; echo $$; while :; do sleep 1; done'; \
         while :; do sleep 1; done",
    );
    rig.start().await;
    let (link, mut stream) = rig.attach(0, 1).await;
    let seen = until(&mut stream, |line| line.dir == Dir::A2c).await;
    let grandchild: u32 = seen.last().unwrap().raw.parse().unwrap();
    assert!(start_time(grandchild).is_some());
    link.stop().unwrap();
    let rest = until(&mut stream, is_exit).await;
    assert_eq!(event(&rest[0]), Some(ShimEvent::Stopping));
    assert_eq!(end(&rest), (None, Some(9)));
    assert_eq!(start_time(grandchild), None);
}

#[tokio::test]
async fn a_stop_closes_the_input_first() {
    let rig = Rig::script("cat > /dev/null; echo bye; exit 3");
    rig.start().await;
    let (link, mut stream) = rig.attach(0, 1).await;
    link.stop().unwrap();
    let seen = until(&mut stream, is_exit).await;
    assert_eq!(texts(&seen, Dir::A2c), ["bye"]);
    assert_eq!(end(&seen), (Some(3), None));
}

#[tokio::test]
async fn exit_code_and_signal_are_reported_after_all_output() {
    let seen = Rig::script("echo out; echo err >&2; printf tail; exit 7")
        .story()
        .await;
    assert_eq!(texts(&seen, Dir::A2c), ["out", "tail"]);
    assert_eq!(texts(&seen, Dir::Stderr), ["err"]);
    assert_eq!(end(&seen), (Some(7), None));
    assert_eq!(
        end(&Rig::script("kill -9 $$").story().await),
        (None, Some(9))
    );
}

#[tokio::test]
async fn a_process_left_behind_with_the_pipe_does_not_delay_the_end() {
    let seen = Rig::script("setsid -f sleep 1000; exit 0").story().await;
    assert_eq!(end(&seen), (Some(0), None));
}

#[tokio::test]
async fn garbage_and_endless_lines_are_recorded_and_passed_over() {
    let seen = Rig::script(
        "printf '\\377\\376 garbage\\n'; head -c 9000000 /dev/zero | tr '\\0' x; echo; echo next",
    )
    .story()
    .await;
    let out = texts(&seen, Dir::A2c);
    assert_eq!(out[0], "\u{fffd}\u{fffd} garbage");
    assert!(out[1].ends_with("x [line of 9000000 bytes cut here]") && out[1].len() < 100_000);
    assert_eq!(out[2], "next");
}

#[tokio::test]
async fn an_agent_that_does_not_exist_ends_with_127_and_the_reason() {
    let seen = Rig::new(&["/does/not/exist"]).story().await;
    assert!(texts(&seen, Dir::Stderr)[0].starts_with("cannot start /does/not/exist: No such file"));
    assert_eq!(end(&seen), (Some(127), None));
}

#[tokio::test]
async fn the_agent_gets_the_given_environment_and_the_marker_only() {
    let rig = Rig::new(&["env"]);
    let seen = rig.story().await;
    let names: Vec<_> = texts(&seen, Dir::A2c)
        .iter()
        .map(|var| var.split('=').next())
        .collect();
    assert_eq!(names, [Some("HEDDLE_RUN"), Some("PATH")]);
}

#[tokio::test]
async fn the_journal_goes_on_in_the_next_run() {
    let mut rig = Rig::script("echo first");
    let seen = rig.story().await;
    rig.spec.run = uuid::Uuid::new_v4().to_string();
    rig.spec.argv = vec!["echo".to_owned(), "second".to_owned()];
    let last = seen.last().unwrap().n;
    rig.start().await;
    let path = rig.spec.socket_path.clone();
    let again = timeout(DEADLINE, async {
        loop {
            if let Ok((link, stream)) = Link::attach(&path, last, 9).await
                && link.run() == rig.spec.run
            {
                return (link, stream);
            }
        }
    });
    let (_link, mut stream) = again.await.expect("the new run is not reached");
    let rest = until(&mut stream, is_exit).await;
    assert_eq!(rest[0].n, last + 1);
    assert_eq!(texts(&rest, Dir::A2c), ["second"]);
}

#[tokio::test]
async fn a_server_that_does_not_read_holds_up_neither_the_agent_nor_the_journal() {
    let line = "0123456789012345678901234567890123456789";
    let rig = Rig::script(&format!(
        "read -r x; yes {line} | head -n 20000; echo end; read -r x"
    ));
    let pid = rig.start().await;
    let (link, deaf) = rig.attach(0, 1).await;
    link.send("k", "go").unwrap();
    let (_link, mut stream) = rig.attach_when_written(20_003).await;
    let seen = until_text(&mut stream, "end").await;
    assert_eq!(texts(&seen, Dir::A2c).len(), 20_001);
    let status = fs::read_to_string(format!("/proc/{pid}/status")).unwrap();
    let peak = status
        .lines()
        .find_map(|line| line.strip_prefix("VmHWM:"))
        .unwrap();
    let peak: u64 = peak.trim().trim_end_matches(" kB").parse().unwrap();
    assert!(peak < 64 * 1024, "the shim took {peak} kB");
    drop(deaf);
}
