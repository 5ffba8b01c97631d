//! Stored bytes that were taken for a document and turn out to be none. What the decoder in front of yrs reads, yrs reads
//! too, as far as is known: so they are spoiled here behind its back.

use yrs::{Doc, ReadTxn, Text, Transact, WriteTxn};

use super::*;
use crate::{
    ArchiveOutcome, Base, Config, Event, JournalSummary, Pace, Protocol, RestoreOutcome,
    SessionRecord, Stored, wire,
};

const ANN: SessionId = SessionId(1);
const BEN: SessionId = SessionId(2);
const START: Timestamp = Timestamp(1_800_000_000_000);

/// What a room of one edit has stored.
struct Kept {
    meta: String,
    snapshot: Vec<u8>,
    attribution: Vec<u8>,
}

fn new_room() -> Room {
    Room::new(Config {
        archive_quiet_ms: 5_000,
        archive_max_ms: 15_000,
        pace: Pace::OneByOne,
    })
}

fn woken(stored: Stored, sessions: Vec<SessionRecord>) -> Event {
    Event::Woken {
        stored,
        sessions,
        entropy: 77,
        interrupted: false,
        kept: Vec::new(),
    }
}

fn opened(session: SessionId) -> Event {
    Event::SessionOpened {
        session,
        user: "ann".to_owned(),
        protocol: Protocol::Stock,
        authority: None,
    }
}

fn said(session: SessionId, frame: Vec<u8>) -> Event {
    Event::FrameReceived { session, frame }
}

fn asked(session: SessionId) -> Event {
    said(session, wire::sync_step1(&Default::default()))
}

/// The update of one who writes, and of the next one.
fn written() -> [Vec<u8>; 2] {
    let doc = Doc::with_client_id(11u64);
    ["kept", ", more"].map(|words| {
        let before = doc.transact().state_vector();
        {
            let mut txn = doc.transact_mut();
            let notes = txn.get_or_insert_text("notes");
            let end = notes.len(&txn);
            notes.insert(&mut txn, end, words);
        }
        doc.transact().encode_diff_v1(&before)
    })
}

fn kept() -> Kept {
    let mut room = new_room();
    room.handle(START, woken(Stored::Absent, Vec::new()));
    let mut kept = Kept {
        meta: String::new(),
        snapshot: Vec::new(),
        attribution: Vec::new(),
    };
    let [first, _] = written();
    let asks = room.handle(START, opened(ANN));
    let request = asks.iter().find_map(|effect| {
        let Effect::Restore { request } = effect else {
            return None;
        };
        Some(*request)
    });
    let outcome = RestoreOutcome::NeverStored;
    let request = request.expect("the storage is empty");
    room.handle(START, Event::RestoreFinished { request, outcome });
    let mut ordered = room.handle(START, said(ANN, wire::update(&first)));
    // The host has it: nothing else needs the document.
    let by_alarm = true;
    let later = room.handle(START + 20_000, Event::DeadlineReached { by_alarm });
    let request = later.iter().find_map(|effect| {
        let Effect::Archive { request, .. } = effect else {
            return None;
        };
        Some(*request)
    });
    let request = request.expect("an archive is due");
    let outcome = ArchiveOutcome::Stored {
        base: Base {
            generation: "first".to_owned(),
            version: 1,
            sha256: "0".repeat(64),
        },
        union: None,
    };
    ordered.extend(room.handle(START + 20_000, Event::ArchiveFinished { request, outcome }));
    // With the last one the journal becomes a snapshot.
    ordered.extend(room.handle(START + 30_000, Event::SessionClosed { session: ANN }));
    for effect in ordered {
        if let Effect::WriteMeta { meta } = effect {
            kept.meta = meta;
        } else if let Effect::ReplaceSnapshot {
            snapshot,
            attribution,
            meta,
            ..
        } = effect
        {
            kept.meta = meta;
            kept.snapshot = snapshot;
            kept.attribution = attribution;
        }
    }
    kept
}

