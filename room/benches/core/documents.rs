//! Documents to begin with, and what is written into them.

use std::collections::VecDeque;

use annotation::{Attribution, Claim, Proof};
use yrs::{
    Any, ClientID, Doc, MapPrelim, OffsetKind, Options, ReadTxn, StateVector, Text, Transact,
    TransactionMut, Update, WriteTxn, updates::decoder::Decode,
};

/// When everything was written that is there.
pub const WRITTEN_MS: u64 = 1_790_000_000_000;
/// Who wrote it.
pub const AUTHOR: &str = "azo";
/// Under which client id.
const AUTHORS_CLIENT: u64 = 1_000_000_007;
/// Under which client id the edits are written that are measured.
pub const WRITERS_CLIENT: u64 = 2_000_000_011;

/// A document as the store keeps it.
#[derive(Clone)]
pub struct Stored {
    pub snapshot: Vec<u8>,
    pub attribution: Vec<u8>,
}

/// A paragraph, as a class begins with it.
pub fn small() -> Stored {
    stored(|doc| {
        let notes = doc.get_or_insert_text("notes");
        notes.insert(
            &mut doc.transact_mut(),
            0,
            &"The glossators wrote. ".repeat(40),
        );
    })
}

/// What is left of 120,000 edits, typed in runs of 24 all over, and 2,000 highlights: 0.9 MB. The load
/// generator pushes as much of both, at other places.
pub fn large() -> Stored {
    stored(|doc| {
        let notes = doc.get_or_insert_text("notes");
        let mut txn = doc.transact_mut();
        for number in 0..2_000 {
            highlight(&mut txn, AUTHOR, number);
        }
        let mut place: u32 = 1;
        for _ in 0..120_000 / RUN {
            place = elsewhere(place, notes.len(&txn));
            notes.insert(&mut txn, place, &"x".repeat(RUN as usize));
            place += RUN - 1;
        }
    })
}

/// A document into which so many client ids have written a little: each page that was ever opened and wrote has one.
pub fn of_many(clients: u64) -> Stored {
    let doc = replica(AUTHORS_CLIENT);
    let mut attribution = Attribution::default();
    for client in 1..=clients {
        let writer = replica(client);
        let written = change(&writer, |txn| {
            txn.get_or_insert_text("notes").insert(txn, 0, "a note");
        });
        apply(&doc, &written);
        attribution.wrote(client, 0..6, CLAIM);
    }
    Stored {
        snapshot: whole(&doc),
        attribution: attribution.encode(),
    }
}

const RUN: u32 = 24;

const CLAIM: Claim<'_> = Claim {
    user: AUTHOR,
    at_ms: WRITTEN_MS,
    proof: Proof::Proven,
};

fn stored(write: impl FnOnce(&Doc)) -> Stored {
    let doc = replica(AUTHORS_CLIENT);
    write(&doc);
    let end = doc.transact().state_vector().get(&doc.client_id());
    let mut attribution = Attribution::default();
    attribution.wrote(AUTHORS_CLIENT, 0..end, CLAIM);
    Stored {
        snapshot: whole(&doc),
        attribution: attribution.encode(),
    }
}

/// A highlight, made by somebody, as the page makes one.
fn highlight(txn: &mut TransactionMut<'_>, user: &str, number: u32) {
    let start = number * 37;
    let quote = format!("the words of the judgment that stand at {start}");
    let fields: [(&str, Any); 7] = [
        ("start", f64::from(start).into()),
        ("end", f64::from(start + 30).into()),
        ("quote", quote.into()),
        ("tag", "issue".into()),
        ("author_id", user.into()),
        ("author", user.into()),
        ("created_at", (WRITTEN_MS as f64).into()),
    ];
    let key = format!("{user}-{number:08x}-4000-8000-000000000000");
    let map = txn.get_or_insert_map("highlights");
    yrs::Map::insert(&map, txn, key, MapPrelim::from_iter(fields));
}

