//! SPEC section 15: erasing people.

use std::collections::BTreeSet;

use annotation::Role;
use room::{
    ArchiveOutcome, Effect, Event, Pace, RestoreOutcome, SessionId, StoredUnion,
    limits::DOCUMENT_BYTES_MAX, wire,
};

use crate::{
    authorship::{known, proven, writer},
    people::{client, page, program, replica, room_after_a_loss, room_of_owner},
    shell::{Fault, QUIET_MS, Shell},
    support::{Heard, Writer, answers, base, clocks_of, updates},
};

fn people(names: &[&str]) -> BTreeSet<String> {
    names.iter().map(|name| (*name).to_owned()).collect()
}

/// The host orders it, and hears whether it is done.
fn erase(shell: &mut Shell, name: &str) -> bool {
    let people = people(&[name]);
    shell.tell(Event::ErasureOrdered {
        people: people.clone(),
    });
    shell.room().has_erased(&people)
}

/// A room of olu's, who owns it, and ann, who has written "words".
fn written() -> (Shell, SessionId, Writer, Writer) {
    let (mut shell, owner, olu) = room_of_owner();
    shell.pass(2 * QUIET_MS);
    let session = program(&mut shell, "ann", Role::Annotate);
    let ann = replica(&olu, 11);
    for update in [
        ann.add("comments", "c", "ann"),
        ann.add("highlights", "mine", "ann"),
        ann.write("ann's words"),
    ] {
        olu.apply(&update);
        shell.edit(session, &update);
    }
    shell.forget_traffic();
    (shell, owner, olu, ann)
}

/// Whether what the object stores of the document holds these bytes.
fn stores(shell: &Shell, words: &str) -> bool {
    let journal = shell.store.journal.iter().map(|(_, update, _)| update);
    let all = journal.chain(&shell.store.snapshot);
    let holds = |bytes: &Vec<u8>| bytes.windows(words.len()).any(|it| it == words.as_bytes());
    all.into_iter().any(holds)
}

fn stored(shell: &Shell) -> Writer {
    let reader = Writer::new(1);
    for update in shell.store.snapshot.iter() {
        reader.apply(update);
    }
    for (_, update, _) in &shell.store.journal {
        reader.apply(update);
    }
    reader
}

#[test]
fn er1_what_was_theirs_goes_before_the_eyes_of_those_who_are_here() {
    let (mut shell, owner, olu, _) = written();
    assert!(erase(&mut shell, "ann"));
    let heard = shell.take(owner);
    let [update] = updates(&heard).try_into().expect("one edit");
    olu.apply(&update);
    assert!(clocks_of(&update).is_empty(), "it writes nothing");
    assert!(!olu.has("comments", "c") && !olu.has("highlights", "mine"));
    assert!(olu.has("highlights", "h"), "olu's own");
    assert_eq!(olu.text(), "kept");
    assert_eq!(olu.whole(), stored(&shell).whole());
}

#[test]
fn er1_it_is_appended_before_it_is_shown_and_archived_at_once() {
    let (mut shell, owner, ..) = written();
    assert!(erase(&mut shell, "ann"));
    let at = |what: &dyn Fn(&Effect) -> bool| shell.log.iter().position(what).expect("ordered");
    let appended = at(&|effect| matches!(effect, Effect::AppendToJournal { .. }));
    let shown = at(
        &|effect| matches!(effect, Effect::Broadcast { sessions, .. } if sessions.contains(&owner)),
    );
    assert!(appended < shown);
    let (_, archived) = shell.archives.last().expect("archived at once");
    assert!(!archived.bytes.windows(11).any(|it| it == b"ann's words"));
    assert_eq!(archived.highlight_count, 1);
}

#[test]
fn er1_once_more_changes_nothing() {
    let (mut shell, owner, ..) = written();
    assert!(erase(&mut shell, "ann"));
    shell.stored_at(2);
    shell.forget_traffic();
    shell.take(owner);
    assert!(erase(&mut shell, "ann") && erase(&mut shell, "somebody else"));
    assert_eq!((shell.storage_orders(), shell.frames_for(owner)), (0, 0));
    assert!(!shell.is_dirty());
}

#[test]
fn er1_nobody_is_named_for_what_the_room_has_taken_out() {
    let (mut shell, ..) = written();
    assert!(erase(&mut shell, "ann"));
    assert_eq!(known(&shell).all_deleted().count(), 0);
    assert_eq!(writer(&shell, 11, 0), proven("ann"));
}

