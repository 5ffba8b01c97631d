//! Ranges of clocks, each with one value: disjoint, in order, and never two neighbours that could be one.

use std::ops::Range;

/// Up to so many spans are united one by one; more in one pass over all.
const SINGLE_UNIONS_MAX: usize = 16;

/// One range and what holds for all of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Span<T> {
    pub(super) start: u32,
    pub(super) end: u32,
    pub(super) value: T,
}

/// What is known of the clocks of one client.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Spans<T> {
    spans: Vec<Span<T>>,
}

impl<T> Default for Spans<T> {
    fn default() -> Self {
        Self { spans: Vec::new() }
    }
}

impl<T: Copy + PartialEq> Spans<T> {
    pub(super) fn as_slice(&self) -> &[Span<T>] {
        &self.spans
    }

    /// What holds for one clock.
    pub(super) fn at(&self, clock: u32) -> Option<T> {
        let next = self.spans.partition_point(|span| span.end <= clock);
        let span = self.spans.get(next)?;
        (span.start <= clock).then_some(span.value)
    }

    /// The clock behind all of which anything is known.
    pub(super) fn end(&self) -> u32 {
        self.spans.last().map_or(0, |last| last.end)
    }

    /// Forgets everything from this clock on.
    pub(super) fn truncate(&mut self, end: u32) {
        let left = self.spans.partition_point(|span| span.start < end);
        self.spans.truncate(left);
        if let Some(last) = self.spans.last_mut() {
            last.end = last.end.min(end);
        }
    }

    /// Lets each value be what `change` makes of it.
    pub(super) fn change(&mut self, change: impl Fn(T) -> T) {
        let mut changed = Vec::new();
        for span in &self.spans {
            push(&mut changed, span.start..span.end, change(span.value));
        }
        self.spans = changed;
    }

    /// Unites many spans, in order and disjoint, in one pass over both. Few are united one by one.
    pub(super) fn unite_all(&mut self, others: &[Span<T>], both: impl Fn(T, T) -> T) {
        if others.len() <= SINGLE_UNIONS_MAX {
            for span in others {
                self.unite(*span, &both);
            }
            return;
        }
        let mut united = Vec::with_capacity(self.spans.len() + others.len());
        let (mut known, mut new) = (self.spans.iter().copied(), others.iter().copied());
        let (mut one, mut other) = (known.next(), new.next());
        loop {
            match (&mut one, &mut other) {
                (None, None) => break,
                (Some(left), Some(right)) if left.start < right.end && right.start < left.end => {
                    let start = left.start.max(right.start);
                    let end = left.end.min(right.end);
                    push(&mut united, left.start..start, left.value);
                    push(&mut united, right.start..start, right.value);
                    push(&mut united, start..end, both(left.value, right.value));
                    (left.start, right.start) = (end, end);
                }
                (Some(left), right)
                    if right.as_ref().is_none_or(|right| left.end <= right.start) =>
                {
                    push(&mut united, left.start..left.end, left.value);
                    left.start = left.end;
                }
                (_, Some(right)) => {
                    push(&mut united, right.start..right.end, right.value);
                    right.start = right.end;
                }
                (Some(_), None) => break,
            }
            if one.is_some_and(|span| span.start == span.end) {
                one = known.next();
            }
            if other.is_some_and(|span| span.start == span.end) {
                other = new.next();
            }
        }
        self.spans = united;
    }

    /// Lets a value hold for the part of its range of which nothing is known, and what `both` makes of the known value
    /// and this one for the rest. An empty range changes nothing.
    pub(super) fn unite(&mut self, span: Span<T>, both: impl Fn(T, T) -> T) {
        let (range, value) = (span.start..span.end, span.value);
        if range.is_empty() {
            return;
        }
        // Most of what is recorded follows what was recorded last.
        if self.spans.last().is_none_or(|last| last.end <= range.start) {
            return push(&mut self.spans, range, value);
        }
        let first = self.spans.partition_point(|span| span.end < range.start);
        let after = self.spans.partition_point(|span| span.start <= range.end);
        let touched: Vec<Span<T>> = self.spans.drain(first..after).collect();
        let mut united = Vec::with_capacity(2 * touched.len() + 1);
        let mut at = range.start;
        for span in touched {
            push(
                &mut united,
                span.start..span.end.min(range.start),
                span.value,
            );
            let known = span.start.max(range.start)..span.end.min(range.end);
            if !known.is_empty() {
                push(&mut united, at..known.start, value);
                push(&mut united, known.clone(), both(span.value, value));
                at = known.end;
            }
            if span.end > range.end {
                push(&mut united, at..range.end, value);
                at = range.end;
                push(&mut united, span.start.max(range.end)..span.end, span.value);
            }
        }
        push(&mut united, at..range.end, value);
        self.spans.splice(first..first, united);
    }
}

/// Appends a range behind all others; one that continues the last with the same value becomes part of it.
fn push<T: Copy + PartialEq>(spans: &mut Vec<Span<T>>, range: Range<u32>, value: T) {
    if range.is_empty() {
        return;
    }
    match spans.last_mut() {
        Some(last) if last.end == range.start && last.value == value => last.end = range.end,
        Some(_) | None => spans.push(Span {
            start: range.start,
            end: range.end,
            value,
        }),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::attribution::random::Random;

    fn span(range: Range<u32>, value: u8) -> Span<u8> {
        Span {
            start: range.start,
            end: range.end,
            value,
        }
    }

    /// The same as one value for each clock.
    type Naive = [Option<u8>; 64];

    fn naive(spans: &Spans<u8>) -> Naive {
        std::array::from_fn(|clock| spans.at(clock as u32))
    }

    #[test]
    fn spans_agree_with_one_value_for_each_clock() {
        let keep_larger = |known: u8, new: u8| known.max(new);
        for seed in 0..2_000 {
            let mut random = Random::new(seed);
            let mut spans = Spans::default();
            let mut model: Naive = [None; 64];
            for _ in 0..random.below(40) {
                let start = random.below(64);
                let end = start + random.below(65 - start);
                let value = random.below(3) as u8;
                spans.unite(span(start as u32..end as u32, value), keep_larger);
                for known in &mut model[start as usize..end as usize] {
                    *known = Some(known.map_or(value, |known| keep_larger(known, value)));
                }
                assert_eq!(naive(&spans), model, "seed {seed}");
            }
            let is_in_order = spans.as_slice().windows(2).all(|pair| {
                let is_joined = pair[0].end == pair[1].start && pair[0].value == pair[1].value;
                pair[0].end <= pair[1].start && !is_joined
            });
            assert!(is_in_order, "seed {seed}: {spans:?}");
        }
    }

    #[test]
    fn many_spans_are_united_as_each_for_itself() {
        let keep_larger = |known: u8, new: u8| known.max(new);
        let some = |random: &mut Random| {
            let mut spans = Spans::default();
            let mut at = 0;
            for _ in 0..random.below(60) {
                let start = at + random.below(4) as u32;
                at = start + 1 + random.below(4) as u32;
                let value = random.below(3) as u8;
                spans.unite(span(start..at, value), keep_larger);
            }
            spans
        };
        for seed in 0..2_000 {
            let mut random = Random::new(seed);
            let (mut one_by_one, others) = (some(&mut random), some(&mut random));
            let mut at_once = one_by_one.clone();
            at_once.unite_all(others.as_slice(), keep_larger);
            for other in others.as_slice() {
                one_by_one.unite(*other, keep_larger);
            }
            assert_eq!(at_once, one_by_one, "seed {seed}");
        }
    }
}
