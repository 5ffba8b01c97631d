//! SPEC section 13: whose client ids are whose (AU2, AU3).

use annotation::{Attribution, Claim, Proof};
use room::{
    Effect, RestoreOutcome,
    glossator::{Announcement, RefusalReason},
    limits, wire,
};

use crate::{
    authorship::{known, page_with_something_forged, proven, writer},
    shell::Shell,
    support::{Writer, archived_room, base, entries, presence, said, stored_text},
};

#[test]
fn au2_what_comes_under_another_persons_client_id_is_refused_and_changes_nothing() {
    let (mut shell, session, ann) = archived_room("hers");
    let forger = Writer::new(11);
    forger.apply(&ann.whole());
    // A tombstone of one clock after all that she wrote: eight bytes that would swallow her next edit.
    let squat = vec![1, 1, 11, 4, 0, 1, 0];
    for forged in [forger.write("his"), squat] {
        for frame in [wire::update(&forged), wire::sync_step2(&forged)] {
            let mallory = shell.open("mallory");
            shell.frame(mallory, frame);
            assert_eq!(shell.closed.get(&mallory), Some(&4403));
            assert_eq!(stored_text(&shell), "hers");
        }
    }
    shell.edit(session, &ann.write(" still"));
    assert_eq!(stored_text(&shell), "hers still");
    assert_eq!(known(&shell).owner(11), Some("ann"));
}

#[test]
fn au2_of_an_answer_what_is_anothers_is_left_out_and_the_rest_is_taken() {
    let (mut shell, _, ann) = archived_room("hers");
    let whole = page_with_something_forged(&ann);
    let update = shell.open("ben");
    shell.frame(update, wire::update(&whole));
    assert_eq!(
        stored_text(&shell),
        "hers",
        "an update is taken whole or not at all"
    );
    let ben = shell.open("ben");
    shell.frame(ben, presence(&[(21, 1, Some("{}"))]));
    shell.frame(ben, wire::sync_step2(&whole));
    assert_eq!(shell.closed.get(&ben), Some(&4403));
    assert_eq!(stored_text(&shell), "hers his");
    assert_eq!(writer(&shell, 21, 0), proven("ben"));
    assert_eq!(writer(&shell, 11, 4), None);
}

#[test]
fn au2_our_client_is_told_of_an_answer_with_something_of_anothers_that_no_frame_is_at_fault() {
    let (mut shell, _, ann) = archived_room("hers");
    let ben = shell.open_ours("ben");
    shell.take(ben);
    shell.numbered(ben, &wire::sync_step2(&page_with_something_forged(&ann)));
    assert_eq!(stored_text(&shell), "hers his");
    let told = said(&shell.take(ben));
    let is_refusal = |said: &Announcement| matches!(said, Announcement::Refused { number: 0, .. });
    assert!(told.iter().any(is_refusal), "{told:?}");
    let is_saved = |said: &Announcement| matches!(said, Announcement::Saved { .. });
    assert!(!told.iter().any(is_saved), "{told:?}");
}

#[test]
fn au2_pages_of_one_person_may_carry_what_the_other_wrote() {
    let (mut shell, _, ann) = archived_room("one");
    let other = shell.open("ann");
    shell.edit(other, &ann.write(" two"));
    assert!(!shell.closed.contains_key(&other));
    assert_eq!(writer(&shell, 11, 5), proven("ann"));
}

#[test]
fn au3_an_id_under_which_somebody_is_here_is_reserved_before_anything_was_written() {
    let (mut shell, sessions) = Shell::open_with(&["ann", "mallory"]);
    shell.frame(sessions[0], presence(&[(11, 1, Some("{}"))]));
    shell.edit(sessions[1], &[1, 1, 11, 0, 0, 1, 0]);
    assert_eq!(shell.closed.get(&sessions[1]), Some(&4403));
    shell.edit(sessions[0], &Writer::new(11).write("hers"));
    assert_eq!(stored_text(&shell), "hers");
    assert_eq!(known(&shell).owner(11), Some("ann"));
}

#[test]
fn au3_an_id_is_reserved_against_answers_too_once_its_page_has_answered() {
    let (mut shell, sessions) = Shell::open_with(&["ann", "mallory"]);
    shell.frame(sessions[0], presence(&[(11, 1, Some("{}"))]));
    shell.frame(sessions[0], wire::sync_step2(&[0, 0]));
    shell.frame(sessions[1], wire::sync_step2(&[1, 1, 11, 0, 0, 20, 0]));
    assert_eq!(shell.closed.get(&sessions[1]), Some(&4403));
    shell.edit(sessions[0], &Writer::new(11).write("hers"));
    assert_eq!(stored_text(&shell), "hers");
    assert_eq!(known(&shell).owner(11), Some("ann"));
}

/// Eight bytes that would swallow whatever a person writes first under this id.
fn squat(client: u8) -> Vec<u8> {
    vec![1, 1, client, 0, 0, 1, 0]
}

