//! SPEC section 6: when the document is sent to the host, and what a failure costs (HO3 to HO5).

use room::{ArchiveOutcome, Effect, Event, SessionId};

use crate::{
    shell::{LONGEST_MS, QUIET_MS, Shell},
    support::{Writer, archived_room, base, text_of, unreachable, updates},
};

/// The pauses between attempts that all fail.
fn pauses(
    shell: &mut Shell,
    attempts: usize,
    mut fail: impl FnMut(&mut Shell) -> bool,
) -> Vec<u64> {
    let mut pauses = Vec::new();
    let mut last = shell.now;
    while pauses.len() < attempts {
        shell.pass(100);
        if fail(shell) {
            pauses.push((shell.now.millis_since(last) + 500) / 1_000);
            last = shell.now;
        }
    }
    pauses
}

#[test]
fn ho3_an_edit_made_while_an_archive_is_in_flight_leaves_the_room_dirty() {
    let (mut shell, sessions) = Shell::open_with(&["ann"]);
    let ann = Writer::new(11);
    shell.edit(sessions[0], &ann.write("a"));
    shell.pass(QUIET_MS);
    shell.edit(sessions[0], &ann.write("b"));
    assert_eq!(text_of(&shell.stored_at(1).bytes), "a");
    assert!(shell.is_dirty());
    shell.pass(QUIET_MS);
    let second = shell.stored_at(2);
    assert_eq!(text_of(&second.bytes), "ab");
    assert_eq!(second.base, Some(base(1)));
    assert!(!shell.is_dirty());
}

#[test]
fn ho3_dirty_survives_a_kill_and_clean_does_too() {
    let (mut shell, session, ann) = archived_room("a");
    shell.kill();
    assert!(!shell.is_dirty());
    let session_again = shell.open("ann");
    shell.edit(session_again, &ann.write("b"));
    shell.kill();
    assert!(shell.is_dirty());
    let _ = session;
}

#[test]
fn ho4_a_dirty_room_archives_after_a_pause_in_editing() {
    let (mut shell, sessions) = Shell::open_with(&["ann"]);
    let ann = Writer::new(11);
    shell.edit(sessions[0], &ann.write("a"));
    shell.pass(QUIET_MS - 1);
    shell.edit(sessions[0], &ann.write("b"));
    shell.pass(QUIET_MS - 1);
    assert!(shell.archives.is_empty());
    shell.pass(1);
    assert_eq!(text_of(&shell.stored_at(1).bytes), "ab");
}

/// Edits once a second until the next archive, and answers how long that took.
fn edited_until_archived(shell: &mut Shell, session: SessionId, writer: &Writer) -> u64 {
    let (started, before) = (shell.now, shell.archives.len());
    while shell.archives.len() == before {
        let waited = shell.now.millis_since(started);
        assert!(waited < LONGEST_MS, "no later than that");
        if waited.is_multiple_of(1_000) {
            shell.edit(session, &writer.write("x"));
        }
        shell.pass(100);
    }
    shell.now.millis_since(started)
}

#[test]
fn ho4_steady_editing_is_archived_so_long_after_its_first_edit() {
    let (mut shell, sessions) = Shell::open_with(&["ann"]);
    let waited = edited_until_archived(&mut shell, sessions[0], &Writer::new(11));
    assert_eq!(waited, LONGEST_MS);
}

#[test]
fn ho4_rooms_that_begin_together_do_not_archive_together() {
    for early in [0, 2_500, LONGEST_MS / 2] {
        let mut shell = Shell::new();
        // A life is early by what it draws, modulo half of that time and one.
        shell.draws += early;
        let (mut shell, sessions) = shell.opened_with(&["ann"]);
        let ann = Writer::new(11);
        let first = edited_until_archived(&mut shell, sessions[0], &ann);
        assert_eq!(first, LONGEST_MS - early);
        shell.stored_at(1);
        let second = edited_until_archived(&mut shell, sessions[0], &ann);
        assert_eq!(second, LONGEST_MS, "no oftener for that");
    }
}

#[test]
fn ho4_the_last_close_archives_at_once() {
    let (mut shell, sessions) = Shell::open_with(&["ann", "ben"]);
    shell.edit(sessions[0], &Writer::new(11).write("a"));
    shell.close(sessions[0]);
    assert!(shell.archives.is_empty());
    shell.close(sessions[1]);
    assert_eq!(shell.archives.len(), 1);
}

#[test]
fn ho4_two_archives_are_5_s_apart_also_when_the_last_session_closes() {
    let (mut shell, session, ann) = archived_room("a");
    shell.edit(session, &ann.write("b"));
    shell.close(session);
    assert!(
        shell.archives.is_empty(),
        "the one before left a moment ago"
    );
    shell.pass(5_000);
    assert_eq!(text_of(&shell.stored_at(2).bytes), "ab");
}

#[test]
fn ho4_while_one_is_in_flight_no_other_leaves() {
    let (mut shell, sessions) = Shell::open_with(&["ann"]);
    let ann = Writer::new(11);
    shell.edit(sessions[0], &ann.write("a"));
    shell.pass(QUIET_MS);
    for _ in 0..9 {
        shell.edit(sessions[0], &ann.write("b"));
        shell.pass(1_000);
        assert_eq!(shell.archives.len(), 1);
    }
    shell.stored_at(1);
    shell.pass(LONGEST_MS);
    assert_eq!(shell.archives.len(), 1);
}

