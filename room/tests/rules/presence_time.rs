//! SPEC section 5: renewed, gone, silent and asleep (PR6 to PR10).

use room::Effect;

use crate::{
    presence::{HERE, here, told, two},
    shell::Shell,
    support::{Heard, Writer, archived_room, presence},
};

#[test]
fn pr6_an_entry_that_was_only_renewed_is_told_within_5_s_with_the_clients_own_clock() {
    let (mut shell, ann, ben) = two();
    shell.frame(ann, presence(&[(11, 6, HERE)]));
    assert!(told(&mut shell, ben).is_empty());
    shell.pass(5_000);
    assert_eq!(told(&mut shell, ben), vec![here(11, 6)]);
}

#[test]
fn pr6_an_older_clock_of_the_same_session_is_ignored() {
    let (mut shell, ann, ben) = two();
    shell.frame(ann, presence(&[(11, 4, Some("{\"old\":1}"))]));
    shell.pass(6_000);
    assert!(told(&mut shell, ben).is_empty());
}

#[test]
fn pr7_a_closed_sockets_entry_is_told_as_gone_within_a_second() {
    let (mut shell, ann, ben) = two();
    shell.frame(ben, presence(&[(12, 6, Some("{\"moved\":1}"))]));
    shell.close(ann);
    shell.pass(1_000);
    assert_eq!(told(&mut shell, ben), vec![(11, 5, None)]);
}

#[test]
fn pr7_the_entry_of_a_socket_that_the_room_closes_is_told_as_gone_too() {
    let (mut shell, ann, ben) = two();
    shell.frame(ann, vec![9]);
    shell.pass(1_000);
    assert_eq!(told(&mut shell, ben), vec![(11, 5, None)]);
}

#[test]
fn pr7_a_returning_id_is_told_with_a_clock_that_others_do_not_ignore() {
    let (mut shell, ann, ben) = two();
    shell.close(ann);
    shell.pass(1_000);
    shell.take(ben);
    let again = shell.open("ann");
    shell.frame(again, presence(&[(11, 5, HERE)]));
    shell.pass(1_000);
    assert_eq!(told(&mut shell, ben), vec![here(11, 6)]);
    shell.frame(again, presence(&[(11, 6, HERE)]));
    shell.pass(6_000);
    assert_eq!(told(&mut shell, ben), vec![here(11, 7)]);
}

#[test]
fn pr7_a_socket_that_closes_while_the_room_hibernates_is_told_as_gone() {
    let (mut shell, ann, ben) = two();
    shell.hibernate();
    // The runtime still lists a socket whose end wakes the object.
    shell.wake();
    shell.close(ann);
    shell.pass(1_000);
    assert_eq!(told(&mut shell, ben), vec![(11, 5, None)]);
}

#[test]
fn pr7_after_thousands_of_departures_one_more_is_told_as_gone() {
    let (mut shell, _, ben) = two();
    for id in (1_000..6_000).rev() {
        let passer = shell.open("cem");
        shell.frame(passer, presence(&[(id, 3, HERE)]));
        shell.pass(100);
        shell.close(passer);
        shell.pass(100);
        assert!(told(&mut shell, ben).contains(&(id, 3, None)), "{id}");
        if id % 50 == 0 {
            shell.frame(ben, presence(&[(12, 10_000 - id as u32, HERE)]));
        }
    }
}

#[test]
fn pr7_a_raised_clock_stays_raised_after_hibernation() {
    let (mut shell, ann, ben) = two();
    shell.close(ann);
    shell.pass(1_000);
    let again = shell.open("ann");
    shell.frame(again, presence(&[(11, 1, HERE)]));
    shell.pass(1_000);
    assert_eq!(told(&mut shell, ben).pop(), Some(here(11, 6)));
    shell.hibernate();
    shell.frame(again, presence(&[(11, 2, HERE)]));
    shell.pass(6_000);
    let last = told(&mut shell, ben).pop().unwrap();
    assert!(
        last.1 > 6 && last.2.is_some(),
        "others know clock 6: {last:?}"
    );
}

