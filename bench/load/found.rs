//! What was found: rows with a target, and figures from which others follow.
use serde_json::{Map, Value, json};

/// What a row must reach.
#[derive(Clone, Copy)]
pub(crate) enum Target {
    AtMost(f64),
    AtLeast(f64),
}

#[derive(Default)]
pub(crate) struct Found {
    rows: Vec<Value>,
    figures: Map<String, Value>,
}

impl Found {
    pub(crate) fn row(&mut self, what: &str, unit: &str, target: Target, value: f64) {
        let (is_most, limit, is_reached) = match target {
            Target::AtMost(limit) => (true, limit, value <= limit),
            Target::AtLeast(limit) => (false, limit, value >= limit),
        };
        let sign = if is_reached { "" } else { " (missed)" };
        eprintln!("{what}: {value:.2} {unit}{sign}");
        self.rows.push(json!({
            "what": what, "unit": unit, "limit": limit, "isMost": is_most,
            "value": round(value), "isReached": is_reached,
        }));
    }

    pub(crate) fn figure(&mut self, name: &str, value: f64) {
        eprintln!("  {name}: {value:.3}");
        self.figures.insert(name.to_owned(), json!(round(value)));
    }

    pub(crate) fn print(&self) {
        println!("{}", json!({"rows": self.rows, "figures": self.figures}));
    }
}

fn round(value: f64) -> f64 {
    (value * 1000.0).round() / 1000.0
}

/// Counts and sizes as figures; those here are far below 2^53.
#[expect(clippy::cast_precision_loss, reason = "small numbers")]
pub(crate) fn real(number: u64) -> f64 {
    number as f64
}
