//! SPEC section 10: refused updates, authority (GV8, GV9, GV15).

use room::{
    Effect, Event, SessionId, Timestamp,
    glossator::{Announcement, RefusalReason, numbered, renew},
    limits::{DOCUMENT_STRUCTS_MAX, FRAME_BYTES_MAX, STRIKES_MAX},
    wire,
};

use crate::{
    ours::{join, ours},
    shell::Shell,
    support::{Heard, Writer, answers, entries, presence, said, stored_text, updates},
};

/// How a sub-document is refused, which nobody may write.
const SUBDOCUMENT: &str = "sub-documents are not accepted: keep each document in a case of its own";

fn refusals(heard: &[Heard]) -> Vec<(u64, RefusalReason, String)> {
    said(heard)
        .into_iter()
        .filter_map(|said| {
            if let Announcement::Refused {
                number,
                reason,
                words,
            } = said
            {
                Some((number, reason, words))
            } else {
                None
            }
        })
        .collect()
}

#[test]
fn gv8_a_refused_update_poisons_its_socket_and_closes_nobody() {
    let (mut shell, a) = ours("ann");
    let b = join(&mut shell, "ben");
    let ann = Writer::new(11);
    shell.numbered(a, &wire::update(&ann.write("fine ")));
    shell.numbered(a, &wire::update(&ann.embed()));
    shell.numbered(a, &wire::update(&Writer::new(13).write("later")));
    let heard = shell.take(a);
    assert_eq!(
        refusals(&heard),
        [(2, RefusalReason::Malformed, SUBDOCUMENT.to_owned())]
    );
    let last = said(&heard).pop();
    assert!(
        matches!(last, Some(Announcement::Refused { number: 2, .. })),
        "nothing is saved after it"
    );
    assert_eq!(stored_text(&shell), "fine ");
    assert!(shell.closed.is_empty());
    shell.take(b);
    shell.numbered(b, &wire::update(&Writer::new(12).write("shown")));
    shell.frame(a, presence(&[(11, 1, Some("{}"))]));
    shell.ask(a);
    let heard = shell.take(a);
    assert_eq!(updates(&heard).len(), 1, "others' edits are shown");
    assert_eq!(answers(&heard).len(), 1, "questions are answered");
    shell.pass(1_000);
    assert_eq!(entries(&shell.take(b)).len(), 1, "presence is served");
}

#[test]
fn gv8_a_refused_socket_is_ignored_after_hibernation_too() {
    let (mut shell, a) = ours("ann");
    let ann = Writer::new(11);
    shell.numbered(a, &wire::update(&ann.embed()));
    shell.hibernate();
    shell.forget_traffic();
    shell.numbered(a, &wire::update(&Writer::new(13).write("later")));
    assert_eq!(stored_text(&shell), "");
    assert_eq!(shell.frames_for(a), 0);
}

#[test]
fn gv8_what_is_malformed_or_too_large_is_refused_with_its_reason() {
    let (mut shell, a) = ours("ann");
    shell.numbered(a, &wire::update(&[1, 1, 1]));
    let b = join(&mut shell, "ben");
    let ben = Writer::new(12);
    shell.numbered(
        b,
        &wire::update(&ben.scatter(DOCUMENT_STRUCTS_MAX as u32 + 1)),
    );
    let c = join(&mut shell, "cat");
    shell.frame(c, numbered(1, &vec![0; FRAME_BYTES_MAX + 1]));
    let reason = |shell: &mut Shell, session| refusals(&shell.take(session))[0].1;
    assert_eq!(reason(&mut shell, a), RefusalReason::Malformed);
    assert_eq!(reason(&mut shell, b), RefusalReason::TooLarge);
    assert_eq!(reason(&mut shell, c), RefusalReason::TooLarge);
    assert!(shell.closed.is_empty());
}

#[test]
fn gv8_a_refused_socket_that_sends_too_large_a_frame_again_is_closed() {
    let (mut shell, a) = ours("ann");
    shell.frame(a, numbered(1, &vec![0; FRAME_BYTES_MAX + 1]));
    assert_eq!(refusals(&shell.take(a)).len(), 1);
    shell.pass(1_000);
    shell.frame(a, numbered(2, &vec![0; FRAME_BYTES_MAX + 1]));
    assert_eq!(shell.closed[&a], 4409);
}

