//! Whether an answer fits its question: the same judgement in the form and in the server.
use super::decimal;
use super::{Field, FieldType, FieldValue, Question, Values};

/// Why a field cannot be taken.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{field}: {why}")]
pub struct Wrong {
    /// The name of the field.
    pub field: String,
    /// One sentence.
    pub why: String,
}

impl Question {
    /// Whether the values are an answer.
    ///
    /// # Errors
    /// [`Wrong`] for the first field that is missing, unknown or not as it was asked for.
    pub fn check(&self, values: &Values) -> Result<(), Wrong> {
        let wrong = |field: &str, why: String| Wrong {
            field: field.to_owned(),
            why,
        };
        for field in &self.fields {
            match values.get(&field.name) {
                Some(value) => field.check(value).map_err(|why| wrong(&field.name, why))?,
                None if field.required => return Err(wrong(&field.name, MISSING.to_owned())),
                None => {}
            }
        }
        let is_unknown = |name: &&String| !self.fields.iter().any(|field| field.name == **name);
        match values.keys().find(is_unknown) {
            Some(name) => Err(wrong(name, "the question has no such field".to_owned())),
            None => Ok(()),
        }
    }
}

/// Said of a field that must be filled in.
const MISSING: &str = "is needed";

impl Field {
    /// The value of what was typed or chosen; none for nothing.
    ///
    /// # Errors
    /// One sentence if it is not what the field takes.
    pub fn read(&self, written: &[String]) -> Result<Option<FieldValue>, String> {
        let first = written.first().map(String::as_str).unwrap_or_default();
        let value = match self.kind {
            FieldType::Choices if written.is_empty() && !self.required => return Ok(None),
            FieldType::Choices => FieldValue::List(written.to_vec()),
            FieldType::Boolean => FieldValue::Flag(first == "true"),
            _ if first.is_empty() && self.required => return Err(MISSING.to_owned()),
            _ if first.is_empty() => return Ok(None),
            FieldType::Number | FieldType::Integer => {
                let number = decimal::read(first);
                FieldValue::Number(number.ok_or_else(|| "must be a number".to_owned())?)
            }
            FieldType::Text | FieldType::Choice => FieldValue::Text(first.to_owned()),
        };
        self.check(&value).map(|()| Some(value))
    }

    /// What the field shows of a value: one text, or each chosen option.
    #[must_use]
    pub fn write(value: &FieldValue) -> Vec<String> {
        match value {
            FieldValue::Text(text) => vec![text.clone()],
            FieldValue::Number(number) => vec![decimal::write(*number)],
            FieldValue::Flag(flag) => vec![flag.to_string()],
            FieldValue::List(list) => list.clone(),
        }
    }

    fn check(&self, value: &FieldValue) -> Result<(), String> {
        match (self.kind, value) {
            (FieldType::Text, FieldValue::Text(text)) => self.check_text(text),
            (FieldType::Number, FieldValue::Number(number)) => self.check_size(*number, ""),
            (FieldType::Integer, FieldValue::Number(number)) if number.fract() == 0.0 => {
                self.check_size(*number, "")
            }
            (FieldType::Boolean, FieldValue::Flag(_)) => Ok(()),
            (FieldType::Choice, FieldValue::Text(text)) => self.check_option(text),
            (FieldType::Choices, FieldValue::List(list)) => {
                list.iter().try_for_each(|text| self.check_option(text))?;
                self.check_size(count(list.len()), " options")
            }
            (FieldType::Integer, _) => Err("must be a whole number".to_owned()),
            (FieldType::Number, _) => Err("must be a number".to_owned()),
            (FieldType::Boolean, _) => Err("must be true or false".to_owned()),
            (FieldType::Choices, _) => Err("must be a list of options".to_owned()),
            (FieldType::Text | FieldType::Choice, _) => Err("must be a text".to_owned()),
        }
    }

    fn check_option(&self, text: &str) -> Result<(), String> {
        match self.options.iter().any(|option| option.value == text) {
            true => Ok(()),
            false => Err("must be one of the options".to_owned()),
        }
    }

