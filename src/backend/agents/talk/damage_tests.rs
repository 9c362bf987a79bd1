//! Lines that strict JSON refuses, in a whole conversation: no turn and no request is lost.
use super::rule_tests::{Script, ends, sent};
use super::*;
use domain::thread::{ApprovalState, Body};
use proptest::prelude::*;
use serde_json::json;

const ASK: &str = r#"{"jsonrpc":"2.0","id":5,"method":"session/request_permission","params":{"sessionId":"s","toolCall":{"toolCallId":"c","title":"TITLE","rawInput":{"command":"ls"}},"options":[{"optionId":"y","name":"Yes","kind":"allow_once"},{"optionId":"n","name":"No","kind":"reject_once"}]}}"#;

fn chunk(text: &str) -> String {
    format!(
        r#"{{"jsonrpc":"2.0","method":"session/update","params":{{"sessionId":"s","update":{{"sessionUpdate":"agent_message_chunk","content":{{"type":"text","text":"{text}"}}}}}}}}"#
    )
}

fn end(more: &str) -> String {
    format!(r#"{{"jsonrpc":"2.0","id":3,"result":{{"stopReason":"end_turn"{more}}}}}"#)
}

impl Script {
    fn raw(&mut self, raw: &str) -> u64 {
        self.put(Dir::A2c, None, raw)
    }
}

#[test]
fn half_an_emoji_is_kept_as_a_replacement_character_and_ends_no_conversation() {
    let mut script = Script::in_turn();
    script.raw(&chunk(r"cut here \ud83d"));
    let n = script.raw(&ASK.replace("TITLE", r"run \ud83d"));
    assert_eq!(script.approval(n).title, "run \u{fffd}");
    script.ours(&build::selected(&json!(5), &n.to_string(), "y", "ann"));
    assert_eq!(script.approval(n).state, ApprovalState::Answered);
    script.raw(&end(r#","_meta":{"said":"\ud83d"}"#));
    assert_eq!(ends(&script.told), [TurnEnd::Success]);
    assert_eq!(script.texts()[1], "agent: cut here \u{fffd}");
}

#[test]
fn a_line_that_is_no_message_is_told_once_in_a_turn_however_many_there_are() {
    let mut script = Script::in_turn();
    for n in 0..10_000 {
        script.raw(&format!("\u{1b}[31mnpm warn {n}\u{1b}[0m"));
    }
    script.raw("\u{1b}[2K\r");
    let told =
        "unreadable: the agent wrote 10000 lines that are no messages, the first: npm warn 0";
    assert_eq!(script.texts()[1..], [told]);
    script.says("a");
    script.ends(3, "end_turn");
    script.prompt(4, "0199f0a0-1111-4222-8333-444455556667", "more");
    script.raw("again");
    let told = "unreadable: the agent wrote a line that is no message: again";
    assert_eq!(script.texts().last().unwrap(), told);
}

#[test]
fn a_message_behind_a_mark_or_a_word_on_the_same_line_is_heard() {
    for before in [
        "\u{feff}",
        "\u{fffd}\u{fffd}",
        "Loading... ",
        "\u{1b}[2K",
        "{\"jsonrpc\":\"2.0\",\"met",
    ] {
        let mut script = Script::in_turn();
        script.says("a");
        script.raw(&format!("{before}{}", end("")));
        assert_eq!(ends(&script.told), [TurnEnd::Success], "{before:?}");
    }
}

#[test]
fn two_requests_on_one_line_are_two_requests() {
    let mut script = Script::in_turn();
    script.raw(&format!("{ASK}{}", ASK.replace("\"id\":5", "\"id\":6")));
    let open = script.talk.open_permissions();
    assert_eq!((&open[0].rpc_id, &open[1].rpc_id), (&json!(5), &json!(6)));
    assert_ne!(open[0].request_id, open[1].request_id);
}

#[test]
fn an_answer_carries_the_id_of_its_request_as_the_agent_wrote_it() {
    for id in ["123456789012345678901234567890", "1e400", "\"x\"", "-1"] {
        let mut script = Script::in_turn();
        let n = script.raw(&ASK.replace("\"id\":5", &format!("\"id\":{id}")));
        let open = script.talk.open_permissions().remove(0);
        let answer = build::selected(&open.rpc_id, &n.to_string(), "y", "ann");
        assert!(answer.contains(&format!("\"id\":{id},")), "{answer}");
        script.ours(&answer);
        assert_eq!(script.approval(n).state, ApprovalState::Answered, "{id}");
    }
}

#[test]
fn a_request_without_options_is_refused_and_the_thread_says_so() {
    let mut script = Script::in_turn();
    let cut = ASK.find("\"options\"").unwrap();
    script.raw(&ASK[..cut]);
    assert_eq!(sent(&script.told)[0]["error"]["code"], -32602);
    assert!(
        script.texts()[1].contains("nobody can answer"),
        "{:?}",
        script.texts()
    );
}

#[test]
fn a_line_that_was_too_long_is_read_and_said_to_be_cut() {
    let mut script = Script::in_turn();
    script.raw(&format!(
        "{} [line of 9000000 bytes cut here]",
        chunk("long")
    ));
    let told = "notice: the agent wrote a line of 9 MB: its long texts are cut";
    assert_eq!(script.texts()[1..], ["agent: long", told]);
}

/// Damage of a text inside of a message.
fn damage() -> impl Strategy<Value = String> {
    prop_oneof![
        Just(r"\ud83d".to_owned()),
        Just(r"\udc00".to_owned()),
        Just("\u{fffd}".to_owned()),
        Just("\u{feff}".to_owned()),
        Just("\u{0}\u{7}".to_owned()),
        Just(r"\x".to_owned()),
        "[a-z ]{0,6}",
    ]
}

/// A field of any value that the protocol does not know.
fn field() -> impl Strategy<Value = String> {
    prop_oneof![
        (1_usize..10_000).prop_map(|depth| format!("{}{}", "[".repeat(depth), "]".repeat(depth))),
        "[0-9]{1,400}",
        "-?[0-9]{1,3}e[0-9]{1,6}",
        Just("NaN".to_owned()),
        Just("1,\"x\":2".to_owned()),
    ]
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(200))]
    #[test]
    fn whatever_an_agent_writes_the_turn_ends_and_nothing_readable_is_missing(
        pieces in proptest::collection::vec(damage(), 0..8),
        field in field(),
        noise in proptest::collection::vec(any::<u8>(), 0..80),
        is_trailing in any::<bool>(),
    ) {
        let said = pieces.concat();
        let mut script = Script::in_turn();
        // What is cut may be the beginning of anything, but it ends with its line.
        let noise = String::from_utf8_lossy(&noise).replace('\n', " ");
        script.raw(&noise);
        let more = format!(r#","_meta":{{"odd":{field}}}"#);
        script.raw(&chunk(&format!("begin {said} end")));
        let n = script.raw(&ASK.replace("TITLE", &format!("T{said}")).replace("\"ls\"}", &format!("\"ls\"{more}}}")));
        let open = script.talk.open_permissions();
        prop_assert_eq!(open.len(), 1);
        script.ours(&build::selected(&open[0].rpc_id, &n.to_string(), "y", "ann"));
        prop_assert_eq!(script.approval(n).state, ApprovalState::Answered);
        let trailing = if is_trailing { " }]x" } else { "" };
        script.raw(&format!("{}{trailing}", end(&more)));
        prop_assert_eq!(ends(&script.told), [TurnEnd::Success]);
        let keys: Vec<String> = script.talk.keys().map(str::to_owned).collect();
        let bodies = keys.iter().map(|key| script.talk.entry(key).unwrap().body);
        let is_said = |body: Body| matches!(body, Body::Agent { text, .. } if text.starts_with("begin ") && text.ends_with(" end"));
        prop_assert_eq!(bodies.filter(|body| is_said(body.clone())).count(), 1);
    }

    #[test]
    fn a_message_that_is_cut_anywhere_takes_no_other_with_it(cut in 0_usize..400) {
        for whole in [chunk("hello"), ASK.to_owned(), end("")] {
            let mut script = Script::in_turn();
            script.raw(domain::text::cut(&whole, cut % whole.len()));
            script.says("after");
            script.ends(3, "end_turn");
            prop_assert!(!ends(&script.told).is_empty());
            let is_after = |text: &String| text.ends_with("after");
            prop_assert!(script.texts().iter().any(is_after), "{:?}", script.texts());
        }
    }
}
