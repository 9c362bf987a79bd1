//! The journal of a session: every line that went over an agent's pipes, written before it goes on.
pub use super::shim_event::ShimEvent;

use domain::time::Timestamp;
use serde::{Deserialize, Serialize};
use std::collections::HashMap;
use std::fs::{File, OpenOptions, TryLockError};
use std::io::{self, BufRead, BufReader, Seek, SeekFrom, Write};
use std::os::unix::fs::OpenOptionsExt;
use std::path::Path;

/// Where a line came from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Dir {
    /// From the server to the agent's standard input.
    C2a,
    /// From the agent's standard output.
    A2c,
    /// From the agent's standard error.
    Stderr,
    /// What the shim did; the text is a [`ShimEvent`].
    Shim,
}

/// One line of the journal.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct JournalLine {
    /// Counts from 1 without gaps, over all runs of a session.
    pub n: u64,
    /// When it was written.
    pub at: Timestamp,
    /// Where it came from.
    pub dir: Dir,
    /// What the server called it; only lines to the agent have one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub key: Option<String>,
    /// The line as on the pipe, without its newline.
    pub raw: String,
}

/// The journal cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum JournalError {
    /// The file cannot be read or written.
    #[error("journal is not accessible")]
    Io(#[from] io::Error),
    /// Another shim writes it.
    #[error("journal is held by another shim")]
    Held,
    /// A line in the middle makes no sense or is missing.
    #[error("journal is damaged after line {0}")]
    Damaged(u64),
}

/// What is read of a line to find one's way; the text is skipped.
#[derive(Deserialize)]
struct Head {
    n: u64,
    #[serde(default)]
    key: Option<String>,
}

/// The writing end; one per file, held by a lock.
#[derive(Debug)]
pub struct Journal {
    file: File,
    bytes: u64,
    last: u64,
    keys: HashMap<String, u64>,
}

impl Journal {
    /// Opens or creates the journal (mode 0600), takes its lock, and cuts a torn last line off.
    ///
    /// # Errors
    /// `Held` when another shim writes it; `Damaged` when a line other than the last is broken;
    /// `Io` for the rest.
    pub fn open(path: &Path) -> Result<Self, JournalError> {
        let file = OpenOptions::new()
            .read(true)
            .write(true)
            .create(true)
            .truncate(false)
            .mode(0o600)
            .open(path)?;
        file.try_lock().map_err(|error| match error {
            TryLockError::WouldBlock => JournalError::Held,
            TryLockError::Error(error) => JournalError::Io(error),
        })?;
        let mut journal = Self {
            file,
            bytes: 0,
            last: 0,
            keys: HashMap::new(),
        };
        journal.scan(path)?;
        journal.file.set_len(journal.bytes)?;
        journal.file.seek(SeekFrom::Start(journal.bytes))?;
        Ok(journal)
    }

    fn scan(&mut self, path: &Path) -> Result<(), JournalError> {
        let mut reader = JournalReader::open(path, 0)?;
        while let Some(head) = reader.next_head()? {
            self.last = head.n;
            self.bytes = reader.bytes;
            if let Some(key) = head.key {
                self.keys.insert(key, head.n);
            }
        }
        Ok(())
    }

    /// Begins the journal of a session that another node had: lines count on from `after`, turns
    /// from `turn`. Nothing if there is one.
    ///
    /// # Errors
    /// `Io` when it cannot be written.
    pub fn take_over(
        path: &Path,
        at: Timestamp,
        after: u64,
        turn: u64,
    ) -> Result<(), JournalError> {
        if path.exists() {
            return Ok(());
        }
        let mut journal = Self::open(path)?;
        journal.last = after;
        let event = serde_json::to_string(&ShimEvent::Moved { turn }).map_err(io::Error::from)?;
        journal.append(at, Dir::Shim, None, &event)?;
        Ok(())
    }

    /// The last line's number; 0 while empty.
    #[must_use]
    pub fn last(&self) -> u64 {
        self.last
    }

    /// The line that was sent under this key.
    #[must_use]
    pub fn sent(&self, key: &str) -> Option<u64> {
        self.keys.get(key).copied()
    }

