//! What the document holds, in so far as it decides which part of a peer's update is new and can be integrated
//! (SPEC section "admission").
//!
//! yrs keeps what it cannot integrate yet: without bound, for ever, and in ways that break it later. Nothing of the
//! kind reaches it from here. `Known::admit` splits an update into what is known (stripped), what can be integrated
//! (re-encoded: the novel part) and what lacks something (left out and reported); after yrs has applied the novel
//! part, `Known::absorb` takes in what yrs emitted.

mod entries;
mod extent;
mod held;
mod marks;
mod plan;
mod ranges;
mod reach;
mod sayings;
mod standing;
mod types;

use std::{collections::BTreeMap, ops::Range};

use self::{
    entries::Entry,
    marks::{Mark, Marks},
    plan::Plan,
    ranges::Ranges,
    types::Types,
};
use crate::decode::{Id, Malformed, Reader, StateVector, limits, walk_deletes};

pub use crate::decode::Refusal;

pub(crate) use self::{
    extent::Extent,
    held::Held,
    marks::{Holds, Place, Within},
    reach::{Deletion, Reach},
    sayings::Said,
};

/// An index of a document.
#[derive(Clone, Debug, Default)]
pub struct Known {
    held: Held,
    /// Where everything stands, by client.
    marks: BTreeMap<u64, Marks>,
    /// Entries of the root maps of things in the order in which they came, the dead ones too.
    entries: Vec<Entry>,
    types: Types,
}

/// How much one update may add. Known content does not count.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct AdmitBounds {
    structs_max: usize,
    values_max: u32,
    deletes_max: u32,
}

impl AdmitBounds {
    /// What a peer may add: so many new structs, and what `decode::limits` allows of the rest.
    pub const fn of_peer(structs_max: usize) -> AdmitBounds {
        AdmitBounds {
            structs_max,
            values_max: limits::VALUES_MAX,
            deletes_max: limits::DELETES_MAX,
        }
    }

    /// What the store may add: everything that rooms wrote into it.
    pub const fn of_store() -> AdmitBounds {
        AdmitBounds {
            structs_max: usize::MAX,
            values_max: u32::MAX,
            deletes_max: u32::MAX,
        }
    }
}

/// What a stored update added.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Absorbed {
    /// New structs, as ranges of the clocks of a client.
    pub written: Vec<(u64, Range<u32>)>,
    /// Structs that were not deleted before.
    pub deleted: Vec<(u64, Range<u32>)>,
    /// How many structs were new: a measure of what they cost in memory.
    pub structs: usize,
    /// Where the delete set starts in the update.
    pub deletes_at: usize,
}

/// How a client id stands to the person who sends structs under it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Standing {
    /// It is theirs, or nobody's yet.
    Own,
    /// It is another's, or may be, and the room may have lost what that one wrote: it is taken, and proves nothing.
    Hearsay,
    /// It is another's: new structs under it are refused, and with them the whole update.
    Foreign,
    /// It is another's: new structs under it are left out, and reported.
    LeftOut,
}

/// What a peer's update comes to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Admission {
    /// An update of what is new and can be integrated at once: applying it leaves nothing pending and changes the
    /// document. `None` when there is nothing.
    pub novel: Option<Vec<u8>>,
    /// Something was left out because the document lacks what it builds on. A SyncStep1 will bring all of it.
    pub incomplete: bool,
    /// Structs in the novel part.
    pub structs: usize,
    /// Bytes of the novel part that are structs.
    pub struct_bytes: usize,
    /// The novel part deletes and adds nothing.
    pub deletes_only: bool,
    /// Whose structs are new, in ascending order.
    pub writers: Vec<u64>,
    /// The first client id of which structs were left out because it is another's. What builds on them is incomplete.
    pub foreign: Option<u64>,
}

impl Known {
    /// The index of an empty document.
    pub fn new() -> Known {
        Known::default()
    }

    /// What the document has.
    pub fn state_vector(&self) -> &StateVector {
        self.held.state_vector()
    }

