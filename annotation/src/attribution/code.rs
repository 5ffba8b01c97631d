//! How an attribution is stored: what is equal encodes equally, and nothing is believed of the bytes that are read.
//!
//! A version (1), the persons in order of their names, then what was written and what was deleted: the clients in
//! order, each with its spans. A span is the clocks between it and the one before, its length, its minute as the
//! difference to that of the one before, and the person's place with the proof in the lowest two bits. Numbers are
//! variable-length, seven bits a byte, the lowest first; a number has one spelling.

use std::collections::{BTreeMap, BTreeSet};

use super::{
    Attribution, Mark, Proof, Users,
    spans::{Span, Spans},
};
use crate::limits::{ATTRIBUTION_BYTES_MAX, USER_BYTES_MAX};

const VERSION: u64 = 1;
/// Client ids of Yjs are whole numbers that a double can hold.
const CLIENT_END: u64 = 1 << 53;

/// Bytes that are no attribution.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the bytes are no attribution: {what}")]
pub struct UnreadableAttribution {
    what: &'static str,
}

const fn unreadable(what: &'static str) -> UnreadableAttribution {
    UnreadableAttribution { what }
}

impl Attribution {
    /// Encodes all that is known, or as much of it as fits (see `coarsen`): what is too long, nobody could read again.
    pub fn encode(&self) -> Vec<u8> {
        let bytes = self.encode_all();
        if bytes.len() <= ATTRIBUTION_BYTES_MAX {
            return bytes;
        }
        let mut coarse = self.clone();
        coarse.coarsen();
        coarse.encode_all()
    }

    pub(super) fn encode_all(&self) -> Vec<u8> {
        let named = self.named();
        let names: Vec<&str> = named.iter().map(|(name, _)| *name).collect();
        let places: BTreeMap<u32, u64> = (0..)
            .zip(&named)
            .map(|(place, (_, user))| (*user, place))
            .collect();
        let mut bytes = Vec::new();
        write(&mut bytes, VERSION);
        write(&mut bytes, names.len() as u64);
        for name in names {
            write(&mut bytes, name.len() as u64);
            bytes.extend_from_slice(name.as_bytes());
        }
        for table in [&self.written, &self.deleted] {
            write(&mut bytes, table.len() as u64);
            for (client, spans) in table {
                write(&mut bytes, *client);
                write_spans(&mut bytes, spans, |user| places[&user]);
            }
        }
        bytes
    }

    /// The persons to whom anything is put down, in the order of their names, with their numbers.
    fn named(&self) -> Vec<(&str, u32)> {
        let tables = [&self.written, &self.deleted];
        let spans = tables.into_iter().flat_map(BTreeMap::values);
        let users: BTreeSet<u32> = spans
            .flat_map(|spans| spans.as_slice())
            .map(|span| span.value.user)
            .collect();
        let persons = self.users.index.iter();
        persons
            .filter(|(_, user)| users.contains(user))
            .map(|(name, user)| (name.as_str(), *user))
            .collect()
    }

    /// Reads what `encode` wrote, to the last byte or not at all.
    ///
    /// # Errors
    /// If the bytes are anything else: too many, cut off, out of order, not as `encode` would write them.
    pub fn decode(bytes: &[u8]) -> Result<Attribution, UnreadableAttribution> {
        if bytes.len() > ATTRIBUTION_BYTES_MAX {
            return Err(unreadable("it is too long"));
        }
        let mut reader = Reader { bytes };
        if reader.number()? != VERSION {
            return Err(unreadable("it has another version"));
        }
        let users = reader.users()?;
        let persons = users.names.len() as u64;
        let mut attribution = Attribution {
            users,
            ..Attribution::default()
        };
        attribution.written = reader.table(persons)?;
        attribution.deleted = reader.table(persons)?;
        if !reader.bytes.is_empty() {
            return Err(unreadable("something follows it"));
        }
        if attribution.named().len() as u64 != persons {
            return Err(unreadable("it names somebody for nothing"));
        }
        attribution.settle_all();
        Ok(attribution)
    }
}

/// How many bytes the spans of one client take, about: places of persons are not yet given.
pub(super) fn spans_bytes(spans: &Spans<Mark>) -> usize {
    let mut bytes = Vec::new();
    write_spans(&mut bytes, spans, u64::from);
    bytes.len()
}

