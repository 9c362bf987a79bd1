//! Flags as a form: what holds, what a person wants instead, and storing it.
use super::ops::new_client_id;
use super::request::Requests;
use crate::api::error::{ApiError, Code};
use crate::api::settings::{get_flags, set_flag};
use domain::flag::{Arm, Flag, Flags};
use leptos::prelude::*;

/// The flags as they are.
///
/// # Errors
/// 401.
pub async fn flags() -> Result<Flags, ApiError> {
    get_flags().await
}

/// The form of the rollout.
#[derive(Debug, Clone, Copy)]
pub struct SettingsFeed {
    requests: Requests,
    /// The flags as the server told them last.
    pub flags: RwSignal<Flags>,
    /// The arm to roll out.
    pub arm: RwSignal<Arm>,
    /// Share of users, in percent, as it is written.
    pub percent: RwSignal<String>,
    /// User ids, one per line.
    pub allow: RwSignal<String>,
    /// Whether everybody gets the old way.
    pub killed: RwSignal<bool>,
    /// Whether it is being stored.
    pub is_busy: RwSignal<bool>,
    /// How that went: stored, or why not.
    pub outcome: RwSignal<Option<Result<(), String>>>,
}

impl SettingsFeed {
    /// The form of a first answer.
    #[must_use]
    pub fn new(flags: Flags) -> Self {
        let feed = Self {
            requests: Requests::new(),
            flags: RwSignal::new(flags),
            arm: RwSignal::new(Arm::Push),
            percent: RwSignal::new(String::new()),
            allow: RwSignal::new(String::new()),
            killed: RwSignal::new(false),
            is_busy: RwSignal::new(false),
            outcome: RwSignal::new(None),
        };
        feed.fill();
        feed
    }

    /// Puts what the server told into the form.
    fn fill(self) {
        let flag = self
            .flags
            .with_untracked(|flags| flags.flags.first().cloned());
        let Some(flag) = flag else { return };
        self.arm.set(flag.arm);
        self.percent.set(flag.percent.to_string());
        self.allow.set(flag.allow.join("\n"));
        self.killed.set(flag.killed);
    }

    /// Stores what the form says.
    pub fn save(self) {
        let wanted = match self.wanted() {
            Ok(wanted) => wanted,
            Err(why) => return self.outcome.set(Some(Err(why))),
        };
        self.is_busy.set(true);
        self.outcome.set(None);
        self.requests.spawn(async move {
            match set_flag(new_client_id(), wanted).await {
                Ok(flags) => {
                    self.flags.set(flags);
                    self.fill();
                    self.outcome.set(Some(Ok(())));
                }
                Err(error) => self.refused(error).await,
            }
            self.is_busy.set(false);
        });
    }

    /// A conflict shows what the other person stored; the form keeps what is written in it.
    async fn refused(self, error: ApiError) {
        if error.error == Code::Conflict
            && let Ok(flags) = get_flags().await
        {
            self.flags.set(flags);
        }
        self.outcome.set(Some(Err(error.message)));
    }

    fn wanted(self) -> Result<Flag, String> {
        let held = self
            .flags
            .with_untracked(|flags| flags.flags.first().cloned());
        let held = held.ok_or_else(|| "there is no such flag".to_owned())?;
        let percent = self
            .percent
            .with_untracked(|text| text.trim().parse::<u8>());
        let lines = self.allow.get_untracked();
        let users = lines.lines().map(str::trim).filter(|user| !user.is_empty());
        let flag = Flag {
            arm: self.arm.get_untracked(),
            percent: percent.map_err(|_| "percent is a number from 0 to 100".to_owned())?,
            allow: users.map(str::to_owned).collect(),
            killed: self.killed.get_untracked(),
            ..held
        };
        match flag.fault() {
            Some(fault) => Err(fault.to_owned()),
            None => Ok(flag),
        }
    }
}
