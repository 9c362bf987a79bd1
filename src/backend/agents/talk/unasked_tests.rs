//! An agent that goes on by itself: turns that no prompt asked for, from their begin to their end.
use super::rule_tests::{Script, ends, facts, sent};
use super::*;
use domain::thread::{ApprovalState, ToolStatus};
use serde_json::json;

const NEXT: &str = "0199f0a0-1111-4222-8333-444455556667";

/// A turn that ended some time ago.
fn rested() -> Script {
    let mut script = Script::in_turn();
    script.says("first");
    script.ends(3, "end_turn");
    script.at += 4000;
    script.told.clear();
    script
}

fn begins(script: &Script) -> usize {
    let begins = |fact: &SessionFact| {
        matches!(
            fact,
            SessionFact::TurnStarted {
                client_id: None,
                ..
            }
        )
    };
    facts(&script.told).into_iter().filter(begins).count()
}

fn asks(script: &mut Script) -> u64 {
    let input = json!({"command": "echo woke"});
    let call = json!({"toolCallId": "t9", "title": "run the tests again", "rawInput": input});
    script.asks(&json!("w1"), &call)
}

#[test]
fn a_request_while_nothing_is_asked_of_the_agent_begins_a_turn_and_can_be_answered() {
    let mut script = rested();
    let n = asks(&mut script);
    assert_eq!((begins(&script), script.talk.turn()), (1, 2));
    assert!(script.talk.is_unasked());
    assert_eq!(script.approval(n).state, ApprovalState::Open);
    assert!(sent(&script.told).is_empty(), "nobody answers but a person");
    let told = "by_itself: the agent went on by itself at 00:00 UTC";
    assert_eq!(script.texts().last().unwrap(), told);
    assert_eq!(script.talk.rests_at(), None, "a person is waited for");
    script.ours(&build::selected(&json!("w1"), &n.to_string(), "y", "ann"));
    script.says("I woke up");
    assert_eq!(script.tool("tool:2:t9").status, ToolStatus::Pending);
    let rests = script.talk.rests_at().unwrap();
    assert_eq!(script.talk.rest(Timestamp(rests.0 - 1)), []);
    let told = script.talk.rest(rests);
    assert_eq!(ends(&told), [TurnEnd::Success]);
    assert_eq!(script.tool("tool:2:t9").status, ToolStatus::Unknown);
    assert_eq!(script.talk.stage(), Stage::Ready);
}

#[test]
fn words_calls_plans_and_questions_begin_a_turn_of_their_own_too() {
    let begin = |act: &dyn Fn(&mut Script) -> u64| {
        let mut script = rested();
        act(&mut script);
        begins(&script)
    };
    assert_eq!(begin(&|script| script.says("hm")), 1);
    assert_eq!(begin(&|script| script.calls("new", "in_progress")), 1);
    let plan = json!({"entries": [{"content": "x", "status": "pending"}]});
    assert_eq!(begin(&|script| script.update("plan", plan.clone())), 1);
    let question =
        json!({"sessionId": "s", "message": "Which?", "requestedSchema": {"properties": {}}});
    let question = json!({"id": 1, "method": "elicitation/create", "params": question});
    assert_eq!(begin(&|script| script.agent(question.clone())), 1);
    // Facts about the session are no work.
    let usage = json!({"used": 1, "size": 2});
    assert_eq!(
        begin(&|script| script.update("usage_update", usage.clone())),
        0
    );
    assert_eq!(begin(&|script| script.says(" ")), 0);
}

#[test]
fn the_last_words_of_a_turn_may_come_after_its_end_and_begin_none() {
    let mut script = Script::in_turn();
    script.calls("c", "in_progress");
    script.ends(3, "end_turn");
    script.says("late");
    script.update_call("c", "completed");
    script.at += 5000;
    script.update_call("c", "completed");
    assert_eq!(begins(&script), 0);
    assert_eq!(script.talk.stage(), Stage::Ready);
}

#[test]
fn a_call_that_goes_on_in_the_background_is_taken_up_by_the_turn_that_it_begins() {
    let mut script = Script::in_turn();
    script.calls("c", "in_progress");
    script.ends(3, "end_turn");
    script.at += 5000;
    script.update_call("c", "in_progress");
    assert_eq!(begins(&script), 1);
    assert!(script.talk.entry("tool:2:c").is_none());
    let rests = script.talk.rests_at().unwrap();
    assert!(rests.0 > script.at + 60_000, "it runs");
    script.update_call("c", "completed");
    assert_eq!(script.tool("tool:1:c").status, ToolStatus::Completed);
    assert!(script.talk.rests_at().unwrap().0 <= script.at + 10_000);
}

#[test]
fn the_next_line_ends_a_turn_that_is_quiet_for_long_and_a_prompt_takes_its_place() {
    let mut script = rested();
    script.says("one");
    script.at += 60_000;
    script.says("two");
    assert_eq!((begins(&script), script.talk.turn()), (2, 3));
    script.prompt(4, NEXT, "more");
    assert_eq!(ends(&script.told), [TurnEnd::Success, TurnEnd::Superseded]);
    assert!(!script.talk.is_unasked());
    script.says("yes");
    script.ends(4, "end_turn");
    assert_eq!(ends(&script.told).last(), Some(&TurnEnd::Success));
}

#[test]
fn a_request_that_crosses_with_a_prompt_stays_open() {
    let mut script = rested();
    let n = asks(&mut script);
    script.prompt(4, NEXT, "more");
    assert_eq!(script.approval(n).state, ApprovalState::Open);
    assert!(sent(&script.told).is_empty());
    script.ours(&build::selected(&json!("w1"), &n.to_string(), "y", "ann"));
    assert_eq!(script.approval(n).state, ApprovalState::Answered);
}

#[test]
fn a_turn_that_nobody_asked_for_is_stopped_once_its_requests_are_answered() {
    let mut script = rested();
    asks(&mut script);
    script.ours(&build::cancel("s", "ann"));
    assert_eq!(ends(&script.told), []);
    script.ours(&build::cancelled(&json!("w1")));
    assert_eq!(ends(&script.told), [TurnEnd::Cancelled]);
    script.at += 5000;
    script.says("still here");
    assert_eq!(
        begins(&script),
        1,
        "what is being stopped begins no other turn"
    );
}

#[test]
fn an_agent_that_only_begins_to_speak_before_the_first_prompt_has_no_turn_but_may_ask() {
    let mut script = Script::ready();
    script.says("hello");
    assert_eq!(script.talk.turn(), 0);
    let n = asks(&mut script);
    assert_eq!(script.approval(n).state, ApprovalState::Open);
}

#[test]
fn a_journal_that_is_heard_again_knows_the_same_turns() {
    let mut script = rested();
    script.says("one");
    let at = script.talk.rests_at().unwrap();
    let mut live = rested();
    live.says("one");
    live.told.extend(live.talk.rest(at));
    for script in [&mut script, &mut live] {
        script.at += 60_000;
        script.prompt(4, NEXT, "more");
    }
    assert_eq!(script.told, live.told);
}
