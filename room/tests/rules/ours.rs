//! SPEC section 10: our own client is welcomed, and told what is saved (GV1 to GV6).

use room::{
    Effect, SessionId,
    glossator::{Announcement, Conditions, Watermark, numbered},
    limits::WAITING_BYTES_MAX,
    wire,
};

use crate::{
    shell::{Fault, QUIET_MS, Shell},
    support::{
        Heard, Writer, answers, base_of, entries, presence, questions, said, stored_text,
        unreachable,
    },
};

/// A room whose case was never stored, with our client in it under this name, welcomed and served.
pub fn ours(user: &str) -> (Shell, SessionId) {
    let mut shell = Shell::new();
    let session = shell.open_ours(user);
    shell.restored(room::RestoreOutcome::NeverStored);
    shell.ask(session);
    shell.pass(10);
    shell.forget_traffic();
    (shell, session)
}

pub fn join(shell: &mut Shell, user: &str) -> SessionId {
    let session = shell.open_ours(user);
    shell.ask(session);
    session
}

fn saved(shell: &mut Shell, session: SessionId) -> Vec<(u64, u64)> {
    let heard = shell.take(session);
    said(&heard)
        .into_iter()
        .filter_map(|said| {
            if let Announcement::Saved { number, seq, .. } = said {
                Some((number, seq))
            } else {
                None
            }
        })
        .collect()
}

fn welcomes(heard: &[Heard]) -> Vec<(u64, u64, Watermark)> {
    said(heard)
        .into_iter()
        .filter_map(|said| {
            if let Announcement::Welcome {
                epoch,
                seq,
                archived,
                ..
            } = said
            {
                Some((epoch, seq, archived))
            } else {
                None
            }
        })
        .collect()
}

#[test]
fn gv1_a_stock_socket_that_sends_our_frames_is_malformed_and_is_never_told_ours() {
    let (mut shell, a) = ours("ann");
    let b = shell.open("ben");
    shell.ask(b);
    let ann = Writer::new(11);
    shell.numbered(a, &wire::update(&ann.write("x")));
    shell.pass(QUIET_MS);
    shell.stored_at(1);
    assert!(said(&shell.take(b)).is_empty());
    let c = shell.open("cat");
    shell.frame(b, numbered(1, &wire::query_awareness()));
    shell.frame(c, room::glossator::renew("ticket"));
    assert_eq!((shell.closed[&b], shell.closed[&c]), (4400, 4400));
}

#[test]
fn gv2_a_welcome_comes_first_as_soon_as_the_document_can_be_used() {
    let mut shell = Shell::new();
    let a = shell.open_ours("ann");
    shell.numbered(a, &wire::update(&Writer::new(11).write("early")));
    assert_eq!(shell.frames_for(a), 0, "nothing can be said before");
    shell.restored(room::RestoreOutcome::NeverStored);
    let heard = shell.take(a);
    assert!(matches!(
        heard[0],
        Heard::Said(Announcement::Welcome {
            seq: 0,
            archived: Watermark(Some(0)),
            conditions: Conditions {
                nearly_full: false,
                host_failing: false,
                degraded: false
            },
            ..
        })
    ));
    assert_eq!(questions(&heard), 1);
    assert!(matches!(
        heard.last(),
        Some(Heard::Said(Announcement::Saved {
            number: 1,
            seq: 1,
            ..
        }))
    ));
}

#[test]
fn gv2_a_latecomer_is_welcomed_to_where_the_room_is() {
    let (mut shell, a) = ours("ann");
    let ann = Writer::new(11);
    shell.numbered(a, &wire::update(&ann.write("x")));
    shell.pass(QUIET_MS);
    shell.stored_at(1);
    shell.numbered(a, &wire::update(&ann.write("y")));
    let b = join(&mut shell, "ben");
    let (_, seq, archived) = welcomes(&shell.take(b))[0];
    assert_eq!((seq, archived), (2, Watermark(Some(1))));
}

#[test]
fn gv2_an_object_that_lost_its_storage_welcomes_again_under_another_epoch_and_asks_for_everything()
{
    let mut shell = Shell::new();
    let a = shell.open_ours("ann");
    shell.restored(room::RestoreOutcome::NeverStored);
    let (epoch, ..) = welcomes(&shell.take(a))[0];
    let ann = Writer::new(11);
    shell.numbered(a, &wire::update(&ann.write("x")));
    shell.hibernate();
    shell.store = Default::default();
    shell.numbered(a, &wire::update(&ann.write("y")));
    shell.take(a);
    shell.restored(room::RestoreOutcome::NeverStored);
    let heard = shell.take(a);
    let (other, seq, _) = welcomes(&heard)[0];
    assert_ne!(other, epoch);
    assert_eq!((seq, questions(&heard)), (0, 1));
    assert!(
        said(&heard).len() == 1,
        "the second update builds on what was lost: it is not saved"
    );
    shell.numbered(a, &wire::sync_step2(&ann.whole()));
    assert_eq!(saved(&mut shell, a), [(3, 1)]);
    assert_eq!(stored_text(&shell), "xy");
}