fn write_spans(bytes: &mut Vec<u8>, spans: &Spans<Mark>, place_of: impl Fn(u32) -> u64) {
    write(bytes, spans.as_slice().len() as u64);
    let (mut end, mut minute) = (0, 0);
    for span in spans.as_slice() {
        let mark = span.value;
        write(bytes, u64::from(span.start - end));
        write(bytes, u64::from(span.end - span.start));
        write(bytes, zigzag(i64::from(mark.minute) - minute));
        write(bytes, place_of(mark.user) << 2 | proof_bits(mark.proof));
        (end, minute) = (span.end, i64::from(mark.minute));
    }
}

const fn proof_bits(proof: Proof) -> u64 {
    match proof {
        Proof::Proven => 0,
        Proof::Relayed => 1,
        Proof::Disputed => 2,
    }
}

const fn zigzag(number: i64) -> u64 {
    ((number << 1) ^ (number >> 63)).cast_unsigned()
}

const fn unzigzag(number: u64) -> i64 {
    (number >> 1).cast_signed() ^ -(number & 1).cast_signed()
}

fn write(bytes: &mut Vec<u8>, mut number: u64) {
    while number >= 0x80 {
        bytes.push(number as u8 | 0x80);
        number >>= 7;
    }
    bytes.push(number as u8);
}

struct Reader<'a> {
    bytes: &'a [u8],
}

impl<'a> Reader<'a> {
    fn number(&mut self) -> Result<u64, UnreadableAttribution> {
        let mut number = 0u64;
        for shift in (0..63).step_by(7) {
            let (&byte, rest) = self
                .bytes
                .split_first()
                .ok_or(unreadable("it is cut off"))?;
            self.bytes = rest;
            number |= u64::from(byte & 0x7f) << shift;
            if byte < 0x80 {
                let is_padded = byte == 0 && shift > 0;
                return if is_padded {
                    Err(unreadable("a number is padded"))
                } else {
                    Ok(number)
                };
            }
        }
        Err(unreadable("a number is too large"))
    }

    /// A count of things that take at least so many bytes each.
    fn count(&mut self, bytes_each: usize) -> Result<u64, UnreadableAttribution> {
        let count = self.number()?;
        if count > (self.bytes.len() / bytes_each) as u64 {
            return Err(unreadable("a count exceeds the bytes that are left"));
        }
        Ok(count)
    }

    fn clock(&mut self) -> Result<u32, UnreadableAttribution> {
        u32::try_from(self.number()?).map_err(|_| unreadable("a clock is too large"))
    }

