//! Documents as rooms encode them.

use annotation::{contains, empty_document, encode_snapshot, load_snapshot};
use yrs::{
    Doc, GetString, Map, MapPrelim, ReadTxn, Text, Transact, Update, WriteTxn,
    updates::decoder::Decode,
};

/// A snapshot in which `client` typed `words` into the notes.
pub fn typed(client: u64, words: &str) -> Vec<u8> {
    extended(Update::EMPTY_V1, client, words)
}

/// `snapshot` after `client` typed `words` behind it.
pub fn extended(snapshot: &[u8], client: u64, words: &str) -> Vec<u8> {
    edited(snapshot, client, |document| {
        let mut txn = document.transact_mut();
        let text = txn.get_or_insert_text("notes");
        let end = text.len(&txn);
        text.insert(&mut txn, end, words);
    })
}

/// `snapshot` after `client` highlighted something.
pub fn highlighted(
    snapshot: &[u8],
    client: u64,
    id: &str,
    fields: &[(&'static str, &'static str)],
) -> Vec<u8> {
    edited(snapshot, client, |document| {
        let mut txn = document.transact_mut();
        let map = txn.get_or_insert_map("highlights");
        map.insert(&mut txn, id, MapPrelim::from_iter(fields.iter().copied()));
    })
}

/// `snapshot` after `client` wrote a comment, or wrote it anew.
pub fn commented(snapshot: &[u8], client: u64, id: &str, fields: &[(&str, &str)]) -> Vec<u8> {
    edited(snapshot, client, |document| {
        let mut txn = document.transact_mut();
        let map = txn.get_or_insert_map("comments");
        let fields = fields
            .iter()
            .map(|(name, value)| ((*name).to_owned(), yrs::Any::from(*value)));
        map.insert(&mut txn, id, MapPrelim::from_iter(fields));
    })
}

/// `snapshot` after an edit.
pub fn edited(snapshot: &[u8], client: u64, edit: impl FnOnce(&Doc)) -> Vec<u8> {
    let document = empty_document(client, "test");
    let update = Update::decode_v1(snapshot).expect("a snapshot");
    document
        .transact_mut()
        .apply_update(update)
        .expect("a snapshot applies");
    edit(&document);
    encode_snapshot(&document.transact())
}

/// Whether `whole` holds everything of `part`.
pub fn holds(whole: &[u8], part: &[u8]) -> bool {
    let (whole, part) = (
        load_snapshot(whole).expect("a snapshot"),
        load_snapshot(part).expect("a snapshot"),
    );
    contains(&whole.transact(), &part.transact())
}

/// The notes of a snapshot.
pub fn notes(snapshot: &[u8]) -> String {
    let document = load_snapshot(snapshot).expect("a snapshot");
    let txn = document.transact();
    txn.get_text("notes")
        .map(|text| text.get_string(&txn))
        .unwrap_or_default()
}
