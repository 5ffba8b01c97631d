//! Each planted bug is caught by the ordinary worlds, and only because it is there.

#![cfg(feature = "mutations")]

use sim::Mutation;

/// So many worlds at most until a bug shows: as many as `cargo xtask test` runs.
const SEEDS_MAX: u64 = 2_000;

/// Finds the first world that breaks with the bug, and in which way. The same world holds without it; so do all others, which
/// `cargo xtask test` lives through besides.
fn assert_caught(mutation: Mutation, invariants: &[&str]) {
    for seed in 0..SEEDS_MAX {
        if let Err(failure) = sim::run_with(seed, mutation).verdict {
            let report = sim::run(seed);
            assert_eq!(report.verdict, Ok(()), "seed {seed} without a bug");
            println!(
                "{mutation:?}: seed {seed}: {}: {}",
                failure.invariant, failure.detail
            );
            assert!(
                invariants.contains(&failure.invariant),
                "{mutation:?} broke {failure:?}"
            );
            return;
        }
    }
    panic!("{mutation:?} was not caught by {SEEDS_MAX} worlds")
}

const LOST: &str = "I1 nothing acknowledged is lost";
const FORGED: &str = "I2 nothing from nowhere";
const DIFFERENT: &str = "I3 all agree";
const SHRUNK: &str = "I4 snapshots grow";
const CORRUPT: &str = "I5 corrupt never served";
const MIXED: &str = "I6 cases are isolated";
const LATE: &str = "I7 a late joiner gets everything";
const GHOST: &str = "I8 the dead go";
const UNPROVED: &str = "I9 no authorship forged";
const BEYOND: &str = "I9 nobody writes what they may not";
const RELAYED: &str = "I9 what is passed on is nobody's, and not for ever";
const PAID: &str = "I9 nobody pays for what they pass on";
const ENDED: &str = "I10 no authority outlasts its end";
const REMOVED: &str = "I10 who was removed is out";
const WASHED: &str = "I10 strikes outlast reconnects";
const DIRTY: &str = "I11 dirty becomes archived";
const UNDELETED: &str = "I16 deleted stays deleted";
const UNERASED: &str = "I17 erased stays erased";
const ECHO: &str = "no own update comes back";
const FAULT: &str = "no fault of its own";
const FLEETING: &str = "what is saved is durable";
const UNSTORED: &str = "what is archived was stored";

#[test]
fn showing_an_update_before_it_is_appended_is_caught() {
    assert_caught(Mutation::Room(room::Mutation::FanOutBeforeAppend), &[LOST]);
}

#[test]
fn showing_an_update_to_its_author_is_caught() {
    assert_caught(Mutation::Room(room::Mutation::AuthorIsShownToo), &[ECHO]);
}

#[test]
fn dirtiness_kept_as_a_flag_is_caught() {
    let mutation = Mutation::Room(room::Mutation::DirtyIsAFlag);
    assert_caught(mutation, &[DIFFERENT, UNSTORED]);
}

#[test]
fn no_alarm_while_dirty_is_caught() {
    assert_caught(Mutation::Room(room::Mutation::NoAlarmWhileDirty), &[DIRTY]);
}

#[test]
fn building_on_a_union_that_was_not_taken_in_is_caught() {
    assert_caught(
        Mutation::Room(room::Mutation::UnionNotTaken),
        &[SHRUNK, DIFFERENT],
    );
}

#[test]
fn presence_that_is_not_removed_is_caught() {
    assert_caught(Mutation::Room(room::Mutation::PresenceNotRemoved), &[GHOST]);
}

#[test]
fn a_failed_restore_taken_for_an_empty_room_is_caught() {
    assert_caught(
        Mutation::Room(room::Mutation::FailedRestoreIsEmpty),
        &[LATE, DIFFERENT],
    );
}

#[test]
fn a_room_that_serves_before_it_is_restored_is_caught() {
    assert_caught(
        Mutation::Room(room::Mutation::ServedBeforeRestored),
        &[LATE, DIFFERENT, UNDELETED],
    );
}

#[test]
fn a_forgotten_tombstone_is_caught() {
    assert_caught(
        Mutation::Room(room::Mutation::TombstoneForgotten),
        &[UNDELETED, DIRTY],
    );
}

#[test]
fn an_erasure_that_is_confirmed_before_it_is_journaled_is_caught() {
    let mutation = Mutation::Room(room::Mutation::ErasedWithoutAppend);
    assert_caught(mutation, &[LOST, UNERASED, DIFFERENT, FORGED]);
}

#[test]
fn taking_what_is_made_in_the_name_of_somebody_erased_is_caught() {
    assert_caught(Mutation::Room(room::Mutation::ErasedComeBack), &[UNERASED]);
}

