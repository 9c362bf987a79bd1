//! Devices of the browser: the only room that names `web_sys` and `gloo_timers`.
//!
//! Called from effects and handlers only; these do not run on the server.
pub mod channel;
pub mod clipboard;
pub mod clock;
pub mod events;
pub mod fetch;
pub mod keys;
pub mod locks;
pub mod page;
pub mod places;
pub mod renders;
pub mod rows;
pub mod storage;
pub mod streams;
pub mod tell;
pub mod timer;
pub mod typed;
pub mod upload;
