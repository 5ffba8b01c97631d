//! The document as yrs holds it.

use std::ops::Range;

use yrs::{
    ClientID, Doc, OffsetKind, Options, ReadTxn, StateVector, Transact, TransactionMut, Update,
    updates::decoder::Decode,
};

use super::{ApplyError, LoadError, Stored};
use crate::decode;

/// A yrs document.
pub(crate) struct Replica {
    doc: Doc,
}

/// What a transaction did.
pub(super) struct Emitted {
    pub(super) update: Vec<u8>,
    /// What yrs says itself that it has integrated, in the order of the client ids.
    pub(super) written: Vec<(u64, Range<u32>)>,
}

impl Replica {
    /// Builds the document from what is stored of it.
    pub(super) fn build(stored: &Stored) -> Result<Replica, LoadError> {
        let doc = new_doc(stored.client_id);
        {
            let mut txn = doc.transact_mut();
            for (what, index, update) in stored.updates() {
                let undecodable = |reason: String| LoadError::Undecodable {
                    what,
                    index,
                    reason,
                };
                let decoded = Update::decode_v1(update).map_err(|e| undecodable(e.to_string()))?;
                txn.apply_update(decoded)
                    .map_err(|e| undecodable(e.to_string()))?;
            }
            if txn.has_missing_updates() {
                return Err(LoadError::Incomplete);
            }
        }
        Ok(Replica { doc })
    }

    pub(super) fn doc(&self) -> &Doc {
        &self.doc
    }

    /// Applies an update, and answers what was emitted for it.
    pub(super) fn apply(&mut self, novel: &[u8]) -> Result<Option<Emitted>, ApplyError> {
        let update =
            Update::decode_v1(novel).map_err(|e| ApplyError::Undecodable(e.to_string()))?;
        let mut txn = self.doc.transact_mut();
        txn.apply_update(update)
            .map_err(|e| ApplyError::Spoiled(e.to_string()))?;
        if txn.has_missing_updates() {
            return Err(ApplyError::Spoiled(
                "a part of it waits for something unknown".to_owned(),
            ));
        }
        Ok(emitted(txn))
    }

    /// Changes the document, and answers what was emitted for it.
    pub(super) fn change(
        &mut self,
        change: impl FnOnce(&mut TransactionMut<'_>),
    ) -> Option<Emitted> {
        let mut txn = self.doc.transact_mut();
        change(&mut txn);
        emitted(txn)
    }

    pub(super) fn encode_diff(&self, theirs: &StateVector) -> Vec<u8> {
        self.doc.transact().encode_diff_v1(theirs)
    }

    /// Whether this is the state vector of the document.
    pub(super) fn holds(&self, ours: &decode::StateVector) -> bool {
        let theirs = self.doc.transact().state_vector();
        theirs.len() == ours.len()
            && ours
                .iter()
                .all(|(client, clock)| theirs.get(&ClientID::new(*client)) == *clock)
    }
}

/// Ends a transaction. (An observer would be told the same; but for it yrs compares the state vectors before and after,
/// which costs as much as there are client ids.)
fn emitted(mut txn: TransactionMut<'_>) -> Option<Emitted> {
    txn.commit();
    let mut written: Vec<(u64, Range<u32>)> = Vec::new();
    for (client, ranges) in txn.insert_set().iter() {
        written.extend(ranges.iter().map(|range| (client.get(), range.clone())));
    }
    written.sort_unstable_by_key(|(client, clocks)| (*client, clocks.start));
    let deletes = txn
        .delete_set()
        .iter()
        .any(|(_, ranges)| !ranges.is_empty());
    (deletes || !written.is_empty()).then(|| Emitted {
        update: txn.encode_update_v1(),
        written,
    })
}

fn new_doc(client_id: u64) -> Doc {
    Doc::with_options(Options {
        offset_kind: OffsetKind::Utf16,
        ..Options::with_guid_and_client_id("room".into(), ClientID::new(client_id))
    })
}
