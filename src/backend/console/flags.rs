//! The rollout of the session page's synchronisation: which arm a caller gets, and changing it.
use super::Console;
use super::commands::Done;
use super::input::{Caller, command};
use crate::error::Failed;
use crate::store::CommandAnswer;
use domain::flag::{Arm, Flag, Flags, SESSION_SYNC};
use domain::id::ClientId;
use domain::snapshot::SyncSettings;
use serde_json::json;
use sha2::{Digest, Sha256};

impl Console {
    /// How the caller's pages are to keep fresh.
    #[must_use]
    pub fn sync(&self, caller: &Caller) -> SyncSettings {
        SyncSettings {
            arm: self.arm(caller, &self.flag()).as_str().to_owned(),
            ..self.setup.limits.sync()
        }
    }

    fn flag(&self) -> Flag {
        self.store.heads().flag(SESSION_SYNC)
    }

    fn arm(&self, caller: &Caller, flag: &Flag) -> Arm {
        flag.arm_of(caller.user(), bucket(&flag.name, caller.user()))
    }

    /// The flags, and what they mean for the caller.
    #[must_use]
    pub fn flags(&self, caller: &Caller) -> Flags {
        self.told(caller, self.flag())
    }

    fn told(&self, caller: &Caller, flag: Flag) -> Flags {
        Flags {
            arm: self.arm(caller, &flag),
            flags: vec![flag],
            user: caller.user().to_owned(),
        }
    }

    /// Changes a flag that is still at the epoch that the caller saw.
    ///
    /// # Errors
    /// [`Failed::Refused`] for a flag that makes no sense, [`Failed::Conflict`] if it was changed.
    pub async fn set_flag(&self, caller: &Caller, client_id: &ClientId, wanted: Flag) -> Done {
        if let Some(fault) = wanted.fault() {
            return Err(Failed::Refused(fault.to_owned()));
        }
        let args = json!(wanted);
        let command = command(client_id, "settings/flags", &args, CommandAnswer::Nothing);
        if let Some(answer) = self.done_before(&command).await? {
            return Ok(answer);
        }
        if wanted.epoch != self.flag().epoch {
            return Err(Failed::conflict("somebody else changed this flag"));
        }
        let flag = Flag {
            epoch: wanted.epoch + 1,
            ..wanted
        };
        let answer = serde_json::to_string(&self.told(caller, flag.clone()))?;
        let now = self.setup.clock.now();
        tracing::info!(flag.name = %flag.name, flag.arm = flag.arm.as_str(), flag.percent = flag.percent,
            flag.killed = flag.killed, "flag {} was changed", flag.name);
        self.store.set_flag(flag, command, &answer, now).await?;
        Ok(answer)
    }
}

/// The user's place in the rollout, 0 to 99. Source: contract, "Flag".
fn bucket(flag: &str, user: &str) -> u8 {
    let digest = Sha256::digest(format!("{flag}:{user}"));
    let rest = digest
        .iter()
        .fold(0_u32, |rest, byte| (rest * 256 + u32::from(*byte)) % 100);
    u8::try_from(rest).unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_users_place_is_the_same_on_every_day_and_machine() {
        // sha256sum of "session_sync:owner", as a number, modulo 100.
        assert_eq!(bucket(SESSION_SYNC, "owner"), 27);
    }

    #[test]
    fn half_of_the_users_are_in_the_first_half() {
        let is_first = |user: &u32| bucket(SESSION_SYNC, &format!("user-{user}")) < 50;
        let first = (0..2000).filter(is_first).count();
        assert!((900..1100).contains(&first), "{first}");
    }
}
