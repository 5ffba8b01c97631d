//! Who wrote and who deleted what, as the room's sockets proved it: never as the document's own words have it.
//!
//! Every struct has a client id and a clock; every accepted update came through a socket whose person is known. What is
//! kept is, for ranges of clocks, the person, the minute, and how well that is proved. A client id belongs to the person
//! who first wrote under it.

mod coarse;
mod code;
mod merging;
#[cfg(test)]
mod random;
mod spans;

use std::{collections::BTreeMap, ops::Range};

use self::spans::{Span, Spans};

pub use self::{
    code::UnreadableAttribution,
    merging::{UnitedAttribution, unite_attributions},
};

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
        let span = Span {
            start: clocks.start,
            end: clocks.end,
            value: mark,
        };
        written.unite(span, |known, _| known);
        if is_next {
            self.own(client, &[span]);
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
        let span = Span {
            start: clocks.start,
            end: clocks.end,
            value: mark,
        };
        deleted.unite(span, |known, _| known);
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

    /// Finds out afresh whose a client id is.
    fn settle(&mut self, client: u64) {
        let spans = self.written.get(&client).map(Spans::as_slice);
        let owner = owner_after(None, spans.unwrap_or_default());
        match owner {
            Some(owner) => self.owners.insert(client, owner),
            None => self.owners.remove(&client),
        };
    }

    /// Takes note of whose a client id is, once these spans have come behind all that were known.
    fn own(&mut self, client: u64, behind: &[Span<Mark>]) {
        let owner = owner_after(self.owners.get(&client).copied(), behind);
        if let Some(owner) = owner {
            self.owners.insert(client, owner);
        }
    }

    /// Forgets everything that lies beyond the clocks which a document has reached: it may be behind what is said of it.
    pub fn clip(&mut self, reached: impl Fn(u64) -> u32) {
        for table in [&mut self.written, &mut self.deleted] {
            table.retain(|client, spans| {
                spans.truncate(reached(*client));
                !spans.as_slice().is_empty()
            });
        }
        self.settle_all();
    }

    fn settle_all(&mut self) {
        let settled = self.written.iter().filter_map(|(client, spans)| {
            let owner = owner_after(None, spans.as_slice())?;
            Some((*client, owner))
        });
        self.owners = settled.collect();
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

/// A client id belongs to the writer of its lowest clock that is not hearsay. Whose it was before these spans, which come
/// in the order of their clocks, stands.
fn owner_after(before: Option<Owner>, spans: &[Span<Mark>]) -> Option<Owner> {
    let marks = spans.iter().map(|span| span.value);
    let proven = marks.filter(|mark| mark.proof != Proof::Relayed);
    proven.fold(before, |owner, mark| {
        let owner = owner.unwrap_or(Owner {
            user: mark.user,
            is_disputed: false,
        });
        let differs = owner.user != mark.user || mark.proof == Proof::Disputed;
        Some(Owner {
            is_disputed: owner.is_disputed || differs,
            ..owner
        })
    })
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
}
