//! When the stored copy of the page is written, and when it is removed.
use super::{Core, Effect, Moment, Mono};

/// Least distance of two writes of the stored copy: each has the browser write to the disk.
pub const COPY_WRITE_MS: u64 = 10_000;
/// Age from which on a stored copy is not drawn: a day.
pub const COPY_MAX_AGE_MS: u64 = 86_400_000;

impl Core {
    /// When the copy must be written.
    pub(super) fn copy_due(&self) -> Option<Mono> {
        self.is_unsaved.then(|| self.saved.plus(COPY_WRITE_MS))
    }

    pub(super) fn check_copy(&mut self, at: &mut Moment<'_>) {
        if self.copy_due().is_some_and(|due| due <= at.now) {
            self.flush(at);
        }
    }

    /// Writes the copy now if it lacks something.
    pub(super) fn flush(&mut self, at: &mut Moment<'_>) {
        if std::mem::take(&mut self.is_unsaved) {
            self.saved = at.now;
            at.effects.push(Effect::Persist);
        }
    }

    pub(super) fn forget(&mut self, at: &mut Moment<'_>) {
        self.is_unsaved = false;
        at.effects.push(Effect::Forget);
    }
}
