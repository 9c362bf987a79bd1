//! The small parts of the look: they know nothing of sessions, threads or git.
pub mod badge;
pub mod copy_button;
pub mod disclosure;
pub mod icon;
pub mod live_region;
pub mod notice;
pub mod skeleton;
pub mod spinner;

pub use badge::Badge;
pub use copy_button::{CopyButton, Copying};
pub use disclosure::Disclosure;
pub use icon::{Glyph, Icon};
pub use live_region::LiveRegion;
pub use notice::{Notice, Urgency};
pub use skeleton::Skeleton;
pub use spinner::Spinner;

/// What a colour means.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Tone {
    /// Nothing in particular.
    #[default]
    Neutral,
    /// Under way.
    Accent,
    /// Went well.
    Good,
    /// Wants attention.
    Warn,
    /// Went wrong.
    Bad,
}

impl Tone {
    /// The word of the stylesheets.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Neutral => "neutral",
            Self::Accent => "accent",
            Self::Good => "good",
            Self::Warn => "warn",
            Self::Bad => "bad",
        }
    }
}
