//! What pages report about themselves: incidents, without content.
use crate::local_copy::Dropped;
use serde::{Deserialize, Serialize};

/// A day: no page waits longer for anything.
const DAY_MS: u64 = 86_400_000;

/// An incident of a page.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(
    tag = "kind",
    rename_all = "snake_case",
    rename_all_fields = "camelCase"
)]
pub enum PageIncident {
    /// No validation for too long.
    Stale {
        /// Milliseconds since the last one.
        age_ms: u64,
        /// The interval in force.
        interval_ms: u64,
    },
    /// Every attempt failed before there was any data.
    Failed {
        /// Attempts made.
        attempts: u8,
        /// The class of the last failure.
        cause: String,
    },
    /// A copy that the browser kept was dropped.
    Copy {
        /// Why: a word of [`Dropped`].
        cause: String,
    },
}

impl PageIncident {
    /// Whether a page can have made these numbers.
    #[must_use]
    pub fn is_plausible(&self) -> bool {
        match self {
            Self::Stale {
                age_ms,
                interval_ms,
            } => *age_ms <= DAY_MS && *interval_ms <= DAY_MS,
            Self::Failed { cause, .. } => {
                cause.len() <= 32 && cause.chars().all(char::is_alphanumeric)
            }
            Self::Copy { cause } => Dropped::ALL.iter().any(|known| known.as_str() == cause),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn wild_numbers_are_not_believed() {
        assert!(
            PageIncident::Stale {
                age_ms: 5000,
                interval_ms: 2000
            }
            .is_plausible()
        );
        assert!(
            !PageIncident::Stale {
                age_ms: u64::MAX,
                interval_ms: 2000
            }
            .is_plausible()
        );
        assert!(
            !PageIncident::Failed {
                attempts: 4,
                cause: "a\nb".into()
            }
            .is_plausible()
        );
    }

    #[test]
    fn a_dropped_copy_has_one_of_the_known_causes() {
        let dropped = |cause: &str| PageIncident::Copy {
            cause: cause.to_owned(),
        };
        for known in Dropped::ALL {
            assert!(dropped(known.as_str()).is_plausible());
        }
        assert!(!dropped("Tampered").is_plausible());
        assert!(!dropped("").is_plausible());
        let json = serde_json::to_value(dropped("too_old")).unwrap();
        assert_eq!(
            json,
            serde_json::json!({"kind": "copy", "cause": "too_old"})
        );
    }
}
