//! Reading highlights and comments back, from whatever clients have written.

use std::{collections::HashMap, sync::Arc};

use annotation::{
    Moment, comments, empty_document, encode_snapshot, highlight_count, highlights, load_snapshot,
    same_content,
};
use yrs::{Any, Doc, In, Map, MapPrelim, Text, TextPrelim, Transact, WriteTxn};

#[test]
fn a_highlight_reads_the_same_as_a_nested_map_and_as_one_json_value() {
    let document = empty_document(1, "d");
    {
        let mut txn = document.transact_mut();
        let map = txn.get_or_insert_map("highlights");
        let nested = map.insert(&mut txn, "b-nested", MapPrelim::default());
        for (name, value) in fields() {
            nested.insert(&mut txn, name, value);
        }
        let plain: HashMap<String, Any> = fields()
            .into_iter()
            .map(|(k, v)| (k.to_owned(), v))
            .collect();
        map.insert(&mut txn, "a-plain", Any::Map(Arc::new(plain)));
    }

    let read = highlights(&document.transact());

    assert_eq!(
        read.iter().map(|h| h.id.as_str()).collect::<Vec<_>>(),
        ["a-plain", "b-nested"]
    );
    for highlight in &read {
        assert_eq!(highlight.tag.as_deref(), Some("facts"));
        assert_eq!(
            (highlight.start, highlight.end),
            (Some(10), Some(20)),
            "10.0 is how pycrdt writes 10"
        );
        assert_eq!(
            highlight.created_at,
            Some(Moment::Millis(1_700_000_000_000))
        );
    }
    assert_eq!(highlight_count(&document.transact()), 2);
}

#[test]
fn junk_is_skipped_or_left_out_and_never_an_error() {
    let document = empty_document(1, "d");
    {
        let mut txn = document.transact_mut();
        let map = txn.get_or_insert_map("highlights");
        map.insert(&mut txn, "number", 7);
        map.insert(&mut txn, "text", TextPrelim::new("a text"));
        map.insert(&mut txn, "", MapPrelim::default());
        map.insert(&mut txn, "nul\0", MapPrelim::default());
        map.insert(&mut txn, "x".repeat(201), MapPrelim::default());
        let odd = map.insert(&mut txn, "odd", MapPrelim::default());
        for (name, value) in [
            ("tag", Any::from(1.5)),
            ("start", Any::from(-1)),
            ("end", Any::from(1e300)),
            ("quote", Any::from("a\0b\u{1b}c\nd")),
            ("author", Any::from("x".repeat(1_000))),
            ("created_at", Any::from(f64::NAN)),
            ("para", Any::Null),
        ] {
            odd.insert(&mut txn, name, value);
        }
    }

    let read = highlights(&document.transact());

    assert_eq!(
        highlight_count(&document.transact()),
        6,
        "every entry counts, readable or not"
    );
    assert_eq!(read.len(), 1);
    assert_eq!(
        (&read[0].tag, read[0].start, read[0].end, &read[0].para),
        (&None, None, None, &None)
    );
    assert_eq!(read[0].quote.as_deref(), Some("abc\nd"));
    assert_eq!(read[0].author.as_ref().map(String::len), Some(200));
    assert_eq!(read[0].created_at, None);
}

#[test]
fn deleted_entries_are_neither_counted_nor_read() {
    let document = empty_document(1, "d");
    {
        let mut txn = document.transact_mut();
        let map = txn.get_or_insert_map("highlights");
        map.insert(&mut txn, "gone", MapPrelim::default());
        map.insert(&mut txn, "kept", MapPrelim::default());
        map.remove(&mut txn, "gone");
    }
    assert_eq!(highlight_count(&document.transact()), 1);
    assert_eq!(highlights(&document.transact())[0].id, "kept");
}

#[test]
fn comments_are_read_flat_and_may_name_what_does_not_exist() {
    let document = empty_document(1, "d");
    {
        let mut txn = document.transact_mut();
        let map = txn.get_or_insert_map("comments");
        let comment = map.insert(&mut txn, "c1", MapPrelim::default());
        comment.insert(&mut txn, "highlight_id", "gone");
        comment.insert(&mut txn, "parent_id", "c0");
        comment.insert(
            &mut txn,
            "text",
            In::from(TextPrelim::new("typed together")),
        );
        comment.insert(&mut txn, "created_at", "2026-11-21T04:00:00Z");
    }

    let read = comments(&document.transact());

    assert_eq!(read[0].highlight_id.as_deref(), Some("gone"));
    assert_eq!(read[0].parent_id.as_deref(), Some("c0"));
    assert_eq!(read[0].text.as_deref(), Some("typed together"));
    assert_eq!(
        read[0].created_at,
        Some(Moment::Text("2026-11-21T04:00:00Z".into()))
    );
}

#[test]
fn reading_a_root_of_another_kind_finds_nothing_and_changes_nothing() {
    for document in [
        text_named("highlights"),
        reloaded(&text_named("highlights")),
        empty_document(1, "d"),
    ] {
        let before = encode_snapshot(&document.transact());
        assert_eq!(highlight_count(&document.transact()), 0);
        assert_eq!(highlights(&document.transact()), []);
        assert_eq!(comments(&document.transact()), []);
        assert_eq!(encode_snapshot(&document.transact()), before);
        assert!(same_content(
            &document.transact(),
            &load_snapshot(&before).unwrap().transact()
        ));
    }
}

#[test]
fn a_loaded_snapshot_whose_roots_nobody_named_is_read_all_the_same() {
    let document = empty_document(1, "d");
    {
        let mut txn = document.transact_mut();
        let map = txn.get_or_insert_map("highlights");
        map.insert(&mut txn, "h", MapPrelim::from([("tag", "facts")]));
    }
    let loaded = reloaded(&document);
    assert_eq!(highlight_count(&loaded.transact()), 1);
    assert_eq!(
        highlights(&loaded.transact())[0].tag.as_deref(),
        Some("facts")
    );
}

fn fields() -> Vec<(&'static str, Any)> {
    vec![
        ("tag", Any::from("facts")),
        ("start", Any::from(10.0)),
        ("end", Any::from(20)),
        ("quote", Any::from("the words")),
        ("created_at", Any::from(1_700_000_000_000.0)),
    ]
}

fn text_named(root: &str) -> Doc {
    let document = empty_document(1, "d");
    {
        let mut txn = document.transact_mut();
        let text = txn.get_or_insert_text(root);
        text.push(&mut txn, "not a map");
    }
    document
}

fn reloaded(document: &Doc) -> Doc {
    load_snapshot(&encode_snapshot(&document.transact())).expect("what was encoded loads")
}
