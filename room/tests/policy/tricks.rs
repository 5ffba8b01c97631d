//! Rules RO8 to RO12: what one may try.

use annotation::{Deed, Part, Thing};
use room::policy::Violation;
#[cfg(target_arch = "wasm32")]
use wasm_bindgen_test::wasm_bindgen_test as test;
use yrs::{
    Any, Array, ArrayPrelim, Map, MapPrelim, Out, Text, TextPrelim, Transact, TransactionMut,
    WriteTxn,
};

use crate::{
    case::{ABE, ANN, BOUNDS, Case, OWN, REA, Refused, add, denied, root, thing},
    edits::NOW_MS,
    forge::forge_between,
    reading::Reading,
};

#[test]
fn ro8_a_thing_may_be_old_but_not_of_the_future() {
    let at = |created_at: Any| {
        Case::new().lets(ANN, |txn| {
            let new =
                root(txn, "comments").insert(txn, "new", MapPrelim::from([("author_id", "ann")]));
            new.insert(txn, "created_at", created_at);
        })
    };
    let no_moment = Err(Refused::After(Violation::NoPastMoment {
        thing: Thing::Comment,
    }));

    assert_eq!(at(1_000.into()), Ok(()));
    assert_eq!(
        at("1970-01-12T13:51:40Z".into()),
        Ok(()),
        "five minutes ahead"
    );
    assert_eq!(at((NOW_MS + 300_000).into()), Ok(()));
    assert_eq!(at((NOW_MS + 300_001).into()), no_moment);
    assert_eq!(at("1970-01-12T13:51:40.001Z".into()), no_moment);
    assert_eq!(at("tomorrow".into()), no_moment);
    let later = Case::new().lets(ANN, |txn| {
        thing(txn, "highlights", "anns").insert(txn, "created_at", NOW_MS * 2);
    });
    assert_eq!(
        later,
        Err(Refused::After(Violation::NoPastMoment {
            thing: Thing::Highlight
        }))
    );
}

#[test]
fn ro9_what_is_written_at_the_key_of_a_thing_changes_that_thing() {
    let replaced = Case::new().lets(ABE, |txn| add(txn, "highlights", "anns", "abe"));
    let flattened = Case::new().lets(ABE, |txn| {
        root(txn, "highlights").insert(txn, "anns", Any::Map(Default::default()));
    });
    // Without having seen it: whether it would win or not depends on the client's number.
    for client in [1, u64::from(u32::MAX)] {
        let mut case = Case::new();
        case.is_blind = true;
        let unseen = case.lets_client(client, ABE, |txn| add(txn, "highlights", "anns", "abe"));
        assert_eq!(
            unseen,
            denied(ABE, Deed::Write(Part::Whole), Thing::Highlight)
        );
    }

    assert_eq!(
        replaced,
        denied(ABE, Deed::Write(Part::Whole), Thing::Highlight)
    );
    assert_eq!(
        flattened,
        denied(ABE, Deed::Write(Part::Whole), Thing::Highlight)
    );
}

#[test]
fn ro9_what_is_nested_in_a_thing_belongs_to_it() {
    let mut case = Case::new();
    case.holds(|txn| {
        thing(txn, "comments", "cams").insert(txn, "text", TextPrelim::new("shared"));
    });

    let typed = case.lets(ABE, |txn| {
        let Some(Out::YText(text)) = thing(txn, "comments", "cams").get(txn, "text") else {
            panic!("it was put there");
        };
        text.insert(txn, 0, "not ");
    });
    let added = case.lets(ABE, |txn| {
        thing(txn, "comments", "cams").insert(txn, "reactions", ArrayPrelim::from(["+1"]));
    });

    assert_eq!(
        typed,
        denied(ABE, Deed::Write(Part::Content), Thing::Comment)
    );
    assert_eq!(
        added,
        denied(ABE, Deed::Write(Part::Content), Thing::Comment)
    );
}

#[test]
fn ro10_what_comes_late_to_a_deleted_thing_is_no_violation() {
    let mut case = Case::new();
    let late = case.replica(50);
    let mut txn = late.doc.transact_mut();
    thing(&mut txn, "highlights", "anns").insert(&mut txn, "quote", "edited offline");
    drop(txn);
    case.lets(OWN, |txn| {
        root(txn, "highlights").remove(txn, "anns");
    })
    .unwrap();

    assert_eq!(case.takes(ANN, &late.take_emitted()[0]), Ok(()));
}

#[test]
fn ro11_cleared_format_marks_are_left_out_in_silence() {
    let mut case = Case::new();
    case.holds(|txn| {
        let notes = txn.get_or_insert_text("notes");
        notes.format(txn, 0, 2, [("b".into(), true.into())].into());
    });
    let clear = |txn: &mut TransactionMut<'_>| {
        let notes = txn.get_or_insert_text("notes");
        notes.format(txn, 0, 2, [("b".into(), Any::Null)].into());
    };
    let cleared = case.replica(60);
    clear(&mut cleared.doc.transact_mut());
    let update = cleared.take_emitted().remove(0);
    let novel = case.known.admit(&update, &BOUNDS).unwrap();
    assert!(novel.deletes_only, "the marks are taken away");
    let before = case.whole();

    assert_eq!(case.takes(REA, &update), Ok(()));
    assert_eq!(case.whole(), before, "the reader changes nothing");
    assert_eq!(case.takes(ABE, &update), Ok(()));
    assert_ne!(case.whole(), before, "who may write does");
}

#[test]
fn ro12_one_false_part_spoils_the_whole_update() {
    let mut case = Case::new();
    let before = case.whole();

    let mixed = case.lets(ABE, |txn| {
        add(txn, "comments", "honest", "abe");
        thing(txn, "highlights", "anns").insert(txn, "quote", "mine");
    });

    assert_eq!(
        mixed,
        denied(ABE, Deed::Write(Part::Content), Thing::Highlight)
    );
    assert_eq!(case.whole(), before);
}

#[test]
fn ro12_nobody_but_the_owner_writes_beside_the_things() {
    let beside = |user| {
        Case::new().lets(user, |txn| {
            txn.get_or_insert_array("comments").push_back(txn, "beside");
        })
    };

    assert_eq!(beside(ABE), Err(Refused::Before(Violation::Elsewhere)));
    assert_eq!(beside(OWN), Ok(()));
}

#[test]
fn ro12_a_dead_neighbour_of_ones_own_opens_no_way_into_anothers_text() {
    let mut case = Case::new();
    for (client, user, key) in [(50, ABE, "mine"), (51, ANN, "hers")] {
        let added = case.lets_client(client, user, |txn| {
            add(txn, "comments", key, user.0);
            thing(txn, "comments", key).insert(txn, "text", TextPrelim::new("shared"));
        });
        assert_eq!(added, Ok(()));
    }
    let read = Reading::of(&case.whole());
    let last_of = |client| {
        let letters = read.units.range((client, 0)..(client + 1, 0));
        letters.last().map(|(&id, _)| id).unwrap()
    };
    let deleted = case.lets(ABE, |txn| {
        root(txn, "comments").remove(txn, "mine");
    });
    assert_eq!(deleted, Ok(()));

    let forged = forge_between(60, last_of(50), last_of(51));

    assert!(case.known.admit(&forged, &BOUNDS).is_err());
}
