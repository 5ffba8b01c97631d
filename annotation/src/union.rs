//! The union of two documents: everything that either of them holds.

use yrs::Doc;

use crate::{
    document::{UnreadableSnapshot, apply_whole, contains, encode_snapshot, load_snapshot, read},
    highlight::highlight_count,
};

/// What came out of uniting a stored snapshot with a sent one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Union {
    /// The stored document holds everything that was sent, and more or the same.
    Stored {
        /// Whether it holds more.
        exceeds_sent: bool,
    },
    /// The sent document holds everything that is stored, and more.
    Sent,
    /// Neither holds the other.
    Merged {
        /// The union's bytes.
        bytes: Vec<u8>,
        /// Entries of its root map `highlights`.
        highlight_count: u32,
    },
}

/// Unites two snapshots by loading both into one document.
///
/// # Errors
/// If either snapshot cannot be read; the stored one is looked at first. Nothing is guessed from a damaged one.
pub fn union(stored: &[u8], sent: &[u8]) -> Result<Union, NoUnion> {
    let stored_document = load_snapshot(stored).map_err(NoUnion::Stored)?;
    let sent_document = load_snapshot(sent).map_err(NoUnion::Sent)?;
    unite(&stored_document, &sent_document, sent).map_err(NoUnion::Sent)
}

fn unite(stored: &Doc, sent: &Doc, sent_bytes: &[u8]) -> Result<Union, UnreadableSnapshot> {
    match (holds_more(stored, sent)?, holds_more(sent, stored)?) {
        (exceeds_sent, false) => Ok(Union::Stored { exceeds_sent }),
        (false, true) => Ok(Union::Sent),
        (true, true) => {
            apply_whole(stored, sent_bytes)?;
            let txn = read(stored)?;
            Ok(Union::Merged {
                bytes: encode_snapshot(&txn),
                highlight_count: highlight_count(&txn),
            })
        }
    }
}

fn holds_more(one: &Doc, other: &Doc) -> Result<bool, UnreadableSnapshot> {
    Ok(!contains(&read(other)?, &read(one)?))
}

/// Two snapshots cannot be united.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum NoUnion {
    /// The stored one is damaged.
    #[error("the stored snapshot cannot be read: {0}")]
    Stored(UnreadableSnapshot),
    /// The sent one is damaged.
    #[error("the sent snapshot cannot be read: {0}")]
    Sent(UnreadableSnapshot),
}
