//! SPEC section 13: what comes back by others after a storage was lost (AU4).

use room::{RestoreOutcome, limits, wire};

use crate::{
    authorship::{known, page_with_something_forged, proven, relayed, writer},
    shell::{QUIET_MS, Shell},
    support::{Writer, archived_room, base, clocks_of, presence, stored_text},
};

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