    /// Writes one whole line; it is on the disk when the line goes to the agent or is an event.
    ///
    /// # Errors
    /// When the disk refuses; nothing of the line stays behind.
    pub fn append(
        &mut self,
        at: Timestamp,
        dir: Dir,
        key: Option<&str>,
        raw: &str,
    ) -> io::Result<u64> {
        let n = self.last + 1;
        let line = JournalLine {
            n,
            at,
            dir,
            key: key.map(str::to_owned),
            raw: raw.to_owned(),
        };
        let mut text = serde_json::to_vec(&line)?;
        text.push(b'\n');
        let written = self.file.write_all(&text).and_then(|()| match dir {
            Dir::C2a | Dir::Shim => self.file.sync_data(),
            Dir::A2c | Dir::Stderr => Ok(()),
        });
        if let Err(error) = written {
            self.file.set_len(self.bytes)?;
            self.file.seek(SeekFrom::Start(self.bytes))?;
            return Err(error);
        }
        self.bytes += text.len() as u64;
        self.last = n;
        if let Some(key) = line.key {
            self.keys.insert(key, n);
        }
        Ok(n)
    }
}

/// Reads a journal, also while it grows: at the end it answers `None` and may be asked again.
#[derive(Debug)]
pub struct JournalReader {
    reader: BufReader<File>,
    after: u64,
    last: u64,
    bytes: u64,
    line: Vec<u8>,
    is_whole: bool,
}

/// The lines of a journal above `after_n`; a torn last line is left out.
///
/// # Errors
/// When the file cannot be opened.
pub fn read_from(path: &Path, after_n: u64) -> Result<JournalReader, JournalError> {
    JournalReader::open(path, after_n)
}

impl JournalReader {
    fn open(path: &Path, after: u64) -> Result<Self, JournalError> {
        let reader = BufReader::new(File::open(path)?);
        Ok(Self {
            reader,
            after,
            last: 0,
            bytes: 0,
            line: Vec::new(),
            is_whole: false,
        })
    }

    /// The next whole line as bytes with its newline, or `None` at what is now the end.
    ///
    /// # Errors
    /// When the file cannot be read or is damaged before its last line.
    pub fn next_raw(&mut self) -> Result<Option<(u64, &[u8])>, JournalError> {
        while let Some(head) = self.next_head()? {
            if head.n > self.after {
                return Ok(Some((head.n, &self.line)));
            }
        }
        Ok(None)
    }

    /// Whether this is the first line, of a session that another node had.
    fn begins_moved(&self) -> bool {
        let moved = br#"\"event\":\"moved\""#;
        self.bytes == 0 && self.line.windows(moved.len()).any(|part| part == moved)
    }

    fn next_head(&mut self) -> Result<Option<Head>, JournalError> {
        if self.is_whole {
            self.line.clear();
            self.is_whole = false;
        }
        self.reader.read_until(b'\n', &mut self.line)?;
        if self.line.last() != Some(&b'\n') {
            return Ok(None);
        }
        match serde_json::from_slice::<Head>(&self.line) {
            Ok(head) if head.n == self.last + 1 || self.begins_moved() => {
                self.is_whole = true;
                self.last = head.n;
                self.bytes += self.line.len() as u64;
                Ok(Some(head))
            }
            _ if self.reader.fill_buf()?.is_empty() => Ok(None),
            _ => Err(JournalError::Damaged(self.last)),
        }
    }
}

impl Iterator for JournalReader {
    type Item = Result<JournalLine, JournalError>;

