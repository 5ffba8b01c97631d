//! SPEC section 14: what a socket's person may do, and until when (AT).

use annotation::Role;
use room::{Authority, Protocol, RestoreOutcome, Timestamp, glossator::Announcement, wire};

use crate::{
    people::{
        change, client, page, program, replica, resume, room_after_a_loss, room_of_owner, ticket,
    },
    shell::Shell,
    support::{Writer, presence, said, stored_text, updates},
};

#[test]
fn at1_a_role_is_judged_by_and_what_it_may_not_do_changes_nothing() {
    for (role, comments, highlights) in [
        (Role::Read, false, false),
        (Role::Comment, true, false),
        (Role::Annotate, true, true),
        (Role::Own, true, true),
    ] {
        for (root, may) in [
            ("comments", comments),
            ("stickies", comments),
            ("highlights", highlights),
            ("strokes", highlights),
        ] {
            let (mut shell, owner, olu) = room_of_owner();
            let rows = shell.store.journal.len();
            let session = program(&mut shell, "ann", role);
            shell.edit(session, &replica(&olu, 11).add(root, "new", "ann"));
            let told = updates(&shell.take(owner)).len();
            let closed = shell.closed.get(&session).copied();
            let expected = if may {
                (rows + 1, 1, None)
            } else {
                (rows, 0, Some(4403))
            };
            let seen = (shell.store.journal.len(), told, closed);
            assert_eq!(seen, expected, "{role} in {root}");
        }
    }
}

#[test]
fn at1_a_reader_synchronises_and_is_seen() {
    let (mut shell, owner, olu) = room_of_owner();
    let reader = program(&mut shell, "rea", Role::Read);
    shell.frame(reader, wire::sync_step2(&olu.whole()));
    shell.frame(reader, presence(&[(21, 1, Some("{}"))]));
    shell.pass(1_000);
    assert!(!shell.closed.contains_key(&reader));
    shell.edit(owner, &olu.write(" on"));
    assert_eq!(updates(&shell.take(reader)).len(), 1);
}

#[test]
fn at1_an_answer_is_judged_as_an_update_is() {
    let (mut shell, _, olu) = room_of_owner();
    let reader = program(&mut shell, "rea", Role::Read);
    let replica = replica(&olu, 21);
    replica.write("!");
    shell.frame(reader, presence(&[(21, 1, Some("{}"))]));
    shell.frame(reader, wire::sync_step2(&replica.whole()));
    assert_eq!(shell.closed[&reader], 4403);
    assert_eq!(stored_text(&shell), "kept");
}

#[test]
fn au4_what_a_reader_passes_on_is_left_out_in_silence() {
    let (mut shell, owner, olu) = room_after_a_loss();
    let reader = program(&mut shell, "rea", Role::Read);
    // Somebody else wrote it, says the reader, and a young room might have lost it.
    let lost = replica(&olu, 31);
    lost.write("!");
    lost.erase(2);
    shell.frame(reader, wire::sync_step2(&lost.whole()));
    assert_eq!(stored_text(&shell), "kept");
    assert_eq!(shell.frames_for(owner), 0);
    assert!(!shell.closed.contains_key(&reader));
}

#[test]
fn au4_nobody_deletes_anothers_thing_by_calling_it_passed_on() {
    let (mut shell, owner, olu) = room_after_a_loss();
    let session = program(&mut shell, "ann", Role::Annotate);
    let mine = replica(&olu, 11);
    mine.add("comments", "c", "ann");
    mine.remove("highlights", "h");
    shell.frame(session, wire::sync_step2(&mine.whole()));
    assert!(
        !shell.closed.contains_key(&session),
        "an honest one may be told so too"
    );
    let told = updates(&shell.take(owner));
    olu.apply(&told[0]);
    assert_eq!(
        (olu.has("comments", "c"), olu.has("highlights", "h")),
        (true, true)
    );
}

#[test]
fn au4_what_is_passed_on_changes_no_thing_of_a_third_person() {
    let (mut shell, owner, olu) = room_after_a_loss();
    let session = program(&mut shell, "mal", Role::Annotate);
    // Under an id that is nobody's, as though it had been lost.
    let forged = replica(&olu, 31);
    forged.set("highlights", "h", "text", "other words");
    let own = replica(&olu, 12);
    shell.frame(session, presence(&[(12, 1, Some("{}"))]));
    own.add("comments", "c", "mal");
    own.apply(&forged.whole());
    shell.frame(session, wire::sync_step2(&own.whole()));
    shell.pass(50);
    updates(&shell.take(owner))
        .iter()
        .for_each(|update| olu.apply(update));
    assert_eq!(
        olu.field("highlights", "h", "text"),
        Some("words".to_owned())
    );
    assert!(olu.has("comments", "c"), "what is its own is taken");
}

