//! One WebSocket, from accept to close: what the room remembers of it, and what must survive hibernation.

use serde::{Deserialize, Serialize};

/// Names one socket for ever. Drawn at random by the shell, below 2^53.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct SessionId(pub u64);

/// What a socket speaks.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Protocol {
    /// The y-websocket protocol and nothing else: any Yjs binding.
    Stock,
}

/// What a socket's attachment keeps: small, and enough to go on after hibernation.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SessionRecord {
    /// Whose record this is.
    pub session: SessionId,
    /// The person behind the socket.
    pub user: String,
    /// What the socket speaks.
    pub protocol: Protocol,
    /// The awareness client id that this socket alone may set and remove.
    pub presence: Option<u64>,
}
