//! What the document holds at each clock, as far as it decides where something new may stand.

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
    /// Whether it is an entry of a map, as against an element of a sequence.
    pub(crate) is_entry: bool,
    pub(crate) holds: Holds,
}

/// What an item can be to others.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Holds {
    /// A value: nothing stands in it.
    Value,
    /// A shared type: others may stand in it.
    Type,
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
                holds: Holds::Value | Holds::Type,
                ..
            })
        )
    }
}

impl Place {
    /// A place in a shared type around which there are `depth` others.
    pub(crate) fn inside(depth: u8, is_entry: bool, holds: Holds) -> Place {
        Place {
            depth: depth.saturating_add(1),
            is_entry,
            holds,
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
