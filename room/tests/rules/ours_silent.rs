//! SPEC section 10: sockets of our client that fall silent (GV13).

use room::{Effect, Event, SessionId, Timestamp};

use crate::{
    ours::{join, ours},
    ours_asleep::mixed,
    presence::{HERE, told},
    shell::Shell,
    support::presence,
};

fn pings(shell: &Shell) -> usize {
    let asks = |effect: &&Effect| matches!(effect, Effect::ReadPings { .. });
    shell.log.iter().filter(asks).count()
}

/// Two of ours who see each other, the second of which says something `wait` ms later, for the last time.
fn pair(wait: u64) -> (Shell, [SessionId; 2]) {
    let (mut shell, a) = ours("ann");
    let c = join(&mut shell, "cat");
    for (session, id) in [(a, 11), (c, 13)] {
        shell.frame(session, presence(&[(id, 5, HERE)]));
    }
    shell.pass(wait);
    shell.frame(c, presence(&[(13, 6, HERE)]));
    shell.pass(1_000);
    shell.forget_traffic();
    (shell, [a, c])
}

/// Lets somebody be heard every second, and answers when another is closed: so many seconds after its last word.
fn silence_of(shell: &mut Shell, alive: SessionId, silent: SessionId, asleep: bool) -> u64 {
    let mut seconds = 1;
    while shell.closed.is_empty() {
        shell.pings = [(alive, Some(shell.now)), (silent, None)].into();
        if asleep {
            shell.sleep(1_000);
        } else {
            shell.pass(1_000);
        }
        seconds += 1;
        assert!(seconds <= 95, "it is closed in time");
    }
    assert_eq!(shell.closed.get(&silent), Some(&1013));
    seconds
}

#[test]
fn gv13_a_socket_of_ours_that_neither_pings_nor_speaks_is_closed_and_gone_within_95_s() {
    for asleep in [false, true] {
        for wait in (0..60).step_by(7) {
            let (mut shell, [a, c]) = pair(wait * 1_000);
            let seconds = silence_of(&mut shell, a, c, asleep);
            assert!(seconds >= 75, "{seconds}");
            let gone = told(&mut shell, a).pop().expect("it is told");
            assert_eq!((gone.0, gone.2), (13, None));
        }
    }
}

#[test]
fn gv13_a_stock_neighbour_sees_it_go_too() {
    let (mut shell, [a, b, c]) = mixed();
    shell.close(a);
    shell.pass(1_000);
    shell.forget_traffic();
    shell.pings = [(c, None)].into();
    shell.sleep(94_000);
    assert_eq!(shell.closed.get(&c), Some(&1013));
    assert!(
        told(&mut shell, b)
            .iter()
            .any(|entry| entry.0 == 13 && entry.2.is_none())
    );
}

#[test]
fn gv13_a_hidden_tab_that_pings_once_a_minute_stays() {
    // A browser's throttled timer is late by a second or two, and may fall behind any look at it.
    for late in [0, 700, 2_000] {
        for phase in (0..60_000).step_by(9_100) {
            let (mut shell, [a, c]) = pair(phase);
            shell.pings = [(a, Some(shell.now)), (c, Some(shell.now))].into();
            for _ in 0..20 {
                shell.sleep(60_000 + late);
                shell.pings.insert(c, Some(shell.now));
                shell.pings.insert(a, Some(shell.now));
            }
            assert!(shell.closed.is_empty(), "phase {phase}, late by {late}");
        }
    }
}

#[test]
fn gv13_who_comes_to_a_room_with_a_ghost_sees_it_go_at_once() {
    let (mut shell, a) = ours("ann");
    shell.frame(a, presence(&[(11, 5, HERE)]));
    shell.pings = [(a, None)].into();
    shell.pass(600_000);
    assert!(shell.closed.is_empty());
    join(&mut shell, "ben");
    shell.pass(1_000);
    assert_eq!(shell.closed.get(&a), Some(&1013));
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
fn gv13_pings_of_visible_tabs_let_the_room_sleep_for_almost_a_minute() {
    let (mut shell, [a, c]) = pair(0);
    shell.pass(120_000);
    shell.forget_traffic();
    for _ in 0..60 {
        shell.pings = [a, c].map(|ours| (ours, Some(shell.now))).into();
        shell.pass(10_000);
    }
    assert!((10..=11).contains(&pings(&shell)), "{}", pings(&shell));
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
    // The room asks for ours alone; it must not rely on being told of ours alone.
    let heard = vec![(b, Some(Timestamp(0)))];
    shell.tell(Event::PingsRead { heard });
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
