//! The shim's socket: one server at a time is attached, and reads the journal at its own pace.
use super::ShimSpec;
use super::keeper::Order;
use crate::agents::journal::read_from;
use crate::agents::lines::BoundedLines;
use crate::agents::wire::{FromShim, MAX_LINE, ToShim, VERSION};
use rustix::fs::Mode;
use rustix::process::umask;
use std::fs;
use std::io;
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;
use tokio::io::{AsyncWriteExt, BufReader};
use tokio::net::unix::{OwnedReadHalf, OwnedWriteHalf};
use tokio::net::{UnixListener, UnixStream};
use tokio::sync::{mpsc, watch};
use tokio::time::{Instant, sleep, timeout};
use tokio_util::sync::CancellationToken;

/// Longest path of a socket, in bytes without the closing zero.
const MAX_PATH: usize = 107;
/// How long a connection may take to say `attach`.
const ATTACH_WAIT: Duration = Duration::from_secs(10);
/// Pause after a failed accept, such as for want of file handles.
const ACCEPT_PAUSE: Duration = Duration::from_millis(100);

/// Who is attached; the epoch stays when it leaves.
#[derive(Default)]
struct Seat {
    epoch: u64,
    visitor: u64,
    taken: Option<CancellationToken>,
}

struct Room {
    journal: PathBuf,
    run: String,
    orders: mpsc::Sender<Order>,
    last: watch::Receiver<u64>,
    delivered: watch::Sender<u64>,
    /// When a server spoke last.
    heard: watch::Sender<Instant>,
    seat: Mutex<Seat>,
}

/// The listening socket and what its visitors share.
pub(super) struct Desk {
    listener: UnixListener,
    door: Door,
    room: Arc<Room>,
}

/// The socket's file; closed only while it is still this shim's.
#[derive(Clone)]
pub(super) struct Door {
    path: PathBuf,
    inode: u64,
}

impl Door {
    pub(super) fn close(&self) {
        if fs::symlink_metadata(&self.path).is_ok_and(|found| found.ino() == self.inode) {
            drop(fs::remove_file(&self.path));
        }
    }
}

/// Binds under another name with mode 0600 and moves it into place, over what a dead shim left.
fn bind(path: &Path) -> io::Result<(UnixListener, Door)> {
    let folder = path.parent().ok_or(io::ErrorKind::InvalidInput)?;
    let fresh = folder.join(format!(".{}", std::process::id()));
    if path.as_os_str().len().max(fresh.as_os_str().len()) > MAX_PATH {
        return Err(io::Error::new(
            io::ErrorKind::InvalidFilename,
            "path is too long for a socket",
        ));
    }
    drop(fs::remove_file(&fresh));
    let before = umask(Mode::from_raw_mode(0o177));
    let bound = UnixListener::bind(&fresh);
    umask(before);
    let listener = bound?;
    let inode = fs::symlink_metadata(&fresh)?.ino();
    fs::rename(&fresh, path)?;
    Ok((
        listener,
        Door {
            path: path.to_owned(),
            inode,
        },
    ))
}

impl Desk {
    pub(super) fn open(
        spec: &ShimSpec,
        orders: mpsc::Sender<Order>,
        last: watch::Receiver<u64>,
        told: (watch::Sender<u64>, watch::Sender<Instant>),
    ) -> io::Result<Self> {
        let (delivered, heard) = told;
        let (listener, door) = bind(&spec.socket_path)?;
        let (journal, run) = (spec.journal_path(), spec.run.clone());
        let seat = Mutex::default();
        let room = Arc::new(Room {
            journal,
            run,
            orders,
            last,
            delivered,
            heard,
            seat,
        });
        Ok(Self {
            listener,
            door,
            room,
        })
    }

    pub(super) fn door(&self) -> Door {
        self.door.clone()
    }

    pub(super) async fn serve(self) {
        let mut visitor = 0;
        loop {
            visitor += 1;
            match self.listener.accept().await {
                Ok((stream, _)) => {
                    let room = Arc::clone(&self.room);
                    tokio::spawn(async move { room.welcome(stream, visitor).await });
                }
                Err(_) => sleep(ACCEPT_PAUSE).await,
            }
        }
    }
}

type Ops = BoundedLines<BufReader<OwnedReadHalf>>;

