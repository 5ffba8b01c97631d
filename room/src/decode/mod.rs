//! The bounded decoder that stands in front of yrs. It walks whole frames and updates with checked arithmetic, before
//! a byte of them reaches a library: every count must fit the bytes that are left, every length the bytes that are
//! there, and nothing is allocated in proportion to a claim (SPEC section "decoding").
//!
//! Only update format v1 exists here. A v2 update fails as malformed.

mod any;
mod content;
mod frame;
mod glossator;
mod json;
pub mod limits;
mod reader;
mod structs;
mod update;

pub use frame::{Message, PresenceEntry, messages};
pub use glossator::{ClientFrame, client_frame};
pub use update::struct_count;

pub(crate) use glossator::frame_number;
pub(crate) use reader::Reader;
pub(crate) use structs::{Id, Kind, Parent, Struct};
pub(crate) use update::{Met, walk_deletes, walk_structs};

use std::collections::BTreeMap;

/// What a replica has: for each client id the clock that it has reached.
pub type StateVector = BTreeMap<u64, u32>;

/// The bytes are not what they claim to be.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("malformed {what} at byte {offset}")]
pub struct Malformed {
    /// What could not be read.
    pub what: &'static str,
    /// Where, counted from the start of the frame or of the update.
    pub offset: usize,
}

/// Why an update is not let through. Nothing of it has been taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    /// The bytes are no update of format v1, or contradict the document.
    #[error(transparent)]
    Malformed(#[from] Malformed),
    /// The update holds a document inside the document.
    #[error("sub-documents are not accepted: keep each document in a case of its own")]
    Subdocument,
    /// The update holds content that the document engine cannot read.
    #[error("{what} is not accepted: write it with a current version of Yjs and its core types")]
    Unsupported {
        /// What it is.
        what: &'static str,
    },
    /// The update holds new structs under a client id that is another person's.
    #[error(
        "an update under another person's client id is not accepted: begin with a fresh document"
    )]
    Foreign {
        /// Which id.
        client: u64,
    },
    /// Shared types, JSON or values are nested too deeply.
    #[error("nested more than {max} levels deep: flatten the document")]
    TooDeep {
        /// The bound.
        max: u32,
    },
    /// The update adds more structs than may be added.
    #[error(
        "more than the {max} new structs that still fit: the document is full or the update too large"
    )]
    TooManyStructs {
        /// The bound.
        max: usize,
    },
    /// The update deletes more separate ranges than may be deleted.
    #[error("more than {max} newly deleted ranges in one update: send the work in smaller updates")]
    TooManyDeletes {
        /// The bound.
        max: u32,
    },
    /// The update adds more JSON values than may be added.
    #[error("more than {max} new JSON values in one update: send the work in smaller updates")]
    TooManyValues {
        /// The bound.
        max: u32,
    },
}

impl Refusal {
    /// What this says about bytes that should never have been stored.
    pub(crate) fn into_malformed(self) -> Malformed {
        let what = match self {
            Refusal::Malformed(malformed) => return malformed,
            Refusal::Subdocument => "update: it holds a sub-document",
            Refusal::Unsupported { what } => what,
            Refusal::TooDeep { .. } => "content: it is nested too deeply",
            Refusal::Foreign { .. } => "update: it is under another's client id",
            Refusal::TooManyStructs { .. }
            | Refusal::TooManyDeletes { .. }
            | Refusal::TooManyValues { .. } => "update: it is too large",
        };
        Malformed { what, offset: 0 }
    }
}
