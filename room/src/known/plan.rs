//! Finds the part of an update that can be integrated: for each client the longest run of new structs whose
//! neighbours and parents the document or the part itself holds. A fixpoint with an explicit worklist; each struct is
//! read again only when what it waited for has come.

use std::{
    collections::{BTreeMap, BTreeSet},
    ops::Range,
};

use super::{Held, Known, Standing, entries::Entry, marks::Marks, ranges::Ranges, types::Types};
use crate::{
    decode::{Id, Kind, Malformed, Met, Parent, Reader, Refusal, Struct, walk_structs},
    wire,
};

/// The new structs of one client.
#[derive(Debug)]
pub(crate) struct Run {
    /// Clocks that have been found to be integrable.
    pub(crate) clocks: Range<u32>,
    /// How many structs that are.
    pub(crate) structs: u32,
    /// What they are.
    pub(crate) marks: Marks,
    /// Those that are tombstones.
    pub(crate) tombstones: Ranges,
    /// Where the first struct starts in the update, and how many clocks of it are known already.
    at: usize,
    cut: u32,
    /// Where the next struct to look at starts in the update.
    next: usize,
    /// Structs not yet found to be integrable.
    left: u32,
}

impl Run {
    /// Bytes that the integrable structs take in the update.
    pub(crate) fn bytes(&self) -> usize {
        self.next - self.at
    }
}

/// The integrable part of an update.
pub(crate) struct Plan<'a> {
    pub(super) known: &'a Known,
    bytes: &'a [u8],
    pub(crate) runs: BTreeMap<u64, Run>,
    /// Whether structs had to be left out.
    pub(crate) is_incomplete: bool,
    /// (client, clock) that is waited for, and the client that waits for it.
    waiting: BTreeSet<(u64, u32, u64)>,
    /// Whether it is a peer's, who may have forged it, and not of the store.
    pub(super) is_of_peer: bool,
    /// Items that have one neighbour and lost the other: which shared type the one stands in, and where they start.
    pub(super) half_gone: Vec<(u32, usize)>,
    /// Map entries of several values. Yjs writes those only where all of them have been replaced: its document keeps
    /// what is deleted, and puts it together.
    long_entries: Vec<(u64, Range<u32>)>,
    /// Entries of the root maps of things, to be numbered on from the document's.
    pub(crate) entries: Vec<Entry>,
    /// Shared types, to be numbered on from the document's.
    pub(super) types: Types,
    /// Where the delete set starts in the update.
    pub(crate) deletes_at: usize,
}

/// Sorts the structs of one update as they are met: known, next in line, or behind a gap.
pub(crate) struct Sieve<'a> {
    standing_of: &'a dyn Fn(u64) -> Standing,
    standing: Standing,
    known_end: u32,
    is_cut_off: bool,
    pub(crate) is_incomplete: bool,
    pub(crate) foreign: Option<u64>,
}

impl<'a> Sieve<'a> {
    pub(crate) fn new(standing_of: &'a dyn Fn(u64) -> Standing) -> Sieve<'a> {
        Sieve {
            standing_of,
            standing: Standing::Own,
            known_end: 0,
            is_cut_off: false,
            is_incomplete: false,
            foreign: None,
        }
    }

    /// Whether the struct is new and follows what is known without a gap.
    ///
    /// # Errors
    /// If it is new and may not come from here.
    pub(crate) fn takes(&mut self, held: &Held, met: &Met<'_>) -> Result<bool, Refusal> {
        if met.is_first {
            self.known_end = held.clock(met.client);
            self.is_cut_off = met.clocks.start > self.known_end;
            self.standing = (self.standing_of)(met.client);
        }
        if met.clocks.end <= self.known_end {
            return Ok(false);
        }
        match self.standing {
            Standing::Own | Standing::Hearsay => {}
            Standing::Foreign => return Err(Refusal::Foreign { client: met.client }),
            Standing::LeftOut => {
                self.foreign.get_or_insert(met.client);
                return Ok(false);
            }
        }
        if met.head.kind == Kind::Skip {
            self.is_cut_off = true;
            return Ok(false);
        }
        self.is_incomplete |= self.is_cut_off;
        Ok(!self.is_cut_off)
    }
}

impl<'a> Plan<'a> {
    /// No structs at all.
    pub(crate) fn empty(known: &'a Known, bytes: &'a [u8]) -> Plan<'a> {
        Plan {
            known,
            bytes,
            runs: BTreeMap::new(),
            is_incomplete: false,
            waiting: BTreeSet::new(),
            is_of_peer: true,
            half_gone: Vec::new(),
            long_entries: Vec::new(),
            entries: Vec::new(),
            types: Types::default(),
            deletes_at: 0,
        }
    }

