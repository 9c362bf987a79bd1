//! The table of everything that is answered, in the order in which a request passes it.
use super::attachments;
use super::base::{below, provide_base};
use super::conditional::conditional;
use super::drain::drain;
use super::events;
use super::export;
use super::guard::{Guard, guard};
use super::hosts::Hosts;
use super::login::{ask_log_out, log_in, log_out};
use super::peers::peers;
use super::policy::{policy, provide_nonce};
use super::shape::{BODY_LIMIT, objects, shape, unknown};
use crate::app::{App, shell};
use crate::components::MessageBytes;
use axum::Router;
use axum::extract::State;
use axum::http::{StatusCode, header::CONTENT_TYPE};
use axum::middleware::{from_fn, from_fn_with_state};
use axum::response::{IntoResponse, Response};
use axum::routing::{any, get, post};
use backend::console::Console;
use leptos::config::LeptosOptions;
use leptos::prelude::provide_context;
use leptos_axum::{LeptosRoutes, file_and_error_handler_with_context, generate_route_list};
use std::sync::Arc;
use tower_http::catch_panic::CatchPanicLayer;
use tower_http::compression::CompressionLayer;
use tower_http::compression::predicate::{DefaultPredicate, Predicate, SizeAbove};
use tower_http::limit::RequestBodyLimitLayer;
use tower_http::services::ServeDir;

/// Answers below this size are not worth compressing.
const SMALL: u64 = 1024;

/// Everything that is answered.
pub fn router(options: LeptosOptions, the_guard: Guard) -> Router {
    let (console, hosts) = (the_guard.console.clone(), the_guard.hosts.clone());
    let packages = ServeDir::new(format!("{}/pkg", options.site_root))
        .precompressed_br()
        .precompressed_gzip();
    let sides = Router::new()
        .route("/login", post(log_in))
        .route("/logout", get(ask_log_out).post(log_out))
        .with_state(the_guard.clone());
    let probes = Router::new()
        .route("/healthz", get(|| async { "ok\n" }))
        .route("/readyz", get(ready))
        .route("/metrics", get(metrics))
        .with_state(console.clone());
    let compress =
        CompressionLayer::new().compress_when(DefaultPredicate::new().and(SizeAbove::new(SMALL)));
    let base = hosts.base().to_owned();
    let app = pages(options, console.clone(), hosts.clone())
        .merge(sides)
        .merge(exports(console.clone()))
        .merge(streams(console.clone()))
        .merge(probes)
        .nest_service("/pkg", packages)
        .route("/api", any(unknown))
        .route("/api/", any(unknown))
        .route("/api/{*rest}", any(unknown))
        .layer(from_fn(objects))
        .layer(CatchPanicLayer::new())
        .layer(RequestBodyLimitLayer::new(BODY_LIMIT))
        .merge(images(console.clone()))
        .layer(compress)
        .layer(from_fn_with_state(console.clone(), conditional))
        .layer(from_fn_with_state(the_guard, guard))
        .layer(from_fn(drain))
        .layer(from_fn_with_state(console.clone(), shape))
        .merge(peers(console, hosts));
    below(&base, app)
}

/// What Leptos draws and the functions that it calls; files of the site; else the page that says
/// that there is none.
fn pages(options: LeptosOptions, console: Console, hosts: Arc<Hosts>) -> Router {
    let routes = generate_route_list(App);
    let most = console.setup().limits.prompt_bytes as u64;
    let context = move || {
        provide_context(console.clone());
        provide_nonce();
        provide_base(hosts.base());
        provide_context(MessageBytes(most));
    };
    let render = {
        let options = options.clone();
        move || shell(options.clone())
    };
    Router::new()
        .leptos_routes_with_context(&options, routes, context.clone(), render)
        .fallback(file_and_error_handler_with_context::<LeptosOptions, _>(
            context, shell,
        ))
        .layer(from_fn(policy))
        .with_state(options)
}

/// Sessions as files.
fn exports(console: Console) -> Router {
    Router::new()
        .route(export::MARKDOWN, get(export::markdown))
        .route(export::JSON, get(export::json))
        .with_state(console)
}

/// What open pages are told.
fn streams(console: Console) -> Router {
    Router::new()
        .route(events::PATH, get(events::events))
        .with_state(console)
}

/// Images have a limit of their own and bodies that are not JSON.
fn images(console: Console) -> Router {
    Router::new()
        .route(attachments::UPLOAD, post(attachments::upload))
        .route(attachments::GET, get(attachments::get))
        .layer(CatchPanicLayer::new())
        .with_state(console)
}

/// Ready also without what it can do without, which is named; not without its database.
async fn ready(State(console): State<Console>) -> (StatusCode, String) {
    if !console.has_database().await {
        let text = "not ready: database\n".to_owned();
        return (StatusCode::SERVICE_UNAVAILABLE, text);
    }
    let text = match console.degraded() {
        Some(what) => format!("degraded: {what}\n"),
        None => "ready\n".to_owned(),
    };
    (StatusCode::OK, text)
}

async fn metrics(State(console): State<Console>) -> Response {
    match console.metrics().await {
        Ok(text) => ([(CONTENT_TYPE, "text/plain; version=0.0.4")], text).into_response(),
        Err(_) => StatusCode::SERVICE_UNAVAILABLE.into_response(),
    }
}
