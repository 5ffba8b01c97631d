//! SPEC section 7: faults.

use room::{ArchiveOutcome, Effect, Event, Notice, RestoreOutcome, wire};

use crate::{
    shell::{Fault, QUIET_MS, Shell},
    support::{
        Heard, Writer, answers, archived_room, base, entries, presence, stored_text, text_of,
        updates,
    },
};

#[test]
fn fa1_a_failed_write_drops_the_document_closes_everybody_and_reads_again() {
    for fault in [Fault::Append, Fault::Alarm] {
        let (mut shell, session, ann) = archived_room("kept");
        let ben = shell.open("ben");
        shell.store.alarm = None;
        shell.hibernate();
        shell.wake();
        shell.take(ben);
        shell.frame(session, wire::sync_step1(&Default::default()));
        shell.pass(70_000);
        shell.fail(fault, 1);
        shell.edit(session, &ann.write(" lost"));
        if fault == Fault::Alarm && shell.closed.is_empty() {
            continue;
        }
        assert_eq!(shell.closed.get(&session), Some(&1012));
        assert_eq!(shell.closed.get(&ben), Some(&1012));
        assert!(updates(&shell.take(ben)).is_empty());
        assert!(
            shell
                .notices
                .iter()
                .any(|n| matches!(n, Notice::StorageFailed { .. }))
        );
        assert_eq!(shell.state(), "open");
        let again = shell.open("ann");
        shell.frame(again, wire::sync_step1(&Default::default()));
        let served = answers(&shell.take(again));
        assert_eq!(served, ["kept"], "the document is what the storage says");
    }
}

#[test]
fn fa1_a_failure_before_the_first_write_leaves_a_room_that_was_never_stored() {
    let (mut shell, sessions) = Shell::open_with(&["ann"]);
    let ann = Writer::new(11);
    shell.fail(Fault::Meta, 1);
    shell.edit(sessions[0], &ann.write("x"));
    assert!(shell.store.meta.is_none());
    let again = shell.open("ann");
    shell.restored(RestoreOutcome::NeverStored);
    // The shell asserts that no row is written without the record beside it.
    shell.edit(again, &ann.whole());
    assert_eq!(stored_text(&shell), "x");
}

#[test]
fn fa1_a_failed_swap_after_a_restore_asks_the_host_again() {
    let mut shell = Shell::new();
    let first = shell.open("ann");
    let stored = Writer::new(21);
    stored.write("stored");
    let found = || RestoreOutcome::Found {
        base: base(1),
        snapshot: stored.whole(),
        attribution: None,
    };
    shell.fail(Fault::Replace, 1);
    shell.restored(found());
    assert_eq!(shell.closed.get(&first), Some(&1012));
    let again = shell.open("ann");
    assert!(updates(&shell.take(again)).is_empty());
    shell.restored(found());
    assert_eq!(stored_text(&shell), "stored");
    assert!(matches!(shell.take(again)[..], [Heard::Step1(_)]));
}

#[test]
fn fa1_a_failed_base_is_not_taken_over() {
    let (mut shell, session, ann) = archived_room("a");
    shell.edit(session, &ann.write("b"));
    shell.pass(QUIET_MS);
    shell.fail(Fault::Meta, 1);
    shell.stored_at(2);
    assert!(shell.is_dirty());
    shell.pass(20_000);
    assert_eq!(shell.archives.pop().unwrap().1.base, Some(base(1)));
}

#[test]
fn fa1_an_archive_that_was_on_its_way_before_the_failure_still_counts() {
    let (mut shell, session, ann) = archived_room("a");
    shell.edit(session, &ann.write("b"));
    shell.pass(QUIET_MS);
    shell.fail(Fault::Append, 1);
    shell.edit(session, &ann.write("c"));
    assert_eq!(text_of(&shell.stored_at(2).bytes), "ab");
    assert!(!shell.is_dirty(), "c was never journaled");
}

#[test]
fn fa1_an_archive_that_the_failed_list_ordered_is_sent_again() {
    let (mut shell, session, ann) = archived_room("a");
    shell.pass(10_000);
    shell.edit(session, &ann.write("b"));
    shell.store.alarm = None;
    shell.fail(Fault::Alarm, 1);
    shell.now = shell.now + QUIET_MS;
    shell.tell(Event::DeadlineReached { by_alarm: true });
    assert!(shell.archives.is_empty() || shell.closed.contains_key(&session));
    shell.pass(20_000);
    assert_eq!(text_of(&shell.archives.pop().unwrap().1.bytes), "ab");
}

/// Fails an append of a newcomer's edit.
fn fail_once(shell: &mut Shell, ann: &Writer) {
    let session = shell.open("ann");
    shell.fail(Fault::Append, 1);
    ann.write("x");
    shell.frame(session, wire::sync_step2(&ann.whole()));
    assert_eq!(shell.closed.get(&session), Some(&1012));
}

#[test]
fn fa2_after_two_failures_within_a_minute_readers_are_served_and_writers_told_to_wait() {
    let (mut shell, _, ann) = archived_room("kept");
    fail_once(&mut shell, &ann);
    shell.pass(30_000);
    fail_once(&mut shell, &ann);
    let reader = shell.open("ben");
    shell.frame(reader, wire::sync_step1(&Default::default()));
    shell.frame(
        reader,
        wire::sync_step2(shell.store.journal[0].1.clone().as_slice()),
    );
    assert!(
        !shell.closed.contains_key(&reader),
        "what is known is no edit"
    );
    assert!(
        shell
            .take(reader)
            .iter()
            .any(|heard| matches!(heard, Heard::Step2(_)))
    );
    let writer = shell.open("ann");
    shell.frame(writer, wire::sync_step2(&ann.whole()));
    assert_eq!(shell.closed.get(&writer), Some(&1013));
    assert_eq!(stored_text(&shell), "kept");
}

