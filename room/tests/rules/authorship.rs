//! SPEC section 12: who wrote what, and under whose client id (AU).

use annotation::{Attribution, Claim, Proof};
use room::{
    ArchiveOutcome, Deed, Effect, Notice, RestoreOutcome, StoredUnion,
    glossator::{Announcement, RefusalReason},
    limits, wire,
};

use crate::{
    shell::{QUIET_MS, Shell},
    support::{Writer, archived_room, base, clocks_of, entries, presence, said, stored_text},
};

/// What the storage knows of who wrote what.
fn known(shell: &Shell) -> Attribution {
    let mut known = Attribution::default();
    for bytes in shell.store.all_attributions() {
        known.merge(&Attribution::decode(&bytes).expect("the room writes attributions"));
    }
    known
}

fn writer(shell: &Shell, client: u64, clock: u32) -> Option<(String, Proof)> {
    let known = known(shell);
    let claim = known.writer(client, clock)?;
    Some((claim.user.to_owned(), claim.proof))
}

fn proven(user: &str) -> Option<(String, Proof)> {
    Some((user.to_owned(), Proof::Proven))
}

fn relayed(user: &str) -> Option<(String, Proof)> {
    Some((user.to_owned(), Proof::Relayed))
}

/// A room that has lost its storage, restored from what the store has of ann: "kept", but not the " lost" after it.
fn restored_room() -> (Shell, Writer) {
    let ann = Writer::new(11);
    let kept = ann.write("kept");
    let (mut before, sessions) = Shell::open_with(&["ann"]);
    before.edit(sessions[0], &kept);
    before.pass(QUIET_MS);
    let sent = before.stored_at(1);
    ann.write(" lost");
    let mut shell = Shell::new();
    shell.open("eve");
    shell.restored(RestoreOutcome::Found {
        base: base(1),
        snapshot: sent.bytes,
        attribution: Some(sent.attribution),
    });
    (shell, ann)
}

/// The text of a document that the room had before it lost it, as somebody who had read it sends it.
fn answer(shell: &mut Shell, user: &str, whole: &[u8]) -> room::SessionId {
    let session = shell.open(user);
    shell.frame(session, wire::sync_step2(whole));
    session
}

#[test]
fn au1_each_struct_and_each_deletion_is_put_down_to_who_sent_it() {
    let (mut shell, sessions) = Shell::open_with(&["ann", "ben"]);
    let (ann, ben) = (Writer::new(11), Writer::new(12));
    let hello = ann.write("hello");
    shell.edit(sessions[0], &hello);
    ben.apply(&hello);
    shell.edit(sessions[1], &ben.write(" you"));
    shell.edit(sessions[1], &ben.erase(2));

    assert_eq!(writer(&shell, 11, 4), proven("ann"));
    assert_eq!(writer(&shell, 12, 0), proven("ben"));
    let known = known(&shell);
    assert_eq!(known.deleter(11, 1).map(|claim| claim.user), Some("ben"));
    assert_eq!(known.deleter(11, 2), None);
}

#[test]
fn au1_what_is_known_outlives_hibernation_and_compaction_and_is_archived() {
    let (mut shell, session, ann) = archived_room("first");
    shell.hibernate();
    for _ in 0..=limits::JOURNAL_ROWS_MAX {
        shell.edit(session, &ann.write("x"));
        shell.pass(2);
    }
    assert!(shell.store.journal.len() < 10, "it was compacted");
    let last = ann.state()[&11] - 1;
    for clock in [0, last] {
        assert_eq!(writer(&shell, 11, clock), proven("ann"));
    }
    shell.pass(QUIET_MS);
    let sent = shell.stored_at(2);
    let archived = Attribution::decode(&sent.attribution).expect("an attribution");
    assert_eq!(archived.owner(11), Some("ann"));
    assert!(archived.writer(11, last).is_some());
}

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

