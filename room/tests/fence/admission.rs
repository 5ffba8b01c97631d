//! Admission: what of an update is new, and what of that can be integrated at once.

#[cfg(target_arch = "wasm32")]
use wasm_bindgen_test::wasm_bindgen_test as test;

use room::{
    decode::StateVector,
    known::{Admission, Known},
};
use yrs::{GetString, Map, Text, Transact, types::ToJson};

use crate::{
    support::{BOUNDS, Fenced, Observed},
    write::{between, entry, gc, in_root, in_type, skip, text, update},
};

fn nothing(incomplete: bool) -> Admission {
    Admission {
        novel: None,
        incomplete,
        structs: 0,
        struct_bytes: 0,
        deletes_only: false,
        writers: vec![],
        foreign: None,
    }
}

/// A room that holds "abc" of client 1 in the root `t`.
fn room_with_text() -> Fenced {
    let mut room = Fenced::new();
    room.feed(&update(&[(1, 0, vec![in_root(4, &text("abc"))])], &[]))
        .expect("a text is taken");
    room
}

fn text_of(room: &Fenced) -> String {
    let root = room.observed.doc.get_or_insert_text("t");
    root.get_string(&room.observed.doc.transact())
}

#[test]
fn ad7_a_gap_is_left_out_and_reported() {
    let mut room = room_with_text();
    let ahead = update(
        &[(1, 4, vec![between(Some((1, 2)), None, 4, &text("e"))])],
        &[],
    );
    assert_eq!(room.feed(&ahead), Ok(nothing(true)));
    // An entry of another root builds on nothing that is missing: yrs would take it and emit nothing.
    let independent = update(&[(1, 9, vec![entry("k", 8, &[1, 126])])], &[]);
    assert_eq!(room.feed(&independent), Ok(nothing(true)));
}

#[test]
fn ad7_what_follows_a_skip_is_left_out_and_what_precedes_it_is_taken() {
    let mut room = room_with_text();
    let after = |clock| between(Some((1, clock)), None, 4, &text("x"));
    let pending = update(
        &[
            (1, 3, vec![after(2), skip(2), after(3)]),
            (2, 0, vec![skip(1), gc(1)]),
        ],
        &[],
    );
    let admission = room.feed(&pending).unwrap();
    assert!(admission.incomplete);
    assert_eq!((admission.structs, admission.writers), (1, vec![1]));
    assert_eq!(text_of(&room), "abcx");
}

#[test]
fn ad7_a_skip_over_what_is_known_is_no_gap() {
    let mut room = room_with_text();
    let known = update(
        &[(
            1,
            1,
            vec![skip(2), between(Some((1, 2)), None, 4, &text("d"))],
        )],
        &[],
    );
    assert!(!room.feed(&known).unwrap().incomplete);
    assert_eq!(text_of(&room), "abcd");
}

#[test]
fn ad7_a_skip_with_nothing_behind_it_lacks_nothing() {
    assert_eq!(
        room_with_text().feed(&update(&[(1, 3, vec![skip(9)])], &[])),
        Ok(nothing(false))
    );
}

#[test]
fn ad8_structs_with_an_unknown_neighbour_or_parent_are_left_out() {
    for lacking in [
        between(Some((9, 0)), None, 4, &text("x")),
        between(None, Some((9, 0)), 4, &text("x")),
        between(Some((1, 2)), Some((1, 3)), 4, &text("x")),
        in_type((9, 0), 4, &text("x")),
        // Its own neighbour, and its own parent.
        between(Some((2, 0)), None, 4, &text("x")),
        in_type((2, 0), 7, &[0]),
    ] {
        let mut room = room_with_text();
        let update = update(&[(2, 0, vec![lacking, gc(1)])], &[]);
        assert_eq!(room.feed(&update), Ok(nothing(true)));
    }
}

#[test]
fn ad8_structs_that_need_each_other_across_clients_are_taken_in_any_order() {
    // Client 3 starts on 1, client 2 goes on from 3, client 3 from 2 and so on, up and down.
    let after = |id| between(Some(id), None, 4, &text("x"));
    let mut of_two = vec![after((3, 0))];
    let mut of_three = vec![after((1, 2))];
    for clock in 0..500 {
        of_three.push(after((2, clock)));
        of_two.push(after((3, clock + 1)));
    }
    for is_reversed in [false, true] {
        let mut runs = vec![(2, 0, of_two.clone()), (3, 0, of_three.clone())];
        if is_reversed {
            runs.reverse();
        }
        let mut room = room_with_text();
        let admission = room.feed(&update(&runs, &[])).unwrap();
        assert_eq!((admission.incomplete, admission.structs), (false, 1_002));
        assert_eq!(admission.writers, vec![2, 3]);
    }
}

