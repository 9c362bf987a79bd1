//! The accept loop: HTTP/1.1 and HTTP/2 with a deadline for headers, a bound on connections.
use super::quick::Quick;
use super::stall::Stalling;
use hyper_util::rt::{TokioExecutor, TokioIo, TokioTimer};
use hyper_util::server::conn::auto::Builder;
use std::sync::Arc;
use std::time::Duration;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tokio_util::sync::CancellationToken;

/// How long a client has for its headers, and between requests. Source: security 5.2.
const HEADERS: Duration = Duration::from_secs(10);
/// How long a reader may take nothing of what is to be sent, and how long what was sent may stay
/// unconfirmed; with the distance of beats no dead stream lives for longer than 45 s.
const STALL: Duration = Duration::from_secs(30);
/// How long requests under way have at the end.
const LAST: Duration = Duration::from_secs(5);
/// How long to wait when no file handle is free.
const PAUSE: Duration = Duration::from_millis(100);

/// Serves so many connections at once until `stop`; requests under way are finished then.
pub(super) async fn serve(
    listener: TcpListener,
    app: Quick,
    connections: usize,
    stop: CancellationToken,
) {
    let connections = connections.clamp(1, Semaphore::MAX_PERMITS);
    let places = Arc::new(Semaphore::new(connections));
    loop {
        let Ok(place) = places.clone().acquire_owned().await else {
            break;
        };
        let accepted = tokio::select! {
            accepted = listener.accept() => accepted,
            () = stop.cancelled() => break,
        };
        match accepted {
            Ok((stream, _)) => {
                tokio::spawn(connection(stream, app.clone(), stop.clone(), place));
            }
            Err(error) => {
                tracing::warn!(error = %error, "a connection could not be accepted");
                tokio::time::sleep(PAUSE).await;
            }
        }
    }
    let all = u32::try_from(connections).unwrap_or(u32::MAX);
    let _ = tokio::time::timeout(LAST, places.acquire_many(all)).await;
}

async fn connection(
    stream: TcpStream,
    app: Quick,
    stop: CancellationToken,
    place: OwnedSemaphorePermit,
) {
    let _ = stream.set_nodelay(true);
    let unconfirmed = u32::try_from(STALL.as_millis()).unwrap_or(u32::MAX);
    let _ = rustix::net::sockopt::set_tcp_user_timeout(&stream, unconfirmed);
    let stream = Stalling::new(stream, STALL);
    let mut builder = Builder::new(TokioExecutor::new());
    builder
        .http1()
        .timer(TokioTimer::new())
        .header_read_timeout(HEADERS)
        .max_headers(64)
        .max_buf_size(16 * 1024);
    builder
        .http2()
        .timer(TokioTimer::new())
        .max_header_list_size(16 * 1024)
        .max_concurrent_streams(100);
    let served = builder.serve_connection_with_upgrades(TokioIo::new(stream), app);
    tokio::pin!(served);
    tokio::select! {
        _ = served.as_mut() => {}
        () = stop.cancelled() => {
            served.as_mut().graceful_shutdown();
            let _ = served.await;
        }
    }
    drop(place);
}
