//! What the document holds at each clock, as far as it decides where something new may stand.

use std::ops::Range;

use annotation::{Part, Thing};

use crate::decode::{Refusal, limits};

/// What one clock of one client is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Mark {
    /// A tombstone without a place: what would stand beside or in it becomes one as well.
    Gone,
    /// An item in a list or text, or an entry of a map.
    Placed(Place),
}

/// Where an item stands and what may stand in it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Place {
    /// Shared types around it; 1 in a root type.
    pub(crate) depth: u8,
    /// The number of the innermost of them.
    pub(crate) inside: u32,
    /// Whether it is an entry of a map, as against an element of a sequence.
    pub(crate) is_entry: bool,
    pub(crate) holds: Holds,
    pub(crate) within: Within,
    /// The part of `within` that it is, or stands in.
    pub(crate) part: Part,
}

/// What around an item decides who may write there.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Within {
    /// Nothing: it is in a root type of which nothing belongs to anybody.
    Free,
    /// In a root map of things, but in none of its entries. No client has a reason to write there.
    Root(Thing),
    /// In this one of the document's entries.
    Entry(u32),
}

/// What an item can be to others.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Holds {
    /// A value: nothing stands in it.
    Value,
    /// Where a format begins or ends: a value that no reader of the text sees.
    Format,
    /// The shared type of this number: others may stand in it.
    Type(u32),
    /// Deleted content: what stands in it becomes a tombstone.
    Nothing,
}

/// The marks of one client from its first clock on, run-length encoded.
#[derive(Clone, Debug, Default)]
pub(crate) struct Marks {
    /// Where each run starts, and what it consists of.
    runs: Vec<(u32, Mark)>,
}

impl Marks {
    /// Appends a run. `start` must not be below any start appended before.
    pub(crate) fn push(&mut self, start: u32, mark: Mark) {
        if self.runs.last().is_none_or(|&(_, last)| last != mark) {
            self.runs.push((start, mark));
        }
    }

    pub(crate) fn append(&mut self, later: &Marks) {
        for &(start, mark) in &later.runs {
            self.push(start, mark);
        }
    }

    /// The runs, each with its mark and where it starts.
    pub(crate) fn runs(&self) -> &[(u32, Mark)] {
        &self.runs
    }

    /// The parts of a covered range that have one mark each.
    pub(crate) fn within(&self, range: Range<u32>) -> impl Iterator<Item = (Range<u32>, Mark)> {
        let after = self
            .runs
            .partition_point(|&(start, _)| start <= range.start);
        let first = after.saturating_sub(1);
        let ends = self.runs[after.min(self.runs.len())..]
            .iter()
            .map(|&(start, _)| start)
            .chain([u32::MAX]);
        self.runs[first..]
            .iter()
            .zip(ends)
            .take_while(move |((start, _), _)| *start < range.end)
            .map(move |(&(start, mark), end)| (start.max(range.start)..end.min(range.end), mark))
    }

    /// The mark of a clock that is covered.
    pub(crate) fn at(&self, clock: u32) -> Mark {
        match self.runs.partition_point(|&(start, _)| start <= clock) {
            0 => Mark::Gone,
            after => self.runs[after - 1].1,
        }
    }
}

impl Mark {
    /// Whether it is a map entry with content.
    pub(crate) fn is_living_entry(self) -> bool {
        matches!(
            self,
            Mark::Placed(Place {
                is_entry: true,
                holds: Holds::Value | Holds::Format | Holds::Type(_),
                ..
            })
        )
    }
}

impl Place {
    /// A place in a root type, which has the number `inside`.
    pub(crate) fn in_root(name: &str, inside: u32, key: Option<&str>, holds: Holds) -> Place {
        let thing = Thing::of_root(name);
        Place {
            depth: 1,
            inside,
            is_entry: key.is_some(),
            holds,
            within: thing.map_or(Within::Free, Within::Root),
            part: match (thing, key) {
                (Some(_), Some(_)) => Part::Whole,
                (None, _) | (_, None) => Part::Content,
            },
        }
    }

    /// A place in the shared type `inside` that the item at this one holds; `thing` is what that is an entry of, if it
    /// is one.
    pub(crate) fn inside(
        self,
        inside: u32,
        key: Option<&str>,
        thing: Option<Thing>,
        holds: Holds,
    ) -> Place {
        let part = match (self.part, key, thing) {
            (Part::Whole, Some(key), Some(thing)) => thing.part(key),
            (Part::Whole, _, _) => Part::Content,
            (part, _, _) => part,
        };
        Place {
            depth: self.depth.saturating_add(1),
            inside,
            is_entry: key.is_some(),
            holds,
            part,
            ..self
        }
    }

    /// A place between two others, where the left one decides.
    pub(crate) fn between(left: Place, right: Place, holds: Holds) -> Place {
        Place {
            depth: left.depth.max(right.depth),
            is_entry: left.is_entry || right.is_entry,
            holds,
            ..left
        }
    }

    /// # Errors
    /// If it is too deep.
    pub(crate) fn check_depth(self) -> Result<Place, Refusal> {
        if u32::from(self.depth) > limits::DEPTH_MAX {
            Err(Refusal::TooDeep {
                max: limits::DEPTH_MAX,
            })
        } else {
            Ok(self)
        }
    }
}
