//! SPEC section 9: bounds.

use std::rc::Rc;

use room::{
    Effect, Frame, Notice, RestoreOutcome, SessionId,
    limits::{
        BYTES_BURST, DOCUMENT_BYTES_MAX, DOCUMENT_CLIENTS_MAX, DOCUMENT_STRUCTS_MAX,
        FRAME_BYTES_MAX, FRAMES_BURST, FRAMES_PER_SECOND, PRESENCE_BYTES_MAX, SESSIONS_MAX,
    },
    wire,
};

use crate::{
    shell::Shell,
    support::{Heard, Writer, answers, archived_room, base, entries, presence, questions},
};

#[test]
fn bo1_a_frame_of_more_than_16_mib_is_answered_with_4409() {
    let (mut shell, sessions) = Shell::open_with(&["ann", "ben"]);
    shell.frame(sessions[0], vec![0; FRAME_BYTES_MAX + 1]);
    assert_eq!(shell.closed.get(&sessions[0]), Some(&4409));
    let mut restoring = Shell::new();
    let early = restoring.open("ann");
    restoring.frame(early, vec![0; FRAME_BYTES_MAX + 1]);
    assert_eq!(
        restoring.closed.get(&early),
        Some(&4409),
        "also while it would have waited"
    );
}

#[test]
fn bo1_an_offline_document_of_8_mib_is_taken_in_one_frame() {
    let (mut shell, sessions) = Shell::open_with(&["ann"]);
    let ann = Writer::new(11);
    let offline = ann.write(&"x".repeat(8 << 20));
    shell.frame(sessions[0], wire::sync_step2(&offline));
    assert!(shell.closed.is_empty());
    assert_eq!(
        shell.store.snapshot_seq, 1,
        "it is past the journal's bound at once"
    );
}

#[test]
fn bo2_an_update_that_would_overfill_the_document_is_refused_and_deleting_still_works() {
    let mut shell = Shell::new();
    shell.open("ann");
    let ann = Writer::new(11);
    ann.write(&"x".repeat(DOCUMENT_BYTES_MAX - 1_000));
    let snapshot = ann.whole();
    shell.restored(RestoreOutcome::Found {
        base: base(1),
        snapshot,
        attribution: None,
    });
    let greedy = shell.open("ben");
    shell.edit(greedy, &Writer::new(12).write(&"y".repeat(2_000)));
    assert_eq!(shell.closed.get(&greedy), Some(&4409));
    assert!(shell.store.journal.is_empty());
    let session = shell.open("ann");
    shell.edit(session, &ann.erase(4 << 20));
    assert!(!shell.closed.contains_key(&session));
    shell.edit(session, &Writer::new(12).write(&"y".repeat(2_000)));
    assert!(
        !shell.closed.contains_key(&session),
        "what was deleted makes room"
    );
    assert_eq!(shell.store.journal.len(), 2);
}

#[test]
fn bo2_items_that_do_not_merge_are_bounded() {
    let (mut shell, sessions) = Shell::open_with(&["ann", "ben"]);
    let ann = Writer::new(11);
    let scattered = ann.scatter(DOCUMENT_STRUCTS_MAX as u32 + 1);
    shell.edit(sessions[0], &scattered);
    assert_eq!(shell.closed.get(&sessions[0]), Some(&4409));
    let ben = Writer::new(12);
    shell.edit(sessions[1], &ben.scatter(DOCUMENT_STRUCTS_MAX as u32 - 10));
    assert!(!shell.closed.contains_key(&sessions[1]));
}

#[test]
fn bo2_items_that_merge_are_counted_as_one() {
    let (mut shell, sessions) = Shell::open_with(&["ann"]);
    let ann = Writer::new(11);
    shell.edit(sessions[0], &ann.scatter(DOCUMENT_STRUCTS_MAX as u32 - 100));
    for _ in 0..500 {
        shell.edit(sessions[0], &ann.write("x"));
    }
    assert!(shell.closed.is_empty(), "500 updates, one item");
}

