//! Unchanged polls are answered before the router: by the same checks, from memory, at once.
use super::conditional::{is_read, unchanged};
use super::guard::{Guard, check, cookie};
use super::shape::{answered, function, headers, not_modified, without_length};
use axum::Router;
use axum::body::Body;
use axum::http::header::IF_NONE_MATCH;
use axum::http::{Request, Response};
use backend::telemetry::Call;
use futures::future::{Either, Ready, ready};
use hyper::body::Incoming;
use hyper::service::Service;
use hyper_util::service::{TowerToHyperService, TowerToHyperServiceFuture};
use std::convert::Infallible;
use std::sync::Arc;
use tower::util::MapResponse;

type Shaped = MapResponse<Router, fn(Response<Body>) -> Response<Body>>;

/// The router, and what is answered without it.
#[derive(Debug, Clone)]
pub(super) struct Quick {
    guard: Arc<Guard>,
    rest: TowerToHyperService<Shaped>,
}

impl Quick {
    /// Puts a guard of the same console before its router.
    #[must_use]
    pub(super) fn new(guard: Guard, router: Router) -> Self {
        let shaped: Shaped = MapResponse::new(router, without_length);
        Self {
            guard: Arc::new(guard),
            rest: TowerToHyperService::new(shaped),
        }
    }

    /// The answer to a poll that finds nothing new; none for all else, which takes the long way:
    /// every refusal, and a login that is not in memory.
    fn unchanged<B>(&self, request: &Request<B>) -> Option<Response<Body>> {
        let path = request.uri().path();
        let path = path.strip_prefix(self.guard.hosts.base())?;
        if !is_read(request.method(), path) || !request.headers().contains_key(IF_NONE_MATCH) {
            return None;
        }
        let watch = backend::clock::stopwatch();
        check(&self.guard.hosts, path, request).ok()?;
        let login = cookie(request.headers(), &self.guard.cookie)?;
        let console = &self.guard.console;
        let caller = console.known_caller(login)?;
        let found = unchanged(console, &caller, (path, request)).ok()??;
        let mut response = not_modified(found.headers);
        headers(path, &mut response);
        let call = Call {
            function: function(path),
            status: response.status().as_u16(),
            bytes: 0,
            session: found.session,
        };
        answered(console, &call, watch.elapsed());
        Some(response)
    }
}

impl Service<Request<Incoming>> for Quick {
    type Response = Response<Body>;
    type Error = Infallible;
    type Future = Either<
        Ready<Result<Response<Body>, Infallible>>,
        TowerToHyperServiceFuture<Shaped, Request<Incoming>>,
    >;

    fn call(&self, request: Request<Incoming>) -> Self::Future {
        match self.unchanged(&request) {
            Some(response) => Either::Left(ready(Ok(response))),
            None => Either::Right(self.rest.call(request)),
        }
    }
}