#[test]
fn pr8_a_stock_socket_that_was_sent_nothing_for_20_s_is_sent_something() {
    let (mut shell, sessions) = Shell::open_with(&["ann"]);
    for _ in 0..6 {
        shell.pass(20_000);
        assert_eq!(shell.take(sessions[0]), vec![Heard::Presence(Vec::new())]);
    }
}

#[test]
fn pr8_what_is_sent_then_tells_nothing_that_stock_clients_would_ignore() {
    let (mut shell, sessions) = Shell::open_with(&["ann", "ben", "cem"]);
    shell.frame(sessions[0], presence(&[(11, 5, HERE)]));
    shell.forget_traffic();
    shell.pass(21_000);
    for session in sessions {
        assert_eq!(shell.take(session), vec![Heard::Presence(Vec::new())]);
    }
}

#[test]
fn pr8_no_stock_socket_is_silent_for_25_s_while_the_document_is_restored() {
    let mut shell = Shell::new();
    let ann = shell.open("ann");
    for _ in 0..5 {
        shell.pass(25_000);
        assert!(shell.frames_for(ann) > 0);
        shell.take(ann);
    }
}

#[test]
fn pr8_no_stock_socket_is_silent_for_25_s_when_the_room_hibernates_again_and_again() {
    let users: Vec<String> = (0..50).map(|user| format!("user{user}")).collect();
    let users: Vec<&str> = users.iter().map(String::as_str).collect();
    let (mut shell, sessions) = Shell::open_with(&users);
    for _ in 0..5 {
        shell.sleep(25_000);
        for session in &sessions {
            assert!(shell.frames_for(*session) > 0, "{session:?}");
            shell.take(*session);
        }
    }
}

#[test]
fn pr9_an_entry_that_its_socket_has_not_renewed_for_60_s_is_removed() {
    let (mut shell, ann, ben) = two();
    for clock in 6..11 {
        shell.frame(ann, presence(&[(11, clock, HERE)]));
        shell.pass(15_000);
    }
    let gone: Vec<_> = told(&mut shell, ann)
        .into_iter()
        .filter(|e| e.2.is_none())
        .collect();
    assert_eq!(gone, vec![(12, 5, None)]);
    assert!(told(&mut shell, ben).iter().all(|entry| entry.2.is_some()));
    shell.frame(ben, presence(&[(12, 6, HERE)]));
    shell.pass(1_000);
    assert_eq!(
        told(&mut shell, ann),
        vec![here(12, 6)],
        "who speaks again is here again"
    );
}

#[test]
fn pr9_a_silent_entry_is_removed_from_a_busy_room_too() {
    let (mut shell, ann, _) = two();
    let writer = shell.open("cem");
    let cem = Writer::new(13);
    shell.take(ann);
    for _ in 0..65 {
        shell.edit(writer, &cem.write("x"));
        shell.pass(1_000);
    }
    let gone = told(&mut shell, ann)
        .into_iter()
        .filter(|entry| entry.2.is_none())
        .count();
    assert_eq!(gone, 1, "ben, who said nothing for a minute");
}

#[test]
fn pr9_an_entry_that_is_not_renewed_after_hibernation_is_removed() {
    let (mut shell, ann, ben) = two();
    shell.hibernate();
    for clock in 6..12 {
        shell.frame(ann, presence(&[(11, clock, HERE)]));
        shell.pass(15_000);
    }
    assert!(told(&mut shell, ann).contains(&(12, 5, None)));
    let _ = ben;
}

#[test]
fn pr9_silence_is_measured_across_hibernations() {
    let (mut shell, ann, ben) = two();
    shell.sleep(95_000);
    let gone = |entries: Vec<(u64, u32, Option<String>)>| -> Vec<u64> {
        let gone = entries.into_iter().filter(|entry| entry.2.is_none());
        gone.map(|entry| entry.0).collect()
    };
    assert_eq!(gone(told(&mut shell, ann)), vec![12]);
    assert_eq!(gone(told(&mut shell, ben)), vec![11]);
}