#[test]
fn gv2_who_saw_an_empty_storage_is_sent_what_is_restored_to_it() {
    let (mut shell, a) = ours("ann");
    shell.hibernate();
    shell.frame(a, presence(&[(11, 1, Some("{}"))]));
    shell.forget_traffic();
    shell.restored(room::RestoreOutcome::Found {
        base: base_of("first", 3),
        snapshot: {
            let other = Writer::new(12);
            other.write("restored");
            other.whole()
        },
        attribution: None,
    });
    let heard = shell.take(a);
    assert_eq!(welcomes(&heard).len(), 1);
    assert_eq!(answers(&heard), ["restored"]);
}

#[test]
fn gv3_a_gap_in_the_numbers_closes_with_1012_and_takes_nothing() {
    let (mut shell, a) = ours("ann");
    let ann = Writer::new(11);
    shell.frame(a, numbered(1, &wire::update(&ann.write("x"))));
    ann.write("y");
    shell.frame(a, numbered(3, &wire::sync_step2(&ann.whole())));
    assert_eq!(shell.closed[&a], 1012);
    assert_eq!(stored_text(&shell), "x");
}

#[test]
fn gv3_a_socket_begins_with_1_and_after_hibernation_with_any() {
    let (mut shell, a) = ours("ann");
    shell.frame(a, numbered(2, &wire::update(&Writer::new(11).write("x"))));
    assert_eq!(shell.closed[&a], 1012);
    let b = join(&mut shell, "ben");
    let ben = Writer::new(12);
    shell.frame(b, numbered(1, &wire::update(&ben.write("x"))));
    shell.hibernate();
    shell.frame(b, numbered(7, &wire::update(&ben.write("y"))));
    assert_eq!(saved(&mut shell, b).last(), Some(&(7, 2)));
}

#[test]
fn gv4_frames_that_wait_keep_their_numbers_and_are_saved_once_taken() {
    let mut shell = Shell::new();
    let a = shell.open_ours("ann");
    let ann = Writer::new(11);
    shell.numbered(a, &wire::update(&ann.write("x")));
    shell.numbered(a, &presence(&[(11, 1, Some("{}"))]));
    shell.numbered(a, &wire::update(&ann.write("y")));
    assert!(saved(&mut shell, a).is_empty());
    shell.restored(room::RestoreOutcome::NeverStored);
    assert_eq!(saved(&mut shell, a), [(1, 1), (2, 1), (3, 2)]);
}

#[test]
fn gv4_a_frame_that_finds_no_room_to_wait_closes_its_socket() {
    let mut shell = Shell::new();
    let (a, b) = (shell.open_ours("ann"), shell.open("ben"));
    let large = "x".repeat(WAITING_BYTES_MAX / 2);
    shell.edit(b, &Writer::new(12).write(&large));
    shell.numbered(a, &wire::update(&Writer::new(11).write("fits")));
    shell.numbered(a, &wire::update(&Writer::new(13).write(&large)));
    assert_eq!(shell.closed[&a], 1012);
    shell.restored(unreachable());
    assert!(!shell.closed.contains_key(&b));
}

#[test]
fn gv4_a_socket_whose_frames_waited_when_the_memory_went_is_closed_at_the_next_wake() {
    let mut shell = Shell::new();
    let (a, b) = (shell.open_ours("ann"), shell.open_ours("ben"));
    shell.frame(a, presence(&[(11, 1, Some("{}"))]));
    shell.pass(100);
    let seen = entries(&shell.take(b));
    assert_eq!(seen.len(), 1, "it is seen");
    shell.numbered(a, &wire::update(&Writer::new(11).write("x")));
    shell.hibernate();
    shell.wake();
    assert_eq!(shell.closed.get(&a), Some(&1012));
    assert_eq!(shell.closed.get(&b), None);
    shell.pass(1_000);
    let gone = entries(&shell.take(b));
    assert_eq!(gone, [(11, seen[0].1, None)], "and seen to go");
}

