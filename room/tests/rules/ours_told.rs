//! SPEC section 10: what is archived, and what a page should know (GV7, GV10).

use room::{
    Effect, Notice,
    glossator::{Announcement, Conditions, Watermark},
    limits::DOCUMENT_BYTES_MAX,
    wire,
};

use crate::{
    ours::{join, ours},
    shell::{Fault, QUIET_MS, Shell},
    support::{Heard, Writer, base_of, entries, presence, said, updates},
};

fn archived(heard: &[Heard]) -> Vec<Watermark> {
    said(heard)
        .into_iter()
        .filter_map(|said| {
            if let Announcement::Archived { archived, .. } = said {
                Some(archived)
            } else {
                None
            }
        })
        .collect()
}

fn conditions(heard: &[Heard]) -> Vec<Conditions> {
    said(heard)
        .into_iter()
        .filter_map(|said| {
            if let Announcement::Conditions(conditions) = said {
                Some(conditions)
            } else {
                None
            }
        })
        .collect()
}

#[test]
fn gv7_archived_goes_to_all_in_one_frame_when_the_store_has_confirmed() {
    let (mut shell, a) = ours("ann");
    let b = join(&mut shell, "ben");
    let ann = Writer::new(11);
    shell.numbered(a, &wire::update(&ann.write("x")));
    shell.pass(QUIET_MS);
    shell.forget_traffic();
    shell.numbered(a, &wire::update(&ann.write("y")));
    assert!(archived(&shell.take(a)).is_empty());
    shell.stored_at(1);
    let broadcasts = |shell: &Shell| {
        let to_both =
            |e: &&Effect| matches!(e, Effect::Broadcast { sessions, .. } if sessions.len() == 2);
        shell.log.iter().filter(to_both).count()
    };
    assert_eq!(broadcasts(&shell), 1);
    let record = shell
        .log
        .iter()
        .position(|e| matches!(e, Effect::WriteMeta { .. }));
    let told = shell
        .log
        .iter()
        .position(|e| matches!(e, Effect::Broadcast { sessions, .. } if sessions.len() == 2));
    assert!(record < told);
    assert_eq!(archived(&shell.take(a)), [Watermark(Some(1))]);
    assert_eq!(archived(&shell.take(b)), [Watermark(Some(1))]);
}

#[test]
fn gv7_a_store_of_another_generation_voids_what_was_archived_until_the_next_archive() {
    let (mut shell, a) = ours("ann");
    shell.numbered(a, &wire::update(&Writer::new(11).write("x")));
    shell.pass(QUIET_MS);
    shell.stored_at(1);
    shell.take(a);
    shell.tell(room::Event::CheckOrdered);
    shell.checked(room::CheckOutcome::Found {
        base: base_of("second", 1),
    });
    assert_eq!(archived(&shell.take(a)), [Watermark(None)]);
    shell.pass(5_000);
    shell.archived(room::ArchiveOutcome::Stored {
        base: base_of("second", 2),
        union: None,
    });
    assert_eq!(archived(&shell.take(a)), [Watermark(Some(1))]);
}

#[test]
fn gv7_what_was_told_before_a_sleep_is_not_told_again() {
    let (mut shell, a) = ours("ann");
    shell.numbered(a, &wire::update(&Writer::new(11).write("x")));
    shell.pass(QUIET_MS);
    shell.stored_at(1);
    shell.hibernate();
    shell.forget_traffic();
    shell.frame(a, presence(&[(11, 1, Some("{}"))]));
    shell.pass(1_000);
    assert_eq!(shell.frames_for(a), 0);
}

#[test]
fn gv10_a_failing_host_is_told_once_and_so_is_its_return() {
    let (mut shell, a) = ours("ann");
    shell.numbered(a, &wire::update(&Writer::new(11).write("x")));
    shell.pass(QUIET_MS);
    shell.archive_fails();
    shell.pass(QUIET_MS);
    shell.archive_fails();
    let failing = Conditions {
        host_failing: true,
        ..Conditions::default()
    };
    assert_eq!(conditions(&shell.take(a)), [failing]);
    shell.hibernate();
    shell.now = shell.now + 5_000;
    let b = join(&mut shell, "ben");
    assert!(matches!(
        said(&shell.take(b))[0],
        Announcement::Welcome { conditions, .. } if conditions == failing
    ));
    shell.pass(1_000);
    shell.stored_at(1);
    assert_eq!(conditions(&shell.take(a)), [Conditions::default()]);
}

#[test]
fn gv10_that_edits_are_turned_away_is_told_and_ends_by_itself() {
    let (mut shell, a) = ours("ann");
    let b = shell.open("ben");
    shell.ask(b);
    let ben = Writer::new(12);
    shell.edit(b, &ben.write("y"));
    for _ in 0..2 {
        shell.fail(Fault::Append, 1);
        let session = shell.open("cat");
        shell.ask(session);
        shell.edit(session, &Writer::new(13).write("z"));
    }
    assert_eq!(shell.closed[&a], 1012);
    let a = join(&mut shell, "ann");
    let degraded = Conditions {
        degraded: true,
        ..Conditions::default()
    };
    assert!(matches!(
        said(&shell.take(a))[0],
        Announcement::Welcome { conditions, .. } if conditions == degraded
    ));
    shell.pass(61_000);
    let told = conditions(&shell.take(a));
    assert!(told.last().is_some_and(|told| !told.degraded));
}

#[test]
fn gv10_that_the_document_is_nearly_full_is_told() {
    let (mut shell, a) = ours("ann");
    let ann = Writer::new(11);
    let full = ann.scatter(room::limits::DOCUMENT_STRUCTS_MAX as u32 * 4 / 5);
    shell.numbered(a, &wire::update(&full));
    let heard = shell.take(a);
    assert!(conditions(&heard)[0].nearly_full);
    assert!(updates(&heard).is_empty() && entries(&heard).is_empty());
}

#[test]
fn gv10_that_the_document_is_nearly_full_ends_with_a_large_deletion_and_comes_again() {
    let (mut shell, a) = ours("ann");
    let ann = Writer::new(11);
    let words = "x".repeat(DOCUMENT_BYTES_MAX * 4 / 5);
    for version in [1, 2] {
        shell.numbered(a, &wire::update(&ann.write(&words)));
        let told = conditions(&shell.take(a));
        assert!(matches!(
            told[..],
            [Conditions {
                nearly_full: true,
                ..
            }]
        ));
        shell.numbered(a, &wire::update(&ann.erase(words.len() as u32)));
        shell.pass(QUIET_MS);
        shell.stored_at(version);
        assert_eq!(conditions(&shell.take(a)), [Conditions::default()]);
        shell.pass(60_000);
    }
    let tells = |notice: &&Notice| matches!(notice, Notice::DocumentNearlyFull);
    assert_eq!(shell.notices.iter().filter(tells).count(), 1, "BO7: once");
}

#[test]
fn gv10_a_document_that_was_emptied_is_not_nearly_full_after_a_wake() {
    let (mut shell, a) = ours("ann");
    let ann = Writer::new(11);
    let words = "x".repeat(DOCUMENT_BYTES_MAX * 4 / 5);
    shell.numbered(a, &wire::update(&ann.write(&words)));
    shell.numbered(a, &wire::update(&ann.erase(words.len() as u32)));
    shell.take(a);
    shell.hibernate();
    shell.numbered(a, &wire::update(&ann.write("x")));
    assert_eq!(conditions(&shell.take(a)), [Conditions::default()]);
}
