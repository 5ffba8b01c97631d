//! What it costs to take note of many deletions at once.

use std::time::{Duration, Instant};

use annotation::{Attribution, Claim, Proof};

const REPEATS: usize = 5;

#[test]
fn many_ranges_cost_by_their_number_and_not_by_its_square() {
    let (few, many) = (cost(10_000), cost(80_000));
    println!("10,000 ranges among as many: {few:?}; 80,000: {many:?}");
    // The best of some is steady on a busy machine; one by one, eight times as many would cost 64 times as much.
    assert!(many < few * 24, "{few:?}, {many:?}");
}

/// What it takes at best to learn of so many deletions, each between two that are known.
#[expect(clippy::disallowed_methods, reason = "time is what is measured")]
fn cost(ranges: u32) -> Duration {
    let (known, new) = (deletions(ranges, 0), deletions(ranges, 2));
    (0..REPEATS)
        .map(|_| {
            let mut united = known.clone();
            let start = Instant::now();
            united.merge(&new);
            let took = start.elapsed();
            assert_eq!(united.all_deleted().count(), 2 * ranges as usize);
            took
        })
        .min()
        .unwrap_or_default()
}

fn deletions(ranges: u32, first: u32) -> Attribution {
    let mut attribution = Attribution::default();
    let claim = Claim {
        user: "azo",
        at_ms: 0,
        proof: Proof::Proven,
    };
    for range in 0..ranges {
        let start = first + 4 * range;
        attribution.deleted(7, start..start + 1, claim);
    }
    attribution
}
