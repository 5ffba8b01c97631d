//! Saying less: an attribution that nobody could read again would be worth nothing at all.

use std::collections::BTreeMap;

use super::{
    Attribution, Mark, Proof,
    code::spans_bytes,
    spans::{Span, Spans},
};
use crate::limits::ATTRIBUTION_BYTES_MAX;

/// What the minute gives way to: the hour, the day, and then no time at all (that of the epoch).
const MINUTES: [u32; 3] = [60, 24 * 60, u32::MAX];

impl Attribution {
    /// Lets go of detail until all of it fits the bound: of the times first; then of who deleted what, for those client
    /// ids first whose deletions take most; and at last of everything but whose each client id is.
    pub fn coarsen(&mut self) {
        self.coarsen_to(ATTRIBUTION_BYTES_MAX);
    }

    fn coarsen_to(&mut self, bytes_max: usize) {
        for minutes in MINUTES {
            if self.excess(bytes_max) == 0 {
                return;
            }
            let widen = |mark: Mark| Mark {
                minute: mark.minute - mark.minute % minutes,
                ..mark
            };
            let tables = [&mut self.written, &mut self.deleted];
            let spans = tables.into_iter().flat_map(BTreeMap::values_mut);
            spans.for_each(|spans| spans.change(widen));
        }
        while !self.deleted.is_empty() {
            match self.excess(bytes_max) {
                0 => return,
                excess => self.forget_deletions(excess),
            }
        }
        if self.excess(bytes_max) > 0 {
            self.keep_owners();
        }
    }

    fn excess(&self, bytes_max: usize) -> usize {
        self.encode_all().len().saturating_sub(bytes_max)
    }

    /// Forgets deletions that take about so many bytes, and those of one client id at least.
    fn forget_deletions(&mut self, bytes: usize) {
        let sizes = self.deleted.iter();
        let mut sizes: Vec<(usize, u64)> = sizes
            .map(|(client, spans)| (spans_bytes(spans), *client))
            .collect();
        sizes.sort_unstable_by(|one, other| other.cmp(one));
        let mut forgotten = 0;
        for (size, client) in sizes {
            if forgotten >= bytes {
                return;
            }
            forgotten += size.max(1);
            self.deleted.remove(&client);
        }
    }

    /// Puts everything under a client id down to its owner: as proven only if it was. An id that nobody owns, of which
    /// there was only hearsay, is forgotten.
    fn keep_owners(&mut self) {
        let owners = &self.owners;
        self.written.retain(|client, spans| {
            let Some(owner) = owners.get(client) else {
                return false;
            };
            let known = spans.as_slice();
            let is_proven = |span: &Span<Mark>| span.value.proof == Proof::Proven;
            let is_sure = !owner.is_disputed && known.iter().all(is_proven);
            let mark = Mark {
                user: owner.user,
                minute: 0,
                proof: if is_sure {
                    Proof::Proven
                } else {
                    Proof::Disputed
                },
            };
            let whole = Span {
                start: known.first().map_or(0, |first| first.start),
                end: spans.end(),
                value: mark,
            };
            *spans = Spans::default();
            spans.unite(whole, |known, _| known);
            true
        });
        self.settle_all();
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::attribution::Claim;

    const MORNING_MS: u64 = 1_799_971_200_000;
    const HOUR_MS: u64 = 60 * 60_000;

    fn claim(user: &str, at_ms: u64, proof: Proof) -> Claim<'_> {
        Claim { user, at_ms, proof }
    }

    /// Two people who write, delete and pass on.
    fn busy() -> Attribution {
        let mut attribution = Attribution::default();
        for minute in 0..600u32 {
            let at_ms = MORNING_MS + u64::from(minute) * 60_000;
            let clocks = minute..minute + 1;
            attribution.wrote(7, clocks.clone(), claim("azo", at_ms, Proof::Proven));
            let proof = [Proof::Relayed, Proof::Proven][minute as usize % 2];
            attribution.wrote(8, clocks, claim("bulgarus", at_ms, proof));
            attribution.deleted(
                7,
                2 * minute..2 * minute + 1,
                claim("bulgarus", at_ms, proof),
            );
            attribution.deleted(8, 9 * minute..9 * minute + 5, claim("azo", at_ms, proof));
        }
        attribution
    }