    /// The deleted ranges of the document as (client, first clock, clock after the last), in ascending order.
    pub fn deleted(&self) -> impl Iterator<Item = (u64, u32, u32)> + '_ {
        self.held.deleted()
    }

    /// What there is of the document, and what of it is deleted.
    pub(crate) fn held(&self) -> &Held {
        &self.held
    }

    /// Takes in an update that yrs emitted, or a stored document, whole, and answers what of it was new. On an error
    /// nothing has been taken in.
    ///
    /// # Errors
    /// If it is unreadable or builds on what is not held: the store is corrupt or the fault is ours.
    pub fn absorb(&mut self, update: &[u8]) -> Result<Absorbed, Malformed> {
        let plan =
            Plan::new(self, update, false, &|_| Standing::Own).map_err(Refusal::into_malformed)?;
        let mut is_incomplete = plan.is_incomplete;
        let mut deletes = BTreeMap::<u64, Vec<Range<u32>>>::new();
        walk_deletes(
            &mut Reader::resume(update, plan.deletes_at),
            |client, range| {
                is_incomplete |= range.end > plan.clock(client);
                deletes.entry(client).or_default().push(range);
                Ok(())
            },
        )
        .map_err(Refusal::into_malformed)?;
        if is_incomplete {
            return Err(Malformed {
                what: "stored update: it builds on what is not stored",
                offset: 0,
            });
        }
        let mut absorbed = Absorbed {
            deletes_at: plan.deletes_at,
            ..Absorbed::default()
        };
        let (runs, entries, types) = (plan.runs, plan.entries, plan.types);
        self.entries.extend(entries);
        self.types.extend(types);
        for (client, run) in runs {
            absorbed.structs += run.structs as usize;
            self.marks.entry(client).or_default().append(&run.marks);
            self.held.reach(client, run.clocks.end);
            self.held.delete(client, &run.tombstones);
            let tombstones = run.tombstones.as_slice().iter();
            absorbed
                .deleted
                .extend(tombstones.map(|range| (client, range.clone())));
            absorbed.written.push((client, run.clocks));
        }
        for (client, ranges) in deletes {
            let ranges = Ranges::from_unordered(ranges);
            for range in ranges.as_slice() {
                self.held.undeleted(client, range.clone(), |piece| {
                    absorbed.deleted.push((client, piece))
                });
            }
            self.held.delete(client, &ranges);
        }
        Ok(absorbed)
    }

    /// Sorts a peer's update into what is new and can be integrated, what is known, and what lacks something. Nothing
    /// is taken in: that is for `absorb`, once yrs has applied the novel part.
    ///
    /// # Errors
    /// If the update is malformed, contradicts the document, holds what is not accepted, or adds more than `bounds`
    /// allow. Known content is never a reason, however much of it there is.
    pub fn admit(&self, update: &[u8], bounds: &AdmitBounds) -> Result<Admission, Refusal> {
        self.admit_from(update, bounds, &|_| Standing::Own)
    }

    /// The same for the update of a person to whom client ids stand as told.
    ///
    /// # Errors
    /// As `admit`, and if it holds new structs under another's client id.
    pub fn admit_from(
        &self,
        update: &[u8],
        bounds: &AdmitBounds,
        standing_of: &dyn Fn(u64) -> Standing,
    ) -> Result<Admission, Refusal> {
        let outline = self.held.outline(update, bounds, standing_of)?;
        let plan = if outline.structs > 0 {
            Plan::new(self, update, true, standing_of)?
        } else {
            Plan::empty(self, update)
        };
        let mut incomplete = outline.is_incomplete || plan.is_incomplete;
        let mut pieces = BTreeMap::<u64, Vec<Range<u32>>>::new();
        if outline.deleted_ranges > 0 {
            walk_deletes(
                &mut Reader::resume(update, outline.deletes_at),
                |client, range| {
                    let end = range.end.min(plan.clock(client));
                    incomplete |= end < range.end;
                    self.held.undeleted(client, range.start..end, |piece| {
                        pieces.entry(client).or_default().push(piece)
                    });
                    Ok(())
                },
            )?;
        }
        let deletes: BTreeMap<u64, Ranges> = pieces
            .into_iter()
            .map(|(client, pieces)| (client, Ranges::from_unordered(pieces)))
            .collect();
        if !plan.long_entries_are_deleted(&deletes) {
            return Err(Malformed {
                what: "map entry: it has several values",
                offset: 0,
            }
            .into());
        }
        plan.check_half_gone(&deletes)?;
        let structs = plan.runs.values().map(|run| run.structs as usize).sum();
        let is_new = structs > 0 || !deletes.is_empty();
        Ok(Admission {
            novel: if is_new {
                Some(plan.encode(&deletes)?)
            } else {
                None
            },
            incomplete,
            structs,
            struct_bytes: plan.runs.values().map(plan::Run::bytes).sum(),
            deletes_only: structs == 0 && is_new,
            writers: plan.runs.keys().copied().collect(),
            foreign: outline.foreign,
        })
    }

    fn mark(&self, id: Id) -> Mark {
        self.marks
            .get(&id.client)
            .map_or(Mark::Gone, |marks| marks.at(id.clock))
    }
}
