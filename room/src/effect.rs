//! What a room orders: one list, carried out in order and in full by the shell (SPEC section 1).
//!
//! If a storage effect fails, the shell drops the rest of the list and tells the room `Event::StorageFailed`.

use std::rc::Rc;

use crate::{
    event::{Base, RequestId},
    session::{SessionId, SessionRecord},
    time::Timestamp,
};

/// A binary message. What is said to many one by one is the same bytes each time, so that a shell can tell.
pub type Frame = Rc<[u8]>;

/// An order to the shell.
#[derive(Clone, Debug, PartialEq)]
pub enum Effect {
    /// Storage: set the object's one alarm, in this synchronous stretch.
    SetAlarm {
        /// When it shall fire.
        at: Timestamp,
    },
    /// Storage: replace the room's meta record.
    WriteMeta {
        /// The record's bytes.
        meta: String,
    },
    /// Storage: append one update to the journal.
    AppendToJournal {
        /// Its number: one more than the one before.
        seq: u64,
        /// What yrs emitted for the applied transaction.
        update: Vec<u8>,
        /// Who wrote it, as the last editor of the document is told.
        editor: String,
        /// Who wrote and deleted what of it, as `annotation::Attribution` encodes that.
        attribution: Vec<u8>,
    },
    /// Storage: swap the stored snapshot, drop the journal up to `seq` and replace the meta record, all or nothing.
    ReplaceSnapshot {
        /// The newest update that the snapshot contains.
        seq: u64,
        /// The whole document, as update v1.
        snapshot: Vec<u8>,
        /// Who wrote and deleted what of it.
        attribution: Vec<u8>,
        /// The record's bytes.
        meta: String,
    },
    /// Storage: keep a value under a key, in the place of one that is there; told again by `Event::Woken`.
    Keep {
        /// At most 128 characters.
        key: String,
        /// JSON.
        value: String,
    },
    /// Storage: forget what is kept under a key, if anything is.
    Forget {
        /// As it was kept.
        key: String,
    },
    /// Storage: drop snapshot, journal and whatever is kept, and replace the meta record by a tombstone, all or nothing.
    Wipe {
        /// The tombstone's bytes.
        meta: String,
    },
    /// Storage: read snapshot and journal, and tell `Event::DocumentLoaded` in this synchronous stretch, after the
    /// rest of this list.
    LoadDocument,
    /// Storage: read the meta record again and tell `Event::Woken` without sessions, after the rest of this list.
    Reload,
    /// Save what must survive hibernation in the socket's attachment.
    SaveSession {
        /// The record; it names its session.
        record: SessionRecord,
    },
    /// Send one binary message to one socket.
    Send {
        /// To whom.
        session: SessionId,
        /// The message.
        frame: Frame,
    },
    /// Send one binary message to several sockets.
    Broadcast {
        /// To whom; never empty.
        sessions: Vec<SessionId>,
        /// The message.
        frame: Frame,
    },
    /// Close a socket. The room has forgotten the session already; its `SessionClosed` will be ignored.
    CloseSession {
        /// Whose.
        session: SessionId,
        /// A close code of SPEC section 8.
        code: u16,
        /// At most 123 bytes.
        reason: &'static str,
    },
    /// Ask the runtime when it last answered a ping of these sockets, and tell `Event::PingsRead` in this synchronous
    /// stretch, after the rest of this list.
    ReadPings {
        /// Sockets that speak `glossator.v1`; never empty.
        sessions: Vec<SessionId>,
    },
    /// Verify a ticket, and tell `Event::TicketVerified` in this synchronous stretch, after the rest of this list.
    VerifyTicket {
        /// Who sent it.
        session: SessionId,
        /// Whose it must be.
        user: String,
        /// As it came.
        ticket: String,
    },
    /// Make a resume token of what a socket has proved, and send it to the socket, as `Announcement::Resume` writes it.
    GiveResume {
        /// To whom, and what it proves.
        record: SessionRecord,
    },
    /// Ask the host who may do what.
    AskRuling {
        /// To be named in `RulingAnswered`.
        request: RequestId,
    },
    /// Ask the host for the stored snapshot.
    Restore {
        /// To be named in `RestoreFinished`.
        request: RequestId,
    },
    /// Send the document to the host.
    Archive {
        /// To be named in `ArchiveFinished`.
        request: RequestId,
        /// What to send.
        snapshot: OutgoingSnapshot,
    },
    /// Ask the host which snapshot it holds, without the bytes.
    Check {
        /// To be named in `CheckFinished`.
        request: RequestId,
    },
    /// Tell the host that this case is deleted.
    ReportDeletion {
        /// To be named in `DeletionReported`.
        request: RequestId,
    },
    /// Tell the operator.
    Report(Notice),
}

/// A snapshot on its way to the host.
#[derive(Clone, Debug, PartialEq)]
pub struct OutgoingSnapshot {
    /// What the object builds on; absent if the store never held this case.
    pub base: Option<Base>,
    /// The whole document, as update v1.
    pub bytes: Vec<u8>,
    /// Who wrote and deleted what of it, as `annotation::Attribution` encodes that.
    pub attribution: Vec<u8>,
    /// Entries of the root map `highlights`.
    pub highlight_count: u32,
    /// The author of the last accepted edit, at most 100 characters.
    pub last_editor: Option<String>,
}

/// Something that an operator should see. Never holds document content.
#[derive(Clone, Debug, PartialEq)]
pub enum Notice {
    /// An assertion of ours did not hold; the document in memory was dropped.
    Fault {
        /// Which one.
        reason: String,
    },
    /// The object's storage failed or cannot be read.
    StorageFailed {
        /// What it said.
        reason: String,
    },
    /// A peer's frame was refused.
    FrameRefused {
        /// The close code it was answered with.
        code: u16,
        /// Why.
        reason: String,
    },
    /// The host could not be reached or did not prove itself.
    HostFailed {
        /// Which request: `restore`, `archive`, `check` or `deletion`.
        request: &'static str,
        /// What it said.
        reason: String,
    },
    /// What is stored of who wrote the document cannot be read. The document is served all the same.
    AttributionUnreadable {
        /// What is wrong with it.
        reason: String,
    },
    /// The document passed three quarters of its bound.
    DocumentNearlyFull,
}
