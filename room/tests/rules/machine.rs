//! SPEC section 1: the machine.

use room::{Effect, Event, SessionId, Timestamp, wire};

use crate::{
    shell::{Fault, Shell},
    support::{Writer, archived_room, presence, stored_text, updates},
};

#[test]
fn rm1_the_same_events_at_the_same_times_give_the_same_effects() {
    let play = || {
        let (mut shell, sessions) = Shell::open_with(&["ann", "ben", "cem"]);
        let (ann, ben) = (Writer::new(11), Writer::new(12));
        for round in 0..20 {
            shell.edit(sessions[0], &ann.write("one "));
            shell.edit(sessions[1], &ben.write("two "));
            let state = format!("{{\"at\":{round}}}");
            shell.frame(sessions[2], presence(&[(13, round, Some(&state))]));
            shell.pass(700);
        }
        shell.close(sessions[1]);
        shell.pass(60_000);
        shell.log
    };
    assert_eq!(play(), play());
}

#[test]
fn rm1_only_events_move_it() {
    let (mut shell, _) = Shell::open_with(&["ann"]);
    let now = shell.now;
    let before = shell.room().next_deadline(now);
    shell.room().status();
    shell.room().take_metrics(now);
    assert_eq!(shell.room().next_deadline(now), before);
}

#[test]
fn rm2_after_a_failed_storage_effect_the_rest_of_the_list_has_no_consequence() {
    let (mut shell, sessions) = Shell::open_with(&["ann", "ben"]);
    let ann = Writer::new(11);
    shell.fail(Fault::Append, 1);
    shell.edit(sessions[0], &ann.write("lost"));
    assert!(shell.store.journal.is_empty());
    assert_eq!(shell.closed.get(&sessions[1]), Some(&1012));
    assert!(updates(&shell.take(sessions[1])).is_empty());
    let again = shell.open("ann");
    shell.edit(again, &ann.whole());
    assert_eq!(stored_text(&shell), "lost");
}

#[test]
fn rm2_a_close_that_was_not_carried_out_is_ordered_again() {
    // In one list an edit is journaled and a socket is closed: what two sockets sent while the room restored.
    let mut shell = Shell::new();
    let (ann, eve) = (shell.open("ann"), shell.open("eve"));
    shell.edit(ann, &Writer::new(11).write("x"));
    shell.frame(eve, vec![0, 9]);
    shell.fail(Fault::Append, 1);
    shell.restored(room::RestoreOutcome::NeverStored);
    assert_eq!(shell.closed.get(&ann), Some(&1012));
    assert!(
        shell.closed.contains_key(&eve),
        "no socket stays open that the room has forgotten"
    );
}

#[test]
fn rm3_an_update_is_appended_before_the_frames_that_carry_it() {
    let (mut shell, sessions) = Shell::open_with(&["ann", "ben"]);
    shell.edit(sessions[0], &Writer::new(11).write("hello"));
    let append = shell
        .log
        .iter()
        .position(|e| matches!(e, Effect::AppendToJournal { .. }));
    let shown = shell
        .log
        .iter()
        .position(|e| matches!(e, Effect::Broadcast { .. }));
    assert!(append.unwrap() < shown.unwrap());
}

#[test]
fn rm3_an_answer_holds_nothing_that_is_not_appended_before_it() {
    let (mut shell, sessions) = Shell::open_with(&["ann"]);
    let mut frame = wire::update(&Writer::new(11).write("hello"));
    frame.extend(wire::sync_step1(&Default::default()));
    shell.frame(sessions[0], frame);
    let append = shell
        .log
        .iter()
        .position(|e| matches!(e, Effect::AppendToJournal { .. }));
    let answer = shell
        .log
        .iter()
        .position(|e| matches!(e, Effect::Send { .. }));
    assert!(append.unwrap() < answer.unwrap());
}

#[test]
fn rm4_what_a_peer_sends_closes_nobody_else() {
    let (mut shell, sessions) = Shell::open_with(&["ann", "ben"]);
    for broken in [
        vec![],
        vec![9],
        vec![0, 2, 200],
        vec![1, 2, 255, 255],
        vec![0, 0, 5, 1],
    ] {
        let victim = shell.open("eve");
        shell.frame(victim, broken);
        assert_eq!(shell.closed.get(&victim), Some(&4400));
    }
    let text = shell.open("eve");
    shell.tell(Event::TextReceived { session: text });
    assert_eq!(shell.closed.get(&text), Some(&4400));
    shell.take(sessions[1]);
    shell.edit(sessions[0], &Writer::new(11).write("on"));
    assert_eq!(updates(&shell.take(sessions[1])).len(), 1);
}

#[test]
fn rm4_events_of_unknown_sessions_are_ignored() {
    let (mut shell, _) = Shell::open_with(&["ann"]);
    shell.edit(SessionId(99), &Writer::new(11).write("x"));
    shell.tell(Event::SessionClosed {
        session: SessionId(99),
    });
    shell.tell(Event::TextReceived {
        session: SessionId(99),
    });
    assert!(shell.store.journal.is_empty());
    assert!(shell.closed.is_empty());
}

#[test]
fn rm5_the_alarm_is_the_first_order_of_the_list_that_makes_the_room_dirty() {
    let (mut shell, session, ann) = archived_room("a");
    shell.close(session);
    shell.pass(3_600_000);
    assert_eq!(
        shell.store.alarm, None,
        "a clean room without people needs no alarm"
    );
    let session = shell.open("ann");
    shell.store.alarm = None;
    shell.hibernate();
    shell.forget_traffic();
    shell.edit(session, &ann.write("b"));
    // `check_list` sees to the order; an alarm is stored when all is done.
    assert!(shell.is_dirty());
    assert!(shell.store.alarm.is_some());
}

#[test]
fn rm5_a_fired_alarm_is_replaced_while_the_room_is_dirty() {
    let (mut shell, _, ann) = archived_room("a");
    let session = shell.open("ann");
    shell.edit(session, &ann.write("b"));
    for _ in 0..30 {
        shell.pass(5_000);
        if !shell.archives.is_empty() {
            shell.archive_fails();
        }
        assert!(shell.is_dirty());
        assert!(shell.store.alarm.is_some());
    }
}

#[test]
fn rm5_a_dirty_room_that_wakes_stores_an_alarm_again() {
    let (mut shell, sessions) = Shell::open_with(&["ann"]);
    shell.edit(sessions[0], &Writer::new(11).write("x"));
    shell.kill();
    shell.store.alarm = None;
    shell.wake();
    assert!(shell.store.alarm.is_some());
    shell.pass(1_000);
    assert_eq!(shell.archives.len(), 1);
}

#[test]
fn rm5_deadlines_in_the_past_do_not_follow_on_each_other_without_a_pause() {
    let (mut shell, sessions) = Shell::open_with(&["ann", "ben"]);
    shell.edit(sessions[0], &Writer::new(11).write("x"));
    shell.frame(sessions[0], presence(&[(11, 1, Some("{}"))]));
    // `pass` counts the turns and fails when they come too fast.
    shell.pass(600_000);
    assert!(shell.state() == "open");
}

#[test]
fn rm5_a_clock_that_steps_back_stops_nothing() {
    let (mut shell, sessions) = Shell::open_with(&["ann", "ben"]);
    let ann = Writer::new(11);
    shell.edit(sessions[0], &ann.write("x"));
    shell.now = Timestamp(shell.now.0 - 3_000);
    shell.edit(sessions[0], &ann.write("y"));
    assert_eq!(updates(&shell.take(sessions[1])).len(), 2);
    shell.pass(20_000);
    assert!(!shell.archives.is_empty());
}
