//! Uniting what two rooms of one case, or a room and its store, know: in whatever order that happens, the same comes out.

use super::{
    Attribution, Mark, Proof, UnreadableAttribution, Users,
    spans::{Span, Spans},
};

/// What came out of uniting two stored attributions.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct UnitedAttribution {
    /// All that either of them knows.
    pub bytes: Vec<u8>,
    /// Whether that is more, or something else, than what was stored.
    pub exceeds_stored: bool,
    /// Whether that is more, or something else, than what was sent.
    pub exceeds_sent: bool,
}

/// Unites what is stored of a document's authors with what was sent; what is stored stands. Empty bytes know nothing.
///
/// # Errors
/// If either cannot be read.
pub fn unite_attributions(
    stored: &[u8],
    sent: &[u8],
) -> Result<UnitedAttribution, UnreadableAttribution> {
    let read = |bytes: &[u8]| {
        if bytes.is_empty() {
            Ok(Attribution::default())
        } else {
            Attribution::decode(bytes)
        }
    };
    let (mut united, sent) = (read(stored)?, read(sent)?);
    let before = united.encode();
    united.merge(&sent);
    let bytes = united.encode();
    Ok(UnitedAttribution {
        exceeds_stored: bytes != before,
        exceeds_sent: bytes != sent.encode(),
        bytes,
    })
}

impl Attribution {
    /// Takes in what another room of the case knows. Where both name a person, a proof stands against hearsay. Of two
    /// proofs, or two words of hearsay, the earlier stands; two proofs that name two persons are disputed from then on.
    pub fn merge(&mut self, other: &Attribution) {
        let users: Vec<u32> = other
            .users
            .names
            .iter()
            .map(|name| self.users.number(name))
            .collect();
        for (&client, spans) in &other.written {
            let theirs = renumbered(spans, &users);
            let ours = self.written.entry(client).or_default();
            let is_behind = ours.end() <= theirs.first().map_or(0, |span| span.start);
            ours.unite_all(&theirs, |known, other| {
                reconciled(&self.users, known, other)
            });
            if is_behind {
                self.own(client, &theirs);
            } else {
                self.settle(client);
            }
        }
        for (&client, spans) in &other.deleted {
            let theirs = renumbered(spans, &users);
            let ours = self.deleted.entry(client).or_default();
            ours.unite_all(&theirs, |known, other| {
                reconciled(&self.users, known, other)
            });
        }
    }
}

/// Spans of another attribution, with the numbers that its persons have here.
fn renumbered(spans: &Spans<Mark>, users: &[u32]) -> Vec<Span<Mark>> {
    let spans = spans.as_slice().iter();
    spans
        .map(|span| Span {
            value: Mark {
                user: users[span.value.user as usize],
                ..span.value
            },
            ..*span
        })
        .collect()
}

/// What two rooms say of one thing, whichever is asked: of any number of claims the same remains in whatever order they
/// are taken in pairs. So it must not depend on who is asked, nor on numbers that only one attribution gives.
fn reconciled(users: &Users, one: Mark, other: Mark) -> Mark {
    let is_hearsay = |mark: Mark| mark.proof == Proof::Relayed;
    match (is_hearsay(one), is_hearsay(other)) {
        (true, false) => return other,
        (false, true) => return one,
        (true, true) | (false, false) => {}
    }
    let order = |mark: Mark| (mark.minute, &users.names[mark.user as usize]);
    let first = if order(other) < order(one) {
        other
    } else {
        one
    };
    let proof = if is_hearsay(one) {
        Proof::Relayed
    } else if one.user != other.user {
        Proof::Disputed
    } else {
        one.proof.max(other.proof)
    };
    Mark { proof, ..first }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::attribution::{Claim, random::Random};

    fn claim(user: &str, proof: Proof) -> Claim<'_> {
        Claim {
            user,
            at_ms: 1_800_000_000_000,
            proof,
        }
    }

    fn proven(user: &str) -> Claim<'_> {
        claim(user, Proof::Proven)
    }

    #[test]
    fn a_proof_stands_against_hearsay_whichever_room_had_it() {
        let mut hearsay = Attribution::default();
        hearsay.wrote(7, 0..4, claim("carrier", Proof::Relayed));
        let mut proof = Attribution::default();
        proof.wrote(7, 0..2, proven("azo"));
        for (mut one, other) in [
            (hearsay.clone(), proof.clone()),
            (proof.clone(), hearsay.clone()),
        ] {
            one.merge(&other);
            assert_eq!(one.writer(7, 1), Some(proven("azo")));
            let relayed = claim("carrier", Proof::Relayed);
            assert_eq!(one.writer(7, 3), Some(relayed));
            assert_eq!(one.owner(7), Some("azo"));
        }
    }

    #[test]
    fn of_two_proofs_that_differ_the_earlier_stands_disputed() {
        let mut one = Attribution::default();
        one.wrote(7, 0..4, proven("azo"));
        let mut other = Attribution::default();
        other.wrote(7, 2..6, proven("bulgarus"));
        one.merge(&other);
        assert_eq!(one.writer(7, 1), Some(proven("azo")));
        assert_eq!(one.writer(7, 2), Some(claim("azo", Proof::Disputed)));
        assert_eq!(one.writer(7, 5), Some(proven("bulgarus")));
        assert_eq!(one.owner(7), Some("azo"));
        assert!(one.is_disputed(7));
    }

    #[test]
    fn merging_what_is_known_changes_nothing() {
        let mut one = Attribution::default();
        one.wrote(7, 0..4, proven("azo"));
        one.wrote(9, 0..1, claim("bulgarus", Proof::Relayed));
        one.deleted(9, 0..1, proven("azo"));
        let before = one.encode();
        one.merge(&one.clone());
        assert_eq!(one.encode(), before);
    }

    fn some(random: &mut Random) -> Attribution {
        let mut attribution = Attribution::default();
        for _ in 0..random.below(8) {
            let claim = Claim {
                user: ["azo", "bulgarus", "carla"][random.below(3) as usize],
                at_ms: 60_000 * random.below(3),
                proof: [Proof::Proven, Proof::Relayed, Proof::Disputed][random.below(3) as usize],
            };
            let start = random.below(12) as u32;
            let clocks = start..start + random.below(6) as u32;
            if random.below(3) == 0 {
                attribution.deleted(7, clocks, claim);
            } else {
                attribution.wrote(7, clocks, claim);
            }
        }
        attribution
    }

    #[test]
    fn three_rooms_agree_in_whatever_order_they_learn_of_each_other() {
        for seed in 0..2_000 {
            let mut random = Random::new(seed);
            let three: [Attribution; 3] = std::array::from_fn(|_| some(&mut random));
            let united = |order: [usize; 3]| {
                let [first, second, third] = order.map(|place| &three[place]);
                let mut left = first.clone();
                left.merge(second);
                left.merge(third);
                let mut right = second.clone();
                right.merge(third);
                let mut pair = first.clone();
                pair.merge(&right);
                (left, pair)
            };
            let (expected, _) = united([0, 1, 2]);
            for order in [
                [0, 1, 2],
                [0, 2, 1],
                [1, 0, 2],
                [1, 2, 0],
                [2, 0, 1],
                [2, 1, 0],
            ] {
                let (left, pair) = united(order);
                for one in [left, pair] {
                    assert_eq!(one.encode(), expected.encode(), "seed {seed}, {order:?}");
                    assert_eq!(one.owner(7), expected.owner(7), "seed {seed}, {order:?}");
                    assert_eq!(one.is_disputed(7), expected.is_disputed(7), "seed {seed}");
                }
            }
        }
    }
}
