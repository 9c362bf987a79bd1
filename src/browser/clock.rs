//! The browser's clocks.

/// Milliseconds since the page was opened; never goes backwards.
#[must_use]
pub fn mono_ms() -> u64 {
    let now = web_sys::window()
        .and_then(|window| window.performance())
        .map(|clock| clock.now());
    whole(now.unwrap_or(0.0))
}

/// Milliseconds since 1970, as the person's machine believes.
#[must_use]
pub fn wall_ms() -> u64 {
    whole(js_sys::Date::now())
}

/// Minutes that clocks are ahead of UTC where the person is.
#[must_use]
pub fn zone_min() -> i64 {
    let behind = js_sys::Date::new_0().get_timezone_offset();
    -signed(behind)
}

#[expect(
    clippy::cast_possible_truncation,
    reason = "time zones are a day from UTC at the most"
)]
fn signed(minutes: f64) -> i64 {
    minutes as i64
}

#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "clocks show positive numbers far below 2^53"
)]
fn whole(ms: f64) -> u64 {
    ms.max(0.0) as u64
}
