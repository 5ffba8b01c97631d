//! Peers to test with: yrs documents that write, and readers of what a room sends.

use std::collections::BTreeMap;

use room::{
    ArchiveOutcome, Base, CheckOutcome, Effect, Event, RestoreOutcome, SessionId,
    decode::{self, Message, PresenceEntry, StateVector},
    glossator::Announcement,
    wire,
};
use yrs::{
    Any, ClientID, Doc, GetString, Map, MapPrelim, OffsetKind, Options, Out, ReadTxn, Text,
    Transact, Update, WriteTxn, updates::decoder::Decode,
};

use crate::shell::Shell;

/// One message as a socket hears it.
#[derive(Clone, Debug, PartialEq)]
pub enum Heard {
    Step1(StateVector),
    Step2(Vec<u8>),
    Update(Vec<u8>),
    /// (id, clock, state) of each entry.
    Presence(Vec<(u64, u32, Option<String>)>),
    Query,
    /// What only `glossator.v1` says.
    Said(Announcement),
}

pub fn heard(frame: &[u8]) -> Vec<Heard> {
    if let Some(said) = Announcement::read(frame).expect("the room sends sound frames") {
        return vec![Heard::Said(said)];
    }
    decode::messages(frame)
        .expect("the room sends sound frames")
        .into_iter()
        .map(|message| match message {
            Message::SyncStep1(state) => Heard::Step1(state),
            Message::SyncStep2(update) => Heard::Step2(update.to_vec()),
            Message::Update(update) => Heard::Update(update.to_vec()),
            Message::Awareness(entries) => Heard::Presence(
                entries
                    .iter()
                    .map(|entry| (entry.client, entry.clock, entry.state.map(str::to_owned)))
                    .collect(),
            ),
            Message::QueryAwareness => Heard::Query,
            Message::Auth => panic!("the room sends no auth messages"),
        })
        .collect()
}

pub fn updates(heard: &[Heard]) -> Vec<Vec<u8>> {
    let mut updates = Vec::new();
    for message in heard {
        if let Heard::Update(update) = message {
            updates.push(update.clone());
        }
    }
    updates
}

/// The texts of the answers to a SyncStep1.
pub fn answers(heard: &[Heard]) -> Vec<String> {
    let mut answers = Vec::new();
    for message in heard {
        if let Heard::Step2(answer) = message {
            answers.push(text_of(answer));
        }
    }
    answers
}

/// What only `glossator.v1` says, of all that was heard.
pub fn said(heard: &[Heard]) -> Vec<Announcement> {
    let mut all = Vec::new();
    for message in heard {
        if let Heard::Said(said) = message {
            all.push(said.clone());
        }
    }
    all
}

pub fn questions(heard: &[Heard]) -> usize {
    heard
        .iter()
        .filter(|message| matches!(message, Heard::Step1(_)))
        .count()
}

/// The entries of all presence that was heard, in order.
pub fn entries(heard: &[Heard]) -> Vec<(u64, u32, Option<String>)> {
    let mut all = Vec::new();
    for message in heard {
        if let Heard::Presence(entries) = message {
            all.extend(entries.clone());
        }
    }
    all
}

/// Where an update ends, for each client that it holds structs of.
pub fn clocks_of(update: &[u8]) -> BTreeMap<u64, u32> {
    let update = Update::decode_v1(update).expect("the room sends updates that yrs reads");
    // Not its state vector: that leaves out clients whose structs do not begin at 0.
    update
        .insertions(true)
        .iter()
        .filter_map(|(client, ranges)| Some((client.get(), ranges.iter().next_back()?.end)))
        .collect()
}

/// The host cannot be asked.
pub fn unreachable() -> RestoreOutcome {
    RestoreOutcome::Failed {
        reason: "unreachable".to_owned(),
    }
}

pub fn base(version: i64) -> Base {
    base_of("first", version)
}

pub fn base_of(generation: &str, version: i64) -> Base {
    Base {
        generation: generation.to_owned(),
        version,
        sha256: format!("{version:064x}"),
    }
}

/// A replica with a text.
pub struct Writer {
    pub doc: Doc,
}

impl Writer {
    pub fn new(client: u64) -> Writer {
        Writer {
            doc: Doc::with_options(Options {
                offset_kind: OffsetKind::Utf16,
                ..Options::with_guid_and_client_id("test".into(), ClientID::new(client))
            }),
        }
    }

    /// Writes at the end and answers the update.
    pub fn write(&self, words: &str) -> Vec<u8> {
        self.change(|txn| {
            let notes = txn.get_or_insert_text("notes");
            let end = notes.len(txn);
            notes.insert(txn, end, words);
        })
    }

    /// Deletes from the start and answers an update that holds the whole delete set.
    pub fn erase(&self, length: u32) -> Vec<u8> {
        self.change(|txn| txn.get_or_insert_text("notes").remove_range(txn, 0, length))
    }

    /// So many items that do not merge: each letter stands before the one before.
    pub fn scatter(&self, items: u32) -> Vec<u8> {
        self.change(|txn| {
            let notes = txn.get_or_insert_text("notes");
            for _ in 0..items {
                notes.insert(txn, 0, "x");
            }
        })
    }

    /// Puts a document into the document, which is refused of everybody.
    pub fn embed(&self) -> Vec<u8> {
        self.change(|txn| {
            let guid = Options::with_guid_and_client_id("inner".into(), ClientID::new(1));
            let inner = Doc::with_options(guid);
            txn.get_or_insert_map("outer").insert(txn, "inner", inner);
        })
    }

