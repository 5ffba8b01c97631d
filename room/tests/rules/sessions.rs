//! SPEC section 2: sessions, and AP1 of section 3.

use room::{
    Effect, Notice, RestoreOutcome,
    decode::StateVector,
    limits::{WAITING_BYTES_MAX, WAITING_FRAMES_MAX},
    wire,
};

use crate::{
    shell::Shell,
    support::{
        Heard, Writer, archived_room, base, entries, presence, questions, stored_text, text_of,
        updates,
    },
};

#[test]
fn se1_a_session_that_opens_is_sent_the_state_vector_and_everybodys_presence() {
    let (mut shell, sessions) = Shell::open_with(&["ann"]);
    let ann = Writer::new(11);
    shell.edit(sessions[0], &ann.write("hello"));
    shell.frame(
        sessions[0],
        presence(&[(11, 1, Some("{\"name\":\"ann\"}"))]),
    );
    let ben = shell.open("ben");
    let heard = shell.take(ben);
    assert_eq!(heard[0], Heard::Step1(ann.state()));
    assert_eq!(
        entries(&heard),
        vec![(11, 1, Some("{\"name\":\"ann\"}".to_owned()))]
    );
}

#[test]
fn se1_while_the_document_is_restored_a_session_is_told_nothing_of_it() {
    let mut shell = Shell::new();
    let ann = shell.open("ann");
    shell.frame(ann, wire::sync_step1(&StateVector::new()));
    assert!(shell.take(ann).is_empty());
    shell.restored(RestoreOutcome::NeverStored);
    let heard = shell.take(ann);
    assert!(
        matches!(heard[..], [Heard::Step1(_), Heard::Step2(_)]),
        "first the greeting: {heard:?}"
    );
}

#[test]
fn se1_after_the_document_was_dropped_the_next_session_is_greeted_from_storage() {
    let (mut shell, session, ann) = archived_room("kept");
    shell.close(session);
    let ben = shell.open("ben");
    assert_eq!(shell.take(ben)[0], Heard::Step1(ann.state()));
}

#[test]
fn se2_a_syncstep1_is_answered_with_what_its_sender_lacks() {
    let (mut shell, sessions) = Shell::open_with(&["ann", "ben"]);
    let ann = Writer::new(11);
    let ben = Writer::new(12);
    let first = ann.write("one ");
    shell.edit(sessions[0], &first);
    ben.apply(&first);
    shell.edit(sessions[0], &ann.write("two"));
    shell.take(sessions[1]);
    shell.frame(sessions[1], wire::sync_step1(&ben.state()));
    let heard = shell.take(sessions[1]);
    let [Heard::Step2(lacking)] = &heard[..] else {
        panic!("one answer: {heard:?}")
    };
    assert!(lacking.len() < ann.whole().len());
    ben.apply(lacking);
    assert_eq!(ben.text(), "one two");
}

#[test]
fn se2_an_answer_holds_what_came_before_it_in_the_same_frame() {
    let (mut shell, sessions) = Shell::open_with(&["ann"]);
    let mut frame = wire::update(&Writer::new(11).write("now"));
    frame.extend(wire::sync_step1(&StateVector::new()));
    shell.frame(sessions[0], frame);
    let heard = shell.take(sessions[0]);
    let [Heard::Step2(answer)] = &heard[..] else {
        panic!("one answer: {heard:?}")
    };
    assert_eq!(text_of(answer), "now");
}

#[test]
fn se3_an_update_goes_to_every_session_but_its_authors() {
    let (mut shell, sessions) = Shell::open_with(&["ann", "ben", "cem"]);
    let ann = Writer::new(11);
    shell.edit(sessions[0], &ann.write("hello"));
    assert!(updates(&shell.take(sessions[0])).is_empty());
    for reader in &sessions[1..] {
        let shown = updates(&shell.take(*reader));
        assert_eq!(text_of(&shown[0]), "hello");
        assert_eq!(shown.len(), 1);
    }
}

