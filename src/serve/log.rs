//! The log: lines go to standard error by a thread of their own, all that came meanwhile at once,
//! so that an answer waits neither for whoever reads them nor for a call of the system.
use backend::clock::Clock;
use std::fmt::{self, Write as _};
use std::io::{self, Write};
use std::mem::take;
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::thread::{JoinHandle, sleep, spawn};
use std::time::Duration;
use tracing::field::{Field, Visit};
use tracing::{Event, Subscriber};
use tracing_subscriber::fmt::format::Writer;
use tracing_subscriber::fmt::{FmtContext, FormatEvent, FormatFields};
use tracing_subscriber::registry::LookupSpan;

/// How long lines are gathered.
const GATHER: Duration = Duration::from_millis(5);
/// Bytes that may wait for a slow reader; lines beyond are counted, not kept.
const MOST: usize = 4 * 1024 * 1024;

/// Lines on their way.
#[derive(Debug, Default)]
pub struct Log {
    waiting: Mutex<Waiting>,
    news: Condvar,
}

#[derive(Debug, Default)]
struct Waiting {
    text: Vec<u8>,
    /// Lines that found no room.
    lost: u64,
    is_over: bool,
}

/// What keeps the thread; when it is dropped, all lines have been written.
#[derive(Debug)]
pub struct Writing {
    log: Arc<Log>,
    thread: Option<JoinHandle<()>>,
}

impl Log {
    /// Starts the thread that writes to `out`.
    #[must_use]
    pub fn start(out: impl Write + Send + 'static) -> (Arc<Self>, Writing) {
        let log = Arc::new(Self::default());
        let own = log.clone();
        let thread = Some(spawn(move || own.write_off(out)));
        (log.clone(), Writing { log, thread })
    }