    fn text(&mut self) -> Result<&'a str, UnreadableAttribution> {
        let length = self.count(1)? as usize;
        if length > USER_BYTES_MAX {
            return Err(unreadable("a person's id is too long"));
        }
        let (text, rest) = self.bytes.split_at(length);
        self.bytes = rest;
        std::str::from_utf8(text).map_err(|_| unreadable("a person's id is no UTF-8"))
    }

    fn users(&mut self) -> Result<Users, UnreadableAttribution> {
        let mut users = Users::default();
        for number in 0..self.count(1)? {
            let name = self.text()?;
            if users.names.last().is_some_and(|last| last.as_str() >= name) {
                return Err(unreadable("persons are out of order"));
            }
            users.names.push(name.to_owned());
            users.index.insert(name.to_owned(), number as u32);
        }
        Ok(users)
    }

    fn table(&mut self, persons: u64) -> Result<BTreeMap<u64, Spans<Mark>>, UnreadableAttribution> {
        let mut table = BTreeMap::new();
        for _ in 0..self.count(2)? {
            let client = self.number()?;
            let is_in_order = table
                .last_key_value()
                .is_none_or(|(last, _)| *last < client);
            if !is_in_order || client >= CLIENT_END {
                return Err(unreadable("client ids are out of order"));
            }
            table.insert(client, self.spans(persons)?);
        }
        Ok(table)
    }

    fn spans(&mut self, persons: u64) -> Result<Spans<Mark>, UnreadableAttribution> {
        let mut spans = Spans::default();
        let (mut end, mut minute) = (0u32, 0i64);
        let count = self.count(4)?;
        if count == 0 {
            return Err(unreadable("a client id has no spans"));
        }
        for place in 1..=count {
            let (gap, length) = (self.clock()?, self.clock()?);
            let start = end.checked_add(gap);
            let clocks = start.and_then(|start| Some(start..start.checked_add(length)?));
            let clocks = clocks.filter(|clocks| !clocks.is_empty());
            let clocks = clocks.ok_or(unreadable("a span is empty or ends beyond all clocks"))?;
            minute = minute.saturating_add(unzigzag(self.number()?));
            let person = self.number()?;
            let mark = Mark {
                user: u32::try_from(person >> 2)
                    .ok()
                    .filter(|user| u64::from(*user) < persons)
                    .ok_or(unreadable("a span names nobody"))?,
                minute: u32::try_from(minute)
                    .map_err(|_| unreadable("a minute is out of range"))?,
                proof: match person & 3 {
                    0 => Proof::Proven,
                    1 => Proof::Relayed,
                    2 => Proof::Disputed,
                    _ => return Err(unreadable("a proof is unknown")),
                },
            };
            end = clocks.end;
            let span = Span {
                start: clocks.start,
                end: clocks.end,
                value: mark,
            };
            spans.unite(span, |known, _| known);
            if spans.as_slice().len() as u64 != place {
                return Err(unreadable("two spans could be one"));
            }
        }
        Ok(spans)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::attribution::{Claim, random::Random};

    fn some(seed: u64) -> Attribution {
        let mut random = Random::new(seed);
        let mut attribution = Attribution::default();
        for _ in 0..random.below(30) {
            let user = format!("person-{}", random.below(4));
            let claim = Claim {
                user: &user,
                at_ms: 1_800_000_000_000 + random.below(600_000),
                proof: [Proof::Proven, Proof::Relayed, Proof::Disputed][random.below(3) as usize],
            };
            let client = [3, 1 << 33, CLIENT_END - 1][random.below(3) as usize];
            let start = random.below(50) as u32;
            let clocks = start..start + random.below(9) as u32;
            if random.below(3) == 0 {
                attribution.deleted(client, clocks, claim);
            } else {
                attribution.wrote(client, clocks, claim);
            }
        }
        attribution
    }

    #[test]
    fn what_was_encoded_is_read_back() {
        for seed in 0..500 {
            let attribution = some(seed);
            let bytes = attribution.encode();
            let read = Attribution::decode(&bytes).unwrap();
            assert_eq!(read.encode(), bytes, "seed {seed}");
            for client in [3, 1 << 33, CLIENT_END - 1] {
                assert_eq!(read.owner(client), attribution.owner(client), "seed {seed}");
                assert_eq!(read.is_disputed(client), attribution.is_disputed(client));
                for clock in 0..60 {
                    assert_eq!(
                        read.writer(client, clock),
                        attribution.writer(client, clock)
                    );
                    assert_eq!(
                        read.deleter(client, clock),
                        attribution.deleter(client, clock)
                    );
                }
            }
        }
    }

    #[test]
    fn what_is_equal_encodes_equally_in_whatever_order_it_was_learnt() {
        let at = |user| Claim {
            user,
            at_ms: 0,
            proof: Proof::Proven,
        };
        let (mut one, mut other) = (Attribution::default(), Attribution::default());
        one.wrote(1, 0..2, at("azo"));
        one.wrote(2, 0..2, at("bulgarus"));
        other.wrote(2, 0..1, at("bulgarus"));
        other.wrote(1, 0..2, at("azo"));
        other.wrote(2, 1..2, at("bulgarus"));
        other.wrote(1, 0..2, at("nobody who wrote it"));
        other.wrote(5, 4..4, at("azo"));
        assert_eq!(one.encode(), other.encode());
    }

    #[test]
    fn what_is_read_is_what_would_be_written_or_nothing() {
        for seed in 0..200 {
            let bytes = some(seed).encode();
            for end in 0..bytes.len() {
                assert!(
                    Attribution::decode(&bytes[..end]).is_err(),
                    "seed {seed}, cut at {end}"
                );
            }
            for at in 0..bytes.len() {
                for bit in 0..8 {
                    let mut changed = bytes.clone();
                    changed[at] ^= 1 << bit;
                    if let Ok(read) = Attribution::decode(&changed) {
                        assert_eq!(read.encode(), changed, "seed {seed}, bit {bit} of {at}");
                    }
                }
            }
            let longer = [bytes.as_slice(), &[0]].concat();
            assert!(Attribution::decode(&longer).is_err());
        }
    }

    #[test]
    fn counts_that_the_bytes_cannot_hold_are_refused_before_anything_is_made() {
        for bytes in [
            &[1, 0xff, 0xff, 0xff, 0x7f][..],
            &[1, 0, 0xff, 0xff, 0x7f],
            &[1, 0, 1, 1, 0xff, 0xff, 0x7f],
            &[1, 1, 0xff, 0xff, 0x7f],
        ] {
            assert!(Attribution::decode(bytes).is_err(), "{bytes:?}");
        }
        let long = vec![0; ATTRIBUTION_BYTES_MAX + 1];
        assert_eq!(
            Attribution::decode(&long).unwrap_err(),
            unreadable("it is too long")
        );
    }
}
