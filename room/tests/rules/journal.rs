//! SPEC section 4: journal and storage.

use room::{
    Effect, Notice, RestoreOutcome,
    limits::{JOURNAL_BYTES_MAX, JOURNAL_ROWS_AT_REST_MAX, JOURNAL_ROWS_MAX, REST_SPACING_MS},
    wire,
};

use crate::{
    shell::{Fault, Shell},
    support::{
        Heard, Writer, answers, archived_room, base, clocks_of, presence, stored_text, text_of,
        updates,
    },
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
fn jo3_when_everybody_has_left_the_journal_is_replaced() {
    let (mut shell, sessions) = Shell::open_with(&["ann"]);
    let ann = Writer::new(11);
    shell.edit(sessions[0], &ann.write("gone, kept"));
    shell.edit(sessions[0], &ann.erase(6));
    assert_eq!(swaps(&shell), 0);
    shell.close(sessions[0]);
    assert_eq!(swaps(&shell), 1);
    assert!(shell.store.journal.is_empty());
    assert_eq!(stored_text(&shell), "kept");
    shell.kill();
    let ben = shell.open("ben");
    shell.ask(ben);
    assert_eq!(answers(&shell.take(ben)), ["kept"]);
}

#[test]
fn jo3_who_only_reads_leaves_the_journal_alone() {
    let (mut shell, _, _) = archived_room("hello");
    shell.kill();
    let ben = shell.open("ben");
    shell.ask(ben);
    shell.close(ben);
    shell.pass(60_000);
    assert_eq!(swaps(&shell), 0);
    assert_eq!(shell.store.journal.len(), 1);
}

#[test]
fn jo3_comings_and_goings_do_not_write_the_whole_document_each_time() {
    let (mut shell, sessions) = Shell::open_with(&["ann"]);
    let ann = Writer::new(11);
    shell.edit(sessions[0], &ann.write("x"));
    shell.close(sessions[0]);
    for _ in 0..8 {
        let session = shell.open("ann");
        shell.edit(session, &ann.write("x"));
        shell.close(session);
        shell.pass(500);
    }
    assert_eq!(swaps(&shell), 1);
    shell.pass(REST_SPACING_MS);
    let session = shell.open("ann");
    shell.edit(session, &ann.write("x"));
    shell.close(session);
    assert_eq!(swaps(&shell), 2);
    assert_eq!(stored_text(&shell), ann.text());
}

#[test]
fn jo3_in_a_pause_a_journal_of_some_length_is_replaced() {
    for (rows, replaced) in [
        (JOURNAL_ROWS_AT_REST_MAX, 0),
        (JOURNAL_ROWS_AT_REST_MAX + 1, 1),
    ] {
        let (mut shell, sessions) = Shell::open_with(&["ann"]);
        let ann = Writer::new(11);
        for _ in 0..rows {
            shell.edit(sessions[0], &ann.write("x"));
        }
        assert_eq!(swaps(&shell), 0, "nobody waits for it");
        shell.pass(crate::shell::QUIET_MS);
        assert_eq!(swaps(&shell), replaced);
        assert_eq!(shell.archives.len(), 1);
        assert_eq!(stored_text(&shell), ann.text());
    }
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

/// "ab" as two items of client 11 that follow on each other: yrs itself would write one.
const IN_TWO: [u8; 20] = [
    1, 2, 11, 0, 4, 1, 5, b'n', b'o', b't', b'e', b's', 1, b'a', 0x84, 11, 0, 1, b'b', 0,
];

/// A room that was restored with it, and whose memory was lost.
fn stored_in_two() -> Shell {
    let mut shell = Shell::new();
    shell.open("ann");
    shell.restored(RestoreOutcome::Found {
        base: base(1),
        snapshot: IN_TWO.to_vec(),
        attribution: None,
    });
    shell.kill();
    shell.forget_traffic();
    shell
}

/// What somebody is sent who says that they have this.
fn sent(shell: &mut Shell, user: &str, state: &[(u64, u32)]) -> Vec<u8> {
    let session = shell.open(user);
    let state = state.iter().copied().collect();
    shell.frame(session, wire::sync_step1(&state));
    let heard = shell.take(session);
    for message in heard {
        if let Heard::Step2(answer) = message {
            return answer;
        }
    }
    panic!("who asks is answered")
}

#[test]
fn jo5_who_has_nothing_is_sent_what_is_stored_until_it_changes() {
    let mut shell = stored_in_two();
    assert_eq!(sent(&mut shell, "ben", &[]), IN_TWO);
    // Who has a part needs the document; for who has nothing that changes nothing.
    let cat = Writer::new(13);
    let [mut first, mut last] = [IN_TWO[..14].to_vec(), vec![0]];
    first[1] = 1;
    first.append(&mut last);
    cat.apply(&first);
    assert_eq!(cat.text(), "a");
    cat.apply(&sent(&mut shell, "cat", &[(11, 1)]));
    assert_eq!(cat.text(), "ab");
    assert_eq!(sent(&mut shell, "dan", &[]), IN_TWO);
    let eve = shell.open("eve");
    shell.edit(eve, &cat.write("c"));
    assert_eq!(text_of(&sent(&mut shell, "fay", &[])), "abc");
    shell.kill();
    assert_eq!(text_of(&sent(&mut shell, "gus", &[])), "abc");
}

#[test]
fn jo5_an_edit_of_who_was_sent_what_is_stored_is_taken_and_shown() {
    let mut shell = stored_in_two();
    let (ben, cat) = (shell.open("ben"), shell.open("cat"));
    shell.ask(ben);
    shell.ask(cat);
    let writer = Writer::new(12);
    writer.apply(&IN_TWO);
    shell.take(cat);
    shell.edit(ben, &writer.write("c"));
    assert_eq!(updates(&shell.take(cat)).len(), 1);
    assert_eq!(stored_text(&shell), "abc");
}

#[test]
fn jo5_who_has_everything_is_told_what_was_deleted() {
    let (mut shell, sessions) = Shell::open_with(&["ann"]);
    let ann = Writer::new(11);
    let written = ann.write("gone, kept");
    shell.edit(sessions[0], &written);
    shell.edit(sessions[0], &ann.erase(6));
    shell.close(sessions[0]);
    for _ in 0..2 {
        let answer = sent(&mut shell, "ben", &[(11, 10)]);
        assert!(clocks_of(&answer).is_empty(), "nothing that is there");
        let ben = Writer::new(12);
        ben.apply(&written);
        ben.apply(&answer);
        assert_eq!(ben.text(), "kept");
        shell.kill();
    }
}

#[test]
fn jo5_rows_behind_a_snapshot_are_in_what_who_has_nothing_is_sent() {
    let mut shell = stored_in_two();
    let ben = shell.open("ben");
    let writer = Writer::new(12);
    writer.apply(&IN_TWO);
    shell.edit(ben, &writer.write("c"));
    assert_eq!(shell.store.journal.len(), 1);
    shell.kill();
    assert_eq!(text_of(&sent(&mut shell, "cat", &[])), "abc");
}
