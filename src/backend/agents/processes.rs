//! Which processes there are and who started them: `/proc`, and the end of what a run left behind.
use rustix::process::{Pid, PidfdFlags, Signal, WaitOptions, pidfd_open, pidfd_send_signal};
use std::collections::{HashMap, HashSet};
use std::fs;
use std::thread;
use std::time::Duration;

/// The variable that marks every process of a run; its value is the run's UUID.
pub const RUN_MARKER: &str = "HEDDLE_RUN";

/// Rounds of [`sweep`] before it gives up; a process that forks faster than this is not ended.
const ROUNDS: u32 = 200;
/// Wait between two rounds.
pub(crate) const ROUND: Duration = Duration::from_millis(10);

/// What `/proc/PID/stat` says that matters here.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Stat {
    parent: u32,
    start_time: u64,
    is_zombie: bool,
}

/// The name of a process may hold spaces and brackets, so the fields count from the last `)`.
fn parse_stat(text: &str) -> Option<Stat> {
    let (_, rest) = text.rsplit_once(')')?;
    let fields: Vec<&str> = rest.split_ascii_whitespace().collect();
    Some(Stat {
        parent: fields.get(1)?.parse().ok()?,
        start_time: fields.get(19)?.parse().ok()?,
        is_zombie: matches!(*fields.first()?, "Z" | "X"),
    })
}

fn stat(pid: u32) -> Option<Stat> {
    parse_stat(&fs::read_to_string(format!("/proc/{pid}/stat")).ok()?)
}

/// When the process started, in clock ticks since boot; `None` when there is no such process.
#[must_use]
pub fn start_time(pid: u32) -> Option<u64> {
    stat(pid).map(|stat| stat.start_time)
}

/// The kernel's id of this boot; empty where the kernel does not say.
#[must_use]
pub fn boot_id() -> String {
    fs::read_to_string("/proc/sys/kernel/random/boot_id")
        .unwrap_or_default()
        .trim()
        .to_owned()
}

/// Whether the process that was noted down still runs: a reused id is another process.
#[must_use]
pub fn is_same_process(pid: u32, start_time: u64, boot_id: &str) -> bool {
    let same = |stat: Stat| stat.start_time == start_time && !stat.is_zombie;
    self::boot_id() == boot_id && stat(pid).is_some_and(same)
}

/// Ends every process that carries the run's marker, but not the caller. Returns whether none is
/// left. Blocks for two seconds at most.
#[must_use]
pub fn sweep(run: &str) -> bool {
    for _ in 0..ROUNDS {
        if end_marked(run) == 0 {
            return true;
        }
        thread::sleep(ROUND);
    }
    false
}

/// One round: kills what carries the marker or descends from the caller; returns how many.
pub(crate) fn end_run(run: &str) -> usize {
    let descendants = descendants(std::process::id());
    for pid in &descendants {
        kill_if(*pid, || true);
    }
    descendants.len() + end_marked(run)
}

fn end_marked(run: &str) -> usize {
    let marker = format!("{RUN_MARKER}={run}");
    let is_marked = |pid: u32| {
        fs::read(format!("/proc/{pid}/environ")).is_ok_and(|env| {
            env.split(|byte| *byte == 0)
                .any(|var| var == marker.as_bytes())
        })
    };
    let own = std::process::id();
    let is_alive = |pid: &u32| stat(*pid).is_some_and(|stat| !stat.is_zombie);
    let marked: Vec<u32> = all()
        .into_iter()
        .filter(|pid| *pid != own && is_marked(*pid))
        .filter(is_alive)
        .collect();
    for pid in &marked {
        kill_if(*pid, || is_marked(*pid));
    }
    marked.len()
}

/// The handle is taken before the look, so a reused id is never hit.
fn kill_if(pid: u32, still: impl Fn() -> bool) {
    let Some(pid) = i32::try_from(pid).ok().and_then(Pid::from_raw) else {
        return;
    };
    if let Ok(handle) = pidfd_open(pid, PidfdFlags::empty())
        && still()
    {
        // It may have ended by itself: the next round sees.
        pidfd_send_signal(handle, Signal::KILL).ok();
    }
}

fn all() -> Vec<u32> {
    let Ok(entries) = fs::read_dir("/proc") else {
        return Vec::new();
    };
    entries
        .flatten()
        .filter_map(|entry| entry.file_name().to_str()?.parse().ok())
        .collect()
}

/// Living processes below `root`; those orphaned count too where `root` is a subreaper.
fn descendants(root: u32) -> Vec<u32> {
    let mut children: HashMap<u32, Vec<(u32, bool)>> = HashMap::new();
    for pid in all() {
        if let Some(stat) = stat(pid) {
            children
                .entry(stat.parent)
                .or_default()
                .push((pid, stat.is_zombie));
        }
    }
    let mut found = Vec::new();
    let mut seen = HashSet::from([root]);
    let mut open = vec![root];
    while let Some(parent) = open.pop() {
        for (pid, is_zombie) in children.remove(&parent).unwrap_or_default() {
            if seen.insert(pid) {
                open.push(pid);
                if !is_zombie {
                    found.push(pid);
                }
            }
        }
    }
    found
}

/// Takes the status of every dead child but `agent`, whose status is taken elsewhere.
pub(crate) fn reap_but(agent: Option<u32>) {
    let own = std::process::id();
    for pid in all() {
        let is_dead = |stat: Stat| stat.parent == own && stat.is_zombie;
        if Some(pid) == agent || !stat(pid).is_some_and(is_dead) {
            continue;
        }
        if let Some(pid) = i32::try_from(pid).ok().and_then(Pid::from_raw) {
            rustix::process::waitpid(Some(pid), WaitOptions::NOHANG).ok();
        }
    }
}

/// Signals the process group that `leader` leads, if there is one.
pub(crate) fn signal_group(leader: u32, signal: Signal) {
    if let Some(group) = i32::try_from(leader).ok().and_then(Pid::from_raw) {
        rustix::process::kill_process_group(group, signal).ok();
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::process::{Command, Stdio};

    #[test]
    fn a_name_with_brackets_does_not_shift_the_fields() {
        let text = "42 (a ) b) S 7 42 42 0 -1 4194560 1 2 3 4 5 6 7 8 20 0 1 0 98765 1 2";
        let stat = Stat {
            parent: 7,
            start_time: 98765,
            is_zombie: false,
        };
        assert_eq!(parse_stat(text), Some(stat));
    }

    #[test]
    fn a_process_is_itself_and_no_other() {
        let own = std::process::id();
        let started = start_time(own).unwrap();
        assert!(is_same_process(own, started, &boot_id()));
        assert!(!is_same_process(own, started + 1, &boot_id()));
        assert!(!is_same_process(own, started, "another boot"));
    }

    #[test]
    fn a_sweep_ends_marked_processes_in_sessions_of_their_own() {
        let run = uuid::Uuid::new_v4().to_string();
        let mut child = Command::new("setsid")
            .args([
                "-f",
                "-w",
                "sh",
                "-c",
                "trap '' TERM HUP; echo ready; while :; do sleep 1; done",
            ])
            .env(RUN_MARKER, &run)
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let mut ready = String::new();
        let mut out = std::io::BufReader::new(child.stdout.take().unwrap());
        std::io::BufRead::read_line(&mut out, &mut ready).unwrap();
        assert!(sweep(&run));
        child.wait().unwrap();
        assert_eq!(end_marked(&run), 0);
    }
}
