//! RO13: on random updates of everybody, honest and hostile, the policy says what the naive model says.

use crate::{
    dice::Dice,
    world::{Tally, World},
};
#[cfg(target_arch = "wasm32")]
use wasm_bindgen_test::wasm_bindgen_test as test;

/// Four tests of as many updates each, which run side by side. Fewer would say little of what happens to one in a
/// thousand.
const UPDATES: usize = if cfg!(target_arch = "wasm32") {
    4_000
} else {
    26_000
};
/// A world is left while it is small: the model reads all of it for each update.
const UPDATES_OF_A_WORLD: usize = 100;

#[test]
fn ro13_the_policy_agrees_with_the_naive_model_on_the_first_quarter_of_worlds() {
    check_worlds(0);
}

#[test]
fn ro13_the_policy_agrees_with_the_naive_model_on_the_second_quarter_of_worlds() {
    check_worlds(1);
}

#[test]
fn ro13_the_policy_agrees_with_the_naive_model_on_the_third_quarter_of_worlds() {
    check_worlds(2);
}

#[test]
fn ro13_the_policy_agrees_with_the_naive_model_on_the_last_quarter_of_worlds() {
    check_worlds(3);
}

#[test]
fn ro13_a_world_is_the_same_each_time() {
    let (one, other) = (run(7), run(7));

    assert_eq!(one, other);
}

#[test]
fn ro13_worlds_can_be_played_from_bytes_as_the_fuzzer_does() {
    let bytes: Vec<u8> = (0..4_000u32).map(|at| ((at * at) >> 5) as u8).collect();

    let tally = play(&bytes);

    assert!(tally.judged > 20, "{tally:?}");
}

#[test]
fn ro13_readers_are_not_refused_what_a_forged_neighbour_would_make_their_replicas_delete() {
    play(include_bytes!("../../../fuzz/seeds/policy/found-two-lists"));
}

/// Plays a world to its end.
fn play(bytes: &[u8]) -> Tally {
    let mut world = World::new("bytes", Dice::written(bytes));
    while !world.is_over() {
        world.step();
    }
    world.tally
}

fn check_worlds(quarter: u64) {
    let mut sum = Tally::default();
    let mut seed = quarter;
    while sum.judged < UPDATES {
        let tally = run(seed);
        sum.judged += tally.judged;
        sum.passed += tally.passed;
        sum.refused_before += tally.refused_before;
        sum.refused_after += tally.refused_after;
        sum.refused_in_vain += tally.refused_in_vain;
        sum.trimmed += tally.trimmed;
        sum.honest += tally.honest;
        sum.foreseen_in_vain += tally.foreseen_in_vain;
        seed += 4;
    }
    println!("{sum:?}");
    let share = |part: usize| part * 100 / sum.judged;
    assert!(
        share(sum.passed) >= 40,
        "too few pass to be of use: {sum:?}"
    );
    assert!(
        share(sum.refused_before) >= 15 && share(sum.refused_after) >= 1,
        "{sum:?}"
    );
    assert!(share(sum.honest) >= 20 && sum.trimmed > 0, "{sum:?}");
    assert!(sum.foreseen_in_vain * 50 < sum.passed, "{sum:?}");
    assert!(sum.refused_in_vain * 500 < sum.judged, "{sum:?}");
}

fn run(seed: u64) -> Tally {
    let mut world = World::new(&format!("seed {seed}"), Dice::Seeded(seed));
    while world.tally.judged < UPDATES_OF_A_WORLD {
        world.step();
    }
    world.tally
}