#[test]
fn bo3_a_frame_that_is_too_large_costs_what_it_is_large() {
    let (mut shell, a) = ours("ann");
    shell.frame(a, numbered(1, &vec![0; FRAME_BYTES_MAX + 1]));
    assert!(shell.closed.is_empty());
    shell.frame(a, wire::query_awareness());
    assert_eq!(shell.closed[&a], 1013);
}

#[test]
fn gv3_a_frame_that_is_too_large_has_a_place_among_the_others() {
    let (mut shell, a) = ours("ann");
    shell.frame(a, numbered(2, &vec![0; FRAME_BYTES_MAX + 1]));
    assert_eq!(shell.closed[&a], 1012);
}

#[test]
fn gv4_a_frame_that_is_too_large_is_not_refused_before_what_waits() {
    let mut shell = Shell::new();
    let a = shell.open_ours("ann");
    shell.numbered(a, &wire::update(&Writer::new(11).write("x")));
    shell.numbered(a, &vec![0; FRAME_BYTES_MAX + 1]);
    assert_eq!(shell.closed[&a], 1012);
    assert_eq!(shell.frames_for(a), 0);
}

#[test]
fn gv8_what_waits_behind_a_refused_update_is_not_taken() {
    let mut shell = Shell::new();
    let a = shell.open_ours("ann");
    shell.numbered(a, &wire::update(&Writer::new(11).embed()));
    shell.numbered(a, &wire::update(&Writer::new(13).write("later")));
    shell.restored(room::RestoreOutcome::NeverStored);
    assert_eq!(stored_text(&shell), "");
    assert!(shell.store.meta.is_none());
}

#[test]
fn gv9_somebody_whose_updates_are_refused_again_and_again_is_stopped() {
    let (mut shell, first) = ours("ann");
    let mut session = first;
    for strike in 0..=STRIKES_MAX {
        assert!(shell.closed.is_empty(), "{strike}");
        let writer = Writer::new(20 + u64::from(strike));
        shell.numbered(session, &wire::update(&writer.embed()));
        shell.numbered(session, &wire::update(&writer.embed()));
        if strike < STRIKES_MAX {
            shell.close(session);
            session = join(&mut shell, "ann");
        }
    }
    assert_eq!(shell.closed[&session], 4429);
    let other = join(&mut shell, "ben");
    shell.numbered(other, &wire::update(&Writer::new(12).embed()));
    assert!(!shell.closed.contains_key(&other));
    shell.pass(10 * 60_000);
    let again = join(&mut shell, "ann");
    shell.numbered(again, &wire::update(&Writer::new(13).embed()));
    assert!(!shell.closed.contains_key(&again));
}

#[test]
fn gv9_who_goes_on_in_a_full_document_is_not_stopped() {
    let (mut shell, a) = ours("ann");
    let ann = Writer::new(11);
    shell.numbered(a, &wire::update(&ann.scatter(DOCUMENT_STRUCTS_MAX as u32)));
    for strike in 0..=STRIKES_MAX {
        let session = join(&mut shell, "ben");
        let writer = Writer::new(20 + u64::from(strike));
        shell.numbered(session, &wire::update(&writer.scatter(1)));
        let told = refusals(&shell.take(session));
        assert_eq!(told[0].1, RefusalReason::TooLarge);
        shell.close(session);
        shell.pass(10);
    }
    let session = join(&mut shell, "ben");
    shell.numbered(session, &wire::update(&ann.erase(1)));
    assert_eq!(said(&shell.take(session)).len(), 2, "welcomed, and saved");
    assert!(shell.closed.is_empty());
}

