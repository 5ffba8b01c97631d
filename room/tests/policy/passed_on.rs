//! What is only passed on (AU4): that it would be a violation is seen before it is applied.

use std::collections::{BTreeMap, BTreeSet};

use annotation::{Role, Thing};
use room::{
    known::Standing,
    policy::{Violation, Writer, judge},
};
#[cfg(target_arch = "wasm32")]
use wasm_bindgen_test::wasm_bindgen_test as test;
use yrs::{Any, Map, MapPrelim, ReadTxn, TextPrelim, Transact, TransactionMut};

use crate::{
    case::{ANN, BOUNDS, Case, OWN, add, root},
    dice::Dice,
    edits::{Authors, Editor, NOW_MS, note_authors},
    model::AHEAD_MAX_MS,
    replica::Replica,
};

/// Who passes something on writes under the one, and what is passed on is under the other.
const OWN_CLIENT: u64 = 51;
const ANOTHERS: u64 = 50;

const WORLDS: u64 = if cfg!(target_arch = "wasm32") {
    1_000
} else {
    5_000
};

/// What is said in advance of an edit that ann passes on, and what of it afterwards.
fn foreseen(edit: impl FnOnce(&mut TransactionMut<'_>)) -> Result<(), Violation> {
    let case = Case::new();
    let replica = case.replica(ANOTHERS);
    edit(&mut replica.doc.transact_mut());
    let update = replica.take_emitted().remove(0);
    let looked = looked_at(&case, ANN, &update, &all);
    if looked.foreseen.is_ok() {
        assert_eq!(looked.confirmed, Ok(()));
    }
    looked.foreseen
}

fn anothers(thing: Thing) -> Result<(), Violation> {
    Err(Violation::ForeignAuthor { thing })
}

#[test]
fn au4_that_a_new_thing_says_that_it_is_anothers_is_seen_in_advance() {
    let by = |author: &'static str| foreseen(|txn| add(txn, "comments", "new", author));

    assert_eq!(by("ann"), Ok(()));
    assert_eq!(by("cam"), anothers(Thing::Comment));
    assert_eq!(by("Ann"), anothers(Thing::Comment));
}

#[test]
fn au4_that_a_new_thing_says_that_it_is_nobodys_is_seen_in_advance() {
    let unsaid = |name: &'static str| {
        foreseen(|txn| {
            root(txn, name).insert(txn, "new", MapPrelim::from([("text", "words")]));
        })
    };

    assert_eq!(unsaid("highlights"), anothers(Thing::Highlight));
    assert_eq!(unsaid("tags"), Ok(()));
}

#[test]
fn au4_a_new_thing_in_one_value_is_read_in_advance_too() {
    let flat = |author: &'static str| {
        foreseen(|txn| {
            let fields = [("author_id".to_owned(), Any::from(author))];
            let flat = Any::Map(std::sync::Arc::new(fields.into()));
            root(txn, "comments").insert(txn, "new", flat);
        })
    };

    assert_eq!(flat("ann"), Ok(()));
    assert_eq!(flat("cam"), anothers(Thing::Comment));
    let no_thing = foreseen(|txn| {
        root(txn, "comments").insert(txn, "new", "words");
    });
    assert_eq!(no_thing, anothers(Thing::Comment));
}

#[test]
fn au4_an_author_that_could_change_is_no_author_in_advance_either() {
    let shared = foreseen(|txn| {
        add(txn, "comments", "new", "ann");
        let thing = crate::case::thing(txn, "comments", "new");
        thing.insert(txn, "author_id", TextPrelim::new("ann"));
    });
    assert_eq!(shared, anothers(Thing::Comment));
}

#[test]
fn au4_that_a_thing_is_of_the_future_is_seen_in_advance() {
    let made = |at: Any| {
        foreseen(|txn| {
            add(txn, "comments", "new", "ann");
            crate::case::thing(txn, "comments", "new").insert(txn, "created_at", at);
        })
    };
    let dated = |at: i64| {
        foreseen(|txn| {
            crate::case::thing(txn, "comments", "anns").insert(txn, "created_at", at);
        })
    };
    let thing = Thing::Comment;
    let refused = Err(Violation::NoPastMoment { thing });

    assert_eq!(made((NOW_MS + AHEAD_MAX_MS).into()), Ok(()));
    assert_eq!(made((NOW_MS + AHEAD_MAX_MS + 1).into()), refused);
    assert_eq!(made("1970-01-01T00:00:00Z".into()), Ok(()));
    assert_eq!(made("tomorrow".into()), refused);
    assert_eq!(dated(NOW_MS), Ok(()));
    assert_eq!(dated(NOW_MS + AHEAD_MAX_MS + 1), refused);
}

#[test]
fn au4_a_thing_that_comes_deleted_says_nothing() {
    let deleted = foreseen(|txn| {
        add(txn, "comments", "new", "cam");
        root(txn, "comments").remove(txn, "new");
        add(txn, "comments", "kept", "ann");
    });
    assert_eq!(deleted, Ok(()));
}

/// Whatever else comes with it, one's own too: if that what is passed on will do no harm was seen in advance, then it does
/// none.
#[test]
fn au4_what_turns_out_to_be_a_violation_would_be_one_without_what_is_passed_on() {
    let mut tally = Tally::default();
    for seed in 0..WORLDS {
        play(seed, &mut tally);
    }
    println!("{tally:?}");
    // That there was enough of each to look at, also in the few worlds that are played on 32 bits.
    assert!(tally.passed > tally.looked / 4, "{tally:?}");
    assert!(tally.refused_in_advance > tally.looked / 20, "{tally:?}");
    assert!(tally.of_own > tally.looked / 100, "{tally:?}");
    // What wins is not looked for, nor what a deletion takes away.
    assert!(tally.in_vain * 10 < tally.looked, "{tally:?}");
}