#[test]
fn calling_a_frame_saved_before_it_is_appended_is_caught() {
    let mutation = Mutation::Room(room::Mutation::SavedBeforeAppend);
    assert_caught(mutation, &[FLEETING]);
}

#[test]
fn calling_a_frame_saved_that_waits_for_its_tick_is_caught() {
    let mutation = Mutation::Room(room::Mutation::SavedBeforeItsTick);
    assert_caught(mutation, &[FLEETING]);
}

#[test]
fn a_tick_that_drops_its_last_update_is_caught() {
    let mutation = Mutation::Room(room::Mutation::TickDropsItsLast);
    assert_caught(mutation, &[LOST, DIFFERENT, FLEETING]);
}

#[test]
fn answering_with_what_was_so_before_is_caught() {
    let mutation = Mutation::Room(room::Mutation::AnswersAreStale);
    assert_caught(mutation, &[LATE, DIFFERENT, LOST]);
}

#[test]
fn answering_with_what_was_stored_before_an_edit_is_caught() {
    let mutation = Mutation::Room(room::Mutation::StoredBytesAreStale);
    assert_caught(mutation, &[LATE, DIFFERENT, LOST]);
}

#[test]
fn believing_a_summary_of_what_was_stored_before_an_edit_is_caught() {
    let mutation = Mutation::Room(room::Mutation::SummaryOutlivesEdits);
    assert_caught(mutation, &[FAULT, LATE, DIFFERENT, LOST]);
}

#[test]
fn calling_a_frame_saved_behind_one_that_was_left_out_is_caught() {
    let mutation = Mutation::Room(room::Mutation::SavedSkipsAGap);
    assert_caught(mutation, &[FLEETING]);
}

#[test]
fn calling_archived_what_the_store_has_not_confirmed_is_caught() {
    let mutation = Mutation::Room(room::Mutation::ArchivedTooEarly);
    assert_caught(mutation, &[UNSTORED]);
}

#[test]
fn hearing_a_refused_session_is_caught() {
    let mutation = Mutation::Room(room::Mutation::RefusedStillHeard);
    assert_caught(mutation, &[FORGED]);
}

#[test]
fn a_carrier_that_counts_as_author_is_caught() {
    let mutation = Mutation::Room(room::Mutation::CarrierIsAuthor);
    assert_caught(mutation, &[UNPROVED, RELAYED, PAID]);
}

#[test]
fn looking_at_what_is_passed_on_only_afterwards_is_caught() {
    let mutation = Mutation::Room(room::Mutation::HearsayNotForeseen);
    assert_caught(mutation, &[PAID]);
}

#[test]
fn answers_that_are_not_judged_are_caught() {
    let mutation = Mutation::Room(room::Mutation::AnswersNotJudged);
    assert_caught(mutation, &[BEYOND]);
}

#[test]
fn deletions_that_are_not_judged_are_caught() {
    let mutation = Mutation::Room(room::Mutation::DeletionsNotJudged);
    assert_caught(mutation, &[BEYOND]);
}

#[test]
fn a_recovery_that_never_closes_is_caught() {
    let mutation = Mutation::Room(room::Mutation::RecoveryNeverCloses);
    assert_caught(mutation, &[RELAYED]);
}

#[test]
fn strikes_that_are_washed_off_are_caught() {
    let mutation = Mutation::Room(room::Mutation::StrikesWashedOff);
    assert_caught(mutation, &[WASHED]);
}

#[test]
fn an_authority_that_never_ends_is_caught() {
    let mutation = Mutation::Room(room::Mutation::AuthorityNeverEnds);
    assert_caught(mutation, &[ENDED]);
}

#[test]
fn a_ruling_that_is_not_applied_is_caught() {
    let mutation = Mutation::Room(room::Mutation::RulingNotApplied);
    assert_caught(mutation, &[REMOVED, BEYOND]);
}

#[test]
fn a_silent_socket_that_is_not_closed_is_caught() {
    let mutation = Mutation::Room(room::Mutation::SilentNotClosed);
    assert_caught(mutation, &[GHOST]);
}

#[test]
fn a_base_that_is_not_checked_is_caught() {
    assert_caught(Mutation::BaseNotChecked, &[SHRUNK]);
}

#[test]
fn a_hash_that_is_not_checked_is_caught() {
    assert_caught(Mutation::HashNotChecked, &[CORRUPT]);
}

#[test]
fn a_union_without_the_delete_set_is_caught() {
    assert_caught(Mutation::MergeDropsTheDeleteSet, &[DIFFERENT, UNSTORED]);
}

#[test]
fn a_broadcast_to_the_wrong_room_is_caught() {
    assert_caught(Mutation::BroadcastToTheWrongRoom, &[FORGED, MIXED]);
}

#[test]
fn an_output_gate_that_is_ignored_is_caught() {
    assert_caught(Mutation::OutputGateIgnored, &[LOST, FLEETING]);
}
