//! One turn: the prompt's steps, one after the other, each with permission, until one fails.
use super::blocks::Said;
use super::command;
use super::edit;
use super::patch::{self, Change};
use super::peer::Peer;
use super::plan::Plan;
use super::prompt::{Prompt, Step};
use super::session::{Mode, Session};
use super::shortcuts::understand;
use super::store::first_line;
use super::updates;
use serde_json::Value;
use std::rc::Rc;
use tokio_util::sync::CancellationToken;
use uuid::Uuid;

const HELP: &str = "I am Runbook. I have no model: I do the steps that you write, one after the \
other, and ask before each. I understand these blocks:\n\n\
- `sh`: a shell script, run in the working directory\n\
- `diff`: a patch, applied with git\n\
- `file path=NAME`: the whole content of a file\n\
- `ask`: a question to you; lines such as `name*: text = loom`, `n: integer 1..9`, \
`dry: boolean`, `colour: red | green` are its fields, `open https://...` makes it a link\n\n\
A checklist (`- [ ] item`) becomes the plan. `/run CMD`, `/status` and `/test` are short for a \
script. For example:\n\n\
````\n- [ ] say hello\n\n```sh\necho hello > hello.txt\n```\n````\n";

/// Most output that a client without terminals is shown, in bytes.
const MAX_PLAIN: usize = 64 * 1024;

/// How a step went.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Outcome {
    Done,
    Failed(String),
    Rejected,
    Cancelled,
}

/// A turn and what it needs.
pub(super) struct Turn {
    pub(super) peer: Rc<Peer>,
    pub(super) session: Rc<Session>,
    pub(super) cancel: CancellationToken,
    /// The client shows output as it comes.
    pub(super) has_terminals: bool,
    /// The client puts questions to the person.
    pub(super) has_forms: bool,
}