fn flood(shell: &mut Shell, session: SessionId, frames: u64) {
    for _ in 0..frames {
        shell.frame(session, wire::sync_step2(yrs::Update::EMPTY_V1));
    }
}

#[test]
fn bo3_a_rate_that_is_broken_costs_1013_and_4429_when_the_same_person_does_it_again() {
    let (mut shell, sessions) = Shell::open_with(&["ann", "ben"]);
    flood(&mut shell, sessions[0], FRAMES_BURST);
    assert!(shell.closed.is_empty());
    flood(&mut shell, sessions[0], 1);
    assert_eq!(shell.closed.get(&sessions[0]), Some(&1013));
    let again = shell.open("ann");
    flood(&mut shell, again, FRAMES_BURST + 1);
    assert_eq!(shell.closed.get(&again), Some(&4429));
    flood(&mut shell, sessions[1], FRAMES_BURST + 1);
    assert_eq!(
        shell.closed.get(&sessions[1]),
        Some(&1013),
        "another person"
    );
    shell.pass(10 * 60_000);
    let late = shell.open("ann");
    flood(&mut shell, late, FRAMES_BURST + 1);
    assert_eq!(shell.closed.get(&late), Some(&1013), "ten minutes later");
}

#[test]
fn bo3_the_allowance_fills_with_time() {
    let (mut shell, sessions) = Shell::open_with(&["ann"]);
    flood(&mut shell, sessions[0], FRAMES_BURST);
    for _ in 0..20 {
        shell.pass(1_000);
        flood(&mut shell, sessions[0], FRAMES_PER_SECOND);
    }
    assert!(shell.closed.is_empty());
}

#[test]
fn bo3_bytes_are_bounded_and_what_is_known_costs_an_eighth() {
    let (mut shell, _) = Shell::open_with(&["ann"]);
    let ann = Writer::new(11);
    let megabyte = ann.write(&"x".repeat(1 << 20));
    let session = shell.open("ann");
    let limit = BYTES_BURST >> 20;
    for _ in 0..(limit * 4) {
        shell.edit(session, &megabyte);
    }
    assert!(
        !shell.closed.contains_key(&session),
        "the same megabyte again and again"
    );
    for _ in 0..(limit * 8) {
        shell.edit(session, &megabyte);
    }
    assert_eq!(shell.closed.get(&session), Some(&1013));
}

#[test]
fn bo3_what_is_sent_in_answer_costs_an_eighth() {
    let bytes = 40 << 10;
    let (mut shell, _, ann) = archived_room(&"x".repeat(bytes));
    let half = ann.state().keys().map(|client| (*client, 1)).collect();
    let greedy = shell.open("eve");
    let allowed = BYTES_BURST as usize * 8 / bytes;
    assert!(
        allowed * 2 < FRAMES_BURST as usize,
        "bytes are what runs out"
    );
    let ask = |shell: &mut Shell, times: usize| {
        for time in 0..times {
            shell.frame(greedy, wire::sync_step1(&half));
            shell.take(greedy);
            // The next turn of answers.
            shell.pass(if time % 150 == 0 { 50 } else { 0 });
        }
    };
    ask(&mut shell, allowed / 2);
    assert!(shell.closed.is_empty());
    ask(&mut shell, allowed);
    assert_eq!(shell.closed.get(&greedy), Some(&1013));
}

#[test]
fn bo4_a_frame_full_of_questions_is_answered_once() {
    let (mut shell, _, ann) = archived_room(&"x".repeat(1 << 20));
    let greedy = shell.open("eve");
    shell.take(greedy);
    let half = ann.state().keys().map(|client| (*client, 1)).collect();
    shell.frame(greedy, wire::sync_step1(&half).repeat(64));
    assert_eq!(answers(&shell.take(greedy)).len(), 1);
    shell.frame(greedy, wire::query_awareness().repeat(64));
    assert!(shell.frames_for(greedy) <= 1);
}

#[test]
fn bo4_an_answer_of_many_bytes_is_whole_whatever_its_asker_says_it_has() {
    let (mut shell, _, ann) = archived_room(&"x".repeat(1 << 20));
    let greedy = shell.open("eve");
    let half = ann.state().keys().map(|client| (*client, 1)).collect();
    for _ in 0..3 {
        assert!(shell.closed.is_empty());
        shell.frame(greedy, wire::sync_step1(&half));
    }
    assert_eq!(shell.closed.get(&greedy), Some(&1013));
}

