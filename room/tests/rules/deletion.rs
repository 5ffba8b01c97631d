//! SPEC section 8: deletion and close codes.

use room::{ArchiveOutcome, CheckOutcome, Effect, Event, RestoreOutcome, close};

use crate::{
    shell::{Fault, QUIET_MS, Shell},
    support::{Heard, Writer, archived_room, base, base_of},
};

fn deleted() -> (Shell, room::SessionId) {
    let (mut shell, session, _) = archived_room("gone");
    shell.tell(Event::DeletionOrdered);
    (shell, session)
}

#[test]
fn dl1_a_deleted_room_wipes_itself_in_one_effect_and_closes_everybody_with_4404() {
    let (shell, session) = deleted();
    let wipes = shell
        .log
        .iter()
        .filter(|e| matches!(e, Effect::Wipe { .. }))
        .count();
    assert_eq!((wipes, shell.storage_orders()), (1, 1));
    assert_eq!(shell.closed.get(&session), Some(&4404));
    assert!(shell.store.journal.is_empty() && shell.store.snapshot.is_none());
    assert!(!shell.store.meta.as_ref().unwrap().contains("ann"));
}

#[test]
fn dl1_every_answer_of_the_host_can_say_that_the_case_is_deleted() {
    let mut restoring = Shell::new();
    let session = restoring.open("ann");
    restoring.edit(session, &Writer::new(11).write("x"));
    restoring.restored(RestoreOutcome::Deleted);

    let (mut archiving, archiving_session, ann) = archived_room("gone");
    archiving.edit(archiving_session, &ann.write("!"));
    archiving.pass(QUIET_MS);
    archiving.archived(ArchiveOutcome::Deleted);

    let (mut checking, checking_session, _) = archived_room("gone");
    checking.tell(Event::CheckOrdered);
    checking.checked(CheckOutcome::Deleted);

    let rooms = [
        (restoring, session),
        (archiving, archiving_session),
        (checking, checking_session),
    ];
    for (mut shell, session) in rooms {
        assert_eq!(shell.state(), "deleted");
        assert_eq!(shell.closed.get(&session), Some(&4404));
        assert!(shell.store.journal.is_empty());
        assert!(!shell.is_dirty());
        shell.pass(3_600_000);
        assert!(shell.archives.is_empty() && shell.checks.is_empty());
    }
}

#[test]
fn dl1_a_second_order_changes_nothing() {
    let (mut shell, _) = deleted();
    shell.tell(Event::DeletionOrdered);
    assert_eq!(shell.storage_orders(), 1);
}

#[test]
fn dl1_a_wipe_that_the_store_fails_leaves_the_room_as_it_was() {
    let (mut shell, session, _) = archived_room("kept");
    shell.fail(Fault::Wipe, 1);
    shell.tell(Event::DeletionOrdered);
    assert_ne!(
        shell.state(),
        "deleted",
        "the host is not told that it is done, and orders again"
    );
    assert!(shell.closed.contains_key(&session));
    shell.tell(Event::DeletionOrdered);
    assert_eq!(shell.state(), "deleted");
    assert!(shell.store.journal.is_empty());
}

#[test]
fn dl1_an_unreadable_room_can_be_deleted() {
    let (mut shell, _, _) = archived_room("gone");
    shell.kill();
    shell.store.meta = Some("?".to_owned());
    shell.wake();
    shell.tell(Event::DeletionOrdered);
    assert_eq!(shell.state(), "deleted");
    shell.kill();
    assert_eq!(shell.state(), "deleted");
}

#[test]
fn dl1_an_archive_in_flight_brings_nothing_back() {
    let (mut shell, session, ann) = archived_room("gone");
    shell.edit(session, &ann.write("!"));
    shell.pass(QUIET_MS);
    shell.tell(Event::DeletionOrdered);
    let union = Some(ann.whole().into());
    shell.archived(ArchiveOutcome::Stored {
        base: base(2),
        union,
    });
    assert_eq!(shell.state(), "deleted");
    assert_eq!(shell.storage_orders(), 2, "the edit and the wipe");
}

