//! Changes on their way to open pages: kept for a while, paced, handed to the streams that asked.
mod hub;
mod inbox;
mod outbox;
mod pace;
mod ring;
mod seats;

pub use hub::{Events, Joined, Seat, Sizes, Subscription};
pub use inbox::{Inbox, Moved};
pub use outbox::Drained;
pub use ring::PushedEvent;

/// Which streams a change is told to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
enum Lane {
    /// Those that name the session.
    Session,
    /// Those that ask for all sessions of their user, and do not name this one.
    List,
}
