//! SPEC section 14: what the host rules, and when that counts (AT5, AT6, AT7).

use annotation::Role;
use room::{
    Ceiling, Event, Protocol, RestoreOutcome, Ruling, RulingOutcome,
    limits::{CHECK_EVERY_MS, UPGRADES_MAX},
};

use crate::{
    people::{
        ARCHIVED, LOCKED, change, client, hear, page, program, replica, resume, room_of_owner,
        rule, ruling, ticket,
    },
    shell::Shell,
    support::Writer,
};

#[test]
fn at5_who_was_removed_is_sent_away_at_once_and_does_not_come_back() {
    let (mut shell, ..) = room_of_owner();
    let (page_of, program_of) = (
        page(&mut shell, "ann", Role::Annotate),
        program(&mut shell, "ann", Role::Annotate),
    );
    let (resumed, token) = (
        resume(&shell, Role::Annotate),
        client(&shell, "ann", Role::Annotate),
    );
    shell.pass(1_000);
    change(&mut shell, "ann", Role::None);
    assert_eq!(
        (shell.closed[&page_of], shell.closed[&program_of]),
        (4403, 4403)
    );
    shell.hibernate();
    for (protocol, shown) in [(Protocol::Glossator, resumed), (Protocol::Stock, token)] {
        let again = shell.open_with_authority("ann", protocol, Some(shown));
        assert_eq!(shell.closed[&again], 4403);
    }
    // What is granted later counts.
    shell.pass(1_000);
    let granted = page(&mut shell, "ann", Role::Read);
    assert!(!shell.closed.contains_key(&granted));
}

#[test]
fn at5_whose_role_has_changed_comes_back_as_a_page_and_goes_on_as_a_program() {
    let (mut shell, _, olu) = room_of_owner();
    let page_of = page(&mut shell, "ann", Role::Annotate);
    let program_of = program(&mut shell, "ann", Role::Annotate);
    let resumed = resume(&shell, Role::Annotate);
    shell.pass(1_000);
    change(&mut shell, "ann", Role::Comment);
    assert_eq!(shell.closed[&page_of], 4500);
    let again = shell.open_with_authority("ann", Protocol::Glossator, Some(resumed));
    assert_eq!(shell.closed[&again], 4500, "void since the change");
    let mine = replica(&olu, 11);
    shell.edit(program_of, &mine.add("comments", "c", "ann"));
    assert!(!shell.closed.contains_key(&program_of));
    shell.edit(program_of, &mine.add("highlights", "mine", "ann"));
    assert_eq!(shell.closed[&program_of], 4403);
}

#[test]
fn at5_no_change_gives_a_token_more_than_it_says() {
    let (mut shell, _, olu) = room_of_owner();
    let program = program(&mut shell, "ann", Role::Comment);
    shell.pass(1_000);
    change(&mut shell, "ann", Role::Own);
    shell.edit(program, &replica(&olu, 11).add("highlights", "mine", "ann"));
    assert_eq!(shell.closed[&program], 4403);
}

#[test]
fn at5_a_revoked_token_and_what_is_void_together_end_at_once() {
    let (mut shell, _, _) = room_of_owner();
    let (ann, ben) = (
        program(&mut shell, "ann", Role::Annotate),
        program(&mut shell, "ben", Role::Annotate),
    );
    let page_of = page(&mut shell, "cam", Role::Annotate);
    shell.pass(1_000);
    let revoked = Ruling {
        revoked: vec!["ann".to_owned()],
        ..ruling(&shell)
    };
    shell.tell(Event::RulingTold { ruling: revoked });
    assert_eq!(shell.closed.get(&ann), Some(&4403));
    assert!(!shell.closed.contains_key(&ben) && !shell.closed.contains_key(&page_of));
    let all = Ruling {
        void_until: shell.now,
        ..ruling(&shell)
    };
    shell.tell(Event::RulingTold { ruling: all });
    assert_eq!((shell.closed[&ben], shell.closed[&page_of]), (4403, 4500));
}

#[test]
fn at5_an_older_ruling_takes_nothing_back() {
    let (mut shell, ..) = room_of_owner();
    let earlier = ruling(&shell);
    let token = client(&shell, "ann", Role::Annotate);
    shell.pass(1_000);
    change(&mut shell, "ann", Role::None);
    shell.tell(Event::RulingTold { ruling: earlier });
    let again = shell.open_with_authority("ann", Protocol::Stock, Some(token));
    assert_eq!(shell.closed[&again], 4403);
}

