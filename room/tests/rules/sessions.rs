//! SPEC section 2: greetings, answers, updates (SE1 to SE6).

use room::{RestoreOutcome, decode::StateVector, limits::FULL_ANSWERS_WINDOW_MS, wire};

use crate::{
    shell::Shell,
    support::{
        Heard, Writer, answers, archived_room, entries, presence, questions, stored_text, text_of,
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
fn se3_a_session_is_sent_updates_once_its_first_question_was_answered() {
    let (mut shell, sessions) = Shell::open_with(&["ann"]);
    let ann = Writer::new(11);
    let early = shell.open("ben");
    shell.take(early);
    shell.edit(sessions[0], &ann.write("one "));
    assert!(shell.take(early).is_empty());
    shell.ask(early);
    assert_eq!(answers(&shell.take(early)), ["one "]);
    shell.edit(sessions[0], &ann.write("two "));
    assert_eq!(updates(&shell.take(early)).len(), 1);
    shell.hibernate();
    shell.edit(sessions[0], &ann.write("three"));
    let heard = shell.take(early);
    assert_eq!(updates(&heard).len(), 1, "also after hibernation");
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
fn se2_who_asks_the_same_as_somebody_before_is_told_what_is_so_by_then() {
    let (mut shell, sessions) = Shell::open_with(&["ann", "ben", "cat"]);
    let ann = Writer::new(11);
    shell.edit(sessions[0], &ann.write("one "));
    for words in ["one ", "one two "] {
        for asker in &sessions[1..] {
            shell.forget_traffic();
            shell.pass(FULL_ANSWERS_WINDOW_MS);
            shell.ask(*asker);
            assert_eq!(answers(&shell.take(*asker)), [words]);
            shell.frame(*asker, wire::sync_step1(&ann.state()));
            assert_eq!(answers(&shell.take(*asker)), [""], "has everything");
        }
        shell.edit(sessions[0], &ann.write("two "));
    }
    // A deletion changes the answer without a state vector changing.
    let reader = Writer::new(12);
    reader.apply(&ann.whole());
    shell.edit(sessions[0], &ann.erase(8));
    shell.take(sessions[1]);
    shell.frame(sessions[1], wire::sync_step1(&reader.state()));
    for heard in shell.take(sessions[1]) {
        if let Heard::Step2(update) = heard {
            reader.apply(&update);
        }
    }
    assert_eq!(reader.text(), ann.text());
}
