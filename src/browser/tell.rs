//! Telling a person who looks elsewhere: a tone, a notification of the system, once for all tabs.
use js_sys::{Function, Object, Reflect};
use std::cell::RefCell;
use wasm_bindgen::closure::Closure;
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::JsFuture;
use web_sys::{AudioContext, Notification, NotificationOptions, NotificationPermission};

/// Pitch of the tone, in hertz.
const PITCH: f32 = 660.0;
/// How loud it is; 1 is the most.
const LOUDNESS: f32 = 0.15;
/// How long it is, in seconds.
const LENGTH_S: f64 = 0.2;

thread_local! {
    static AUDIO: RefCell<Option<AudioContext>> = const { RefCell::new(None) };
}

/// Whether the browser shows notifications of this page.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Permission {
    /// It does.
    Granted,
    /// The person refused them.
    Denied,
    /// Nobody was asked.
    Unasked,
    /// The browser has none.
    Missing,
}

fn has_notifications() -> bool {
    web_sys::window().is_some_and(|window| {
        Reflect::has(window.as_ref(), &JsValue::from_str("Notification")).unwrap_or(false)
    })
}

/// Whether notifications may be shown.
#[must_use]
pub fn permission() -> Permission {
    if !has_notifications() {
        return Permission::Missing;
    }
    match Notification::permission() {
        NotificationPermission::Granted => Permission::Granted,
        NotificationPermission::Denied => Permission::Denied,
        _ => Permission::Unasked,
    }
}

/// Asks the person. Call from a click.
pub async fn ask_permission() -> Permission {
    if has_notifications()
        && let Ok(asked) = Notification::request_permission()
    {
        let _ = JsFuture::from(asked).await;
    }
    permission()
}

/// Shows a notification; a click on it opens the path. One with the same tag is replaced.
pub fn notify(title: &str, body: &str, tag: &str, path: &str) {
    if permission() != Permission::Granted {
        return;
    }
    let options = NotificationOptions::new();
    options.set_body(body);
    options.set_tag(tag);
    let Ok(shown) = Notification::new_with_options(title, &options) else {
        return;
    };
    let path = path.to_owned();
    let on_click = Closure::once_into_js(move || {
        if let Some(window) = web_sys::window() {
            let _ = window.focus();
        }
        super::page::leave_for(&path);
    });
    shown.set_onclick(Some(on_click.unchecked_ref()));
}

/// Lets tones be heard from now on. Call from a click: browsers allow it only then.
pub fn unlock_sound() {
    AUDIO.with(|audio| {
        let mut audio = audio.borrow_mut();
        if audio.is_none() {
            *audio = AudioContext::new().ok();
        }
        if let Some(audio) = &*audio {
            let _ = audio.resume();
        }
    });
}

/// Plays a short tone, if the browser lets it.
pub fn tone() {
    unlock_sound();
    let _ = AUDIO.with(|audio| audio.borrow().as_ref().map(play));
}

fn play(audio: &AudioContext) -> Result<(), JsValue> {
    let (tone, volume) = (audio.create_oscillator()?, audio.create_gain()?);
    tone.frequency().set_value(PITCH);
    let end = audio.current_time() + LENGTH_S;
    volume.gain().set_value(LOUDNESS);
    volume.gain().linear_ramp_to_value_at_time(0.0, end)?;
    tone.connect_with_audio_node(&volume)?;
    volume.connect_with_audio_node(&audio.destination())?;
    tone.start()?;
    tone.stop_with_when(end)
}

/// Runs this while no other tab runs anything under the same name; says false where the browser
/// has no such locks, and nothing was run.
#[must_use]
pub fn alone(name: &str, run: impl FnOnce() + 'static) -> bool {
    let Some(window) = web_sys::window() else {
        return false;
    };
    let navigator = window.navigator();
    let locks = Reflect::get(navigator.as_ref(), &JsValue::from_str("locks"));
    let Some(locks) = locks.ok().and_then(|locks| locks.dyn_into::<Object>().ok()) else {
        return false;
    };
    let request = Reflect::get(&locks, &JsValue::from_str("request"));
    let Some(request) = request.ok().and_then(|it| it.dyn_into::<Function>().ok()) else {
        return false;
    };
    let run = Closure::once_into_js(run);
    request
        .call2(&locks, &JsValue::from_str(name), &run)
        .is_ok()
}