#[test]
fn pr6_what_is_said_again_after_hibernation_waits_like_a_renewal() {
    let (mut shell, ann, ben) = two();
    shell.hibernate();
    shell.frame(ann, presence(&[(11, 6, HERE)]));
    shell.pass(1_000);
    assert!(told(&mut shell, ben).is_empty());
    shell.pass(4_000);
    assert_eq!(told(&mut shell, ben), vec![here(11, 6)]);
}

#[test]
fn pr5_what_changed_after_hibernation_or_is_news_to_somebody_leaves_at_once() {
    let (mut shell, ann, ben) = two();
    shell.hibernate();
    shell.frame(ann, presence(&[(11, 6, Some("{\"moved\":1}"))]));
    assert_eq!(told(&mut shell, ben).len(), 1);

    shell.hibernate();
    let cem = shell.open("cem");
    shell.take(cem);
    shell.frame(ann, presence(&[(11, 7, Some("{\"moved\":1}"))]));
    shell.pass(1_000);
    assert_eq!(told(&mut shell, cem).len(), 1);
}

#[test]
fn pr10_presence_is_never_written_down_and_makes_nothing_dirty() {
    let (mut shell, session, _) = archived_room("hello");
    for clock in 1..50 {
        shell.frame(session, presence(&[(11, clock, Some("{\"secret\":1}"))]));
        shell.pass(1_000);
    }
    assert_eq!(shell.storage_orders(), 0);
    assert!(!shell.is_dirty());
    for effect in &shell.log {
        if let Effect::SaveSession { record } = effect {
            assert!(!format!("{record:?}").contains("secret"));
        }
    }
}

#[test]
fn pr10_after_hibernation_presence_is_asked_for_again() {
    let (mut shell, ann, ben) = two();
    shell.hibernate();
    shell.wake();
    assert!(shell.take(ann).contains(&Heard::Query));
    assert!(shell.take(ben).contains(&Heard::Query));
    shell.frame(ann, presence(&[(11, 5, HERE), (12, 5, HERE)]));
    shell.frame(ben, presence(&[(12, 5, HERE), (11, 5, HERE)]));
    shell.pass(1_000);
    let late = shell.open("cem");
    shell.restored(room::RestoreOutcome::NeverStored);
    assert_eq!(told(&mut shell, late), vec![here(11, 5), here(12, 5)]);
}

/// Frames that a crowd is sent in five cycles of renewals, when its renewals lie evenly over each cycle.
fn frames_of_renewals(crowd: u64) -> usize {
    const CYCLE_MS: u64 = 15_000;
    const CYCLES: u64 = 5;
    let names: Vec<String> = (0..crowd)
        .map(|number| format!("reader {number}"))
        .collect();
    let names: Vec<&str> = names.iter().map(String::as_str).collect();
    let (mut shell, sessions) = Shell::open_with(&names);
    let renew = |shell: &mut Shell, clock: u32| {
        for (id, session) in (1..).zip(&sessions) {
            shell.frame(*session, presence(&[(id, clock, HERE)]));
            shell.pass(CYCLE_MS / crowd);
        }
    };
    renew(&mut shell, 1);
    shell.forget_traffic();
    let before = shell.now;
    (2..)
        .take(CYCLES as usize)
        .for_each(|clock| renew(&mut shell, clock));
    assert_eq!(
        shell.now.millis_since(before),
        CYCLES * (CYCLE_MS / crowd) * crowd
    );
    sessions
        .iter()
        .map(|session| shell.frames_for(*session))
        .sum()
}

#[test]
fn pr6_renewals_of_twice_as_many_cost_twice_the_frames() {
    let (of_thirty, of_sixty) = (frames_of_renewals(30), frames_of_renewals(60));
    assert!(of_thirty >= 30 * 5);
    assert!(
        10 * of_sixty <= 21 * of_thirty,
        "{of_sixty} frames at 60, {of_thirty} at 30"
    );
}