#[test]
fn at1_a_deletion_that_is_left_out_takes_no_part_of_the_thing_with_it() {
    for role in [Role::Read, Role::Annotate] {
        let (mut shell, _, olu) = room_after_a_loss();
        let rows = shell.store.journal.len();
        let session = program(&mut shell, "ann", role);
        let replica = replica(&olu, 21);
        replica.remove("highlights", "h");
        // This storage is young: somebody may have told its owner that it was deleted.
        shell.frame(session, wire::sync_step2(&replica.whole()));
        assert!(!shell.closed.contains_key(&session), "{role}");
        assert_eq!(shell.store.journal.len(), rows, "{role}");
    }
}

#[test]
fn at1_our_client_is_told_refused_and_reads_on() {
    let (mut shell, owner, olu) = room_of_owner();
    let reader = page(&mut shell, "rea", Role::Read);
    shell.take(reader);
    let number = shell.numbered(reader, &wire::update(&replica(&olu, 21).write("!")));
    let told = said(&shell.take(reader));
    assert!(
        matches!(told.as_slice(), [Announcement::Refused { number: refused, .. }] if *refused == number),
        "{told:?}"
    );
    shell.edit(owner, &olu.write(" on"));
    assert_eq!(updates(&shell.take(reader)).len(), 1);
}

#[test]
fn at1_what_had_waited_for_the_restore_is_judged_though_its_socket_has_ended() {
    let mut shell = Shell::new();
    let reader = program(&mut shell, "rea", Role::Read);
    shell.edit(reader, &Writer::new(21).write("late"));
    shell.close(reader);
    shell.restored(RestoreOutcome::NeverStored);
    assert_eq!(stored_text(&shell), "");
}

#[test]
fn at1_a_thing_that_says_falsely_whose_it_is_never_stays() {
    let (mut shell, owner, olu) = room_of_owner();
    let rows = shell.store.journal.len();
    let session = program(&mut shell, "ann", Role::Annotate);
    shell.edit(
        session,
        &replica(&olu, 11).add("highlights", "forged", "olu"),
    );
    assert_eq!(shell.closed[&session], 4403);
    assert_eq!(shell.store.journal.len(), rows);
    assert_eq!(shell.frames_for(owner), 0);
    // The document in memory was given up with it, and is what the journal says.
    shell.edit(owner, &olu.write(" on"));
    assert_eq!(stored_text(&shell), "kept on");
    let joiner = program(&mut shell, "joe", Role::Read);
    let heard = shell.take(joiner);
    assert!(!format!("{heard:?}").contains("forged"));
}

#[test]
fn at2_the_end_of_an_authority_closes_any_socket_and_comes_through_a_sleep() {
    let (mut shell, owner, olu) = room_of_owner();
    let page = page(&mut shell, "ann", Role::Annotate);
    shell.hibernate();
    shell.now = shell.now + 15 * 60_000;
    shell.edit(owner, &olu.write(" late"));
    assert_eq!((shell.closed[&owner], shell.closed[&page]), (4500, 4500));
    assert_eq!(stored_text(&shell), "kept");
}

#[test]
fn at3_a_ticket_is_good_once_also_for_a_room_that_has_slept() {
    for asleep in [false, true] {
        let (mut shell, ..) = room_of_owner();
        let shown = ticket(&shell, "t", Role::Read);
        let open = |shell: &mut Shell, user: &str| {
            let shown = Some(shown.clone());
            shell.open_with_authority(user, Protocol::Glossator, shown)
        };
        let first = open(&mut shell, "ann");
        if asleep {
            shell.hibernate();
        }
        let again = open(&mut shell, "ann");
        assert!(!shell.closed.contains_key(&first));
        assert_eq!(shell.closed[&again], 4500);
    }
}

