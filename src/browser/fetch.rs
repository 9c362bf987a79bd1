//! A conditional GET that can be given up until its last byte, and sees the raw 304.
use super::page::address;
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::JsFuture;
use web_sys::{
    AbortController, Blob, BlobPropertyBag, Headers, RequestCache, RequestInit, Response,
};

/// What came back.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Answer {
    /// Status of the answer.
    pub status: u16,
    /// The body as text.
    pub body: String,
    /// `Retry-After` in milliseconds, if it is there.
    pub retry_after_ms: Option<u64>,
}

/// A request that can be given up.
#[derive(Debug)]
pub struct Pending {
    controller: Option<AbortController>,
}

impl Pending {
    /// A request that was not started.
    #[must_use]
    pub fn new() -> Self {
        Self {
            controller: AbortController::new().ok(),
        }
    }

    /// Gives the request up, its body included.
    pub fn abort(&self) {
        if let Some(controller) = &self.controller {
            controller.abort();
        }
    }

    /// Asks for a path of the console; none if there was no answer.
    pub fn get(
        &self,
        path: &str,
        etag: Option<&str>,
    ) -> impl Future<Output = Option<Answer>> + use<> {
        let started = self.start(path, etag);
        async move {
            let response = JsFuture::from(started.ok()?).await.ok()?;
            read(response.dyn_into().ok()?).await
        }
    }

    fn start(&self, path: &str, etag: Option<&str>) -> Result<js_sys::Promise, JsValue> {
        let headers = Headers::new()?;
        headers.set("accept", "application/json")?;
        if let Some(etag) = etag {
            headers.set("if-none-match", etag)?;
        }
        let init = RequestInit::new();
        init.set_method("GET");
        // The page holds body and validator itself; the browser must not ask in its own name.
        init.set_cache(RequestCache::NoStore);
        init.set_headers(headers.as_ref());
        let signal = self.controller.as_ref().map(AbortController::signal);
        init.set_signal(signal.as_ref());
        let window = web_sys::window().ok_or(JsValue::NULL)?;
        Ok(window.fetch_with_str_and_init(&address(path), &init))
    }
}

impl Default for Pending {
    fn default() -> Self {
        Self::new()
    }
}

async fn read(response: Response) -> Option<Answer> {
    let body = JsFuture::from(response.text().ok()?)
        .await
        .ok()?
        .as_string()?;
    let seconds = response.headers().get("retry-after").ok().flatten();
    let retry_after_ms = seconds
        .and_then(|text| text.trim().parse::<u64>().ok())
        .map(|s| s * 1000);
    Some(Answer {
        status: response.status(),
        body,
        retry_after_ms,
    })
}

/// Sends a small report, which outlives the page, to a path of the console.
pub fn beacon(path: &str, json: &str) {
    let kind = BlobPropertyBag::new();
    kind.set_type("application/json");
    let parts = js_sys::Array::of1(&JsValue::from_str(json));
    let body = Blob::new_with_str_sequence_and_options(&parts, &kind).ok();
    if let Some(window) = web_sys::window() {
        let _ = window
            .navigator()
            .send_beacon_with_opt_blob(&address(path), body.as_ref());
    }
}