#[test]
fn ad8_structs_that_wait_for_each_other_in_a_circle_are_left_out() {
    let after = |id| between(Some(id), None, 4, &text("x"));
    let circle = update(
        &[(2, 0, vec![after((3, 0))]), (3, 0, vec![after((2, 0))])],
        &[],
    );
    assert_eq!(room_with_text().feed(&circle), Ok(nothing(true)));
}

#[test]
fn ad9_known_structs_and_deletes_are_stripped() {
    let mut room = room_with_text();
    room.feed(&update(&[], &[(1, 0, 2)])).unwrap();
    let echo = update(
        &[(1, 0, vec![in_root(4, &text("abc"))])],
        &[(1, 0, 1), (1, 1, 1)],
    );
    assert_eq!(room.feed(&echo), Ok(nothing(false)));
    let more = update(
        &[(1, 0, vec![in_root(4, &text("abc"))]), (2, 0, vec![gc(4)])],
        &[(1, 0, 3)],
    );
    let admission = room.feed(&more).unwrap();
    assert_eq!(
        admission.novel,
        Some(update(&[(2, 0, vec![gc(4)])], &[(1, 2, 1)]))
    );
    assert_eq!(
        (
            admission.structs,
            admission.struct_bytes,
            admission.deletes_only
        ),
        (1, 2, false)
    );
}

#[test]
fn ad9_an_empty_update_is_nothing() {
    assert_eq!(Known::new().admit(&[0, 0], &BOUNDS), Ok(nothing(false)));
    assert_eq!(
        Known::new().admit(&[1, 0, 7, 0, 1, 7, 0], &BOUNDS),
        Ok(nothing(false))
    );
    assert_eq!(
        Known::new().admit(&update(&[], &[(1, 0, 0)]), &BOUNDS),
        Ok(nothing(false))
    );
}

#[test]
fn ad10_a_struct_that_is_known_in_part_is_cut() {
    let cases: [(u8, &[u8], u32, &[u8]); 5] = [
        (4, &text("abcdef"), 6, &text("def")),
        (4, &text("äb😀d"), 5, &text("\u{fffd}d")),
        (4, &text("ab€de"), 5, &text("de")),
        (
            8,
            &[5, 126, 120, 119, 1, b'x', 117, 1, 126, 127],
            5,
            &[2, 117, 1, 126, 127],
        ),
        (1, &[200, 1], 200, &[197, 1]),
    ];
    for (kind, content, len, tail) in cases {
        let mut room = room_with_text();
        let whole = update(&[(1, 0, vec![in_root(kind, content)])], &[]);
        let admission = room.feed(&whole).unwrap();
        let expected = update(
            &[(1, 3, vec![between(Some((1, 2)), None, kind, tail)])],
            &[],
        );
        assert_eq!(admission.novel, Some(expected), "{kind}");
        assert_eq!(room.known.state_vector()[&1], len);
    }
    let mut room = room_with_text();
    assert_eq!(
        room.feed(&update(&[(1, 1, vec![gc(9)])], &[]))
            .unwrap()
            .novel,
        Some(update(&[(1, 3, vec![gc(7)])], &[]))
    );
}

#[test]
fn ad10_a_forged_head_cannot_move_the_new_part_of_a_struct_elsewhere() {
    let mut room = room_with_text();
    room.feed(&update(
        &[(1, 0, vec![entry("k", 8, &[5, 126, 126, 126, 126, 126])])],
        &[],
    ))
    .unwrap();
    let root = room.observed.doc.get_or_insert_map("t");
    assert_eq!(
        root.len(&room.observed.doc.transact()),
        0,
        "the new part stands beside the known one"
    );
    assert_eq!(room.known.state_vector()[&1], 5);
}

#[test]
fn ad11_deletes_of_what_is_unknown_are_left_out() {
    let mut room = room_with_text();
    let admission = room.feed(&update(&[], &[(1, 1, 9), (2, 0, 3)])).unwrap();
    assert_eq!(admission.novel, Some(update(&[], &[(1, 1, 2)])));
    assert!(admission.incomplete && admission.deletes_only);
    assert_eq!(text_of(&room), "a");
}

