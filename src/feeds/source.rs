//! What the driver needs to know of the thing that it keeps fresh.
use crate::api::carried::Carried;
use crate::api::error::ApiError;
use domain::id::SessionId;
use domain::push::Reading;
use domain::session::Phase;
use domain::sync::{
    Config, Core, Event, Incident, Machine, Mono, OpId, Origin, Seed, SyncView, Wall,
};
use leptos::prelude::*;
use serde::de::DeserializeOwned;
use std::future::Future;
use std::pin::Pin;

/// The version that holds an action's effect, and the phase of the session then.
pub(super) type OpAnswer = Result<(u64, Option<Phase>), ApiError>;
/// A future of the page.
pub(super) type Local<T> = Pin<Box<dyn Future<Output = T>>>;

/// Something that is kept fresh.
pub(super) trait Source: 'static {
    /// Whether what one tab reads serves all.
    const IS_SHARED: bool = false;
    /// What a request is answered with.
    type Answer: DeserializeOwned + 'static;
    /// Where to ask.
    fn url(&self, is_conditional: bool) -> String;
    /// The validator of what is held.
    fn etag(&self) -> Option<String>;
    /// Version and phase of an answer.
    fn version(answer: &Self::Answer) -> (u64, Phase);
    /// The settings that an answer carries.
    fn config(answer: &Self::Answer) -> Config;
    /// Whether an answer can be applied to what is held.
    fn fits(&self, answer: &Self::Answer) -> bool;
    /// Applies an answer.
    fn apply(&self, answer: Self::Answer);
    /// Takes an answer that holds what is held already: its validator and settings may differ.
    fn confirm(&self, answer: Self::Answer);
    /// Shows how fresh things are.
    fn show(&self, view: SyncView);
    /// Notes an error that an answer carried.
    fn note(&self, error: ApiError);
    /// The session that it is about, if it is one.
    fn session(&self) -> Option<SessionId> {
        None
    }
    /// The session and the revision that is held of it, if it is shared.
    fn shared(&self) -> Option<(SessionId, u64)> {
        None
    }
    /// What an answer brings to tabs that hold an older state; none if it is whole.
    fn reading(_answer: &Self::Answer) -> Option<Reading> {
        None
    }
    /// Keeps what is held on this browser.
    fn persist(&self) {}
    /// Forgets what this browser keeps of it.
    fn forget(&self) {}
    /// Reports an incident to the server.
    fn report(&self, incident: Incident);
    /// Sends an action.
    fn send(&self, op: OpId) -> Local<OpAnswer>;
    /// Forgets an action: the data holds its effect.
    fn settled(&self, op: OpId);
    /// Takes an action back, for a reason.
    fn rolled_back(&self, op: OpId, reason: Option<ApiError>);
}

/// What the page shows of its synchronisation when it opens.
pub(super) fn first_view(config: Config, version: u64, phase: Phase) -> SyncView {
    let seed = Seed {
        version,
        phase,
        origin: Origin::Server,
    };
    let mut machine = Machine::new(Core::new(config), 0);
    machine.step(Mono(0), Wall(0), Event::Mount(Some(seed)));
    machine.core().view()
}

/// The answer of a page's one fetch, in the form that the server writes into the page.
pub async fn carried<T>(answer: impl Future<Output = Result<T, ApiError>>) -> Carried<T> {
    Carried(answer.await)
}

/// Sets a signal, unless it holds the same already.
pub(super) fn set_if_new<T: PartialEq + Send + Sync + 'static>(signal: RwSignal<T>, value: T) {
    if signal.with_untracked(|held| *held != value) {
        signal.set(value);
    }
}
