//! The object's storage, in memory.

use std::collections::BTreeMap;

use room::{JournalSummary, Stored, Timestamp};

use crate::support::clocks_of;

/// What the object's storage holds.
#[derive(Clone, Default)]
pub struct Store {
    pub meta: Option<String>,
    pub snapshot: Option<Vec<u8>>,
    pub snapshot_seq: u64,
    pub snapshot_attribution: Option<Vec<u8>>,
    pub journal: Vec<(u64, Vec<u8>, String)>,
    /// Of the journal's rows.
    pub attributions: Vec<(u64, Vec<u8>)>,
    /// What is kept beside the document.
    pub kept: BTreeMap<String, String>,
    pub alarm: Option<Timestamp>,
    pub is_unreadable: bool,
    /// The clocks of everything that was ever stored.
    pub clocks: BTreeMap<u64, u32>,
}

/// A kind of order that the storage can be told to fail.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fault {
    Alarm,
    Meta,
    Append,
    Replace,
    Wipe,
    Keep,
    Load,
}

impl Store {
    /// What a wake finds.
    pub fn summary(&self) -> Stored {
        match &self.meta {
            _ if self.is_unreadable => Stored::Unreadable {
                reason: "a row is damaged".to_owned(),
            },
            None => Stored::Absent,
            Some(meta) => Stored::Present {
                meta: meta.clone(),
                journal: JournalSummary {
                    rows: self.journal.len() as u64,
                    bytes: self.journal.iter().map(|row| row.1.len() as u64).sum(),
                    snapshot_seq: self.snapshot.as_ref().map(|_| self.snapshot_seq),
                    last_seq: self.journal.last().map(|row| row.0),
                    last_editor: self.journal.last().map(|row| row.2.clone()),
                },
            },
        }
    }

    pub fn append(&mut self, seq: u64, (update, attribution): (Vec<u8>, Vec<u8>), editor: String) {
        assert!(self.meta.is_some(), "a journal has a record beside it");
        let last = self.journal.last().map_or(self.snapshot_seq, |row| row.0);
        assert_eq!(seq, last + 1, "JO1: one above the one before");
        self.learn(&update);
        self.journal.push((seq, update, editor));
        self.attributions.push((seq, attribution));
    }

    pub fn replace(&mut self, seq: u64, (snapshot, attribution): (Vec<u8>, Vec<u8>), meta: String) {
        self.learn(&snapshot);
        self.attributions.retain(|row| row.0 > seq);
        self.snapshot_attribution = Some(attribution);
        self.journal.retain(|row| row.0 > seq);
        self.snapshot = Some(snapshot);
        self.snapshot_seq = seq;
        self.meta = Some(meta);
    }

    /// Who wrote what of snapshot and journal, in their order.
    pub fn all_attributions(&self) -> Vec<Vec<u8>> {
        let rows = self.attributions.iter().map(|row| row.1.clone());
        self.snapshot_attribution
            .iter()
            .cloned()
            .chain(rows)
            .collect()
    }

    pub fn wipe(&mut self, meta: String) {
        self.journal.clear();
        self.attributions.clear();
        self.snapshot_attribution = None;
        self.snapshot = None;
        self.kept.clear();
        self.meta = Some(meta);
    }

    fn learn(&mut self, update: &[u8]) {
        for (client, clock) in clocks_of(update) {
            let known = self.clocks.entry(client).or_default();
            *known = (*known).max(clock);
        }
    }
}
