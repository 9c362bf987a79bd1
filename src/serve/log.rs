//! The log: lines go to standard error by a thread of their own, all that came meanwhile at once,
//! so that an answer waits neither for whoever reads them nor for a call of the system.
use std::io::{self, Write};
use std::mem::take;
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::thread::{JoinHandle, sleep, spawn};
use std::time::Duration;

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
}
