//! One turn: the prompt's steps, one after the other, each with permission, until one fails.
use super::command;
use super::edit;
use super::patch::{self, Change};
use super::peer::Peer;
use super::prompt::{Item, Prompt, Step, parse};
use super::session::{Mode, Session};
use super::store::first_line;
use super::updates;
use serde_json::Value;
use std::path::Path;
use std::rc::Rc;
use tokio_util::sync::CancellationToken;
use uuid::Uuid;

const HELP: &str = "I am Runbook. I have no model: I do the steps that you write, one after the \
other, and ask before each. I understand these blocks:\n\n\
- `sh`: a shell script, run in the working directory\n\
- `diff`: a patch, applied with git\n\
- `file path=NAME`: the whole content of a file\n\n\
A checklist (`- [ ] item`) becomes the plan. `/run CMD`, `/status` and `/test` are short for a \
script. For example:\n\n\
````\n- [ ] say hello\n\n```sh\necho hello > hello.txt\n```\n````\n";

/// Most output that a client without terminals is shown, in bytes.
const MAX_PLAIN: usize = 64 * 1024;

/// How a step went.
#[derive(Debug, PartialEq, Eq)]
enum Outcome {
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
}

impl Turn {
    /// Does what the prompt says; returns the stop reason.
    pub(super) async fn run(&self, text: &str) -> &'static str {
        self.session.keep(&updates::user_text(text));
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
            (Step::Sh(_) | Step::File { .. }, _) => Ok(()),
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

    async fn say(&self, text: &str) {
        self.update(&updates::text(text)).await;
    }

    async fn update(&self, update: &Value) {
        self.session.keep(update);
        self.session.tell(&self.peer, update).await;
    }
}

/// The checklist and how far it is.
struct Plan {
    items: Vec<(Item, &'static str)>,
    /// Items that were open at the start: the n-th belongs to the n-th step.
    open: Vec<usize>,
}

impl Plan {
    fn new(items: Vec<Item>) -> Self {
        let status = |item: &Item| if item.is_done { "completed" } else { "pending" };
        let items: Vec<_> = items
            .into_iter()
            .map(|item| (status(&item), item))
            .collect();
        let items: Vec<_> = items
            .into_iter()
            .map(|(status, item)| (item, status))
            .collect();
        let open = (0..items.len())
            .filter(|index| items[*index].1 == "pending")
            .collect();
        Self { items, open }
    }

    fn begin(&mut self, step: usize) -> bool {
        self.mark(step, "in_progress")
    }

    /// The last step completes what is left.
    fn complete(&mut self, step: usize, is_last: bool) -> bool {
        if is_last {
            self.items.iter_mut().for_each(|item| item.1 = "completed");
            return !self.items.is_empty();
        }
        self.mark(step, "completed")
    }

    fn give_up(&mut self) -> bool {
        let open = self.items.iter_mut().find(|item| item.1 == "in_progress");
        open.map(|item| item.1 = "pending").is_some()
    }

    fn mark(&mut self, step: usize, status: &'static str) -> bool {
        let index = self.open.get(step).copied();
        index
            .and_then(|index| self.items.get_mut(index))
            .map(|item| item.1 = status)
            .is_some()
    }
}

fn name(step: &Step) -> String {
    match step {
        Step::Sh(script) => format!("run `{}`", first_line(script)),
        Step::Diff(_) => "apply a patch".to_owned(),
        Step::File { path, .. } => format!("write `{path}`"),
    }
}

/// Commands are short for a script; the rest is read as blocks.
fn understand(text: &str, cwd: &Path) -> Result<Prompt, String> {
    let script = |script: &str| {
        Ok(Prompt {
            steps: vec![Step::Sh(script.to_owned())],
            items: Vec::new(),
        })
    };
    let text = text.trim();
    match text.split_once(char::is_whitespace).unwrap_or((text, "")) {
        ("/run", "") => Err("`/run` needs a command, such as `/run ls`.".to_owned()),
        ("/run", command) => script(command.trim()),
        ("/status", "") => script("git status"),
        ("/test", "") => match test_command(cwd) {
            Some(command) => script(command),
            None => Err("I found no tests to run; use `/run` with the command.".to_owned()),
        },
        _ => parse(text),
    }
}

fn test_command(cwd: &Path) -> Option<&'static str> {
    let has = |name: &str| cwd.join(name).is_file();
    let makefile = std::fs::read_to_string(cwd.join("Makefile")).unwrap_or_default();
    if makefile.lines().any(|line| line.starts_with("test:")) {
        return Some("make test");
    }
    [
        ("Cargo.toml", "cargo test"),
        ("package.json", "npm test"),
        ("go.mod", "go test ./..."),
        ("pyproject.toml", "python3 -m pytest"),
    ]
    .into_iter()
    .find_map(|(name, command)| has(name).then_some(command))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn plan(items: &[bool]) -> Plan {
        Plan::new(
            items
                .iter()
                .map(|&is_done| Item {
                    text: "x".into(),
                    is_done,
                })
                .collect(),
        )
    }

    fn states(plan: &Plan) -> Vec<&'static str> {
        plan.items.iter().map(|item| item.1).collect()
    }

    #[test]
    fn items_advance_with_the_steps_and_the_last_step_completes_the_rest() {
        let mut plan = plan(&[true, false, false, false]);
        assert!(plan.begin(0));
        assert_eq!(
            states(&plan),
            ["completed", "in_progress", "pending", "pending"]
        );
        plan.complete(0, false);
        plan.begin(1);
        assert_eq!(
            states(&plan),
            ["completed", "completed", "in_progress", "pending"]
        );
        plan.complete(1, true);
        assert_eq!(states(&plan), ["completed"; 4]);
    }

    #[test]
    fn an_item_whose_step_failed_is_pending_again() {
        let mut plan = plan(&[false, false]);
        plan.begin(0);
        assert!(plan.give_up());
        assert_eq!(states(&plan), ["pending", "pending"]);
        assert!(!plan.begin(2) && !plan.give_up());
    }

    #[test]
    fn commands_are_short_for_a_script() {
        let dir = tempfile::tempdir().unwrap();
        let steps = |text: &str| understand(text, dir.path()).map(|prompt| prompt.steps);
        assert_eq!(steps("/run ls -l\n").unwrap(), [Step::Sh("ls -l".into())]);
        assert_eq!(steps("/status").unwrap(), [Step::Sh("git status".into())]);
        assert!(steps("/run").is_err() && steps("/test").is_err());
        std::fs::write(dir.path().join("Makefile"), "all:\ntest: all\n").unwrap();
        assert_eq!(steps("/test").unwrap(), [Step::Sh("make test".into())]);
        assert_eq!(steps("please help").unwrap(), []);
    }
}
