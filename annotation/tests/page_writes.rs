//! Reading what the page writes. `page_writes.bin` is made by web/test/marginalia/host_fixture.ts; a test there sees to it
//! that it stays what the page writes.

use annotation::{Moment, comments, highlight_count, highlights, load_snapshot, read};
use yrs::{GetString, ReadTxn};

const SNAPSHOT: &[u8] = include_bytes!("page_writes.bin");

#[test]
fn the_page_s_highlights_are_read_whole() {
    let document = load_snapshot(SNAPSHOT).expect("the page writes whole documents");
    let txn = read(&document).expect("nobody writes");

    let read = highlights(&txn);

    assert_eq!(highlight_count(&txn), 2, "the deleted one is gone");
    let [green, wave] = read.as_slice() else {
        panic!("{} highlights were read", read.len());
    };
    assert_eq!(green.tag.as_deref(), Some("tag-reasons"));
    assert_eq!(green.quote.as_deref(), Some("was green"));
    assert_eq!((green.start, green.end), (Some(23), Some(32)));
    assert_eq!(green.para.as_deref(), Some("1"));
    assert_eq!(green.author_id.as_deref(), Some("user-1"));
    assert_eq!(green.author.as_deref(), Some("Ada"));
    assert_eq!(
        green.created_at,
        Some(Moment::Text("2026-01-05T09:00:01.000Z".into()))
    );
    assert_eq!(
        wave.quote.as_deref(),
        Some("pilot 🌊 took"),
        "brought back by undo"
    );
    assert_eq!(wave.tag, None);
    let units = wave.end.zip(wave.start).map(|(end, start)| end - start);
    assert_eq!(units, Some(13), "offsets are UTF-16 units");
}

#[test]
fn the_page_s_comments_are_read_whole() {
    let document = load_snapshot(SNAPSHOT).expect("the page writes whole documents");
    let txn = read(&document).expect("nobody writes");

    let read = comments(&txn);

    let [answer, first, hidden] = read.as_slice() else {
        panic!("{} comments were read", read.len());
    };
    assert_eq!(first.text.as_deref(), Some("Green 🌊?"));
    assert_eq!(first.author.as_deref(), Some("Ben 🌊"));
    assert_eq!(first.parent_id, None);
    assert!(first.edited_at.is_some());
    assert_eq!(answer.text.as_deref(), Some("A lamp."));
    assert_eq!(answer.parent_id.as_ref(), Some(&first.id));
    assert_eq!(answer.edited_at, None);
    assert_eq!(hidden.text.as_deref(), Some("on a highlight that goes"));
    let highlights = highlights(&txn);
    let is_there =
        |id: &Option<String>| highlights.iter().any(|each| Some(&each.id) == id.as_ref());
    assert!(is_there(&first.highlight_id) && is_there(&answer.highlight_id));
    assert!(!is_there(&hidden.highlight_id));
}

#[test]
fn the_page_s_notes_are_a_text() {
    let document = load_snapshot(SNAPSHOT).expect("the page writes whole documents");
    let txn = read(&document).expect("nobody writes");

    let notes = txn.get_text("notes").expect("there are notes");

    assert_eq!(notes.get_string(&txn), "Read twice.");
}