#[derive(Debug, Default)]
struct Tally {
    looked: u64,
    passed: u64,
    refused_in_advance: u64,
    /// Refused in advance though it would have done no harm.
    in_vain: u64,
    /// Found to be a violation of what is one's own.
    of_own: u64,
}

fn play(seed: u64, tally: &mut Tally) {
    let mut dice = Dice::Seeded(seed);
    let case = Case::new();
    let by = dice.one_of(&[ANN, OWN]);
    let update = some_edits(&mut dice, &case, by);
    if !is_of_another(&case, &update) || !is_allowed(&case, by, &update, &all) {
        return;
    }
    let looked = looked_at(&case, by, &update, &all);
    tally.looked += 1;
    match (looked.foreseen, looked.confirmed) {
        (Ok(()), Ok(())) => tally.passed += 1,
        (Ok(()), Err(violation)) => {
            let without = |client| match client {
                ANOTHERS => Standing::LeftOut,
                _ => Standing::Own,
            };
            let is_own = !is_allowed(&case, by, &update, &without)
                || looked_at(&case, by, &update, &without).confirmed.is_err();
            // One's own lie may build on what is passed on, and be left out with it.
            let is_behind = lacks_something(&case, &update, &without) && looked.of_own.is_err();
            assert!(
                is_own || is_behind,
                "seed {seed}: {violation} was not seen in advance"
            );
            tally.of_own += 1;
        }
        (Err(_), confirmed) => {
            tally.refused_in_advance += 1;
            tally.in_vain += u64::from(confirmed.is_ok());
        }
    }
}

/// Edits of two replicas that hear of each other now and then, as the second of them holds them.
fn some_edits(dice: &mut Dice, case: &Case, (user, role): (&'static str, Role)) -> Vec<u8> {
    let replicas = [ANOTHERS, OWN_CLIENT].map(|client| case.replica(client));
    let mut authors = Authors::new();
    let mut used = 0;
    for _ in 0..2 + dice.below(5) {
        let one = dice.below(2);
        if dice.chance(60) {
            hear(&replicas[one], &replicas[1 - one]);
        }
        note_authors(&replicas[one].doc.transact(), &mut authors);
        let is_allowed = dice.chance(60);
        let mut editor = Editor {
            user,
            dice: &mut *dice,
            authors: &authors,
            used: &mut used,
        };
        let mut txn = replicas[one].doc.transact_mut();
        if is_allowed {
            editor.do_what_is_allowed(&mut txn, role);
        } else {
            editor.do_anything(&mut txn);
        }
    }
    hear(&replicas[1], &replicas[0]);
    let room = case.room.doc.transact().state_vector();
    replicas[1].doc.transact().encode_diff_v1(&room)
}

fn hear(replica: &Replica, from: &Replica) {
    let state = replica.doc.transact().state_vector();
    let missing = from.doc.transact().encode_diff_v1(&state);
    replica.apply(&missing);
}

struct Looked {
    foreseen: Result<(), Violation>,
    /// What would be seen in advance if one's own were looked at.
    of_own: Result<(), Violation>,
    confirmed: Result<(), Violation>,
}

fn all(_: u64) -> Standing {
    Standing::Own
}

fn novel(case: &Case, update: &[u8], standing: &dyn Fn(u64) -> Standing) -> Option<Vec<u8>> {
    let admission = case.known.admit_from(update, &BOUNDS, standing);
    admission.expect("it is sound").novel
}

fn is_allowed(
    case: &Case,
    (user, role): (&str, Role),
    update: &[u8],
    standing: &dyn Fn(u64) -> Standing,
) -> bool {
    let before = case.room.doc.transact();
    novel(case, update, standing).is_some_and(|novel| {
        let (writer, nobody) = (Writer { user, role }, BTreeMap::new());
        judge(&case.known, &before, &novel, writer, &nobody).is_ok()
    })
}

/// Looks at an update that is allowed before and after it is applied to a copy.
fn looked_at(
    case: &Case,
    (user, role): (&str, Role),
    update: &[u8],
    standing: &dyn Fn(u64) -> Standing,
) -> Looked {
    let novel = novel(case, update, standing).expect("it is new");
    let before = case.room.doc.transact();
    let (writer, nobody) = (Writer { user, role }, BTreeMap::new());
    let passed = judge(&case.known, &before, &novel, writer, &nobody).expect("it is allowed");
    let foresee = |client| passed.foresee(&case.known, &BTreeSet::from([client]), NOW_MS);
    let kept = passed.novel.as_deref();
    let after = case.room.copy();
    kept.iter().for_each(|kept| after.apply(kept));
    Looked {
        foreseen: foresee(ANOTHERS),
        of_own: foresee(OWN_CLIENT),
        confirmed: passed.confirm(&after.doc.transact(), NOW_MS),
    }
}

fn lacks_something(case: &Case, update: &[u8], standing: &dyn Fn(u64) -> Standing) -> bool {
    let admission = case.known.admit_from(update, &BOUNDS, standing);
    admission.expect("it is sound").incomplete
}

fn is_of_another(case: &Case, update: &[u8]) -> bool {
    let admission = case.known.admit(update, &BOUNDS).expect("it is sound");
    admission.writers.contains(&ANOTHERS)
}
