//! The host's store, by the host's own decision and the real union, without Postgres.

use std::collections::BTreeMap;

use contract::{Base, Digest, Generation};
use room::{ArchiveOutcome, CheckOutcome, RestoreOutcome, StoredUnion};

use crate::{
    counters::Counters,
    mutation::{Mutation, Planted},
};

mod put;

/// Orders that wait to be delivered to a case's object.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Order {
    Check,
    Delete,
    Erase,
}

/// Postgres, as far as one may rely on it.
#[derive(Clone, Debug)]
pub(crate) struct Store {
    generation: u64,
    rows: BTreeMap<usize, Stored>,
    pub(crate) outbox: BTreeMap<(usize, Order), u64>,
}

/// A case's row with what belongs to it.
#[derive(Clone, Debug)]
struct Stored {
    version: i64,
    state: State,
    history: Vec<Snapshot>,
}

#[derive(Clone, Debug)]
enum State {
    Held(Snapshot),
    Lost,
    Deleted,
}

/// Bytes, the hash written beside them, and how many highlights they were said to have.
#[derive(Clone, Debug)]
struct Snapshot {
    bytes: Vec<u8>,
    attribution: Vec<u8>,
    sha256: Digest,
    highlight_count: u32,
}

impl Snapshot {
    fn is_intact(&self) -> bool {
        Digest::of(&self.bytes) == self.sha256
    }
}

impl Store {
    pub(crate) fn new() -> Store {
        Store {
            generation: 1,
            rows: BTreeMap::new(),
            outbox: BTreeMap::new(),
        }
    }

    /// GET. The flag says whether the bytes are what was once stored.
    pub(crate) fn find(
        &mut self,
        case: usize,
        planted: Planted,
        counters: &mut Counters,
    ) -> (RestoreOutcome, bool) {
        if !planted.is(Mutation::HashNotChecked) {
            self.heal(case, counters);
        }
        let generation = self.generation();
        let Some(row) = self.rows.get(&case) else {
            return (RestoreOutcome::NeverStored, true);
        };
        match &row.state {
            State::Deleted => (RestoreOutcome::Deleted, true),
            State::Lost => (
                RestoreOutcome::Failed {
                    reason: "every version is corrupt".to_owned(),
                },
                true,
            ),
            State::Held(snapshot) => {
                let base = Base {
                    generation,
                    version: row.version,
                    sha256: snapshot.sha256,
                };
                let found = RestoreOutcome::Found {
                    base: base_of(&base),
                    snapshot: snapshot.bytes.clone(),
                    attribution: Some(snapshot.attribution.clone()),
                };
                (found, snapshot.is_intact())
            }
        }
    }

    /// HEAD: the hash that is written down, not that of the bytes.
    pub(crate) fn summary(&self, case: usize) -> CheckOutcome {
        match self.rows.get(&case).map(|row| (row.version, &row.state)) {
            None | Some((_, State::Lost)) => CheckOutcome::NeverStored,
            Some((_, State::Deleted)) => CheckOutcome::Deleted,
            Some((version, State::Held(snapshot))) => {
                let base = Base {
                    generation: self.generation(),
                    version,
                    sha256: snapshot.sha256,
                };
                CheckOutcome::Found {
                    base: base_of(&base),
                }
            }
        }
    }

    /// DELETE.
    pub(crate) fn delete(&mut self, case: usize) {
        let row = self.rows.entry(case).or_insert(Stored {
            version: 0,
            state: State::Lost,
            history: Vec::new(),
        });
        if matches!(row.state, State::Deleted) {
            return;
        }
        row.version += 1;
        row.state = State::Deleted;
        row.history.clear();
        self.outbox.remove(&(case, Order::Erase));
        self.order(case, Order::Delete);
    }

