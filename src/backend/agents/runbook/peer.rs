//! The client's side of the pipe: answers, notifications, and requests that wait for an answer.
use serde_json::{Value, json};
use std::cell::{Cell, RefCell};
use std::collections::HashMap;
use tokio::sync::{mpsc, oneshot};

/// Error codes of JSON-RPC and ACP.
pub(super) const PARSE_ERROR: i32 = -32700;
pub(super) const INVALID_REQUEST: i32 = -32600;
pub(super) const METHOD_NOT_FOUND: i32 = -32601;
pub(super) const INVALID_PARAMS: i32 = -32602;
pub(super) const INTERNAL: i32 = -32603;
pub(super) const NOT_FOUND: i32 = -32002;

/// Why a request is refused: a code and one sentence.
pub(super) type Refusal = (i32, String);

/// Writes to the client.
pub(super) struct Peer {
    lines: mpsc::Sender<String>,
    next: Cell<u64>,
    open: RefCell<HashMap<u64, oneshot::Sender<Option<Value>>>>,
}

impl Peer {
    pub(super) fn new(lines: mpsc::Sender<String>) -> Self {
        Self {
            lines,
            next: Cell::new(1),
            open: RefCell::default(),
        }
    }

    async fn say(&self, message: &Value) {
        // A client that is gone closes the input too, which ends the program.
        self.lines.send(message.to_string()).await.ok();
    }

    pub(super) async fn notify(&self, method: &str, params: &Value) {
        self.say(&json!({"jsonrpc": "2.0", "method": method, "params": params}))
            .await;
    }

    pub(super) async fn answer(&self, id: &Value, answer: Result<Value, Refusal>) {
        let message = match answer {
            Ok(result) => json!({"jsonrpc": "2.0", "id": id, "result": result}),
            Err((code, message)) => {
                json!({"jsonrpc": "2.0", "id": id, "error": {"code": code, "message": message}})
            }
        };
        self.say(&message).await;
    }

    /// Asks the client; `None` when it answers with an error.
    pub(super) async fn request(&self, method: &str, params: &Value) -> Option<Value> {
        let id = self.next.get();
        self.next.set(id + 1);
        let (sender, receiver) = oneshot::channel();
        self.open.borrow_mut().insert(id, sender);
        self.say(&json!({"jsonrpc": "2.0", "id": id, "method": method, "params": params}))
            .await;
        receiver.await.ok().flatten()
    }

    /// The client answered; an answer to nothing is passed over.
    pub(super) fn resolve(&self, message: &Value) {
        let asked = message["id"]
            .as_u64()
            .and_then(|id| self.open.borrow_mut().remove(&id));
        if let Some(sender) = asked {
            sender.send(message.get("result").cloned()).ok();
        }
    }
}