#[test]
fn er2_nothing_that_is_stored_holds_a_word_of_theirs_once_it_is_confirmed() {
    let (mut shell, ..) = written();
    assert!(stores(&shell, "ann's words"), "the control");
    assert!(erase(&mut shell, "ann"));
    for words in ["ann's words", "author_id\u{1}w\u{3}ann"] {
        assert!(!stores(&shell, words), "{words}");
    }
    assert!(shell.store.journal.is_empty());
}

#[test]
fn er2_a_kill_before_or_after_leaves_it_to_the_next_order() {
    let (mut shell, ..) = written();
    shell.kill();
    shell.wake();
    assert!(!shell.room().has_erased(&people(&["ann"])));
    assert!(erase(&mut shell, "ann"));
    shell.kill();
    shell.wake();
    assert!(shell.room().has_erased(&people(&["ann"])), "kept");
    assert!(!stores(&shell, "ann's words"));
}

#[test]
fn er2_a_store_that_fails_leaves_it_unconfirmed_and_the_next_order_does_it() {
    for fault in [Fault::Append, Fault::Replace, Fault::Keep, Fault::Load] {
        let (mut shell, ..) = written();
        shell.hibernate();
        shell.fail(fault, 1);
        assert!(!erase(&mut shell, "ann"), "{fault:?}");
        shell.pass(120_000);
        assert!(erase(&mut shell, "ann"), "{fault:?}");
        assert!(!stores(&shell, "ann's words"), "{fault:?}");
    }
}

#[test]
fn er2_an_object_without_storage_asks_the_host_first() {
    let (mut before, ..) = written();
    before.pass(QUIET_MS);
    let sent = before.stored_at(2);
    let mut shell = Shell::new();
    shell.wake();
    assert!(!erase(&mut shell, "ann"));
    shell.restored(RestoreOutcome::Found {
        base: base(2),
        snapshot: sent.bytes,
        attribution: Some(sent.attribution),
    });
    assert!(shell.room().has_erased(&people(&["ann"])));
    assert!(!stores(&shell, "ann's words"));
    assert!(shell.is_dirty());
}

#[test]
fn er2_words_that_were_deleted_in_the_tick_that_brought_them_are_sent_to_nobody_and_go() {
    let mut shell = Shell::paced(Pace::InTicks);
    let session = shell.open("ann");
    let ann = Writer::new(11);
    shell.edit(session, &ann.write("secret"));
    shell.edit(session, &ann.erase(6));
    shell.restored(RestoreOutcome::NeverStored);
    assert_eq!(shell.store.journal.len(), 1);
    assert!(stores(&shell, "secret"), "the control");
    shell.hibernate();
    let reader = shell.open("ben");
    shell.ask(reader);
    let heard = shell.take(reader);
    assert_eq!(answers(&heard), [""], "told that there are no words");
    let says = |bytes: &[u8]| bytes.windows(6).any(|it| it == b"secret");
    let is_told = |message: &Heard| matches!(message, Heard::Step2(answer) if says(answer));
    assert!(!heard.iter().any(is_told));
    assert!(erase(&mut shell, "ann"));
    assert!(!stores(&shell, "secret"));
    shell.pass(2 * QUIET_MS);
    let (_, archived) = shell.archives.last().expect("archived");
    assert!(!says(&archived.bytes));
}

#[test]
fn er2_where_nothing_was_ever_written_there_is_nothing_to_do() {
    let mut shell = Shell::new();
    shell.wake();
    assert!(!erase(&mut shell, "ann"));
    shell.restored(RestoreOutcome::NeverStored);
    assert!(shell.room().has_erased(&people(&["ann"])));
    assert_eq!(shell.storage_orders(), 0);
    let (mut deleted, ..) = written();
    deleted.tell(Event::DeletionOrdered);
    assert!(erase(&mut deleted, "ann"));
}

#[test]
fn er3_their_sockets_are_closed_and_none_is_let_in() {
    let (mut shell, ..) = written();
    let here = page(&mut shell, "ann", Role::Annotate);
    let nameless = shell.open("ann");
    let shown = client(&shell, "another", Role::Own);
    assert!(erase(&mut shell, "ann"));
    assert_eq!((shell.closed[&here], shell.closed[&nameless]), (4403, 4403));
    shell.stored_at(2);
    shell.hibernate();
    shell.pass(1_000);
    let again = program(&mut shell, "ann", Role::Own);
    let nameless = shell.open("ann");
    assert_eq!(
        (shell.closed[&again], shell.closed[&nameless]),
        (4403, 4403)
    );
    let now = shell.now;
    assert!(!shell.room().admits(now, "ann", &shown));
    assert!(shell.room().admits(now, "ben", &shown), "the control");
}

