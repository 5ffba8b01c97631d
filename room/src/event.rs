//! What can happen to a room: facts, in the past tense. `Room::handle` is their only door (SPEC section 1).

use std::collections::BTreeSet;

use crate::{
    authority::{Authority, Ruling},
    session::{Protocol, SessionId, SessionRecord},
    time::Timestamp,
};

/// Numbers an effect whose answer comes back later as an event. Drawn from a counter of the room.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct RequestId(pub u64);

/// A fact that the shell tells the room.
#[derive(Clone, Debug)]
pub enum Event {
    /// The shell has read what the object's storage and its open sockets say. The first event of each life in memory.
    Woken {
        /// What the object's storage holds, without the document itself.
        stored: Stored,
        /// The sockets that stayed open, as last saved by `Effect::SaveSession`.
        sessions: Vec<SessionRecord>,
        /// 53 random bits: the epoch, should this life be the first to write storage, and the document's client id.
        entropy: u64,
        /// An earlier life in memory of the same object ended without the runtime having closed it (a panic in the
        /// isolate): frames may have been lost in between, so everybody must resync.
        interrupted: bool,
        /// What `Effect::Keep` has stored, by its key.
        kept: Vec<(String, String)>,
    },
    /// The answer to `Effect::LoadDocument`, given in the same synchronous stretch.
    DocumentLoaded {
        /// The stored snapshot, whole; absent when none was ever written.
        snapshot: Option<Vec<u8>>,
        /// The journal's updates that follow the snapshot, in order of their `seq`.
        journal: Vec<Vec<u8>>,
        /// Who wrote what of them: that of the snapshot, if there is one, then those of the journal, in their order. What
        /// was stored before there were any has none.
        attributions: Vec<Vec<u8>>,
    },
    /// A storage effect (or `LoadDocument`) failed. The effects that followed it in its list were not carried out.
    StorageFailed {
        /// What the store said, for the operator.
        reason: String,
    },
    /// The answer to `Effect::Restore`.
    RestoreFinished {
        /// Which request this answers.
        request: RequestId,
        /// What the host said.
        outcome: RestoreOutcome,
    },
    /// A socket was accepted. What its token proves has been verified by the shell.
    SessionOpened {
        /// Drawn by the shell, never used before.
        session: SessionId,
        /// The person behind the socket.
        user: String,
        /// What the socket speaks.
        protocol: Protocol,
        /// What its person may do. Absent: nobody knows, and nothing of what they write is judged.
        authority: Option<Authority>,
    },
    /// A binary message arrived.
    FrameReceived {
        /// From whom.
        session: SessionId,
        /// The message, as received.
        frame: Vec<u8>,
    },
    /// A text message arrived that the automatic response did not take.
    TextReceived {
        /// From whom.
        session: SessionId,
    },
    /// The answer to `Effect::ReadPings`, given in the same synchronous stretch.
    PingsRead {
        /// The sockets of which the runtime could tell, and when it last answered a ping of each; never, if absent.
        heard: Vec<(SessionId, Option<Timestamp>)>,
    },
    /// The answer to `Effect::VerifyTicket`, given in the same synchronous stretch.
    TicketVerified {
        /// Whose.
        session: SessionId,
        /// What the ticket proves of the person who is behind the socket; absent if it proves nothing.
        authority: Option<Authority>,
    },
    /// A socket ended, from whichever side, or was found to have ended.
    SessionClosed {
        /// Whose.
        session: SessionId,
    },
    /// A moment asked for by `Room::next_deadline` has come (or is past).
    DeadlineReached {
        /// Whether the object's one alarm fired: it is consumed by firing.
        by_alarm: bool,
    },
    /// The answer to `Effect::Archive`.
    ArchiveFinished {
        /// Which request this answers.
        request: RequestId,
        /// What the host said.
        outcome: ArchiveOutcome,
    },
    /// The answer to `Effect::Check`.
    CheckFinished {
        /// Which request this answers.
        request: RequestId,
        /// What the host said.
        outcome: CheckOutcome,
    },
    /// The host tells who may do what now. That it was told is durable once the effects are carried out.
    RulingTold {
        /// What it says.
        ruling: Ruling,
    },
    /// The answer to `Effect::AskRuling`.
    RulingAnswered {
        /// Which request this answers.
        request: RequestId,
        /// What the host said.
        outcome: RulingOutcome,
    },
    /// The host asked this object to compare itself with the store now.
    CheckOrdered,
    /// The host has deleted the case and orders the object to forget it.
    DeletionOrdered,
    /// The host says who was erased and may have left something here. `Room::has_erased` tells when nothing of them is left.
    ErasureOrdered {
        /// All whom it knows of, by their ids.
        people: BTreeSet<String>,
    },
    /// The answer to `Effect::ReportDeletion`: whether the host holds the case as deleted.
    DeletionReported {
        /// Which request this answers.
        request: RequestId,
        /// `false`: try again later.
        confirmed: bool,
    },
}