#[test]
fn ho4_an_archive_in_flight_outlives_the_last_session() {
    let (mut shell, sessions) = Shell::open_with(&["ann"]);
    shell.edit(sessions[0], &Writer::new(11).write("a"));
    shell.close(sessions[0]);
    shell.stored_at(1);
    assert!(!shell.is_dirty());
    assert!(!shell.log.iter().any(|e| matches!(e, Effect::LoadDocument)));
}

#[test]
fn ho5_the_pause_between_failing_archives_doubles_up_to_10_s_while_people_are_connected() {
    let (mut shell, sessions) = Shell::open_with(&["ann"]);
    shell.edit(sessions[0], &Writer::new(11).write("a"));
    let seen = pauses(&mut shell, 8, |shell| {
        let came = !shell.archives.is_empty();
        if came {
            shell.archive_fails();
        }
        came
    });
    assert_eq!(
        seen,
        [5, 5, 5, 5, 8, 10, 10, 10],
        "never less than 5 s between two"
    );
    assert!(shell.is_dirty());
}

#[test]
fn ho5_the_pause_doubles_up_to_5_min_when_nobody_is_and_somebody_shortens_it() {
    let (mut shell, sessions) = Shell::open_with(&["ann"]);
    shell.edit(sessions[0], &Writer::new(11).write("a"));
    shell.close(sessions[0]);
    let seen = pauses(&mut shell, 13, |shell| {
        let came = !shell.archives.is_empty();
        if came {
            shell.archive_fails();
        }
        came
    });
    assert_eq!(seen[4..], [8, 16, 32, 64, 128, 256, 300, 300, 300]);
    shell.pass(20_000);
    assert!(shell.archives.is_empty());
    shell.open("ben");
    assert_eq!(shell.archives.len(), 1);
}

#[test]
fn ho5_a_restore_is_repeated_with_a_pause_that_doubles() {
    let mut shell = Shell::new();
    shell.open("ann");
    shell.restored(unreachable());
    let seen = pauses(&mut shell, 6, |shell| {
        let came = !shell.restores.is_empty();
        if came {
            shell.restored(unreachable());
        }
        came
    });
    assert_eq!(seen, [1, 2, 4, 8, 10, 10]);
}

#[test]
fn ho5_a_lost_archive_is_given_up_and_its_late_answer_is_ignored() {
    let (mut shell, sessions) = Shell::open_with(&["ann"]);
    let ann = Writer::new(11);
    shell.edit(sessions[0], &ann.write("a"));
    shell.pass(QUIET_MS);
    let (lost, _) = shell.archives.pop().unwrap();
    shell.pass(17_000);
    assert_eq!(shell.archives.len(), 1);
    let stored = ArchiveOutcome::Stored {
        base: base(1),
        union: None,
    };
    shell.tell(Event::ArchiveFinished {
        request: lost,
        outcome: stored,
    });
    assert!(shell.is_dirty());
    let repeated = shell.stored_at(2);
    assert_eq!(
        repeated.base, None,
        "what the lost answer said was never taken over"
    );
    assert!(!shell.is_dirty());
}

#[test]
fn ho5_an_answer_to_a_question_of_an_earlier_life_is_ignored() {
    let (mut shell, session, ann) = archived_room("a");
    shell.edit(session, &ann.write("b"));
    shell.pass(QUIET_MS);
    let (earlier, _) = shell.archives.pop().expect("an archive was ordered");
    shell.kill();
    shell.pass(10_000);
    assert_eq!(shell.archives.len(), 1);
    let stored = ArchiveOutcome::Stored {
        base: base(9),
        union: None,
    };
    shell.tell(Event::ArchiveFinished {
        request: earlier,
        outcome: stored,
    });
    assert!(shell.is_dirty());
    assert_eq!(shell.stored_at(2).base, Some(base(1)));
}

#[test]
fn ho5_while_archives_fail_editing_goes_on_and_nothing_is_lost() {
    let (mut shell, sessions) = Shell::open_with(&["ann", "ben"]);
    let ann = Writer::new(11);
    for _ in 0..20 {
        shell.edit(sessions[0], &ann.write("x"));
        shell.pass(7_000);
        if !shell.archives.is_empty() {
            shell.archive_fails();
        }
    }
    assert_eq!(updates(&shell.take(sessions[1])).len(), 20);
    shell.pass(10_000);
    assert_eq!(text_of(&shell.stored_at(1).bytes), ann.text());
}

#[test]
fn ho5_the_age_of_what_is_dirty_grows_through_failures() {
    let (mut shell, sessions) = Shell::open_with(&["ann"]);
    shell.edit(sessions[0], &Writer::new(11).write("a"));
    for _ in 0..12 {
        shell.pass(5_000);
        if !shell.archives.is_empty() {
            shell.archive_fails();
        }
    }
    let now = shell.now;
    assert_eq!(shell.room().take_metrics(now).dirty_age_ms, 60_000);
    shell.pass(10_000);
    shell.stored_at(1);
    let now = shell.now;
    let metrics = shell.room().take_metrics(now);
    assert_eq!(metrics.dirty_age_ms, 0);
    assert!(metrics.archive_lag_ms >= 60_000);
}
