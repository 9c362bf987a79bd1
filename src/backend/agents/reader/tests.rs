//! What becomes of damaged lines, by example and at random.
use super::*;
use proptest::prelude::*;
use serde_json::json;

/// The only message of a line.
#[track_caller]
fn one(raw: &str) -> Value {
    let mut reading = read(raw);
    assert_eq!(reading.messages.len(), 1, "{raw}: {reading:?}");
    Value::Object(reading.messages.remove(0))
}

#[track_caller]
fn text_of(raw: &str) -> String {
    let message = one(&format!(
        r#"{{"jsonrpc":"2.0","method":"m","params":{{"text":{raw}}},"id":7}}"#
    ));
    assert_eq!(message["id"], 7, "{raw}");
    message["params"]["text"].as_str().unwrap().to_owned()
}

#[test]
fn halves_of_pairs_become_replacement_characters_and_pairs_stay() {
    assert_eq!(text_of(r#""cut here \ud83d""#), "cut here \u{fffd}");
    assert_eq!(text_of(r#""\ude00 first""#), "\u{fffd} first");
    assert_eq!(text_of(r#""\ud83d\ud83d\ude00""#), "\u{fffd}😀");
    assert_eq!(text_of(r#""\ud83dx \ud83d\n""#), "\u{fffd}x \u{fffd}\n");
    assert_eq!(text_of(r#""\uD83D\uDE00 \ud8""#), "😀 \u{fffd}");
}

#[test]
fn escapes_and_characters_that_json_does_not_allow_stay_as_text() {
    assert_eq!(text_of(r#""C:\Users\x""#), r"C:\Users\x");
    assert_eq!(text_of("\"a\tb\u{1}c\""), "a\tb\u{1}c");
    assert_eq!(text_of("\"a\u{fffd}b\""), "a\u{fffd}b");
    assert_eq!(text_of(r#""he said "hi" twice""#), r#"he said "hi" twice"#);
}

#[test]
fn a_byte_order_mark_and_blanks_around_a_message_say_nothing() {
    for around in ["\u{feff}", "\u{feff}\u{feff} ", "\r", "\u{0}", "\u{fffe}"] {
        let raw = format!("{around}{{\"jsonrpc\":\"2.0\",\"id\":1,\"result\":{{}}}}{around}");
        let reading = read(&raw);
        assert_eq!((reading.messages.len(), reading.rest.as_str()), (1, ""));
    }
}

#[test]
fn what_is_nested_ten_thousand_deep_stays_as_text_and_the_rest_is_read() {
    for (open, close) in [("[", "]"), ("{\"a\":", "}"), ("[{\"a\":", "}]")] {
        let (open, close) = (open.repeat(10_000), close.repeat(10_000));
        let raw = format!(
            r#"{{"jsonrpc":"2.0","method":"m","params":{{"deep":{open}1{close},"x":"y"}},"id":3}}"#
        );
        let message = one(&raw);
        assert_eq!(
            (&message["id"], &message["params"]["x"]),
            (&json!(3), &json!("y"))
        );
        assert!(message.to_string().len() > 20_000);
        let unclosed = format!(r#"{{"jsonrpc":"2.0","id":3,"method":"m","params":{open}"#);
        assert_eq!(one(&unclosed)["id"], 3);
    }
}

#[test]
fn numbers_of_any_size_are_read_and_an_id_comes_back_as_it_was() {
    let message = one(
        r#"{"jsonrpc":"2.0","method":"m","id":1,"params":[1e999,-1e-999,007,0x1f,99999999999999999999,NaN]}"#,
    );
    let wanted = json!(["1e999", -0.0, 7, "0x1f", 1e20, null]);
    assert_eq!(message["params"], wanted);
    for id in [
        "123456789012345678901234567890",
        "1e400",
        "-0.5",
        "18446744073709551615",
    ] {
        let message = one(&format!(r#"{{"jsonrpc":"2.0","id":{id},"method":"m"}}"#));
        assert_eq!(id_json(&message["id"]), id);
    }
    assert!(!is_exact(&json!(5)));
}

#[test]
fn of_a_key_that_stands_twice_the_last_counts() {
    let message = one(r#"{"jsonrpc":"2.0","method":"a","method":"b","id":1e999,"id":5}"#);
    assert_eq!(
        (&message["method"], &message["id"]),
        (&json!("b"), &json!(5))
    );
}

#[test]
fn what_is_open_at_the_end_of_a_line_is_closed() {
    let whole = r#"{"jsonrpc":"2.0","id":3,"result":{"stopReason":"end_turn"}}"#;
    let first = whole.find("\"result\"").unwrap() + "\"result\"".len();
    for end in first..whole.len() {
        let message = one(&whole[..end]);
        assert_eq!(message["id"], 3, "{}", &whole[..end]);
        assert!(message.get("result").is_some());
    }
    let request = r#"{"jsonrpc":"2.0","id":3,"meth"#;
    assert_eq!(read(request).messages.len(), 0, "it may be no answer");
}

#[test]
fn every_message_of_a_line_is_read_and_what_is_between_is_left() {
    let one = r#"{"jsonrpc":"2.0","id":1,"result":{}}"#;
    let two = r#"{"jsonrpc":"2.0","method":"x"}"#;
    let check = |raw: String, count: usize, rest: &str| {
        let reading = read(&raw);
        assert_eq!(
            (reading.messages.len(), reading.rest.as_str()),
            (count, rest),
            "{raw}"
        );
    };
    check(format!("{one}{two}"), 2, "");
    check(format!("[{one}, {two}]"), 2, "");
    check(format!("{one} trailing"), 1, "trailing");
    check(format!("Loading...{one}"), 1, "Loading...");
    check(format!("{one}}}]"), 1, "");
    check("[]".to_owned(), 0, "[]");
    // The first was broken off in the middle of a text.
    check(format!("{}{one}", &two[..28]), 2, "");
    check(
        "npm warn {deprecated}".to_owned(),
        0,
        "npm warn\n{deprecated}",
    );
    check("{}".to_owned(), 0, "{}");
    check("null".to_owned(), 0, "null");
    check(" \r ".to_owned(), 0, "");
}

#[test]
fn a_message_inside_of_a_message_stays_inside() {
    let inner = r#"{"jsonrpc":"2.0","id":9,"result":{}}"#;
    let raw = format!(
        r#"{{"jsonrpc":"2.0","id":1,"method":"mcp/message","params":{{"m":{inner},"t":"\ud83d"}}}}"#
    );
    assert_eq!(one(&raw)["params"]["m"]["id"], 9);
}

#[test]
fn millions_of_brackets_quotes_and_marks_take_linear_time() {
    let watch = crate::clock::stopwatch();
    for unit in [
        "{",
        "[",
        "\"",
        "\\",
        "{\"a\":",
        "}{",
        "\" ",
        MARK,
        "[}",
        "{\"jsonrpc\":{",
        "\\ud83d",
    ] {
        let raw = unit.repeat(2_000_000 / unit.len());
        drop(read(&raw));
        drop(read(&format!("{MARK}:\"2.0\",\"id\":1,\"x\":\"{raw}")));
    }
    assert!(watch.elapsed().as_secs() < 30, "{:?}", watch.elapsed());
}

/// Pieces that lines are damaged with.
fn piece() -> impl Strategy<Value = String> {
    prop_oneof![
        Just(r"\ud83d".to_owned()),
        Just(r"\ude00".to_owned()),
        Just("\u{fffd}".to_owned()),
        Just("\u{feff}".to_owned()),
        Just("\u{1}\t".to_owned()),
        Just(r"\q".to_owned()),
        "[a-zé😀 ]{0,8}",
    ]
}

proptest! {
    #[test]
    fn any_text_is_messages_or_rest_and_never_lost(raw in "\\PC{0,200}") {
        let reading = read(&raw);
        let says = raw.chars().any(char::is_alphanumeric);
        prop_assert!(!says || !reading.messages.is_empty() || !reading.rest.is_empty());
    }

    #[test]
    fn any_bytes_are_read(bytes in proptest::collection::vec(any::<u8>(), 0..300)) {
        drop(read(&String::from_utf8_lossy(&bytes)));
    }

    #[test]
    fn damage_inside_of_a_text_loses_nothing_around_it(pieces in proptest::collection::vec(piece(), 0..6)) {
        let raw = format!(
            r#"{{"jsonrpc":"2.0","method":"m","params":{{"text":"{}","after":[1,{{"b":2}}]}},"id":"x"}}"#,
            pieces.concat()
        );
        let message = one(&raw);
        prop_assert_eq!(&message["id"], "x");
        prop_assert_eq!(&message["params"]["after"], &json!([1, {"b": 2}]));
        prop_assert!(message["params"]["text"].is_string());
    }

    #[test]
    fn a_cut_at_any_place_keeps_what_was_before(text in "[a-z]{1,20}", cut in 0_usize..200) {
        let raw = format!(
            r#"{{"jsonrpc":"2.0","method":"session/update","params":{{"update":{{"text":"{text}"}}}}}}"#
        );
        let begin = raw.find("session/update").unwrap() + 2;
        let end = begin + cut % (raw.len() - begin);
        let message = one(&raw[..end]);
        prop_assert!(message["method"].is_string());
        let kept = message["params"]["update"]["text"].as_str().unwrap_or_default();
        prop_assert!(text.starts_with(kept));
    }
}
