//! Telling again (SPEC sections 5 and 10): who speaks `glossator.v1` does not renew its presence, and stock clients forget
//! what is not renewed.

use std::collections::BTreeSet;

use super::{ENTRY_OVERHEAD_BYTES, Entry, Presence, PresenceId, Renewal};
use crate::{
    limits::{PRESENCE_CLOCK_START, PRESENCE_RETELL_MS, PRESENCE_TICK_BYTES_MAX},
    time::Timestamp,
};

/// A clock that no client outruns for long, whatever it does: it counts tenths of seconds, for 13 years.
fn clock_of_day(now: Timestamp) -> u32 {
    let tenths = now.millis_since(PRESENCE_CLOCK_START) / 100;
    u32::try_from(tenths).unwrap_or(u32::MAX)
}

impl Presence {
    /// When somebody is to be told again to those who forget.
    pub(crate) fn next_retelling(&self) -> Option<Timestamp> {
        self.retell_at
    }

    /// Raises the clocks of those who were not told for too long, as many as may leave at once to so many sockets, and
    /// answers who they are.
    pub(crate) fn retell(&mut self, now: Timestamp, sockets: usize) -> BTreeSet<PresenceId> {
        let mut bytes_left = PRESENCE_TICK_BYTES_MAX / sockets.max(1);
        let mut told = BTreeSet::new();
        for (id, entry) in &mut self.entries {
            let is_due = entry.retell_at(now).is_some_and(|at| at <= now);
            if is_due && bytes_left > 0 && !self.changed.contains(id) {
                let state = entry.state.as_deref().map_or(0, str::len);
                bytes_left = bytes_left.saturating_sub(state + ENTRY_OVERHEAD_BYTES);
                entry.raised = entry.raised.saturating_add(1);
                entry.note_told(now);
                told.insert(*id);
            }
        }
        let waiting = self.entries.values();
        self.retell_at = waiting.filter_map(|entry| entry.retell_at(now)).min();
        told
    }

    /// Those of whom others were told before hibernation and nothing is known since.
    pub(crate) fn without_state(&self) -> BTreeSet<PresenceId> {
        let is_unknown = |entry: &Entry| entry.state.is_none();
        self.entries
            .iter()
            .filter(|(_, entry)| is_unknown(entry))
            .map(|(id, _)| *id)
            .collect()
    }

    pub(super) fn note_told(&mut self, now: Timestamp, id: PresenceId) {
        if let Some(entry) = self.entries.get_mut(&id) {
            entry.note_told(now);
        }
        self.watch(id);
    }

    /// Sees to it that an entry is looked at when it is silent for too long or not told for too long.
    pub(super) fn watch(&mut self, id: PresenceId) {
        let Some(entry) = self.entries.get(&id) else {
            return;
        };
        let earlier = |one: Option<Timestamp>, other: Option<Timestamp>| {
            [one, other].into_iter().flatten().min()
        };
        self.sweep_at = earlier(self.sweep_at, entry.silent_at());
        let as_of = entry.told_at.unwrap_or(entry.heard);
        self.retell_at = earlier(self.retell_at, entry.retell_at(as_of));
    }
}

impl Entry {
    /// Raises what is told of an entry that is not renewed to the clock of the day. Whoever was told of it before the room
    /// lost its memory knows it under a higher clock than its client counts, and a renewal would not mend that.
    fn note_told(&mut self, now: Timestamp) {
        self.told_at = Some(now);
        match self.renewal {
            Renewal::Needed => {}
            Renewal::NotNeeded => {
                let of_day = clock_of_day(now).saturating_sub(self.clock);
                self.raised = self.raised.max(of_day);
            }
        }
    }

    /// When others are to be told again. What was told before hibernation is told at once when it is known again. A
    /// clock that stepped back puts nothing off.
    fn retell_at(&self, now: Timestamp) -> Option<Timestamp> {
        match self.renewal {
            Renewal::NotNeeded if self.state.is_some() => Some(
                self.told_at
                    .map_or(now, |at| at.min(now) + PRESENCE_RETELL_MS),
            ),
            Renewal::NotNeeded | Renewal::Needed => None,
        }
    }
}