    fn check_size(&self, size: f64, what: &str) -> Result<(), String> {
        match (self.min, self.max) {
            (Some(min), _) if size < min => {
                Err(format!("must be {}{what} at least", decimal::write(min)))
            }
            (_, Some(max)) if size > max => {
                Err(format!("must be {}{what} at most", decimal::write(max)))
            }
            _ if size.is_finite() => Ok(()),
            _ => Err("must be a number".to_owned()),
        }
    }

    fn check_text(&self, text: &str) -> Result<(), String> {
        if self.required && text.is_empty() {
            return Err(MISSING.to_owned());
        }
        self.check_size(count(text.chars().count()), " characters")?;
        let is_fit = match self.format.as_deref() {
            Some("email") => is_mail(text),
            Some("uri") => host_of(text).is_some() || text.split_once(':').is_some_and(is_uri),
            Some("date") => is_date(text),
            Some("date-time") => text.split_once('T').is_some_and(|(date, time)| {
                is_date(date) && time.len() >= 5 && time.as_bytes()[2] == b':'
            }),
            _ => true,
        };
        match (is_fit, self.format.as_deref()) {
            (false, Some("email")) => Err("must be a mail address".to_owned()),
            (false, Some("uri")) => {
                Err("must be an address such as https://example.org".to_owned())
            }
            (false, Some("date")) => Err("must be a date such as 2026-01-31".to_owned()),
            (false, _) => Err("must be a time such as 2026-01-31T12:00:00Z".to_owned()),
            (true, _) => Ok(()),
        }
    }
}

#[expect(clippy::cast_precision_loss, reason = "counts are far below 2^53")]
const fn count(count: usize) -> f64 {
    count as f64
}

fn is_mail(text: &str) -> bool {
    let parts = text.split_once('@');
    let is_plain = |part: &str| !part.is_empty() && !part.contains(['@', ' ']);
    parts.is_some_and(|(name, host)| is_plain(name) && is_plain(host))
}

fn is_uri((scheme, rest): (&str, &str)) -> bool {
    let is_scheme = scheme.starts_with(|first: char| first.is_ascii_alphabetic())
        && scheme
            .chars()
            .all(|c| c.is_ascii_alphanumeric() || "+.-".contains(c));
    is_scheme && !rest.is_empty() && !rest.contains(char::is_whitespace)
}

fn is_date(text: &str) -> bool {
    let parts: Vec<&str> = text.split('-').collect();
    let number = |part: &str, length: usize| match part.len() == length {
        true => part.parse::<u16>().unwrap_or(0),
        false => 0,
    };
    match parts[..] {
        [year, month, day] => {
            let (month, day) = (number(month, 2), number(day, 2));
            number(year, 4) > 0 && (1..=12).contains(&month) && (1..=31).contains(&day)
        }
        _ => false,
    }
}