#[test]
fn se3_two_sockets_of_one_person_are_two_sessions() {
    let (mut shell, sessions) = Shell::open_with(&["ann", "ann"]);
    shell.edit(sessions[0], &Writer::new(11).write("hello"));
    assert_eq!(updates(&shell.take(sessions[1])).len(), 1);
}

#[test]
fn se3_an_echo_of_anothers_update_never_returns_to_its_author() {
    let (mut shell, sessions) = Shell::open_with(&["ann", "ben"]);
    let update = Writer::new(11).write("hello");
    shell.edit(sessions[0], &update);
    shell.forget_traffic();
    shell.edit(sessions[1], &update);
    assert!(shell.take(sessions[0]).is_empty());
    assert!(shell.take(sessions[1]).is_empty());
}

#[test]
fn se3_the_updates_of_one_author_arrive_in_order() {
    let (mut shell, sessions) = Shell::open_with(&["ann", "ben"]);
    let (ann, ben) = (Writer::new(11), Writer::new(12));
    for word in ["a", "b", "c", "d"] {
        shell.edit(sessions[0], &ann.write(word));
    }
    for update in updates(&shell.take(sessions[1])) {
        ben.apply(&update);
        assert!(!yrs::ReadTxn::has_missing_updates(
            &yrs::Transact::transact(&ben.doc)
        ));
    }
    assert_eq!(ben.text(), "abcd");
}

#[test]
fn se4_what_arrives_twice_is_neither_journaled_nor_shown_nor_counted() {
    let (mut shell, session, ann) = archived_room("hello");
    let ben = shell.open("ben");
    shell.forget_traffic();
    shell.edit(session, &ann.whole());
    shell.edit(ben, &ann.whole());
    shell.frame(ben, wire::sync_step2(&ann.whole()));
    shell.edit(ben, yrs::Update::EMPTY_V1);
    assert_eq!(shell.storage_orders(), 0);
    assert!(shell.take(session).is_empty());
    assert!(!shell.is_dirty());
    let now = shell.now;
    assert_eq!(
        shell.room().take_metrics(now).updates,
        1,
        "only what was new"
    );
}

#[test]
fn se4_of_a_mixed_update_only_the_novel_part_is_journaled_and_shown() {
    let (mut shell, sessions) = Shell::open_with(&["ann", "ben"]);
    let ann = Writer::new(11);
    shell.edit(sessions[0], &ann.write("a long known beginning, "));
    shell.take(sessions[1]);
    ann.write("and an end");
    shell.edit(sessions[0], &ann.whole());
    let shown = updates(&shell.take(sessions[1]));
    assert!(shown[0].len() < ann.whole().len());
    assert_eq!(shown[0], shell.store.journal[1].1);
    assert_eq!(stored_text(&shell), ann.text());
}

#[test]
fn se4_a_known_deletion_changes_nothing() {
    let (mut shell, sessions) = Shell::open_with(&["ann"]);
    let ann = Writer::new(11);
    shell.edit(sessions[0], &ann.write("hello"));
    let erased = ann.erase(2);
    shell.edit(sessions[0], &erased);
    let rows = shell.store.journal.len();
    shell.edit(sessions[0], &erased);
    assert_eq!(shell.store.journal.len(), rows);
}

#[test]
fn se5_an_update_that_lacks_dependencies_is_answered_with_one_question() {
    let (mut shell, sessions) = Shell::open_with(&["ann"]);
    let ann = Writer::new(11);
    shell.frame(sessions[0], wire::sync_step2(yrs::Update::EMPTY_V1));
    shell.edit(sessions[0], &Writer::new(31).write("elsewhere"));
    ann.write("never sent ");
    let (second, third) = (ann.write("second "), ann.write("third"));
    shell.edit(sessions[0], &second);
    shell.edit(sessions[0], &third);
    assert_eq!(questions(&shell.take(sessions[0])), 1);
    assert_eq!(stored_text(&shell), "elsewhere");
    shell.frame(sessions[0], wire::sync_step2(&ann.whole()));
    assert!(stored_text(&shell).contains("never sent second third"));
}

