//! Counts about the session, kept as the conversation grows.
use super::text;
use domain::snapshot::{Cost, EditedFile, Metadata, PlanProgress, Tokens, ToolCounts, TopTool};
use serde_json::Value;
use std::cmp::Reverse;
use std::collections::BTreeMap;

/// Titles shown at most. Source: contract, METADATA.
const TOP_MAX: usize = 5;
/// Edited files told at most.
const FILES_MAX: usize = 200;

/// Progress of the latest plan.
#[derive(Debug, Clone, Copy)]
pub(super) struct PlanCount {
    pub(super) done: u64,
    pub(super) total: u64,
}

/// The counts.
#[derive(Debug, Default)]
pub(super) struct Counts {
    pub(super) duration_ms: u64,
    pub(super) turns: u64,
    pub(super) prompts: u64,
    pub(super) replies: u64,
    pub(super) errors: u64,
    pub(super) plan: Option<PlanCount>,
    output_bytes: u64,
    tokens: Tokens,
    cost: Option<Cost>,
    calls: u64,
    by_kind: BTreeMap<String, u64>,
    by_word: BTreeMap<String, u64>,
    edits: BTreeMap<String, u64>,
}

impl Counts {
    /// The agent produced text or output.
    pub(super) fn produced(&mut self, bytes: usize) {
        self.output_bytes += bytes as u64;
    }

    /// A call began, or changed its kind or title.
    pub(super) fn called(&mut self, before: Option<(&str, &str)>, kind: &str, title: &str) {
        if let Some((kind, title)) = before {
            take(&mut self.by_kind, kind);
            take(&mut self.by_word, first_word(title));
        } else {
            self.calls += 1;
        }
        *self.by_kind.entry(kind.to_owned()).or_default() += 1;
        let word = first_word(title).to_owned();
        *self.by_word.entry(word).or_default() += 1;
    }

    /// A call that edits this file was completed.
    pub(super) fn edited(&mut self, path: &str) {
        *self.edits.entry(path.to_owned()).or_default() += 1;
    }

    /// The context and the cost as the agent tells them; both replace.
    pub(super) fn usage(&mut self, update: &Value) {
        let number = |field| update.get(field).and_then(Value::as_u64);
        self.tokens.used = number("used").or(self.tokens.used);
        self.tokens.size = number("size").or(self.tokens.size);
        let cost = update.get("cost").unwrap_or(&Value::Null);
        if let Some(amount) = cost.get("amount").and_then(Value::as_f64) {
            let currency = text::string(cost, "currency").unwrap_or("USD");
            self.cost = Some(Cost {
                amount,
                currency: text::head(currency, 8).to_owned(),
            });
        }
    }

    /// The tokens of a turn, from the answer to the prompt; agents tell them turn by turn.
    pub(super) fn spent(&mut self, answer: &Value) {
        let usage = answer.get("usage").unwrap_or(&Value::Null);
        let quota = answer.pointer("/_meta/quota/token_count");
        let quota = quota.unwrap_or(&Value::Null);
        let number = |usual: &str, other: &str| {
            let told = usage.get(usual).or_else(|| quota.get(other));
            told.and_then(Value::as_u64)
        };
        let add = |sum: &mut Option<u64>, more: Option<u64>| {
            if let Some(more) = more {
                *sum = Some(sum.unwrap_or(0).saturating_add(more));
            }
        };
        add(
            &mut self.tokens.input,
            number("inputTokens", "input_tokens"),
        );
        add(
            &mut self.tokens.output,
            number("outputTokens", "output_tokens"),
        );
    }

    pub(super) fn metadata(&self) -> Metadata {
        let top = ranked(&self.by_word, TOP_MAX);
        let edited = ranked(&self.edits, FILES_MAX);
        Metadata {
            duration_ms: self.duration_ms,
            turns: self.turns,
            prompts: self.prompts,
            replies: self.replies,
            tokens: self.tokens,
            cost: self.cost.clone(),
            plan: self.plan.map(|plan| PlanProgress {
                done: plan.done,
                total: plan.total,
            }),
            tools: ToolCounts {
                total: self.calls,
                by_kind: self.by_kind.clone(),
                top: top.map(|(title, count)| TopTool { title, count }).collect(),
            },
            edited_files: edited
                .map(|(path, edits)| EditedFile { path, edits })
                .collect(),
            output_bytes: self.output_bytes,
            errors: self.errors,
        }
    }
}

fn take(counts: &mut BTreeMap<String, u64>, key: &str) {
    if let Some(count) = counts.get_mut(key) {
        *count -= 1;
        if *count == 0 {
            counts.remove(key);
        }
    }
}

fn first_word(title: &str) -> &str {
    let word = title.split_whitespace().next().unwrap_or_default();
    text::head(word, 80)
}

fn ranked(counts: &BTreeMap<String, u64>, max: usize) -> impl Iterator<Item = (String, u64)> {
    let mut pairs: Vec<(&String, &u64)> = counts.iter().collect();
    pairs.sort_by_key(|(name, count)| (Reverse(**count), name.as_str()));
    pairs.truncate(max);
    pairs
        .into_iter()
        .map(|(name, count)| (name.clone(), *count))
        .collect::<Vec<_>>()
        .into_iter()
}
