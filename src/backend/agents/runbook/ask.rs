//! The `ask` block: its lines are a question to the person, as the protocol wants it.
use super::turn::{Outcome, Turn};
use serde_json::{Map, Value, json};

impl Turn {
    /// Puts a question to the person and says what was answered.
    pub(super) async fn ask(&self, asked: &Value) -> Outcome {
        if !self.has_forms {
            return Outcome::Failed("this client puts no questions to you.".to_owned());
        }
        let mut asked = asked.clone();
        asked["sessionId"] = self.session.id.to_string().into();
        let answer = tokio::select! {
            answer = self.peer.request("elicitation/create", &asked) => answer,
            () = self.cancel.cancelled() => None,
        };
        let answer = answer.unwrap_or_default();
        match answer["action"].as_str() {
            _ if self.cancel.is_cancelled() => Outcome::Cancelled,
            Some("accept") => {
                self.say(&told(&answer)).await;
                Outcome::Done
            }
            Some("decline") => Outcome::Rejected,
            Some("cancel") => Outcome::Failed("the question was left open.".to_owned()),
            _ => Outcome::Failed("the question could not be asked.".to_owned()),
        }
    }
}

/// What a block asks: the parameters of `elicitation/create`, without the session.
///
/// # Errors
/// One sentence for a line that is no field.
pub(super) fn parse(body: &str) -> Result<Value, String> {
    let (mut message, mut properties, mut required) = (Vec::new(), Map::new(), Vec::new());
    let mut url = None;
    for line in body.lines().map(str::trim).filter(|line| !line.is_empty()) {
        if let Some(address) = line.strip_prefix("open ") {
            url = Some(address.trim());
        } else if let Some((name, told)) = line.split_once(':').filter(|(_, told)| is_field(told)) {
            let name = name.trim();
            let plain = name.trim_end_matches('*').trim_end();
            if plain.len() < name.len() {
                required.push(Value::from(plain));
            }
            properties.insert(plain.to_owned(), field(told.trim())?);
        } else {
            message.push(line);
        }
    }
    let message = match message.is_empty() {
        true => "Please answer".to_owned(),
        false => message.join("\n"),
    };
    Ok(match url {
        Some(url) => {
            let id = uuid::Uuid::new_v4().to_string();
            json!({"mode": "url", "message": message, "url": url, "elicitationId": id})
        }
        None => json!({"mode": "form", "message": message, "requestedSchema": {
            "type": "object", "properties": properties, "required": required,
        }}),
    })
}

/// Whether what stands behind a colon is a type: words of a message are none.
fn is_field(told: &str) -> bool {
    let word = told.split('=').next().unwrap_or_default().trim();
    let first = word.split_whitespace().next().unwrap_or_default();
    let types = [
        "text",
        "email",
        "uri",
        "date",
        "date-time",
        "number",
        "integer",
        "boolean",
    ];
    types.contains(&first) || word.contains('|')
}

/// `type`, maybe with bounds `1..10`, maybe with ` = default`.
fn field(told: &str) -> Result<Value, String> {
    let (kind, default) = match told.split_once('=') {
        Some((kind, default)) => (kind.trim(), Some(default.trim())),
        None => (told, None),
    };
    let words = |text: &str| -> Vec<String> {
        let words = text.split('|').map(|word| word.trim().to_owned());
        words.filter(|word| !word.is_empty()).collect()
    };
    if let Some(inner) = kind
        .strip_prefix('[')
        .and_then(|kind| kind.strip_suffix(']'))
    {
        let items = json!({"type": "string", "enum": words(inner)});
        let default = default.map(words).unwrap_or_default();
        return Ok(json!({"type": "array", "items": items, "default": default}));
    }
    if kind.contains('|') {
        return Ok(json!({"type": "string", "enum": words(kind), "default": default}));
    }
    let (kind, bounds) = kind.split_once(' ').unwrap_or((kind, ""));
    let number = |text: &str| text.trim().parse::<i64>().ok();
    let bounds = bounds
        .split_once("..")
        .map(|(min, max)| [number(min), number(max)]);
    let [min, max] = bounds.unwrap_or_default();
    let unreadable = || {
        format!(
            "`{}` is no default of a field `{kind}`.",
            default.unwrap_or_default()
        )
    };
    Ok(match kind {
        "integer" | "number" => {
            let default = default.map(serde_json::from_str::<Value>).transpose();
            let default = default.map_err(|_| unreadable())?;
            json!({"type": kind, "default": default, "minimum": min, "maximum": max})
        }
        "boolean" => {
            json!({"type": kind, "default": default.map(|word| word == "yes" || word == "true")})
        }
        "text" => json!({"type": "string", "default": default, "minLength": min, "maxLength": max}),
        format => json!({"type": "string", "format": format, "default": default}),
    })
}

/// What the person answered, for the thread.
fn told(answer: &Value) -> String {
    let values = answer["content"].as_object().into_iter().flatten();
    let lines: Vec<String> = values
        .map(|(name, value)| match value {
            Value::String(text) => format!("- {name}: {text}"),
            other => format!("- {name}: {other}"),
        })
        .collect();
    match lines.is_empty() {
        true => "You agreed.\n".to_owned(),
        false => format!("You answered:\n\n{}\n", lines.join("\n")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use agent_client_protocol_schema::v1::CreateElicitationRequest;

    fn asked(body: &str) -> Value {
        let mut asked = parse(body).unwrap();
        asked["sessionId"] = "s".into();
        let parsed = serde_json::from_value::<CreateElicitationRequest>(asked.clone());
        assert!(parsed.is_ok(), "{asked}: {parsed:?}");
        asked
    }

    #[test]
    fn lines_become_fields_and_the_rest_is_the_message() {
        let asked = asked(
            "Note: what to weave?\nname*: text 2..9 = loom\ncount: integer 1..10 = 3\n\
             dry: boolean = yes\ncolour: red | green = green\ntags: [a | b] = a\nmail: email\n",
        );
        assert_eq!(asked["message"], "Note: what to weave?");
        let schema = &asked["requestedSchema"];
        assert_eq!(schema["required"], json!(["name"]));
        let fields = &schema["properties"];
        assert_eq!(fields["name"]["maxLength"], 9);
        assert_eq!(fields["count"]["default"], 3);
        assert_eq!(fields["dry"]["default"], true);
        assert_eq!(fields["colour"]["enum"], json!(["red", "green"]));
        assert_eq!(fields["tags"]["default"], json!(["a"]));
        assert_eq!(fields["mail"]["format"], "email");
    }

    #[test]
    fn a_line_that_opens_makes_it_a_link() {
        let asked = asked("Log in\nopen https://example.org/a\n");
        assert_eq!(
            (&asked["mode"], &asked["url"]),
            (&json!("url"), &json!("https://example.org/a"))
        );
    }

    #[test]
    fn a_default_that_does_not_fit_is_told() {
        assert!(parse("n: integer = many").unwrap_err().contains("many"));
    }
}