#[test]
fn se5_while_the_greetings_question_is_open_no_other_is_asked() {
    let (mut shell, sessions) = Shell::open_with(&["ann"]);
    let ann = Writer::new(11);
    ann.write("never sent ");
    shell.edit(sessions[0], &ann.write("second"));
    assert_eq!(questions(&shell.take(sessions[0])), 0);
    shell.frame(sessions[0], wire::sync_step2(&ann.whole()));
    assert_eq!(stored_text(&shell), "never sent second");
}

#[test]
fn se5_an_answered_question_is_not_asked_again_before_the_state_has_changed() {
    let (mut shell, sessions) = Shell::open_with(&["ann", "ben"]);
    let ann = Writer::new(11);
    ann.write("never sent ");
    let dangling = ann.write("second");
    shell.frame(sessions[0], wire::sync_step2(yrs::Update::EMPTY_V1));
    for _ in 0..3 {
        shell.edit(sessions[0], &dangling);
    }
    assert_eq!(
        questions(&shell.take(sessions[0])),
        0,
        "the greeting asked about this very state"
    );
    shell.edit(sessions[1], &Writer::new(12).write("news"));
    shell.edit(sessions[0], &dangling);
    shell.edit(sessions[0], &dangling);
    assert_eq!(questions(&shell.take(sessions[0])), 1);
}

#[test]
fn se5_an_update_that_lacks_dependencies_is_left_out_whole() {
    let (mut shell, sessions) = Shell::open_with(&["ann"]);
    let (ann, other) = (Writer::new(11), Writer::new(12));
    ann.write("never sent ");
    let mut both = other.write("free");
    ann.apply(&both);
    ann.write("second");
    // One update that holds what can be integrated and what cannot.
    let lacking = yrs::StateVector::from_iter([(yrs::ClientID::new(11), 3)]);
    both = yrs::ReadTxn::encode_diff_v1(&yrs::Transact::transact(&ann.doc), &lacking);
    shell.edit(sessions[0], &both);
    assert!(shell.store.journal.is_empty());
}

#[test]
fn se6_of_a_syncstep2_the_part_that_can_be_integrated_is_taken_without_a_question() {
    let (mut shell, sessions) = Shell::open_with(&["ann"]);
    let (ann, other) = (Writer::new(11), Writer::new(12));
    ann.write("never sent ");
    ann.apply(&other.write("free"));
    ann.write("second");
    let lacking = yrs::StateVector::from_iter([(yrs::ClientID::new(11), 3)]);
    let part = yrs::ReadTxn::encode_diff_v1(&yrs::Transact::transact(&ann.doc), &lacking);
    shell.frame(sessions[0], wire::sync_step2(&part));
    assert_eq!(questions(&shell.take(sessions[0])), 0);
    assert_eq!(shell.store.journal.len(), 1);
    assert_eq!(text_of(&shell.store.journal[0].1), "free");
}

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
    let answer = heard.iter().find_map(|heard| match heard {
        Heard::Step2(answer) => Some(text_of(answer)),
        _ => None,
    });
    assert_eq!(
        answer.as_deref(),
        Some("one "),
        "what came later follows as an update"
    );
    assert_eq!(updates(&heard).len(), 2);
    assert_eq!(shell.room().status().waiting_bytes, 0);
}

#[test]
fn se7_an_update_of_a_session_that_closed_while_restoring_is_taken_all_the_same() {
    let mut shell = Shell::new();
    let (a, b) = (shell.open("ann"), shell.open("ben"));
    shell.edit(a, &Writer::new(11).write("goodbye"));
    shell.frame(a, presence(&[(11, 1, Some("{}"))]));
    shell.close(a);
    shell.restored(RestoreOutcome::NeverStored);
    assert_eq!(stored_text(&shell), "goodbye");
    assert_eq!(shell.store.journal[0].2, "ann");
    assert_eq!(updates(&shell.take(b)).len(), 1);
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
    });
    let answers: Vec<_> = shell
        .take(a)
        .into_iter()
        .filter_map(|heard| match heard {
            Heard::Step2(answer) => Some(text_of(&answer)),
            _ => None,
        })
        .collect();
    assert_eq!(answers, ["stored"]);
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
