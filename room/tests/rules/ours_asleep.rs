//! SPEC section 10: presence of our client, silence and sleep (GV11 to GV14).

use room::{Effect, Event, SessionId, Timestamp, wire};

use crate::{
    ours::{join, ours},
    presence::{HERE, told},
    shell::{QUIET_MS, Shell},
    support::{Heard, Writer, entries, presence, questions},
};

/// Ours, a stock socket and another of ours, who all said that they are here.
fn mixed() -> (Shell, [SessionId; 3]) {
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

fn pings(shell: &Shell) -> usize {
    let asks = |effect: &&Effect| matches!(effect, Effect::ReadPings { .. });
    shell.log.iter().filter(asks).count()
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
fn gv13_a_socket_of_ours_that_neither_pings_nor_speaks_is_closed_and_gone() {
    let (mut shell, [a, b, c]) = mixed();
    shell.close(b);
    shell.pass(1_000);
    shell.forget_traffic();
    let mut waited = 0;
    while shell.closed.is_empty() {
        shell.pings = [(a, Some(shell.now)), (c, None)].into();
        shell.sleep(10_000);
        waited += 10;
        assert!(waited <= 150, "it is closed in time");
    }
    assert!(waited >= 60);
    assert_eq!(shell.closed.get(&c), Some(&1013));
    shell.wake();
    shell.pass(1_000);
    let gone = told(&mut shell, a).remove(0);
    assert_eq!((gone.0, gone.2), (13, None));
}

#[test]
fn gv13_a_room_that_sleeps_is_woken_for_it_within_a_minute() {
    let (mut shell, [a, b, c]) = mixed();
    shell.close(b);
    shell.pings = [a, c].map(|ours| (ours, Some(shell.now))).into();
    // What there was to look for of the stock socket's presence is over by then.
    shell.pass(70_000);
    let now = shell.now;
    let alarm = shell.room().next_deadline(now).alarm;
    assert!(alarm.is_some_and(|at| at.millis_since(now) <= 60_000));
}

#[test]
fn gv13_frames_are_as_good_as_pings_across_hibernation() {
    let (mut shell, [a, b, c]) = mixed();
    shell.close(b);
    for clock in 6..20 {
        shell.pings = [(a, None), (c, None)].into();
        shell.frame(a, presence(&[(11, clock, HERE)]));
        shell.frame(c, presence(&[(13, clock, HERE)]));
        shell.sleep(40_000);
    }
    assert!(shell.closed.is_empty());
}

#[test]
fn gv13_where_the_runtime_cannot_tell_nobody_is_closed_and_stock_sockets_never_are() {
    let (mut shell, [_, b, _]) = mixed();
    shell.pass(300_000);
    assert!(pings(&shell) >= 4);
    assert!(shell.closed.is_empty());
    shell.pings = [(b, Some(Timestamp(0)))].into();
    shell.pass(120_000);
    assert!(shell.closed.is_empty());
}

#[test]
fn gv13_nobody_is_asked_for_while_nobody_else_would_see_it() {
    let (mut shell, a) = ours("ann");
    shell.pings = [(a, None)].into();
    shell.pass(300_000);
    assert_eq!(pings(&shell), 0);
    assert!(shell.closed.is_empty());
    assert!(shell.store.alarm.is_none(), "it sleeps until it is woken");
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
    for _ in 0..3 {
        shell.pings = [a, b].map(|ours| (ours, shell.store.alarm)).into();
        shell.hibernate();
        shell.now = shell.store.alarm.take().expect("the sweep wakes it");
        shell.tell(Event::DeadlineReached { by_alarm: true });
        shell.restored(room::RestoreOutcome::NeverStored);
        shell.pass(1_000);
    }
    assert_eq!((shell.frames_for(a), shell.frames_for(b)), (0, 0));
    shell.numbered(a, &wire::update(&Writer::new(11).write("x")));
    assert_eq!(shell.frames_for(b), 1);
    assert!(shell.closed.is_empty());
}
