//! Why a shim cannot be used.
use std::io;

/// The shim cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum LinkError {
    /// The shim could not be started.
    #[error("shim cannot be started")]
    Start(#[source] io::Error),
    /// Nothing answers at the socket; `shim.log` may say why.
    #[error("shim does not answer")]
    Silent,
    /// Another server with this epoch is attached.
    #[error("another server holds the agent with epoch {0}")]
    Refused(u64),
    /// The connection is gone; attach again and repeat with the same key.
    #[error("connection to the shim is lost")]
    Lost,
}
