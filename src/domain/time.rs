//! Points in time as the wire carries them: RFC 3339, UTC, milliseconds.
use serde::{Deserialize, Serialize};
use std::fmt;

/// Milliseconds since 1970-01-01T00:00:00Z; on the wire `2026-11-22T12:00:00.000Z`.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default, Serialize, Deserialize,
)]
#[serde(try_from = "String", into = "String")]
pub struct Timestamp(pub i64);

/// The text is not RFC 3339 in UTC.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("not a time such as 2026-11-22T12:00:00.000Z")]
pub struct BadTime;

const DAY_MS: i64 = 86_400_000;

impl Timestamp {
    /// Hour and minute of its day, such as `12:03`.
    #[must_use]
    pub fn minute(self) -> String {
        let minute = self.0.div_euclid(60_000).rem_euclid(24 * 60);
        format!("{:02}:{:02}", minute / 60, minute % 60)
    }

    /// The same where clocks are so many minutes ahead of UTC.
    #[must_use]
    pub fn local_minute(self, zone_min: i64) -> String {
        Self(self.0.saturating_add(zone_min.saturating_mul(60_000))).minute()
    }

    /// Milliseconds from `earlier` to this, never negative.
    #[must_use]
    pub fn since(self, earlier: Self) -> u64 {
        u64::try_from(self.0 - earlier.0).unwrap_or(0)
    }
}

/// Days since 1970-01-01 of a civil date (Howard Hinnant's `days_from_civil`).
fn days(year: i64, month: i64, day: i64) -> i64 {
    let year = if month <= 2 { year - 1 } else { year };
    let era = year.div_euclid(400);
    let year_of_era = year.rem_euclid(400);
    let day_of_year = (153 * ((month + 9) % 12) + 2) / 5 + day - 1;
    era * 146_097 + year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year - 719_468
}

/// The civil date of a count of days since 1970-01-01 (`civil_from_days`).
fn civil(days: i64) -> (i64, i64, i64) {
    let days = days + 719_468;
    let era = days.div_euclid(146_097);
    let doe = days.rem_euclid(146_097);
    let yoe = (doe - doe / 1460 + doe / 36_524 - doe / 146_096) / 365;
    let doy = doe - (365 * yoe + yoe / 4 - yoe / 100);
    let mp = (5 * doy + 2) / 153;
    let month = if mp < 10 { mp + 3 } else { mp - 9 };
    let year = yoe + era * 400 + i64::from(month <= 2);
    (year, month, doy - (153 * mp + 2) / 5 + 1)
}

impl fmt::Display for Timestamp {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (year, month, day) = civil(self.0.div_euclid(DAY_MS));
        let ms = self.0.rem_euclid(DAY_MS);
        let (hour, minute, second) = (ms / 3_600_000, ms / 60_000 % 60, ms / 1000 % 60);
        let milli = ms % 1000;
        write!(
            f,
            "{year:04}-{month:02}-{day:02}T{hour:02}:{minute:02}:{second:02}.{milli:03}Z"
        )
    }
}

impl From<Timestamp> for String {
    fn from(time: Timestamp) -> Self {
        time.to_string()
    }
}

impl TryFrom<String> for Timestamp {
    type Error = BadTime;
    fn try_from(text: String) -> Result<Self, BadTime> {
        let number = |from: usize, to: usize| -> Result<i64, BadTime> {
            text.get(from..to)
                .and_then(|part| part.parse().ok())
                .ok_or(BadTime)
        };
        if !text.ends_with('Z') || !text.is_ascii() || text.len() < 20 {
            return Err(BadTime);
        }
        let millis = match text.get(19..20) {
            Some(".") => {
                let digits = &text[20..text.len() - 1];
                if digits.is_empty() || !digits.bytes().all(|digit| digit.is_ascii_digit()) {
                    return Err(BadTime);
                }
                format!("{digits:0<3}")[..3].parse().map_err(|_| BadTime)?
            }
            _ => 0,
        };
        let (month, day) = (number(5, 7)?, number(8, 10)?);
        if !(1..=12).contains(&month) || !(1..=31).contains(&day) {
            return Err(BadTime);
        }
        let clock = number(11, 13)? * 3_600_000 + number(14, 16)? * 60_000 + number(17, 19)? * 1000;
        Ok(Self(
            days(number(0, 4)?, month, day) * DAY_MS + clock + millis,
        ))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(ms: i64, text: &str) {
        assert_eq!(Timestamp(ms).to_string(), text);
        assert_eq!(Timestamp::try_from(text.to_owned()), Ok(Timestamp(ms)));
    }

    #[test]
    fn times_are_written_and_read_with_milliseconds() {
        check(0, "1970-01-01T00:00:00.000Z");
        check(1_709_210_096_789, "2024-02-29T12:34:56.789Z");
        check(-1, "1969-12-31T23:59:59.999Z");
        check(4_102_444_800_000, "2100-01-01T00:00:00.000Z");
    }

    #[test]
    fn the_minute_of_the_day_has_two_digits_each() {
        assert_eq!(Timestamp(1_709_210_096_789).minute(), "12:34");
        assert_eq!(Timestamp(-1).minute(), "23:59");
    }

    #[test]
    fn text_that_is_no_utc_time_is_refused() {
        for text in [
            "",
            "now",
            "2024-02-29",
            "2024-13-01T00:00:00Z",
            "2024-02-29T12:34:56+01:00",
        ] {
            assert_eq!(Timestamp::try_from(text.to_owned()), Err(BadTime), "{text}");
        }
    }
}
