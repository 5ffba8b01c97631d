//! The host's store, by the host's own decision and the real union, without Postgres.

use std::collections::BTreeMap;

use annotation::{NoUnion, Union, union};
use contract::{Base, Digest, Generation};
use room::{ArchiveOutcome, CheckOutcome, OutgoingSnapshot, RestoreOutcome};

use crate::{
    content::Content as Held,
    counters::Counters,
    mutation::{Mutation, Planted},
};

use self::decision::{Content, Decision, Row, decide};

/// The host's decision itself, so that simulator and host cannot differ.
#[path = "../../host/src/store/decision.rs"]
mod decision;

/// Orders that wait to be delivered to a case's object.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Order {
    Check,
    Delete,
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
    sha256: Digest,
    highlight_count: u32,
}

impl Snapshot {
    fn is_intact(&self) -> bool {
        Digest::of(&self.bytes) == self.sha256
    }
}

/// What must never be: told to the oracle.
pub(crate) type Shrinks = Option<String>;

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

    /// PUT.
    pub(crate) fn put(
        &mut self,
        case: usize,
        sent: &OutgoingSnapshot,
        planted: Planted,
        counters: &mut Counters,
    ) -> (ArchiveOutcome, Shrinks) {
        let generation = self.generation();
        let base = sent.base.as_ref().and_then(|base| {
            let sha256 = Digest::parse(&base.sha256).ok()?;
            Some(Base {
                generation: Generation::parse(&base.generation).ok()?,
                version: base.version,
                sha256,
            })
        });
        let row = self.rows.get(&case).map(|row| Row {
            version: row.version,
            content: match &row.state {
                State::Held(snapshot) => Content::Held {
                    sha256: snapshot.sha256,
                    intact: snapshot.is_intact(),
                },
                State::Lost => Content::Lost,
                State::Deleted => Content::Deleted,
            },
        });
        let mut decision = decide(
            row.as_ref(),
            base.as_ref(),
            &generation,
            Digest::of(&sent.bytes),
        );
        if planted.is(Mutation::BaseNotChecked) && decision == Decision::Merge {
            decision = Decision::Store;
        }
        match decision {
            Decision::Refuse => {
                counters.count("archives refused as deleted");
                (ArchiveOutcome::Deleted, None)
            }
            Decision::Keep => (self.stored(case, None), None),
            Decision::Store => self.overwrite(case, sent.bytes.clone(), sent.highlight_count, None),
            Decision::Merge => self.merge(case, sent, planted, counters),
            Decision::Recover => self.recover(case, sent, counters),
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
        let Some(Stored {
            state: State::Held(snapshot),
            ..
        }) = self.rows.get(&case)
        else {
            return None;
        };
        Some((&snapshot.bytes, snapshot.highlight_count))
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

    fn order(&mut self, case: usize, order: Order) {
        *self.outbox.entry((case, order)).or_default() += 1;
    }

    fn generation(&self) -> Generation {
        Generation::parse(&format!("store-{}", self.generation))
            .expect("letters, digits and a hyphen are a generation")
    }

    fn stored(&self, case: usize, union: Option<Vec<u8>>) -> ArchiveOutcome {
        if let CheckOutcome::Found { base } = self.summary(case) {
            ArchiveOutcome::Stored { base, union }
        } else {
            ArchiveOutcome::Failed {
                reason: "nothing was stored".to_owned(),
            }
        }
    }

    fn overwrite(
        &mut self,
        case: usize,
        bytes: Vec<u8>,
        highlight_count: u32,
        union: Option<Vec<u8>>,
    ) -> (ArchiveOutcome, Shrinks) {
        let row = self.rows.entry(case).or_insert(Stored {
            version: 0,
            state: State::Lost,
            history: Vec::new(),
        });
        let mut shrinks = None;
        if let State::Held(before) = &row.state
            && before.is_intact()
        {
            let lost = Held::of(&before.bytes)
                .zip(Held::of(&bytes))
                .and_then(|(old, new)| old.beyond(&new));
            shrinks = lost
                .map(|lost| format!("version {} lacks {lost} of the one before", row.version + 1));
            row.history.push(before.clone());
        }
        row.version += 1;
        row.state = State::Held(Snapshot {
            sha256: Digest::of(&bytes),
            bytes,
            highlight_count,
        });
        (self.stored(case, union), shrinks)
    }

    fn merge(
        &mut self,
        case: usize,
        sent: &OutgoingSnapshot,
        planted: Planted,
        counters: &mut Counters,
    ) -> (ArchiveOutcome, Shrinks) {
        counters.count("base conflicts");
        let Some((stored, _)) = self.current(case) else {
            return self.recover(case, sent, counters);
        };
        let stored = stored.to_vec();
        let mut bytes = sent.bytes.clone();
        if planted.is(Mutation::MergeDropsTheDeleteSet) {
            bytes = without_deletes(&bytes);
        }
        match union(&stored, &bytes) {
            Ok(Union::Stored { exceeds_sent }) => (
                self.stored(case, exceeds_sent.then(|| returned(stored, counters))),
                None,
            ),
            Ok(Union::Sent) => self.overwrite(case, sent.bytes.clone(), sent.highlight_count, None),
            Ok(Union::Merged {
                bytes,
                highlight_count,
            }) => {
                counters.count("merges");
                self.overwrite(
                    case,
                    bytes.clone(),
                    highlight_count,
                    Some(returned(bytes, counters)),
                )
            }
            Err(NoUnion::Stored(reason)) => (
                ArchiveOutcome::Failed {
                    reason: reason.to_string(),
                },
                None,
            ),
            Err(NoUnion::Sent(reason)) => (
                ArchiveOutcome::Failed {
                    reason: reason.to_string(),
                },
                None,
            ),
        }
    }

    /// What is stored is corrupt: the newest good version of the history takes its place in the union.
    fn recover(
        &mut self,
        case: usize,
        sent: &OutgoingSnapshot,
        counters: &mut Counters,
    ) -> (ArchiveOutcome, Shrinks) {
        counters.count("quarantines");
        let earlier = self
            .rows
            .get_mut(&case)
            .and_then(|row| newest_good(&mut row.history));
        let Some(earlier) = earlier else {
            return self.overwrite(case, sent.bytes.clone(), sent.highlight_count, None);
        };
        match union(&earlier.bytes, &sent.bytes) {
            Ok(
                Union::Sent
                | Union::Stored {
                    exceeds_sent: false,
                },
            ) => self.overwrite(case, sent.bytes.clone(), sent.highlight_count, None),
            Ok(Union::Stored { exceeds_sent: true }) => {
                let union = returned(earlier.bytes.clone(), counters);
                self.overwrite(case, earlier.bytes, earlier.highlight_count, Some(union))
            }
            Ok(Union::Merged {
                bytes,
                highlight_count,
            }) => {
                let union = returned(bytes.clone(), counters);
                self.overwrite(case, bytes, highlight_count, Some(union))
            }
            Err(NoUnion::Sent(reason) | NoUnion::Stored(reason)) => (
                ArchiveOutcome::Failed {
                    reason: reason.to_string(),
                },
                None,
            ),
        }
    }
}

fn returned(bytes: Vec<u8>, counters: &mut Counters) -> Vec<u8> {
    counters.count("unions returned");
    bytes
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

/// An update without its delete set, which is what an update ends with.
fn without_deletes(update: &[u8]) -> Vec<u8> {
    use yrs::updates::{decoder::Decode, encoder::Encode};
    let Ok(decoded) = yrs::Update::decode_v1(update) else {
        return update.to_vec();
    };
    let deletes = decoded.delete_set().encode_v1();
    let mut bytes = update
        .strip_suffix(deletes.as_slice())
        .unwrap_or(update)
        .to_vec();
    bytes.push(0);
    bytes
}
