//! What an operator, or a page that waits, may know of a room.

use serde::Serialize;

/// A room in numbers; holds no content and no names.
#[derive(Clone, Debug, Serialize)]
pub struct Status {
    /// `asleep`, `restoring`, `open`, `deleted` or `unreadable`.
    pub state: &'static str,
    /// Requests to the host that failed in a row: of the restore while restoring, else of the archive.
    pub store_failures: u32,
    /// Open sockets.
    pub sessions: usize,
    /// Bytes of frames that wait for the document.
    pub waiting_bytes: usize,
    /// The newest journaled update.
    pub seq: u64,
    /// The newest update that the store is known to hold.
    pub archived_seq: Option<u64>,
    /// Whether the store may lack something.
    pub is_dirty: bool,
}
