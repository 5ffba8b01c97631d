//! The record that the room keeps beside journal and snapshot (SPEC section 4): small, versioned, whole.

use serde::{Deserialize, Serialize};

use crate::event::Base;

/// The newest format that this room writes, and the only one it reads.
const FORMAT: u32 = 1;

/// What the room knows of itself between two lives in memory.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Meta {
    format: u32,
    /// One life of this storage.
    pub(crate) epoch: u64,
    /// The newest update that the stored snapshot contains; absent if there is none.
    pub(crate) snapshot_seq: Option<u64>,
    /// Who wrote it.
    pub(crate) snapshot_editor: Option<String>,
    /// The newest update that the store is known to hold; absent when that is unknown.
    pub(crate) archived_seq: Option<u64>,
    /// What the store held when last heard of, and this object contains.
    pub(crate) base: Option<Base>,
    /// When this storage was first written, in milliseconds since the Unix epoch; 0 if that was not noted.
    #[serde(default)]
    pub(crate) born_at: u64,
    /// It was first written with what the store held: what an earlier storage held beyond that is lost.
    #[serde(default)]
    pub(crate) was_restored: bool,
    /// The case was deleted: nothing is loaded, ever.
    pub(crate) deleted: bool,
}

/// Why a meta record cannot be used.
#[derive(Debug, thiserror::Error)]
pub(crate) enum MetaError {
    #[error("the meta record is not readable: {0}")]
    Unreadable(#[from] serde_json::Error),
    #[error(
        "the meta record has format {seen}; this room reads {FORMAT}: deploy the version that wrote it"
    )]
    UnknownFormat { seen: u32 },
}

impl Meta {
    pub(crate) fn new(epoch: u64) -> Meta {
        Meta {
            format: FORMAT,
            epoch,
            snapshot_seq: None,
            snapshot_editor: None,
            archived_seq: None,
            base: None,
            born_at: 0,
            was_restored: false,
            deleted: false,
        }
    }

    pub(crate) fn read(text: &str) -> Result<Meta, MetaError> {
        #[derive(Deserialize)]
        struct Header {
            format: u32,
        }
        let Header { format } = serde_json::from_str(text)?;
        if format != FORMAT {
            return Err(MetaError::UnknownFormat { seen: format });
        }
        Ok(serde_json::from_str(text)?)
    }

    pub(crate) fn write(&self) -> String {
        serde_json::to_string(self).expect("a record of numbers and strings has a JSON form")
    }
}
