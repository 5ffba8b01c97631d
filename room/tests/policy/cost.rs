//! RO14: what judging costs.

use std::time::{Duration, Instant};

use room::policy::{Writer, judge};
use yrs::{Map, Text, Transact, TransactionMut, WriteTxn};

use crate::case::{ABE, BOUNDS, Case, add, thing};

const REPEATS: usize = 300;

#[test]
fn ro14_judging_costs_by_the_update_and_not_by_the_document() {
    let (small, large) = (case_of(50), case_of(5_000));

    for (name, edit) in EDITS {
        let (in_small, in_large) = (cost(&small, edit), cost(&large, edit));
        println!(
            "{name}: {in_small:?} in a small document, {in_large:?} in a hundred times as large a one"
        );
        // The best of many is steady on a busy machine; a scan of the document would cost a hundred times as much.
        assert!(
            in_large < in_small * 10,
            "{name}: {in_small:?}, {in_large:?}"
        );
    }
}

type Edit = fn(&mut TransactionMut<'_>);

const EDITS: [(&str, Edit); 4] = [
    ("a keystroke", |txn| {
        txn.get_or_insert_text("notes").insert(txn, 0, "x");
    }),
    ("a comment", |txn| add(txn, "comments", "new", "abe")),
    ("a sticky note", |txn| add(txn, "stickies", "new", "abe")),
    ("a resolved thread", |txn| {
        thing(txn, "highlights", "anns").insert(txn, "resolved_at", 1);
    }),
];

fn case_of(things: usize) -> Case {
    let mut case = Case::new();
    case.holds(|txn| {
        for number in 0..things {
            add(txn, "comments", &format!("c{number}"), "ann");
            let notes = txn.get_or_insert_text("notes");
            let middle = notes.len(txn) / 2;
            notes.insert(txn, middle, "some words");
        }
    });
    case
}

/// What it takes at best to judge an edit of somebody who has seen everything.
#[expect(clippy::disallowed_methods, reason = "time is what is measured")]
fn cost(case: &Case, edit: Edit) -> Duration {
    let replica = case.replica(7);
    edit(&mut replica.doc.transact_mut());
    let update = replica.take_emitted().remove(0);
    let novel = case
        .known
        .admit(&update, &BOUNDS)
        .expect("it is sound")
        .novel
        .expect("it is new");
    let before = case.room.doc.transact();
    let (user, role) = ABE;
    (0..REPEATS)
        .map(|_| {
            let start = Instant::now();
            let judged = judge(
                &case.known,
                &before,
                &novel,
                Writer { user, role },
                &case.bindings,
            );
            let took = start.elapsed();
            judged.expect("it is allowed");
            took
        })
        .min()
        .expect("it was repeated")
}