    /// # Errors
    /// If the update contradicts itself or, as a peer's, the document, or nests too deeply.
    pub(crate) fn new(
        known: &'a Known,
        bytes: &'a [u8],
        is_of_peer: bool,
        standing_of: &dyn Fn(u64) -> Standing,
    ) -> Result<Plan<'a>, Refusal> {
        let mut plan = Plan {
            is_of_peer,
            ..Plan::empty(known, bytes)
        };
        plan.collect(standing_of)?;
        let mut ready: Vec<u64> = plan.runs.keys().copied().collect();
        while let Some(client) = ready.pop() {
            if plan.advance(client)? {
                plan.wake(client, &mut ready);
            }
        }
        plan.is_incomplete |= plan.runs.values().any(|run| run.left > 0);
        plan.runs.retain(|_, run| run.structs > 0);
        Ok(plan)
    }

    /// Notes where each client's new structs start.
    fn collect(&mut self, standing_of: &dyn Fn(u64) -> Standing) -> Result<(), Refusal> {
        let mut sieve = Sieve::new(standing_of);
        let mut open = None;
        let (held, runs) = (self.known.held(), &mut self.runs);
        let mut reader = Reader::new(self.bytes);
        walk_structs(&mut reader, |met| {
            if met.is_first {
                open = None;
            }
            if !sieve.takes(held, &met)? {
                return Ok(());
            }
            if open == Some(met.client) {
                if let Some(run) = runs.get_mut(&met.client) {
                    run.left += 1;
                }
                return Ok(());
            }
            open = Some(met.client);
            let known_end = held.clock(met.client);
            let run = Run {
                clocks: known_end..known_end,
                structs: 0,
                marks: Marks::default(),
                tombstones: Ranges::default(),
                at: met.at,
                cut: known_end - met.clocks.start,
                next: met.at,
                left: 1,
            };
            match runs.insert(met.client, run) {
                None => Ok(()),
                Some(_) => Err(Malformed {
                    what: "update: a client appears twice",
                    offset: met.at,
                }
                .into()),
            }
        })?;
        self.is_incomplete = sieve.is_incomplete;
        self.deletes_at = reader.offset();
        Ok(())
    }

    /// Takes a client's structs one by one until one has to wait. Answers whether any could be taken.
    fn advance(&mut self, client: u64) -> Result<bool, Refusal> {
        let Some(mut run) = self.runs.remove(&client) else {
            return Ok(false);
        };
        let before = run.structs;
        while run.left > 0 {
            let mut reader = Reader::resume(self.bytes, run.next);
            let mut head = Struct::read_head(&mut reader)?;
            let mut start = run.clocks.end;
            if run.structs == 0 && run.cut > 0 {
                // The tail of a struct follows its known part, whatever its head says.
                start -= run.cut;
                head = head.tail_of(Id {
                    client,
                    clock: run.clocks.end - 1,
                });
            }
            if let Some(missing) = self.missing(client, &run, &head) {
                if missing.client != client {
                    self.waiting.insert((missing.client, missing.clock, client));
                }
                break;
            }
            let id = Id {
                client,
                clock: run.clocks.end,
            };
            let mark = self.place(id, &run, &head, run.next)?;
            let mark = self.number_entry(mark, head.key, id);
            let end = head.skip_content(&mut reader, start, &mut 0)?;
            if mark.is_living_entry() && end - run.clocks.end > 1 {
                self.long_entries.push((client, run.clocks.end..end));
            }
            run.marks.push(run.clocks.end, mark);
            if matches!(head.kind, Kind::Gc | Kind::Deleted) {
                run.tombstones.insert(run.clocks.end..end);
            }
            run.clocks.end = end;
            run.next = reader.offset();
            run.structs += 1;
            run.left -= 1;
        }
        let has_advanced = run.structs > before;
        self.runs.insert(client, run);
        Ok(has_advanced)
    }

    /// Makes those ready that waited for what `client` has reached.
    fn wake(&mut self, client: u64, ready: &mut Vec<u64>) {
        let end = self.clock(client);
        let woken: Vec<_> = self
            .waiting
            .range((client, 0, 0)..(client, end, 0))
            .copied()
            .collect();
        for entry in woken {
            self.waiting.remove(&entry);
            ready.push(entry.2);
        }
    }

    /// The clock that document and part together have reached.
    pub(crate) fn clock(&self, client: u64) -> u32 {
        self.runs
            .get(&client)
            .map_or_else(|| self.known.held.clock(client), |run| run.clocks.end)
    }

    /// The first thing that the next struct of `client` needs and that is not there.
    fn missing(&self, client: u64, run: &Run, head: &Struct<'_>) -> Option<Id> {
        let parent = match head.parent {
            Some(Parent::Item(id)) => Some(id),
            Some(Parent::Root(_)) | None => None,
        };
        [head.origin, head.right_origin, parent]
            .into_iter()
            .flatten()
            .find(|id| {
                let reached = if id.client == client {
                    run.clocks.end
                } else {
                    self.clock(id.client)
                };
                id.clock >= reached
            })
    }

    /// Whether every map entry of several values is deleted as a whole. If one were not, a split of it would leave two
    /// living entries, of which only one survives a reload.
    pub(crate) fn long_entries_are_deleted(&self, deletes: &BTreeMap<u64, Ranges>) -> bool {
        self.long_entries.iter().all(|(client, clocks)| {
            let mut is_whole = deletes.contains_key(client);
            if let Some(deleted) = deletes.get(client) {
                deleted.missing(clocks.clone(), |_| is_whole = false);
            }
            is_whole
        })
    }

    /// The part as an update of format v1, with these deletes.
    pub(crate) fn encode(&self, deletes: &BTreeMap<u64, Ranges>) -> Result<Vec<u8>, Refusal> {
        let mut out = Vec::new();
        wire::write_number(&mut out, self.runs.len() as u64);
        // The highest client first, as Yjs does: conflicts are then resolved in fewer steps.
        for (&client, run) in self.runs.iter().rev() {
            wire::write_number(&mut out, u64::from(run.structs));
            wire::write_number(&mut out, client);
            wire::write_number(&mut out, u64::from(run.clocks.start));
            let mut from = run.at;
            if run.cut > 0 {
                let mut reader = Reader::resume(self.bytes, run.at);
                let before = Id {
                    client,
                    clock: run.clocks.start - 1,
                };
                let head = Struct::read_head(&mut reader)?.tail_of(before);
                head.write_tail(&mut reader, run.cut, &mut out, self.bytes)?;
                from = reader.offset();
            }
            out.extend_from_slice(&self.bytes[from..run.next]);
        }
        write_deletes(
            deletes.iter().map(|(&client, ranges)| (client, ranges)),
            &mut out,
        );
        Ok(out)
    }
}

/// Writes a delete set of format v1.
pub(super) fn write_deletes<'a>(
    deletes: impl Iterator<Item = (u64, &'a Ranges)> + Clone,
    out: &mut Vec<u8>,
) {
    wire::write_number(out, deletes.clone().count() as u64);
    for (client, ranges) in deletes {
        wire::write_number(out, client);
        wire::write_number(out, ranges.as_slice().len() as u64);
        for range in ranges.as_slice() {
            wire::write_number(out, u64::from(range.start));
            wire::write_number(out, u64::from(range.end - range.start));
        }
    }
}