/// An update in which so many clients each write one letter into a text of their own.
fn letters(clients: std::ops::Range<u32>) -> Vec<u8> {
    let mut update = Vec::new();
    number(&mut update, clients.len() as u32);
    for client in clients.rev() {
        number(&mut update, 1);
        number(&mut update, client);
        // Clock 0; a string without neighbours, in a root type.
        update.extend_from_slice(&[0, 4, 1]);
        let root = format!("text{client}");
        update.push(root.len() as u8);
        update.extend_from_slice(root.as_bytes());
        update.extend_from_slice(&[1, b'a']);
    }
    update.push(0);
    update
}

fn number(out: &mut Vec<u8>, mut value: u32) {
    while value >= 0x80 {
        out.push(value as u8 | 0x80);
        value >>= 7;
    }
    out.push(value as u8);
}

#[test]
fn bo2_client_ids_beyond_the_bound_are_answered_with_4409() {
    let most = DOCUMENT_CLIENTS_MAX as u32;
    let (mut shell, sessions) = Shell::open_with(&["ann", "ben"]);
    shell.edit(sessions[0], &letters(1..most + 1));
    assert!(shell.closed.is_empty(), "as many as fit");
    shell.edit(sessions[1], &letters(most + 1..most + 2));
    assert_eq!(shell.closed.get(&sessions[1]), Some(&4409));
    shell.edit(sessions[0], &letters(1..2));
    assert_eq!(shell.closed.len(), 1, "what is known never counts");
}

#[test]
fn bo8_a_class_that_joins_a_large_document_is_answered_in_turns() {
    let mut shell = Shell::new();
    let class: Vec<_> = (0..40)
        .map(|n| shell.open(&format!("student{n}")))
        .collect();
    for student in &class {
        shell.frame(*student, wire::sync_step1(&Default::default()));
    }
    let stored = Writer::new(21);
    stored.write(&"x".repeat(1 << 20));
    shell.restored(RestoreOutcome::Found {
        base: base(3),
        snapshot: stored.whole(),
        attribution: None,
    });
    let answered = |shell: &mut Shell| -> usize {
        let heard = class
            .iter()
            .map(|student| answers(&shell.take(*student)).len());
        heard.sum()
    };
    let first = answered(&mut shell);
    assert!((1..=9).contains(&first), "8 MiB at once, not {first}");
    shell.pass(1_000);
    assert_eq!(first + answered(&mut shell), 40);
}

#[test]
fn bo8_whoever_asked_first_is_answered_first() {
    let mut shell = Shell::new();
    let mut class = Vec::new();
    for place in 0..40 {
        let student = shell.open_with_id(SessionId(1_000 - place));
        shell.frame(student, wire::sync_step1(&Default::default()));
        class.push(student);
        shell.pass(1);
    }
    let stored = Writer::new(21);
    stored.write(&"x".repeat(1 << 20));
    shell.restored(RestoreOutcome::Found {
        base: base(3),
        snapshot: stored.whole(),
        attribution: None,
    });
    let answered = |shell: &mut Shell| -> Vec<SessionId> {
        let answered = class
            .iter()
            .filter(|student| !answers(&shell.take(**student)).is_empty());
        answered.copied().collect()
    };
    let mut order = answered(&mut shell);
    // Who asks anew is behind all that wait, however long ago they came; who says it again is where they were.
    shell.frame(class[0], wire::sync_step1(&Default::default()));
    shell.frame(class[39], wire::sync_step1(&Default::default()));
    while order.len() < class.len() + 1 {
        shell.pass(50);
        let now = answered(&mut shell);
        assert!(!now.is_empty(), "somebody each turn");
        assert!((1..=9).contains(&now.len()), "8 MiB, not {}", now.len());
        order.extend(now);
    }
    // Who is answered within one turn is told in the order of the class.
    let again = order.iter().rposition(|id| *id == class[0]);
    assert!(again.is_some_and(|place| place >= 32), "in the last turn");
    order.remove(again.unwrap_or_default());
    assert_eq!(order, class);
}

