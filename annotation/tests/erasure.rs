//! Somebody's traces in a document: what goes, what stays as nobody's, and what they are shown.

use std::collections::BTreeSet;

use annotation::{
    Erasure, Thing, belongings, comments, empty_document, encode_snapshot, erase_from, highlights,
    load_snapshot, read, tags, things,
};
use yrs::{
    Any, Doc, Map, MapPrelim, Out, ReadTxn, Text, Transact, Update, WriteTxn,
    updates::decoder::Decode,
};

const ANN: u64 = 11;
const BEN: u64 = 12;

#[test]
fn what_somebody_made_goes_with_every_byte_of_its_words() {
    let document = class();
    add(&document, "comments", "c", "ann", &[("text", "a secret")]);
    add(&document, "highlights", "h", "ann", &[("quote", "a quote")]);
    add(&document, "tags", "t", "ann", &[("name", "a tag")]);
    plain(&document, "comments", "p", "ann", "a plain secret");
    add(&document, "comments", "b", "ben", &[("text", "stays")]);
    assert!(erased(&document));
    let bytes = encode_snapshot(&document.transact());
    for words in ["ann", "a secret", "a quote", "a tag", "a plain"] {
        assert!(!contains(&bytes, words), "{words}");
    }
    assert!(contains(&bytes, "stays"));
    let document = load_snapshot(&bytes).expect("a whole document");
    assert_eq!(things(&document.transact()).len(), 1);
    assert!(!erased(&document), "it is done once");
}

#[test]
fn what_others_have_built_upon_stays_as_nobodys_without_a_word_of_its_author() {
    let document = class();
    let place = [("quote", "of the case"), ("tag", "t"), ("mine", "a secret")];
    add(&document, "highlights", "h", "ann", &place);
    add(&document, "highlights", "alone", "ann", &place);
    let tag = [("name", "Facts"), ("description", "a secret")];
    add(&document, "tags", "t", "ann", &tag);
    add(&document, "tags", "unused", "ann", &tag);
    let mine = [("highlight_id", "h"), ("text", "a secret")];
    add(&document, "comments", "first", "ann", &mine);
    let reply = [
        ("highlight_id", "h"),
        ("parent_id", "first"),
        ("text", "No"),
    ];
    add(&document, "comments", "reply", "ben", &reply);
    add(&document, "highlights", "bens", "ben", &[("tag", "t")]);
    assert!(erased(&document));
    let txn = document.transact();
    let kept: Vec<_> = highlights(&txn)
        .into_iter()
        .map(|it| (it.id, it.author_id))
        .collect();
    let bens = ("bens".to_owned(), Some("ben".to_owned()));
    assert_eq!(kept, [bens, ("h".to_owned(), None)]);
    let highlight = highlights(&txn).swap_remove(1);
    assert_eq!(highlight.quote.as_deref(), Some("of the case"));
    assert_eq!((highlight.author, highlight.created_at), (None, None));
    assert_eq!(tags(&txn).len(), 1);
    assert_eq!(comments(&txn).len(), 1);
    let bytes = encode_snapshot(&txn);
    assert!(!contains(&bytes, "ann") && !contains(&bytes, "a secret"));
    drop(txn);
    assert!(!erased(&document), "it is done once");
}

#[test]
fn what_stays_in_a_later_version_stays_in_an_earlier_one() {
    let document = class();
    add(
        &document,
        "highlights",
        "h",
        "ann",
        &[("quote", "of the case")],
    );
    let stay = BTreeSet::from([(Thing::Highlight, "h".to_owned())]);
    assert!(erase_from(
        &document,
        &Erasure {
            people: &ann(),
            is_theirs: &|_| false,
            stay: &stay
        }
    ));
    assert_eq!(highlights(&document.transact())[0].author_id, None);
}

#[test]
fn whoever_has_resolved_is_forgotten_and_it_stays_resolved() {
    let document = class();
    for (key, by) in [("h", "ann"), ("other", "ben")] {
        let resolved = [
            ("resolved_by", "Name"),
            ("resolved_by_id", by),
            ("resolved_at", "then"),
        ];
        add(&document, "highlights", key, "ben", &resolved);
    }
    assert!(erased(&document));
    let field = |key: &str, name: &str| {
        let txn = document.transact();
        let Some(Out::YMap(thing)) = txn.get_map("highlights")?.get(&txn, key) else {
            return None;
        };
        Some(thing.get(&txn, name)?.to_string(&txn))
    };
    assert_eq!(field("h", "resolved_at").as_deref(), Some("then"));
    assert_eq!(
        (field("h", "resolved_by"), field("h", "resolved_by_id")),
        (None, None)
    );
    assert_eq!(field("other", "resolved_by_id").as_deref(), Some("ben"));
}

