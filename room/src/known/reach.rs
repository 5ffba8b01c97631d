//! What an update reaches: where it writes and what it takes away. For whoever judges it; costs no more than the update
//! is large.

use std::{collections::BTreeMap, ops::Range};

use super::{
    Known, Standing,
    entries::Entry,
    marks::{Mark, Place},
    plan::Plan,
    ranges::Ranges,
};
use crate::decode::{Malformed, Reader, Refusal, walk_deletes};

/// What an update reaches.
pub(crate) struct Reach<'a> {
    novel: &'a [u8],
    plan: Plan<'a>,
    deletions: Vec<Deletion>,
}

/// Clocks that an update deletes, and where they are; nowhere, if the update itself brings them.
#[derive(Clone, Debug)]
pub(crate) struct Deletion {
    client: u64,
    clocks: Range<u32>,
    pub(crate) place: Option<Place>,
}

impl Known {
    /// Says what the novel part of an update (see `admit`) reaches.
    ///
    /// # Errors
    /// If it was not let through by this very index.
    pub(crate) fn reach<'a>(&'a self, novel: &'a [u8]) -> Result<Reach<'a>, Refusal> {
        // Whose the client ids are was judged when it was admitted.
        let plan = Plan::new(self, novel, true, &|_| Standing::Own)?;
        let mut is_incomplete = plan.is_incomplete;
        let mut deletions = Vec::new();
        let rest = &mut Reader::resume(novel, plan.deletes_at);
        walk_deletes(rest, |client, range| {
            is_incomplete |= range.end > plan.clock(client);
            let known_end = range.end.min(self.held.clock(client));
            self.held
                .undeleted(client, range.start..known_end, |piece| {
                    deletions.extend(self.places(client, piece));
                });
            if known_end < range.end {
                deletions.push(Deletion {
                    client,
                    clocks: range.start.max(known_end)..range.end,
                    place: None,
                });
            }
            Ok(())
        })?;
        if is_incomplete {
            return Err(Malformed {
                what: "update: it builds on what is not there",
                offset: 0,
            }
            .into());
        }
        Ok(Reach {
            novel,
            plan,
            deletions,
        })
    }

    fn places(&self, client: u64, clocks: Range<u32>) -> impl Iterator<Item = Deletion> {
        let runs = (self.marks.get(&client).into_iter())
            .flat_map(move |marks| marks.within(clocks.clone()));
        runs.map(move |(clocks, mark)| Deletion {
            client,
            clocks,
            place: mark.place(),
        })
    }
}

impl Reach<'_> {
    /// Whose structs are new, in ascending order.
    pub(crate) fn writers(&self) -> impl Iterator<Item = u64> {
        self.plan.runs.keys().copied()
    }

    /// Where something new stands under a client id. Tombstones that have a place are new there too: as the last value of a key one takes
    /// away what was there.
    pub(crate) fn writes(&self, client: u64) -> impl Iterator<Item = Place> {
        let run = self.plan.runs.get(&client).into_iter();
        let runs = run.flat_map(|run| run.marks.runs());
        runs.filter_map(|(_, mark)| mark.place())
    }

    pub(crate) fn deletions(&self) -> &[Deletion] {
        &self.deletions
    }

    pub(crate) fn entry(&self, number: u32) -> &Entry {
        self.plan.entry(number)
    }

    pub(super) fn novel(&self) -> &[u8] {
        self.novel
    }

    /// What is new at a clock.
    pub(super) fn mark(&self, client: u64, clock: u32) -> Mark {
        let run = self.plan.runs.get(&client);
        run.map_or(Mark::Gone, |run| run.marks.at(clock))
    }

    /// What the update deletes of what it brings.
    pub(super) fn brought_deleted(&self) -> BTreeMap<u64, Ranges> {
        let mut clients = BTreeMap::<u64, Vec<Range<u32>>>::new();
        let brought = (self.deletions.iter()).filter(|deletion| deletion.place.is_none());
        for Deletion { client, clocks, .. } in brought {
            clients.entry(*client).or_default().push(clocks.clone());
        }
        by_client(clients)
    }

    /// Whether the update itself brings this entry.
    pub(crate) fn brings(&self, number: u32) -> bool {
        number as usize >= self.plan.known.entries.len()
    }

    /// Whether this entry was deleted or replaced before: what stands in it is a tombstone, and so is what comes to it.
    pub(crate) fn is_dead(&self, number: u32) -> bool {
        self.plan.known.held.is_deleted(self.entry(number).item)
    }

    /// The update with these deletions and no others, which are some of its own. `None` if nothing is left of it.
    ///
    /// # Errors
    /// None that `reach` would not have found.
    pub(crate) fn with_deletions(&self, kept: &[&Deletion]) -> Result<Option<Vec<u8>>, Refusal> {
        let mut clients = BTreeMap::<u64, Vec<Range<u32>>>::new();
        for Deletion { client, clocks, .. } in kept {
            clients.entry(*client).or_default().push(clocks.clone());
        }
        if clients.is_empty() && self.plan.runs.is_empty() {
            return Ok(None);
        }
        self.plan.encode(&by_client(clients)).map(Some)
    }
}

fn by_client(clients: BTreeMap<u64, Vec<Range<u32>>>) -> BTreeMap<u64, Ranges> {
    let clients = clients.into_iter();
    clients
        .map(|(client, clocks)| (client, Ranges::from_unordered(clocks)))
        .collect()
}

impl Mark {
    fn place(self) -> Option<Place> {
        match self {
            Mark::Placed(place) => Some(place),
            Mark::Gone => None,
        }
    }
}
