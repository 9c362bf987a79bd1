//! Images and texts in and out: the two functions of the API whose bodies are not JSON.
use super::shape::refusal;
use crate::api::error::{ApiError, Code};
use axum::body::{Body, to_bytes};
use axum::extract::{Query, Request, State};
use axum::http::HeaderValue;
use axum::http::header::{
    CACHE_CONTROL, CONTENT_DISPOSITION, CONTENT_SECURITY_POLICY, CONTENT_TYPE,
};
use axum::response::Response;
use backend::attachments::too_large;
use backend::console::{Caller, Console, NewUpload};
use domain::attachment::{ATTACHMENT_BYTES, UploadKind};
use domain::id::{ClientId, SessionId};
use serde::Deserialize;

/// Where images are sent to.
pub const UPLOAD: &str = "/api/attachment/upload";
/// Where they are shown from.
pub const GET: &str = "/api/attachment/get";
/// Bytes that are read before an upload is given up: somewhat too much is told, not cut off.
const READ: usize = 2 * ATTACHMENT_BYTES as usize;

/// What an upload says besides its body.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct About {
    client_id: Option<ClientId>,
    name: Option<String>,
    session: Option<SessionId>,
    #[serde(default)]
    kind: UploadKind,
}

/// Which image is wanted.
#[derive(Debug, Deserialize)]
pub struct Which {
    #[serde(default)]
    id: String,
}

fn caller(request: &Request) -> Result<Caller, ApiError> {
    let caller = request.extensions().get::<Caller>().cloned();
    caller.ok_or_else(|| ApiError::new(Code::Unauthenticated, "log in first"))
}

/// Keeps an image or a text.
pub async fn upload(State(console): State<Console>, request: Request) -> Response {
    match try_upload(console, request).await {
        Ok(answer) => {
            let mut response = Response::new(Body::from(answer));
            let json = HeaderValue::from_static("application/json");
            response.headers_mut().insert(CONTENT_TYPE, json);
            response
        }
        Err(error) => refusal(&error),
    }
}

async fn try_upload(console: Console, request: Request) -> Result<String, ApiError> {
    let caller = caller(&request)?;
    let about = Query::<About>::try_from_uri(request.uri());
    let malformed = |text: &str| ApiError::new(Code::Malformed, text);
    let Query(about) = about
        .map_err(|_| malformed("clientId, session or kind is malformed; kind is image or text"))?;
    let client_id = about
        .client_id
        .ok_or_else(|| malformed("clientId is missing"))?;
    let name = about.name.ok_or_else(|| malformed("name is missing"))?;
    let content = to_bytes(request.into_body(), READ).await;
    let content = content.map_err(|_| too_large(about.kind))?;
    let content = content.to_vec();
    let upload = NewUpload {
        session: about.session.as_ref(),
        name: &name,
        kind: about.kind,
    };
    Ok(console.upload(&caller, &client_id, upload, content).await?)
}

/// Shows an image or a text to who uploaded it; what it holds can do nothing.
pub async fn get(
    State(console): State<Console>,
    Query(which): Query<Which>,
    request: Request,
) -> Response {
    let caller = match caller(&request) {
        Ok(caller) => caller,
        Err(error) => return refusal(&error),
    };
    let (known, content) = match console.attachment(&caller, &which.id).await {
        Ok(found) => found,
        Err(failed) => return refusal(&ApiError::from(failed)),
    };
    let mut response = Response::new(Body::from(content));
    let headers = response.headers_mut();
    let kind = match known.is_image() {
        true => known.mime,
        false => format!("{}; charset=utf-8", known.mime),
    };
    if let Ok(kind) = HeaderValue::from_str(&kind) {
        headers.insert(CONTENT_TYPE, kind);
    }
    for (name, value) in [
        (CONTENT_DISPOSITION, "inline"),
        (CONTENT_SECURITY_POLICY, "default-src 'none'; sandbox"),
        (CACHE_CONTROL, "private, max-age=31536000, immutable"),
    ] {
        headers.insert(name, HeaderValue::from_static(value));
    }
    response
}
