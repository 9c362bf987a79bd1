//! Requests that a part of a page makes: nothing of it runs any more once that part was left.
use leptos::prelude::*;
use leptos::task::spawn_local;
use std::future::Future;
use std::pin::Pin;
use std::task::{Context, Poll};

/// The requests of one part of a page. Make it where the part is made: it ends with its owner.
#[derive(Debug, Clone, Copy)]
pub(super) struct Requests {
    part: StoredValue<()>,
}

impl Requests {
    /// Requests that end with the current owner.
    pub(super) fn new() -> Self {
        Self {
            part: StoredValue::new(()),
        }
    }

    /// Runs a request and what follows from its answer. The request is sent if the part is still
    /// there when the browser gets to it. What comes after an `await` does not run once the part was
    /// left, so all of it may read the part's signals.
    pub(super) fn spawn(self, request: impl Future<Output = ()> + 'static) {
        spawn_local(WhileOpen {
            requests: self,
            request: Box::pin(request),
        });
    }

    /// Runs a request to its end, whatever becomes of the part; `then` gets the answer unless the
    /// part was left. The request itself must not read the part's signals after an `await`.
    pub(super) fn run<T: 'static>(
        self,
        request: impl Future<Output = T> + 'static,
        then: impl FnOnce(T) + 'static,
    ) {
        spawn_local(async move {
            let answer = request.await;
            if !self.is_left() {
                then(answer);
            }
        });
    }

    /// Whether the part was left.
    pub(super) fn is_left(self) -> bool {
        self.part.try_get_value().is_none()
    }
}

/// A request with the part of the page that waits for it.
struct WhileOpen {
    requests: Requests,
    request: Pin<Box<dyn Future<Output = ()>>>,
}

impl Future for WhileOpen {
    type Output = ();

    fn poll(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<()> {
        // Each step but the first begins with an answer: the server has done by then what was asked.
        if self.requests.is_left() {
            return Poll::Ready(());
        }
        self.request.as_mut().poll(context)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use futures::channel::oneshot;
    use std::task::Waker;

    /// A part of a page with a signal, and a request that adds to it when it is answered.
    fn part() -> (
        Owner,
        Pin<Box<WhileOpen>>,
        oneshot::Sender<()>,
        RwSignal<u8>,
    ) {
        let owner = Owner::new();
        owner.set();
        let steps = RwSignal::new(0_u8);
        let requests = Requests::new();
        let (answer, answered) = oneshot::channel();
        let request = WhileOpen {
            requests,
            request: Box::pin(async move {
                let _ = answered.await;
                steps.set(steps.get_untracked() + 1);
            }),
        };
        (owner, Box::pin(request), answer, steps)
    }

    fn poll(request: &mut Pin<Box<WhileOpen>>) -> Poll<()> {
        request
            .as_mut()
            .poll(&mut Context::from_waker(Waker::noop()))
    }

    #[test]
    fn an_answer_to_an_open_part_is_taken() {
        let (_owner, mut request, answer, steps) = part();
        assert_eq!(poll(&mut request), Poll::Pending);
        answer.send(()).unwrap();
        assert_eq!(poll(&mut request), Poll::Ready(()));
        assert_eq!(steps.get_untracked(), 1);
    }

    #[test]
    fn an_answer_after_the_part_was_left_reads_nothing() {
        let (owner, mut request, answer, _) = part();
        assert_eq!(poll(&mut request), Poll::Pending);
        owner.cleanup();
        answer.send(()).unwrap();
        assert_eq!(poll(&mut request), Poll::Ready(()));
    }

    #[test]
    fn a_part_that_is_left_at_once_is_not_read() {
        let (owner, mut request, _answer, _) = part();
        owner.cleanup();
        assert_eq!(poll(&mut request), Poll::Ready(()));
    }
}