#[test]
fn dl2_a_tombstone_lets_nobody_in_and_loads_and_restores_nothing() {
    let (mut shell, _) = deleted();
    for kill in [false, true] {
        if kill {
            shell.kill();
        }
        shell.forget_traffic();
        let late = shell.open("ben");
        assert_eq!(shell.closed.get(&late), Some(&4404));
        assert!(
            shell
                .take(late)
                .iter()
                .all(|heard| !matches!(heard, Heard::Step1(_)))
        );
        shell.edit(late, &Writer::new(11).write("x"));
        shell.pass(3_600_000);
        let loads = shell.log.iter().any(|e| matches!(e, Effect::LoadDocument));
        assert!(!loads && shell.restores.is_empty() && shell.archives.is_empty());
        assert_eq!(shell.storage_orders(), 0);
    }
}

#[test]
fn dl2_sockets_that_a_tombstone_wakes_with_are_closed() {
    let (mut shell, session, _) = archived_room("gone");
    let record = shell.records[&session].clone();
    shell.tell(Event::DeletionOrdered);
    shell.hibernate();
    shell.closed.clear();
    shell.records.insert(session, record);
    shell.wake();
    assert_eq!(shell.closed.get(&session), Some(&4404));
}

/// Waits until the store is told.
fn next_report(shell: &mut Shell) -> room::RequestId {
    for _ in 0..30 {
        if let Some(request) = shell.reports.pop() {
            return request;
        }
        shell.pass(1_000);
    }
    panic!("the store is told again");
}

#[test]
fn dl3_a_store_that_does_not_know_is_told_until_it_confirms() {
    for answer in [
        CheckOutcome::NeverStored,
        CheckOutcome::Found { base: base(1) },
        CheckOutcome::Found {
            base: base_of("second", 1),
        },
    ] {
        let (mut shell, _) = deleted();
        shell.kill();
        shell.wake();
        shell.checked(answer);
        for _ in 0..3 {
            let request = next_report(&mut shell);
            shell.tell(Event::DeletionReported {
                request,
                confirmed: false,
            });
        }
        let request = next_report(&mut shell);
        shell.tell(Event::DeletionReported {
            request,
            confirmed: true,
        });
        shell.pass(3_600_000);
        assert!(shell.reports.is_empty());
        assert_eq!(shell.store.alarm, None, "nothing is left to do");
    }
}

#[test]
fn dl3_a_lost_report_is_repeated_and_its_late_answer_is_ignored() {
    let (mut shell, _) = deleted();
    shell.kill();
    shell.wake();
    shell.checked(CheckOutcome::NeverStored);
    let lost = shell.reports.pop().unwrap();
    shell.pass(17_000);
    assert_eq!(shell.reports.len(), 1);
    shell.tell(Event::DeletionReported {
        request: lost,
        confirmed: true,
    });
    shell.pass(17_000);
    assert!(
        shell.reports.len() > 1,
        "nobody has confirmed the newer one"
    );
}

#[test]
fn dl3_a_store_that_knows_is_told_nothing() {
    let (mut shell, _) = deleted();
    shell.kill();
    shell.wake();
    shell.checked(CheckOutcome::Deleted);
    shell.pass(3_600_000);
    assert!(shell.reports.is_empty());
}

#[test]
fn cl1_the_codes_that_stop_a_client_are_those_from_4400_to_4499() {
    let stops = [
        close::MALFORMED,
        close::SIGN_IN,
        close::NOT_ALLOWED,
        close::GONE,
        close::TOO_LARGE,
        close::TOO_MANY,
    ];
    assert_eq!(stops, [4400, 4401, 4403, 4404, 4409, 4429]);
    assert_eq!(
        [close::FAILED, close::RESTART, close::TRY_LATER],
        [1011, 1012, 1013]
    );
}
