//! SPEC section 10: presence of our client, and sleep (GV11, GV12, GV14).

use room::{CheckOutcome, Effect, Event, SessionId, wire};

use crate::{
    ours::{join, ours},
    presence::{HERE, told},
    shell::{QUIET_MS, Shell},
    support::{Heard, Writer, base, entries, presence, questions, stored_text},
};

/// Ours, a stock socket and another of ours, who all said that they are here.
pub fn mixed() -> (Shell, [SessionId; 3]) {
    let (mut shell, a) = ours("ann");
    let b = shell.open("ben");
    shell.ask(b);
    let c = join(&mut shell, "cat");
    shell.numbered(a, &wire::update(&Writer::new(11).write("x")));
    shell.pass(QUIET_MS);
    shell.stored_at(1);
    for (session, id) in [(a, 11), (b, 12), (c, 13)] {
        shell.frame(session, presence(&[(id, 5, HERE)]));
    }
    shell.pass(1_000);
    shell.forget_traffic();
    (shell, [a, b, c])
}

#[test]
fn gv11_stock_neighbours_are_told_of_ours_again_within_20_s_with_raised_clocks_and_only_they() {
    let (mut shell, [a, b, c]) = mixed();
    let mut clocks = (0, 0);
    for _ in 0..3 {
        shell.pings = [a, c].map(|ours| (ours, Some(shell.now))).into();
        shell.pass(20_000);
        let heard = told(&mut shell, b);
        let ids: Vec<u64> = heard.iter().map(|entry| entry.0).collect();
        assert_eq!(ids, [11, 13]);
        let before = std::mem::replace(&mut clocks, (heard[0].1, heard[1].1));
        assert!(before.0 < clocks.0 && before.1 < clocks.1);
        shell.frame(b, presence(&[(12, 6, HERE)]));
    }
    for session in [a, c] {
        let heard = shell.take(session);
        assert!(entries(&heard).iter().all(|(id, ..)| *id == 12));
        let keepalive = Heard::Presence(Vec::new());
        assert!(!heard.contains(&keepalive), "PR8 is for stock sockets");
    }
    shell.frame(a, presence(&[(11, 6, Some("{\"moved\":1}"))]));
    shell.pass(100);
    let (id, clock, state) = told(&mut shell, b).remove(0);
    assert_eq!((id, state.as_deref()), (11, Some("{\"moved\":1}")));
    assert!(clock > clocks.0);
}

#[test]
fn gv11_who_returns_after_the_room_forgot_it_is_told_above_what_others_know() {
    let (mut shell, [a, b, c]) = mixed();
    shell.pass(60_000);
    shell.close(a);
    shell.close(c);
    shell.pass(1_000);
    let known = entries(&shell.take(b)).iter().map(|entry| entry.1).max();
    shell.sleep(20_000);
    let again = join(&mut shell, "ann");
    shell.frame(again, presence(&[(11, 6, HERE)]));
    shell.pass(1_000);
    let heard = told(&mut shell, b);
    let back = heard.iter().find(|entry| entry.0 == 11);
    assert!(back.is_some_and(|back| Some(back.1) > known));
}

#[test]
fn gv11_ours_is_here_without_renewal_and_goes_with_its_socket() {
    let (mut shell, [a, b, c]) = mixed();
    shell.close(b);
    shell.pass(1_000);
    for _ in 0..10 {
        shell.pings = [a, c].map(|ours| (ours, Some(shell.now))).into();
        shell.pass(30_000);
    }
    let late = join(&mut shell, "dan");
    let everybody: Vec<u64> = entries(&shell.take(late)).iter().map(|e| e.0).collect();
    assert_eq!(everybody, [11, 13]);
    shell.close(a);
    shell.pass(1_000);
    let gone = told(&mut shell, late).remove(0);
    assert_eq!((gone.0, gone.2), (11, None));
}

#[test]
fn gv12_after_hibernation_ours_is_asked_for_its_presence_if_a_stock_socket_is_there() {
    let (mut shell, [a, b, c]) = mixed();
    let clock = shell.records[&a].presence_clock.expect("it was told");
    shell.sleep(20_000);
    for session in [a, b, c] {
        assert!(shell.take(session).contains(&Heard::Query), "{session:?}");
    }
    shell.frame(a, presence(&[(11, 5, HERE)]));
    let again = told(&mut shell, b);
    assert_eq!(again.len(), 1, "at once");
    assert!(again[0].0 == 11 && again[0].1 > clock, "as news");
}

#[test]
fn gv12_after_hibernation_ours_is_asked_for_its_presence_when_somebody_comes() {
    let (mut shell, [a, b, c]) = mixed();
    shell.close(b);
    shell.pass(1_000);
    shell.hibernate();
    shell.forget_traffic();
    let late = join(&mut shell, "dan");
    assert_eq!(shell.take(a), [Heard::Query]);
    assert_eq!(shell.take(c), [Heard::Query]);
    shell.frame(a, presence(&[(11, 5, HERE)]));
    shell.pass(1_000);
    let (id, _, state) = entries(&shell.take(late))[0].clone();
    assert_eq!((id, state.as_deref()), (11, HERE));
    join(&mut shell, "eve");
    assert!(!shell.take(a).contains(&Heard::Query));
    assert!(shell.take(c).contains(&Heard::Query));
}