#[test]
fn bo8_a_class_is_sent_the_same_bytes_until_the_document_changes() {
    let (mut shell, sessions) = Shell::open_with(&["ann"]);
    let ann = Writer::new(11);
    // Once as it was stored, and once as the room has built it.
    shell.edit(sessions[0], &ann.write("well "));
    shell.hibernate();
    for _ in 0..2 {
        let [first, second] = ["ben", "cay"].map(|user| sent_whole(&mut shell, user));
        assert!(Rc::ptr_eq(&first, &second));
        shell.edit(sessions[0], &ann.write("argued "));
        let [third, fourth] = ["dan", "eve"].map(|user| sent_whole(&mut shell, user));
        assert!(third.len() > first.len(), "with what was written");
        assert!(Rc::ptr_eq(&third, &fourth));
    }
}

/// What somebody is sent who comes with nothing.
fn sent_whole(shell: &mut Shell, user: &str) -> Frame {
    let session = shell.open(user);
    let from = shell.log.len();
    shell.frame(session, wire::sync_step1(&Default::default()));
    let sent = shell.log[from..].iter().find_map(|effect| {
        if let Effect::Send { session: to, frame } = effect
            && *to == session
            && frame.starts_with(&[0, 1])
        {
            return Some(Rc::clone(frame));
        }
        None
    });
    sent.expect("an answer")
}

/// So many people who each say where they are in so many characters.
fn crowd(people: u64, characters: usize) -> (Shell, Vec<SessionId>) {
    let users: Vec<String> = (0..people).map(|user| format!("user{user}")).collect();
    let users: Vec<&str> = users.iter().map(String::as_str).collect();
    let (mut shell, sessions) = Shell::open_with(&users);
    let state = format!("\"{}\"", "x".repeat(characters));
    for (client, session) in (1..).zip(&sessions) {
        shell.frame(*session, presence(&[(client, 1, Some(&state))]));
    }
    (shell, sessions)
}

#[test]
fn bo8_whoever_came_first_is_greeted_first() {
    let (mut shell, _) = crowd(64, 4_000);
    shell.pass(5_000);
    let mut class = Vec::new();
    for moment in 0..60 {
        for _ in 0..3 {
            let place = class.len() as u64;
            class.push((moment, shell.open_with_id(SessionId(1_000 - place))));
        }
        shell.pass(1);
    }
    let is_greeted = |shell: &mut Shell, id| !shell.take(id).is_empty();
    let greeted: Vec<(u64, bool)> = class
        .iter()
        .map(|(moment, id)| (*moment, is_greeted(&mut shell, *id)))
        .collect();
    let last = greeted
        .iter()
        .rfind(|(_, is)| *is)
        .map(|(moment, _)| *moment);
    let first = greeted
        .iter()
        .find(|(_, is)| !*is)
        .map(|(moment, _)| *moment);
    assert!(last.is_some() && first.is_some(), "some, and not all");
    assert!(last <= first, "{last:?} before {first:?}: {greeted:?}");
}

#[test]
fn bo9_presence_of_a_room_is_bounded_and_what_does_not_fit_is_left_out() {
    let (mut shell, _) = crowd(100, 4_000);
    shell.pass(5_000);
    let late = shell.open("late");
    let told = entries(&shell.take(late)).len();
    assert!((50..=65).contains(&told), "256 KiB, not {told} entries");
    assert!(shell.closed.is_empty(), "nobody is closed for it");
}

#[test]
fn bo9_what_leaves_in_one_tick_is_bounded() {
    let (mut shell, sessions) = crowd(200, 1_200);
    let largest = shell.largest_list_bytes;
    assert!(largest < 10 << 20, "{largest} bytes in one list");
    shell.pass(5_000);
    let heard = entries(&shell.take(sessions[0]));
    assert_eq!(heard.len(), 199, "the rest follows");
}

