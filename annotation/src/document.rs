//! Whole documents: loading, encoding and comparing snapshots.
//!
//! A snapshot is a whole document as update v1. What is loaded here was encoded by a room; bytes of a peer go through
//! the room's own decoder first, since yrs does not bound what it reads.

use yrs::{
    ClientID, Doc, IdSet, OffsetKind, Options, ReadTxn, StateVector, Transact, Update,
    updates::{decoder::Decode, encoder::Encode},
};

/// A document without content, as every part of the system makes it: with an explicit client id and guid, and UTF-16
/// offsets like the browser's. It never edits on its own account, not even to clean up formatting.
pub fn empty_document(client_id: u64, guid: &str) -> Doc {
    let mut options = Options::with_guid_and_client_id(guid.into(), ClientID::new(client_id));
    options.offset_kind = OffsetKind::Utf16;
    options.cleanup_formatting = false;
    Doc::with_options(options)
}

/// Loads a snapshot into a fresh document that is only read.
///
/// # Errors
/// If the bytes are no update v1, or not a whole document: something that they build on is missing.
pub fn load_snapshot(bytes: &[u8]) -> Result<Doc, UnreadableSnapshot> {
    let document = empty_document(READER, "snapshot");
    apply_whole(&document, bytes)?;
    Ok(document)
}

/// Opens a reading transaction without waiting for one that writes.
///
/// # Errors
/// If a writing transaction is open.
pub fn read(document: &Doc) -> Result<impl ReadTxn + '_, UnreadableSnapshot> {
    document
        .try_transact()
        .map_err(|_| UnreadableSnapshot::Busy)
}

/// Encodes the whole document. What is pending is left out; yrs' other encoder can panic on it.
pub fn encode_snapshot(txn: &impl ReadTxn) -> Vec<u8> {
    txn.encode_diff_v1(&StateVector::default())
}

/// The state vector of a document, encoded: how a replica says what it has.
pub fn state_vector(txn: &impl ReadTxn) -> Vec<u8> {
    txn.state_vector().encode_v1()
}

/// Whether `whole` holds every insertion and every deletion of `part`.
pub fn contains(whole: &impl ReadTxn, part: &impl ReadTxn) -> bool {
    let (whole, part) = (whole.snapshot(), part.snapshot());
    let inserted = part
        .state_map
        .iter()
        .all(|(client, clock)| whole.state_map.get(client) >= *clock);
    inserted && part.delete_set.diff(&whole.delete_set).is_empty()
}

/// Whether two documents hold the same insertions and the same deletions.
pub fn same_content(one: &impl ReadTxn, other: &impl ReadTxn) -> bool {
    contains(one, other) && contains(other, one)
}

/// A document that only reads never writes under its client id; it may be anybody's.
const READER: u64 = 0;

pub(crate) fn apply_whole(document: &Doc, bytes: &[u8]) -> Result<(), UnreadableSnapshot> {
    let update = Update::decode_v1(bytes).map_err(|_| UnreadableSnapshot::NoUpdate)?;
    let inserted = update.insertions(true);
    let mut txn = document
        .try_transact_mut()
        .map_err(|_| UnreadableSnapshot::Busy)?;
    txn.apply_update(update)
        .map_err(|_| UnreadableSnapshot::NoUpdate)?;
    if txn.has_missing_updates() || leaves_a_gap(&txn.state_vector(), &inserted) {
        return Err(UnreadableSnapshot::Incomplete);
    }
    Ok(())
}

/// yrs integrates blocks behind a gap without raising the state vector, and reports nothing missing.
fn leaves_a_gap(state: &StateVector, inserted: &IdSet) -> bool {
    inserted
        .iter()
        .any(|(client, ranges)| ranges.iter().any(|range| range.end > state.get(client)))
}

/// Bytes that are no snapshot.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum UnreadableSnapshot {
    /// They cannot be decoded.
    #[error("the bytes are no update v1")]
    NoUpdate,
    /// They build on something that they do not hold.
    #[error("the bytes are not a whole document: something they build on is missing")]
    Incomplete,
    /// Another transaction was open on the document.
    #[error("the document is in use by another transaction")]
    Busy,
}
