//! An object's storage: what survives the loss of memory.

use std::collections::BTreeMap;

use room::{Effect, JournalSummary, Stored};

use crate::{content::Content, object::in_world};

/// What survives.
#[derive(Clone, Debug, Default)]
pub(crate) struct Storage {
    pub(crate) meta: Option<String>,
    pub(crate) snapshot: Option<Vec<u8>>,
    /// The newest update in it.
    snapshot_seq: Option<u64>,
    snapshot_attribution: Option<Vec<u8>>,
    pub(crate) journal: BTreeMap<u64, (Vec<u8>, String)>,
    /// Of the journal's rows.
    attributions: BTreeMap<u64, Vec<u8>>,
    /// What is kept beside the document.
    pub(crate) kept: BTreeMap<String, String>,
    pub(crate) alarm: Option<u64>,
    /// What snapshot and journal hold.
    pub(crate) content: Content,
}

impl Storage {
    pub(crate) fn read(&self) -> Stored {
        let Some(meta) = self.meta.clone() else {
            return Stored::Absent;
        };
        let newest = self.journal.last_key_value();
        let journal = JournalSummary {
            rows: self.journal.len() as u64,
            bytes: self
                .journal
                .values()
                .map(|(update, _)| update.len() as u64)
                .sum(),
            snapshot_seq: self.snapshot_seq,
            last_seq: newest.map(|(seq, _)| *seq),
            last_editor: newest.map(|(_, (_, editor))| editor.clone()),
        };
        Stored::Present { meta, journal }
    }

    pub(crate) fn updates(&self) -> Vec<&[u8]> {
        let journal = self.journal.values().map(|(update, _)| update.as_slice());
        self.snapshot
            .as_deref()
            .into_iter()
            .chain(journal)
            .collect()
    }

    /// Whether the object keeps a tombstone.
    pub(crate) fn is_tombstone(&self) -> bool {
        self.field("deleted").and_then(|deleted| deleted.as_bool()) == Some(true)
    }

    /// Whether the store may lack something, read from what is stored alone.
    pub(crate) fn is_dirty(&self) -> bool {
        if self.meta.is_none() || self.is_tombstone() {
            return false;
        }
        let newest = self.journal.keys().next_back().copied();
        let Some(seq) = newest.or(self.snapshot_seq) else {
            return false;
        };
        self.field("archived_seq").and_then(|seq| seq.as_u64()) != Some(seq)
    }

    fn field(&self, name: &str) -> Option<serde_json::Value> {
        let meta: serde_json::Value = serde_json::from_str(self.meta.as_deref()?).ok()?;
        meta.get(name).cloned()
    }

    /// Who wrote what of snapshot and journal, in their order.
    pub(crate) fn attributions(&self) -> Vec<Vec<u8>> {
        let rows = self.attributions.values();
        self.snapshot_attribution
            .iter()
            .chain(rows)
            .cloned()
            .collect()
    }

    pub(crate) fn write(&mut self, effect: &Effect) {
        match effect {
            Effect::SetAlarm { at } => self.alarm = Some(in_world(*at)),
            Effect::WriteMeta { meta } => self.meta = Some(meta.clone()),
            Effect::AppendToJournal {
                seq,
                update,
                editor,
                attribution,
            } => {
                if let Some(content) = Content::of(update) {
                    self.content.absorb(&content);
                }
                self.journal.insert(*seq, (update.clone(), editor.clone()));
                self.attributions.insert(*seq, attribution.clone());
            }
            Effect::ReplaceSnapshot {
                seq,
                snapshot,
                attribution,
                meta,
            } => {
                self.snapshot = Some(snapshot.clone());
                self.snapshot_attribution = Some(attribution.clone());
                self.attributions = self.attributions.split_off(&(seq + 1));
                self.snapshot_seq = Some(*seq);
                self.journal = self.journal.split_off(&(seq + 1));
                self.meta = Some(meta.clone());
                self.content = Content::default();
                let contents: Vec<Content> =
                    self.updates().into_iter().filter_map(Content::of).collect();
                contents
                    .iter()
                    .for_each(|content| self.content.absorb(content));
            }
            Effect::Wipe { meta } => {
                *self = Storage {
                    meta: Some(meta.clone()),
                    alarm: self.alarm,
                    ..Storage::default()
                };
            }
            Effect::Keep { key, value } => {
                self.kept.insert(key.clone(), value.clone());
            }
            Effect::Forget { key } => {
                self.kept.remove(key);
            }
            Effect::LoadDocument
            | Effect::Reload
            | Effect::SaveSession { .. }
            | Effect::Send { .. }
            | Effect::Broadcast { .. }
            | Effect::CloseSession { .. }
            | Effect::Restore { .. }
            | Effect::Archive { .. }
            | Effect::Check { .. }
            | Effect::ReportDeletion { .. }
            | Effect::ReadPings { .. }
            | Effect::VerifyTicket { .. }
            | Effect::GiveResume { .. }
            | Effect::AskRuling { .. }
            | Effect::Report(_) => {}
        }
    }
}