#[test]
fn bo4_the_third_whole_answer_within_10_s_is_a_1013() {
    for state in [
        Default::default(),
        [(11, 0)].into_iter().collect(),
        [(5, 9)].into(),
    ] {
        let (mut shell, _, _) = archived_room("hello");
        let asker = shell.open("ben");
        let patient = shell.open("cem");
        for _ in 0..2 {
            shell.frame(asker, wire::sync_step1(&state));
        }
        assert!(!shell.closed.contains_key(&asker));
        shell.frame(asker, wire::sync_step1(&state));
        assert_eq!(shell.closed.get(&asker), Some(&1013));
        for _ in 0..3 {
            shell.frame(patient, wire::sync_step1(&state));
            shell.pass(5_000);
        }
        assert!(!shell.closed.contains_key(&patient), "two at a time");
    }
}

#[test]
fn bo5_the_socket_after_the_thousandth_is_answered_with_1013() {
    let mut shell = Shell::new();
    let sessions: Vec<SessionId> = (0..SESSIONS_MAX).map(|_| shell.open("class")).collect();
    assert!(shell.closed.is_empty());
    let late = shell.open("late");
    assert_eq!(shell.closed.get(&late), Some(&1013));
    shell.close(sessions[0]);
    let next = shell.open("next");
    assert!(!shell.closed.contains_key(&next));
}

#[test]
fn bo6_an_own_awareness_entry_of_more_than_4_kib_is_answered_with_4409() {
    let (mut shell, sessions) = Shell::open_with(&["ann", "ben"]);
    let fits = format!("\"{}\"", "x".repeat(PRESENCE_BYTES_MAX - 2));
    shell.frame(sessions[0], presence(&[(11, 1, Some(&fits))]));
    assert!(shell.closed.is_empty());
    let large = format!("\"{}\"", "x".repeat(PRESENCE_BYTES_MAX - 1));
    shell.frame(
        sessions[0],
        presence(&[(11, 2, Some(&large)), (12, 1, Some("{}"))]),
    );
    assert_eq!(shell.closed.get(&sessions[0]), Some(&4409));
}

#[test]
fn bo6_the_echo_of_a_hundred_peers_is_never_refused() {
    let users: Vec<String> = (0..100).map(|user| format!("user{user}")).collect();
    let users: Vec<&str> = users.iter().map(String::as_str).collect();
    let (mut shell, sessions) = Shell::open_with(&users);
    let state = format!("\"{}\"", "x".repeat(2_000));
    for (session, id) in sessions.iter().zip(1..) {
        shell.frame(*session, presence(&[(id, 1, Some(&state))]));
    }
    let echo: Vec<_> = (1..=100).map(|id| (id, 1, Some(state.as_str()))).collect();
    let echo = presence(&echo);
    for _ in 0..5 {
        for session in &sessions {
            shell.frame(*session, echo.clone());
        }
        shell.pass(15_000);
    }
    assert!(shell.closed.is_empty());
}

#[test]
fn bo7_at_three_quarters_of_a_bound_the_operator_is_told_once() {
    let (mut shell, sessions) = Shell::open_with(&["ann"]);
    let ann = Writer::new(11);
    let told = |shell: &Shell| {
        shell
            .notices
            .iter()
            .filter(|n| matches!(n, Notice::DocumentNearlyFull))
            .count()
    };
    shell.edit(
        sessions[0],
        &ann.write(&"x".repeat(DOCUMENT_BYTES_MAX / 4 * 3 - 100)),
    );
    assert_eq!(told(&shell), 0);
    shell.edit(sessions[0], &ann.write(&"x".repeat(200)));
    assert_eq!(told(&shell), 0, "too little to measure the document again");
    shell.edit(
        sessions[0],
        &ann.write(&"x".repeat(DOCUMENT_BYTES_MAX / 100)),
    );
    shell.edit(sessions[0], &ann.write("y"));
    assert_eq!(told(&shell), 1);
    assert!(
        shell
            .take(sessions[0])
            .iter()
            .all(|heard| !matches!(heard, Heard::Update(_)))
    );
    assert_eq!(questions(&shell.take(sessions[0])), 0);
}
