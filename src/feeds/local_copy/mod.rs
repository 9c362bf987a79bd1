//! The copy of a session that a browser keeps: drawn at once on coming back, never believed.
//!
//! One item of the browser's storage per session, `heddle.1.session.<id>`: the session without
//! what people wrote and what waits for them, its metadata, and whose copy it is. The digest over
//! the text finds damage and changes by hand; it is no protection against an attacker, who can
//! compute it too. That is why a copy is always asked for anew.
use crate::api::carried;
use domain::id::SessionId;
use domain::report::Dropped;
use domain::session::Session;
use domain::snapshot::{Metadata, SCHEMA};
use domain::sync::{COPY_MAX_AGE_MS, Wall};
use domain::time::Timestamp;
use serde::de::IgnoredAny;
use serde::{Deserialize, Serialize};
use serde_json::Value;

/// What the names of copies begin with.
pub(super) const COPY_PREFIX: &str = "heddle.1.session.";
/// Largest copy, in bytes. Source: contract, "Local data of the page".
pub(super) const COPY_MAX_BYTES: usize = 64 * 1024;
/// How many sessions have a copy. Source: contract, "Local data of the page".
pub(super) const COPIES: usize = 20;

/// Fields of a session that no copy holds: texts of people, open questions, output of failures.
const LEFT_OUT: [&str; 4] = ["prompt", "queue", "pendingApprovals", "error"];
/// What stands between the hashed text and its digest.
const DIGEST: &str = ",\"digest\":\"";

/// A copy that may be drawn until the server answers.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct LocalCopy {
    /// The session; its prompt, queue, approvals and error are empty.
    pub(super) session: Session,
    /// Its counts.
    pub(super) metadata: Metadata,
    /// The validator of what was copied.
    pub(super) etag: String,
    /// When it was written.
    pub(super) saved: Wall,
}

/// What to do when the browser's storage is full.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum WhenFull {
    /// Remove this copy and write again.
    Remove(String),
    /// Write no copies any more until the page is loaded anew.
    SwitchOff,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Written<'a> {
    schema: u32,
    user: &'a str,
    etag: &'a str,
    saved_at: Timestamp,
    session: Value,
    metadata: &'a Metadata,
}

/// What is looked at before the session is believed to have the shape of this version.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Label {
    schema: u32,
    user: String,
    etag: String,
    saved_at: Timestamp,
}

#[derive(Deserialize)]
struct Body {
    session: Session,
    metadata: Metadata,
}

/// The name of a session's copy.
pub(super) fn name(id: &SessionId) -> String {
    format!("{COPY_PREFIX}{id}")
}

/// The viewer that a validator `W/"1.<schema>.<viewer>.<config>.<revision>"` was made for.
pub(super) fn viewer_of(etag: &str) -> Option<&str> {
    let parts = etag.strip_prefix("W/\"")?.strip_suffix('"')?;
    let parts: Vec<&str> = parts.split('.').collect();
    match parts[..] {
        ["1", _, viewer, _, _] if !viewer.is_empty() => Some(viewer),
        _ => None,
    }
}

/// The text of a copy; none if it is too large, or the validator names no viewer.
pub(super) fn write(
    session: &Session,
    metadata: &Metadata,
    etag: &str,
    now: Wall,
) -> Option<String> {
    let mut value = serde_json::to_value(session).ok()?;
    let fields = value.as_object_mut()?;
    for field in LEFT_OUT {
        fields.remove(field);
    }
    let written = Written {
        schema: SCHEMA,
        user: viewer_of(etag)?,
        etag,
        saved_at: Timestamp(now.0),
        session: value,
        metadata,
    };
    let text = serde_json::to_string(&written).ok()?;
    let text = text.strip_suffix('}')?;
    let text = format!("{text}{DIGEST}{:016x}\"}}", fnv_1a(text));
    (text.len() <= COPY_MAX_BYTES).then_some(text)
}

/// The copy that a text holds, for this session and this viewer.
///
/// # Errors
/// Why it must be removed and must not be drawn.
pub(super) fn read(
    text: &str,
    id: &SessionId,
    user: &str,
    now: Wall,
) -> Result<LocalCopy, Dropped> {
    carried::read::<IgnoredAny>(text).map_err(|_| Dropped::Unreadable)?;
    if !is_as_written(text) {
        return Err(Dropped::Tampered);
    }
    let label: Label = carried::read(text).map_err(|_| Dropped::Unreadable)?;
    if label.schema != SCHEMA {
        return Err(Dropped::OtherSchema);
    }
    if label.user != user {
        return Err(Dropped::OtherUser);
    }
    let age = now.0.saturating_sub(label.saved_at.0);
    if u64::try_from(age).is_ok_and(|age| age <= COPY_MAX_AGE_MS) {
        let saved = Wall(label.saved_at.0);
        return unpack(text, id, label.etag, saved);
    }
    Err(Dropped::TooOld)
}

fn unpack(text: &str, id: &SessionId, etag: String, saved: Wall) -> Result<LocalCopy, Dropped> {
    let body: Body = carried::read(text).map_err(|_| Dropped::Unreadable)?;
    if body.session.id != *id {
        return Err(Dropped::Tampered);
    }
    Ok(LocalCopy {
        session: body.session,
        metadata: body.metadata,
        etag,
        saved,
    })
}

/// When a copy was written, if its text tells; to find the oldest.
pub(super) fn saved_at(text: &str) -> Option<Wall> {
    let label: Label = carried::read(text).ok()?;
    Some(Wall(label.saved_at.0))
}

/// The names of the copies beyond the newest `keep`, oldest first.
pub(super) fn surplus(copies: &[(String, Wall)], keep: usize) -> Vec<String> {
    let mut copies: Vec<&(String, Wall)> = copies.iter().collect();
    copies.sort_by_key(|(_, saved)| *saved);
    copies.truncate(copies.len().saturating_sub(keep));
    copies.into_iter().map(|(name, _)| name.clone()).collect()
}

/// What to do when the copy `own` does not fit beside these: the oldest other one goes; if there
/// is none, the storage is not ours to fill.
pub(super) fn when_full(copies: &[(String, Wall)], own: &str) -> WhenFull {
    let others = copies.iter().filter(|(name, _)| name != own);
    match others.min_by_key(|(_, saved)| *saved) {
        Some((name, _)) => WhenFull::Remove(name.clone()),
        None => WhenFull::SwitchOff,
    }
}

/// Whether a text ends with the digest of what stands before it.
fn is_as_written(text: &str) -> bool {
    let parts = text.rsplit_once(DIGEST);
    parts.is_some_and(|(text, digest)| digest == format!("{:016x}\"}}", fnv_1a(text)))
}

/// FNV-1a with 64 bits (Fowler, Noll and Vo).
fn fnv_1a(text: &str) -> u64 {
    let mix = |hash: u64, byte: u8| (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01B3);
    text.bytes().fold(0xCBF2_9CE4_8422_2325, mix)
}

#[cfg(test)]
mod tests;
