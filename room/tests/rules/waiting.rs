//! SPEC section 2: frames that wait, wakes, the end of the document in memory (SE7 to SE10); and AP1 of section 3.

use room::{
    Config, Effect, Event, Notice, Pace, Protocol, RestoreOutcome, Room, SessionId,
    decode::StateVector,
    limits::{WAITING_BYTES_MAX, WAITING_FRAMES_MAX},
    wire,
};

use crate::{
    shell::Shell,
    support::{
        Heard, Writer, answers, archived_room, base, entries, presence, questions, stored_text,
        text_of, updates,
    },
};

#[test]
fn se7_frames_wait_while_the_document_is_restored_and_are_taken_in_order() {
    let mut shell = Shell::new();
    let (a, b) = (shell.open("ann"), shell.open("ben"));
    let ann = Writer::new(11);
    shell.edit(a, &ann.write("one "));
    shell.frame(b, wire::sync_step1(&StateVector::new()));
    shell.edit(a, &ann.write("two"));
    assert!(shell.room().status().waiting_bytes > 0);
    assert!(shell.store.journal.is_empty());
    shell.restored(RestoreOutcome::NeverStored);
    assert_eq!(stored_text(&shell), "one two");
    let heard = shell.take(b);
    assert_eq!(
        answers(&heard),
        ["one two"],
        "answered once, from the document as it is then"
    );
    assert_eq!(updates(&heard).len(), 0);
    assert_eq!(shell.room().status().waiting_bytes, 0);
}

#[test]
fn se7_in_an_open_room_what_finds_no_room_to_wait_closes_its_socket() {
    let (shell, _, _) = archived_room("hello");
    let mut room = Room::new(Config {
        archive_quiet_ms: 5_000,
        archive_max_ms: 15_000,
        pace: Pace::OneByOne,
    });
    let now = shell.now;
    room.handle(
        now,
        Event::Woken {
            stored: shell.store.summary(),
            sessions: Vec::new(),
            entropy: 7,
            interrupted: false,
            kept: Vec::new(),
        },
    );
    let [slow, other] = [SessionId(101), SessionId(102)];
    for session in [slow, other] {
        room.handle(
            now,
            Event::SessionOpened {
                session,
                user: format!("{session:?}"),
                protocol: Protocol::Stock,
                authority: None,
            },
        );
    }
    assert_eq!(room.status().state, "open");
    // The document was asked for and is not there yet.
    let large = wire::update(&vec![0; WAITING_BYTES_MAX / 2 + 1]);
    let mut closes = Vec::new();
    for session in [slow, slow, other] {
        let frame = match session == slow {
            true => large.clone(),
            false => wire::sync_step1(&StateVector::new()),
        };
        for effect in room.handle(now, Event::FrameReceived { session, frame }) {
            if let Effect::CloseSession { session, code, .. } = effect {
                closes.push((session, code));
            }
        }
    }
    assert_eq!(closes, [(slow, 1012)], "and nobody else");
}

#[test]
fn se7_an_update_of_a_session_that_closed_while_restoring_is_taken_all_the_same() {
    let mut shell = Shell::new();
    let (a, b) = (shell.open("ann"), shell.open("ben"));
    shell.edit(a, &Writer::new(11).write("goodbye"));
    shell.frame(a, presence(&[(11, 1, Some("{}"))]));
    shell.close(a);
    shell.ask(b);
    shell.restored(RestoreOutcome::NeverStored);
    assert_eq!(stored_text(&shell), "goodbye");
    assert_eq!(shell.store.journal[0].2, "ann");
    assert_eq!(answers(&shell.take(b)), ["goodbye"]);
}

#[test]
fn se7_the_last_sessions_update_is_taken_though_nobody_is_left() {
    let mut shell = Shell::new();
    let a = shell.open("ann");
    shell.edit(a, &Writer::new(11).write("goodbye"));
    shell.close(a);
    shell.restored(RestoreOutcome::Failed {
        reason: "away".to_owned(),
    });
    shell.pass(2_000);
    shell.restored(RestoreOutcome::NeverStored);
    assert_eq!(stored_text(&shell), "goodbye");
    shell.pass(1_000);
    assert_eq!(text_of(&shell.stored_at(1).bytes), "goodbye");
}