/// What a page holds that has written on its own, and then took in something forged: all of it.
fn page_with_something_forged(ann: &Writer) -> Vec<u8> {
    let page = Writer::new(21);
    page.apply(&ann.whole());
    page.write(" his");
    let forger = Writer::new(11);
    forger.apply(&page.whole());
    page.apply(&forger.write(" forged"));
    page.write(" on top");
    page.whole()
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

#[test]
fn au4_after_a_restore_an_answer_brings_back_what_others_wrote_as_hearsay() {
    let (mut shell, ann) = restored_room();
    answer(&mut shell, "ben", &ann.whole());
    assert_eq!(stored_text(&shell), "kept lost");
    assert_eq!(writer(&shell, 11, 0), proven("ann"));
    assert_eq!(writer(&shell, 11, 4), relayed("ben"));
    assert_eq!(known(&shell).owner(11), Some("ann"));
}

#[test]
fn au4_hearsay_under_an_id_that_is_nobodys_gives_its_carrier_nothing() {
    let (mut shell, _) = restored_room();
    let unknown = Writer::new(21);
    unknown.write("cecily's");
    let ben = answer(&mut shell, "ben", &unknown.whole());
    assert_eq!(writer(&shell, 21, 0), relayed("ben"));
    assert_eq!(known(&shell).owner(21), None);
    let cecily = shell.open("cecily");
    shell.edit(cecily, &unknown.write(" own"));
    assert_eq!(known(&shell).owner(21), Some("cecily"));
    shell.edit(ben, &unknown.write(" not"));
    assert_eq!(shell.closed.get(&ben), Some(&4403));
}

#[test]
fn au4_what_is_sent_under_ones_own_presence_is_proved_at_once() {
    let (mut shell, _) = restored_room();
    let ben = shell.open("ben");
    let own = Writer::new(31);
    shell.frame(ben, presence(&[(31, 1, Some("{}"))]));
    own.write("offline");
    shell.frame(ben, wire::sync_step2(&own.whole()));
    assert_eq!(writer(&shell, 31, 0), proven("ben"));
}

#[test]
fn au4_an_edit_under_anothers_id_is_no_hearsay() {
    let (mut shell, ann) = restored_room();
    let ben = shell.open("ben");
    shell.edit(ben, &ann.whole());
    assert_eq!(shell.closed.get(&ben), Some(&4403));
    assert_eq!(stored_text(&shell), "kept");
}

#[test]
fn au4_once_the_page_with_that_id_has_answered_nobody_else_may_bring_anything_of_it() {
    let (mut shell, ann) = restored_room();
    let here = shell.open("ann");
    shell.frame(here, presence(&[(11, 1, Some("{}"))]));
    shell.frame(here, wire::sync_step2(&ann.whole()));
    assert_eq!(writer(&shell, 11, 4), proven("ann"));
    ann.write(" forged");
    let ben = answer(&mut shell, "ben", &ann.whole());
    assert_eq!(shell.closed.get(&ben), Some(&4403));
    assert_eq!(stored_text(&shell), "kept lost");
}

#[test]
fn au4_once_the_page_with_that_id_has_written_on_nobody_else_may_either() {
    let (mut shell, ann) = restored_room();
    let here = shell.open("ann");
    shell.frame(here, presence(&[(11, 1, Some("{}"))]));
    shell.edit(here, &ann.whole());
    shell.close(here);
    shell.kill();
    ann.write(" forged");
    let ben = answer(&mut shell, "ben", &ann.whole());
    assert_eq!(shell.closed.get(&ben), Some(&4403));
    assert_eq!(stored_text(&shell), "kept lost");
}

#[test]
fn au4_that_a_page_has_answered_is_known_when_it_has_gone() {
    let (mut shell, ann) = restored_room();
    let here = shell.open("ann");
    shell.frame(here, wire::sync_step2(&ann.whole()));
    shell.frame(here, presence(&[(11, 1, Some("{}"))]));
    shell.close(here);
    shell.kill();
    ann.write(" forged");
    let ben = answer(&mut shell, "ben", &ann.whole());
    assert_eq!(shell.closed.get(&ben), Some(&4403));
}

#[test]
fn au4_another_page_of_the_same_person_ends_nothing() {
    let (mut shell, ann) = restored_room();
    let seen_by_the_other_page = ann.whole();
    let later = ann.write(" and later");
    shell.pass(60_000);
    let other = shell.open("ann");
    shell.frame(other, presence(&[(12, 1, Some("{}"))]));
    shell.frame(other, wire::sync_step2(&seen_by_the_other_page));
    assert_eq!(writer(&shell, 11, 4), proven("ann"));
    answer(&mut shell, "ben", &ann.whole());
    assert_eq!(stored_text(&shell), "kept lost and later");
    let first = clocks_of(&later)[&11] - 1;
    assert_eq!(writer(&shell, 11, first), relayed("ben"));
}

#[test]
fn au4_what_is_refused_afterwards_is_no_strike_if_the_storage_was_restored() {
    let (mut shell, ann) = restored_room();
    shell.sleep(limits::RECOVERY_MS);
    for _ in 0..limits::STRIKES_MAX + 2 {
        let ben = shell.open_ours("ben");
        shell.numbered(ben, &wire::sync_step2(&ann.whole()));
        assert!(!shell.closed.contains_key(&ben));
        shell.close(ben);
    }
    let (mut shell, _, ann) = archived_room("hers");
    let whole = page_with_something_forged(&ann);
    let codes: Vec<u16> = (0..limits::STRIKES_MAX + 1)
        .filter_map(|_| {
            let ben = shell.open_ours("ben");
            shell.numbered(ben, &wire::sync_step2(&whole));
            let code = shell.closed.get(&ben).copied();
            shell.close(ben);
            code
        })
        .collect();
    assert_eq!(codes, [4429]);
}

#[test]
fn au4_hearsay_ends_a_day_after_the_storage_began() {
    let (mut shell, ann) = restored_room();
    shell.sleep(limits::RECOVERY_MS);
    let ben = answer(&mut shell, "ben", &ann.whole());
    assert_eq!(shell.closed.get(&ben), Some(&4403));
    assert_eq!(stored_text(&shell), "kept");
}

#[test]
fn au4_a_storage_that_nobody_restored_may_be_one_that_was_lost() {
    let (mut shell, sessions) = Shell::open_with(&["ben"]);
    let ann = Writer::new(11);
    ann.write("seen by ben before");
    shell.frame(sessions[0], wire::sync_step2(&ann.whole()));
    assert_eq!(writer(&shell, 11, 0), relayed("ben"));
    assert_eq!(known(&shell).owner(11), None);
}

#[test]
fn au5_what_the_store_knows_of_authors_comes_with_a_union_and_stays() {
    let (mut shell, session, ann) = archived_room("one");
    shell.edit(session, &ann.write(" two"));
    shell.pass(QUIET_MS);
    let zombie = Writer::new(41);
    zombie.apply(&ann.whole());
    zombie.write(" three");
    let mut stored = Attribution::default();
    let claim = |user| Claim {
        user,
        at_ms: 0,
        proof: Proof::Proven,
    };
    stored.wrote(11, 0..3, claim("ann"));
    stored.wrote(41, 0..6, claim("dot"));
    shell.archived(ArchiveOutcome::Stored {
        base: base(2),
        union: Some(StoredUnion {
            snapshot: zombie.whole(),
            attribution: Some(stored.encode()),
        }),
    });
    assert_eq!(writer(&shell, 41, 5), proven("dot"));
    shell.kill();
    let mallory = shell.open("mallory");
    shell.edit(mallory, &zombie.write(" four"));
    assert_eq!(shell.closed.get(&mallory), Some(&4403));
}

#[test]
fn au5_what_the_store_has_as_proven_outlives_this_memory_though_more_came_with_it() {
    let (mut shell, sessions) = Shell::open_with(&["carla"]);
    let ben = Writer::new(21);
    ben.write("ben's own");
    shell.frame(sessions[0], wire::sync_step2(&ben.whole()));
    shell.pass(QUIET_MS);
    let other = Writer::new(41);
    other.apply(&ben.whole());
    other.write(" and more");
    let claim = |user| Claim {
        user,
        at_ms: 0,
        proof: Proof::Proven,
    };
    let mut stored = Attribution::default();
    stored.wrote(21, 0..9, claim("ben"));
    stored.wrote(41, 0..9, claim("dot"));
    shell.archived(ArchiveOutcome::Stored {
        base: base(1),
        union: Some(StoredUnion {
            snapshot: other.whole(),
            attribution: Some(stored.encode()),
        }),
    });
    shell.kill();
    assert_eq!(writer(&shell, 21, 0), proven("ben"));
    assert_eq!(known(&shell).owner(21), Some("ben"));
}

#[test]
fn au5_a_union_that_only_knows_more_of_authors_is_kept_too() {
    let (mut shell, session, ann) = archived_room("one");
    shell.edit(session, &ann.write(" two"));
    shell.pass(QUIET_MS);
    let mut stored = Attribution::default();
    let dot = Claim {
        user: "dot",
        at_ms: 0,
        proof: Proof::Proven,
    };
    stored.wrote(11, 0..3, dot);
    shell.archived(ArchiveOutcome::Stored {
        base: base(2),
        union: Some(StoredUnion {
            snapshot: ann.whole(),
            attribution: Some(stored.encode()),
        }),
    });
    shell.kill();
    let disputed = Some(("dot".to_owned(), Proof::Disputed));
    assert_eq!(writer(&shell, 11, 0), disputed, "the earlier stands");
    assert_eq!(writer(&shell, 11, 4), proven("ann"));
    assert_eq!(stored_text(&shell), "one two");
}

#[test]
fn au6_attributions_that_cannot_be_read_are_told_and_the_document_is_served() {
    let (mut shell, _, ann) = archived_room("hers");
    shell.kill();
    for row in &mut shell.store.attributions {
        row.1 = vec![9];
    }
    let ben = shell.open("ben");
    shell.ask(ben);
    assert_eq!(shell.state(), "open");
    let is_told = |notice: &Notice| matches!(notice, Notice::AttributionUnreadable { reason } if !reason.is_empty());
    assert_eq!(
        shell
            .notices
            .iter()
            .filter(|notice| is_told(notice))
            .count(),
        1
    );
    let session = shell.open("ann");
    shell.edit(session, &ann.write(" still"));
    assert_eq!(stored_text(&shell), "hers still");
}

#[test]
fn au6_a_restore_and_a_union_whose_attribution_cannot_be_read_bring_the_document() {
    let ann = Writer::new(11);
    ann.write("stored");
    let mut shell = Shell::new();
    let eve = shell.open("eve");
    shell.restored(RestoreOutcome::Found {
        base: base(1),
        snapshot: ann.whole(),
        attribution: Some(vec![1, 0xff]),
    });
    assert_eq!(stored_text(&shell), "stored");
    let is_told = |notice: &Notice| matches!(notice, Notice::AttributionUnreadable { .. });
    assert_eq!(
        shell
            .notices
            .iter()
            .filter(|notice| is_told(notice))
            .count(),
        1
    );

    let own = Writer::new(12);
    own.apply(&ann.whole());
    shell.edit(eve, &own.write(" and"));
    shell.pass(QUIET_MS);
    ann.write(" more");
    shell.archived(ArchiveOutcome::Stored {
        base: base(2),
        union: Some(StoredUnion {
            snapshot: ann.whole(),
            attribution: Some(vec![1, 0xff]),
        }),
    });
    assert!(stored_text(&shell).contains("more"));
    assert_eq!(
        shell
            .notices
            .iter()
            .filter(|notice| is_told(notice))
            .count(),
        2
    );
}

#[test]
fn au6_what_a_document_does_not_hold_nobody_has_written() {
    let ann = Writer::new(11);
    ann.write("healed");
    let mut stored = Attribution::default();
    let claim = |user| Claim {
        user,
        at_ms: 0,
        proof: Proof::Proven,
    };
    stored.wrote(11, 0..6, claim("ann"));
    stored.wrote(11, 6..20, claim("lost"));
    stored.wrote(31, 0..4, claim("lost"));
    stored.deleted(11, 5..9, claim("lost"));
    let mut shell = Shell::new();
    let session = shell.open("ann");
    shell.restored(RestoreOutcome::Found {
        base: base(1),
        snapshot: ann.whole(),
        attribution: Some(stored.encode()),
    });
    for _ in 0..2 {
        let known = known(&shell);
        assert_eq!(known.all_written().count(), 1);
        assert_eq!(known.owner(31), None);
        assert_eq!(known.deleter(11, 5).map(|claim| claim.user), Some("lost"));
        assert_eq!(known.deleter(11, 6), None);
        shell.kill();
        shell.wake();
    }
    let _ = session;
    let session = shell.open("ann");
    shell.edit(session, &ann.write(" on"));
    assert_eq!(writer(&shell, 11, 6), proven("ann"));
}

#[test]
fn au1_what_is_read_again_is_what_was_in_memory() {
    let (mut shell, session, ann) = archived_room("one");
    shell.edit(session, &ann.write(" two"));
    shell.pass(QUIET_MS);
    // The store has more of somebody else, and says more of what was not written yet than it holds.
    let other = Writer::new(41);
    other.apply(&ann.whole());
    other.write(" three");
    let mut stored = Attribution::default();
    let dot = Claim {
        user: "dot",
        at_ms: 0,
        proof: Proof::Proven,
    };
    stored.wrote(11, 5..20, dot);
    stored.wrote(41, 0..9, dot);
    shell.archived(ArchiveOutcome::Stored {
        base: base(2),
        union: Some(StoredUnion {
            snapshot: other.whole(),
            attribution: Some(stored.encode()),
        }),
    });
    ann.apply(&other.whole());
    shell.edit(session, &ann.write(" four"));
    shell.pass(QUIET_MS);
    let (_, sent) = shell.archives.last().expect("it archives").clone();
    assert_eq!(known(&shell).encode(), sent.attribution);
    assert_eq!(writer(&shell, 11, 7), proven("ann"));
}

#[test]
fn au7_of_each_thing_it_is_told_who_made_it_and_who_took_it_away() {
    let (mut shell, sessions) = Shell::open_with(&["ann", "ben"]);
    let (ann, ben) = (Writer::new(11), Writer::new(12));
    let made = ann.add("highlights", "h", "somebody else, it says");
    shell.edit(sessions[0], &made);
    ben.apply(&made);
    shell.edit(sessions[1], &ben.remove("highlights", "h"));
    shell.edit(sessions[1], &ben.add("comments", "c", "ben"));

    let store = &shell.store;
    let journal: Vec<_> = store.journal.iter().map(|row| row.1.clone()).collect();
    let told = room::authorship(None, &journal, &store.all_attributions()).expect("a document");
    let by = |user: &str| {
        let user = user.to_owned();
        let at_ms = shell.now.0 / 60_000 * 60_000;
        let proof = "proven";
        Some(Deed { user, at_ms, proof })
    };
    let seen: Vec<_> = told
        .things
        .iter()
        .map(|thing| {
            (
                thing.key.as_str(),
                thing.made.clone(),
                thing.deleted.clone(),
            )
        })
        .collect();
    assert_eq!(seen, [("h", by("ann"), by("ben")), ("c", by("ben"), None)]);
    let is_deleted: Vec<bool> = told.things.iter().map(|thing| thing.is_deleted).collect();
    assert_eq!(is_deleted, [true, false]);
    let owners: Vec<_> = told
        .client_ids
        .iter()
        .map(|owner| owner.user.as_deref())
        .collect();
    assert_eq!(owners, [Some("ann"), Some("ben")]);
    assert!(!told.is_cut);
    assert!(room::authorship(Some(b"no document"), &[], &[]).is_err());
}
