//! What there is of a document, and what of it is deleted: enough to tell of an update that nothing in it is new, and of who
//! asks what they lack, though not where anything stands.

use std::{collections::BTreeMap, ops::Range};

use super::{
    Admission, AdmitBounds, Standing,
    plan::{Sieve, write_deletes},
    ranges::Ranges,
};
use crate::decode::{Id, Malformed, Reader, Refusal, StateVector, walk_deletes, walk_structs};

/// The clocks that a document has reached, and those that are deleted.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Held {
    state: StateVector,
    /// Never a client without any.
    deleted: BTreeMap<u64, Ranges>,
}

impl Held {
    /// What a whole document holds that has reached `state` and ends with these bytes, its delete set.
    ///
    /// # Errors
    /// If they are no delete set, or one of something else.
    pub(crate) fn new(state: StateVector, delete_set: &[u8]) -> Result<Held, Malformed> {
        let mut deleted = BTreeMap::<u64, Vec<Range<u32>>>::new();
        walk_deletes(&mut Reader::new(delete_set), |client, range| {
            if range.end > state.get(&client).copied().unwrap_or(0) {
                return Err(Malformed {
                    what: "delete set: it speaks of what is not there",
                    offset: 0,
                }
                .into());
            }
            deleted.entry(client).or_default().push(range);
            Ok(())
        })
        .map_err(Refusal::into_malformed)?;
        let mut held = Held {
            state,
            deleted: BTreeMap::new(),
        };
        for (client, ranges) in deleted {
            held.delete(client, &Ranges::from_unordered(ranges));
        }
        Ok(held)
    }

    pub(crate) fn state_vector(&self) -> &StateVector {
        &self.state
    }

    /// The deleted ranges as (client, first clock, clock after the last), in ascending order.
    pub(super) fn deleted(&self) -> impl Iterator<Item = (u64, u32, u32)> + '_ {
        self.deleted.iter().flat_map(|(&client, ranges)| {
            let ranges = ranges.as_slice().iter();
            ranges.map(move |range| (client, range.start, range.end))
        })
    }

    /// An update of all deletions and nothing else: what a replica lacks that has everything.
    pub(crate) fn deletions(&self) -> Vec<u8> {
        let deleted = self.deleted.iter();
        let mut out = vec![0];
        write_deletes(deleted.map(|(&client, ranges)| (client, ranges)), &mut out);
        out
    }

    /// Sorts an update of which nothing is new; absent if something is, which only the whole index can sort.
    ///
    /// # Errors
    /// As `Known::admit_from`.
    pub(crate) fn admit_from(
        &self,
        update: &[u8],
        bounds: &AdmitBounds,
        standing_of: &dyn Fn(u64) -> Standing,
    ) -> Result<Option<Admission>, Refusal> {
        let outline = self.outline(update, bounds, standing_of)?;
        let is_known = outline.structs == 0 && outline.deleted_ranges == 0;
        Ok(is_known.then(|| Admission {
            novel: None,
            incomplete: outline.is_incomplete,
            structs: 0,
            struct_bytes: 0,
            deletes_only: false,
            writers: Vec::new(),
            foreign: outline.foreign,
        }))
    }

    /// Checks the whole update and measures what is new in it, allocating nothing.
    pub(super) fn outline(
        &self,
        update: &[u8],
        bounds: &AdmitBounds,
        standing_of: &dyn Fn(u64) -> Standing,
    ) -> Result<Outline, Refusal> {
        let mut reader = Reader::new(update);
        let mut sieve = Sieve::new(standing_of);
        let mut outline = Outline::default();
        let mut values = 0u32;
        walk_structs(&mut reader, |met| {
            if sieve.takes(self, &met)? {
                outline.structs += 1;
                values = values.saturating_add(met.values);
                if outline.structs as usize > bounds.structs_max {
                    return Err(Refusal::TooManyStructs {
                        max: bounds.structs_max,
                    });
                }
                if values > bounds.values_max {
                    return Err(Refusal::TooManyValues {
                        max: bounds.values_max,
                    });
                }
            }
            Ok(())
        })?;
        outline.is_incomplete = sieve.is_incomplete;
        outline.foreign = sieve.foreign;
        outline.deletes_at = reader.offset();
        walk_deletes(&mut reader, |client, range| {
            self.undeleted(client, range, |_| {
                outline.deleted_ranges = outline.deleted_ranges.saturating_add(1)
            });
            if outline.deleted_ranges > bounds.deletes_max {
                return Err(Refusal::TooManyDeletes {
                    max: bounds.deletes_max,
                });
            }
            Ok(())
        })?;
        Ok(outline)
    }

    /// Shows the parts of a range that are not known to be deleted.
    pub(super) fn undeleted(
        &self,
        client: u64,
        range: Range<u32>,
        mut visit: impl FnMut(Range<u32>),
    ) {
        match self.deleted.get(&client) {
            Some(deleted) => deleted.missing(range, visit),
            None if range.is_empty() => {}
            None => visit(range),
        }
    }

    /// The clock that the document has reached.
    pub(super) fn clock(&self, client: u64) -> u32 {
        self.state.get(&client).copied().unwrap_or(0)
    }

    /// Whether the document has this item and knows that it is deleted.
    pub(super) fn is_deleted(&self, id: Id) -> bool {
        let deleted = self.deleted.get(&id.client);
        deleted.is_some_and(|ranges| ranges.contains(id.clock))
    }

    /// Takes in what was written.
    pub(super) fn reach(&mut self, client: u64, clock: u32) {
        self.state.insert(client, clock);
    }

    /// Takes in what was deleted of what is here.
    pub(super) fn delete(&mut self, client: u64, ranges: &Ranges) {
        if !ranges.as_slice().is_empty() {
            self.deleted.entry(client).or_default().union(ranges);
        }
    }
}

/// An update in numbers.
#[derive(Default)]
pub(super) struct Outline {
    /// Structs that are new and follow what is known.
    pub(super) structs: u32,
    /// Structs were met that are new and do not.
    pub(super) is_incomplete: bool,
    /// Structs were met that are new and left out as another's.
    pub(super) foreign: Option<u64>,
    /// Ranges of the delete set that are not known to be deleted.
    pub(super) deleted_ranges: u32,
    /// Where the delete set starts.
    pub(super) deletes_at: usize,
}
