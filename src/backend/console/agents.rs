//! Which agents can be started here: found by their programs, checked when a person asks.
use super::Console;
use super::commands::Done;
use super::input::{Caller, command};
use crate::agents::probe::{Found, Probe, probe};
use crate::config::AgentEntry;
use crate::error::Failed;
use crate::store::CommandAnswer;
use domain::catalog::{AgentType, Readiness};
use domain::id::ClientId;
use domain::time::Timestamp;
use serde_json::json;
use std::collections::HashMap;
use std::path::Path;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

/// Longest wait of a check for an answer, in seconds; a person waits for it.
const CHECK_S: u64 = 20;

/// What checks found, by the agent's id, and the right to check.
#[derive(Debug)]
pub(super) struct Checks {
    found: Mutex<HashMap<String, (Timestamp, Found)>>,
    turn: Arc<tokio::sync::Semaphore>,
}

impl Default for Checks {
    fn default() -> Self {
        Self {
            found: Mutex::default(),
            turn: Arc::new(tokio::sync::Semaphore::new(1)),
        }
    }
}

impl Checks {
    fn of(&self, id: &str) -> Option<(Timestamp, Found)> {
        let found = self.found.lock().unwrap_or_else(PoisonError::into_inner);
        found.get(id).cloned()
    }

    fn keep(&self, id: &str, at: Timestamp, what: Found) {
        let mut found = self.found.lock().unwrap_or_else(PoisonError::into_inner);
        found.insert(id.to_owned(), (at, what));
    }
}

impl Console {
    /// The agents that are configured, and what is known about each here.
    pub async fn agent_types(&self) -> Vec<AgentType> {
        let mut all = Vec::new();
        for entry in &self.setup.agents {
            all.push(self.agent_type(entry).await);
        }
        all
    }

    async fn agent_type(&self, entry: &AgentEntry) -> AgentType {
        let missing = match entry.missing() {
            Some(reason) => Some(format!("{reason}{}", too_old(entry).await)),
            None => None,
        };
        let checked = self.checks.of(&entry.id).filter(|_| missing.is_none());
        let (state, failed) = match checked.as_ref().map(|(_, found)| found) {
            _ if missing.is_some() => (Readiness::Missing, None),
            None if self.is_own(entry) => (Readiness::Ready, None),
            None => (Readiness::Unknown, None),
            Some(Found::Ready) => (Readiness::Ready, None),
            Some(Found::NeedsLogin) => (Readiness::Login, None),
            Some(Found::Failed(why)) => (Readiness::Unknown, Some(why.clone())),
        };
        AgentType {
            id: entry.id.clone(),
            name: entry.name.clone(),
            available: missing.is_none(),
            state,
            reason: missing.or(failed),
            install: entry.install.clone(),
            login: entry.login.clone(),
            untried: entry.untried,
            checked_ago_ms: checked.map(|(at, _)| self.setup.clock.now().since(at)),
            models: entry.models.clone(),
        }
    }

    /// Whether the agent is part of the console.
    fn is_own(&self, entry: &AgentEntry) -> bool {
        let program = entry.command.first().map(Path::new);
        program == Some(self.setup.program.as_path())
    }

    /// Starts an agent once, without a prompt, and says what it answered.
    ///
    /// # Errors
    /// [`Failed::Refused`] for an unknown or missing agent, or while another one is checked.
    pub async fn check_agent(&self, _: &Caller, client_id: &ClientId, agent: &str) -> Done {
        let command = command(
            client_id,
            "agent/check_type",
            &json!([agent]),
            CommandAnswer::Nothing,
        );
        if let Some(answer) = self.done_before(&command).await? {
            return Ok(answer);
        }
        let entry = self.startable(agent)?.clone();
        let turn = self.checks.turn.clone().try_acquire_owned();
        let turn = turn.map_err(|_| {
            Failed::Refused("another agent is being checked; try again after it".to_owned())
        })?;
        let place = self.setup.data_dir.join("check");
        let wait = Duration::from_secs(self.setup.limits.init_timeout_s.min(CHECK_S));
        let (asked, checks, clock) = (entry.clone(), self.checks.clone(), self.setup.clock.clone());
        // A task of its own: who asked may leave, what was started is ended all the same.
        let task = tokio::spawn(async move {
            let found = probe(Probe {
                entry: &asked,
                place: &place,
                wait,
            })
            .await;
            checks.keep(&asked.id, clock.now(), found);
            drop(turn);
        });
        task.await.map_err(|error| Failed::internal(&error))?;
        let answer = serde_json::to_string(&self.agent_type(&entry).await)?;
        let now = self.setup.clock.now();
        self.store.remember(command, &answer, now).await?;
        Ok(answer)
    }
}

/// What to add about Node where the agent could not run on the one that is here.
async fn too_old(entry: &AgentEntry) -> String {
    let Some(needed) = entry.min_node else {
        return String::new();
    };
    match node_version().await {
        Some((major, _)) if major >= needed => String::new(),
        Some((_, version)) => format!("; it needs Node {needed} or newer, and here is {version}"),
        None => format!("; it needs Node {needed} or newer, which is missing too"),
    }
}

async fn node_version() -> Option<(u32, String)> {
    let asked = tokio::process::Command::new("node")
        .arg("--version")
        .stdin(std::process::Stdio::null())
        .kill_on_drop(true)
        .output();
    let told = tokio::time::timeout(Duration::from_secs(5), asked).await;
    let text = String::from_utf8(told.ok()?.ok()?.stdout).ok()?;
    let version = text.trim().trim_start_matches('v').to_owned();
    let major = version.split('.').next()?.parse().ok()?;
    Some((major, version))
}