    /// Puts a corrupt row into quarantine and the newest good earlier version into its place.
    pub(crate) fn heal(&mut self, case: usize, counters: &mut Counters) {
        let Some(row) = self.rows.get_mut(&case) else {
            return;
        };
        let State::Held(snapshot) = &row.state else {
            return;
        };
        if snapshot.is_intact() {
            return;
        }
        counters.count("quarantines");
        row.version += 1;
        row.state = newest_good(&mut row.history).map_or(State::Lost, State::Held);
        self.order(case, Order::Check);
    }

    /// `host restored`.
    pub(crate) fn renew_generation(&mut self, drawn: u64) {
        self.generation = drawn;
    }

    /// `host resync`.
    pub(crate) fn resync(&mut self) {
        let orders: Vec<_> = self
            .rows
            .iter()
            .map(|(case, row)| {
                (
                    *case,
                    if matches!(row.state, State::Deleted) {
                        Order::Delete
                    } else {
                        Order::Check
                    },
                )
            })
            .collect();
        for (case, order) in orders {
            self.order(case, order);
        }
    }

    /// Flips one bit of what is stored. Answers whether there was something to flip.
    pub(crate) fn corrupt(&mut self, case: usize, at: u64) -> bool {
        let Some(Stored {
            state: State::Held(snapshot),
            ..
        }) = self.rows.get_mut(&case)
        else {
            return false;
        };
        let at = (at % snapshot.bytes.len() as u64) as usize;
        snapshot.bytes[at] ^= 1;
        true
    }

    /// The newest bytes that are what they were.
    pub(crate) fn intact(&self, case: usize) -> Option<&[u8]> {
        let row = self.rows.get(&case)?;
        let current = if let State::Held(snapshot) = &row.state {
            Some(snapshot)
        } else {
            None
        };
        current
            .into_iter()
            .chain(row.history.iter().rev())
            .find(|snapshot| snapshot.is_intact())
            .map(|snapshot| snapshot.bytes.as_slice())
    }

    /// The current row's bytes, and the number of highlights beside them.
    pub(crate) fn current(&self, case: usize) -> Option<(&[u8], u32)> {
        let snapshot = self.held(case)?;
        Some((&snapshot.bytes, snapshot.highlight_count))
    }

    /// Who wrote what of the current row.
    pub(crate) fn attribution(&self, case: usize) -> Option<&[u8]> {
        Some(&self.held(case)?.attribution)
    }

    fn held(&self, case: usize) -> Option<&Snapshot> {
        let Some(Stored {
            state: State::Held(snapshot),
            ..
        }) = self.rows.get(&case)
        else {
            return None;
        };
        Some(snapshot)
    }

    pub(crate) fn is_deleted(&self, case: usize) -> bool {
        matches!(
            self.rows.get(&case),
            Some(Stored {
                state: State::Deleted,
                ..
            })
        )
    }

    pub(crate) fn has_row(&self, case: usize) -> bool {
        self.rows.contains_key(&case)
    }

    pub(crate) fn order(&mut self, case: usize, order: Order) {
        *self.outbox.entry((case, order)).or_default() += 1;
    }

    fn generation(&self) -> Generation {
        Generation::parse(&format!("store-{}", self.generation))
            .expect("letters, digits and a hyphen are a generation")
    }

    /// The answer to a PUT.
    fn stored(&self, case: usize, union: Option<StoredUnion>) -> ArchiveOutcome {
        if let CheckOutcome::Found { base } = self.summary(case) {
            ArchiveOutcome::Stored { base, union }
        } else {
            ArchiveOutcome::Failed {
                reason: "nothing was stored".to_owned(),
            }
        }
    }
}

/// Takes the newest good version out of the history, like the host: it is stored anew.
fn newest_good(history: &mut [Snapshot]) -> Option<Snapshot> {
    history
        .iter()
        .rev()
        .find(|snapshot| snapshot.is_intact())
        .cloned()
}

fn base_of(base: &Base) -> room::Base {
    room::Base {
        generation: base.generation.to_string(),
        version: base.version,
        sha256: base.sha256.to_string(),
    }
}
