//! The page of what can be set while the console runs.
use crate::api::error::ApiError;
use crate::components::{
    DeadEnd, DeadEndKind, NotifyFields, NotifyForm, Page, Part, RolloutFields, RolloutForm,
    SendKeyForm, SessionLoading, arrived,
};
use crate::feeds::{NotifyFeed, SendKeyFeed, SettingsFeed, carried, flags};
use domain::flag::{Flag, Flags, SESSION_SYNC};
use leptos::prelude::*;
use leptos::wasm_split::wasm_split;
use leptos_meta::Title;

/// The settings page.
#[component]
pub fn SettingsRoute() -> impl IntoView {
    let first = Resource::new_str(|| (), |()| carried(flags()));
    view! {
        <Title text="Settings"/>
        <Transition fallback=SessionLoading>
            {move || Suspend::new(async move { arrived(opened(first.await.0).await) })}
        </Transition>
    }
}

#[wasm_split(pages, wasm_split_path = leptos::wasm_split, fallible, preload(load))]
pub(super) fn opened(first: Result<Flags, ApiError>) -> Part {
    Ok(match first {
        Ok(flags) => view! { <Opened flags/> }.into_any(),
        Err(error) => view! { <DeadEnd kind=DeadEndKind::Broken(error.incident)/> }.into_any(),
    })
}

#[component]
fn Opened(flags: Flags) -> impl IntoView {
    let feed = SettingsFeed::new(flags);
    let flag = Signal::derive(move || {
        let first = feed.flags.with(|flags| flags.flags.first().cloned());
        first.unwrap_or_else(|| Flag::untouched(SESSION_SYNC))
    });
    let you = Signal::derive(move || feed.flags.with(|flags| (flags.user.clone(), flags.arm)));
    let fields = RolloutFields {
        arm: feed.arm,
        percent: feed.percent,
        allow: feed.allow,
        killed: feed.killed,
    };
    view! {
        <Page title="Settings">
            <NotifyForm fields=notifying()/>
            {sending()}
            <RolloutForm flag you fields is_busy=feed.is_busy outcome=feed.outcome.into() on_save=Callback::new(move |()| feed.save())/>
        </Page>
    }
}

/// The key that sends, as a form.
fn sending() -> impl IntoView {
    let feed = use_context::<SendKeyFeed>().unwrap_or_default();
    view! { <SendKeyForm key=feed.key.into() on_choose=Callback::new(move |key| feed.choose(key))/> }
}

/// What this browser tells, as a form.
fn notifying() -> NotifyFields {
    let feed = NotifyFeed::new();
    NotifyFields {
        sound: feed.sound.into(),
        system: feed.system.into(),
        problem: feed.problem.into(),
        on_sound: Callback::new(move |is_on| feed.set_sound(is_on)),
        on_system: Callback::new(move |is_on| feed.set_system(is_on)),
        on_test: Callback::new(move |()| feed.test()),
    }
}
