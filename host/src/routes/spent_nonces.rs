//! The nonces of all requests that this process admitted.
//!
//! For GET and HEAD this is all there is: they change nothing, and looking at a room shall not write to Postgres. Should
//! the host restart, or remember too many, one of them can be replayed within its time window, and repeats a read whose
//! answer is of no use to who has not seen the request. PUT and DELETE are spent in Postgres as well.

use std::{
    collections::{BTreeSet, VecDeque},
    sync::{Mutex, PoisonError},
};

use contract::Nonce;

use crate::limits::{NONCE_KEPT_S, NONCES_REMEMBERED_MAX};

/// Nonces, and when each is forgotten.
#[derive(Debug, Default)]
pub struct SpentNonces {
    spent: Mutex<Spent>,
}

#[derive(Debug, Default)]
struct Spent {
    nonces: BTreeSet<Nonce>,
    /// Oldest first, with the unix seconds after which it is forgotten.
    order: VecDeque<(u64, Nonce)>,
}

impl SpentNonces {
    /// Spends a nonce at a unix second. `false`: it was spent before, and the request is a replay.
    pub fn spend(&self, now: u64, nonce: Nonce) -> bool {
        let mut spent = self.spent.lock().unwrap_or_else(PoisonError::into_inner);
        while spent.order.front().is_some_and(|(until, _)| *until < now) {
            spent.forget_oldest();
        }
        if !spent.nonces.insert(nonce) {
            return false;
        }
        if spent.order.len() >= NONCES_REMEMBERED_MAX {
            spent.forget_oldest();
        }
        spent.order.push_back((now + NONCE_KEPT_S, nonce));
        true
    }
}

impl Spent {
    fn forget_oldest(&mut self) {
        if let Some((_, nonce)) = self.order.pop_front() {
            self.nonces.remove(&nonce);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn nonce(number: usize) -> Nonce {
        Nonce::new((number as u128).to_le_bytes())
    }

    #[test]
    fn a_nonce_is_spent_once_within_its_window() {
        let spent = SpentNonces::default();
        assert!(spent.spend(0, nonce(1)));
        assert!(!spent.spend(NONCE_KEPT_S, nonce(1)));
        assert!(spent.spend(NONCE_KEPT_S + 1, nonce(1)));
    }

    #[test]
    fn of_a_flood_the_oldest_are_forgotten_and_memory_is_bounded() {
        let spent = SpentNonces::default();
        for number in 0..NONCES_REMEMBERED_MAX + 10 {
            assert!(spent.spend(0, nonce(number)));
        }
        assert!(
            !spent.spend(0, nonce(NONCES_REMEMBERED_MAX)),
            "a replay is refused, and makes nothing be forgotten"
        );
        let held = spent.spent.lock().unwrap();
        assert_eq!(held.nonces.len(), NONCES_REMEMBERED_MAX);
        assert_eq!(held.order.len(), NONCES_REMEMBERED_MAX);
    }
}
