//! Shortening an entry that is too long for the wire; its whole text is a request of its own.
use crate::text::cut;
use crate::thread::{Approval, Body, Cut, Entry, FileDiff, ToolCall, ToolContent};

/// Bytes of one entry on the wire at the most. Source: contract, ENTRY.
pub const ENTRY_LIMIT: usize = 64 * 1024;

impl Entry {
    /// Shortens the long texts so that together they stay below `limit`, and notes the whole size.
    pub fn cut_to(&mut self, limit: usize, whole: u64) {
        let mut room = limit / 2;
        texts(&mut self.body, &mut |text| {
            if text.len() > room {
                *text = cut(text, room).to_owned();
            }
            room -= text.len();
        });
        self.cut = Some(Cut { bytes: whole });
    }
}

fn texts(body: &mut Body, visit: &mut impl FnMut(&mut String)) {
    match body {
        Body::User { text, .. }
        | Body::Agent { text, .. }
        | Body::Thought { text, .. }
        | Body::System { text, .. } => visit(text),
        Body::Error {
            text, stderr_tail, ..
        } => {
            visit(text);
            stderr_tail.iter_mut().for_each(visit);
        }
        Body::Plan { items } => items.iter_mut().for_each(|item| visit(&mut item.text)),
        Body::Image(_) => {}
        Body::Tool(call) => tool_texts(call, visit),
        Body::Approval(approval) => approval_texts(approval, visit),
        Body::Question(question) => visit(&mut question.message),
    }
}

fn tool_texts(call: &mut ToolCall, visit: &mut impl FnMut(&mut String)) {
    visit(&mut call.title);
    for content in &mut call.content {
        match content {
            ToolContent::Text { text } | ToolContent::Terminal { text, .. } => visit(text),
            ToolContent::Diff(diff) => diff_texts(diff, visit),
            ToolContent::Image(_) => {}
        }
    }
    call.input.iter_mut().for_each(&mut *visit);
    call.output.iter_mut().for_each(visit);
}

fn approval_texts(approval: &mut Approval, visit: &mut impl FnMut(&mut String)) {
    visit(&mut approval.title);
    visit(&mut approval.text);
    approval
        .diffs
        .iter_mut()
        .for_each(|diff| diff_texts(diff, visit));
    approval.argv.iter_mut().flatten().for_each(visit);
}

fn diff_texts(diff: &mut FileDiff, visit: &mut impl FnMut(&mut String)) {
    diff.old_text.iter_mut().for_each(&mut *visit);
    visit(&mut diff.new_text);
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::time::Timestamp;

    #[test]
    fn a_long_entry_is_cut_and_says_how_long_it_was() {
        let body = Body::Agent {
            text: "é".repeat(100_000),
            open: false,
        };
        let mut entry = Entry {
            seq: 1,
            revision: 1,
            at: Timestamp(0),
            turn: 1,
            cut: None,
            body,
        };
        entry.cut_to(ENTRY_LIMIT, 200_000);
        assert!(serde_json::to_string(&entry).unwrap().len() <= ENTRY_LIMIT);
        assert_eq!(entry.cut, Some(Cut { bytes: 200_000 }));
    }
}
