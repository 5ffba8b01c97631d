//! PUT: replace what the sender built on, or unite.

use annotation::{NoUnion, Union, union};
use contract::{
    Base, Digest, Generation,
    decision::{Content, Decision, Row, decide},
};
use room::{ArchiveOutcome, OutgoingSnapshot};

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
