//! SPEC section 4: journal and storage.

use room::{
    Effect, Notice, RestoreOutcome,
    limits::{JOURNAL_BYTES_MAX, JOURNAL_ROWS_MAX},
    wire,
};

use crate::{
    shell::{Fault, Shell},
    support::{Heard, Writer, archived_room, base, presence, stored_text, text_of},
};

fn swaps(shell: &Shell) -> usize {
    shell
        .log
        .iter()
        .filter(|effect| matches!(effect, Effect::ReplaceSnapshot { .. }))
        .count()
}

#[test]
fn jo1_each_update_is_appended_one_above_the_one_before_also_after_a_wake() {
    let (mut shell, sessions) = Shell::open_with(&["ann"]);
    let ann = Writer::new(11);
    shell.edit(sessions[0], &ann.write("a"));
    shell.edit(sessions[0], &ann.write("b"));
    shell.hibernate();
    shell.edit(sessions[0], &ann.write("c"));
    shell.kill();
    let again = shell.open("ann");
    shell.edit(again, &ann.write("d"));
    let numbers: Vec<u64> = shell.store.journal.iter().map(|row| row.0).collect();
    assert_eq!(numbers, [1, 2, 3, 4]);
    assert_eq!(stored_text(&shell), "abcd");
}

#[test]
fn jo1_numbers_go_on_after_a_compaction_and_a_wake() {
    let (mut shell, sessions) = Shell::open_with(&["ann"]);
    let ann = Writer::new(11);
    for _ in 0..=JOURNAL_ROWS_MAX {
        shell.edit(sessions[0], &ann.write("x"));
    }
    assert_eq!(shell.store.snapshot_seq, JOURNAL_ROWS_MAX + 1);
    assert!(shell.store.journal.is_empty());
    shell.kill();
    let again = shell.open("ann");
    shell.edit(again, &ann.write("y"));
    assert_eq!(shell.store.journal[0].0, JOURNAL_ROWS_MAX + 2);
    assert_eq!(stored_text(&shell), ann.text());
}

#[test]
fn jo2_a_room_that_was_only_looked_at_writes_nothing_but_alarms() {
    let mut shell = Shell::new();
    let ann = shell.open("ann");
    shell.restored(RestoreOutcome::NeverStored);
    shell.frame(ann, wire::sync_step1(&Default::default()));
    shell.frame(ann, wire::sync_step2(yrs::Update::EMPTY_V1));
    shell.frame(ann, presence(&[(11, 1, Some("{}"))]));
    shell.pass(3_600_000);
    shell.close(ann);
    shell.pass(3_600_000);
    assert_eq!(shell.storage_orders(), 0);
    assert!(shell.archives.is_empty());
}

#[test]
fn jo2_a_room_with_a_document_that_was_only_looked_at_writes_nothing() {
    let (mut shell, session, ann) = archived_room("hello");
    shell.kill();
    let again = shell.open("ben");
    shell.frame(again, wire::sync_step1(&Default::default()));
    shell.frame(again, wire::sync_step2(&ann.whole()));
    shell.pass(60_000);
    assert_eq!(shell.storage_orders(), 0);
    assert!(shell.archives.is_empty());
    assert!(!shell.is_dirty());
    let _ = session;
}

#[test]
fn jo3_a_journal_of_too_many_rows_is_replaced_by_a_snapshot_of_the_document() {
    let (mut shell, sessions) = Shell::open_with(&["ann"]);
    let ann = Writer::new(11);
    for _ in 0..JOURNAL_ROWS_MAX {
        shell.edit(sessions[0], &ann.write("x"));
    }
    assert_eq!(swaps(&shell), 0);
    shell.edit(sessions[0], &ann.write("y"));
    assert_eq!(swaps(&shell), 1);
    let snapshot = shell.store.snapshot.clone().unwrap();
    assert_eq!(text_of(&snapshot), ann.text());
    assert!(shell.is_dirty(), "a compaction is no archive");
}

#[test]
fn jo3_a_journal_of_too_many_bytes_is_replaced_and_deletions_survive() {
    let (mut shell, sessions) = Shell::open_with(&["ann"]);
    let ann = Writer::new(11);
    shell.edit(sessions[0], &ann.write("gone, "));
    shell.edit(sessions[0], &ann.erase(6));
    let big = "x".repeat(JOURNAL_BYTES_MAX as usize);
    shell.edit(sessions[0], &ann.write(&big));
    assert_eq!(swaps(&shell), 1);
    shell.kill();
    shell.open("ben");
    assert_eq!(stored_text(&shell).len(), big.len());
}

#[test]
fn jo3_a_swap_that_the_store_fails_is_not_repeated_at_once_and_loses_nothing() {
    let (mut shell, sessions) = Shell::open_with(&["ann"]);
    let ann = Writer::new(11);
    shell.fail(Fault::Replace, 3);
    for _ in 0..=JOURNAL_ROWS_MAX {
        shell.edit(sessions[0], &ann.write("x"));
    }
    assert_eq!(shell.closed.get(&sessions[0]), Some(&1012));
    assert_eq!(shell.store.journal.len() as u64, JOURNAL_ROWS_MAX + 1);
    let again = shell.open("ann");
    shell.edit(again, &ann.write("y"));
    assert!(!shell.closed.contains_key(&again), "the journal goes on");
    for _ in 0..10 {
        shell.pass(61_000);
        let session = shell.open("ann");
        shell.edit(session, &ann.write("z"));
    }
    assert_eq!(
        shell.state(),
        "open",
        "failing swaps never close the room for good"
    );
    assert_eq!(swaps(&shell), 1, "and one succeeds in the end");
    let late = shell.open("ann");
    shell.frame(late, wire::sync_step2(&ann.whole()));
    assert_eq!(stored_text(&shell), ann.text());
}

