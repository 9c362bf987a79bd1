//! Sound and notifications of this browser: what a person wants, and each event told by one tab.
use super::push::is_leading;
use super::request::Requests;
use crate::browser::page::{is_visible, random};
use crate::browser::timer::TimerSlot;
use crate::browser::{storage, tell as device};
use device::Permission;
use domain::news::{News, claim};
use leptos::prelude::*;
use std::cell::RefCell;
use std::time::Duration;

/// Where this browser keeps what its person wants: `sound`, `system`, both or nothing.
const WISHES: &str = "heddle.1.notify";
/// Where the tabs of this browser keep which events were told.
const TOLD: &str = "heddle.1.told";
/// Where tabs of a browser without locks keep who may tell.
const CLAIM: &str = "heddle.1.claim";
/// How long such a tab waits for others to claim the same, in milliseconds.
const CLAIM_MS: u64 = 50;
/// How long a tab without the stream waits for the one that has it.
const AFTER_LEADER: Duration = Duration::from_millis(400);

thread_local! {
    static CLAIMS: RefCell<TimerSlot> = RefCell::new(TimerSlot::default());
}

fn wants(what: &str) -> bool {
    storage::get(WISHES).is_some_and(|kept| kept.split(' ').any(|word| word == what))
}

/// Whether somebody wants to hear of what happens.
pub(super) fn is_wanted() -> bool {
    wants("sound") || wants("system")
}

/// Whether pages are to go on asking although nobody sees them.
pub(super) fn is_watched() -> bool {
    is_visible() || is_wanted()
}

/// Tells what happened, unless nobody wants to hear of it or another tab does it.
pub(super) fn tell(news: Vec<News>) {
    if news.is_empty() || !is_wanted() {
        return;
    }
    if is_leading() {
        return tell_now(news);
    }
    // Tabs may be of several processes, and what one of them stores is with the others a moment
    // after the lock: the one with the stream goes first.
    set_timeout(move || tell_now(news), AFTER_LEADER);
}

/// Tells it, if no other tab does.
fn tell_now(news: Vec<News>) {
    let under_lock = news.clone();
    if device::alone(TOLD, move || tell_first(&under_lock)) {
        return;
    }
    let mark = random().to_string();
    storage::set(CLAIM, &mark);
    CLAIMS.with_borrow_mut(|timer| {
        timer.set(CLAIM_MS, move || {
            if storage::get(CLAIM) == Some(mark) {
                tell_first(&news);
            }
        });
    });
}

fn tell_first(news: &[News]) {
    let mut has_told = false;
    for event in news {
        let told = storage::get(TOLD).unwrap_or_default();
        if let Some(told) = claim(&told, event) {
            storage::set(TOLD, &told);
            has_told = true;
            if wants("system") {
                let words = format!("{} {}", event.title, event.kind.words());
                let path = format!("/agents/{}", event.id);
                device::notify("Heddle", &words, event.id.as_str(), &path);
            }
        }
    }
    if has_told && wants("sound") {
        device::tone();
    }
}

/// What this browser does when something happens, as a form.
#[derive(Debug, Clone, Copy)]
pub struct NotifyFeed {
    requests: Requests,
    /// Whether a tone is played.
    pub sound: RwSignal<bool>,
    /// Whether notifications are shown.
    pub system: RwSignal<bool>,
    /// Why notifications cannot be shown.
    pub problem: RwSignal<Option<&'static str>>,
}

impl NotifyFeed {
    /// The form; it is filled once the page runs in a browser.
    #[must_use]
    pub fn new() -> Self {
        let feed = Self {
            requests: Requests::new(),
            sound: RwSignal::new(false),
            system: RwSignal::new(false),
            problem: RwSignal::new(None),
        };
        Effect::new(move |_| {
            let is_refused = device::permission() == Permission::Denied;
            feed.sound.set(wants("sound"));
            feed.system.set(wants("system") && !is_refused);
            if wants("system") && is_refused {
                feed.explain(Permission::Denied);
            }
        });
        feed
    }

    /// Switches the tone; it is heard once when it is switched on. Call from a click.
    pub fn set_sound(self, is_on: bool) {
        self.sound.set(is_on);
        self.keep();
        if is_on {
            device::tone();
        }
    }

    /// Plays the tone. Call from a click.
    pub fn test(self) {
        device::tone();
        if self.system.get_untracked() {
            device::notify("Heddle", "This is a test", "test", "/settings");
        }
    }

    /// Switches notifications; the browser asks its person first. Call from a click.
    pub fn set_system(self, is_on: bool) {
        self.problem.set(None);
        self.system.set(is_on);
        if !is_on {
            return self.keep();
        }
        self.requests.run(device::ask_permission(), move |answer| {
            self.system.set(answer == Permission::Granted);
            self.explain(answer);
            self.keep();
        });
    }

    fn explain(self, permission: Permission) {
        self.problem.set(match permission {
            Permission::Granted => None,
            Permission::Denied => Some(
                "This browser refuses notifications of this page. Allow them in its settings \
                 for this site, then try again.",
            ),
            Permission::Unasked => Some("The question of the browser was not answered."),
            Permission::Missing => Some("This browser shows no notifications for this page."),
        });
    }

    fn keep(self) {
        let words = [("sound", self.sound), ("system", self.system)];
        let on = words.into_iter().filter(|(_, is_on)| is_on.get_untracked());
        let on: Vec<&str> = on.map(|(word, _)| word).collect();
        storage::set(WISHES, &on.join(" "));
    }
}

impl Default for NotifyFeed {
    fn default() -> Self {
        Self::new()
    }
}
