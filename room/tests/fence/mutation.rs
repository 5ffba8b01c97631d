//! Hostile updates by the thousand: real ones with bytes changed, and forged ones that are well-formed but lie about
//! origins, parents, lengths and clocks. Whatever is let through must leave yrs sound.

#[cfg(target_arch = "wasm32")]
use wasm_bindgen_test::wasm_bindgen_test as test;

use room::{decode, known::Refusal};

use crate::{
    forge,
    random::History,
    support::{Fenced, Random},
};

const ROUNDS: u64 = if cfg!(target_arch = "wasm32") {
    40
} else {
    2_000
};
const UPDATES_A_ROUND: u32 = 100;

#[test]
fn ad5_whatever_is_let_through_of_a_mutated_update_leaves_the_document_sound() {
    let mut taken = 0;
    for seed in 0..ROUNDS {
        let mut random = Random::new(seed);
        let log = History::short(seed % 64).log;
        let mut room = Fenced::new();
        for step in 0..UPDATES_A_ROUND as usize {
            let mut update = log[step % log.len()].clone();
            let other = &log[random.below(log.len() as u32) as usize];
            for _ in 0..random.below(4) {
                mutate(&mut update, other, &mut random);
            }
            let _ = decode::messages(&update);
            taken += u32::from(
                room.feed(&update)
                    .is_ok_and(|admission| admission.novel.is_some()),
            );
        }
        room.check_round_trip();
    }
    assert!(
        u64::from(taken) > ROUNDS * 3,
        "too few mutants were let through to prove anything: {taken}"
    );
}

#[test]
fn ad5_whatever_is_let_through_of_a_forged_update_leaves_the_document_sound() {
    let mut taken = 0;
    let mut contradicted = 0;
    for seed in 0..ROUNDS {
        let mut random = Random::new(seed);
        let mut room = Fenced::new();
        for _ in 0..UPDATES_A_ROUND {
            let update = forge::update(&mut random, room.known.state_vector());
            match room.feed(&update) {
                Ok(admission) => taken += u32::from(admission.novel.is_some()),
                Err(Refusal::Malformed(_)) => contradicted += 1,
                Err(refusal) => panic!("seed {seed}: a forged update is well-formed: {refusal}"),
            }
        }
        room.check_round_trip();
    }
    assert!(
        u64::from(taken) > ROUNDS * 20,
        "too few forgeries were let through to prove anything: {taken}"
    );
    assert!(contradicted > 0, "some forgeries contradict the document");
}

fn mutate(update: &mut Vec<u8>, other: &[u8], random: &mut Random) {
    let len = update.len() as u32;
    if len == 0 {
        return;
    }
    let at = random.below(len) as usize;
    match random.below(7) {
        0 => update[at] ^= 1 << random.below(8),
        1 => update[at] = random.next() as u8,
        2 => update[at] = update[at].wrapping_add(1),
        3 => update.insert(at, random.next() as u8),
        4 => {
            update.remove(at);
        }
        5 => {
            // A small number where another was: an id, a clock, a count.
            update[at] = random.below(9) as u8;
        }
        _ => {
            let from = random.below(other.len() as u32) as usize;
            let count = (random.below(12) as usize)
                .min(other.len() - from)
                .min(update.len() - at);
            update[at..at + count].copy_from_slice(&other[from..from + count]);
        }
    }
}
