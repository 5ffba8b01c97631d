//! The nonces of the host's orders that this object has seen.
//!
//! They are kept in memory only: after a sleep an order could be replayed within its time window. Orders are made for
//! that: deleted stays deleted, one more comparison with the store changes nothing, and an older ruling is ignored.

use std::collections::BTreeMap;

use contract::{Nonce, limits::TIME_WINDOW_S};
use room::Timestamp;

/// More orders than that within the window are refused.
const NONCES_MAX: usize = 1_000;

/// How long a nonce is kept: an order may come from a clock that is a window ahead, and be replayed until it is a
/// window old.
const KEPT_MS: u64 = 2 * TIME_WINDOW_S * 1_000;

/// Nonces, and when they were seen.
#[derive(Debug, Default)]
pub(crate) struct SpentNonces {
    seen: BTreeMap<Nonce, Timestamp>,
}

impl SpentNonces {
    /// Spends a nonce. `false` if it was spent before, or if there are too many to remember.
    pub(crate) fn spend(&mut self, now: Timestamp, nonce: Nonce) -> bool {
        self.seen
            .retain(|_, seen_at| now.millis_since(*seen_at) <= KEPT_MS);
        if self.seen.len() >= NONCES_MAX || self.seen.contains_key(&nonce) {
            return false;
        }
        self.seen.insert(nonce, now);
        true
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_nonce_is_spent_once() {
        let mut spent = SpentNonces::default();
        assert!(spent.spend(Timestamp(0), Nonce::new([1; 16])));
        assert!(spent.spend(Timestamp(0), Nonce::new([2; 16])));
        assert!(!spent.spend(Timestamp(KEPT_MS), Nonce::new([1; 16])));
    }

    #[test]
    fn a_flood_of_nonces_is_refused_and_passes() {
        let mut spent = SpentNonces::default();
        let fresh = |n: usize| Nonce::new((n as u128).to_le_bytes());
        let accepted = (0..2 * NONCES_MAX)
            .filter(|n| spent.spend(Timestamp(0), fresh(*n)))
            .count();
        assert_eq!(accepted, NONCES_MAX);
        assert!(spent.spend(Timestamp(KEPT_MS + 1), fresh(9_999)));
    }
}
