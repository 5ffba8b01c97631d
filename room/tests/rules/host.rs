//! SPEC section 6: what the store has for the room: a restore, a union (HO1, HO2, HO6).

use room::{ArchiveOutcome, Effect, Event, Notice, RestoreOutcome};

use crate::{
    shell::{QUIET_MS, Shell},
    support::{
        Heard, Writer, answers, archived_room, base, stored_text, text_of, unreachable, updates,
    },
};

#[test]
fn ho1_a_room_whose_storage_is_empty_asks_once_somebody_is_there() {
    let mut shell = Shell::new();
    shell.wake();
    shell.pass(3_600_000);
    assert!(shell.restores.is_empty());
    assert_eq!(shell.store.alarm, None);
    shell.open("ann");
    shell.open("ben");
    assert_eq!(shell.restores.len(), 1);
}

#[test]
fn ho1_a_stored_snapshot_opens_the_room() {
    let mut shell = Shell::new();
    let ann = shell.open("ann");
    let stored = Writer::new(21);
    stored.write("stored");
    shell.restored(RestoreOutcome::Found {
        base: base(3),
        snapshot: stored.whole(),
        attribution: None,
    });
    assert_eq!(shell.take(ann), vec![Heard::Step1(stored.state())]);
    assert!(!shell.is_dirty());
}

#[test]
fn se8_who_waits_for_a_restore_through_hibernation_is_sent_the_document_unasked() {
    let mut shell = Shell::new();
    let ann = shell.open("ann");
    shell.frame(ann, room::wire::sync_step1(&Default::default()));
    shell.restored(unreachable());
    shell.hibernate();
    shell.take(ann);
    shell.pass(10_000);
    let stored = Writer::new(21);
    stored.write("stored");
    shell.restored(RestoreOutcome::Found {
        base: base(3),
        snapshot: stored.whole(),
        attribution: None,
    });
    assert_eq!(answers(&shell.take(ann)), vec!["stored".to_owned()]);
}

#[test]
fn ho1_a_failure_keeps_the_room_closed_and_it_asks_again_by_itself() {
    let mut shell = Shell::new();
    let ann = shell.open("ann");
    for _ in 0..5 {
        shell.restored(unreachable());
        assert_eq!(shell.state(), "restoring");
        assert!(shell.restores.is_empty());
        shell.pass(10_000);
    }
    assert!(
        shell
            .take(ann)
            .iter()
            .all(|heard| matches!(heard, Heard::Presence(_)))
    );
    assert!(shell.notices.iter().any(|n| matches!(
        n,
        Notice::HostFailed {
            request: "restore",
            ..
        }
    )));
    assert_eq!(shell.room().status().store_failures, 5);
    shell.restored(RestoreOutcome::NeverStored);
    assert!(matches!(shell.take(ann)[..], [Heard::Step1(_)]));
}

#[test]
fn ho1_an_answer_to_an_older_request_is_ignored() {
    let mut shell = Shell::new();
    shell.open("ann");
    let lost = shell.restores.pop().unwrap();
    shell.pass(17_000);
    assert_eq!(
        shell.restores.len(),
        1,
        "a lost request is given up and repeated"
    );
    shell.tell(Event::RestoreFinished {
        request: lost,
        outcome: RestoreOutcome::NeverStored,
    });
    assert_eq!(shell.state(), "restoring");
    shell.restored(RestoreOutcome::NeverStored);
    assert_eq!(shell.state(), "open");
}

#[test]
fn ho1_an_answer_that_comes_twice_counts_once() {
    let mut shell = Shell::new();
    let ann = shell.open("ann");
    let request = shell.restores.pop().unwrap();
    shell.tell(Event::RestoreFinished {
        request,
        outcome: RestoreOutcome::NeverStored,
    });
    shell.edit(ann, &Writer::new(11).write("x"));
    let old = Writer::new(21);
    old.write("old");
    let outcome = RestoreOutcome::Found {
        base: base(1),
        snapshot: old.whole(),
        attribution: None,
    };
    shell.tell(Event::RestoreFinished { request, outcome });
    assert_eq!(stored_text(&shell), "x");
}

#[test]
fn ho1_a_restore_that_wakes_after_hibernation_starts_afresh() {
    let mut shell = Shell::new();
    shell.open("ann");
    let lost = shell.restores.pop().unwrap();
    shell.sleep(25_000);
    shell.wake();
    assert!(!shell.restores.is_empty());
    shell.tell(Event::RestoreFinished {
        request: lost,
        outcome: unreachable(),
    });
}

