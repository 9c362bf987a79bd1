//! Links of other sites: browsers leave the login cookie out when a person follows one.
use super::hosts::Hosts;
use super::login::page;
use axum::http::header::{CONTENT_SECURITY_POLICY, REFERER};
use axum::http::{HeaderValue, Method, Request, Uri};
use axum::response::Response;

/// Whether a person followed a link of another site to a page: then the browser left the cookie out.
pub(super) fn comes_from_elsewhere<B>(hosts: &Hosts, request: &Request<B>) -> bool {
    let headers = request.headers();
    let text = |name: &str| headers.get(name).and_then(|value| value.to_str().ok());
    let is_page = text("sec-fetch-mode").is_none_or(|mode| mode == "navigate");
    let is_foreign = match (text("sec-fetch-site"), text(REFERER.as_str())) {
        (Some(site), _) => matches!(site, "cross-site" | "same-site"),
        // Browsers say the site to encrypted and local consoles alone.
        (None, Some(referer)) => !hosts.is_own(origin_of(referer)),
        (None, None) => false,
    };
    *request.method() == Method::GET && is_page && is_foreign
}

fn origin_of(url: &str) -> &str {
    let host = url.find("://").map_or(0, |at| at + 3);
    let end = url[host..].find('/').map_or(url.len(), |at| host + at);
    &url[..end]
}

/// A page that asks for itself: that request is the console's own and brings the cookie. Only the
/// browser knows the part of the address after `#`, so a script takes it along; the sign at the end
/// makes it another address, for which the browser asks.
pub(super) fn again(base: &str, uri: &Uri) -> Response {
    let whole = uri.path_and_query().map_or("/", |whole| whole.as_str());
    // Two slashes would begin the name of another host.
    let whole = format!("{base}/{}", whole.trim_start_matches(['/', '\\']));
    let mark = if whole.contains('?') { '&' } else { '?' };
    let nonce = uuid::Uuid::new_v4().simple().to_string();
    let place = escaped(&format!("{whole}{mark}"));
    let mut response = page(&format!(
        "<!DOCTYPE html><meta charset=\"utf-8\"><title>Heddle</title>\
         <noscript><meta http-equiv=\"refresh\" content=\"0;url={place}\"></noscript>\
         <script nonce=\"{nonce}\">location.replace(location.origin + location.pathname + location.search + '{mark}' + location.hash)</script>\
         <p>Opening Heddle. <a href=\"{place}\">Go on</a></p>"
    ));
    let policy = format!("default-src 'none'; script-src 'nonce-{nonce}'; frame-ancestors 'none'");
    if let Ok(policy) = HeaderValue::from_str(&policy) {
        response
            .headers_mut()
            .insert(CONTENT_SECURITY_POLICY, policy);
    }
    response
}

fn escaped(text: &str) -> String {
    let text = text.replace('&', "&amp;").replace('<', "&lt;");
    text.replace('"', "&quot;").replace('\'', "&#39;")
}
