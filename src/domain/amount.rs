//! Amounts in words that people read: sizes, counts, spans of time, ages.

/// A size in bytes: `812 B`, `12.3 kB`, `4.1 MB`. Decimal units.
#[must_use]
pub fn bytes(bytes: u64) -> String {
    match bytes {
        0..1_000 => format!("{bytes} B"),
        1_000..1_000_000 => tenths(bytes, 1_000, " kB"),
        1_000_000..1_000_000_000 => tenths(bytes, 1_000_000, " MB"),
        _ => tenths(bytes, 1_000_000_000, " GB"),
    }
}

/// A number with two places: `0.84`. The standard library would do, with tables that every page
/// would load.
#[must_use]
#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "amounts of money are far below 2^64"
)]
pub fn hundredths(number: f64) -> String {
    let sign = if number < 0.0 { "-" } else { "" };
    let all = (number.abs() * 100.0).round() as u64;
    format!("{sign}{}.{:02}", all / 100, all % 100)
}

/// A count: `950`, `12.3k`, `1.2M`.
#[must_use]
pub fn count(count: u64) -> String {
    match count {
        0..1_000 => count.to_string(),
        1_000..1_000_000 => tenths(count, 1_000, "k"),
        _ => tenths(count, 1_000_000, "M"),
    }
}

/// A count with its noun: `1 file`, `2 files`. Regular nouns only.
#[must_use]
pub fn of(count: u64, noun: &str) -> String {
    let ending = if count == 1 { "" } else { "s" };
    format!("{count} {noun}{ending}")
}

/// A span of milliseconds: `0.4 s`, `12 s`, `3 min 04 s`, `2 h 05 min`, `3 d 4 h`.
#[must_use]
pub fn span(ms: u64) -> String {
    let (s, min, h) = (ms / 1000, ms / 60_000, ms / 3_600_000);
    match ms {
        0..10_000 => format!("{s}.{} s", ms % 1000 / 100),
        10_000..60_000 => format!("{s} s"),
        60_000..3_600_000 => format!("{min} min {:02} s", s % 60),
        3_600_000..86_400_000 => format!("{h} h {:02} min", min % 60),
        _ => format!("{} d {} h", h / 24, h % 24),
    }
}

/// How long something goes on already, as coarse as it may be without looking stuck: nothing for
/// three seconds, then `12 s`, `3 min`, `2 h 05 min`.
#[must_use]
pub fn so_far(ms: u64) -> String {
    match ms {
        0..3_000 => String::new(),
        3_000..60_000 => format!("{} s", ms / 1000),
        60_000..3_600_000 => format!("{} min", ms / 60_000),
        _ => span(ms),
    }
}

/// How long ago something `ms` milliseconds back was: `just now`, `3 min ago`. No seconds: a text
/// that changes every second draws the page every second.
#[must_use]
pub fn age(ms: u64) -> String {
    let s = ms / 1000;
    match s {
        0..60 => "just now".to_owned(),
        60..3_600 => format!("{} min ago", s / 60),
        3_600..86_400 => format!("{} h ago", s / 3_600),
        _ => format!("{} d ago", s / 86_400),
    }
}

/// `part` of `whole` in percent, 100 at most; 0 of nothing.
#[must_use]
pub fn percent(part: u64, whole: u64) -> u64 {
    part.saturating_mul(100)
        .checked_div(whole)
        .unwrap_or(0)
        .min(100)
}

fn tenths(amount: u64, unit: u64, name: &str) -> String {
    let tenths = amount / (unit / 10);
    if tenths.is_multiple_of(10) {
        return format!("{}{name}", tenths / 10);
    }
    format!("{}.{}{name}", tenths / 10, tenths % 10)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sizes_and_counts_are_short() {
        assert_eq!(bytes(812), "812 B");
        assert_eq!(bytes(12_345), "12.3 kB");
        assert_eq!(bytes(4_100_000), "4.1 MB");
        assert_eq!(bytes(2_000), "2 kB");
        assert_eq!(count(950), "950");
        assert_eq!(count(12_345), "12.3k");
        assert_eq!(count(1_250_000), "1.2M");
        assert_eq!(
            (of(1, "file"), of(0, "file")),
            ("1 file".into(), "0 files".into())
        );
    }

    #[test]
    fn spans_name_two_units_at_most() {
        let spans = [400, 12_000, 184_000, 7_500_000, 273_600_000].map(span);
        assert_eq!(
            spans,
            ["0.4 s", "12 s", "3 min 04 s", "2 h 05 min", "3 d 4 h"]
        );
    }

    #[test]
    fn ages_name_one_unit() {
        let ages = [4_999, 12_000, 184_000, 7_500_000, 273_600_000].map(age);
        assert_eq!(
            ages,
            ["just now", "just now", "3 min ago", "2 h ago", "3 d ago"]
        );
    }

    #[test]
    fn what_goes_on_is_told_in_seconds_for_a_minute_only() {
        let spans = [0, 2_999, 12_900, 184_000, 7_500_000].map(so_far);
        assert_eq!(spans, ["", "", "12 s", "3 min", "2 h 05 min"]);
    }

    #[test]
    fn a_share_is_bounded() {
        assert_eq!((percent(1, 0), percent(1, 3), percent(9, 3)), (0, 33, 100));
    }

    #[test]
    fn money_has_two_places() {
        for (number, text) in [
            (0.0, "0.00"),
            (0.84, "0.84"),
            (1.005, "1.00"),
            (12.999, "13.00"),
            (-2.5, "-2.50"),
        ] {
            assert_eq!(hundredths(number), text);
        }
    }
}