    fn next(&mut self) -> Option<Self::Item> {
        let line = match self.next_raw() {
            Ok(Some((_, line))) => serde_json::from_slice(line),
            Ok(None) => return None,
            Err(error) => return Some(Err(error)),
        };
        Some(line.map_err(|_| JournalError::Damaged(self.last - 1)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::fs;

    fn journal_of(lines: &[(Dir, Option<&str>, &str)]) -> (tempfile::TempDir, std::path::PathBuf) {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("journal.jsonl");
        let mut journal = Journal::open(&path).unwrap();
        for (index, (from, key, raw)) in lines.iter().enumerate() {
            let n = journal.append(Timestamp(0), *from, *key, raw).unwrap();
            assert_eq!(n, index as u64 + 1);
        }
        (dir, path)
    }

    #[test]
    fn the_journal_of_a_session_that_was_moved_here_counts_on() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("journal.jsonl");
        Journal::take_over(&path, Timestamp(1), 41, 3).unwrap();
        Journal::take_over(&path, Timestamp(1), 99, 9).unwrap();
        let mut journal = Journal::open(&path).unwrap();
        assert_eq!(journal.last(), 42);
        let next = journal.append(Timestamp(2), Dir::A2c, None, "next");
        assert_eq!(next.unwrap(), 43);
        let lines: Vec<_> = read_from(&path, 42).unwrap().map(Result::unwrap).collect();
        assert_eq!((lines[0].n, lines[0].raw.as_str()), (43, "next"));
        assert!(texts(&path, 0)[0].contains("\"turn\":3"));
    }

    fn texts(path: &Path, after: u64) -> Vec<String> {
        read_from(path, after)
            .unwrap()
            .map(|line| line.unwrap().raw)
            .collect()
    }

    #[test]
    fn a_line_is_written_as_the_contract_says() {
        let (_dir, path) =
            journal_of(&[(Dir::C2a, Some("k"), "{\"a\":1}"), (Dir::Stderr, None, "x")]);
        assert_eq!(
            fs::read_to_string(path).unwrap(),
            "{\"n\":1,\"at\":\"1970-01-01T00:00:00.000Z\",\"dir\":\"c2a\",\"key\":\"k\",\"raw\":\"{\\\"a\\\":1}\"}\n\
             {\"n\":2,\"at\":\"1970-01-01T00:00:00.000Z\",\"dir\":\"stderr\",\"raw\":\"x\"}\n"
        );
    }

    #[test]
    fn events_are_written_as_the_contract_says() {
        let started = ShimEvent::Started {
            pid: 7,
            start_time: 9,
            boot_id: "b".into(),
        };
        for (event, text) in [
            (
                started,
                r#"{"event":"started","pid":7,"startTime":9,"bootId":"b"}"#,
            ),
            (ShimEvent::Stopping, r#"{"event":"stopping"}"#),
            (
                ShimEvent::Exited {
                    code: None,
                    signal: Some(9),
                },
                r#"{"event":"exited","signal":9}"#,
            ),
        ] {
            assert_eq!(serde_json::to_string(&event).unwrap(), text);
            assert_eq!(serde_json::from_str::<ShimEvent>(text).unwrap(), event);
        }
    }

    #[test]
    fn a_torn_last_line_is_cut_and_counting_goes_on() {
        for torn in ["{\"n\":3,\"at\"", "{\"n\":3,\"at\"\n"] {
            let (_dir, path) = journal_of(&[(Dir::A2c, None, "one"), (Dir::A2c, None, "two")]);
            let whole = fs::read(&path).unwrap();
            fs::write(&path, [&whole, torn.as_bytes()].concat()).unwrap();
            assert_eq!(texts(&path, 0), ["one", "two"]);
            let mut journal = Journal::open(&path).unwrap();
            assert_eq!(journal.last(), 2);
            assert_eq!(
                journal
                    .append(Timestamp(0), Dir::A2c, None, "three")
                    .unwrap(),
                3
            );
            assert_eq!(texts(&path, 0), ["one", "two", "three"]);
        }
    }

    #[test]
    fn damage_before_the_last_line_is_not_passed_over() {
        let (_dir, path) = journal_of(&[(Dir::A2c, None, "one"), (Dir::A2c, None, "two")]);
        let text = fs::read_to_string(&path)
            .unwrap()
            .replacen("{\"n\":1", "{\"x\":1", 1);
        fs::write(&path, text).unwrap();
        assert!(matches!(
            Journal::open(&path),
            Err(JournalError::Damaged(0))
        ));
    }

    #[test]
    fn keys_are_known_after_reopening() {
        let (_dir, path) = journal_of(&[(Dir::A2c, None, "x"), (Dir::C2a, Some("k"), "y")]);
        let journal = Journal::open(&path).unwrap();
        assert_eq!((journal.sent("k"), journal.sent("other")), (Some(2), None));
    }

    #[test]
    fn two_writers_are_refused() {
        let (_dir, path) = journal_of(&[]);
        let _first = Journal::open(&path).unwrap();
        assert!(matches!(Journal::open(&path), Err(JournalError::Held)));
    }

    #[test]
    fn a_reader_goes_on_where_it_stopped() {
        let (_dir, path) = journal_of(&[(Dir::A2c, None, "one"), (Dir::A2c, None, "two")]);
        let mut reader = read_from(&path, 1).unwrap();
        assert_eq!(reader.next().unwrap().unwrap().raw, "two");
        assert!(reader.next().is_none());
        Journal::open(&path)
            .unwrap()
            .append(Timestamp(0), Dir::A2c, None, "three")
            .unwrap();
        assert_eq!(reader.next().unwrap().unwrap().n, 3);
    }
}