#[test]
fn at6_a_locked_case_is_read_by_all_and_written_by_its_owners_alone() {
    for (spares_owners, owner_closed) in [(true, None), (false, Some(4403))] {
        let (mut shell, owner, olu) = room_of_owner();
        let program = program(&mut shell, "ann", Role::Annotate);
        let page_of = page(&mut shell, "ben", Role::Annotate);
        let reader = page(&mut shell, "rea", Role::Read);
        shell.pass(1_000);
        let locked = Ruling {
            ceiling: Some(Ceiling {
                role: Role::Read,
                spares_owners,
            }),
            ..ruling(&shell)
        };
        shell.tell(Event::RulingTold { ruling: locked });
        assert_eq!(shell.closed.get(&page_of), Some(&4500), "it learns of it");
        assert!(!shell.closed.contains_key(&reader));
        shell.edit(program, &replica(&olu, 11).add("comments", "c", "ann"));
        assert_eq!(shell.closed.get(&program), Some(&4403));
        shell.edit(owner, &olu.write(" on"));
        assert_eq!(shell.closed.get(&owner).copied(), owner_closed);
    }
}

#[test]
fn at6_whoever_came_under_a_ceiling_comes_back_as_a_page_when_it_is_lifted() {
    let (mut shell, _, olu) = room_of_owner();
    let program = program(&mut shell, "ann", Role::Annotate);
    shell.pass(1_000);
    rule(&mut shell, Some(ARCHIVED));
    // What the host issues under a ceiling says no more than that.
    let cut = |shell: &mut Shell| {
        shell.pass(1_000);
        (
            page(shell, "ben", Role::Read),
            page(shell, "own", Role::Read),
        )
    };
    let (reader, owner) = cut(&mut shell);
    rule(&mut shell, Some(ARCHIVED));
    shell.hibernate();
    rule(&mut shell, Some(ARCHIVED));
    assert_eq!(
        (shell.closed.get(&reader), shell.closed.get(&owner)),
        (None, None),
        "nothing is lifted"
    );

    rule(&mut shell, Some(LOCKED));
    assert_eq!(
        (shell.closed[&reader], shell.closed[&owner]),
        (4500, 4500),
        "its owner may write"
    );
    shell.pass(1_000);
    let (reader, owner) = (
        page(&mut shell, "ben", Role::Read),
        page(&mut shell, "own", Role::Own),
    );
    rule(&mut shell, None);
    assert_eq!(
        (shell.closed.get(&reader), shell.closed.get(&owner)),
        (Some(&4500), None)
    );
    shell.edit(program, &replica(&olu, 11).add("comments", "c", "ann"));
    assert!(
        !shell.closed.contains_key(&program),
        "its token says what it may"
    );
    shell.pass(1_000);
    let reader = page(&mut shell, "ben", Role::Read);
    rule(&mut shell, None);
    rule(&mut shell, Some(LOCKED));
    assert!(
        !shell.closed.contains_key(&reader),
        "who may read comes back once"
    );
}

#[test]
fn at6_a_page_that_comes_after_a_ceiling_was_lifted_shows_no_ticket_from_under_it() {
    for is_asleep in [false, true] {
        let (mut shell, ..) = room_of_owner();
        rule(&mut shell, Some(LOCKED));
        shell.pass(1_000);
        let (cut, continued) = (
            ticket(&shell, "cut", Role::Read),
            resume(&shell, Role::Read),
        );
        let (spared, token) = (
            ticket(&shell, "spared", Role::Own),
            client(&shell, "pam", Role::Read),
        );
        shell.pass(1_000);
        rule(&mut shell, None);
        let of_that_moment = ticket(&shell, "of that moment", Role::Read);
        let mut open = |user: &str, protocol, shown| {
            if is_asleep {
                shell.hibernate();
            }
            let session = shell.open_with_authority(user, protocol, Some(shown));
            shell.closed.get(&session).copied()
        };
        for shown in [cut, continued, of_that_moment] {
            let name = format!("{:?}", shown.proof);
            assert_eq!(
                open("ben", Protocol::Glossator, shown),
                Some(4500),
                "{name}"
            );
        }
        assert_eq!(open("oda", Protocol::Glossator, spared), None);
        assert_eq!(open("pam", Protocol::Stock, token), None);

        shell.pass(1);
        let again = page(&mut shell, "ben", Role::Read);
        rule(&mut shell, None);
        if is_asleep {
            shell.hibernate();
        }
        shell.pass(1_000);
        assert!(!shell.closed.contains_key(&again), "issued since then");
    }
}

#[test]
fn at6_of_several_ceilings_that_were_lifted_the_highest_and_the_latest_count() {
    let (mut shell, ..) = room_of_owner();
    let comments = Ceiling {
        role: Role::Comment,
        spares_owners: true,
    };
    rule(&mut shell, Some(comments));
    shell.pass(1_000);
    let shown = ticket(&shell, "of comments", Role::Comment);
    for ceiling in [None, Some(LOCKED)] {
        rule(&mut shell, ceiling);
        shell.pass(1_000);
    }
    let later = ticket(&shell, "of reading", Role::Read);
    rule(&mut shell, None);
    shell.hibernate();
    for shown in [shown, later] {
        let session = shell.open_with_authority("ben", Protocol::Glossator, Some(shown));
        assert_eq!(shell.closed.get(&session), Some(&4500));
    }
}

