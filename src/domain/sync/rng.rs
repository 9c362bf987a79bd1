//! Chance that can be played again: where jitter and smears come from.
use serde::{Deserialize, Serialize};

/// A source of chance; the caller chooses it, so that a test knows it.
pub trait Rng {
    /// The next 64 bits.
    fn next_u64(&mut self) -> u64;
}

/// `SplitMix64` (Steele, Lea and Flood, 2014): small, seedable, good enough to spread requests.
/// As JSON its state is 16 hex digits, since readers of JSON may lose integers above 2^53.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct SplitMix64(u64);

/// The text is no state of [`SplitMix64`].
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("not 16 hex digits")]
pub struct BadState;

impl SplitMix64 {
    /// A source that begins with this seed.
    #[must_use]
    pub const fn new(seed: u64) -> Self {
        Self(seed)
    }
}

impl Rng for SplitMix64 {
    fn next_u64(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mixed = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        mixed ^ (mixed >> 31)
    }
}

impl From<SplitMix64> for String {
    fn from(rng: SplitMix64) -> Self {
        format!("{:016x}", rng.0)
    }
}

impl TryFrom<String> for SplitMix64 {
    type Error = BadState;
    fn try_from(text: String) -> Result<Self, BadState> {
        let is_plain = text.len() == 16 && text.bytes().all(|byte| byte.is_ascii_hexdigit());
        let state = u64::from_str_radix(&text, 16).map_err(|_| BadState)?;
        is_plain.then_some(Self(state)).ok_or(BadState)
    }
}

/// A value from `mid - spread` to `mid + spread`, both included.
pub(super) fn around(mid: u64, spread: u64, rng: &mut dyn Rng) -> u64 {
    let spread = spread.min(mid);
    (mid - spread).saturating_add(rng.next_u64() % spread.saturating_mul(2).saturating_add(1))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_sequence_is_the_published_one() {
        let mut rng = SplitMix64::new(1_234_567);
        let drawn: Vec<u64> = (0..3).map(|_| rng.next_u64()).collect();
        assert_eq!(
            drawn,
            [
                6_457_827_717_110_365_317,
                3_203_168_211_198_807_973,
                9_817_491_932_198_370_423
            ]
        );
    }

    #[test]
    fn the_state_survives_json_whole() {
        let rng = SplitMix64::new(u64::MAX - 1);
        let json = serde_json::to_string(&rng).unwrap();
        assert_eq!(json, "\"fffffffffffffffe\"");
        assert_eq!(serde_json::from_str::<SplitMix64>(&json).unwrap(), rng);
        for bad in ["\"\"", "\"+123456789abcdef\"", "\"xyz\"", "12"] {
            assert!(serde_json::from_str::<SplitMix64>(bad).is_err(), "{bad}");
        }
    }
}
