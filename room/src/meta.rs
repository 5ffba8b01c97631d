//! The record that the room keeps beside journal and snapshot (SPEC section 4): small, versioned, whole.

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};

use crate::{event::Base, reservations::Reservations};

/// The format that this room writes. One that knows only the former cannot read what stands in the journal now: an update
/// with an attribution behind it.
const FORMAT: u32 = 2;
/// The oldest format that it reads: it knew neither attributions nor whose a client id is.
const FORMAT_OLDEST: u32 = 1;

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
    /// Whose client ids are under which nothing was written yet.
    #[serde(default)]
    pub(crate) reserved: Reservations,
    /// Client ids of which everything came back that an earlier storage may have had.
    #[serde(default)]
    pub(crate) returned: BTreeSet<u64>,
}

/// Why a meta record cannot be used.
#[derive(Debug, thiserror::Error)]
pub(crate) enum MetaError {
    #[error("the meta record is not readable: {0}")]
    Unreadable(#[from] serde_json::Error),
    #[error(
        "the meta record has format {seen}; this room reads {FORMAT_OLDEST} to {FORMAT}: deploy the version that wrote it"
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
            reserved: Reservations::default(),
            returned: BTreeSet::new(),
        }
    }

    pub(crate) fn read(text: &str) -> Result<Meta, MetaError> {
        #[derive(Deserialize)]
        struct Header {
            format: u32,
        }
        let Header { format } = serde_json::from_str(text)?;
        if !(FORMAT_OLDEST..=FORMAT).contains(&format) {
            return Err(MetaError::UnknownFormat { seen: format });
        }
        let meta: Meta = serde_json::from_str(text)?;
        Ok(Meta {
            format: FORMAT,
            ..meta
        })
    }

    pub(crate) fn write(&self) -> String {
        serde_json::to_string(self).expect("a record of numbers and strings has a JSON form")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_former_format_is_read_and_becomes_the_newest() {
        let former = r#"{"format":1,"epoch":7,"snapshot_seq":3,"snapshot_editor":"ann","archived_seq":3,
            "base":null,"deleted":false}"#;
        let meta = Meta::read(former).expect("rooms before attributions wrote this");
        let expected = Meta {
            snapshot_seq: Some(3),
            snapshot_editor: Some("ann".to_owned()),
            archived_seq: Some(3),
            ..Meta::new(7)
        };
        assert_eq!(meta, expected);
        assert!(
            meta.write().contains(r#""format":2"#),
            "who reads only 1 must not read on"
        );
    }

    #[test]
    fn a_later_format_is_not_read() {
        let later = Meta::new(7)
            .write()
            .replace(r#""format":2"#, r#""format":3"#);
        assert!(matches!(
            Meta::read(&later),
            Err(MetaError::UnknownFormat { seen: 3 })
        ));
    }

    #[test]
    fn what_was_written_is_read_again() {
        let mut meta = Meta::new(7);
        meta.reserved
            .reserve(1 << 52, "ann", crate::time::Timestamp(5));
        meta.returned.insert(11);
        assert_eq!(Meta::read(&meta.write()).expect("just written"), meta);
    }
}