    pub fn highlight(&self, id: &str) -> Vec<u8> {
        self.change(|txn| {
            txn.get_or_insert_map("highlights").insert(txn, id, "{}");
        })
    }

    /// Makes a thing that says whose it is, at a moment of 2026.
    pub fn add(&self, root: &str, key: &str, author: &str) -> Vec<u8> {
        self.change(|txn| {
            let thing: [(&str, Any); 3] = [
                ("author_id", author.into()),
                ("text", "words".into()),
                ("created_at", 1_780_000_000_000_f64.into()),
            ];
            txn.get_or_insert_map(root)
                .insert(txn, key, MapPrelim::from_iter(thing));
        })
    }

    /// Writes a field of a thing.
    pub fn set(&self, root: &str, key: &str, field: &str, value: &str) -> Vec<u8> {
        self.change(|txn| {
            let map = txn.get_or_insert_map(root);
            if let Some(Out::YMap(thing)) = map.get(txn, key) {
                thing.insert(txn, field, value);
            }
        })
    }

    pub fn remove(&self, root: &str, key: &str) -> Vec<u8> {
        self.change(|txn| {
            txn.get_or_insert_map(root).remove(txn, key);
        })
    }

    pub fn has(&self, root: &str, key: &str) -> bool {
        let txn = self.doc.transact();
        txn.get_map(root)
            .is_some_and(|map| map.contains_key(&txn, key))
    }

    /// What a field of a thing says.
    pub fn field(&self, root: &str, key: &str, field: &str) -> Option<String> {
        let txn = self.doc.transact();
        let Some(Out::YMap(thing)) = txn.get_map(root)?.get(&txn, key) else {
            return None;
        };
        Some(thing.get(&txn, field)?.to_string(&txn))
    }

    fn change(&self, change: impl FnOnce(&mut yrs::TransactionMut<'_>)) -> Vec<u8> {
        let before = self.doc.transact().state_vector();
        change(&mut self.doc.transact_mut());
        self.doc.transact().encode_diff_v1(&before)
    }

    pub fn apply(&self, update: &[u8]) {
        let update = Update::decode_v1(update).expect("an update");
        let applied = self.doc.transact_mut().apply_update(update);
        applied.expect("an update that can be integrated");
    }

    pub fn text(&self) -> String {
        let txn = self.doc.transact();
        txn.get_text("notes")
            .map_or_else(String::new, |text| text.get_string(&txn))
    }

    pub fn state(&self) -> StateVector {
        let state = self.doc.transact().state_vector();
        state
            .iter()
            .map(|(client, clock)| (client.get(), *clock))
            .collect()
    }

    /// The whole document.
    pub fn whole(&self) -> Vec<u8> {
        self.doc
            .transact()
            .encode_diff_v1(&yrs::StateVector::default())
    }
}

/// The text that these bytes hold.
pub fn text_of(update: &[u8]) -> String {
    let reader = Writer::new(1);
    reader.apply(update);
    reader.text()
}

/// The text that snapshot and journal hold.
pub fn stored_text(shell: &Shell) -> String {
    let reader = Writer::new(1);
    if let Some(snapshot) = &shell.store.snapshot {
        reader.apply(snapshot);
    }
    for (_, update, _) in &shell.store.journal {
        reader.apply(update);
    }
    reader.text()
}

/// An awareness frame of these (id, clock, state) entries.
pub fn presence(entries: &[(u64, u32, Option<&str>)]) -> Vec<u8> {
    let entries: Vec<_> = entries
        .iter()
        .map(|&(client, clock, state)| PresenceEntry {
            client,
            clock,
            state,
        })
        .collect();
    wire::awareness(&entries)
}

impl Shell {
    pub fn edit(&mut self, session: SessionId, update: &[u8]) {
        self.frame(session, wire::update(update));
    }

    pub fn restored(&mut self, outcome: RestoreOutcome) {
        let request = self.restores.pop().expect("a restore was asked for");
        self.tell(Event::RestoreFinished { request, outcome });
    }

    /// Answers the newest archive; what it holds.
    pub fn archived(&mut self, outcome: ArchiveOutcome) -> room::OutgoingSnapshot {
        let (request, snapshot) = self.archives.pop().expect("an archive was ordered");
        self.tell(Event::ArchiveFinished { request, outcome });
        snapshot
    }

    pub fn checked(&mut self, outcome: CheckOutcome) {
        let request = self.checks.pop().expect("a check was ordered");
        self.tell(Event::CheckFinished { request, outcome });
    }

    pub fn stored_at(&mut self, version: i64) -> room::OutgoingSnapshot {
        self.archived(ArchiveOutcome::Stored {
            base: base(version),
            union: None,
        })
    }

    pub fn archive_fails(&mut self) {
        self.archived(ArchiveOutcome::Failed {
            reason: "unreachable".to_owned(),
        });
    }

    pub fn storage_orders(&self) -> usize {
        self.log
            .iter()
            .filter(|effect| {
                matches!(
                    effect,
                    Effect::WriteMeta { .. }
                        | Effect::AppendToJournal { .. }
                        | Effect::ReplaceSnapshot { .. }
                        | Effect::Wipe { .. }
                )
            })
            .count()
    }
}

/// A room that one person has written in and that the host has stored as version 1.
pub fn archived_room(words: &str) -> (Shell, SessionId, Writer) {
    let (mut shell, sessions) = Shell::open_with(&["ann"]);
    let ann = Writer::new(11);
    shell.edit(sessions[0], &ann.write(words));
    shell.pass(crate::shell::QUIET_MS);
    shell.stored_at(1);
    assert!(!shell.is_dirty());
    shell.forget_traffic();
    (shell, sessions[0], ann)
}