/// So many updates of one character each, typed in a row where nobody else writes.
pub fn typing(onto: &Stored, updates: u32) -> VecDeque<Vec<u8>> {
    let doc = open(onto);
    let middle = doc.get_or_insert_text("notes").len(&doc.transact()) / 2;
    let type_one = |place| {
        change(&doc, |txn| {
            txn.get_or_insert_text("notes")
                .insert(txn, middle + place, "y");
        })
    };
    (0..updates).map(type_one).collect()
}

/// One character after the other, typed by many in turns, each where nobody else writes and under a client id of their own.
pub fn typing_of_many(onto: &Stored, writers: u32, rounds: u32) -> VecDeque<Vec<u8>> {
    let docs: Vec<Doc> = (0..u64::from(writers))
        .map(|writer| {
            let doc = replica(WRITERS_CLIENT + writer);
            apply(&doc, &onto.snapshot);
            doc
        })
        .collect();
    let apart = docs[0].get_or_insert_text("notes").len(&docs[0].transact()) / writers;
    let mut updates = VecDeque::new();
    for round in 0..rounds {
        for (doc, writer) in docs.iter().zip(0..) {
            updates.push_back(change(doc, |txn| {
                let notes = txn.get_or_insert_text("notes");
                notes.insert(txn, writer * apart + round, "y");
            }));
        }
    }
    updates
}

/// So many updates of one character each, typed in runs all over: what a client sends that pushes a large document.
pub fn pushed(onto: &Stored, updates: u32) -> VecDeque<Vec<u8>> {
    let doc = open(onto);
    let mut place: u32 = 1;
    let type_one = |number: u32| {
        change(&doc, |txn| {
            let notes = txn.get_or_insert_text("notes");
            let length = notes.len(txn);
            place = if number.is_multiple_of(RUN) {
                elsewhere(place, length)
            } else {
                (place + 1).min(length)
            };
            notes.insert(txn, place, "x");
        })
    };
    (0..updates).map(type_one).collect()
}

/// A place that looks random and is the same every time.
fn elsewhere(place: u32, length: u32) -> u32 {
    place.wrapping_mul(1_664_525).wrapping_add(1_013_904_223) % (length + 1)
}

/// So many updates of one sentence each, some sixty bytes as they are sent, each at another place.
pub fn sentences(onto: &Stored, updates: u32) -> VecDeque<Vec<u8>> {
    let doc = open(onto);
    let length = doc.get_or_insert_text("notes").len(&doc.transact());
    let write_one = |number: u32| {
        change(&doc, |txn| {
            let place = number.wrapping_mul(1_664_525) % length;
            txn.get_or_insert_text("notes")
                .insert(txn, place, "This is what they noted. ");
        })
    };
    (0..updates).map(write_one).collect()
}

/// So many updates of one highlight each.
pub fn highlights(onto: &Stored, user: &str, updates: u32) -> VecDeque<Vec<u8>> {
    let doc = open(onto);
    let make_one = |number| change(&doc, |txn| highlight(txn, user, number));
    (0..updates).map(make_one).collect()
}

/// A replica of a stored document, which writes under `WRITERS_CLIENT`.
pub fn open(stored: &Stored) -> Doc {
    let doc = replica(WRITERS_CLIENT);
    apply(&doc, &stored.snapshot);
    doc
}

pub fn whole(doc: &Doc) -> Vec<u8> {
    doc.transact().encode_diff_v1(&StateVector::default())
}

pub fn apply(doc: &Doc, update: &[u8]) {
    let update = Update::decode_v1(update).expect("it was encoded here");
    doc.transact_mut()
        .apply_update(update)
        .expect("it follows on what is there");
}

fn change(doc: &Doc, change: impl FnOnce(&mut TransactionMut<'_>)) -> Vec<u8> {
    let mut txn = doc.transact_mut();
    change(&mut txn);
    txn.encode_update_v1()
}

fn replica(client: u64) -> Doc {
    Doc::with_options(Options {
        offset_kind: OffsetKind::Utf16,
        ..Options::with_guid_and_client_id("bench".into(), ClientID::new(client))
    })
}
