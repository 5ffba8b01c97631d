//! A room with people of every role, whose honest and hostile updates are drawn from the input: the policy and the naive
//! model of the room's own tests say the same of each.
#![no_main]

use libfuzzer_sys::fuzz_target;

// The very files of the room's tests, so that what is found here fails there too.
#[expect(dead_code, reason = "only the room's tests draw from a seed")]
#[path = "../../room/tests/policy/dice.rs"]
mod dice;
#[path = "../../room/tests/policy/edits.rs"]
mod edits;
#[expect(dead_code, reason = "one forgery has a test of its own")]
#[path = "../../room/tests/policy/forge.rs"]
mod forge;
#[path = "../../room/tests/policy/model.rs"]
mod model;
#[path = "../../room/tests/policy/reading.rs"]
mod reading;
#[path = "../../room/tests/policy/replica.rs"]
mod replica;
#[path = "../../room/tests/policy/world.rs"]
mod world;

/// The model reads the whole document for each step, so that long worlds teach little for what they cost.
const STEPS_MAX: usize = 64;

fuzz_target!(|chances: &[u8]| {
    let mut world = world::World::new("input", dice::Dice::written(chances));
    for _ in 0..STEPS_MAX {
        if world.is_over() {
            break;
        }
        world.step();
    }
});
