//! SPEC section 5: whose entry is whose, and how entries leave (PR1 to PR5).

use room::{SessionId, limits, wire};

use crate::{
    shell::Shell,
    support::{Heard, entries, presence},
};

pub const HERE: Option<&str> = Some("{\"here\":true}");

pub fn told(shell: &mut Shell, session: SessionId) -> Vec<(u64, u32, Option<String>)> {
    entries(&shell.take(session))
}

pub fn here(id: u64, clock: u32) -> (u64, u32, Option<String>) {
    (id, clock, HERE.map(str::to_owned))
}

/// Two people who see each other: ann as 11, ben as 12.
pub fn two() -> (Shell, SessionId, SessionId) {
    let (mut shell, sessions) = Shell::open_with(&["ann", "ben"]);
    shell.frame(sessions[0], presence(&[(11, 5, HERE)]));
    shell.frame(sessions[1], presence(&[(12, 5, HERE)]));
    shell.pass(1_000);
    shell.forget_traffic();
    (shell, sessions[0], sessions[1])
}

#[test]
fn pr1_the_first_single_entry_with_a_state_is_the_sessions_own() {
    let (mut shell, sessions) = Shell::open_with(&["ann", "ben"]);
    shell.frame(sessions[0], presence(&[(11, 1, None)]));
    shell.frame(sessions[0], presence(&[(21, 1, HERE), (22, 1, HERE)]));
    shell.pass(1_000);
    assert!(
        told(&mut shell, sessions[1]).is_empty(),
        "neither names its own id"
    );
    shell.frame(sessions[0], presence(&[(11, 2, HERE)]));
    shell.frame(sessions[0], presence(&[(23, 2, HERE)]));
    shell.pass(1_000);
    assert_eq!(told(&mut shell, sessions[1]), vec![here(11, 2)]);
    assert_eq!(shell.records[&sessions[0]].presence, Some(11));
}

#[test]
fn pr1_an_id_that_another_person_holds_is_not_given_away() {
    let (mut shell, ann, _) = two();
    let eve = shell.open("eve");
    shell.take(ann);
    shell.frame(eve, presence(&[(12, 99, Some("{\"fake\":1}"))]));
    shell.frame(eve, presence(&[(12, 100, None)]));
    shell.pass(2_000);
    assert!(told(&mut shell, ann).is_empty());
    assert!(!shell.closed.contains_key(&eve));
    shell.frame(eve, presence(&[(13, 1, HERE)]));
    shell.pass(1_000);
    assert_eq!(
        told(&mut shell, ann),
        vec![here(13, 1)],
        "eve may still name an id of her own"
    );
}

#[test]
fn pr1_only_its_own_session_sets_or_removes_an_entry() {
    let (mut shell, ann, ben) = two();
    shell.frame(ann, presence(&[(11, 6, HERE), (12, 50, None)]));
    shell.frame(ann, presence(&[(12, 51, Some("{\"fake\":1}"))]));
    shell.pass(10_000);
    assert!(told(&mut shell, ann).is_empty());
    assert_eq!(told(&mut shell, ben), vec![here(11, 6)]);
    shell.frame(ann, presence(&[(11, 7, None)]));
    shell.pass(1_000);
    assert_eq!(told(&mut shell, ben), vec![(11, 6, None)]);
}

#[test]
fn pr2_entries_of_others_are_ignored_in_silence() {
    let (mut shell, ann, ben) = two();
    let crowd: Vec<_> = (100..200).map(|id| (id, 1, HERE)).collect();
    shell.frame(ann, presence(&crowd));
    shell.pass(1_000);
    assert!(told(&mut shell, ben).is_empty());
    assert!(shell.closed.is_empty());
    assert!(shell.notices.is_empty());
    let big = format!("\"{}\"", "x".repeat(limits::PRESENCE_BYTES_MAX + 1));
    shell.frame(ann, presence(&[(100, 1, Some(&big)), (11, 6, HERE)]));
    assert!(
        shell.closed.is_empty(),
        "their size is not counted as one's own"
    );
}

#[test]
fn pr3_a_newer_session_takes_the_id_over_and_the_older_ones_close_removes_nothing() {
    let (mut shell, ann, ben) = two();
    let again = shell.open("ann");
    shell.frame(again, presence(&[(11, 6, HERE)]));
    shell.pass(10_000);
    shell.take(ben);
    shell.close(ann);
    shell.pass(2_000);
    assert!(told(&mut shell, ben).iter().all(|entry| entry.2.is_some()));
    shell.close(again);
    shell.pass(1_000);
    assert_eq!(told(&mut shell, ben), vec![(11, 6, None)]);
}

#[test]
fn pr3_what_the_older_session_said_last_takes_nothing_back() {
    for asleep in [false, true] {
        let (mut shell, ann, ben) = two();
        let again = shell.open("ann");
        shell.frame(again, presence(&[(11, 6, HERE)]));
        if asleep {
            shell.hibernate();
        }
        // It was slow, and is heard after the one that came in its place.
        shell.frame(ann, presence(&[(11, 5, HERE)]));
        shell.close(ann);
        shell.pass(10_000);
        assert!(told(&mut shell, ben).iter().all(|entry| entry.2.is_some()));
    }
}

