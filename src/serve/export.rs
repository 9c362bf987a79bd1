//! A session as a file: Markdown or JSON, written part by part while it is sent.
use super::shape::refusal;
use crate::api::error::{ApiError, Code};
use axum::Extension;
use axum::body::{Body, Bytes};
use axum::extract::{Path, State};
use axum::http::HeaderValue;
use axum::http::header::{CONTENT_DISPOSITION, CONTENT_TYPE};
use axum::response::Response;
use backend::console::{Caller, Console};
use backend::error::Failed;
use domain::export::{entry, file_name, head};
use domain::id::SessionId;
use domain::session::Session;
use domain::snapshot::Metadata;
use domain::thread::Entry;
use futures::stream;
use serde_json::json;

/// Where the Markdown is.
pub const MARKDOWN: &str = "/agents/{session_id}/export.md";
/// Where the JSON is.
pub const JSON: &str = "/agents/{session_id}/export.json";

/// How a session is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Form {
    Markdown,
    Json,
}

/// How far the writing is.
struct Writing {
    console: Console,
    caller: Caller,
    id: SessionId,
    form: Form,
    /// Place of the last entry that was written.
    after: u64,
    /// The turn of that entry.
    turn: Option<u64>,
    is_over: bool,
}

/// The thread as a document for people.
pub async fn markdown(
    State(console): State<Console>,
    Path(id): Path<String>,
    caller: Option<Extension<Caller>>,
) -> Response {
    answer(console, &id, Form::Markdown, caller).await
}

/// The session, its counts and every entry, uncut.
pub async fn json(
    State(console): State<Console>,
    Path(id): Path<String>,
    caller: Option<Extension<Caller>>,
) -> Response {
    answer(console, &id, Form::Json, caller).await
}

async fn answer(
    console: Console,
    id: &str,
    form: Form,
    caller: Option<Extension<Caller>>,
) -> Response {
    match written(console, id, form, caller).await {
        Ok(response) => response,
        Err(error) => refusal(&error),
    }
}

async fn written(
    console: Console,
    id: &str,
    form: Form,
    caller: Option<Extension<Caller>>,
) -> Result<Response, ApiError> {
    let nobody = || ApiError::new(Code::Unauthenticated, "log in first");
    let Extension(caller) = caller.ok_or_else(nobody)?;
    let missing = |_| ApiError::new(Code::NotFound, "there is no such session");
    let id: SessionId = id.parse().map_err(missing)?;
    let record = console.whole_session(&caller, &id).await?;
    let (session, metadata) = (record.session, record.metadata);
    let (kind, ending) = match form {
        Form::Markdown => ("text/markdown; charset=utf-8", "md"),
        Form::Json => ("application/json", "json"),
    };
    let name = file_name(&session, ending);
    let writing = Writing {
        console,
        caller,
        id,
        form,
        after: 0,
        turn: None,
        is_over: false,
    };
    let first = beginning(form, &session, &metadata);
    let begun = stream::once(async move { Ok(Bytes::from(first)) });
    let rest = stream::try_unfold(writing, next);
    let mut response = Response::new(Body::from_stream(stream::StreamExt::chain(begun, rest)));
    let headers = response.headers_mut();
    headers.insert(CONTENT_TYPE, HeaderValue::from_static(kind));
    let disposition = format!("attachment; filename=\"{name}\"");
    if let Ok(disposition) = HeaderValue::from_str(&disposition) {
        headers.insert(CONTENT_DISPOSITION, disposition);
    }
    Ok(response)
}

fn beginning(form: Form, session: &Session, metadata: &Metadata) -> String {
    match form {
        Form::Markdown => head(session, metadata),
        Form::Json => {
            let (session, metadata) = (json!(session), json!(metadata));
            format!("{{\"v\":1,\"session\":{session},\"metadata\":{metadata},\"entries\":[")
        }
    }
}

/// The next part; a failure in the middle breaks the transfer off, so that nobody takes a part
/// for the whole.
async fn next(mut writing: Writing) -> Result<Option<(Bytes, Writing)>, Failed> {
    if writing.is_over {
        return Ok(None);
    }
    let (caller, id) = (&writing.caller, &writing.id);
    let entries = writing
        .console
        .whole_entries(caller, id, writing.after)
        .await;
    let entries = entries.inspect_err(|error| {
        tracing::warn!(session.id = %id, error = %error, "the export of session {id} was broken off");
    })?;
    let mut part = String::new();
    for entry in &entries {
        writing.write(entry, &mut part)?;
    }
    if entries.is_empty() {
        writing.is_over = true;
        part.push_str(if writing.form == Form::Json {
            "]}\n"
        } else {
            "\n"
        });
    }
    Ok(Some((Bytes::from(part), writing)))
}

impl Writing {
    fn write(&mut self, written: &Entry, part: &mut String) -> Result<(), Failed> {
        match self.form {
            Form::Markdown => part.push_str(&entry(written, self.turn)),
            Form::Json => {
                part.push_str(if self.after == 0 { "\n" } else { ",\n" });
                part.push_str(&serde_json::to_string(written)?);
            }
        }
        (self.after, self.turn) = (written.seq, Some(written.turn));
        Ok(())
    }
}
