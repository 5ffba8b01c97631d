//! Rules of storage, faults and the host where edits wait for ticks, as they do in use: JO3, FA1, SE7, HO6.

use room::{
    ArchiveOutcome, Effect, Pace, RestoreOutcome,
    glossator::Announcement,
    limits::{JOURNAL_BYTES_MAX, TICK_MS_MIN},
    wire,
};

use crate::{
    shell::{Fault, QUIET_MS, Shell},
    support::{Writer, answers, base, said, stored_text, text_of, updates},
};

fn in_use(users: &[&str]) -> (Shell, Vec<room::SessionId>) {
    Shell::paced(Pace::InTicks).opened_with(users)
}

#[test]
fn fa1_a_tick_that_cannot_be_appended_is_shown_and_told_saved_to_nobody() {
    let (mut shell, sessions) = in_use(&["ann", "ben"]);
    let ours = shell.open_ours("dan");
    shell.numbered(ours, &wire::sync_step2(yrs::Update::EMPTY_V1));
    let (ann, dan) = (Writer::new(11), Writer::new(14));
    shell.edit(sessions[0], &ann.write("a"));
    shell.pass(1);
    shell.forget_traffic();
    shell.numbered(ours, &wire::update(&dan.write("d")));
    shell.edit(sessions[0], &ann.write("b"));
    shell.numbered(ours, &wire::update(&dan.write("e")));
    shell.fail(Fault::Append, 1);
    shell.pass(TICK_MS_MIN);
    for session in [sessions[0], sessions[1], ours] {
        assert_eq!(shell.closed.get(&session), Some(&1012));
    }
    let told = said(&shell.take(ours));
    let is_saved = |told: &Announcement| matches!(told, Announcement::Saved { .. });
    assert!(!told.iter().any(is_saved), "{told:?}");
    assert!(updates(&shell.take(sessions[1])).is_empty());
    assert_eq!(stored_text(&shell), "a");

    let again = shell.open_ours("dan");
    shell.numbered(again, &wire::sync_step2(&dan.whole()));
    let ann_again = shell.open("ann");
    shell.frame(ann_again, wire::sync_step2(&ann.whole()));
    shell.pass(TICK_MS_MIN);
    dan.apply(&ann.whole());
    assert_eq!(stored_text(&shell), dan.text());
    assert!(said(&shell.take(again)).iter().any(is_saved));
}

#[test]
fn fa1_of_a_tick_of_several_rows_what_is_not_appended_is_told_saved_to_nobody() {
    let (mut shell, sessions) = in_use(&["ann", "ben"]);
    let (ann, ben) = (Writer::new(11), Writer::new(12));
    shell.edit(sessions[0], &ann.write("a"));
    shell.pass(1);
    shell.edit(sessions[0], &ann.write("b"));
    shell.edit(sessions[1], &ben.write("c"));
    shell.forget_traffic();
    // The second of two rows.
    shell.fail_after(Fault::Append, 1);
    shell.pass(TICK_MS_MIN);
    assert_eq!(shell.store.journal.len(), 2);
    assert!(updates(&shell.take(sessions[0])).is_empty());
    assert_eq!(shell.closed.get(&sessions[1]), Some(&1012));
    let late = shell.open("cat");
    shell.ask(late);
    assert_eq!(answers(&shell.take(late)), ["ab"]);
}

#[test]
fn jo3_a_tick_that_makes_the_journal_too_long_is_in_the_snapshot() {
    let (mut shell, sessions) = in_use(&["ann", "ben"]);
    let ann = Writer::new(11);
    shell.edit(sessions[0], &ann.write("x"));
    shell.pass(1);
    shell.edit(sessions[0], &ann.write("y"));
    let big = "x".repeat(JOURNAL_BYTES_MAX as usize);
    shell.edit(sessions[0], &ann.write(&big));
    let is_swap = |effect: &&Effect| matches!(effect, Effect::ReplaceSnapshot { .. });
    assert_eq!(shell.log.iter().filter(is_swap).count(), 1);
    assert!(shell.store.journal.is_empty());
    assert_eq!(stored_text(&shell), ann.text());
    shell.kill();
    let cat = shell.open("cat");
    shell.ask(cat);
    assert_eq!(answers(&shell.take(cat)), [ann.text()]);
}

#[test]
fn se7_what_waited_for_a_restore_is_taken_together_and_in_order() {
    let mut shell = Shell::paced(Pace::InTicks);
    let (a, b) = (shell.open("ann"), shell.open("ben"));
    let (ann, ben) = (Writer::new(11), Writer::new(12));
    shell.edit(a, &ann.write("one "));
    shell.edit(a, &ann.write("two "));
    shell.edit(b, &ben.write("three "));
    let stored = Writer::new(21);
    stored.write("stored ");
    shell.restored(RestoreOutcome::Found {
        base: base(3),
        snapshot: stored.whole(),
        attribution: None,
    });
    let editors: Vec<&str> = shell
        .store
        .journal
        .iter()
        .map(|row| row.2.as_str())
        .collect();
    assert_eq!(
        editors,
        ["ann", "ben"],
        "a row for what each wrote in a row"
    );
    for writer in [&ann, &ben] {
        stored.apply(&writer.whole());
    }
    assert_eq!(stored_text(&shell), stored.text());
}

#[test]
fn ho6_a_union_that_comes_while_edits_wait_is_appended_before_them() {
    let (mut shell, sessions) = in_use(&["ann", "ben"]);
    let ann = Writer::new(11);
    shell.edit(sessions[0], &ann.write("a"));
    shell.pass(QUIET_MS);
    shell.edit(sessions[0], &ann.write("b"));
    shell.edit(sessions[0], &ann.write("c"));
    shell.forget_traffic();
    let zombie = Writer::new(22);
    zombie.write("z");
    shell.archived(ArchiveOutcome::Stored {
        base: base(2),
        union: Some(zombie.whole().into()),
    });
    shell.pass(TICK_MS_MIN);
    let mut appended = Vec::new();
    for effect in &shell.log {
        if let Effect::AppendToJournal { update, .. } = effect {
            appended.push(format!("{:?}", crate::support::clocks_of(update)));
        }
    }
    assert_eq!(appended, ["{22: 1}", "{11: 3}"]);
    let shown: Vec<String> = (updates(&shell.take(sessions[1])).iter())
        .map(|update| format!("{:?}", crate::support::clocks_of(update)))
        .collect();
    assert_eq!(shown, ["{22: 1}", "{11: 3}"]);
    zombie.apply(&ann.whole());
    assert_eq!(stored_text(&shell), zombie.text());
    assert!(shell.is_dirty(), "what waited is not in what was sent");
    assert_eq!(text_of(&zombie.whole()), zombie.text());
}
