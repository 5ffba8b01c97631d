//! Uniting and comparing whole documents.

use annotation::{
    NoUnion, Union, UnreadableSnapshot, contains, empty_document, encode_snapshot, load_snapshot,
    same_content, union,
};
use yrs::{
    Doc, GetString, ReadTxn, StateVector, Text, Transact, Update, WriteTxn,
    updates::decoder::Decode,
};

#[test]
fn the_union_of_two_diverged_documents_holds_both() {
    let common = typed(1, "common ");
    let (left, right) = (
        extended(&common, 2, "left "),
        extended(&common, 3, "right "),
    );

    let Ok(Union::Merged { bytes, .. }) = union(&left, &right) else {
        panic!("neither holds the other")
    };

    let merged = load_snapshot(&bytes).unwrap();
    for part in [&left, &right, &common] {
        assert!(contains(
            &merged.transact(),
            &load_snapshot(part).unwrap().transact()
        ));
    }
    let Ok(Union::Merged {
        bytes: mirrored, ..
    }) = union(&right, &left)
    else {
        panic!("order does not matter")
    };
    assert!(same_content(
        &merged.transact(),
        &load_snapshot(&mirrored).unwrap().transact()
    ));
}

#[test]
fn a_union_that_adds_nothing_says_which_side_it_equals() {
    let shorter = typed(1, "a");
    let longer = extended(&shorter, 2, "b");

    assert_eq!(
        union(&longer, &shorter),
        Ok(Union::Stored { exceeds_sent: true })
    );
    assert_eq!(
        union(&longer, &longer),
        Ok(Union::Stored {
            exceeds_sent: false
        })
    );
    assert_eq!(union(&shorter, &longer), Ok(Union::Sent));
}

#[test]
fn a_deletion_alone_makes_a_document_hold_more() {
    let whole = typed(1, "delete me");
    let cut = edited(&whole, 2, |document| {
        let mut txn = document.transact_mut();
        let text = txn.get_or_insert_text("notes");
        text.remove_range(&mut txn, 0, 7);
    });

    assert_eq!(union(&whole, &cut), Ok(Union::Sent));
    assert_eq!(
        union(&cut, &whole),
        Ok(Union::Stored { exceeds_sent: true })
    );

    let other = extended(&whole, 3, "!");
    let Ok(Union::Merged { bytes, .. }) = union(&other, &cut) else {
        panic!("neither holds the other")
    };
    assert_eq!(notes(&load_snapshot(&bytes).unwrap()), "me!");
}

#[test]
fn damaged_snapshots_are_errors_and_never_empty_documents() {
    let whole = typed(1, "hello");
    assert_eq!(load_snapshot(&[]).err(), Some(UnreadableSnapshot::NoUpdate));
    assert_eq!(
        load_snapshot(&whole[..whole.len() / 2]).err(),
        Some(UnreadableSnapshot::NoUpdate)
    );
    let damaged = UnreadableSnapshot::NoUpdate;
    assert_eq!(union(&whole, &[9, 9, 9]), Err(NoUnion::Sent(damaged)));
    assert_eq!(union(&[9, 9, 9], &whole), Err(NoUnion::Stored(damaged)));
    assert!(load_snapshot(Update::EMPTY_V1).is_ok());
}

#[test]
fn a_part_of_a_document_is_not_a_snapshot() {
    let first = typed(1, "hello");
    let whole = load_snapshot(&extended_by_same(&first, "world")).unwrap();
    let known = load_snapshot(&first).unwrap().transact().state_vector();
    let tail = whole.transact().encode_diff_v1(&known);

    assert_ne!(known, StateVector::default());
    assert_eq!(
        load_snapshot(&tail).err(),
        Some(UnreadableSnapshot::Incomplete)
    );
}

#[test]
fn a_gap_that_yrs_integrates_in_silence_is_not_a_snapshot() {
    let document = empty_document(1, "d");
    {
        let mut txn = document.transact_mut();
        let text = txn.get_or_insert_text("other");
        text.push(&mut txn, "x");
    }
    let known = document.transact().state_vector();
    {
        let mut txn = document.transact_mut();
        let text = txn.get_or_insert_text("notes");
        text.push(&mut txn, "independent of what came before");
    }
    let behind_a_gap = document.transact().encode_diff_v1(&known);

    assert_eq!(
        load_snapshot(&behind_a_gap).err(),
        Some(UnreadableSnapshot::Incomplete)
    );
}

fn typed(client: u64, text: &str) -> Vec<u8> {
    edited(Update::EMPTY_V1, client, |document| push(document, text))
}

fn extended(snapshot: &[u8], client: u64, text: &str) -> Vec<u8> {
    edited(snapshot, client, |document| push(document, text))
}

fn extended_by_same(snapshot: &[u8], text: &str) -> Vec<u8> {
    extended(snapshot, 1, text)
}

fn edited(snapshot: &[u8], client: u64, edit: impl FnOnce(&Doc)) -> Vec<u8> {
    let document = empty_document(client, "d");
    let update = Update::decode_v1(snapshot).expect("a snapshot of these tests");
    document
        .transact_mut()
        .apply_update(update)
        .expect("a whole document applies");
    edit(&document);
    encode_snapshot(&document.transact())
}

fn push(document: &Doc, words: &str) {
    let mut txn = document.transact_mut();
    let text = txn.get_or_insert_text("notes");
    text.push(&mut txn, words);
}

fn notes(document: &Doc) -> String {
    let txn = document.transact();
    txn.get_text("notes")
        .map(|text| text.get_string(&txn))
        .unwrap_or_default()
}