#[test]
fn gv5_a_frame_is_saved_after_its_append_and_though_it_changes_nothing() {
    let (mut shell, a) = ours("ann");
    let update = wire::update(&Writer::new(11).write("x"));
    shell.numbered(a, &update);
    shell.numbered(a, &update);
    shell.numbered(a, &wire::sync_step2(&[0, 0]));
    let orders: Vec<&Effect> = shell
        .log
        .iter()
        .filter(|e| matches!(e, Effect::AppendToJournal { .. } | Effect::Send { .. }))
        .collect();
    assert!(matches!(orders[0], Effect::AppendToJournal { .. }));
    assert_eq!(saved(&mut shell, a), [(1, 1), (2, 1), (3, 1)]);
}

#[test]
fn gv5_nothing_is_saved_when_the_append_fails() {
    let (mut shell, a) = ours("ann");
    shell.fail(Fault::Append, 1);
    shell.numbered(a, &wire::update(&Writer::new(11).write("x")));
    assert_eq!(shell.closed[&a], 1012);
    assert!(shell.log.iter().all(|e| !matches!(e, Effect::Send { .. })));
}

#[test]
fn gv6_nothing_is_saved_while_an_update_is_left_out_until_everything_was_sent() {
    let (mut shell, a) = ours("ann");
    let ann = Writer::new(11);
    shell.numbered(a, &wire::sync_step2(&ann.whole()));
    shell.numbered(a, &wire::update(&Writer::new(12).write("z")));
    shell.take(a);
    ann.write("x");
    shell.numbered(a, &wire::update(&ann.write("y")));
    shell.numbered(a, &wire::update(&Writer::new(13).write("z")));
    let heard = shell.take(a);
    assert_eq!((questions(&heard), said(&heard).len()), (1, 0));
    shell.numbered(a, &wire::sync_step2(&ann.whole()));
    assert_eq!(saved(&mut shell, a), [(5, 3)]);
}

#[test]
fn gv6_an_answer_that_lacks_something_itself_saves_nothing() {
    let (mut shell, a) = ours("ann");
    let ann = Writer::new(11);
    ann.write("x");
    let second = ann.write("y");
    shell.numbered(a, &wire::sync_step2(&second));
    shell.numbered(a, &wire::update(&Writer::new(12).write("z")));
    assert!(saved(&mut shell, a).is_empty());
}

/// A room whose storage was lost while it slept, with our client in it, of which one frame was saved.
fn robbed() -> (Shell, SessionId, Writer) {
    let (mut shell, a) = ours("ann");
    let ann = Writer::new(11);
    shell.numbered(a, &wire::update(&ann.write("x")));
    shell.hibernate();
    shell.store = Default::default();
    shell.forget_traffic();
    (shell, a, ann)
}

#[test]
fn gv6_nothing_is_saved_under_a_new_epoch_until_its_question_is_answered() {
    let (mut shell, a, ann) = robbed();
    // It answers what it was asked before: that the room lacked nothing.
    shell.numbered(a, &wire::sync_step2(&[0, 0]));
    shell.restored(room::RestoreOutcome::NeverStored);
    let heard = shell.take(a);
    assert_eq!((welcomes(&heard).len(), questions(&heard)), (1, 1));
    assert_eq!(said(&heard).len(), 1, "what was saved is lost");
    shell.numbered(a, &presence(&[(11, 1, Some("{}"))]));
    shell.numbered(a, &wire::update(&Writer::new(12).write("z")));
    assert!(saved(&mut shell, a).is_empty());
    shell.numbered(a, &wire::sync_step2(&ann.whole()));
    shell.numbered(a, &wire::update(&ann.write("y")));
    assert_eq!(saved(&mut shell, a), [(5, 2), (6, 3)]);
    shell.hibernate();
    shell.wake();
    assert!(shell.closed.is_empty());
}

#[test]
fn gv6_that_the_question_of_a_new_epoch_is_open_is_not_forgotten_with_the_memory() {
    let (mut shell, a, _) = robbed();
    shell.wake();
    shell.restored(room::RestoreOutcome::NeverStored);
    shell.hibernate();
    shell.wake();
    assert_eq!(shell.closed.get(&a), Some(&1012));
}

#[test]
fn gv6_what_was_left_out_is_not_forgotten_with_the_memory() {
    let (mut shell, a) = ours("ann");
    let ann = Writer::new(11);
    shell.numbered(a, &wire::update(&Writer::new(12).write("z")));
    ann.write("x");
    shell.numbered(a, &wire::update(&ann.write("y")));
    shell.hibernate();
    shell.numbered(a, &wire::sync_step2(&[0, 0]));
    assert_eq!(shell.closed[&a], 1012);
}
