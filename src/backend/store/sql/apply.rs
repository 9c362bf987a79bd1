//! What a change does to a record: pure, so that the transaction only reads and writes.
use crate::error::Failed;
use crate::store::{Change, Record};
use domain::id::ClientId;
use domain::session::{PendingApproval, Phase, QueuedMessage, SessionStatus};
use domain::thread::{ApprovalState, Body, Entry};

/// Bytes of queued messages, which every answer about the session carries: one of full length, and
/// some short ones. Source: issue 3, 1 MB an answer.
const QUEUE_BYTES: usize = 384 * 1024;
/// Characters of the last line that the list shows.
const LAST_LINE: usize = 200;

/// Takes over what an entry says about its session.
pub(super) fn entry(record: &mut Record, entry: &Entry) {
    if let Some(line) = last_line(&entry.body) {
        record.last_line = line;
    }
    if let Body::Approval(approval) = &entry.body {
        let pending = &mut record.session.pending_approvals;
        pending.retain(|known| known.request_id != approval.request_id);
        if approval.state == ApprovalState::Open {
            pending.push(PendingApproval {
                request_id: approval.request_id.clone(),
                seq: entry.seq,
                title: approval.title.clone(),
                args_hash: approval.args_hash.clone(),
                at: entry.at,
            });
        }
    }
}

fn last_line(body: &Body) -> Option<String> {
    let text = match body {
        // What is no message says nothing about the work.
        Body::System { code, .. } if code == "unreadable" => return None,
        Body::User { text, .. }
        | Body::Agent { text, .. }
        | Body::Error { text, .. }
        | Body::System { text, .. } => text.as_str(),
        Body::Tool(call) => call.title.as_str(),
        Body::Approval(approval) => approval.title.as_str(),
        Body::Question(question) => question.message.as_str(),
        Body::Thought { .. } | Body::Plan { .. } | Body::Image(_) => return None,
    };
    let line = text
        .lines()
        .map(str::trim)
        .rfind(|line| line.contains(char::is_alphanumeric))?;
    Some(line.chars().take(LAST_LINE).collect())
}

/// Takes over everything else.
pub(super) fn change(record: &mut Record, change: &Change) -> Result<(), Failed> {
    let session = &mut record.session;
    session.updated_at = change.now;
    if change.is_activity {
        session.last_activity_at = change.now;
    }
    set(&mut session.title, change.title.as_ref());
    set(&mut session.agent_alive, change.agent_alive.as_ref());
    set(&mut session.resumable, change.resumable.as_ref());
    set(&mut session.worktree, change.worktree.as_ref());
    session.worktree_revision += u64::from(change.worktree_touched);
    set(&mut record.acp_session, change.acp_session.as_ref());
    set(&mut record.run, change.run.as_ref());
    set(&mut record.epoch, change.epoch.as_ref());
    set(&mut record.session.node_id, change.node.as_ref());
    set(&mut record.applied_n, change.applied_n.as_ref());
    set(&mut record.changed_files, change.changed_files.as_ref());
    set(&mut record.metadata, change.metadata.as_ref());
    set(&mut record.outbox, change.outbox.as_ref());
    set(&mut record.cancelling, change.cancelling.as_ref());
    if let Some(state) = &change.agent_state
        && record.agent_state != *state
    {
        record.agent_state = state.clone();
        record.agent_state_revision = record.session.revision;
    }
    if change.deleted {
        record.deleted_at = Some(change.now);
    }
    status(record, change);
    queue(record, change)
}

fn set<T: Clone>(place: &mut T, value: Option<&T>) {
    if let Some(value) = value {
        place.clone_from(value);
    }
}

fn status(record: &mut Record, change: &Change) {
    let Some(new) = &change.status else { return };
    let session = &mut record.session;
    session.status = new.status;
    session.status_reason.clone_from(&new.reason);
    session.error.clone_from(&new.error);
    if new.status == SessionStatus::Running && session.started_at.is_none() {
        session.started_at = Some(change.now);
    }
    session.completed_at = match new.status.phase() {
        Phase::Terminal => Some(change.now),
        Phase::Active | Phase::Idle => None,
    };
}

fn queue(record: &mut Record, change: &Change) -> Result<(), Failed> {
    let queue = &mut record.session.queue;
    if let Some(message) = &change.enqueue {
        queue.push(message.clone());
    }
    if let Some((item, text)) = &change.reword {
        let place = position(queue, item)?;
        queue[place].text.clone_from(text);
    }
    if let Some(item) = &change.dequeue {
        let place = position(queue, item)?;
        queue.remove(place);
    }
    if let Some((item, to)) = &change.requeue {
        let message = queue.remove(position(queue, item)?);
        queue.insert((*to).min(queue.len()), message);
    }
    if let Some(is_next) = change.send_next {
        for (place, message) in queue.iter_mut().enumerate() {
            message.next = is_next && place == 0;
        }
    }
    let bytes: usize = queue.iter().map(|message| message.text.len()).sum();
    let is_more = change.enqueue.is_some() || change.reword.is_some();
    if is_more && bytes > QUEUE_BYTES {
        let text = "the queue is full; wait for the end of the turn, or shorten it";
        return Err(Failed::TooLarge(text.to_owned()));
    }
    Ok(())
}

fn position(queue: &[QueuedMessage], item: &ClientId) -> Result<usize, Failed> {
    queue
        .iter()
        .position(|message| message.client_id == *item)
        .ok_or_else(|| Failed::NotFound("this message is no longer queued".to_owned()))
}