#[test]
fn ad11_deletes_reach_what_the_same_update_brings() {
    let mut room = room_with_text();
    let both = update(
        &[(2, 0, vec![between(Some((1, 2)), None, 4, &text("xyz"))])],
        &[(2, 1, 1), (1, 0, 1)],
    );
    let admission = room.feed(&both).unwrap();
    assert!(!admission.incomplete && !admission.deletes_only);
    assert_eq!(text_of(&room), "bcxz");
}

#[test]
fn ad12_what_stands_in_a_deleted_place_becomes_a_tombstone() {
    let mut room = Fenced::new();
    let nested = update(
        &[(
            1,
            0,
            vec![in_root(7, &[0]), in_type((1, 0), 4, &text("ab"))],
        )],
        &[],
    );
    room.feed(&nested).unwrap();
    room.feed(&update(&[], &[(1, 0, 1)])).unwrap();
    room.feed(&update(&[(2, 0, vec![in_type((1, 0), 7, &[0])])], &[]))
        .unwrap();
    room.feed(&update(
        &[(
            3,
            0,
            vec![between(Some((1, 1)), Some((1, 2)), 4, &text("x"))],
        )],
        &[],
    ))
    .unwrap();
    assert_eq!(
        room.known.deleted().collect::<Vec<_>>(),
        [(1, 0, 3), (2, 0, 1), (3, 0, 1)]
    );
    // The same after a reload, which knows the place only as a tombstone.
    let mut known = Known::new();
    known.absorb(&room.check_round_trip()).unwrap();
    let inside = update(&[(4, 0, vec![in_type((2, 0), 4, &text("y"))])], &[]);
    assert_eq!(known.admit(&inside, &BOUNDS).unwrap().structs, 1);
    room.feed(&inside).unwrap();
}

#[test]
fn ad13_a_stored_update_with_a_gap_is_not_taken_in() {
    let room = room_with_text();
    for damaged in [
        update(&[(1, 4, vec![gc(1)])], &[]),
        update(&[], &[(1, 0, 4)]),
        update(
            &[(2, 0, vec![between(Some((9, 0)), None, 4, &text("x"))])],
            &[],
        ),
        vec![1, 2, 3],
        vec![],
    ] {
        let mut known = room.known.clone();
        assert!(known.absorb(&damaged).is_err());
        assert_eq!(known.state_vector(), room.known.state_vector());
        assert_eq!(known.deleted().count(), 0, "nothing was taken in");
    }
}

#[test]
fn ad13_a_tombstone_is_a_deletion_even_where_no_delete_set_says_so() {
    let mut known = Known::new();
    let stored = update(
        &[(1, 0, vec![gc(3), in_root(4, &text("ab")), in_root(1, &[2])])],
        &[],
    );
    known.absorb(&stored).expect("the update is whole");
    assert_eq!(known.deleted().collect::<Vec<_>>(), [(1, 0, 3), (1, 5, 7)]);
}

#[test]
fn ad14_an_offline_document_of_8_mb_is_taken_whole() {
    let author = Observed::new(7);
    let notes = author.doc.get_or_insert_text("t");
    notes.insert(
        &mut author.doc.transact_mut(),
        0,
        &"judgment ".repeat(900_000),
    );
    let mut room = Fenced::new();
    assert!(
        !room
            .feed(&author.diff(&StateVector::new()))
            .unwrap()
            .incomplete
    );
    assert_eq!(room.known.state_vector()[&7], 8_100_000);
}

#[test]
fn ad14_a_readers_whole_document_adds_nothing_whatever_the_bounds() {
    let author = Observed::new(7);
    let map = author.doc.get_or_insert_map("m");
    for index in 0..2_000 {
        let key = format!("k{}", index % 700);
        map.insert(&mut author.doc.transact_mut(), key, index);
    }
    let mut room = Fenced::new();
    let document = author.diff(&StateVector::new());
    room.feed(&document).unwrap();
    let bounds = room::known::AdmitBounds::of_peer(0);
    assert_eq!(room.known.admit(&document, &bounds), Ok(nothing(false)));
    let root = room.observed.doc.get_or_insert_map("m");
    assert_eq!(
        root.to_json(&room.observed.doc.transact()),
        map.to_json(&author.doc.transact())
    );
}