#[test]
fn gv14_a_room_of_ours_sends_nothing_while_nothing_happens() {
    let (mut shell, [a, b, c]) = mixed();
    shell.close(b);
    shell.pass(2_000);
    shell.forget_traffic();
    for _ in 0..6 {
        shell.pings = [a, c].map(|ours| (ours, Some(shell.now))).into();
        shell.sleep(30_000);
    }
    assert_eq!((shell.frames_for(a), shell.frames_for(c)), (0, 0));
    assert!(shell.closed.is_empty());
    let next = Writer::new(13);
    shell.numbered(c, &wire::update(&next.write("y")));
    assert_eq!(shell.frames_for(a), 1);
    assert_eq!(
        questions(&shell.take(c)),
        0,
        "ours is not asked after a wake"
    );
}

#[test]
fn gv14_a_room_that_was_never_written_to_sends_nothing_either() {
    let (mut shell, a) = ours("ann");
    let b = join(&mut shell, "ben");
    shell.pass(1_000);
    shell.forget_traffic();
    for round in 0..3 {
        shell.pings = [a, b].map(|ours| (ours, Some(shell.now))).into();
        shell.sleep(60_000);
        shell.frame(a, presence(&[(11, round, Some("{}"))]));
        shell.restored(room::RestoreOutcome::NeverStored);
    }
    shell.pass(10_000);
    let heard = shell.take(b);
    assert_eq!(entries(&heard).len(), heard.len(), "but for presence");
    assert_eq!(shell.frames_for(a), 0);
    shell.numbered(a, &wire::update(&Writer::new(11).write("x")));
    assert_eq!(shell.frames_for(b), 1);
    assert!(shell.closed.is_empty());
}

/// Lets two of ours do nothing but ping for so long, asleep, and answers how many questions the host was asked and answered
/// as before.
fn asked_in_sleep(shell: &mut Shell, sessions: [SessionId; 2], minutes: u64) -> usize {
    let until = shell.now + minutes * 60_000;
    let mut asked = 0;
    while let Some(at) = shell.store.alarm.take_if(|at| *at <= until) {
        shell.hibernate();
        shell.now = shell.now.max(at);
        shell.pings = sessions.map(|ours| (ours, Some(shell.now))).into();
        shell.tell(Event::DeadlineReached { by_alarm: true });
        if !shell.checks.is_empty() {
            shell.checked(CheckOutcome::Found { base: base(1) });
            asked += 1;
        }
        if !shell.restores.is_empty() {
            shell.restored(room::RestoreOutcome::NeverStored);
            asked += 1;
        }
    }
    assert!(shell.closed.is_empty());
    shell.now = until;
    shell.hibernate();
    asked
}

#[test]
fn gv14_a_room_that_sleeps_asks_the_host_every_15_min_and_when_somebody_does_something() {
    let (mut shell, [a, b, c]) = mixed();
    shell.close(b);
    shell.pass(1_000);
    assert!(
        asked_in_sleep(&mut shell, [a, c], 10) <= 1,
        "of late it was not"
    );
    shell.forget_traffic();
    assert_eq!(asked_in_sleep(&mut shell, [a, c], 4), 0);
    let saves = |effect: &&Effect| matches!(effect, Effect::SaveSession { .. });
    assert_eq!(shell.log.iter().filter(saves).count(), 0);
    assert_eq!(asked_in_sleep(&mut shell, [a, c], 60), 4);
    shell.frame(c, presence(&[(13, 6, HERE)]));
    assert_eq!(shell.checks.len(), 1, "HO7: somebody woke it");
    shell.checked(CheckOutcome::Found { base: base(2) });
    assert!(shell.is_dirty());
}

#[test]
fn gv14_a_room_that_was_never_written_to_does_not_ask_again_either() {
    let (mut shell, a) = ours("ann");
    let b = join(&mut shell, "ben");
    assert_eq!(asked_in_sleep(&mut shell, [a, b], 10), 0);
    assert_eq!(asked_in_sleep(&mut shell, [a, b], 60), 4);
    shell.numbered(a, &wire::update(&Writer::new(11).write("x")));
    shell.restored(room::RestoreOutcome::NeverStored);
    assert_eq!(stored_text(&shell), "x");
}

#[test]
fn ho1_an_object_that_lost_its_storage_does_not_put_the_restore_off() {
    let (mut shell, [a, b, c]) = mixed();
    shell.close(b);
    shell.pass(1_000);
    shell.pings = [a, c].map(|ours| (ours, Some(shell.now))).into();
    let alarm = shell.store.alarm;
    shell.hibernate();
    shell.store = Default::default();
    shell.store.alarm = alarm;
    shell.pass(60_000);
    assert!(!shell.restores.is_empty());
}
