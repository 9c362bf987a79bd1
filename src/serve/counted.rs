//! Counts the bytes of an answer as they leave, whether it is streamed, compressed or cut short.
use axum::body::{Body, Bytes, HttpBody};
use axum::http::Response;
use hyper::body::{Frame, SizeHint};
use std::pin::Pin;
use std::task::{Context, Poll};

/// A body that tells once, when it ends or is given up, how many bytes went out.
struct Counted<F: FnOnce(u64)> {
    body: Body,
    bytes: u64,
    ended: Option<F>,
}

/// Calls `ended` with the bytes of the body that were really sent.
pub fn counted<F>(response: Response<Body>, ended: F) -> Response<Body>
where
    F: FnOnce(u64) + Unpin + Send + 'static,
{
    response.map(|body| {
        Body::new(Counted {
            body,
            bytes: 0,
            ended: Some(ended),
        })
    })
}

impl<F: FnOnce(u64) + Unpin> HttpBody for Counted<F> {
    type Data = Bytes;
    type Error = axum::Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, axum::Error>>> {
        let polled = Pin::new(&mut self.body).poll_frame(context);
        if let Poll::Ready(Some(Ok(frame))) = &polled {
            self.bytes += frame.data_ref().map_or(0, |data| data.len() as u64);
        }
        polled
    }

    fn is_end_stream(&self) -> bool {
        self.body.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.body.size_hint()
    }
}

impl<F: FnOnce(u64)> Drop for Counted<F> {
    fn drop(&mut self) {
        if let Some(ended) = self.ended.take() {
            ended(self.bytes);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::sync::Arc;
    use std::sync::atomic::{AtomicU64, Ordering};

    fn watched(body: Body) -> (Body, Arc<AtomicU64>) {
        let told = Arc::new(AtomicU64::new(u64::MAX));
        let tell = told.clone();
        let answer = counted(Response::new(body), move |bytes| {
            tell.store(bytes, Ordering::SeqCst);
        });
        (answer.into_body(), told)
    }

    #[tokio::test]
    async fn the_bytes_of_a_stream_are_told_when_it_ends() {
        let parts = ["one", "three"].map(Ok::<_, std::io::Error>);
        let (body, told) = watched(Body::from_stream(futures::stream::iter(parts)));
        assert_eq!(told.load(Ordering::SeqCst), u64::MAX);
        let whole = axum::body::to_bytes(body, 100).await.unwrap();
        assert_eq!((whole.len(), told.load(Ordering::SeqCst)), (8, 8));
    }

    #[tokio::test]
    async fn a_body_that_nobody_reads_sent_nothing_and_keeps_its_size() {
        let (body, told) = watched(Body::from("12345"));
        assert_eq!(body.size_hint().exact(), Some(5));
        drop(body);
        assert_eq!(told.load(Ordering::SeqCst), 0);
        let (empty, _) = watched(Body::empty());
        assert!(empty.is_end_stream());
    }
}