#[test]
fn pr3_a_take_over_with_a_lower_clock_is_told_with_a_higher_one() {
    let (mut shell, _, ben) = two();
    let again = shell.open("ann");
    shell.frame(again, presence(&[(11, 1, Some("{\"reloaded\":1}"))]));
    shell.pass(1_000);
    assert_eq!(
        told(&mut shell, ben),
        vec![(11, 6, Some("{\"reloaded\":1}".to_owned()))]
    );
    shell.frame(again, presence(&[(11, 2, HERE)]));
    shell.pass(1_000);
    assert_eq!(told(&mut shell, ben), vec![here(11, 7)]);
}

#[test]
fn pr3_a_take_over_with_a_lower_clock_and_the_same_state_falls_behind_no_more() {
    let (mut shell, _, ben) = two();
    let again = shell.open("ann");
    shell.frame(again, presence(&[(11, 1, HERE)]));
    shell.frame(again, presence(&[(11, 2, Some("{\"moved\":1}"))]));
    shell.pass(6_000);
    let last = told(&mut shell, ben).pop().unwrap();
    assert!(
        last.1 > 5,
        "others know clock 5 and ignore what is not above it: {last:?}"
    );
    assert_eq!(last.2.as_deref(), Some("{\"moved\":1}"));
}

#[test]
fn pr4_no_session_is_ever_sent_its_own_id() {
    // The shell checks each frame; here every way in which entries leave is walked.
    let (mut shell, ann, ben) = two();
    shell.frame(ann, wire::query_awareness());
    shell.frame(ann, presence(&[(11, 6, Some("{\"moved\":1}"))]));
    shell.frame(ben, presence(&[(12, 6, Some("{\"moved\":1}"))]));
    shell.pass(25_000);
    shell.hibernate();
    shell.frame(ben, presence(&[(12, 7, HERE), (11, 6, HERE)]));
    shell.frame(ann, presence(&[(11, 7, HERE)]));
    shell.frame(ann, wire::query_awareness());
    shell.pass(25_000);
    assert!(
        shell
            .take(ann)
            .iter()
            .any(|heard| matches!(heard, Heard::Presence(_)))
    );
}

#[test]
fn pr5_a_lone_change_leaves_at_once() {
    let (mut shell, ann, ben) = two();
    shell.pass(1_000);
    shell.frame(ann, presence(&[(11, 6, Some("{\"moved\":1}"))]));
    assert_eq!(told(&mut shell, ben).len(), 1);
}

#[test]
fn pr5_changes_within_a_tick_leave_together() {
    let (mut shell, ann, ben) = two();
    for clock in 6..106 {
        let state = format!("{{\"at\":{clock}}}");
        shell.frame(ann, presence(&[(11, clock, Some(&state))]));
    }
    shell.pass(1_000);
    assert_eq!(
        shell.frames_for(ben),
        2,
        "the first at once, the last after a tick"
    );
    assert_eq!(told(&mut shell, ben).pop().unwrap().1, 105);
}

#[test]
fn pr5_the_frames_of_a_second_grow_with_the_number_of_peers_and_not_with_its_square() {
    let frames_of = |peers: u64| {
        let users: Vec<String> = (0..peers).map(|peer| format!("user{peer}")).collect();
        let users: Vec<&str> = users.iter().map(String::as_str).collect();
        let (mut shell, sessions) = Shell::open_with(&users);
        let mut frames = 0;
        for round in 0..100 {
            for (session, id) in sessions.iter().zip(1..) {
                let state = format!("{{\"at\":{round}}}");
                shell.frame(*session, presence(&[(id, round + 1, Some(&state))]));
            }
            shell.pass(50);
        }
        for session in sessions {
            frames += shell.frames_for(session);
        }
        frames
    };
    let (thirty, sixty) = (frames_of(30), frames_of(60));
    assert!(
        sixty as f64 <= 2.2 * thirty as f64,
        "{thirty} at 30, {sixty} at 60"
    );
}

#[test]
fn pr5_everybody_in_a_large_room_leaves_in_bundles_of_32_kib() {
    let users: Vec<String> = (0..40).map(|user| format!("user{user}")).collect();
    let users: Vec<&str> = users.iter().map(String::as_str).collect();
    let (mut shell, sessions) = Shell::open_with(&users);
    let state = format!("\"{}\"", "x".repeat(4_000));
    for (session, id) in sessions.iter().zip(1..) {
        shell.frame(*session, presence(&[(id, 1, Some(&state))]));
    }
    shell.pass(2_000);
    let late = shell.open("late");
    // The shell checks the size of each; here that all arrive, in as few as that allows.
    let bundles = shell.frames_for(late) - 1;
    assert_eq!(told(&mut shell, late).len(), 40);
    assert_eq!(bundles, 5);
}