    #[test]
    fn what_fits_stays_as_it_is() {
        let mut attribution = busy();
        let before = attribution.encode_all();
        attribution.coarsen_to(before.len());
        assert_eq!(attribution.encode_all(), before);
    }

    #[test]
    fn the_time_goes_first_and_no_more_of_it_than_must() {
        let mut attribution = busy();
        attribution.coarsen_to(attribution.encode_all().len() - 1);
        let writer = attribution.writer(7, 90);
        assert_eq!(
            writer,
            Some(claim("azo", MORNING_MS + HOUR_MS, Proof::Proven))
        );
        let deleter = attribution.deleter(7, 2 * 90);
        let then = claim("bulgarus", MORNING_MS + HOUR_MS, Proof::Relayed);
        assert_eq!(deleter, Some(then));
    }

    #[test]
    fn whose_an_id_is_outlives_everything_and_what_is_less_sure_is_said_to_be() {
        let full = busy();
        let mut sizes = Vec::new();
        for bytes_max in (0..full.encode_all().len()).step_by(40) {
            let mut attribution = full.clone();
            attribution.coarsen_to(bytes_max);
            sizes.push(attribution.encode_all().len());
            assert_eq!(attribution.owner(7), Some("azo"));
            assert_eq!(attribution.owner(8), Some("bulgarus"));
            for clock in 0..600 {
                let mine = attribution
                    .writer(7, clock)
                    .map(|claim| (claim.user, claim.proof));
                assert_eq!(mine, Some(("azo", Proof::Proven)));
                let theirs = attribution.writer(8, clock).map(|claim| claim.proof);
                let before = full.writer(8, clock).map(|claim| claim.proof);
                assert!(theirs == before || theirs == Some(Proof::Disputed));
            }
        }
        assert!(sizes[0] < 80, "at last only the owners: {}", sizes[0]);
        let smallest = sizes[0];
        for (step, size) in sizes.into_iter().enumerate() {
            assert!(size <= (40 * step).max(smallest), "{size} at step {step}");
        }
    }

    #[test]
    fn deletions_go_before_the_writers_and_the_many_before_the_few() {
        let mut attribution = busy();
        attribution.tables_without_times();
        let just_too_long = attribution.encode_all().len() - 1;
        attribution.coarsen_to(just_too_long);
        assert_eq!(attribution.deleter(8, 0), None);
        assert!(attribution.deleter(7, 0).is_some());
        assert_eq!(attribution.all_written().count(), 601);
    }

    #[test]
    fn of_as_many_client_ids_as_a_room_takes_it_is_always_known_whose_they_are() {
        let mut attribution = Attribution::default();
        let name = |client: u64| format!("{client:0>400}");
        for client in 0..10_000 {
            let at_ms = MORNING_MS + client * 60_000;
            let user = name(client);
            attribution.wrote(
                u64::MAX / 4_096 + client,
                0..1 << 30,
                claim(&user, at_ms, Proof::Proven),
            );
            let other = name(10_000 + client);
            attribution.deleted(client, 0..5, claim(&other, at_ms, Proof::Proven));
        }
        let read = Attribution::decode(&attribution.encode()).unwrap();
        assert_eq!(
            read.owner(u64::MAX / 4_096 + 9_999),
            Some(name(9_999).as_str())
        );
        assert_eq!(read.all_written().count(), 10_000);
    }

    impl Attribution {
        fn tables_without_times(&mut self) {
            let tables = [&mut self.written, &mut self.deleted];
            for spans in tables.into_iter().flat_map(BTreeMap::values_mut) {
                spans.change(|mark| Mark { minute: 0, ..mark });
            }
        }
    }
}