/// The host that a browser would open, with its port, of an `http` or `https` address.
#[must_use]
pub fn host_of(url: &str) -> Option<&str> {
    let rest = url
        .strip_prefix("https://")
        .or_else(|| url.strip_prefix("http://"))?;
    if url.contains(|c: char| c.is_whitespace() || c.is_control()) {
        return None;
    }
    let place = rest.split(['/', '?', '#', '\\']).next()?;
    let host = place.rsplit('@').next()?;
    (!host.is_empty()).then_some(host)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::approval::ApprovalState;
    use crate::question::FieldOption;

    fn field(kind: FieldType) -> Field {
        Field {
            name: "f".to_owned(),
            label: "F".to_owned(),
            hint: None,
            kind,
            required: false,
            options: ["a", "b"].map(option).to_vec(),
            min: None,
            max: None,
            format: None,
            default: None,
        }
    }

    fn option(value: &str) -> FieldOption {
        FieldOption {
            value: value.to_owned(),
            name: value.to_uppercase(),
        }
    }

    #[track_caller]
    fn check(field: &Field, written: &[&str], wanted: Result<&str, &str>) {
        let written: Vec<String> = written.iter().map(|&text| text.to_owned()).collect();
        let read = field.read(&written);
        let told = read
            .as_ref()
            .map(|value| serde_json::to_string(value).unwrap());
        let told = told
            .as_ref()
            .map(String::as_str)
            .map_err(|why| why.as_str());
        assert_eq!(told, wanted);
    }

    #[test]
    fn what_is_written_becomes_a_value_of_its_type() {
        check(&field(FieldType::Text), &["x"], Ok("\"x\""));
        check(&field(FieldType::Text), &[""], Ok("null"));
        check(&field(FieldType::Integer), &["5"], Ok("5"));
        check(
            &field(FieldType::Integer),
            &["5.5"],
            Err("must be a whole number"),
        );
        check(&field(FieldType::Number), &["5.5"], Ok("5.5"));
        check(
            &field(FieldType::Number),
            &["five"],
            Err("must be a number"),
        );
        check(&field(FieldType::Number), &["inf"], Err("must be a number"));
        check(&field(FieldType::Boolean), &["true"], Ok("true"));
        check(&field(FieldType::Boolean), &[], Ok("false"));
        check(&field(FieldType::Choice), &["b"], Ok("\"b\""));
        check(
            &field(FieldType::Choice),
            &["c"],
            Err("must be one of the options"),
        );
        check(&field(FieldType::Choices), &["a", "b"], Ok("[\"a\",\"b\"]"));
        check(&field(FieldType::Choices), &[], Ok("null"));
    }

    #[test]
    fn bounds_are_of_numbers_lengths_and_counts() {
        let bound = |kind| Field {
            min: Some(2.0),
            max: Some(3.0),
            required: true,
            ..field(kind)
        };
        check(
            &bound(FieldType::Integer),
            &["1"],
            Err("must be 2 at least"),
        );
        check(
            &bound(FieldType::Number),
            &["3.5"],
            Err("must be 3 at most"),
        );
        check(
            &bound(FieldType::Text),
            &["äöüx"],
            Err("must be 3 characters at most"),
        );
        check(&bound(FieldType::Text), &[""], Err("is needed"));
        check(
            &bound(FieldType::Choices),
            &["a"],
            Err("must be 2 options at least"),
        );
    }

    #[test]
    fn formats_are_looked_at() {
        let of = |format: &str| Field {
            format: Some(format.to_owned()),
            ..field(FieldType::Text)
        };
        for (format, good, bad) in [
            ("email", "a@b", "a@b@c"),
            ("uri", "https://a.b/c", "a b"),
            ("uri", "urn:x:y", "1:2"),
            ("date", "2026-01-31", "2026-13-01"),
            ("date-time", "2026-01-31T12:00Z", "2026-01-31"),
        ] {
            assert!(of(format).read(&[good.to_owned()]).is_ok(), "{good}");
            assert!(of(format).read(&[bad.to_owned()]).is_err(), "{bad}");
        }
    }

    #[test]
    fn an_answer_names_the_field_that_is_wrong() {
        let question = Question {
            question_id: "1".to_owned(),
            message: "?".to_owned(),
            fields: vec![Field {
                required: true,
                ..field(FieldType::Integer)
            }],
            url: None,
            state: ApprovalState::Open,
            answer: None,
        };
        let check = |json: &str| {
            let values: Values = serde_json::from_str(json).unwrap();
            question.check(&values).map_err(|wrong| wrong.to_string())
        };
        assert_eq!(check("{\"f\":3}"), Ok(()));
        assert_eq!(check("{}"), Err("f: is needed".to_owned()));
        assert_eq!(
            check("{\"f\":\"3\"}"),
            Err("f: must be a whole number".to_owned())
        );
        let unknown = check("{\"f\":3,\"g\":[\"x\"]}");
        assert_eq!(unknown, Err("g: the question has no such field".to_owned()));
    }

    #[test]
    fn the_host_is_the_one_that_a_browser_opens() {
        assert_eq!(
            host_of("https://example.org:8443/a?b"),
            Some("example.org:8443")
        );
        assert_eq!(host_of("https://good.org@evil.org/x"), Some("evil.org"));
        assert_eq!(host_of("https://evil.org\\@good.org"), Some("evil.org"));
        assert_eq!(host_of("javascript:alert(1)"), None);
        assert_eq!(host_of("https://a b"), None);
        assert_eq!(host_of("https:///x"), None);
    }
}
