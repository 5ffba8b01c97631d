//! What an update speaks of, without what it says: which clocks it holds and which it deletes.

use std::{collections::BTreeMap, ops::Range};

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
        // Collected first: to insert each where it belongs costs as much as there are of them.
        let mut written: BTreeMap<u64, Vec<Range<u32>>> = BTreeMap::new();
        let mut deleted = written.clone();
        walk_structs(&mut reader, |met| {
            let kind = met.head.kind;
            if kind == Kind::Skip {
                return Ok(());
            }
            if kind == Kind::Gc || kind == Kind::Deleted {
                // Nothing that has words may lose them by being put together.
                deleted
                    .entry(met.client)
                    .or_default()
                    .push(met.clocks.clone());
            }
            written.entry(met.client).or_default().push(met.clocks);
            Ok(())
        })
        .and_then(|()| {
            walk_deletes(&mut reader, |client, range| {
                if !range.is_empty() {
                    deleted.entry(client).or_default().push(range);
                }
                Ok(())
            })
        })
        .map_err(Refusal::into_malformed)?;
        unite(&mut self.written, written);
        unite(&mut self.deleted, deleted);
        Ok(())
    }
}

fn unite(all: &mut BTreeMap<u64, Ranges>, more: BTreeMap<u64, Vec<Range<u32>>>) {
    for (client, ranges) in more {
        let ranges = Ranges::from_unordered(ranges);
        all.entry(client).or_default().union(&ranges);
    }
}