impl Kept {
    fn present(&self) -> Stored {
        Stored::Present {
            meta: self.meta.clone(),
            journal: JournalSummary {
                rows: 0,
                bytes: 0,
                snapshot_seq: Some(1),
                last_seq: None,
                last_editor: None,
            },
        }
    }

    fn loaded(&self) -> Event {
        Event::DocumentLoaded {
            snapshot: Some(self.snapshot.clone()),
            journal: Vec::new(),
            attributions: vec![self.attribution.clone()],
        }
    }
}

fn document(room: &mut Room) -> &mut crate::document::Document {
    match &mut room.document {
        Cache::Loaded(document) => document,
        Cache::Absent | Cache::Loading => panic!("the document was read"),
    }
}

fn is_ordered(effects: &[Effect], is: impl Fn(&Effect) -> bool) -> bool {
    effects.iter().any(is)
}

/// A room that wakes, with somebody who was answered from the stored bytes, which are spoiled.
fn deceived(kept: &Kept) -> Room {
    let mut room = new_room();
    room.handle(START, woken(kept.present(), Vec::new()));
    let loads = room.handle(START, opened(ANN));
    assert!(is_ordered(&loads, |e| matches!(e, Effect::LoadDocument)));
    room.handle(START, kept.loaded());
    let answers = room.handle(START, asked(ANN));
    let whole = wire::sync_step2(&kept.snapshot);
    assert!(is_ordered(
        &answers,
        |e| matches!(e, Effect::Send { frame, .. } if **frame == *whole)
    ));
    assert!(!document(&mut room).is_built(), "nobody needed it");
    document(&mut room).spoil();
    room
}

#[test]
fn jo5_what_cannot_be_built_closes_the_room_and_is_never_written_over() {
    let kept = kept();
    let [_, second] = written();
    let part = wire::sync_step1(&[(11, 1)].into());
    for needs_it in [wire::update(&second), wire::sync_step2(&second), part] {
        let mut room = deceived(&kept);
        let effects = room.handle(START, said(ANN, needs_it));
        assert!(is_ordered(&effects, |e| matches!(
            e,
            Effect::CloseSession {
                session: ANN,
                code: close::FAILED,
                ..
            }
        )));
        assert!(is_ordered(&effects, |e| matches!(
            e,
            Effect::Report(Notice::StorageFailed { .. })
        )));
        assert_eq!(room.status().state, "unreadable");
        let writes = |e: &Effect| {
            matches!(
                e,
                Effect::AppendToJournal { .. }
                    | Effect::WriteMeta { .. }
                    | Effect::ReplaceSnapshot { .. }
                    | Effect::Archive { .. }
            )
        };
        assert!(!is_ordered(&effects, writes));
    }
}

#[test]
fn jo5_an_archive_of_what_cannot_be_built_closes_the_room_too() {
    let kept = kept();
    let mut room = deceived(&kept);
    room.meta.archived_seq = None;
    room.archiving.hurry(START);
    let by_alarm = true;
    let effects = room.handle(START + 60_000, Event::DeadlineReached { by_alarm });
    assert_eq!(room.status().state, "unreadable");
    assert!(!is_ordered(&effects, |e| matches!(
        e,
        Effect::Archive { .. }
    )));
}

#[test]
fn jo5_what_could_not_be_built_is_built_before_anybody_is_told_of_it_again() {
    let kept = kept();
    let mut room = deceived(&kept);
    let [_, second] = written();
    room.handle(START, said(ANN, wire::update(&second)));
    let later = START + 60_000;
    let effects = room.handle(later, opened(BEN));
    assert!(is_ordered(&effects, |e| matches!(e, Effect::Reload)));
    let record = effects.iter().find_map(|effect| {
        let Effect::SaveSession { record } = effect else {
            return None;
        };
        Some(record.clone())
    });
    room.handle(later, woken(kept.present(), record.into_iter().collect()));
    room.handle(later, asked(BEN));
    room.handle(later, kept.loaded());
    assert!(document(&mut room).is_built());
    assert_eq!(room.status().state, "open");
}