impl Event {
    /// Whether somebody at a socket did something.
    pub(crate) fn is_somebodys(&self) -> bool {
        matches!(
            self,
            Event::SessionOpened { .. }
                | Event::FrameReceived { .. }
                | Event::TextReceived { .. }
                | Event::SessionClosed { .. }
        )
    }
}

/// What the object's storage holds besides the document.
#[derive(Clone, Debug)]
pub enum Stored {
    /// Nothing was ever written.
    Absent,
    /// The room's meta record, as last written by `Effect::WriteMeta`, and what the journal adds to it.
    Present {
        /// The record's bytes.
        meta: String,
        /// What lies in the journal.
        journal: JournalSummary,
    },
    /// The storage answered with an error, or with rows that contradict each other. Never treated as absent.
    Unreadable {
        /// What the store said, for the operator.
        reason: String,
    },
}

/// The journal in numbers.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct JournalSummary {
    /// Updates in it.
    pub rows: u64,
    /// Bytes in it.
    pub bytes: u64,
    /// The newest update that the stored snapshot contains; absent if no snapshot is stored.
    pub snapshot_seq: Option<u64>,
    /// The newest update's number.
    pub last_seq: Option<u64>,
    /// The newest update's author.
    pub last_editor: Option<String>,
}

/// Which stored bytes an object builds on.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct Base {
    /// One life of the Postgres store.
    pub generation: String,
    /// The stored snapshot's version.
    pub version: i64,
    /// SHA-256 of the stored bytes, in lower-case hexadecimal.
    pub sha256: String,
}

/// What the host answered to a restore.
#[derive(Clone, Debug)]
pub enum RestoreOutcome {
    /// The stored snapshot.
    Found {
        /// What the bytes are.
        base: Base,
        /// The whole document, as update v1.
        snapshot: Vec<u8>,
        /// Who wrote what of it; absent if it was stored without.
        attribution: Option<Vec<u8>>,
    },
    /// The case was never stored; signed by the host.
    NeverStored,
    /// The case was deleted; signed by the host.
    Deleted,
    /// Anything else: unreachable, unsigned, unreadable. The room stays closed and asks again.
    Failed {
        /// For the operator.
        reason: String,
    },
}

/// What the host answered to an archive.
#[derive(Clone, Debug)]
pub enum ArchiveOutcome {
    /// The store now holds at least what was sent.
    Stored {
        /// What is stored now.
        base: Base,
        /// What is stored, if that holds more than what was sent.
        union: Option<StoredUnion>,
    },
    /// The case was deleted; signed by the host.
    Deleted,
    /// Anything else: whether it was stored is unknown.
    Failed {
        /// For the operator.
        reason: String,
    },
}

/// A stored document that holds more than the one that was sent.
#[derive(Clone, Debug)]
pub struct StoredUnion {
    /// The whole document, as update v1.
    pub snapshot: Vec<u8>,
    /// Who wrote what of it; absent if it was stored without.
    pub attribution: Option<Vec<u8>>,
}

impl From<Vec<u8>> for StoredUnion {
    /// A document that was stored without attribution.
    fn from(snapshot: Vec<u8>) -> StoredUnion {
        StoredUnion {
            snapshot,
            attribution: None,
        }
    }
}

/// What the host answered to the question who may do what.
#[derive(Clone, Debug)]
pub enum RulingOutcome {
    /// This.
    Told(Ruling),
    /// Anything else.
    Failed {
        /// For the operator.
        reason: String,
    },
}

/// What the host answered to a check.
#[derive(Clone, Debug)]
pub enum CheckOutcome {
    /// The store holds this.
    Found {
        /// What is stored now.
        base: Base,
    },
    /// The store holds nothing of this case; signed by the host.
    NeverStored,
    /// The case was deleted; signed by the host.
    Deleted,
    /// Anything else.
    Failed {
        /// For the operator.
        reason: String,
    },
}