impl Room {
    async fn welcome(&self, stream: UnixStream, visitor: u64) {
        let (read, mut write) = stream.into_split();
        let mut ops = BoundedLines::new(BufReader::new(read), MAX_LINE, 0);
        let first = timeout(ATTACH_WAIT, next_op(&mut ops)).await;
        let Ok(Some(ToShim::Attach {
            v: VERSION,
            after,
            epoch,
        })) = first
        else {
            return;
        };
        match self.sit_down(visitor, epoch) {
            Ok(leave) => {
                self.heard.send_replace(Instant::now());
                // An error is the end of the connection, which changes nothing.
                tokio::select! {
                    biased;
                    () = leave.cancelled() => {}
                    _ = self.converse(ops, write, after) => {}
                }
                self.get_up(visitor);
            }
            Err(epoch) => drop(say(&mut write, &FromShim::Refused { epoch }).await),
        }
    }

    fn seat(&self) -> MutexGuard<'_, Seat> {
        self.seat.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Takes the seat, or says which epoch holds it.
    fn sit_down(&self, visitor: u64, epoch: u64) -> Result<CancellationToken, u64> {
        let mut seat = self.seat();
        let is_behind = if seat.taken.is_some() {
            epoch <= seat.epoch
        } else {
            epoch < seat.epoch
        };
        if is_behind {
            return Err(seat.epoch);
        }
        if let Some(before) = seat.taken.take() {
            before.cancel();
        }
        let leave = CancellationToken::new();
        *seat = Seat {
            epoch,
            visitor,
            taken: Some(leave.clone()),
        };
        Ok(leave)
    }

    fn get_up(&self, visitor: u64) {
        let mut seat = self.seat();
        if seat.visitor == visitor {
            seat.taken = None;
        }
    }

    async fn converse(&self, ops: Ops, mut write: OwnedWriteHalf, after: u64) -> io::Result<()> {
        let last = *self.last.borrow();
        say(
            &mut write,
            &FromShim::Hello {
                v: VERSION,
                run: self.run.clone(),
                last,
            },
        )
        .await?;
        self.has_seen(after);
        let (reply, replies) = mpsc::unbounded_channel();
        tokio::select! {
            () = self.listen(ops, reply) => Ok(()),
            told = self.tell(write, after, replies) => told,
        }
    }

    fn has_seen(&self, n: u64) {
        self.delivered
            .send_if_modified(|seen| std::mem::replace(seen, n.max(*seen)) < n);
    }

    /// Until the server hangs up.
    async fn listen(&self, mut ops: Ops, reply: mpsc::UnboundedSender<FromShim>) {
        while let Some(op) = next_op(&mut ops).await {
            self.heard.send_replace(Instant::now());
            let order = match op {
                ToShim::Send { key, raw } => Order::Send {
                    key,
                    raw,
                    reply: reply.clone(),
                },
                ToShim::Stop => Order::Stop,
                ToShim::Ping => {
                    drop(reply.send(FromShim::Pong));
                    continue;
                }
                ToShim::Attach { .. } => return,
            };
            // After the agent's end nobody takes orders; the journal tells the server.
            drop(self.orders.send(order).await);
        }
    }

    /// The journal from the file, so that a slow server costs no memory and holds nobody up.
    async fn tell(
        &self,
        mut write: OwnedWriteHalf,
        after: u64,
        mut replies: mpsc::UnboundedReceiver<FromShim>,
    ) -> io::Result<()> {
        let mut last = self.last.clone();
        let mut lines = read_from(&self.journal, after).map_err(io::Error::other)?;
        loop {
            last.mark_unchanged();
            while let Some((n, line)) = lines.next_raw().map_err(io::Error::other)? {
                let rest = line.get(1..).unwrap_or_default();
                write
                    .write_all(&[br#"{"op":"line","#, rest].concat())
                    .await?;
                self.has_seen(n);
                if let Ok(answer) = replies.try_recv() {
                    say(&mut write, &answer).await?;
                }
            }
            tokio::select! {
                Some(answer) = replies.recv() => say(&mut write, &answer).await?,
                Ok(()) = last.changed() => {}
                else => return Ok(()),
            }
        }
    }
}

async fn next_op(ops: &mut Ops) -> Option<ToShim> {
    let line = ops.next().await.ok()??;
    serde_json::from_str(&line.text).ok()
}

async fn say(write: &mut OwnedWriteHalf, op: &FromShim) -> io::Result<()> {
    let mut text = serde_json::to_vec(op)?;
    text.push(b'\n');
    write.write_all(&text).await
}
