//! Logging in: a one-time token becomes a cookie; only hashes are kept.
use super::Console;
use super::input::{Caller, hash};
use crate::error::Failed;
use crate::store::Login;
use domain::time::Timestamp;
use std::collections::HashMap;
use std::sync::{Mutex, MutexGuard, PoisonError};

/// How long a login token can be used. Source: security 5.1.
const TOKEN_MS: i64 = 10 * 60 * 1000;
/// A login ends after this long without a request. Source: security 5.1.
pub const LOGIN_IDLE_MS: i64 = 12 * 3600 * 1000;
/// A login ends after this long in any case. Source: security 5.1.
pub const LOGIN_TOTAL_MS: i64 = 7 * 24 * 3600 * 1000;
/// A login is written as seen at most this often.
const SEEN_EVERY_MS: i64 = 60 * 1000;
/// Logins that are kept in memory at the most.
const KEPT: usize = 1000;
/// The one user of a console without accounts.
pub(super) const OWNER: &str = "owner";

/// 256 random bits, in hex.
fn secret() -> Result<String, Failed> {
    let mut bytes = [0_u8; 32];
    getrandom::fill(&mut bytes).map_err(|error| Failed::internal(&error))?;
    Ok(domain::text::hex(&bytes))
}

impl Console {
    /// A new one-time token, good for ten minutes.
    ///
    /// # Errors
    /// [`Failed`] if it cannot be kept.
    pub async fn login_token(&self) -> Result<String, Failed> {
        let token = secret()?;
        let expires = Timestamp(self.setup.clock.now().0 + TOKEN_MS);
        self.store.add_login_token(&hash(&token), expires).await?;
        Ok(token)
    }

    /// Spends a token for a browser's session id; none if it is unknown, spent or too old.
    ///
    /// # Errors
    /// [`Failed`] if the store cannot be used.
    pub async fn login(&self, token: &str) -> Result<Option<String>, Failed> {
        let now = self.setup.clock.now();
        if token.len() != 64 || !self.store.spend_login_token(&hash(token), now).await? {
            return Ok(None);
        }
        let session = secret()?;
        let login = Login {
            user: OWNER.to_owned(),
            created_at: now,
            seen_at: now,
        };
        self.store.add_login(&hash(&session), login).await?;
        Ok(Some(session))
    }

    /// Who holds this browser's session id, if that is in memory.
    #[must_use]
    pub fn known_caller(&self, session: &str) -> Option<Caller> {
        if session.len() != 64 {
            return None;
        }
        let known = self.logins.get(&hash(session), self.setup.clock.now());
        known.ok()
    }

    /// Who holds this browser's session id.
    ///
    /// # Errors
    /// [`Failed`] if the store cannot be used.
    pub async fn caller(&self, session: &str) -> Result<Option<Caller>, Failed> {
        if session.len() != 64 {
            return Ok(None);
        }
        let (hash, now) = (hash(session), self.setup.clock.now());
        let ended = match self.logins.get(&hash, now) {
            Ok(caller) => return Ok(Some(caller)),
            Err(ended) => ended,
        };
        let Some(mut login) = self.store.login(&hash).await? else {
            return Ok(None);
        };
        if is_over(&login, now) {
            self.store.touch_login(&hash, None).await?;
            return Ok(None);
        }
        if now.0 - login.seen_at.0 > SEEN_EVERY_MS {
            self.store.touch_login(&hash, Some(now)).await?;
            login.seen_at = now;
        }
        let caller = Caller::new(&login.user);
        self.logins.keep(hash, (login, now), ended);
        Ok(Some(caller))
    }

    /// Ends a login.
    ///
    /// # Errors
    /// [`Failed`] if the store cannot be used.
    pub async fn logout(&self, session: &str) -> Result<(), Failed> {
        let hash = hash(session);
        self.store.touch_login(&hash, None).await?;
        self.logins.end(&hash);
        Ok(())
    }
}

fn is_over(login: &Login, now: Timestamp) -> bool {
    now.0 - login.seen_at.0 > LOGIN_IDLE_MS || now.0 - login.created_at.0 > LOGIN_TOTAL_MS
}

/// Logins that were read less than a minute ago, so that an unchanged poll asks no database.
#[derive(Debug, Default)]
pub(super) struct Logins {
    kept: Mutex<Kept>,
}

#[derive(Debug, Default)]
struct Kept {
    by_hash: HashMap<String, (Login, Timestamp, Caller)>,
    ended: u64,
}

impl Logins {
    /// Whose login it is, else the number of logins that ended until now.
    fn get(&self, hash: &str, now: Timestamp) -> Result<Caller, u64> {
        let kept = self.lock();
        match kept.by_hash.get(hash) {
            Some((login, read, caller))
                if now.0 - read.0 < SEEN_EVERY_MS && !is_over(login, now) =>
            {
                Ok(caller.clone())
            }
            _ => Err(kept.ended),
        }
    }

    /// Keeps a login with the time of its reading, unless one ended while it was read.
    fn keep(&self, hash: String, login: (Login, Timestamp), ended: u64) {
        let mut kept = self.lock();
        if kept.by_hash.len() >= KEPT {
            kept.by_hash.clear();
        }
        if kept.ended == ended {
            let (login, read) = login;
            let caller = Caller::new(&login.user);
            kept.by_hash.insert(hash, (login, read, caller));
        }
    }

    fn end(&self, hash: &str) {
        let mut kept = self.lock();
        kept.ended += 1;
        kept.by_hash.remove(hash);
    }

    fn lock(&self) -> MutexGuard<'_, Kept> {
        self.kept.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_login_that_ended_while_it_was_read_is_not_kept() {
        let logins = Logins::default();
        let login = Login {
            user: "ann".to_owned(),
            created_at: Timestamp(0),
            seen_at: Timestamp(0),
        };
        let keep = |ended| logins.keep("h".to_owned(), (login.clone(), Timestamp(0)), ended);
        let before = logins.get("h", Timestamp(0)).unwrap_err();
        logins.end("h");
        keep(before);
        let now = logins.get("h", Timestamp(0)).unwrap_err();
        keep(now);
        assert_eq!(logins.get("h", Timestamp(0)).unwrap().user(), "ann");
        assert!(
            logins.get("h", Timestamp(SEEN_EVERY_MS)).is_err(),
            "read again"
        );
        logins.end("h");
        assert!(logins.get("h", Timestamp(0)).is_err());
    }
}
