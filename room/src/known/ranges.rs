//! Sets of clocks, as ranges.

use std::ops::Range;

/// A set of clocks of one client: ranges in order that neither overlap nor touch.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Ranges {
    ranges: Vec<Range<u32>>,
}

/// Up to so many ranges are inserted one by one; more are merged in one pass over both sets.
const SINGLE_INSERTS_MAX: usize = 16;

impl Ranges {
    pub(crate) fn as_slice(&self) -> &[Range<u32>] {
        &self.ranges
    }

    /// The set of all that is in some of these ranges.
    pub(crate) fn from_unordered(mut ranges: Vec<Range<u32>>) -> Ranges {
        ranges.sort_unstable_by_key(|range| range.start);
        let mut set = Ranges::default();
        for range in ranges {
            // In order of their starts, each is appended or extends the last one.
            set.insert(range);
        }
        set
    }

    pub(crate) fn contains(&self, clock: u32) -> bool {
        let after = self.ranges.partition_point(|known| known.start <= clock);
        after > 0 && clock < self.ranges[after - 1].end
    }

    pub(crate) fn insert(&mut self, range: Range<u32>) {
        if range.is_empty() {
            return;
        }
        // Everything from `first` to before `after` overlaps or touches the new range.
        let first = self.ranges.partition_point(|known| known.end < range.start);
        let after = first + self.ranges[first..].partition_point(|known| known.start <= range.end);
        if first == after {
            self.ranges.insert(first, range);
            return;
        }
        let start = self.ranges[first].start.min(range.start);
        let end = self.ranges[after - 1].end.max(range.end);
        self.ranges[first] = start..end;
        self.ranges.drain(first + 1..after);
    }

    pub(crate) fn union(&mut self, other: &Ranges) {
        if other.ranges.len() <= SINGLE_INSERTS_MAX || self.ranges.is_empty() {
            for range in &other.ranges {
                self.insert(range.clone());
            }
            return;
        }
        let mut merged = Ranges {
            ranges: Vec::with_capacity(self.ranges.len() + other.ranges.len()),
        };
        let (mut left, mut right) = (
            self.ranges.iter().peekable(),
            other.ranges.iter().peekable(),
        );
        while let Some(next) = match (left.peek(), right.peek()) {
            (Some(a), Some(b)) if a.start <= b.start => left.next(),
            (Some(_), None) => left.next(),
            _ => right.next(),
        } {
            // Starts never fall, so this only ever appends or extends the last range.
            merged.insert(next.clone());
        }
        *self = merged;
    }

    /// Shows the parts of `range` that are not in the set, in order.
    pub(crate) fn missing(&self, range: Range<u32>, mut visit: impl FnMut(Range<u32>)) {
        let mut from = range.start;
        let first = self
            .ranges
            .partition_point(|known| known.end <= range.start);
        for known in &self.ranges[first..] {
            if known.start >= range.end {
                break;
            }
            if known.start > from {
                visit(from..known.start);
            }
            from = from.max(known.end);
        }
        if from < range.end {
            visit(from..range.end);
        }
    }
}
