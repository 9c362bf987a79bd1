//! The old way, for comparison: two polls that know nothing of each other, and a page drawn whole.
//!
//! The page asks `agent/get` every second, the sidebar asks for everything every two seconds and
//! without condition, and the git section asks `agent/get` whenever it is drawn (which the shared
//! query cache joined with the page's own request, as this does). Each answer draws everything anew: every
//! counted effect of the page runs again, as components were rendered again by each poll.
//! To remove the arm: delete this file, [`SessionFeed::drawings`] and the lines that name them.
use super::session::SessionFeed;
use crate::api::carried::read;
use crate::api::sessions::{GetSession, GetSessionWithMetadata};
use crate::browser::fetch::Pending;
use crate::browser::timer::TimerSlot;
use crate::browser::{clock, page};
use domain::session::Session;
use domain::snapshot::Snapshot;
use domain::sync::Event;
use leptos::prelude::*;
use leptos::server_fn::ServerFn;
use leptos::task::spawn_local;
use serde::de::DeserializeOwned;
use std::cell::{Cell, RefCell};
use std::rc::Rc;

const PAGE_MS: u64 = 1000;
const SIDEBAR_MS: u64 = 2000;
/// A drawing joins a request of the page that is younger than this.
const JOINED_MS: u64 = 1500;

/// Both polls; dropping them ends them.
pub(super) struct Polls {
    timers: [Rc<RefCell<TimerSlot>>; 2],
}

impl Drop for Polls {
    fn drop(&mut self) {
        for timer in &self.timers {
            timer.borrow_mut().clear();
        }
    }
}

/// Starts both polls. Call from an effect.
pub(super) fn start(feed: SessionFeed) -> Polls {
    let asked = Rc::new(Cell::new(clock::mono_ms()));
    let page_asked = asked.clone();
    let page = every(PAGE_MS, move || {
        page_asked.set(clock::mono_ms());
        spawn_local(ask_for_page(feed));
    });
    let sidebar = every(SIDEBAR_MS, move || {
        spawn_local(ask_for_all(feed));
    });
    Effect::new(move |_| {
        feed.drawings.track();
        let is_joined = clock::mono_ms() < asked.get() + JOINED_MS;
        if !is_joined {
            asked.set(clock::mono_ms());
            spawn_local(ask_for_page(feed));
        }
    });
    Polls {
        timers: [page, sidebar],
    }
}

fn every(ms: u64, ask: impl Fn() + 'static) -> Rc<RefCell<TimerSlot>> {
    let timer = Rc::new(RefCell::new(TimerSlot::default()));
    arm(&timer, ms, Rc::new(ask));
    timer
}

fn arm(timer: &Rc<RefCell<TimerSlot>>, ms: u64, ask: Rc<dyn Fn()>) {
    let again = timer.clone();
    timer.borrow_mut().set(ms, move || {
        arm(&again, ms, ask.clone());
        if page::is_visible() {
            ask();
        }
    });
}

async fn ask_for_page(feed: SessionFeed) {
    let Some(session) = ask::<Session>(feed, <GetSession as ServerFn>::PATH).await else {
        return;
    };
    if feed.base.try_set(session).is_none() {
        draw(feed);
    }
}

async fn ask_for_all(feed: SessionFeed) {
    let path = <GetSessionWithMetadata as ServerFn>::PATH;
    let Some(answer) = ask::<Snapshot>(feed, path).await else {
        return;
    };
    if feed.base.try_get_untracked().is_none() {
        return;
    }
    let told = Event::Told {
        version: answer.revision,
        phase: answer.session.status.phase(),
    };
    feed.take(answer);
    draw(feed);
    feed.driver.dispatch(told);
}

/// Asks for everything, whatever the page holds already.
async fn ask<T: DeserializeOwned>(feed: SessionFeed, path: &str) -> Option<T> {
    let id = feed.id.try_get_value()?;
    let answer = Pending::new().get(&format!("{path}?id={id}"), None).await?;
    read(&answer.body).ok()
}

fn draw(feed: SessionFeed) {
    feed.drawings.try_update(|drawings| *drawings += 1);
}