#[test]
fn gv15_a_ticket_prolongs_the_authority_and_its_end_closes_the_socket() {
    let (mut shell, a) = ours("ann");
    let until = Timestamp(shell.now.0 + 30_000);
    shell
        .tickets
        .insert(("ann".to_owned(), "good".to_owned()), until);
    shell.frame(a, renew("good"));
    assert_eq!(
        said(&shell.take(a)),
        [Announcement::Renewed {
            authority_until: until
        }]
    );
    shell.sleep(29_000);
    assert!(shell.closed.is_empty());
    shell.sleep(2_000);
    assert_eq!(shell.closed[&a], 4500);
}

#[test]
fn gv15_a_newer_ticket_puts_the_end_off() {
    let (mut shell, a) = ours("ann");
    for (ticket, seconds) in [("one", 30), ("two", 90)] {
        let until = Timestamp(shell.now.0 + seconds * 1_000);
        shell
            .tickets
            .insert(("ann".to_owned(), ticket.to_owned()), until);
        shell.frame(a, renew(ticket));
    }
    shell.pass(60_000);
    assert!(shell.closed.is_empty());
    shell.pass(31_000);
    assert_eq!(shell.closed[&a], 4500);
}

#[test]
fn gv15_an_older_ticket_takes_nothing_back() {
    let (mut shell, a) = ours("ann");
    let later = Timestamp(shell.now.0 + 90_000);
    for (ticket, until) in [("new", later), ("old", Timestamp(shell.now.0 + 30_000))] {
        let ticket = ticket.to_owned();
        shell
            .tickets
            .insert(("ann".to_owned(), ticket.clone()), until);
        shell.frame(a, renew(&ticket));
        let told = said(&shell.take(a));
        let authority_until = later;
        assert_eq!(told, [Announcement::Renewed { authority_until }]);
    }
    shell.pass(89_000);
    assert!(shell.closed.is_empty());
    shell.pass(2_000);
    assert_eq!(shell.closed[&a], 4500);
}

/// Ann, whose authority has just ended without its alarm having fired, and Ben, who may stay.
fn expired() -> (Shell, SessionId, SessionId) {
    let (mut shell, a) = ours("ann");
    let b = join(&mut shell, "ben");
    let until = Timestamp(shell.now.0 + 30_000);
    let ticket = ("ann".to_owned(), "good".to_owned());
    shell.tickets.insert(ticket, until);
    shell.frame(a, renew("good"));
    shell.forget_traffic();
    shell.now = until;
    (shell, a, b)
}

#[test]
fn gv15_who_may_not_stay_is_not_heard_though_the_alarm_is_late() {
    for asleep in [false, true] {
        let (mut shell, a, b) = expired();
        if asleep {
            shell.hibernate();
        }
        shell.numbered(a, &wire::update(&Writer::new(11).write("late")));
        assert_eq!(shell.closed[&a], 4500);
        assert_eq!(stored_text(&shell), "");
        assert_eq!(shell.frames_for(b), 0);
    }
}

#[test]
fn gv15_who_may_not_stay_is_not_shown_what_others_write_though_the_alarm_is_late() {
    for asleep in [false, true] {
        let (mut shell, a, b) = expired();
        if asleep {
            shell.hibernate();
        }
        shell.numbered(b, &wire::update(&Writer::new(12).write("x")));
        assert_eq!(shell.closed[&a], 4500);
        let tells = |effect: &&Effect| {
            matches!(effect, Effect::Send { session, .. } if *session == a)
                || matches!(effect, Effect::Broadcast { sessions, .. } if sessions.contains(&a))
        };
        assert_eq!(shell.log.iter().filter(tells).count(), 0);
    }
}

#[test]
fn gv15_a_ticket_that_proves_nothing_closes_with_4401_and_one_that_has_ended_with_4500() {
    let (mut shell, a) = ours("ann");
    let b = join(&mut shell, "ben");
    let past = Timestamp(shell.now.0);
    shell
        .tickets
        .insert(("ben".to_owned(), "old".to_owned()), past);
    shell.frame(a, renew("forged"));
    shell.frame(b, renew("old"));
    assert_eq!((shell.closed[&a], shell.closed[&b]), (4401, 4500));
    shell.tell(Event::TicketVerified {
        session: a,
        authority: None,
    });
}
