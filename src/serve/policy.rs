//! What a page may load and run: the server says it for every page, with a nonce of its own.
use axum::extract::Request;
use axum::http::header::{CONTENT_SECURITY_POLICY, CONTENT_TYPE};
use axum::http::request::Parts;
use axum::http::{HeaderMap, HeaderValue};
use axum::middleware::Next;
use axum::response::Response;
use leptos::nonce::Nonce;
use leptos::prelude::{provide_context, use_context};

/// The nonce of a request, made before its page is drawn.
#[derive(Debug, Clone)]
struct PageNonce(Nonce);

/// Makes the nonce of a request, and gives the page that answers it its policy.
pub async fn policy(mut request: Request, next: Next) -> Response {
    let nonce = Nonce::new();
    let policy = HeaderValue::from_str(&text(&nonce));
    request.extensions_mut().insert(PageNonce(nonce));
    let mut response = next.run(request).await;
    if let (true, Ok(policy)) = (is_page(response.headers()), policy) {
        response
            .headers_mut()
            .insert(CONTENT_SECURITY_POLICY, policy);
    }
    response
}

/// Gives the page that is about to be drawn the nonce of its request, in place of the one that
/// Leptos made.
pub fn provide_nonce() {
    let parts = use_context::<Parts>();
    if let Some(PageNonce(nonce)) = parts.and_then(|parts| parts.extensions.get().cloned()) {
        provide_context(nonce);
    }
}

fn is_page(headers: &HeaderMap) -> bool {
    let kind = headers.get(CONTENT_TYPE);
    kind.is_some_and(|kind| kind.as_bytes().starts_with(b"text/html"))
}

/// Only what the console itself sent, scripts by nonce.
fn text(nonce: &Nonce) -> String {
    let reload = if cfg!(debug_assertions) {
        " ws://127.0.0.1:* ws://localhost:*"
    } else {
        ""
    };
    format!(
        "default-src 'none'; script-src 'self' 'nonce-{nonce}' 'wasm-unsafe-eval'; style-src 'self' \
         'nonce-{nonce}'; img-src 'self' data:; font-src 'self'; connect-src 'self'{reload}; \
         form-action 'self'; frame-ancestors 'none'; base-uri 'none'; object-src 'none'"
    )
}
