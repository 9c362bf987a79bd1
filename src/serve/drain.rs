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

/// Most bytes that are read only to be thrown away: some times what any function takes.
const BYTES: usize = 64 * 1024 * 1024;
/// Longest time that is spent on them.
const TIME: Duration = Duration::from_secs(10);

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
    let rest = async {
        let mut left = BYTES;
        let mut body = body.lock().await;
        while let Some(Ok(chunk)) = body.next().await {
            left = left.saturating_sub(chunk.len());
            if left == 0 {
                return;
            }
        }
    };
    let _ = tokio::time::timeout(TIME, rest).await;
    response
}