    fn write_off(&self, mut out: impl Write) {
        loop {
            let is_quiet = |waiting: &mut Waiting| waiting.text.is_empty() && !waiting.is_over;
            let waiting = self.news.wait_while(self.lock(), is_quiet);
            let is_over = waiting.unwrap_or_else(PoisonError::into_inner).is_over;
            if !is_over {
                sleep(GATHER);
            }
            let (text, lost) = {
                let mut waiting = self.lock();
                (take(&mut waiting.text), take(&mut waiting.lost))
            };
            let _ = out.write_all(&text);
            if lost > 0 {
                let _ = writeln!(out, r#"{{"level":"WARN","lost":{lost}}}"#);
            }
            if is_over {
                return;
            }
        }
    }

    fn lock(&self) -> MutexGuard<'_, Waiting> {
        self.waiting.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Write for &Log {
    fn write(&mut self, line: &[u8]) -> io::Result<usize> {
        let mut waiting = self.lock();
        let is_first = waiting.text.is_empty();
        if waiting.text.len() + line.len() <= MOST {
            waiting.text.extend_from_slice(line);
        } else {
            waiting.lost += 1;
        }
        drop(waiting);
        if is_first {
            self.news.notify_one();
        }
        Ok(line.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl Drop for Writing {
    fn drop(&mut self) {
        self.log.lock().is_over = true;
        self.log.news.notify_one();
        if let Some(thread) = self.thread.take() {
            let _ = thread.join();
        }
    }
}

/// Writes each event as a line of JSON, straight into the buffer of lines.
#[derive(Debug, Clone, Copy)]
pub struct Lines;

impl<S, N> FormatEvent<S, N> for Lines
where
    S: Subscriber + for<'a> LookupSpan<'a>,
    N: for<'a> FormatFields<'a> + 'static,
{
    fn format_event(
        &self,
        _: &FmtContext<'_, S, N>,
        mut out: Writer<'_>,
        event: &Event<'_>,
    ) -> fmt::Result {
        let (now, about) = (Clock::System.now(), event.metadata());
        let level = about.level();
        write!(
            out,
            r#"{{"timestamp":"{now}","level":"{level}","fields":{{"#
        )?;
        let mut fields = Fields {
            out: &mut out,
            is_next: false,
            written: Ok(()),
        };
        event.record(&mut fields);
        fields.written?;
        out.write_str(r#"},"target":""#)?;
        Escaped(&mut out).write_str(about.target())?;
        out.write_str("\"}\n")
    }
}

struct Fields<'w, 'o> {
    out: &'w mut Writer<'o>,
    is_next: bool,
    written: fmt::Result,
}

impl Fields<'_, '_> {
    fn put(&mut self, field: &Field, write: impl FnOnce(&mut Writer<'_>) -> fmt::Result) {
        if self.written.is_ok() {
            let comma = if self.is_next { "," } else { "" };
            let begun = write!(self.out, "{comma}\"{}\":", field.name());
            self.written = begun.and_then(|()| write(self.out));
        }
        self.is_next = true;
    }
}

impl Visit for Fields<'_, '_> {
    fn record_u64(&mut self, field: &Field, value: u64) {
        self.put(field, |out| write!(out, "{value}"));
    }

    fn record_i64(&mut self, field: &Field, value: i64) {
        self.put(field, |out| write!(out, "{value}"));
    }

    fn record_bool(&mut self, field: &Field, value: bool) {
        self.put(field, |out| write!(out, "{value}"));
    }

    fn record_str(&mut self, field: &Field, value: &str) {
        self.put(field, |out| {
            out.write_char('"')?;
            Escaped(out).write_str(value)?;
            out.write_char('"')
        });
    }

    fn record_debug(&mut self, field: &Field, value: &dyn fmt::Debug) {
        self.put(field, |out| {
            out.write_char('"')?;
            write!(Escaped(out), "{value:?}")?;
            out.write_char('"')
        });
    }
}

/// The inside of a text of JSON.
struct Escaped<'w, 'o>(&'w mut Writer<'o>);

impl fmt::Write for Escaped<'_, '_> {
    fn write_str(&mut self, text: &str) -> fmt::Result {
        let is_special = |c: char| c < ' ' || c == '"' || c == '\\';
        let mut rest = text;
        while let Some(at) = rest.find(is_special) {
            self.0.write_str(&rest[..at])?;
            let mut found = rest[at..].chars();
            if let Some(c) = found.next() {
                match c {
                    '"' | '\\' => write!(self.0, "\\{c}")?,
                    _ => write!(self.0, "\\u{:04x}", u32::from(c))?,
                }
            }
            rest = found.as_str();
        }
        self.0.write_str(rest)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::sync::mpsc::{Receiver, Sender, channel};

    /// Takes a line when it is let.
    struct Slow(Arc<Mutex<Vec<u8>>>, Receiver<()>);

    impl Write for Slow {
        fn write(&mut self, line: &[u8]) -> io::Result<usize> {
            let _ = self.1.recv();
            self.0.lock().unwrap().extend_from_slice(line);
            Ok(line.len())
        }

        fn flush(&mut self) -> io::Result<()> {
            Ok(())
        }
    }

    fn slow() -> (Slow, Arc<Mutex<Vec<u8>>>, Sender<()>) {
        let (text, (go, wait)) = (Arc::default(), channel());
        (Slow(Arc::clone(&text), wait), text, go)
    }

    #[test]
    fn every_line_is_written_in_order_before_the_end() {
        let (out, text, go) = slow();
        let (log, writing) = Log::start(out);
        for n in 0..1000 {
            (&*log).write_all(format!("{n}\n").as_bytes()).unwrap();
        }
        drop(go);
        drop(writing);
        let wanted: String = (0..1000).map(|n| format!("{n}\n")).collect();
        assert_eq!(*text.lock().unwrap(), wanted.as_bytes());
    }

    #[test]
    fn a_reader_that_is_too_slow_holds_nobody_up_and_is_told_what_it_lost() {
        let (out, text, go) = slow();
        let (log, writing) = Log::start(out);
        let line = vec![b'x'; MOST / 4];
        for _ in 0..20 {
            (&*log).write_all(&line).unwrap();
        }
        drop(go);
        drop(writing);
        let text = text.lock().unwrap();
        assert!(text.len() <= 2 * MOST + 100);
        let end = String::from_utf8_lossy(&text[text.len() - 40..]).into_owned();
        assert!(end.contains(r#""lost":"#), "{end}");
    }

    #[test]
    fn an_event_is_a_line_of_json_whatever_is_in_it() {
        let (go, out) = (channel(), Arc::default());
        let (log, writing) = Log::start(Slow(Arc::clone(&out), go.1));
        drop(go.0);
        let lines = tracing_subscriber::fmt()
            .event_format(Lines)
            .with_writer(log);
        tracing::subscriber::with_default(lines.finish(), || {
            let (text, path) = ("a \"quoted\\ line\n\u{1}", std::path::Path::new("/x \"y"));
            tracing::info!(target: "t", text, path = ?path, n = 7_u64, is = true, "said {text}");
            tracing::warn!(error = %"plain", "next");
        });
        drop(writing);
        let text = String::from_utf8(out.lock().unwrap().clone()).unwrap();
        let lines: Vec<serde_json::Value> = text
            .lines()
            .map(|line| serde_json::from_str(line).unwrap())
            .collect();
        assert_eq!((lines.len(), &lines[0]["level"]), (2, &"INFO".into()));
        let fields = &lines[0]["fields"];
        assert_eq!(fields["text"], "a \"quoted\\ line\n\u{1}");
        assert_eq!(fields["message"], "said a \"quoted\\ line\n\u{1}");
        assert_eq!(fields["path"], r#""/x \"y""#);
        assert_eq!((&fields["n"], &fields["is"]), (&7.into(), &true.into()));
        assert_eq!(
            (&lines[0]["target"], &lines[1]["fields"]["error"]),
            (&"t".into(), &"plain".into())
        );
    }
}