#[test]
fn at6_what_is_kept_of_a_lifted_ceiling_is_done_by_the_next_life_too() {
    let under_a_ceiling = || {
        let (mut shell, ..) = room_of_owner();
        rule(&mut shell, Some(LOCKED));
        shell.pass(1_000);
        let reader = page(&mut shell, "ben", Role::Read);
        shell.pass(1_000);
        (shell, reader)
    };
    let (mut other, _) = under_a_ceiling();
    rule(&mut other, None);
    // It dies when the ruling is kept, and before anybody is closed.
    let (mut shell, reader) = under_a_ceiling();
    shell.hibernate();
    shell.store.kept = other.store.kept;
    shell.wake();
    assert_eq!(shell.closed.get(&reader), Some(&4500));
}

#[test]
fn at7_what_the_host_said_is_asked_again_a_quarter_of_an_hour_later_and_not_before() {
    let (mut shell, owner, _) = room_of_owner();
    shell.hibernate();
    shell.pass(CHECK_EVERY_MS - 60_000);
    assert!(shell.rulings.is_empty());
    // The owner's authority has to outlast the pause.
    shell.close(owner);
    program(&mut shell, "ann", Role::Read);
    shell.pass(61_000);
    assert_eq!(shell.rulings.len(), 1);
}

#[test]
fn at7_a_question_that_fails_is_asked_again() {
    let mut shell = Shell::new();
    let early = program(&mut shell, "ann", Role::Read);
    let request = shell.rulings.pop().expect("asked when somebody came");
    let reason = "unreachable".to_owned();
    let outcome = RulingOutcome::Failed { reason };
    shell.tell(Event::RulingAnswered { request, outcome });
    shell.restored(RestoreOutcome::NeverStored);
    assert!(shell.rulings.is_empty());
    shell.pass(5_000);
    assert_eq!(shell.frames_for(early), 0, "it may have been revoked");
    hear(&mut shell);
    assert!(shell.frames_for(early) > 0);
}

#[test]
fn at7_a_room_without_tokens_asks_nothing_and_keeps_nothing() {
    let (mut shell, sessions) = Shell::open_with(&["ann"]);
    shell.edit(sessions[0], &Writer::new(11).write("x"));
    shell.pass(CHECK_EVERY_MS + 60_000);
    assert!(shell.rulings.is_empty());
    assert!(shell.store.kept.is_empty());
}

#[test]
fn at5_a_revoked_token_is_told_nothing_by_a_storage_that_has_just_begun() {
    let mut shell = Shell::new();
    let revoked = program(&mut shell, "ann", Role::Annotate);
    shell.restored(RestoreOutcome::NeverStored);
    assert_eq!(shell.frames_for(revoked), 0);
    let request = shell.rulings.pop().expect("asked when somebody came");
    let ruling = Ruling {
        revoked: vec!["ann".to_owned()],
        ..ruling(&shell)
    };
    let outcome = RulingOutcome::Told(ruling);
    shell.tell(Event::RulingAnswered { request, outcome });
    assert_eq!(shell.frames_for(revoked), 0);
    assert_eq!(shell.closed[&revoked], 4403);
}

#[test]
fn at5_what_is_void_counts_against_nobody() {
    let (mut shell, ..) = room_of_owner();
    let stolen = client(&shell, "stolen", Role::Annotate);
    let revoked = Ruling {
        revoked: vec!["stolen".to_owned()],
        ..ruling(&shell)
    };
    shell.tell(Event::RulingTold { ruling: revoked });
    for _ in 0..2 * UPGRADES_MAX + 1 {
        let thief = shell.open_with_authority("ann", Protocol::Stock, Some(stolen.clone()));
        assert_eq!(shell.closed[&thief], 4403);
    }
    let ann = page(&mut shell, "ann", Role::Annotate);
    assert!(!shell.closed.contains_key(&ann));
}

#[test]
fn at7_a_ruling_from_far_ahead_silences_no_later_one() {
    let (mut shell, ..) = room_of_owner();
    let program = program(&mut shell, "ann", Role::Annotate);
    let ahead = Ruling {
        as_of: shell.now + 24 * 60 * 60_000,
        ..Ruling::default()
    };
    shell.tell(Event::RulingTold { ruling: ahead });
    shell.pass(1_000);
    change(&mut shell, "ann", Role::None);
    assert_eq!(shell.closed[&program], 4403);
}

#[test]
fn at7_a_program_that_is_turned_away_for_want_of_a_ruling_has_it_asked_for() {
    let (mut shell, _) = Shell::open_with(&["olu"]);
    let first = program(&mut shell, "ann", Role::Annotate);
    assert_eq!(shell.closed[&first], 1013);
    hear(&mut shell);
    let again = program(&mut shell, "ann", Role::Annotate);
    assert!(!shell.closed.contains_key(&again));
}
