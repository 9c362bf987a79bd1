//! When a provider that refused may be asked again, in the many ways in which providers tell it.
use domain::time::Timestamp;
use serde_json::Value;

/// How deep the data of an error is searched.
const DEPTH: usize = 6;
/// The farthest time that is believed, in milliseconds from the error: a month of 31 days.
const FARTHEST_MS: f64 = 31.0 * 86_400_000.0;
/// From so many on a number is a time in seconds since 1970, and from a thousand times as many
/// one in milliseconds.
const EPOCH_S: f64 = 1e9;

/// Names of fields that hold how long to wait, without case and signs.
const WAITS: [&str; 9] = [
    "retryafter",
    "retryafterseconds",
    "retryafterms",
    "retrydelay",
    "retrydelayms",
    "retryin",
    "resetsin",
    "resetafter",
    "resetsinseconds",
];
/// Names of fields that hold a point in time.
const TIMES: [&str; 6] = [
    "resetat",
    "resetsat",
    "resettime",
    "retryat",
    "ratelimitreset",
    "xratelimitreset",
];
/// Words before a time in a sentence.
const PHRASES: [&str; 5] = [
    "try again in ",
    "retry in ",
    "retry after ",
    "resets in ",
    "again after ",
];

/// When to try again, as an error of a JSON-RPC answer tells it.
pub(super) fn of_error(error: &Value, now: Timestamp) -> Option<Timestamp> {
    let data = error.get("data").unwrap_or(&Value::Null);
    let message = error.get("message").unwrap_or(&Value::Null);
    [data, error, message]
        .into_iter()
        .find_map(|value| search(value, now, DEPTH))
}

/// When to try again, as a sentence tells it.
pub(super) fn of_text(text: &str, now: Timestamp) -> Option<Timestamp> {
    let lower = text.to_ascii_lowercase();
    let after = |phrase: &&str| Some(&lower[lower.find(*phrase)? + phrase.len()..]);
    let wait = PHRASES.iter().find_map(after)?;
    let end = wait.find(|letter: char| !(letter.is_ascii_alphanumeric() || ". ".contains(letter)));
    at(span(&wait[..end.unwrap_or(wait.len())])?, now)
}

fn search(value: &Value, now: Timestamp, depth: usize) -> Option<Timestamp> {
    let inner = depth.checked_sub(1)?;
    match value {
        Value::Object(fields) => {
            let own = fields
                .iter()
                .find_map(|(name, value)| field(name, value, now));
            own.or_else(|| fields.values().find_map(|value| search(value, now, inner)))
        }
        Value::Array(items) => items.iter().find_map(|item| search(item, now, inner)),
        Value::String(text) => of_text(text, now),
        Value::Null | Value::Bool(_) | Value::Number(_) => None,
    }
}

fn field(name: &str, value: &Value, now: Timestamp) -> Option<Timestamp> {
    let letters = name.chars().filter(char::is_ascii_alphanumeric);
    let name: String = letters.map(|letter| letter.to_ascii_lowercase()).collect();
    let is_wait = WAITS.contains(&name.as_str());
    if !is_wait && !TIMES.contains(&name.as_str()) {
        return None;
    }
    let number = match value {
        Value::String(text) => text.trim().parse().ok(),
        value => value.as_f64(),
    };
    match (number, value) {
        (Some(number), _) if number >= EPOCH_S * 1000.0 => at(number - now.0 as f64, now),
        (Some(number), _) if number >= EPOCH_S => at(number * 1000.0 - now.0 as f64, now),
        (Some(number), _) if name.ends_with("ms") => at(number, now),
        (Some(number), _) => at(number * 1000.0, now),
        (None, Value::String(text)) => match date(text.trim()) {
            Some(time) => at((time.0 - now.0) as f64, now),
            None => at(span(&text.to_ascii_lowercase())?, now),
        },
        (None, _) => None,
    }
}

/// The time after a wait, if it is one that can be waited for.
fn at(wait_ms: f64, now: Timestamp) -> Option<Timestamp> {
    let is_sane = wait_ms > 0.0 && wait_ms <= FARTHEST_MS;
    is_sane.then(|| Timestamp(now.0 + wait_ms.ceil() as i64))
}

/// Milliseconds of a span such as `1m30s`, `20 seconds`, `1.5 h` or `500ms`.
fn span(text: &str) -> Option<f64> {
    let mut rest = text.trim();
    let mut ms = 0.0;
    while rest.starts_with(|first: char| first.is_ascii_digit()) {
        let end = rest.find(|letter: char| !(letter.is_ascii_digit() || letter == '.'));
        let (digits, after) = rest.split_at(end.unwrap_or(rest.len()));
        let after = after.trim_start();
        let end = after.find(|letter: char| !letter.is_ascii_alphabetic());
        let (unit, after) = after.split_at(end.unwrap_or(after.len()));
        let one = match unit {
            "ms" | "millisecond" | "milliseconds" => 1.0,
            "" | "s" | "sec" | "secs" | "second" | "seconds" => 1000.0,
            "m" | "min" | "mins" | "minute" | "minutes" => 60_000.0,
            "h" | "hr" | "hrs" | "hour" | "hours" => 3_600_000.0,
            "d" | "day" | "days" => 86_400_000.0,
            _ => return (ms > 0.0).then_some(ms),
        };
        ms += digits.trim_end_matches('.').parse::<f64>().ok()? * one;
        rest = after.trim_start();
        rest = rest.strip_prefix("and ").unwrap_or(rest);
    }
    (ms > 0.0).then_some(ms)
}

