//! Whose client ids are under which nothing was written yet (SPEC section 13): whoever was here under one may come back and
//! write under it, and somebody else's struct in between would swallow that.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::{
    limits::{RESERVATION_MS, RESERVATION_RENEW_MS, RESERVATIONS_MAX},
    time::Timestamp,
};

/// Client ids with the persons who were here under them.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub(crate) struct Reservations(BTreeMap<u64, Reservation>);

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
struct Reservation {
    user: String,
    /// When that person was last known to be here under it, to within `RESERVATION_RENEW_MS`.
    at: Timestamp,
}

impl Reservations {
    /// Whose an id is, if it is anybody's.
    pub(crate) fn holder(&self, client: u64, now: Timestamp) -> Option<&str> {
        let reservation = self.0.get(&client)?;
        (!reservation.has_lapsed(now)).then_some(reservation.user.as_str())
    }

    /// Keeps an id for a person who is here under it; whether there is anything new to keep. If there are too many, whoever
    /// holds most loses the oldest.
    pub(crate) fn reserve(&mut self, client: u64, user: &str, now: Timestamp) -> bool {
        let known = self.0.get(&client);
        let is_fresh = |known: &Reservation| now.millis_since(known.at) < RESERVATION_RENEW_MS;
        if known.is_some_and(|known| known.user == user && is_fresh(known)) {
            return false;
        }
        self.0.retain(|_, reservation| !reservation.has_lapsed(now));
        let reservation = Reservation {
            user: user.to_owned(),
            at: now,
        };
        self.0.insert(client, reservation);
        if self.0.len() > RESERVATIONS_MAX {
            self.drop_one();
        }
        true
    }

    /// Forgets the ids that have an owner by what was written.
    pub(crate) fn retain(&mut self, is_unowned: impl Fn(u64) -> bool) {
        self.0.retain(|client, _| is_unowned(*client));
    }

    fn drop_one(&mut self) {
        let mut counts = BTreeMap::<&str, usize>::new();
        for reservation in self.0.values() {
            *counts.entry(&reservation.user).or_default() += 1;
        }
        let most = counts.into_iter().max_by_key(|(_, count)| *count);
        let most = most.map(|(user, _)| user);
        let theirs = self.0.iter();
        let theirs = theirs.filter(|(_, reservation)| Some(reservation.user.as_str()) == most);
        let oldest = theirs.min_by_key(|(_, reservation)| reservation.at);
        if let Some(oldest) = oldest.map(|(client, _)| *client) {
            self.0.remove(&oldest);
        }
    }
}

impl Reservation {
    fn has_lapsed(&self, now: Timestamp) -> bool {
        now.millis_since(self.at) >= RESERVATION_MS
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOW: Timestamp = Timestamp(1_800_000_000_000);

    #[test]
    fn whoever_takes_many_takes_none_from_others() {
        let mut reservations = Reservations::default();
        reservations.reserve(1, "ann", NOW);
        for client in 0..3 * RESERVATIONS_MAX as u64 {
            reservations.reserve(100 + client, "mallory", NOW + client);
        }
        assert_eq!(reservations.holder(1, NOW), Some("ann"));
        assert_eq!(reservations.0.len(), RESERVATIONS_MAX);
        assert_eq!(reservations.holder(100, NOW), None, "the oldest goes");
    }

    #[test]
    fn an_id_lapses_a_day_after_its_holder_was_last_here_and_no_longer_fills_the_table() {
        let mut reservations = Reservations::default();
        assert!(reservations.reserve(1, "ann", NOW));
        assert!(!reservations.reserve(1, "ann", NOW + 1), "nothing to write");
        let later = NOW + RESERVATION_RENEW_MS;
        assert!(reservations.reserve(1, "ann", later));
        let before = later + (RESERVATION_MS - 1);
        assert_eq!(reservations.holder(1, before), Some("ann"));
        assert_eq!(reservations.holder(1, later + RESERVATION_MS), None);
        reservations.reserve(2, "ben", later + RESERVATION_MS);
        assert_eq!(reservations.0.len(), 1);
    }
}