#[test]
fn se7_a_session_that_closed_and_wrote_nothing_keeps_no_restore_going() {
    let mut shell = Shell::new();
    let a = shell.open("ann");
    shell.frame(a, wire::sync_step1(&StateVector::new()));
    shell.close(a);
    assert_eq!(shell.room().status().waiting_bytes, 0);
    shell.restored(RestoreOutcome::Failed {
        reason: "away".to_owned(),
    });
    shell.pass(3_600_000);
    assert!(shell.restores.is_empty());
}

#[test]
fn se7_of_a_session_that_was_closed_for_its_fault_nothing_is_taken_any_more() {
    let mut shell = Shell::new();
    let (a, _) = (shell.open("ann"), shell.open("ben"));
    shell.frame(a, vec![0, 9]);
    shell.edit(a, &Writer::new(11).write("after"));
    shell.close(a);
    shell.restored(RestoreOutcome::NeverStored);
    assert!(shell.store.journal.is_empty());
    assert_eq!(shell.room().status().waiting_bytes, 0);
}

#[test]
fn se7_beyond_the_bound_updates_are_dropped_and_repaired_by_the_greeting() {
    let mut shell = Shell::new();
    let (a, b) = (shell.open("ann"), shell.open("ben"));
    let ann = Writer::new(11);
    let mut filler = wire::update(&ann.write("filler"));
    filler.resize(WAITING_BYTES_MAX, 0);
    shell.frame(b, filler);
    shell.edit(a, &ann.write("dropped"));
    assert_eq!(shell.room().status().waiting_bytes, WAITING_BYTES_MAX);
    shell.restored(RestoreOutcome::NeverStored);
    assert!(shell.store.journal.is_empty());
    assert_eq!(questions(&shell.take(a)), 1);
    shell.frame(a, wire::sync_step2(&ann.whole()));
    assert_eq!(stored_text(&shell), ann.text());
}

#[test]
fn se7_a_syncstep1_in_the_overflow_is_remembered_and_answered_with_everything() {
    let mut shell = Shell::new();
    let (a, b) = (shell.open("ann"), shell.open("ben"));
    let question = wire::sync_step1(&StateVector::new());
    for _ in 0..10_000 {
        shell.frame(b, question.clone());
    }
    let c = shell.open("cem");
    for _ in 0..(WAITING_FRAMES_MAX - 10_000) {
        shell.frame(c, question.clone());
    }
    let elsewhere = Writer::new(21);
    elsewhere.write("stored");
    shell.frame(a, question);
    shell.restored(RestoreOutcome::Found {
        base: base(1),
        snapshot: elsewhere.whole(),
        attribution: None,
    });
    assert_eq!(answers(&shell.take(a)), ["stored"]);
}

#[test]
fn se8_after_a_wake_open_sockets_are_asked_once_the_document_is_loaded_in_turns() {
    let (mut shell, sessions) = Shell::open_with(&["ann", "ben", "cem"]);
    let ann = Writer::new(11);
    shell.edit(sessions[0], &ann.write("a"));
    shell.hibernate();
    shell.forget_traffic();
    shell.edit(sessions[0], &ann.write("b"));
    let asked = |shell: &mut Shell| -> usize {
        sessions
            .iter()
            .map(|session| questions(&shell.take(*session)))
            .sum()
    };
    assert_eq!(asked(&mut shell), 1, "one at once");
    shell.pass(10);
    assert_eq!(asked(&mut shell), 1, "then the next");
    shell.pass(1_000);
    assert_eq!(asked(&mut shell), 1);
    shell.pass(60_000);
    assert_eq!(asked(&mut shell), 0);
}

#[test]
fn se8_a_socket_that_was_asked_because_of_a_gap_is_not_asked_again_by_its_turn() {
    let (mut shell, sessions) = Shell::open_with(&["ann", "ben"]);
    shell.edit(sessions[0], &Writer::new(11).write("a"));
    shell.hibernate();
    shell.forget_traffic();
    let ben = Writer::new(12);
    ben.write("never sent ");
    shell.edit(sessions[1], &ben.write("b"));
    shell.pass(1_000);
    assert_eq!(questions(&shell.take(sessions[1])), 1);
}

