//! What other nodes say over Redis: read as a hint only, whatever it claims.
use domain::id::SessionId;
use serde::Deserialize;

/// Bytes of a message; ours have about 150.
pub(super) const MOST: usize = 4096;

/// Something may have happened to a session. Only the database says whether it did.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Hint {
    pub(super) session: SessionId,
    /// The revision that it is said to have; messages of the first shape have none.
    pub(super) revision: Option<u64>,
}

/// Why a message is not listened to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Dropped {
    /// It is larger than any of ours.
    Huge,
    /// It is no message of this kind.
    Malformed,
    /// It is of another version.
    Foreign,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Shape {
    v: Option<u64>,
    session_id: SessionId,
    /// For people; it is looked at only for its shape.
    #[serde(rename = "updatedAt")]
    _updated_at: String,
    revision: Option<u64>,
}

/// Reads a message.
pub(super) fn read(bytes: &[u8]) -> Result<Hint, Dropped> {
    if bytes.len() > MOST {
        return Err(Dropped::Huge);
    }
    let shape: Shape = serde_json::from_slice(bytes).map_err(|_| Dropped::Malformed)?;
    if shape
        .v
        .is_some_and(|v| v != u64::from(domain::push::VERSION))
    {
        return Err(Dropped::Foreign);
    }
    Ok(Hint {
        session: shape.session_id,
        revision: shape.revision,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    const ID: &str = "0199f0a0-1111-7222-8333-444455556666";

    #[test]
    fn messages_of_both_shapes_are_hints_and_their_time_is_never_compared() {
        let hint = |revision| {
            Ok(Hint {
                session: ID.parse().unwrap(),
                revision,
            })
        };
        let first = format!(r#"{{"sessionId":"{ID}","updatedAt":"9999-12-31T00:00:00Z"}}"#);
        assert_eq!(read(first.as_bytes()), hint(None));
        let ours =
            format!(r#"{{"v":1,"sessionId":"{ID}","updatedAt":"no time","revision":7,"more":1}}"#);
        assert_eq!(read(ours.as_bytes()), hint(Some(7)));
    }

    #[test]
    fn what_is_not_ours_is_dropped_with_its_reason() {
        let huge = format!(
            r#"{{"sessionId":"{ID}","updatedAt":"{}"}}"#,
            "x".repeat(MOST)
        );
        assert_eq!(read(huge.as_bytes()), Err(Dropped::Huge));
        let foreign = format!(r#"{{"v":2,"sessionId":"{ID}","updatedAt":""}}"#);
        assert_eq!(read(foreign.as_bytes()), Err(Dropped::Foreign));
        for wrong in [
            "",
            "no json",
            "[]",
            "\u{0}",
            r#"{"sessionId":"../../x","updatedAt":""}"#,
            r#"{"updatedAt":""}"#,
            &format!(r#"{{"sessionId":"{ID}"}}"#),
            &format!(r#"{{"sessionId":"{ID}","updatedAt":"","revision":-1}}"#),
            &format!(r#"{{"sessionId":"{ID}","updatedAt":"","revision":1e400}}"#),
        ] {
            assert_eq!(read(wrong.as_bytes()), Err(Dropped::Malformed), "{wrong}");
        }
        assert_eq!(read(&[0xff, 0xfe]), Err(Dropped::Malformed));
    }
}
