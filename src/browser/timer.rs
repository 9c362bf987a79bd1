//! One timer: setting it again replaces it, dropping it switches it off.
use gloo_timers::callback::Timeout;

/// The longest delay that browsers keep.
const LONGEST_MS: u64 = i32::MAX as u64;

/// Waits.
pub async fn pause(ms: u32) {
    gloo_timers::future::TimeoutFuture::new(ms).await;
}

/// A place for one timer.
#[derive(Debug, Default)]
pub struct TimerSlot(Option<Timeout>);

impl TimerSlot {
    /// Fires once after `ms`, in place of what was set before.
    pub fn set(&mut self, ms: u64, fire: impl FnOnce() + 'static) {
        let ms = u32::try_from(ms.min(LONGEST_MS)).unwrap_or(u32::MAX);
        self.0 = Some(Timeout::new(ms, fire));
    }

    /// Switches it off.
    pub fn clear(&mut self) {
        self.0 = None;
    }
}
