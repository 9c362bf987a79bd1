//! Numbers as people write them, read and written without the tables of the standard library: these
//! are a fiftieth of what the page loads, for numbers of a handful of digits.

/// Most digits that are looked at; a number holds sixteen.
const DIGITS: usize = 19;
/// Powers beyond these are nothing or too much.
const POWERS: std::ops::RangeInclusive<i32> = -400..=400;

/// Reads `-12.5e3`; none if that is no number. Sixteen digits and more may be off in the last.
#[must_use]
pub(super) fn read(text: &str) -> Option<f64> {
    let text = text.trim();
    let (sign, rest) = match text.strip_prefix('-') {
        Some(rest) => (-1.0, rest),
        None => (1.0, text.strip_prefix('+').unwrap_or(text)),
    };
    let (digits, power) = match rest.split_once(['e', 'E']) {
        Some((digits, power)) => (digits, power.parse::<i32>().ok()?),
        None => (rest, 0),
    };
    let (whole, fraction) = digits.split_once('.').unwrap_or((digits, ""));
    let all = whole.bytes().chain(fraction.bytes());
    let are_digits = all.clone().all(|digit| digit.is_ascii_digit());
    if !are_digits || whole.len() + fraction.len() == 0 || !POWERS.contains(&power) {
        return None;
    }
    let (mut value, mut taken, mut dropped) = (0_u64, 0, 0);
    for digit in all {
        if taken < DIGITS {
            value = value * 10 + u64::from(digit - b'0');
            taken += usize::from(value > 0);
        } else {
            dropped += 1;
        }
    }
    let fraction = i32::try_from(fraction.len()).ok()?;
    let number = sign * scaled(value, power + dropped - fraction);
    number.is_finite().then_some(number)
}

/// A number times a power of ten. One step is exact for numbers of fifteen digits.
#[expect(
    clippy::cast_precision_loss,
    reason = "a number holds sixteen digits; more are not promised"
)]
fn scaled(value: u64, power: i32) -> f64 {
    let (mut number, mut left) = (value as f64, power);
    while left != 0 && number != 0.0 && number.is_finite() {
        let step = left.unsigned_abs().min(22);
        let ten = (0..step).fold(1.0, |ten: f64, _| ten * 10.0);
        if left > 0 {
            number *= ten;
            left -= step.cast_signed();
        } else {
            number /= ten;
            left += step.cast_signed();
        }
    }
    number
}

/// Writes a number with as few digits as give it back.
#[must_use]
#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "only numbers below 2^63 are cast"
)]
pub(super) fn write(number: f64) -> String {
    if !number.is_finite() {
        return String::new();
    }
    let sign = if number < 0.0 { "-" } else { "" };
    let size = number.abs();
    let mut power = 0;
    let mut head = size;
    // What is very large or small is written with a power.
    while head >= 1e16 {
        head /= 10.0;
        power += 1;
    }
    while head < 1e-6 && head > 0.0 {
        head *= 10.0;
        power -= 1;
    }
    let tail = if power == 0 {
        String::new()
    } else {
        format!("e{power}")
    };
    let mut ten = 1_u64;
    for places in 0..=17_usize {
        let digits = (head * scaled(ten, 0)).round();
        if digits >= 9e18 {
            break;
        }
        let digits = digits as u64;
        let fraction = match places {
            0 => String::new(),
            _ => format!(".{:0places$}", digits % ten),
        };
        let text = format!("{}{fraction}{tail}", digits / ten);
        if read(&text) == Some(size) || places == 17 {
            return format!("{sign}{text}");
        }
        ten = ten.saturating_mul(10);
    }
    format!("{sign}{}{tail}", head.round() as u64)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_read_as_the_standard_library_reads_them() {
        for text in [
            "0",
            "-0",
            "7",
            "+7",
            "3.25",
            ".5",
            "5.",
            "-12.5e3",
            "1e10",
            "1E-7",
            "0.1",
            "0.30",
            "123456789012345",
            "0.000001",
            "9007199254740991",
            "4.35",
            "2.675",
            "1e22",
            "99.99",
        ] {
            assert_eq!(read(text), text.parse::<f64>().ok(), "{text}");
        }
        for text in [
            "", " ", "-", ".", "1.2.3", "e5", "1e", "0x10", "1,5", "inf", "nan", "1e999",
        ] {
            assert_eq!(read(text), None, "{text}");
        }
        assert_eq!(read(" 12 "), Some(12.0));
    }

    #[test]
    fn numbers_are_written_so_that_they_come_back() {
        for (number, text) in [
            (0.0, "0"),
            (7.0, "7"),
            (-2.5, "-2.5"),
            (0.1, "0.1"),
            (0.3, "0.3"),
            (99.99, "99.99"),
            (1.005, "1.005"),
            (9_007_199_254_740_991.0, "9007199254740991"),
        ] {
            assert_eq!(write(number), text);
        }
        for number in [1e300, 2.5e-9, 1.0 / 3.0, 123_456.789_012_3] {
            let back = read(&write(number)).unwrap();
            assert!((back - number).abs() <= number.abs() * 1e-13, "{number}");
        }
    }
}
