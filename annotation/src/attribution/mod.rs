//! Who wrote and who deleted what, as the room's sockets proved it: never as the document's own words have it.
//!
//! Every struct has a client id and a clock; every accepted update came through a socket whose person is known. What is
//! kept is, for ranges of clocks, the person, the minute, and how well that is proved. A client id belongs to the person
//! who first wrote under it.

mod code;
#[cfg(test)]
mod random;
mod spans;

use std::{collections::BTreeMap, ops::Range};

use self::spans::Spans;

pub use self::code::UnreadableAttribution;

/// The time of acceptance is kept to the minute: finer, a morning's typing would be as many ranges as words.
const MINUTE_MS: u64 = 60_000;

/// How well it is proved who did something.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Proof {
    /// The person's own socket brought it.
    Proven,
    /// Somebody else's socket brought it, after the room had lost what it knew. Who is named is who brought it.
    Relayed,
    /// Two rooms of one case say different things. Who is named is who was named first.
    Disputed,
}

/// Who did something, and when the room accepted it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Claim<'a> {
    /// The person's id.
    pub user: &'a str,
    /// Milliseconds since the Unix epoch; kept to the minute.
    pub at_ms: u64,
    /// How well that is proved.
    pub proof: Proof,
}

/// What is known of all structs of a document.
#[derive(Clone, Debug, Default)]
pub struct Attribution {
    users: Users,
    written: BTreeMap<u64, Spans<Mark>>,
    deleted: BTreeMap<u64, Spans<Mark>>,
    owners: BTreeMap<u64, Owner>,
}

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

/// The persons, each once. What refers to one is an index.
#[derive(Clone, Debug, Default)]
struct Users {
    names: Vec<String>,
    index: BTreeMap<String, u32>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Mark {
    user: u32,
    /// Since the Unix epoch.
    minute: u32,
    proof: Proof,
}

/// Whose a client id is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Owner {
    user: u32,
    is_disputed: bool,
}

impl Attribution {
    /// Takes note that structs were accepted. What is known of one already stands.
    pub fn wrote(&mut self, client: u64, clocks: Range<u32>, claim: Claim<'_>) {
        if clocks.is_empty() {
            return;
        }
        let mark = self.mark(claim);
        let written = self.written.entry(client).or_default();
        let last = written.as_slice().last();
        let is_next = last.is_none_or(|last| last.end <= clocks.start);
        written.unite(clocks, mark, |known, _| known);
        if is_next {
            self.own(client, mark);
        } else {
            self.settle(client);
        }
    }

    /// Takes note that structs of this client id were deleted. What is known of one already stands.
    pub fn deleted(&mut self, client: u64, clocks: Range<u32>, claim: Claim<'_>) {
        if clocks.is_empty() {
            return;
        }
        let mark = self.mark(claim);
        let deleted = self.deleted.entry(client).or_default();
        deleted.unite(clocks, mark, |known, _| known);
    }

    /// Whose a client id is: of the person who first wrote under it through a socket of their own. Absent if nobody did.
    pub fn owner(&self, client: u64) -> Option<&str> {
        let owner = self.owners.get(&client)?;
        self.users
            .names
            .get(owner.user as usize)
            .map(String::as_str)
    }

    /// Whether two rooms of one case gave a client id to two persons.
    pub fn is_disputed(&self, client: u64) -> bool {
        self.owners
            .get(&client)
            .is_some_and(|owner| owner.is_disputed)
    }

    /// Whether a struct of a client id was accepted from its owner later than in this minute.
    pub fn is_proven_since(&self, client: u64, at_ms: u64) -> bool {
        let spans = self.written.get(&client).map(Spans::as_slice);
        let mut marks = spans.unwrap_or_default().iter().map(|span| span.value);
        marks.any(|mark| mark.proof == Proof::Proven && u64::from(mark.minute) > at_ms / MINUTE_MS)
    }

    /// Everything that is known of who wrote what: client ids in ascending order, and clocks in theirs.
    pub fn all_written(&self) -> impl Iterator<Item = (u64, Range<u32>, Claim<'_>)> {
        self.claims(&self.written)
    }

    /// Everything that is known of who deleted what, in the same order.
    pub fn all_deleted(&self) -> impl Iterator<Item = (u64, Range<u32>, Claim<'_>)> {
        self.claims(&self.deleted)
    }