/// A date of RFC 3339 or of an HTTP header.
fn date(text: &str) -> Option<Timestamp> {
    if let Ok(time) = Timestamp::try_from(text.to_owned()) {
        return Some(time);
    }
    let parts: Vec<&str> = text
        .split([' ', ','])
        .filter(|part| !part.is_empty())
        .collect();
    if let [_, day, month, year, time, "GMT" | "UTC"] = parts[..] {
        let months = "JanFebMarAprMayJunJulAugSepOctNovDec";
        let month = months.find(month).filter(|_| month.len() == 3)? / 3 + 1;
        let day: u32 = day.parse().ok()?;
        return Timestamp::try_from(format!("{year}-{month:02}-{day:02}T{time}Z")).ok();
    }
    // An offset in place of the Z.
    let from = text.len().checked_sub(6)?;
    let (local, offset) = (text.get(..from)?, text.get(from..)?);
    let sign = match offset.get(..1)? {
        "+" => 1,
        "-" => -1,
        _ => return None,
    };
    let (hours, minutes) = offset.get(1..)?.split_once(':')?;
    let minutes = hours.parse::<i64>().ok()? * 60 + minutes.parse::<i64>().ok()?;
    let local = Timestamp::try_from(format!("{local}Z")).ok()?;
    Some(Timestamp(local.0 - sign * minutes * 60_000))
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    /// 2026-11-26T12:00:00Z.
    const NOW: Timestamp = Timestamp(1_795_694_400_000);

    #[track_caller]
    fn check(error: &Value, wait_s: Option<i64>) {
        let found = of_error(error, NOW).map(|at| (at.0 - NOW.0) / 1000);
        assert_eq!(found, wait_s, "{error}");
    }

    #[track_caller]
    fn check_data(data: &Value, wait_s: i64) {
        check(
            &json!({"code": -32603, "message": "no", "data": data}),
            Some(wait_s),
        );
    }

    #[test]
    fn a_wait_is_found_under_its_many_names() {
        check_data(&json!({"retryAfter": 30}), 30);
        check_data(&json!({"retryAfter": 30.5}), 30);
        check_data(&json!({"retry_after": "30"}), 30);
        check_data(&json!({"retryAfterMs": 30_000}), 30);
        check_data(&json!({"retry_after_ms": "30000"}), 30);
        check_data(&json!({"retryAfterSeconds": 30}), 30);
        check_data(&json!({"headers": {"retry-after": "30", "x": 1}}), 30);
        check_data(&json!({"error": {"details": [{"retryDelay": "37s"}]}}), 37);
        check_data(&json!({"retryAfter": "1m30s"}), 90);
        check_data(&json!({"retryAfter": "500ms"}), 0);
        check_data(&json!({"resets_at": 1_795_694_460}), 60);
        check_data(&json!({"resetAt": 1_795_694_460_000_i64}), 60);
        check_data(&json!("rate limited, retry after 20 seconds"), 20);
    }

    #[test]
    fn a_time_is_found_as_a_date_too() {
        check_data(&json!({"resetAt": "2026-11-26T12:01:00Z"}), 60);
        check_data(&json!({"reset_at": "2026-11-26T12:01:00.500Z"}), 60);
        check_data(&json!({"resetsAt": "2026-11-26T13:01:00+01:00"}), 60);
        check_data(&json!({"retryAfter": "2026-11-26T12:01:00Z"}), 60);
        check_data(&json!({"retryAfter": "Thu, 26 Nov 2026 12:01:00 GMT"}), 60);
    }

    #[test]
    fn a_sentence_may_tell_it() {
        let said = |message: &str| json!({"code": 429, "message": message});
        check(&said("Please try again in 6m0s. Visit"), Some(360));
        check(
            &said("Rate limit reached. Try again in 1.5 minutes."),
            Some(90),
        );
        check(&said("retry in 20s"), Some(20));
        check(&said("try again in a moment"), None);
    }

    #[test]
    fn what_is_past_far_off_or_no_time_is_none() {
        for data in [
            json!({"retryAfter": -5}),
            json!({"retryAfter": 0}),
            json!({"retryAfter": 1e8}),
            json!({"retryAfter": null}),
            json!({"retryAfter": "soon"}),
            json!({"resetAt": "2020-01-01T00:00:00Z"}),
            json!({"after": 30}),
        ] {
            check(&json!({"message": "no", "data": data}), None);
        }
    }
}
