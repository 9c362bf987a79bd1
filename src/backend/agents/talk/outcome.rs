//! What goes into the interpreter and what follows from it.
use super::capabilities::AuthMethod;
use domain::id::ClientId;
use domain::session::FailureCode;
use domain::thread::Image;
use domain::time::Timestamp;

/// Which way a line of the journal went.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Dir {
    /// From the console to the agent.
    C2a,
    /// From the agent's standard output.
    A2c,
    /// From the agent's standard error.
    Stderr,
    /// A word of the shim about the process.
    Shim,
}

/// A line of the journal.
#[derive(Debug, Clone, Copy)]
pub struct Line<'a> {
    /// Its number, from 1 without gaps.
    pub n: u64,
    /// When the shim wrote it.
    pub at: Timestamp,
    /// Which way it went.
    pub dir: Dir,
    /// The command that sent it; for a prompt the client id of the message.
    pub key: Option<&'a str>,
    /// Exactly what was on the pipe.
    pub raw: &'a str,
}

/// What follows from a line.
#[derive(Debug, Clone, PartialEq)]
pub enum Outcome {
    /// The entry of this key is new or has changed; [`super::Talk::entry`] has it.
    Entry {
        /// The same for the same journal.
        key: String,
    },
    /// An answer that must go to the agent at once.
    Send {
        /// A UUID that is the same for the same journal.
        key: String,
        /// The line, without its newline.
        raw: String,
    },
    /// The agent showed an image: it is to be kept before the entry that names it is written.
    Image {
        /// What the entry says of it.
        image: Image,
        /// Its bytes.
        content: Vec<u8>,
    },
    /// Something about the session.
    Session(SessionFact),
    /// Tokens or cost changed; [`super::Talk::metadata`] has them.
    Metadata,
    /// Modes, options, models or commands changed; [`super::Talk::agent_state`] has them.
    AgentState,
    /// The agent wrote something that is no message; the raw lines of its turn show it.
    Noise,
    /// A tool call or a turn ended: files may have changed.
    WorktreeTouched,
}

/// Something about the session.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum SessionFact {
    /// The process is there.
    Started,
    /// The agent answered `initialize`.
    Initialized,
    /// The agent answered `session/new`, or what took its place.
    Opened {
        /// The agent's name for the conversation.
        acp_session: String,
        /// How it was opened.
        how: Opening,
    },
    /// The earlier conversation cannot be continued; a new one may be opened.
    ReopenFailed {
        /// What the agent said.
        message: String,
    },
    /// The agent wants a login.
    AuthRequired {
        /// What the agent said.
        message: String,
    },
    /// The agent cannot be used; an error entry says why.
    StartFailed {
        /// The class.
        code: FailureCode,
        /// One sentence.
        message: String,
    },
    /// Our prompt went to the agent, or the agent went on by itself.
    TurnStarted {
        /// From 1.
        turn: u64,
        /// The message; none if nobody asked for the turn.
        client_id: Option<ClientId>,
    },
    /// The turn is over.
    TurnEnded {
        /// From 1.
        turn: u64,
        /// How.
        end: TurnEnd,
    },
    /// The agent asked for permission, or a question.
    PermissionOpened {
        /// Its name.
        request_id: String,
    },
    /// The request was answered, withdrawn or became void.
    PermissionClosed {
        /// Its name.
        request_id: String,
    },
    /// The process is gone.
    Exited {
        /// Exit code.
        code: Option<i32>,
        /// Signal that ended it.
        signal: Option<i32>,
        /// Whether the shim was told to stop it.
        expected: bool,
    },
    /// The agent named the conversation.
    Title(String),
}

/// How a conversation was opened.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Opening {
    /// `session/new`.
    New,
    /// `session/load`.
    Load,
    /// `session/resume`.
    Resume,
    /// `session/fork`.
    Fork,
}

/// How a turn ended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum TurnEnd {
    /// As it should.
    Success,
    /// Nobody asked for it, and our next prompt took its place.
    Superseded,
    /// We sent `session/cancel` or stopped the process.
    Cancelled,
    /// `end_turn` without text, tool call or plan.
    NoOutput,
    /// The agent or its provider answered with an error.
    Provider {
        /// What it said.
        message: String,
        /// When it may be asked again, if it told.
        retry_at: Option<Timestamp>,
    },
    /// The agent stopped early by itself: `refusal`, `max_tokens`, `max_turn_requests`, ...
    Halted {
        /// The stop reason.
        reason: String,
    },
    /// The process ended first.
    Exit {
        /// Exit code.
        code: Option<i32>,
        /// Signal that ended it.
        signal: Option<i32>,
    },
    /// Agent and shim are gone and the journal holds no end.
    Interrupted,
}

/// How far the conversation is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Stage {
    /// No process yet.
    NotStarted,
    /// The process is there; `initialize` is not answered.
    Started,
    /// `initialize` is answered; no conversation is open.
    Initialized {
        /// The ways to log in.
        auth: Vec<AuthMethod>,
    },
    /// A conversation is being opened.
    Opening,
    /// A prompt may be sent.
    Ready,
    /// A turn is in progress.
    InTurn,
    /// The process is gone.
    Ended,
}
