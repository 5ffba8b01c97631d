//! What an update speaks of, without what it says: which clocks it holds and which it deletes.

use std::collections::BTreeMap;

use super::ranges::Ranges;
use crate::decode::{Kind, Malformed, Reader, Refusal, walk_deletes, walk_structs};

/// The clocks that updates hold, and those that they delete.
#[derive(Debug, Default, PartialEq, Eq)]
pub(crate) struct Extent {
    written: BTreeMap<u64, Ranges>,
    deleted: BTreeMap<u64, Ranges>,
}

impl Extent {
    /// Adds those of an update.
    ///
    /// # Errors
    /// If it is malformed.
    pub(crate) fn add(&mut self, update: &[u8]) -> Result<(), Malformed> {
        let mut reader = Reader::new(update);
        walk_structs(&mut reader, |met| {
            if met.head.kind != Kind::Skip {
                self.written
                    .entry(met.client)
                    .or_default()
                    .insert(met.clocks);
            }
            Ok(())
        })
        .and_then(|()| {
            walk_deletes(&mut reader, |client, range| {
                if !range.is_empty() {
                    self.deleted.entry(client).or_default().insert(range);
                }
                Ok(())
            })
        })
        .map_err(Refusal::into_malformed)
    }
}