impl Turn {
    /// Does what the prompt says; returns the stop reason.
    pub(super) async fn run(&self, said: &Said) -> &'static str {
        let text = said.text.as_str();
        self.session.keep(&updates::user_text(text));
        if let Some(besides) = &said.besides {
            self.say(besides).await;
        }
        match understand(text, &self.session.cwd) {
            Ok(prompt) if prompt.steps.is_empty() && prompt.items.is_empty() => {
                self.update(&updates::commands()).await;
                self.say(HELP).await;
                "end_turn"
            }
            Ok(prompt) => self.follow(prompt).await,
            Err(problem) => {
                self.say(&problem).await;
                "end_turn"
            }
        }
    }

    async fn follow(&self, prompt: Prompt) -> &'static str {
        let total = prompt.steps.len();
        let mut plan = Plan::new(prompt.items);
        self.show(&plan).await;
        if total == 0 {
            self.say("This is the plan. There is no block that says how, so nothing was run.")
                .await;
        }
        for (index, step) in prompt.steps.iter().enumerate() {
            if plan.begin(index) {
                self.show(&plan).await;
            }
            self.say(&format!("Step {} of {total}: {}\n", index + 1, name(step)))
                .await;
            let outcome = self.step(step).await;
            if outcome != Outcome::Done {
                if plan.give_up() {
                    self.show(&plan).await;
                }
                return self.stopped(&outcome, index + 1, total - index - 1).await;
            }
            if plan.complete(index, index + 1 == total) {
                self.show(&plan).await;
            }
        }
        if total > 0 {
            self.say(if total == 1 {
                "Done.\n"
            } else {
                "All steps are done.\n"
            })
            .await;
        }
        "end_turn"
    }

    async fn stopped(&self, outcome: &Outcome, number: usize, left: usize) -> &'static str {
        let why = match outcome {
            Outcome::Done | Outcome::Cancelled => return "cancelled",
            Outcome::Rejected => format!("Step {number} was rejected."),
            Outcome::Failed(reason) => format!("Step {number} failed: {reason}"),
        };
        let rest = match left {
            0 => String::new(),
            1 => " The step after it was not run.".to_owned(),
            _ => format!(" The {left} steps after it were not run."),
        };
        self.say(&format!("{why}{rest}\n")).await;
        "end_turn"
    }

    async fn step(&self, step: &Step) -> Outcome {
        if self.cancel.is_cancelled() {
            return Outcome::Cancelled;
        }
        let id = format!("step-{}", Uuid::new_v4().simple());
        match step {
            Step::Sh(script) => self.shell(&id, script).await,
            Step::Ask(asked) => self.ask(asked).await,
            Step::Diff(patch) => match patch::preview(patch, &self.session.cwd).await {
                Ok(changes) => self.edit(&id, step, &changes).await,
                Err(reason) => Outcome::Failed(reason),
            },
            Step::File { path, text } => match edit::read(&self.session.cwd, path) {
                Ok(before) => {
                    let after = Some(text.clone().into_bytes());
                    self.edit(
                        &id,
                        step,
                        &[Change {
                            path: path.clone(),
                            before,
                            after,
                        }],
                    )
                    .await
                }
                Err(reason) => Outcome::Failed(reason),
            },
        }
    }

    async fn edit(&self, id: &str, step: &Step, changes: &[Change]) -> Outcome {
        let cwd = &self.session.cwd;
        let call = updates::edit_call(id, &name(step), cwd, changes);
        let outcome = self.permitted(id, call).await;
        if outcome != Outcome::Done {
            return outcome;
        }
        self.update(&updates::status(id, "in_progress")).await;
        let done = match (step, changes) {
            (Step::Diff(patch), _) => patch::apply(patch, cwd, changes).await,
            (_, [change]) => {
                let after = change.after.as_deref().unwrap_or_default();
                edit::write(cwd, &change.path, change.before.as_deref(), after)
            }
            (Step::Sh(_) | Step::File { .. } | Step::Ask(_), _) => Ok(()),
        };
        match done {
            Ok(()) => {
                self.update(&updates::status(id, "completed")).await;
                Outcome::Done
            }
            Err(reason) => {
                self.update(&updates::failed(id, &reason)).await;
                Outcome::Failed(reason)
            }
        }
    }

    async fn shell(&self, id: &str, script: &str) -> Outcome {
        let cwd = &self.session.cwd;
        let call = updates::shell_call(id, &first_line(script), script, cwd);
        let outcome = self.permitted(id, call).await;
        if outcome != Outcome::Done {
            return outcome;
        }
        let start = match self.has_terminals {
            true => updates::terminal_start(id, cwd),
            false => updates::status(id, "in_progress"),
        };
        self.update(&start).await;
        let mut plain = String::new();
        let ended = command::run(script, cwd, &self.cancel, async |text| {
            if self.has_terminals {
                self.update(&updates::terminal_output(id, &text)).await;
            } else if plain.len() < MAX_PLAIN {
                plain.push_str(&text);
            }
        });
        let ended = match ended.await {
            Ok(ended) => ended,
            Err(error) => {
                let reason = format!("the shell cannot be started: {error}.");
                self.update(&updates::failed(id, &reason)).await;
                return Outcome::Failed(reason);
            }
        };
        let output = (!self.has_terminals).then_some(plain.as_str());
        self.update(&updates::command_end(id, &ended, output)).await;
        if self.cancel.is_cancelled() {
            Outcome::Cancelled
        } else if ended.is_success() {
            Outcome::Done
        } else {
            Outcome::Failed(format!("{}.", ended.words()))
        }
    }

    /// Announces the call and asks; `Done` is a yes.
    async fn permitted(&self, id: &str, call: Value) -> Outcome {
        self.update(&updates::announce(call.clone())).await;
        if self.session.mode.get() == Mode::Auto {
            return Outcome::Done;
        }
        let asked = updates::permission(&self.session.id.to_string(), &call);
        let answer = tokio::select! {
            answer = self.peer.request("session/request_permission", &asked) => answer,
            () = self.cancel.cancelled() => None,
        };
        let outcome = answer.unwrap_or_default()["outcome"].take();
        if self.cancel.is_cancelled() || outcome["outcome"] == "cancelled" {
            self.update(&updates::failed(id, "cancelled")).await;
            return Outcome::Cancelled;
        }
        match outcome["optionId"].as_str() {
            Some(updates::ALLOW) => Outcome::Done,
            Some(updates::ALLOW_ALL) => {
                self.session.mode.set(Mode::Auto);
                self.update(&updates::mode(Mode::Auto.id())).await;
                Outcome::Done
            }
            _ => {
                self.update(&updates::failed(id, "rejected")).await;
                Outcome::Rejected
            }
        }
    }

    async fn show(&self, plan: &Plan) {
        if !plan.items.is_empty() {
            self.update(&updates::plan(&plan.items)).await;
        }
    }

    pub(super) async fn say(&self, text: &str) {
        self.update(&updates::text(text)).await;
    }

    async fn update(&self, update: &Value) {
        self.session.keep(update);
        self.session.tell(&self.peer, update).await;
    }
}

fn name(step: &Step) -> String {
    match step {
        Step::Sh(script) => format!("run `{}`", first_line(script)),
        Step::Diff(_) => "apply a patch".to_owned(),
        Step::File { path, .. } => format!("write `{path}`"),
        Step::Ask(_) => "ask you".to_owned(),
    }
}
