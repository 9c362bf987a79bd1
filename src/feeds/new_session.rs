//! What the new-session page can choose from, and the start of a session.
use super::again::{Again, again};
use super::attachments::AttachmentsFeed;
use super::draft::{DraftFeed, forget_draft};
use super::ops::new_client_id;
use super::request::Requests;
use super::time::ticking;
use crate::api::catalog::{available_types, check_type, list_branches, list_repos};
use crate::api::commands::create_session;
use crate::api::error::ApiError;
use domain::catalog::{AgentType, Branch, RepoInfo, SessionDraft};
use domain::id::SessionId;
use domain::session::Session;
use domain::time::Timestamp;
use leptos::prelude::*;
use serde::{Deserialize, Serialize};

/// What can be chosen.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Choices {
    /// The repositories.
    pub repos: Vec<RepoInfo>,
    /// The agents.
    pub agents: Vec<AgentType>,
    /// Branches of the first usable repository, or of the one to start again in.
    pub branches: Vec<Branch>,
    /// The session that is started again, if one is.
    pub again: Option<Again>,
}

/// Reads what can be chosen; `from` is a session that is started again.
///
/// # Errors
/// 401.
pub async fn choices(from: Option<SessionId>) -> Result<Choices, ApiError> {
    let repos = list_repos().await?;
    let agents = available_types().await?;
    let again = match from {
        Some(id) => again(id).await.ok(),
        None => None,
    };
    let first = usable(&repos, again.as_ref());
    let branches = match first {
        Some(repo) => list_branches(repo).await.unwrap_or_default(),
        None => Vec::new(),
    };
    Ok(Choices {
        repos,
        agents,
        branches,
        again,
    })
}

/// The repository to begin with: that of the session before, else the first that can be used.
fn usable(repos: &[RepoInfo], again: Option<&Again>) -> Option<String> {
    let is_same = |repo: &&RepoInfo| again.is_some_and(|again| again.repo == repo.path);
    let mut good = repos.iter().filter(|repo| repo.reason.is_none());
    let first = good.clone().find(is_same).or_else(|| good.next());
    first.map(|repo| repo.path.clone())
}

/// An agent and when it was checked, by the clock of [`NewSessionFeed::now_ms`].
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KnownAgent {
    /// It.
    pub agent: AgentType,
    /// When it was checked last.
    pub checked_at: Option<Timestamp>,
}

impl KnownAgent {
    fn new(agent: AgentType, now_ms: i64) -> Self {
        let ago = agent.checked_ago_ms.and_then(|ago| i64::try_from(ago).ok());
        let checked_at = ago.map(|ago| Timestamp(now_ms - ago));
        Self { agent, checked_at }
    }
}

/// The fields of the form as signals.
#[derive(Debug, Clone, Copy)]
pub struct NewSessionFeed {
    requests: Requests,
    /// Chosen repository.
    pub repo: RwSignal<String>,
    /// Chosen base branch.
    pub branch: RwSignal<String>,
    /// Branches of the chosen repository.
    pub branches: RwSignal<Vec<Branch>>,
    /// The agents.
    pub agents: RwSignal<Vec<KnownAgent>>,
    /// The agent that is being checked.
    pub checking: RwSignal<Option<String>>,
    /// A clock that began with the page, in milliseconds.
    pub now_ms: Signal<i64>,
    /// Chosen agent.
    pub agent: RwSignal<String>,
    /// Chosen model; empty for the agent's own.
    pub model: RwSignal<String>,
    /// Title; empty to make one from the prompt.
    pub title: RwSignal<String>,
    /// The first message.
    pub prompt: RwSignal<String>,
    /// The first message as a draft; none while an earlier session is repeated.
    pub draft: Option<DraftFeed>,
    /// Images that go along with it.
    pub attachments: AttachmentsFeed,
    /// Whether the start is under way.
    pub is_busy: RwSignal<bool>,
    /// Why it did not start.
    pub error: RwSignal<Option<ApiError>>,
    command: StoredValue<Option<(SessionDraft, domain::id::ClientId)>>,
}

