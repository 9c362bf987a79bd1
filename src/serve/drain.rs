//! Bodies of refused requests are read to their end: a browser that is cut off while it sends sees
//! no answer, only a connection that broke.
use axum::body::Body;
use axum::extract::Request;
use axum::http::Method;
use axum::middleware::Next;
use axum::response::Response;
use futures::StreamExt;
use futures::stream::unfold;
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::Mutex;
use tokio::time::timeout;

/// Most bytes that are read only to be thrown away: some times what any function takes.
const BYTES: usize = 32 * 1024 * 1024;
/// The same for requests that nobody who is logged in made.
const STRANGERS: usize = 2 * 1024 * 1024;
/// Longest wait for the next of them.
const WAIT: Duration = Duration::from_secs(5);

/// Answers a request, and reads what is left of its body before the answer goes out.
pub async fn drain(request: Request, next: Next) -> Response {
    if *request.method() != Method::POST {
        return next.run(request).await;
    }
    let (parts, body) = request.into_parts();
    let body = Arc::new(Mutex::new(body.into_data_stream()));
    let reader = unfold(body.clone(), |body| async move {
        let chunk = body.lock().await.next().await?;
        Some((chunk, body))
    });
    let request = Request::from_parts(parts, Body::from_stream(reader));
    let response = next.run(request).await;
    if response.status().is_client_error() {
        let is_stranger = matches!(response.status().as_u16(), 401 | 403 | 421);
        let mut left = if is_stranger { STRANGERS } else { BYTES };
        let mut body = body.lock().await;
        while let Ok(Some(Ok(chunk))) = timeout(WAIT, body.next()).await {
            left = left.saturating_sub(chunk.len());
            if left == 0 {
                break;
            }
        }
    }
    response
}