#[test]
fn at3_a_ticket_that_was_used_to_open_renews_nothing() {
    let (mut shell, ..) = room_of_owner();
    let shown = ticket(&shell, "t", Role::Read);
    let session = shell.open_with_authority("ann", Protocol::Glossator, Some(shown));
    let (user, ticket) = ("ann".to_owned(), "t".to_owned());
    let until = shell.now + 60_000;
    shell.tickets.insert((user, ticket), until);
    shell.frame(session, room::glossator::renew("t"));
    assert_eq!(shell.closed[&session], 4500);
}

#[test]
fn at4_a_storage_that_has_just_begun_takes_nothing_that_was_granted_before() {
    let mut shell = Shell::new();
    let shown = ticket(&shell, "old", Role::Annotate);
    let resumed = resume(&shell, Role::Annotate);
    shell.now = shell.now + 50;
    for shown in [shown, resumed] {
        let early = shell.open_with_authority("ann", Protocol::Glossator, Some(shown));
        assert_eq!(shell.closed[&early], 4500);
    }
    // It has begun by now, and says so after a sleep too.
    shell.hibernate();
    let late = page(&mut shell, "ann", Role::Annotate);
    assert!(!shell.closed.contains_key(&late));
}

#[test]
fn at8_a_page_is_given_a_resume_token_with_each_authority_and_a_program_none() {
    let (mut shell, ..) = room_of_owner();
    let session = page(&mut shell, "ann", Role::Annotate);
    let given = shell.resumes.pop().expect("a resume token");
    assert_eq!((given.session, given.user.as_str()), (session, "ann"));
    assert!(shell.resumes.is_empty());
    let until = shell.now + 16 * 60_000;
    let key = ("ann".to_owned(), "new".to_owned());
    shell.tickets.insert(key, until);
    // It says "own": somebody else than who is here.
    shell.frame(session, room::glossator::renew("new"));
    assert_eq!(shell.closed[&session], 4500);

    let owner = page(&mut shell, "own", Role::Own);
    shell.resumes.clear();
    let key = ("own".to_owned(), "newer".to_owned());
    shell.tickets.insert(key, until);
    shell.frame(owner, room::glossator::renew("newer"));
    let until_of = |authority: Option<Authority>| authority.map(|authority| authority.until);
    let given = shell.resumes.pop().map(|record| until_of(record.authority));
    assert_eq!(given, Some(Some(until)));
}

#[test]
fn at8_what_was_kept_and_cannot_be_read_closes_the_room_rather_than_being_forgotten() {
    let (mut shell, owner, _) = room_of_owner();
    let key = shell.store.kept.keys().next().cloned();
    shell
        .store
        .kept
        .insert(key.expect("something is kept"), "{".to_owned());
    shell.hibernate();
    shell.frame(owner, wire::update(&Writer::new(12).write("x")));
    assert_eq!(shell.closed[&owner], 1011);
}

#[test]
fn at2_no_authority_lasts_for_ever() {
    let mut shell = Shell::new();
    let endless = Authority {
        until: Timestamp(u64::MAX),
        ..client(&shell, "c", Role::Own)
    };
    let session = shell.open_with_authority("ann", Protocol::Stock, Some(endless));
    assert_eq!(shell.closed[&session], 4500);
}

#[test]
fn at10_nobody_who_comes_to_an_unreadable_room_writes_over_what_is_kept() {
    let (mut shell, ..) = room_of_owner();
    shell.pass(1_000);
    change(&mut shell, "ann", Role::None);
    let kept = shell.store.kept.clone();
    let token = client(&shell, "ann", Role::Annotate);
    shell.store.is_unreadable = true;
    shell.hibernate();
    let shown = Authority {
        granted_at: Timestamp(shell.now.0 - 500),
        ..token
    };
    let early = shell.open_with_authority("ann", Protocol::Stock, Some(shown.clone()));
    assert!(shell.closed.contains_key(&early));
    for _ in 0..20 {
        // Before the alarm, which would have the storage read first.
        shell.now = shell.now + 30_000;
        let again = shell.open_with_authority("ann", Protocol::Stock, Some(shown.clone()));
        assert!(shell.closed.contains_key(&again));
    }
    shell.store.is_unreadable = false;
    shell.pass(5 * 60_000);
    let later = shell.open_with_authority("ann", Protocol::Stock, Some(shown));
    assert_eq!(shell.closed[&later], 4403);
    assert_eq!(shell.store.kept.get("authority"), kept.get("authority"));
}
