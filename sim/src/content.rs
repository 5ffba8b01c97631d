//! What a document holds, as sets: the oracle's only measure of it. Two documents with equal sets are equal, and loss,
//! forgery and growth are differences of sets.

use yrs::{Doc, IdSet, ReadTxn, Transact, Update, updates::decoder::Decode};

/// Insertions and deletions, as clocks of client ids.
#[derive(Clone, Debug, Default)]
pub(crate) struct Content {
    inserted: IdSet,
    deleted: IdSet,
}

impl Content {
    /// What an update brings; absent if it is none.
    pub(crate) fn of(update: &[u8]) -> Option<Content> {
        let update = Update::decode_v1(update).ok()?;
        let inserted = update.insertions(true);
        let mut deleted = update.delete_set().clone();
        deleted.merge_with(inserted.diff(&update.insertions(false)));
        Some(Content { inserted, deleted })
    }

    /// What a replica holds.
    pub(crate) fn of_document(document: &Doc) -> Content {
        let snapshot = document.transact().snapshot();
        let mut inserted = IdSet::new();
        for (client, clock) in snapshot.state_map.iter() {
            if *clock > 0 {
                inserted.insert(yrs::ID::new(*client, 0), *clock);
            }
        }
        Content {
            inserted,
            deleted: snapshot.delete_set,
        }
    }

    /// What a state vector claims.
    pub(crate) fn of_state(state: &room::decode::StateVector) -> Content {
        let mut inserted = IdSet::new();
        for (&client, &clock) in state {
            if clock > 0 {
                inserted.insert(yrs::ID::new(yrs::ClientID::new(client), 0), clock);
            }
        }
        Content {
            inserted,
            deleted: IdSet::new(),
        }
    }

    /// The clients, each with the clock that follows the last of its structs.
    pub(crate) fn inserted(&self) -> impl Iterator<Item = (u64, u32)> + '_ {
        self.inserted.iter().filter_map(|(client, ranges)| {
            let end = ranges.iter().map(|range| range.end).max()?;
            Some((client.get(), end))
        })
    }

    /// The clients of which something is inserted here.
    pub(crate) fn touched(&self) -> impl Iterator<Item = u64> + '_ {
        self.inserted.iter().map(|(client, _)| client.get())
    }

    pub(crate) fn absorb(&mut self, other: &Content) {
        self.inserted.merge_with(other.inserted.clone());
        self.deleted.merge_with(other.deleted.clone());
    }

    /// Keeps what both hold.
    pub(crate) fn keep(&mut self, other: &Content) {
        self.inserted.intersect_with(&other.inserted);
        self.deleted.intersect_with(&other.deleted);
    }

    /// Keeps of what is deleted what both hold.
    pub(crate) fn keep_deleted(&mut self, other: &Content) {
        self.deleted.intersect_with(&other.deleted);
    }

    /// What is here and not in `other`; absent if there is nothing.
    pub(crate) fn beyond(&self, other: &Content) -> Option<Content> {
        let inserted = self.inserted.diff(&other.inserted);
        let deleted = self.deleted.diff(&other.deleted);
        (!inserted.is_empty() || !deleted.is_empty()).then_some(Content { inserted, deleted })
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.inserted.is_empty() && self.deleted.is_empty()
    }

    pub(crate) fn has_insertions(&self) -> bool {
        !self.inserted.is_empty()
    }

    /// Whether some of it was never inserted in `other`.
    pub(crate) fn unknown_to(&self, other: &Content) -> Option<Content> {
        let inserted = self.inserted.diff(&other.inserted);
        let deleted = self.deleted.diff(&other.inserted);
        (!inserted.is_empty() || !deleted.is_empty()).then_some(Content { inserted, deleted })
    }

    /// What is deleted here and not in `other`.
    pub(crate) fn deleted_beyond(&self, other: &Content) -> Option<IdSet> {
        let deleted = self.deleted.diff(&other.deleted);
        (!deleted.is_empty()).then_some(deleted)
    }
}

impl std::fmt::Display for Content {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "inserted {} deleted {}", self.inserted, self.deleted)
    }
}