impl NewSessionFeed {
    /// The form with its first choices made; `field` is the id of the first message's element.
    #[must_use]
    pub fn new(choices: &Choices, field: &'static str) -> Self {
        let again = choices.again.as_ref();
        let draft = again.is_none().then(|| DraftFeed::new("new", field));
        let repeated = || again.map(|again| again.prompt.clone()).unwrap_or_default();
        let repo = usable(&choices.repos, again);
        let mut agents = choices.agents.iter().filter(|agent| agent.available);
        let same = |agent: &&AgentType| again.is_some_and(|again| again.agent == agent.id);
        let agent = agents.clone().find(same).or_else(|| agents.next());
        let model = again.filter(|again| agent.is_some_and(|agent| agent.id == again.agent));
        let model = model.and_then(|again| again.model.clone());
        let known = choices.agents.iter().cloned();
        let known = known.map(|agent| KnownAgent::new(agent, 0)).collect();
        let feed = Self {
            requests: Requests::new(),
            agents: RwSignal::new(known),
            checking: RwSignal::new(None),
            now_ms: ticking(Timestamp(0), Signal::stored(false)),
            branch: RwSignal::new(branch(&choices.branches, again, repo.as_deref())),
            repo: RwSignal::new(repo.unwrap_or_default()),
            branches: RwSignal::new(choices.branches.clone()),
            agent: RwSignal::new(agent.map(|agent| agent.id.clone()).unwrap_or_default()),
            model: RwSignal::new(model.unwrap_or_default()),
            title: RwSignal::new(String::new()),
            prompt: draft.map_or_else(|| RwSignal::new(repeated()), |draft| draft.text),
            draft,
            attachments: AttachmentsFeed::new("new"),
            is_busy: RwSignal::new(false),
            error: RwSignal::new(None),
            command: StoredValue::new(None),
        };
        feed.follow_repo();
        feed
    }

    fn follow_repo(self) {
        Effect::new(move |before: Option<String>| {
            let repo = self.repo.get();
            if before.is_some_and(|before| before != repo) {
                self.read_branches(repo.clone());
            }
            repo
        });
    }

    fn read_branches(self, repo: String) {
        self.requests.spawn(async move {
            let branches = list_branches(repo.clone()).await;
            if self.repo.get_untracked() != repo {
                return;
            }
            match branches {
                Ok(branches) => {
                    self.branch.set(first_branch(&branches));
                    self.branches.set(branches);
                    self.error.set(None);
                }
                Err(error) => {
                    self.branches.set(Vec::new());
                    self.error.set(Some(error));
                }
            }
        });
    }

    /// Has an agent checked; its place in the list then says what was found.
    pub fn check(self, agent: String) {
        if self.checking.get_untracked().is_some() {
            return;
        }
        self.checking.set(Some(agent.clone()));
        self.error.set(None);
        self.requests.spawn(async move {
            let answer = check_type(new_client_id(), agent.clone()).await;
            self.checking.set(None);
            match answer {
                Ok(found) => {
                    let found = KnownAgent::new(found, self.now_ms.get_untracked());
                    self.agents.update(|known| {
                        for known in known.iter_mut().filter(|known| known.agent.id == agent) {
                            *known = found.clone();
                        }
                    });
                }
                Err(error) => self.error.set(Some(error)),
            }
        });
    }

    /// Starts the session; `then` gets it once it is accepted.
    pub fn start(self, then: impl FnOnce(Session) + 'static) {
        if self.is_busy.get_untracked() {
            return;
        }
        self.is_busy.set(true);
        self.error.set(None);
        let some = |text: String| (!text.trim().is_empty()).then_some(text);
        let (model, title) = (self.model.get_untracked(), self.title.get_untracked());
        let enclosed = self.attachments.enclosed();
        let new = SessionDraft {
            repo: self.repo.get_untracked(),
            agent: self.agent.get_untracked(),
            model: some(model),
            prompt: self.prompt.get_untracked(),
            title: some(title),
            base_branch: some(self.branch.get_untracked()),
            attachments: enclosed.ids(),
            files: None,
        };
        let client_id = self.command_for(&new);
        let sent = new.prompt.clone();
        let request = async move {
            let prompt = new.prompt.clone();
            let answer = create_session(client_id, new).await;
            if answer.is_ok() {
                forget_draft("new", &prompt);
            }
            answer
        };
        self.requests.run(request, move |answer| {
            self.is_busy.set(false);
            match answer {
                Ok(session) => {
                    if self.prompt.with_untracked(|now| *now == sent) {
                        self.prompt.set(String::new());
                    }
                    self.attachments.clear();
                    then(session);
                }
                Err(error) => self.error.set(Some(error)),
            }
        });
    }

    /// The same name for the same wish, so that a second try starts no second session.
    fn command_for(self, new: &SessionDraft) -> domain::id::ClientId {
        if let Some((known, id)) = self.command.get_value()
            && known == *new
        {
            return id;
        }
        let id = new_client_id();
        self.command.set_value(Some((new.clone(), id.clone())));
        id
    }
}

/// The branch of the session before, if it is still there, else the first one.
fn branch(branches: &[Branch], again: Option<&Again>, repo: Option<&str>) -> String {
    let again = again.filter(|again| Some(again.repo.as_str()) == repo);
    let same = again.filter(|again| branches.iter().any(|branch| branch.name == again.branch));
    same.map_or_else(|| first_branch(branches), |again| again.branch.clone())
}

fn first_branch(branches: &[Branch]) -> String {
    branches
        .first()
        .map(|branch| branch.name.clone())
        .unwrap_or_default()
}