#[test]
fn se8_a_wake_that_does_not_need_the_document_does_not_load_it() {
    let (mut shell, session, _) = archived_room("hello");
    shell.hibernate();
    shell.frame(session, presence(&[(11, 1, Some("{}"))]));
    shell.frame(session, wire::query_awareness());
    shell.pass(60_000);
    assert!(
        !shell
            .log
            .iter()
            .any(|effect| matches!(effect, Effect::LoadDocument))
    );
    assert_eq!(questions(&shell.take(session)), 0);
}

#[test]
fn se8_sockets_that_waited_for_a_restore_go_on_waiting_after_hibernation() {
    let mut shell = Shell::new();
    let ann = shell.open("ann");
    shell.hibernate();
    shell.wake();
    shell.restored(RestoreOutcome::NeverStored);
    assert_eq!(questions(&shell.take(ann)), 1);
}

#[test]
fn se9_a_query_is_answered_with_everybody_but_the_asker() {
    let (mut shell, sessions) = Shell::open_with(&["ann", "ben"]);
    shell.frame(sessions[0], presence(&[(11, 1, Some("{\"a\":1}"))]));
    shell.frame(sessions[1], presence(&[(12, 4, Some("{\"b\":1}"))]));
    shell.pass(1_000);
    shell.forget_traffic();
    shell.frame(sessions[0], wire::query_awareness());
    assert_eq!(
        entries(&shell.take(sessions[0])),
        vec![(12, 4, Some("{\"b\":1}".to_owned()))]
    );
    assert!(shell.take(sessions[1]).is_empty());
}

#[test]
fn se9_auth_messages_are_ignored() {
    let (mut shell, sessions) = Shell::open_with(&["ann"]);
    shell.frame(sessions[0], vec![2, 0, 2, b'n', b'o']);
    assert!(shell.closed.is_empty());
    assert!(shell.take(sessions[0]).is_empty());
}

#[test]
fn se10_the_document_is_dropped_with_the_last_session_and_loaded_for_the_next() {
    let (mut shell, session, ann) = archived_room("hello");
    shell.close(session);
    let next = shell.open("ben");
    let loads = shell
        .log
        .iter()
        .filter(|e| matches!(e, Effect::LoadDocument))
        .count();
    assert_eq!(loads, 1);
    assert_eq!(shell.take(next)[0], Heard::Step1(ann.state()));
}

#[test]
fn se10_the_document_stays_until_what_waits_for_it_is_done() {
    let (mut shell, sessions) = Shell::open_with(&["ann"]);
    shell.edit(sessions[0], &Writer::new(11).write("x"));
    shell.close(sessions[0]);
    assert_eq!(
        shell.archives.len(),
        1,
        "the archive left in the same breath"
    );
    assert!(!shell.log.iter().any(|e| matches!(e, Effect::LoadDocument)));
}

#[test]
fn ap1_what_is_journaled_is_what_yrs_emitted_and_not_the_peers_bytes() {
    let (mut shell, sessions) = Shell::open_with(&["ann"]);
    let ann = Writer::new(11);
    shell.edit(sessions[0], &ann.write("abc"));
    ann.erase(1);
    ann.write("d");
    let sent = ann.whole();
    shell.edit(sessions[0], &sent);
    assert_ne!(shell.store.journal[1].1, sent);
    assert_eq!(stored_text(&shell), "bcd");
}

#[test]
fn ap1_an_update_that_yrs_cannot_read_closes_its_sender_alone_and_is_reported() {
    let (mut shell, sessions) = Shell::open_with(&["ann", "ben"]);
    shell.edit(sessions[0], &[1, 1, 11, 0, 255]);
    assert_eq!(shell.closed.get(&sessions[0]), Some(&4400));
    assert!(!shell.closed.contains_key(&sessions[1]));
    assert!(
        shell
            .notices
            .iter()
            .any(|n| matches!(n, Notice::FrameRefused { code: 4400, .. }))
    );
    assert!(shell.store.journal.is_empty());
}