#[test]
fn er3_what_they_have_sent_and_still_waits_is_refused() {
    let mut shell = Shell::new();
    let ann = shell.open("ann");
    shell.edit(ann, &Writer::new(11).write("ann's words"));
    shell.close(ann);
    assert!(!erase(&mut shell, "ann"));
    shell.restored(RestoreOutcome::NeverStored);
    assert!(shell.room().has_erased(&people(&["ann"])));
    assert!(!stores(&shell, "ann's words"));
}

#[test]
fn er4_an_owner_takes_back_no_deletion_of_theirs() {
    let (mut shell, owner, olu, _) = written();
    assert!(erase(&mut shell, "ann"));
    for update in updates(&shell.take(owner)) {
        olu.apply(&update);
    }
    shell.edit(owner, &olu.add("comments", "c", "ann"));
    assert_eq!(shell.closed.get(&owner), Some(&4403));
    assert!(!stored(&shell).has("comments", "c"));
    let (mut control, owner, olu, _) = written();
    let removed = olu.remove("comments", "c");
    control.edit(owner, &removed);
    control.edit(owner, &olu.add("comments", "c", "ann"));
    assert!(!control.closed.contains_key(&owner), "of anybody else");
}

#[test]
fn er4_a_stale_copy_of_their_work_brings_nothing_back() {
    let (mut shell, ..) = written();
    let (_, _, stale, _) = written();
    assert!(erase(&mut shell, "ann"));
    let ben = program(&mut shell, "ben", Role::Annotate);
    shell.frame(ben, wire::sync_step2(&stale.whole()));
    assert!(!shell.closed.contains_key(&ben), "it is honest");
    assert!(!stores(&shell, "ann's words") && !stored(&shell).has("comments", "c"));
}

#[test]
fn er4_what_the_room_has_lost_of_theirs_is_passed_on_by_nobody() {
    let (mut shell, _, olu) = room_after_a_loss();
    let ann = replica(&olu, 11);
    ann.add("comments", "lost", "ann");
    assert!(erase(&mut shell, "ann"));
    let ben = program(&mut shell, "ben", Role::Annotate);
    shell.frame(ben, wire::sync_step2(&ann.whole()));
    assert!(!stored(&shell).has("comments", "lost"));
    assert!(!shell.closed.contains_key(&ben));
    let (mut control, _, olu) = room_after_a_loss();
    let cecily = replica(&olu, 12);
    cecily.add("comments", "lost", "cecily");
    assert!(erase(&mut control, "ann"));
    let ben = program(&mut control, "ben", Role::Annotate);
    control.frame(ben, wire::sync_step2(&cecily.whole()));
    assert!(stored(&control).has("comments", "lost"), "of anybody else");
}

#[test]
fn er5_what_a_union_brings_of_theirs_goes_at_once() {
    let (mut shell, owner, olu, ann) = written();
    assert!(erase(&mut shell, "ann"));
    for update in updates(&shell.take(owner)) {
        olu.apply(&update);
    }
    ann.add("comments", "elsewhere", "ann");
    shell.archived(ArchiveOutcome::Stored {
        base: base(9),
        union: Some(StoredUnion::from(ann.whole())),
    });
    assert!(!stored(&shell).has("comments", "elsewhere"));
    assert!(shell.room().has_erased(&people(&["ann"])));
    assert!(shell.is_dirty(), "the store learns of it");
}

#[test]
fn er1_a_document_at_its_bounds_takes_it() {
    let mut shell = Shell::new();
    shell.open("olu");
    let ann = Writer::new(11);
    ann.add("comments", "c", "ann");
    ann.write(&"x".repeat(DOCUMENT_BYTES_MAX + 1_000));
    shell.restored(RestoreOutcome::Found {
        base: base(1),
        snapshot: ann.whole(),
        attribution: None,
    });
    assert!(erase(&mut shell, "ann"));
    assert!(!stored(&shell).has("comments", "c"));
}

#[test]
fn er2_an_order_wakes_a_room_without_storage_in_which_our_clients_rest() {
    let (mut before, ..) = written();
    before.pass(QUIET_MS);
    let sent = before.stored_at(2);
    let mut shell = Shell::new();
    let ours = shell.open_ours("olu");
    shell.restored(RestoreOutcome::NeverStored);
    shell.pass(1_000);
    shell.hibernate();
    shell.wake();
    assert!(shell.restores.is_empty(), "nobody does anything");
    assert!(!erase(&mut shell, "ann"));
    shell.restored(RestoreOutcome::Found {
        base: base(2),
        snapshot: sent.bytes,
        attribution: Some(sent.attribution),
    });
    assert!(shell.room().has_erased(&people(&["ann"])));
    assert!(!shell.closed.contains_key(&ours));
}
