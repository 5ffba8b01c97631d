//! SPEC section 13: what is passed on and would turn out to be a violation is left out before it is applied (AU4).

use annotation::Role;
use room::{SessionId, glossator::Announcement, limits::REBUILDS_MAX, limits::STRIKES_MAX, wire};

use crate::{
    authority_bounds::loads,
    people::{page, program, replica, room_after_a_loss, room_of_owner},
    shell::Shell,
    support::{Writer, presence, said, updates},
};

/// Under this id nobody has written.
const NOBODYS: u64 = 77;

fn hear(shell: &mut Shell, of: SessionId, document: &Writer) {
    shell.pass(50);
    let told = updates(&shell.take(of));
    told.iter().for_each(|update| document.apply(update));
}

#[test]
fn au4_in_a_case_that_began_empty_what_says_that_it_is_anothers_is_left_out_in_silence() {
    let (mut shell, owner, olu) = room_of_owner();
    let session = program(&mut shell, "ann", Role::Annotate);
    let before = loads(&shell);
    let lost = replica(&olu, NOBODYS);
    lost.add("comments", "c", "cecily");
    shell.frame(session, wire::sync_step2(&lost.whole()));
    assert!(!shell.closed.contains_key(&session));
    assert_eq!(shell.frames_for(owner), 0);
    assert_eq!(loads(&shell), before);
}

#[test]
fn au4_what_is_ones_own_is_taken_beside_what_is_left_out() {
    let (mut shell, owner, olu) = room_of_owner();
    let session = program(&mut shell, "ann", Role::Annotate);
    let own = replica(&olu, 12);
    shell.frame(session, presence(&[(12, 1, Some("{}"))]));
    own.add("comments", "mine", "ann");
    let lost = replica(&olu, NOBODYS);
    own.apply(&lost.add("comments", "hers", "cecily"));
    shell.frame(session, wire::sync_step2(&own.whole()));
    hear(&mut shell, owner, &olu);
    assert!(!shell.closed.contains_key(&session));
    let there = ["mine", "hers"].map(|key| olu.has("comments", key));
    assert_eq!(there, [true, false]);
}

#[test]
fn au4_what_was_written_before_under_another_id_of_ones_own_comes_back() {
    let (mut shell, owner, olu) = room_of_owner();
    let session = program(&mut shell, "ann", Role::Annotate);
    let offline = replica(&olu, NOBODYS);
    offline.add("comments", "c", "ann");
    shell.frame(session, wire::sync_step2(&offline.whole()));
    hear(&mut shell, owner, &olu);
    assert!(olu.has("comments", "c"));
}

#[test]
fn au4_a_lie_of_ones_own_is_refused_whatever_is_passed_on_with_it() {
    let (mut shell, owner, olu) = room_of_owner();
    let session = program(&mut shell, "mal", Role::Annotate);
    let own = replica(&olu, 12);
    shell.frame(session, presence(&[(12, 1, Some("{}"))]));
    own.add("comments", "forged", "olu");
    let lost = replica(&olu, NOBODYS);
    own.apply(&lost.add("comments", "hers", "cecily"));
    shell.frame(session, wire::sync_step2(&own.whole()));
    assert_eq!(shell.closed[&session], 4403);
    hear(&mut shell, owner, &olu);
    let there = ["forged", "hers"].map(|key| olu.has("comments", key));
    assert_eq!(there, [false, false]);
}

#[test]
fn au4_nobody_makes_the_room_load_its_document_again_with_what_they_pass_on() {
    let (mut shell, owner, olu) = room_of_owner();
    let before = loads(&shell);
    for client in 0..10 * u64::from(REBUILDS_MAX) {
        let session = program(&mut shell, "mal", Role::Annotate);
        let forged = replica(&olu, 200 + client);
        forged.add("comments", "c", "olu");
        shell.frame(session, wire::sync_step2(&forged.whole()));
        assert!(!shell.closed.contains_key(&session));
        shell.close(session);
    }
    assert_eq!(loads(&shell), before);
    assert_eq!(shell.frames_for(owner), 0);
}

#[test]
fn au4_our_client_is_told_of_no_frame_and_has_no_strike_for_what_it_passes_on() {
    let (mut shell, _, olu) = room_of_owner();
    for client in 0..u64::from(STRIKES_MAX) + 2 {
        let session = page(&mut shell, "ann", Role::Annotate);
        shell.forget_traffic();
        let lost = replica(&olu, 200 + client);
        lost.add("comments", "c", "cecily");
        shell.numbered(session, &wire::sync_step2(&lost.whole()));
        let told = said(&shell.take(session));
        let is_of_no_frame =
            |said: &Announcement| matches!(said, Announcement::Refused { number: 0, .. });
        assert_eq!(shell.closed.get(&session), None, "after {client}");
        assert!(told.iter().any(is_of_no_frame), "{told:?}");
        shell.close(session);
        shell.pass(1_000);
    }
}

#[test]
fn au4_after_a_loss_too_what_is_passed_on_gives_no_thing_that_is_there_to_anybody() {
    let (mut shell, owner, olu) = room_after_a_loss();
    let before = loads(&shell);
    let session = program(&mut shell, "olu", Role::Own);
    // Of somebody who had not seen that it is there.
    let forged = Writer::new(NOBODYS);
    forged.add("highlights", "h", "mal");
    shell.frame(session, wire::sync_step2(&forged.whole()));
    hear(&mut shell, owner, &olu);
    assert!(!shell.closed.contains_key(&session));
    assert_eq!(
        olu.field("highlights", "h", "author_id").as_deref(),
        Some("olu")
    );
    assert_eq!(loads(&shell), before);
}
