//! AD6: what stands between two others stands in one shared type with both. Otherwise each replica would put it where the
//! neighbour is that it still has, and Yjs would delete here, by whoever's hands, what lives there.

#[cfg(target_arch = "wasm32")]
use wasm_bindgen_test::wasm_bindgen_test as test;

use room::known::Refusal;
use yrs::{Array, Out, Transact};

use crate::{
    support::{BOUNDS, Fenced, Observed},
    write::{between, gc, in_root, in_type, text, update},
};

/// Where the arrays of `two_lists` are, and what is in them.
const FIRST: (u64, u32) = (1, 0);
const SECOND: (u64, u32) = (1, 1);
const IN_FIRST: (u64, u32) = (1, 2);
const IN_SECOND: (u64, u32) = (1, 3);

/// Two lists in the root `t`, one behind the other, with one value each.
fn two_lists() -> Vec<u8> {
    let structs = vec![
        in_root(7, &[0]),
        between(Some(FIRST), None, 7, &[0]),
        in_type(FIRST, 8, &[1, 126]),
        in_type(SECOND, 8, &[1, 126]),
    ];
    update(&[(1, 0, structs)], &[])
}

fn room_with_two_lists() -> Fenced {
    let mut room = Fenced::new();
    room.feed(&two_lists()).expect("two lists are taken");
    room
}

/// One character of client 9.
fn character(left: (u64, u32), right: (u64, u32)) -> Vec<u8> {
    let item = between(Some(left), Some(right), 4, &text("x"));
    update(&[(9, 0, vec![item])], &[])
}

fn refusal(room: &Fenced, update: &[u8]) -> Option<&'static str> {
    match room.known.admit(update, &BOUNDS) {
        Err(Refusal::Malformed(malformed)) => Some(malformed.what),
        Ok(_) | Err(_) => None,
    }
}

#[test]
fn ad6_neighbours_in_different_shared_types_are_malformed() {
    let mut room = room_with_two_lists();
    let strange = Some("item: its neighbours stand in different shared types");

    assert_eq!(refusal(&room, &character(IN_FIRST, IN_SECOND)), strange);
    assert_eq!(refusal(&room, &character(IN_FIRST, SECOND)), strange);
    // The dead ones too: there are replicas that do not know of it.
    room.feed(&update(&[], &[(1, 0, 1)])).unwrap();
    assert_eq!(refusal(&room, &character(IN_FIRST, IN_SECOND)), strange);
    assert_eq!(refusal(&room, &character(FIRST, SECOND)), None);
}

#[test]
fn ad6_replicas_would_not_agree_on_what_has_neighbours_in_different_shared_types() {
    let [deletion, strange] = [update(&[], &[(1, 0, 1)]), character(IN_FIRST, IN_SECOND)];
    let second_of = |updates: [&Vec<u8>; 3]| {
        let replica = Observed::new(7);
        updates.into_iter().for_each(|update| replica.apply(update));
        let root = replica.doc.get_or_insert_array("t");
        let txn = replica.doc.transact();
        match root.iter(&txn).last() {
            Some(Out::YArray(second)) => second.len(&txn),
            other => panic!("the second list is {other:?}"),
        }
    };

    assert_eq!(second_of([&two_lists(), &deletion, &strange]), 2);
    assert_eq!(second_of([&two_lists(), &strange, &deletion]), 1);
}

#[test]
fn ad6_one_neighbour_of_two_is_gone_only_where_everything_is_deleted() {
    let mut room = room_with_two_lists();
    room.feed(&update(&[(2, 0, vec![gc(1)])], &[])).unwrap();
    let half_gone = Some("item: one neighbour of two is gone");

    for strange in [
        character((2, 0), IN_FIRST),
        character(IN_FIRST, (2, 0)),
        character((2, 0), FIRST),
    ] {
        assert_eq!(refusal(&room, &strange), half_gone);
    }
    // Whoever saw the list deleted has only the tombstone of what an unseen neighbour typed into it.
    let item = between(Some((2, 0)), Some(IN_FIRST), 4, &text("x"));
    let with_deletion = update(&[(9, 0, vec![item])], &[(1, 0, 1)]);
    assert_eq!(refusal(&room, &with_deletion), None);
    room.feed(&update(&[], &[(1, 0, 1)])).unwrap();
    assert_eq!(refusal(&room, &character((2, 0), IN_SECOND)), half_gone);
    room.feed(&character((2, 0), IN_FIRST)).unwrap();
    assert!(room.known.deleted().any(|range| range == (9, 0, 1)));
}
