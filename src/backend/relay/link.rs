//! The connection to Redis: every answer is bounded in time, and whether it is there is known.
use crate::error::Failed;
use redis::aio::{ConnectionManager, ConnectionManagerConfig};
use redis::{Client, Cmd, FromRedisValue, IntoConnectionInfo, Pipeline, ProtocolVersion, PushInfo};
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

/// How long an attempt to connect may take.
const CONNECT: Duration = Duration::from_secs(1);
/// How long any answer may take.
const ANSWER: Duration = Duration::from_millis(500);

/// The connection.
pub(super) struct Link {
    manager: ConnectionManager,
    is_up: AtomicBool,
}

impl std::fmt::Debug for Link {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Link")
            .field("is_up", &self.is_up())
            .finish_non_exhaustive()
    }
}

impl Link {
    /// A connection that is made when it is needed; `heard` gets what is pushed and must not wait.
    pub(super) fn open(
        url: &str,
        heard: impl Fn(PushInfo) + Send + Sync + 'static,
    ) -> Result<Self, Failed> {
        let wrong = |error: redis::RedisError| {
            Failed::Malformed(format!("--redis-url cannot be used: {error}"))
        };
        let info = url.into_connection_info().map_err(wrong)?;
        let settings = info.redis_settings().clone();
        let info = info.set_redis_settings(settings.set_protocol(ProtocolVersion::RESP3));
        let config = ConnectionManagerConfig::new()
            .set_connection_timeout(Some(CONNECT))
            .set_response_timeout(Some(ANSWER))
            .set_number_of_retries(0)
            .set_push_sender(move |pushed| -> Result<(), redis::aio::SendError> {
                heard(pushed);
                Ok(())
            })
            .set_automatic_resubscription();
        let client = Client::open(info).map_err(wrong)?;
        let manager = client.get_connection_manager_lazy(config).map_err(wrong)?;
        Ok(Self {
            manager,
            is_up: AtomicBool::new(false),
        })
    }

    /// Whether it answered when it was asked last.
    pub(super) fn is_up(&self) -> bool {
        self.is_up.load(Ordering::SeqCst)
    }

    /// Notes whether it is there; whether that is news.
    pub(super) fn note(&self, is_up: bool) -> bool {
        self.is_up.swap(is_up, Ordering::SeqCst) != is_up
    }

    /// Whether it is there now.
    pub(super) async fn ping(&self) -> bool {
        let mut manager = self.manager.clone();
        let ping = redis::cmd("PING");
        let asked = ping.query_async::<String>(&mut manager);
        matches!(tokio::time::timeout(ANSWER, asked).await, Ok(Ok(_)))
    }

    /// Listens to a channel, also after connections to come.
    pub(super) async fn listen(&self, channel: &str) -> bool {
        let mut manager = self.manager.clone();
        let asked = manager.subscribe(channel);
        matches!(tokio::time::timeout(ANSWER, asked).await, Ok(Ok(())))
    }

    /// An answer within this time; none if it is away, and then nobody waits for it until it is back.
    pub(super) async fn ask<T: FromRedisValue>(
        &self,
        command: &Cmd,
        within: Duration,
    ) -> Option<T> {
        if !self.is_up() {
            return None;
        }
        let mut manager = self.manager.clone();
        match tokio::time::timeout(within, command.query_async(&mut manager)).await {
            Ok(Ok(answer)) => Some(answer),
            Ok(Err(error)) => {
                tracing::debug!(error = %error, "redis refused");
                None
            }
            Err(_) => {
                self.note_slow();
                None
            }
        }
    }

    /// Does several things without an answer; false if that failed.
    pub(super) async fn tell(&self, commands: &Pipeline) -> bool {
        if !self.is_up() {
            return false;
        }
        let mut manager = self.manager.clone();
        let told = commands.query_async::<()>(&mut manager);
        matches!(tokio::time::timeout(ANSWER, told).await, Ok(Ok(())))
    }

    fn note_slow(&self) {
        if self.note(false) {
            tracing::warn!("redis does not answer in time; the console goes on without it");
        }
    }
}