#[test]
fn jo4_an_unreadable_store_closes_the_room_with_1011_and_is_never_written_over() {
    let (mut shell, _, ann) = archived_room("kept");
    let session = shell.open("ben");
    shell.store.is_unreadable = true;
    shell.hibernate();
    shell.wake();
    assert_eq!(shell.closed.get(&session), Some(&1011));
    assert!(
        shell
            .notices
            .iter()
            .any(|n| matches!(n, Notice::StorageFailed { .. }))
    );
    let late = shell.open("ann");
    assert_eq!(shell.closed.get(&late), Some(&1011));
    shell.edit(late, &ann.write("x"));
    shell.pass(3_600_000);
    assert_eq!(shell.storage_orders(), 0);
    assert!(shell.restores.is_empty());
    assert!(shell.archives.is_empty());
}

#[test]
fn jo4_a_record_that_is_no_record_or_of_another_format_is_unreadable() {
    let (shell, _, _) = archived_room("kept");
    let meta = shell.store.meta.clone().unwrap();
    for broken in [
        String::new(),
        "{}".to_owned(),
        meta.replace("\"format\":2", "\"format\":3"),
        meta.replace("\"epoch\"", "\"epok\""),
        meta[..meta.len() - 1].to_owned(),
    ] {
        let mut shell = Shell::new();
        assert_ne!(meta, broken);
        shell.store.meta = Some(broken.clone());
        let session = shell.open("ann");
        assert_eq!(shell.closed.get(&session), Some(&1011), "{broken}");
        assert_eq!(shell.storage_orders(), 0);
    }
}

#[test]
fn jo4_a_damaged_row_or_a_missing_one_closes_the_room_and_is_never_served() {
    for damage in [0, 1] {
        let (mut shell, sessions) = Shell::open_with(&["ann"]);
        let ann = Writer::new(11);
        for word in ["a", "b", "c"] {
            shell.edit(sessions[0], &ann.write(word));
        }
        shell.kill();
        if damage == 0 {
            shell.store.journal[1].1 = vec![1, 2, 3];
        } else {
            shell.store.journal.remove(1);
        }
        shell.forget_traffic();
        let session = shell.open("ben");
        assert_eq!(shell.closed.get(&session), Some(&1011));
        assert!(
            shell
                .take(session)
                .iter()
                .all(|heard| !matches!(heard, Heard::Step1(_)))
        );
        shell.pass(600_000);
        assert_eq!(shell.storage_orders(), 0);
        assert!(shell.archives.is_empty());
    }
}

#[test]
fn jo4_an_unreadable_store_is_read_again_and_the_room_opens_by_itself() {
    let (mut shell, session, ann) = archived_room("kept");
    shell.edit(session, &ann.write(", edited"));
    shell.kill();
    shell.store.is_unreadable = true;
    let early = shell.open("ann");
    assert_eq!(shell.closed.get(&early), Some(&1011));
    shell.store.is_unreadable = false;
    shell.pass(600_000);
    assert!(
        !shell.archives.is_empty(),
        "dirty becomes archived without anybody's help"
    );
    let late = shell.open("ann");
    assert!(!shell.closed.contains_key(&late));
    assert!(matches!(shell.take(late)[..], [Heard::Step1(_), ..]));
}

#[test]
fn jo4_the_pauses_between_readings_of_an_unreadable_store_grow_to_five_minutes() {
    let (mut shell, _, _) = archived_room("kept");
    shell.kill();
    shell.store.is_unreadable = true;
    shell.wake();
    shell.forget_traffic();
    shell.pass(3_600_000);
    let readings = shell
        .log
        .iter()
        .filter(|e| matches!(e, Effect::Reload))
        .count();
    assert!((12..25).contains(&readings), "{readings}");
}

#[test]
fn jo4_a_restored_snapshot_that_is_no_document_opens_nothing() {
    let mut shell = Shell::new();
    let ann = shell.open("ann");
    shell.restored(RestoreOutcome::Found {
        base: base(1),
        snapshot: vec![1, 2, 3],
        attribution: None,
    });
    assert_eq!(shell.state(), "restoring");
    assert_eq!(shell.storage_orders(), 0);
    assert!(shell.take(ann).is_empty());
    shell.pass(2_000);
    assert_eq!(shell.restores.len(), 1);
}

#[test]
fn jo4_rows_that_were_lost_are_not_an_empty_document() {
    let (mut whole, _, _) = archived_room("hello");
    whole.hibernate();
    whole.store.journal.clear();
    whole.open("ben");
    assert_eq!(whole.state(), "unreadable", "the journal is gone");

    let mut restored = Shell::new();
    restored.open("ann");
    let stored = Writer::new(21);
    stored.write("stored");
    restored.restored(RestoreOutcome::Found {
        base: base(3),
        snapshot: stored.whole(),
        attribution: None,
    });
    restored.hibernate();
    restored.store.snapshot = None;
    restored.open("ben");
    assert_eq!(restored.state(), "unreadable", "the snapshot is gone");
}
