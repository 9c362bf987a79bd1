//! How long a shared page is good for, and who makes it anew before everybody has to.

/// How long a page is fresh, in milliseconds; each lives up to a tenth shorter or longer.
const FRESH_MS: f64 = 10_000.0;
/// How eagerly a page is made anew before its time: 1 is the value of the literature.
const EAGER: f64 = 1.0;

/// What a kept page is good for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Freshness {
    /// To be shown.
    Fresh,
    /// To be shown, and to be made anew meanwhile by one.
    Due,
}

/// How long a page that is made now is fresh, in milliseconds; `luck` is from 0 to 1.
pub(super) fn lifetime_ms(luck: f64) -> i64 {
    // A whole number of milliseconds between 9,000 and 11,000.
    (FRESH_MS * (0.9 + 0.2 * luck.clamp(0.0, 1.0))).round() as i64
}

/// What a page is good for that was made `age_ms` ago, took `cost_ms` and is fresh for `fresh_ms`.
/// The nearer the end and the dearer the page, the likelier that this reader makes it anew.
pub(super) fn judge(age_ms: i64, cost_ms: u64, fresh_ms: i64, luck: f64) -> Freshness {
    let early = -(cost_ms as f64) * EAGER * luck.clamp(f64::MIN_POSITIVE, 1.0).ln();
    // A page from the future was made by a clock that is wrong.
    if age_ms < 0 || age_ms as f64 + early >= fresh_ms as f64 {
        return Freshness::Due;
    }
    Freshness::Fresh
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_page_lives_ten_seconds_give_or_take_one() {
        assert_eq!(lifetime_ms(0.0), 9_000);
        assert_eq!(lifetime_ms(0.5), 10_000);
        assert_eq!(lifetime_ms(1.0), 11_000);
        assert_eq!(lifetime_ms(7.0), 11_000);
    }

    #[test]
    fn a_page_is_due_at_its_end_and_with_a_wrong_clock() {
        assert_eq!(judge(9_999, 0, 10_000, 0.5), Freshness::Fresh);
        assert_eq!(judge(10_000, 0, 10_000, 0.5), Freshness::Due);
        assert_eq!(judge(-1, 0, 10_000, 0.5), Freshness::Due);
    }

    #[test]
    fn few_readers_make_a_page_early_and_more_of_them_near_its_end() {
        let due = |age| {
            let lucky = |n: &u32| judge(age, 50, 10_000, f64::from(*n) / 1000.0) == Freshness::Due;
            (1..=1000).filter(lucky).count()
        };
        assert_eq!(due(5_000), 0);
        let (near, nearer) = (due(9_850), due(9_990));
        assert!(near > 20 && near < 80, "{near}");
        assert!(nearer > 700, "{nearer}");
    }
}