#[test]
fn pr11_who_is_turned_away_with_edits_is_not_announced() {
    let (mut shell, _, ann) = archived_room("kept");
    fail_once(&mut shell, &ann);
    shell.pass(30_000);
    fail_once(&mut shell, &ann);
    let reader = shell.open("ben");
    shell.frame(reader, wire::sync_step2(&[0, 0]));
    shell.take(reader);
    let writer = shell.open("ann");
    shell.frame(writer, presence(&[(7, 1, Some("{}"))]));
    shell.pass(1_000);
    shell.frame(writer, wire::sync_step2(&ann.whole()));
    assert_eq!(shell.closed.get(&writer), Some(&1013));
    shell.pass(1_000);
    assert!(entries(&shell.take(reader)).is_empty());
    let late = shell.open("eve");
    shell.frame(late, wire::sync_step2(&[0, 0]));
    shell.frame(late, presence(&[(8, 1, Some("{}"))]));
    shell.pass(1_000);
    let told = entries(&shell.take(reader));
    assert_eq!(
        told,
        [(8, 1, Some("{}".to_owned()))],
        "who only reads is here"
    );
}

#[test]
fn pr11_our_client_is_asked_for_its_presence_once_it_has_answered() {
    let (mut shell, _, ann) = archived_room("kept");
    fail_once(&mut shell, &ann);
    shell.pass(30_000);
    fail_once(&mut shell, &ann);
    let ours = shell.open_ours("ben");
    shell.frame(ours, presence(&[(7, 1, Some("{}"))]));
    shell.take(ours);
    shell.numbered(ours, &wire::sync_step2(&[0, 0]));
    let asked = shell.take(ours);
    assert!(asked.contains(&Heard::Query), "{asked:?}");
    let late = shell.open("eve");
    shell.frame(ours, presence(&[(7, 1, Some("{}"))]));
    shell.pass(1_000);
    let told = entries(&shell.take(late));
    assert!(told.iter().any(|entry| entry.0 == 7), "{told:?}");
}

#[test]
fn fa2_until_a_minute_has_passed_without_a_failure() {
    let (mut shell, _, ann) = archived_room("kept");
    fail_once(&mut shell, &ann);
    shell.pass(50_000);
    fail_once(&mut shell, &ann);
    shell.pass(59_999);
    let early = shell.open("ann");
    shell.frame(early, wire::sync_step2(&ann.whole()));
    assert_eq!(
        shell.closed.get(&early),
        Some(&1013),
        "the second failure is not a minute old"
    );
    shell.pass(1);
    let late = shell.open("ann");
    shell.frame(late, wire::sync_step2(&ann.whole()));
    assert!(!shell.closed.contains_key(&late));
    assert_eq!(stored_text(&shell), ann.text());
}

#[test]
fn fa2_two_failures_more_than_a_minute_apart_turn_nobody_away() {
    let (mut shell, _, ann) = archived_room("kept");
    fail_once(&mut shell, &ann);
    shell.pass(60_000);
    fail_once(&mut shell, &ann);
    let writer = shell.open("ann");
    shell.frame(writer, wire::sync_step2(&ann.whole()));
    assert!(!shell.closed.contains_key(&writer));
}

#[test]
fn fa2_after_four_failures_within_a_minute_everybody_is_closed_with_1011_for_a_while() {
    let (mut shell, session, ann) = archived_room("kept");
    shell.edit(session, &ann.write("!"));
    shell.pass(1);
    shell.store.alarm = None;
    shell.fail(Fault::Alarm, 4);
    shell.tell(Event::DeadlineReached { by_alarm: true });
    assert_eq!(shell.state(), "unreadable");
    let early = shell.open("ben");
    assert_eq!(shell.closed.get(&early), Some(&1011));
    shell.pass(120_000);
    let late = shell.open("ben");
    assert!(!shell.closed.contains_key(&late));
    assert_eq!(shell.state(), "open");
}

#[test]
fn fa2_a_storage_that_fails_for_ever_ends_in_rest_and_not_in_circles() {
    for fault in [Fault::Alarm, Fault::Load] {
        let (mut shell, session, ann) = archived_room("kept");
        shell.edit(session, &ann.write("!"));
        shell.kill();
        shell.fail(fault, usize::MAX);
        // The shell counts the turns of each event.
        let early = shell.open("ann");
        assert!(matches!(shell.closed.get(&early), Some(1011 | 1012)));
        shell.pass(600_000);
        shell.fail(fault, 0);
        shell.pass(600_000);
        let late = shell.open("ann");
        shell.pass(5_000);
        assert!(!shell.closed.contains_key(&late), "{fault:?}");
        assert!(!shell.archives.is_empty());
    }
}

#[test]
fn fa3_an_interrupted_life_closes_everybody_with_1012() {
    let (mut shell, session, ann) = archived_room("kept");
    shell.pass(10_000);
    let ben = shell.open("ben");
    shell.edit(session, &ann.write("!"));
    shell.hibernate();
    shell.wake_after(true);
    assert_eq!(shell.closed.get(&session), Some(&1012));
    assert_eq!(shell.closed.get(&ben), Some(&1012));
    assert_eq!(shell.state(), "open");
    shell.pass(6_000);
    assert!(!shell.archives.is_empty(), "what was dirty is archived");
    shell.archived(ArchiveOutcome::Stored {
        base: base(2),
        union: None,
    });
    assert!(!shell.log.iter().any(|e| matches!(e, Effect::Wipe { .. })));
}
