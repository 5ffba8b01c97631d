//! PUT: replace what the sender built on, or unite.

use annotation::{NoUnion, Union, UnitedAttribution, union, unite_attributions};
use contract::{
    Base, Digest, Generation,
    decision::{Content, Decision, Row, decide},
};
use room::{ArchiveOutcome, OutgoingSnapshot, StoredUnion};

use super::{Snapshot, State, Store, Stored, newest_good};
use crate::{
    content::Content as Held,
    counters::Counters,
    mutation::{Mutation, Planted},
};

/// What must never be: told to the oracle.
pub(crate) type Shrinks = Option<String>;

impl Store {
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
        let known = self.held(case).map(|held| held.attribution.as_slice());
        let united = match unite_attributions(known.unwrap_or_default(), &sent.attribution) {
            Ok(united) => united,
            Err(reason) => return failed(reason.to_string()),
        };
        match decision {
            Decision::Refuse => {
                counters.count("archives refused as deleted");
                (ArchiveOutcome::Deleted, None)
            }
            Decision::Keep if united.exceeds_stored => {
                let union = united.exceeds_sent;
                self.overwrite(
                    case,
                    sent.bytes.clone(),
                    sent.highlight_count,
                    united,
                    union,
                )
            }
            Decision::Keep => {
                let union = united.exceeds_sent.then(|| StoredUnion {
                    snapshot: sent.bytes.clone(),
                    attribution: Some(united.bytes),
                });
                (self.stored(case, union), None)
            }
            // What was built on is in it.
            Decision::Store => {
                let attribution = UnitedAttribution {
                    bytes: sent.attribution.clone(),
                    ..united
                };
                let count = sent.highlight_count;
                self.overwrite(case, sent.bytes.clone(), count, attribution, false)
            }
            Decision::Merge => self.merge(case, sent, united, planted, counters),
            Decision::Recover => self.recover(case, sent, united, counters),
        }
    }

    fn overwrite(
        &mut self,
        case: usize,
        bytes: Vec<u8>,
        highlight_count: u32,
        attribution: UnitedAttribution,
        is_union: bool,
    ) -> (ArchiveOutcome, Shrinks) {
        let union = is_union.then(|| StoredUnion {
            snapshot: bytes.clone(),
            attribution: Some(attribution.bytes.clone()),
        });
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
            attribution: attribution.bytes,
            highlight_count,
        });
        (self.stored(case, union), shrinks)
    }

    fn merge(
        &mut self,
        case: usize,
        sent: &OutgoingSnapshot,
        united: UnitedAttribution,
        planted: Planted,
        counters: &mut Counters,
    ) -> (ArchiveOutcome, Shrinks) {
        counters.count("base conflicts");
        let Some(stored) = self.held(case) else {
            return self.recover(case, sent, united, counters);
        };
        let (stored, count) = (stored.bytes.clone(), stored.highlight_count);
        let mut bytes = sent.bytes.clone();
        if planted.is(Mutation::MergeDropsTheDeleteSet) {
            bytes = without_deletes(&bytes);
        }
        match union(&stored, &bytes) {
            Ok(Union::Stored { exceeds_sent }) => {
                let is_union = returned(exceeds_sent || united.exceeds_sent, counters);
                if united.exceeds_stored {
                    return self.overwrite(case, stored, count, united, is_union);
                }
                let union = is_union.then_some(StoredUnion {
                    snapshot: stored,
                    attribution: Some(united.bytes),
                });
                (self.stored(case, union), None)
            }
            Ok(Union::Sent) => {
                let is_union = returned(united.exceeds_sent, counters);
                let count = sent.highlight_count;
                self.overwrite(case, sent.bytes.clone(), count, united, is_union)
            }
            Ok(Union::Merged {
                bytes,
                highlight_count,
            }) => {
                counters.count("merges");
                let is_union = returned(true, counters);
                self.overwrite(case, bytes, highlight_count, united, is_union)
            }
            Err(NoUnion::Stored(reason) | NoUnion::Sent(reason)) => failed(reason.to_string()),
        }
    }

    /// What is stored is corrupt: the newest good version of the history takes its place in the union.
    fn recover(
        &mut self,
        case: usize,
        sent: &OutgoingSnapshot,
        united: UnitedAttribution,
        counters: &mut Counters,
    ) -> (ArchiveOutcome, Shrinks) {
        counters.count("quarantines");
        let earlier = self
            .rows
            .get_mut(&case)
            .and_then(|row| newest_good(&mut row.history));
        let (bytes, count) = (sent.bytes.clone(), sent.highlight_count);
        let Some(earlier) = earlier else {
            return self.overwrite(case, bytes, count, united, false);
        };
        let united = match unite_attributions(&earlier.attribution, &united.bytes) {
            Ok(united) => united,
            Err(reason) => return failed(reason.to_string()),
        };
        match union(&earlier.bytes, &bytes) {
            Ok(
                Union::Sent
                | Union::Stored {
                    exceeds_sent: false,
                },
            ) => {
                let is_union = returned(united.exceeds_sent, counters);
                self.overwrite(case, bytes, count, united, is_union)
            }
            Ok(Union::Stored { exceeds_sent: true }) => {
                let is_union = returned(true, counters);
                let count = earlier.highlight_count;
                self.overwrite(case, earlier.bytes, count, united, is_union)
            }
            Ok(Union::Merged {
                bytes,
                highlight_count,
            }) => {
                let is_union = returned(true, counters);
                self.overwrite(case, bytes, highlight_count, united, is_union)
            }
            Err(NoUnion::Sent(reason) | NoUnion::Stored(reason)) => failed(reason.to_string()),
        }
    }
}

fn failed(reason: String) -> (ArchiveOutcome, Shrinks) {
    (ArchiveOutcome::Failed { reason }, None)
}

/// Whether a union is returned, counted.
fn returned(is_union: bool, counters: &mut Counters) -> bool {
    if is_union {
        counters.count("unions returned");
    }
    is_union
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