#[test]
fn ho2_a_restored_snapshot_and_its_base_are_written_before_anybody_is_served() {
    let mut shell = Shell::new();
    shell.open("ann");
    let stored = Writer::new(21);
    stored.write("stored");
    shell.log.clear();
    shell.restored(RestoreOutcome::Found {
        base: base(3),
        snapshot: stored.whole(),
        attribution: None,
    });
    let written = shell
        .log
        .iter()
        .position(|e| matches!(e, Effect::ReplaceSnapshot { .. }));
    let served = shell
        .log
        .iter()
        .position(|e| matches!(e, Effect::Send { .. }));
    assert!(written.unwrap() < served.unwrap());
    assert!(shell.store.meta.as_ref().unwrap().contains("\"version\":3"));
}

#[test]
fn ho2_the_first_archive_after_a_restore_names_the_restored_base() {
    let mut shell = Shell::new();
    let ann = shell.open("ann");
    let stored = Writer::new(21);
    stored.write("stored");
    shell.restored(RestoreOutcome::Found {
        base: base(3),
        snapshot: stored.whole(),
        attribution: None,
    });
    shell.edit(ann, &Writer::new(11).write("x"));
    shell.kill();
    shell.pass(60_000);
    assert_eq!(shell.archives.pop().unwrap().1.base, Some(base(3)));
}

#[test]
fn ho6_a_union_is_appended_then_built_upon_then_shown() {
    let (mut shell, session, ann) = archived_room("a");
    shell.edit(session, &ann.write("b"));
    shell.pass(QUIET_MS);
    let zombie = Writer::new(66);
    zombie.apply(&ann.whole());
    zombie.write(" and more");
    shell.forget_traffic();
    shell.archived(ArchiveOutcome::Stored {
        base: base(7),
        union: Some(zombie.whole().into()),
    });
    let position = |wanted: fn(&Effect) -> bool| shell.log.iter().position(wanted).unwrap();
    let appended = position(|e| matches!(e, Effect::AppendToJournal { .. }));
    let built_upon = position(|e| matches!(e, Effect::WriteMeta { .. }));
    let shown = position(|e| matches!(e, Effect::Broadcast { .. }));
    assert!(appended < built_upon && built_upon < shown);
    assert!(
        !shell.is_dirty(),
        "the store holds the union, and so does the object"
    );
    assert_eq!(
        text_of(&updates(&shell.take(session))[0]).len(),
        0,
        "only what was new"
    );
    assert_eq!(stored_text(&shell), "ab and more");
}

#[test]
fn ho6_an_edit_beside_a_union_leaves_the_room_dirty_on_the_new_base() {
    let (mut shell, session, ann) = archived_room("a");
    shell.edit(session, &ann.write("b"));
    shell.pass(QUIET_MS);
    let zombie = Writer::new(66);
    zombie.apply(&ann.whole());
    zombie.write("!");
    shell.edit(session, &ann.write("c"));
    shell.archived(ArchiveOutcome::Stored {
        base: base(7),
        union: Some(zombie.whole().into()),
    });
    assert!(shell.is_dirty());
    shell.pass(QUIET_MS);
    let next = shell.stored_at(8);
    assert_eq!(next.base, Some(base(7)));
    for piece in ["a", "b", "c", "!"] {
        assert!(text_of(&next.bytes).contains(piece));
    }
    assert!(!shell.is_dirty());
}

#[test]
fn ho6_a_union_that_holds_nothing_new_only_moves_the_base() {
    let (mut shell, session, ann) = archived_room("a");
    shell.edit(session, &ann.write("b"));
    shell.pass(QUIET_MS);
    let rows = shell.store.journal.len();
    shell.archived(ArchiveOutcome::Stored {
        base: base(7),
        union: Some(ann.whole().into()),
    });
    assert_eq!(shell.store.journal.len(), rows);
    assert!(!shell.is_dirty());
}

#[test]
fn ho6_a_union_that_comes_after_the_last_session_left_is_merged_all_the_same() {
    let (mut shell, session, ann) = archived_room("a");
    shell.pass(10_000);
    shell.edit(session, &ann.write("b"));
    shell.close(session);
    let zombie = Writer::new(66);
    zombie.apply(&ann.whole());
    zombie.write("!");
    shell.forget_traffic();
    shell.archived(ArchiveOutcome::Stored {
        base: base(7),
        union: Some(zombie.whole().into()),
    });
    assert!(shell.log.iter().any(|e| matches!(e, Effect::LoadDocument)));
    assert_eq!(stored_text(&shell), zombie.text());
    assert!(!shell.is_dirty());
}

#[test]
fn ho6_a_union_that_is_no_document_is_not_taken_and_the_old_base_stays() {
    let (mut shell, session, ann) = archived_room("a");
    shell.edit(session, &ann.write("b"));
    shell.pass(QUIET_MS);
    shell.archived(ArchiveOutcome::Stored {
        base: base(7),
        union: Some(vec![9, 9].into()),
    });
    assert!(shell.is_dirty());
    shell.pass(10_000);
    assert_eq!(shell.stored_at(8).base, Some(base(1)));
    assert!(!shell.closed.contains_key(&session));
}
