//! What is moved: every table with its columns, and how a row is written and weighed.
use crate::store::sql::link::Columns;
use domain::text::hex;
use sha2::{Digest as _, Sha256};

/// What a column holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    Text,
    Number,
    Flag,
}

/// A table.
#[derive(Debug)]
pub(super) struct Table {
    pub(super) name: &'static str,
    /// Reads all of its rows, in any order.
    pub(super) select: &'static str,
    /// Takes rows as lines of text.
    pub(super) copy: &'static str,
    /// Makes it empty.
    pub(super) clear: &'static str,
    columns: &'static [(&'static str, Kind)],
}

macro_rules! table {
    ($name:ident: $first:ident $first_kind:ident $(, $column:ident $kind:ident)*) => {
        Table {
            name: stringify!($name),
            select: concat!(
                "SELECT ", stringify!($first), $(", ", stringify!($column),)* " FROM ", stringify!($name)
            ),
            copy: concat!(
                "COPY ", stringify!($name), " (", stringify!($first), $(", ", stringify!($column),)*
                ") FROM STDIN"
            ),
            clear: concat!("TRUNCATE ", stringify!($name), " CASCADE"),
            columns: &[
                (stringify!($first), Kind::$first_kind) $(, (stringify!($column), Kind::$kind))*
            ],
        }
    };
}

/// All tables; what others refer to comes first.
pub(super) const TABLES: [Table; 11] = [
    table!(sessions: id Text, title Text, prompt Text, agent Text, model Text, status Text,
        status_reason Text, error Text, repo Text, worktree Text, created_at Number,
        started_at Number, completed_at Number, updated_at Number, last_activity_at Number,
        revision Number, worktree_revision Number, agent_alive Flag, owner_id Text, node_id Text,
        epoch Number, resumable Flag, queue Text, pending_approvals Text, entry_count Number,
        tail_from Number, last_line Text, changed_files Number, metadata Text, agent_state Text,
        agent_state_revision Number, acp_session Text, run Text, outbox Text, cancelling Flag,
        applied_n Number, deleted_at Number, change Number),
    table!(entries: session_id Text, seq Number, key Text, kind Text, turn Number, at Number,
        revision Number, body Text),
    table!(removed: id Text, change Number),
    table!(commands: client_id Text, function Text, args_hash Text, session_id Text, answer Text,
        at Number),
    table!(login_tokens: hash Text, expires_at Number),
    table!(logins: hash Text, user_id Text, created_at Number, seen_at Number),
    table!(flags: name Text, arm Text, percent Number, allow Text, killed Flag, epoch Number),
    table!(attachments: id Text, owner Text, name Text, mime Text, bytes Number, at Number),
    table!(attachment_uses: session_id Text, attachment_id Text),
    table!(config: id Number, n Number, settings Text),
    table!(counter: id Number, n Number),
];

impl Table {
    /// Whether a new store has rows in it.
    pub(super) fn is_never_empty(&self) -> bool {
        matches!(self.name, "config" | "counter")
    }

    /// A row as the server takes it: a line of its text format.
    pub(super) fn line(&self, row: &impl Columns) -> Result<String, sqlx::Error> {
        let mut line = String::new();
        for (place, (column, kind)) in self.columns.iter().enumerate() {
            if place > 0 {
                line.push('\t');
            }
            match kind {
                Kind::Text => write_text(&mut line, row.maybe_text(column)?),
                Kind::Number => match row.maybe_number(column)? {
                    Some(number) => line.push_str(&number.to_string()),
                    None => line.push_str("\\N"),
                },
                Kind::Flag => line.push(if row.flag(column)? { 't' } else { 'f' }),
            }
        }
        line.push('\n');
        Ok(line)
    }
}

fn write_text(line: &mut String, text: Option<&str>) {
    let Some(text) = text else {
        line.push_str("\\N");
        return;
    };
    for letter in text.chars() {
        match letter {
            '\\' => line.push_str("\\\\"),
            '\t' => line.push_str("\\t"),
            '\n' => line.push_str("\\n"),
            '\r' => line.push_str("\\r"),
            // The server cannot hold it; what is written later is treated the same.
            '\0' => line.push('\u{fffd}'),
            other => line.push(other),
        }
    }
}

/// How much there is, and of what: the same rows weigh the same in any order.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Weight {
    /// Rows.
    pub rows: u64,
    sum: [u64; 4],
}

impl Weight {
    /// Adds a row.
    pub(super) fn add(&mut self, line: &str) {
        self.rows += 1;
        let hash = Sha256::digest(line.as_bytes());
        for (sum, part) in self.sum.iter_mut().zip(hash.chunks_exact(8)) {
            let part = part
                .iter()
                .fold(0, |part, byte| part << 8 | u64::from(*byte));
            *sum = sum.wrapping_add(part);
        }
    }

    /// The digest of all rows.
    #[must_use]
    pub fn digest(&self) -> String {
        hex(&self.sum.map(u64::to_be_bytes).concat())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn weights_do_not_depend_on_the_order_and_tell_rows_apart() {
        let weigh = |lines: &[&str]| {
            let mut weight = Weight::default();
            lines.iter().for_each(|line| weight.add(line));
            weight
        };
        assert_eq!(weigh(&["a", "b"]), weigh(&["b", "a"]));
        assert_ne!(weigh(&["a", "b"]), weigh(&["a", "c"]));
        assert_ne!(weigh(&["a", "a"]), weigh(&["b", "b"]));
        assert_ne!(weigh(&["a"]).digest(), weigh(&["a", "a"]).digest());
        assert_eq!(weigh(&["a"]).digest().len(), 64);
    }

    #[test]
    fn texts_are_escaped_as_the_server_reads_them() {
        let mut line = String::new();
        write_text(&mut line, Some("a\tb\\N\r\n\0ü"));
        write_text(&mut line, None);
        assert_eq!(line, "a\\tb\\\\N\\r\\n\u{fffd}ü\\N");
    }
}