#[test]
fn words_in_the_notes_go_by_whose_client_id_wrote_them() {
    let anns = empty_document(ANN, "test");
    let ben = empty_document(BEN, "test");
    note(&anns, 0, "Ann's 🎓 words");
    copy(&anns, &ben);
    note(&ben, 5, "[Ben]");
    note(&ben, 0, "By Ben: ");
    copy(&ben, &anns);
    note(&anns, 8, "more of Ann's ");
    assert!(erased(&anns));
    let txn = anns.transact();
    let notes = annotation::notes(&txn);
    assert_eq!(notes, "By Ben: [Ben]");
    let bytes = encode_snapshot(&txn);
    assert!(!contains(&bytes, "words") && !contains(&bytes, "more of"));
}

#[test]
fn nothing_of_somebody_changes_nothing() {
    let document = class();
    add(&document, "comments", "b", "ben", &[("text", "stays")]);
    note(&document, 0, "Ben's");
    let before = encode_snapshot(&document.transact());
    assert!(!erased(&document));
    assert_eq!(encode_snapshot(&document.transact()), before);
}

#[test]
fn somebody_is_shown_what_is_theirs_and_nothing_else() {
    let document = class();
    add(&document, "comments", "c", "ann", &[("text", "mine")]);
    plain(&document, "tags", "p", "ann", "Facts");
    add(&document, "comments", "b", "ben", &[("text", "not mine")]);
    let txn = read(&document).expect("nobody writes");
    let mine = belongings(&txn, "ann");
    let kinds: Vec<_> = mine.iter().map(|it| (it.thing, it.id.as_str())).collect();
    assert_eq!(kinds, [(Thing::Comment, "c"), (Thing::Tag, "p")]);
    assert!(
        mine[0].json.contains(r#""text":"mine""#),
        "{}",
        mine[0].json
    );
    assert!(mine[1].json.contains("Facts"));
}

fn ann() -> BTreeSet<String> {
    BTreeSet::from(["ann".to_owned()])
}

fn class() -> Doc {
    empty_document(BEN, "test")
}

fn erased(document: &Doc) -> bool {
    erase_from(
        document,
        &Erasure {
            people: &ann(),
            is_theirs: &|client| client == ANN,
            stay: &BTreeSet::new(),
        },
    )
}

fn add(document: &Doc, root: &str, key: &str, author: &str, fields: &[(&str, &str)]) {
    let mut txn = document.transact_mut();
    let name = format!("Name of {author}");
    let signed = [
        ("author_id", author),
        ("author", &name),
        ("created_at", "then"),
    ];
    let all = fields.iter().chain(&signed);
    let thing =
        MapPrelim::from_iter(all.map(|(name, value)| ((*name).to_owned(), Any::from(*value))));
    txn.get_or_insert_map(root).insert(&mut txn, key, thing);
}

/// As one JSON value, as some clients write.
fn plain(document: &Doc, root: &str, key: &str, author: &str, text: &str) {
    let mut txn = document.transact_mut();
    let fields = [("author_id", author), ("text", text)];
    let value = fields.map(|(name, value)| (name.to_owned(), Any::from(value)));
    let map = txn.get_or_insert_map(root);
    map.insert(
        &mut txn,
        key,
        Any::from(std::collections::HashMap::from(value)),
    );
}

fn note(document: &Doc, at: u32, words: &str) {
    let mut txn = document.transact_mut();
    txn.get_or_insert_text("notes").insert(&mut txn, at, words);
}

fn copy(from: &Doc, to: &Doc) {
    let whole = Update::decode_v1(&encode_snapshot(&from.transact())).expect("an update");
    to.transact_mut().apply_update(whole).expect("it follows");
}

fn contains(bytes: &[u8], words: &str) -> bool {
    bytes
        .windows(words.len())
        .any(|window| window == words.as_bytes())
}