    fn claims<'a>(
        &'a self,
        table: &'a BTreeMap<u64, Spans<Mark>>,
    ) -> impl Iterator<Item = (u64, Range<u32>, Claim<'a>)> {
        table.iter().flat_map(move |(client, spans)| {
            spans.as_slice().iter().filter_map(move |span| {
                let claim = self.claim(span.value)?;
                Some((*client, span.start..span.end, claim))
            })
        })
    }

    /// Who wrote the struct with this clock.
    pub fn writer(&self, client: u64, clock: u32) -> Option<Claim<'_>> {
        self.claim(self.written.get(&client)?.at(clock)?)
    }

    /// Who deleted the struct with this clock.
    pub fn deleter(&self, client: u64, clock: u32) -> Option<Claim<'_>> {
        self.claim(self.deleted.get(&client)?.at(clock)?)
    }

    /// Takes in what another room of the case knows. Where both name a person, a proof stands against hearsay; where both
    /// prove it, and differ, the one known here stands and is disputed from then on.
    pub fn merge(&mut self, other: &Attribution) {
        let users: Vec<u32> = other
            .users
            .names
            .iter()
            .map(|name| self.users.number(name))
            .collect();
        let ours = |mark: Mark| Mark {
            user: users[mark.user as usize],
            ..mark
        };
        for (&client, spans) in &other.written {
            let written = self.written.entry(client).or_default();
            for span in spans.as_slice() {
                written.unite(span.start..span.end, ours(span.value), reconciled);
            }
            self.settle(client);
        }
        for (&client, spans) in &other.deleted {
            let deleted = self.deleted.entry(client).or_default();
            for span in spans.as_slice() {
                deleted.unite(span.start..span.end, ours(span.value), reconciled);
            }
        }
    }

    /// Finds out afresh whose a client id is.
    fn settle(&mut self, client: u64) {
        self.owners.remove(&client);
        let spans = self.written.get(&client).cloned().unwrap_or_default();
        for span in spans.as_slice() {
            self.own(client, span.value);
        }
    }

    fn mark(&mut self, claim: Claim<'_>) -> Mark {
        Mark {
            user: self.users.number(claim.user),
            minute: u32::try_from(claim.at_ms / MINUTE_MS).unwrap_or(u32::MAX),
            proof: claim.proof,
        }
    }

    fn claim(&self, mark: Mark) -> Option<Claim<'_>> {
        Some(Claim {
            user: self.users.names.get(mark.user as usize)?,
            at_ms: u64::from(mark.minute) * MINUTE_MS,
            proof: mark.proof,
        })
    }

    /// A client id belongs to the writer of its lowest clock that is not hearsay. The marks of an id come in the
    /// order of their clocks.
    fn own(&mut self, client: u64, mark: Mark) {
        if mark.proof == Proof::Relayed {
            return;
        }
        let owner = self.owners.entry(client).or_insert(Owner {
            user: mark.user,
            is_disputed: false,
        });
        owner.is_disputed |= owner.user != mark.user || mark.proof == Proof::Disputed;
    }
}

impl Users {
    /// The number of a person, who gets one if there is none yet.
    fn number(&mut self, name: &str) -> u32 {
        if let Some(number) = self.index.get(name) {
            return *number;
        }
        let number = self.names.len() as u32;
        self.names.push(name.to_owned());
        self.index.insert(name.to_owned(), number);
        number
    }
}

/// What two rooms say of one thing, as the one that is asked has it.
fn reconciled(known: Mark, other: Mark) -> Mark {
    match (known.proof, other.proof) {
        (Proof::Relayed, Proof::Proven | Proof::Disputed) => other,
        (Proof::Proven | Proof::Disputed, Proof::Relayed) => known,
        (Proof::Relayed, Proof::Relayed) => known,
        (_, _) if known.user != other.user => Mark {
            proof: Proof::Disputed,
            ..known
        },
        (_, _) => Mark {
            minute: known.minute.min(other.minute),
            proof: known.proof.max(other.proof),
            ..known
        },
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const MORNING_MS: u64 = 1_800_000_000_000;

    fn claim(user: &str, proof: Proof) -> Claim<'_> {
        Claim {
            user,
            at_ms: MORNING_MS,
            proof,
        }
    }

    fn proven(user: &str) -> Claim<'_> {
        claim(user, Proof::Proven)
    }

    #[test]
    fn each_struct_is_its_writers_and_the_time_is_kept_to_the_minute() {
        let mut attribution = Attribution::default();
        attribution.wrote(7, 0..3, proven("azo"));
        let later = Claim {
            at_ms: MORNING_MS + 90_000,
            ..proven("azo")
        };
        attribution.wrote(7, 3..5, later);
        assert_eq!(attribution.writer(7, 2), Some(proven("azo")));
        let to_the_minute = Claim {
            at_ms: MORNING_MS + 60_000,
            ..later
        };
        assert_eq!(attribution.writer(7, 3), Some(to_the_minute));
        assert_eq!(attribution.writer(7, 5), None);
        assert_eq!(attribution.writer(8, 0), None);
        assert_eq!(attribution.owner(7), Some("azo"));
        assert_eq!(attribution.owner(8), None);
    }

    #[test]
    fn who_deletes_does_not_own() {
        let mut attribution = Attribution::default();
        attribution.deleted(7, 0..3, proven("bulgarus"));
        assert_eq!(attribution.deleter(7, 2), Some(proven("bulgarus")));
        assert_eq!(attribution.writer(7, 2), None);
        assert_eq!(attribution.owner(7), None);
    }

    #[test]
    fn what_is_known_stands_against_what_is_said_later() {
        let mut attribution = Attribution::default();
        attribution.wrote(7, 0..3, proven("azo"));
        attribution.wrote(7, 1..5, proven("mallory"));
        assert_eq!(attribution.writer(7, 2), Some(proven("azo")));
        assert_eq!(attribution.writer(7, 3), Some(proven("mallory")));
        assert_eq!(attribution.owner(7), Some("azo"));
        assert!(attribution.is_disputed(7));
    }

    #[test]
    fn what_was_relayed_gives_its_carrier_nothing() {
        let mut attribution = Attribution::default();
        attribution.wrote(7, 0..3, claim("carrier", Proof::Relayed));
        assert_eq!(attribution.owner(7), None);
        attribution.wrote(7, 3..4, proven("azo"));
        assert_eq!(attribution.owner(7), Some("azo"));
        assert!(!attribution.is_disputed(7));
        assert_eq!(
            attribution.writer(7, 0),
            Some(claim("carrier", Proof::Relayed))
        );
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
    fn of_two_proofs_that_differ_the_known_one_stands_disputed() {
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
}
