//! SPEC section 6: which snapshot the store holds, and what an archive says (HO7, HO8).

use room::{ArchiveOutcome, CheckOutcome, Event, RestoreOutcome};

use crate::{
    shell::{QUIET_MS, Shell},
    support::{Writer, archived_room, base, base_of, text_of},
};

#[test]
fn ho7_a_room_asks_what_the_store_holds_at_each_wake() {
    let (mut shell, _, _) = archived_room("a");
    shell.kill();
    for _ in 0..3 {
        shell.wake();
        assert_eq!(shell.checks.len(), 1);
        shell.kill();
    }
}

#[test]
fn ho7_and_every_15_min_while_people_are_connected_whatever_life_it_is_in() {
    let (mut shell, session, _) = archived_room("a");
    for _ in 0..3 {
        shell.pass(15 * 60_000 + 1_000);
        assert_eq!(shell.checks.len(), 1);
        shell.checked(CheckOutcome::Found { base: base(1) });
        assert!(!shell.is_dirty());
    }
    shell.close(session);
    shell.pass(3_600_000);
    assert!(shell.checks.is_empty(), "nobody is connected");
    shell.open("ben");
    shell.pass(15 * 60_000);
    assert_eq!(shell.checks.len(), 1);
}

#[test]
fn ho7_and_when_the_host_orders_it() {
    let (mut shell, session, _) = archived_room("a");
    shell.close(session);
    shell.tell(Event::CheckOrdered);
    shell.checked(CheckOutcome::NeverStored);
    assert_eq!(shell.archives.len() + usize::from(shell.is_dirty()), 1);
    shell.pass(5_000);
    assert_eq!(text_of(&shell.stored_at(1).bytes), "a");
}

#[test]
fn ho7_an_object_that_holds_nothing_has_nothing_to_compare() {
    let (mut shell, _) = Shell::open_with(&["ann"]);
    shell.tell(Event::CheckOrdered);
    shell.pass(3_600_000);
    assert!(shell.checks.is_empty());
}

#[test]
fn ho7_another_version_hash_or_generation_makes_the_room_dirty() {
    let mut another_hash = base(1);
    another_hash.sha256 = "f".repeat(64);
    for found in [base(2), base_of("second", 1), another_hash] {
        let (mut shell, _, _) = archived_room("a");
        shell.tell(Event::CheckOrdered);
        shell.checked(CheckOutcome::Found { base: found });
        assert!(shell.is_dirty());
        shell.kill();
        assert!(shell.is_dirty(), "also after a kill");
        shell.pass(6_000);
        assert_eq!(
            shell.stored_at(3).base,
            Some(base(1)),
            "the store finds that it differs"
        );
        assert!(!shell.is_dirty());
    }
}

#[test]
fn ho7_an_answer_that_an_archive_has_overtaken_counts_for_nothing() {
    let (mut shell, session, ann) = archived_room("a");
    shell.tell(Event::CheckOrdered);
    shell.edit(session, &ann.write("b"));
    shell.pass(QUIET_MS);
    shell.stored_at(2);
    shell.checked(CheckOutcome::Found { base: base(1) });
    assert!(!shell.is_dirty(), "confirmed since the question was asked");
    shell.tell(Event::CheckOrdered);
    shell.edit(session, &ann.write("c"));
    shell.pass(QUIET_MS);
    shell.checked(CheckOutcome::Found { base: base(3) });
    shell.stored_at(3);
    assert!(!shell.is_dirty(), "sent since the question was asked");
}

#[test]
fn ho7_an_answer_that_was_overtaken_is_asked_for_again() {
    let (mut shell, session, ann) = archived_room("a");
    shell.tell(Event::CheckOrdered);
    shell.edit(session, &ann.write("b"));
    shell.pass(QUIET_MS);
    shell.stored_at(2);
    let renewed = base_of("another life of the store", 3);
    shell.checked(CheckOutcome::Found {
        base: renewed.clone(),
    });
    shell.close(session);
    shell.pass(5_000);
    shell.checked(CheckOutcome::Found { base: renewed });
    assert!(shell.is_dirty());
}

#[test]
fn ho5_a_union_that_cannot_be_merged_is_retried_ever_more_slowly() {
    let (mut shell, session, ann) = archived_room("a");
    shell.edit(session, &ann.write("b"));
    shell.close(session);
    let mut archives = 0;
    for _ in 0..600 {
        shell.pass(1_000);
        while let Some((request, _)) = shell.archives.pop() {
            archives += 1;
            let outcome = ArchiveOutcome::Stored {
                base: base(2),
                union: Some(vec![1, 2, 3].into()),
            };
            shell.tell(Event::ArchiveFinished { request, outcome });
        }
    }
    assert!((3..=12).contains(&archives), "{archives} in ten minutes");
}

#[test]
fn ho7_a_failed_check_is_repeated_and_a_late_answer_is_ignored() {
    let (mut shell, _, _) = archived_room("a");
    shell.tell(Event::CheckOrdered);
    let lost = shell.checks.pop().unwrap();
    shell.pass(17_000);
    assert_eq!(shell.checks.len(), 1);
    shell.tell(Event::CheckFinished {
        request: lost,
        outcome: CheckOutcome::NeverStored,
    });
    assert!(!shell.is_dirty());
    shell.checked(CheckOutcome::Failed {
        reason: "away".to_owned(),
    });
    shell.pass(3_000);
    shell.checked(CheckOutcome::Found { base: base(1) });
    assert!(!shell.is_dirty());
}

#[test]
fn ho8_an_archive_names_base_highlights_and_last_editor() {
    let (mut shell, sessions) = Shell::open_with(&["ann", "ben"]);
    let (ann, ben) = (Writer::new(11), Writer::new(12));
    shell.edit(sessions[0], &ann.highlight("h1"));
    shell.edit(sessions[0], &ann.highlight("h2"));
    shell.edit(sessions[1], &ben.write("x"));
    shell.edit(sessions[0], &ann.highlight("h2"));
    shell.edit(sessions[1], &ben.whole());
    shell.pass(QUIET_MS);
    let sent = shell.stored_at(1);
    assert_eq!((sent.base, sent.highlight_count), (None, 2));
    assert_eq!(
        sent.last_editor.as_deref(),
        Some("ann"),
        "known content is no edit"
    );
}

#[test]
fn ho8_the_last_editor_survives_kills_and_compaction() {
    let (mut shell, sessions) = Shell::open_with(&["ann"]);
    let ann = Writer::new(11);
    for _ in 0..=room::limits::JOURNAL_ROWS_MAX {
        shell.edit(sessions[0], &ann.write("x"));
    }
    assert!(shell.store.journal.is_empty());
    shell.kill();
    shell.pass(60_000);
    assert_eq!(shell.stored_at(1).last_editor.as_deref(), Some("ann"));
}

#[test]
fn ho8_what_a_union_brings_has_no_editor_of_this_room() {
    let mut shell = Shell::new();
    shell.open("ann");
    let stored = Writer::new(21);
    stored.write("stored");
    shell.restored(RestoreOutcome::Found {
        base: base(1),
        snapshot: stored.whole(),
        attribution: None,
    });
    shell.tell(Event::CheckOrdered);
    shell.checked(CheckOutcome::Found { base: base(2) });
    stored.write(", more");
    shell.archived(ArchiveOutcome::Stored {
        base: base(3),
        union: Some(stored.whole().into()),
    });
    shell.kill();
    shell.wake();
    shell.checked(CheckOutcome::Found { base: base(4) });
    shell.pass(6_000);
    assert_eq!(shell.stored_at(5).last_editor, None);
}
