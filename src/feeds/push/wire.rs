//! How the stream and the other tabs say things: their lines, read and written.
use crate::browser::streams::Said;
use domain::id::SessionId;
use domain::push::{
    BEAT, BYE, CHANGES, Input, Message, RESUME, Reading, Resume, SessionUpdated, StreamedChanges,
    VERSION,
};
use domain::session::Row;
use domain::time::Timestamp;
use serde::{Deserialize, Serialize};

/// What lines begin with that carry an answer as it came.
const ANSWER: &str = "read ";

/// What tabs say to each other.
#[derive(Serialize, Deserialize)]
pub(super) enum Line {
    Tab(Message),
    Rows(Vec<Row>),
    /// An answer of the API; it travels as it came.
    #[serde(skip)]
    Answer(SessionId, Reading, String),
}

/// A line as text, other than an answer.
pub(super) fn written(line: &Line) -> Option<String> {
    serde_json::to_string(line).ok()
}

/// An answer as a line.
pub(super) fn answer(id: &SessionId, reading: Reading, body: &str) -> String {
    let Reading { since, revision } = reading;
    format!("{ANSWER}{id} {since} {revision} {body}")
}

/// What another tab says; none if it is of another version.
pub(super) fn read(text: &str) -> Option<Line> {
    match text.strip_prefix(ANSWER) {
        Some(text) => read_answer(text),
        None => serde_json::from_str(text).ok(),
    }
}

fn read_answer(text: &str) -> Option<Line> {
    let mut parts = text.splitn(4, ' ');
    let id = parts.next()?.to_owned().try_into().ok()?;
    let mut number = || parts.next()?.parse().ok();
    let (since, revision) = (number()?, number()?);
    let body = parts.next()?.to_owned();
    Some(Line::Answer(id, Reading { since, revision }, body))
}

/// What has to be known of changes before the page reads them.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct About {
    revision: u64,
    updated_at: Timestamp,
    session: AboutSession,
    thread: AboutThread,
}

#[derive(Deserialize)]
struct AboutSession {
    id: SessionId,
}

#[derive(Deserialize)]
struct AboutThread {
    from: u64,
}

fn changes(data: &str) -> Option<StreamedChanges> {
    let about: About = serde_json::from_str(data).ok()?;
    Some(StreamedChanges {
        update: SessionUpdated {
            v: VERSION,
            session_id: about.session.id,
            updated_at: about.updated_at,
            revision: about.revision,
        },
        since: about.thread.from,
        body: data.into(),
    })
}

/// What an event of the stream means; none if it is not understood.
pub(super) fn input_of(said: Said) -> Option<Input> {
    match said.name.as_str() {
        BYE => Some(Input::Bye),
        BEAT => Some(Input::Beat(said.id)),
        RESUME => serde_json::from_str::<Resume>(&said.data)
            .ok()
            .map(|resume| Input::Resumed(resume.verdict, said.id)),
        CHANGES => changes(&said.data).map(|changes| Input::Changes(changes, said.id)),
        _ => serde_json::from_str(&said.data)
            .ok()
            .map(|update| Input::Updated(update, said.id)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const ID: &str = "0199f0a0-1111-7222-8333-444455556666";

    #[test]
    fn an_answer_travels_between_tabs_as_it_came() {
        let id: SessionId = ID.parse().unwrap();
        let reading = Reading {
            since: 3,
            revision: 5,
        };
        let body = r#"{"a": "b c", "d": "read 1 2"}"#;
        let Some(Line::Answer(to, heard, text)) = read(&answer(&id, reading, body)) else {
            panic!("no answer");
        };
        assert_eq!((to, heard, text.as_str()), (id, reading, body));
        assert!(read("read x 1 2 {}").is_none());
        assert!(read("{\"Other\":1}").is_none());
    }

    #[test]
    fn changes_of_the_stream_say_which_session_they_are_of_and_from_where_on() {
        let data = format!(
            r#"{{"revision":9,"updatedAt":"1970-01-01T00:00:00.000Z","session":{{"id":"{ID}","title":"x"}},"thread":{{"mode":"changes","from":7,"entries":[]}}}}"#
        );
        let said = |name: &str, data: &str| Said {
            name: name.to_owned(),
            data: data.to_owned(),
            id: "a.b.1".to_owned(),
        };
        let Some(Input::Changes(changes, at)) = input_of(said(CHANGES, &data)) else {
            panic!("no changes");
        };
        assert_eq!((changes.since, changes.update.revision), (7, 9));
        assert_eq!((&*changes.body, at.as_str()), (data.as_str(), "a.b.1"));
        assert!(input_of(said(CHANGES, "{}")).is_none());
        assert_eq!(
            input_of(said(BEAT, "{}")),
            Some(Input::Beat("a.b.1".to_owned()))
        );
    }
}
