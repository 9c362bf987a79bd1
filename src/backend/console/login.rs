//! Logging in: a one-time token becomes a cookie; only hashes are kept.
use super::Console;
use super::input::{Caller, hash};
use crate::error::Failed;
use crate::store::Login;
use domain::time::Timestamp;

/// How long a login token can be used. Source: security 5.1.
const TOKEN_MS: i64 = 10 * 60 * 1000;
/// A login ends after this long without a request. Source: security 5.1.
pub const LOGIN_IDLE_MS: i64 = 12 * 3600 * 1000;
/// A login ends after this long in any case. Source: security 5.1.
pub const LOGIN_TOTAL_MS: i64 = 7 * 24 * 3600 * 1000;
/// A login is written as seen at most this often.
const SEEN_EVERY_MS: i64 = 60 * 1000;
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

    /// Who holds this browser's session id.
    ///
    /// # Errors
    /// [`Failed`] if the store cannot be used.
    pub async fn caller(&self, session: &str) -> Result<Option<Caller>, Failed> {
        if session.len() != 64 {
            return Ok(None);
        }
        let hash = hash(session);
        let Some(login) = self.store.login(&hash).await? else {
            return Ok(None);
        };
        let now = self.setup.clock.now();
        let is_over =
            now.0 - login.seen_at.0 > LOGIN_IDLE_MS || now.0 - login.created_at.0 > LOGIN_TOTAL_MS;
        if is_over {
            self.store.touch_login(&hash, None).await?;
            return Ok(None);
        }
        if now.0 - login.seen_at.0 > SEEN_EVERY_MS {
            self.store.touch_login(&hash, Some(now)).await?;
        }
        Ok(Some(Caller::new(&login.user)))
    }

    /// Ends a login.
    ///
    /// # Errors
    /// [`Failed`] if the store cannot be used.
    pub async fn logout(&self, session: &str) -> Result<(), Failed> {
        self.store.touch_login(&hash(session), None).await
    }
}
