//! The fields of a question, from the schema that an agent sends.
use super::text;
use domain::question::{Field, FieldOption, FieldType, FieldValue};
use serde_json::Value;

/// Fields of one form.
const FIELDS: usize = 50;
/// Options of one field.
const OPTIONS: usize = 500;
/// Bytes of a name, label or option.
const WORDS: usize = 2000;

/// The fields; an error says why nobody could fill them in.
pub(super) fn fields(schema: &Value) -> Result<Vec<Field>, &'static str> {
    let Some(told) = schema.get("properties").and_then(Value::as_object) else {
        return Err("no schema");
    };
    if told.len() > FIELDS {
        return Err("too many fields");
    }
    let required = schema.get("required").and_then(Value::as_array);
    let mut fields = Vec::new();
    for (name, told) in told {
        let is_required = required.is_some_and(|names| names.iter().any(|it| it == name.as_str()));
        match field(name, told, is_required) {
            Some(field) => fields.push(field),
            None if is_required => return Err("a required field is of an unknown type"),
            None => {}
        }
    }
    Ok(fields)
}

fn words(told: &Value, name: &str) -> Option<String> {
    text::string(told, name).map(|words| text::cut(words, WORDS))
}

fn field(name: &str, told: &Value, required: bool) -> Option<Field> {
    let items = told.get("items").unwrap_or(&Value::Null);
    let (kind, options, bounds) = match text::string(told, "type")? {
        "string" => match options(told) {
            Some(options) => (FieldType::Choice, options, ["", ""]),
            None => (FieldType::Text, Vec::new(), ["minLength", "maxLength"]),
        },
        "number" => (FieldType::Number, Vec::new(), ["minimum", "maximum"]),
        "integer" => (FieldType::Integer, Vec::new(), ["minimum", "maximum"]),
        "boolean" => (FieldType::Boolean, Vec::new(), ["", ""]),
        "array" => (
            FieldType::Choices,
            options(items)?,
            ["minItems", "maxItems"],
        ),
        _ => return None,
    };
    let [min, max] = bounds.map(|bound| told.get(bound).and_then(Value::as_f64));
    let mut field = Field {
        name: name.to_owned(),
        label: words(told, "title").unwrap_or_else(|| text::cut(name, WORDS)),
        hint: hint(told),
        kind,
        required,
        options,
        min,
        max,
        format: words(told, "format"),
        default: None,
    };
    let default = told.get("default").cloned().unwrap_or_default();
    let default: Option<FieldValue> = serde_json::from_value(default).ok();
    field.default = default.filter(|value| field.read(&Field::write(value)).is_ok());
    Some(field)
}

/// What it is about; a pattern is told, since only the agent can check it.
fn hint(told: &Value) -> Option<String> {
    let pattern = words(told, "pattern").map(|pattern| format!("must match {pattern}"));
    match (words(told, "description"), pattern) {
        (Some(hint), Some(pattern)) => Some(format!("{hint} ({pattern})")),
        (hint, pattern) => hint.or(pattern),
    }
}

/// Options with their names; none if everything may be written.
fn options(told: &Value) -> Option<Vec<FieldOption>> {
    let list = |name: &str| told.get(name).and_then(Value::as_array);
    let option = |value: &str, name: Option<&str>| FieldOption {
        value: value.to_owned(),
        name: text::cut(name.unwrap_or(value), WORDS),
    };
    if let Some(values) = list("enum") {
        let names = list("enumNames").map(Vec::as_slice).unwrap_or_default();
        let name = |at: usize| names.get(at).and_then(Value::as_str);
        let values = values.iter().enumerate().take(OPTIONS);
        let known = values.filter_map(|(at, value)| Some(option(value.as_str()?, name(at))));
        return Some(known.collect());
    }
    let titled = list("oneOf")
        .or_else(|| list("anyOf"))?
        .iter()
        .take(OPTIONS);
    let known = titled.filter_map(|told| {
        let value = text::string(told, "const")?;
        Some(option(value, text::string(told, "title")))
    });
    Some(known.collect())
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn every_type_of_the_protocol_becomes_a_field() {
        let schema = json!({"type": "object", "required": ["name", "tags"], "properties": {
            "name": {"type": "string", "title": "Name", "description": "Whose", "minLength": 2, "maxLength": 9, "default": "loom"},
            "mail": {"type": "string", "format": "email", "default": "nobody"},
            "colour": {"type": "string", "enum": ["r", "g"], "enumNames": ["Red", "Green"], "default": "g"},
            "size": {"type": "string", "oneOf": [{"const": "s", "title": "Small"}]},
            "count": {"type": "integer", "minimum": 1, "maximum": 3, "default": 2},
            "share": {"type": "number"},
            "dry": {"type": "boolean", "default": true},
            "tags": {"type": "array", "items": {"anyOf": [{"const": "a", "title": "A"}]}, "minItems": 1},
            "odd": {"type": "object"},
        }});
        let fields = fields(&schema).unwrap();
        let by_name = |name: &str| fields.iter().find(|field| field.name == name).unwrap();
        let kinds: Vec<_> = ["name", "colour", "size", "count", "share", "dry", "tags"]
            .iter()
            .map(|name| by_name(name).kind)
            .collect();
        use FieldType::{Boolean, Choice, Choices, Integer, Number, Text};
        assert_eq!(
            kinds,
            [Text, Choice, Choice, Integer, Number, Boolean, Choices]
        );
        let name = by_name("name");
        assert_eq!(
            (name.label.as_str(), name.hint.as_deref()),
            ("Name", Some("Whose"))
        );
        assert_eq!(
            (name.required, name.min, name.max),
            (true, Some(2.0), Some(9.0))
        );
        assert_eq!(by_name("mail").default, None, "no mail address");
        assert_eq!(by_name("colour").options[1].name, "Green");
        assert_eq!(by_name("size").options[0].name, "Small");
        assert_eq!(by_name("dry").default, Some(FieldValue::Flag(true)));
        assert_eq!(fields.len(), 8);
    }

    #[test]
    fn what_nobody_could_fill_in_is_refused() {
        let odd = json!({"properties": {"x": {"type": "object"}}, "required": ["x"]});
        assert!(fields(&odd).is_err());
        assert!(fields(&json!({})).is_err());
        assert_eq!(fields(&json!({"properties": {}})), Ok(vec![]));
    }
}
