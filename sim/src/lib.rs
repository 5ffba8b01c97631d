//! The simulator: rooms, peers, the host and faults in one seeded process. A seed is a whole world: no I/O, no clock, no
//! threads, nothing whose order is not its own.
//!
//! In most worlds people have roles: a host grants, changes, locks and revokes, and gives out tokens; some of those whom
//! it lets in mean harm. Whatever a room journals is then compared with a naive reading of the whole document before and
//! after (I9): nobody's hand shows where it may not have written at that moment, what is passed on is nobody's and is
//! accepted for a day at most. And nobody is in, or is told anything, who may not be, and what was used up stays so (I10).
//!
//! A world has a storm, in which everything fails that can, and a calm, in which everything must come to agree.

mod access;
mod authorship;
mod awareness;
mod calm;
mod content;
mod counters;
mod disk;
mod durable;
mod edits;
mod erasing;
mod faults;
mod gate;
mod grants;
mod hostile;
mod hosting;
mod morrow;
mod mutation;
mod network;
mod noted;
mod object;
mod oracle;
mod ours;
mod pages;
mod peer;
mod plain;
mod population;
mod random;
mod storage;
mod store;
mod strikes;
mod things;
mod trace;
mod witness;
mod world;

pub use counters::Counters;
#[cfg(feature = "mutations")]
pub use mutation::Mutation;

use mutation::Planted;
use world::World;

/// A broken promise.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Failure {
    /// Which one.
    pub invariant: &'static str,
    /// How it showed.
    pub detail: String,
}

impl Failure {
    pub(crate) fn new(invariant: &'static str, detail: String) -> Failure {
        Failure { invariant, detail }
    }
}

/// What became of a world.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Report {
    /// Whether every promise was kept.
    pub verdict: Result<(), Failure>,
    /// What really happened.
    pub counters: Counters,
    /// All of it, in order.
    pub trace: String,
}

/// Lives through the world of a seed.
pub fn run(seed: u64) -> Report {
    report(World::new(seed, Planted::default()))
}

/// Lives through the world of a seed in which one bug is planted.
#[cfg(feature = "mutations")]
pub fn run_with(seed: u64, mutation: Mutation) -> Report {
    report(World::new(seed, Planted(Some(mutation))))
}

fn report(world: World) -> Report {
    let (verdict, counters, trace) = world.live();
    Report {
        verdict,
        counters,
        trace,
    }
}