#[test]
fn au3_an_id_is_kept_for_a_day_after_its_page_has_gone() {
    let (mut shell, _, _) = archived_room("hers");
    shell.sleep(limits::RECOVERY_MS);
    for (id, user) in [(21, "ben"), (22, "carla")] {
        let page = shell.open(user);
        shell.frame(page, presence(&[(id, 1, Some("{}"))]));
        shell.close(page);
    }
    shell.kill();
    shell.sleep(limits::RESERVATION_MS - 1);
    let mallory = shell.open("mallory");
    shell.edit(mallory, &squat(21));
    assert_eq!(shell.closed.get(&mallory), Some(&4403));
    let ben = shell.open("ben");
    let offline = Writer::new(21);
    offline.write("his ");
    shell.edit(ben, &offline.whole());
    assert_eq!(known(&shell).owner(21), Some("ben"));

    shell.sleep(1);
    let dot = shell.open("dot");
    shell.edit(dot, &squat(22));
    assert_eq!(known(&shell).owner(22), Some("dot"));
}

#[test]
fn au3_that_an_id_is_kept_makes_nothing_dirty_and_is_written_once() {
    let (mut shell, _, _) = archived_room("hers");
    let before = shell.store.journal.len();
    let ben = shell.open("ben");
    shell.frame(ben, presence(&[(21, 1, Some("{}"))]));
    shell.log.clear();
    shell.frame(ben, presence(&[(21, 2, Some("{}"))]));
    shell.close(ben);
    let page = shell.open("ben");
    shell.frame(page, presence(&[(21, 3, Some("{}"))]));
    let is_record = |effect: &&Effect| matches!(effect, Effect::WriteMeta { .. });
    assert_eq!(shell.log.iter().filter(is_record).count(), 0);
    assert_eq!(shell.store.journal.len(), before);
    assert!(!shell.is_dirty());
}

#[test]
fn au3_our_client_is_told_that_its_id_is_somebody_elses() {
    let (mut shell, _, _) = archived_room("hers");
    let ben = shell.open("ben");
    shell.frame(ben, presence(&[(21, 1, Some("{}"))]));
    shell.close(ben);
    for taken in [11, 21] {
        let mallory = shell.open_ours("mallory");
        shell.take(mallory);
        shell.frame(mallory, presence(&[(taken, 7, Some("{}"))]));
        let told = said(&shell.take(mallory));
        let is_refusal = |said: &Announcement| {
            matches!(
                said,
                Announcement::Refused {
                    number: 0,
                    reason: RefusalReason::NotAllowed,
                    ..
                }
            )
        };
        assert_eq!(
            told.iter().filter(|said| is_refusal(said)).count(),
            1,
            "{told:?}"
        );
        shell.frame(mallory, presence(&[(taken, 8, Some("{}"))]));
        assert!(said(&shell.take(mallory)).is_empty(), "it is told once");
    }
}

#[test]
fn au3_whose_an_id_is_is_looked_at_again_once_the_document_is_there() {
    let ann = Writer::new(11);
    ann.write("hers");
    let mut stored = Attribution::default();
    let claim = Claim {
        user: "ann",
        at_ms: 0,
        proof: Proof::Proven,
    };
    stored.wrote(11, 0..4, claim);
    let mut shell = Shell::new();
    let (mallory, eve) = (shell.open("mallory"), shell.open("eve"));
    let ours = shell.open_ours("mallory");
    shell.frame(mallory, presence(&[(11, 7, Some("{}"))]));
    shell.pass(100);
    assert!(
        !entries(&shell.take(eve)).is_empty(),
        "nothing speaks against it yet"
    );
    shell.restored(RestoreOutcome::Found {
        base: base(1),
        snapshot: ann.whole(),
        attribution: Some(stored.encode()),
    });
    shell.pass(100);
    let gone = entries(&shell.take(eve));
    assert!(
        gone.iter()
            .any(|(id, _, state)| *id == 11 && state.is_none()),
        "{gone:?}"
    );
    let here = shell.open("ann");
    shell.frame(here, presence(&[(11, 1, Some("{}"))]));
    shell.pass(100);
    let told = entries(&shell.take(eve));
    assert!(
        told.iter()
            .any(|(id, _, state)| *id == 11 && state.is_some()),
        "{told:?}"
    );
    let _ = ours;
}

#[test]
fn au3_our_client_is_told_of_its_id_when_the_document_wakes() {
    let (mut shell, _, _) = archived_room("hers");
    let ours = shell.open_ours("mallory");
    shell.take(ours);
    shell.hibernate();
    shell.frame(ours, presence(&[(11, 7, Some("{}"))]));
    assert!(
        said(&shell.take(ours)).is_empty(),
        "nobody has looked at the document"
    );
    shell.open("eve");
    let told = said(&shell.take(ours));
    let is_refusal = |said: &Announcement| matches!(said, Announcement::Refused { number: 0, .. });
    assert!(told.iter().any(is_refusal), "{told:?}");
}

#[test]
fn au3_nobody_is_here_under_an_id_of_somebody_else() {
    let (mut shell, session, _) = archived_room("hers");
    let mallory = shell.open("mallory");
    shell.frame(mallory, presence(&[(11, 7, Some("{\"name\":\"ann\"}"))]));
    assert!(entries(&shell.take(session)).is_empty());
    assert!(!shell.closed.contains_key(&mallory), "it is ignored");
}
