//! When the room wants to be called again: by the object's one alarm for what must outlive its memory, by a timer for
//! what may be lost with it (SPEC section 1).

use crate::{effect::Effect, mutation::Mutation, time::Timestamp};

use super::{Phase, Room};

/// What is due already but waits for something else is looked at again so much later, not at once.
const LOOK_AGAIN_MS: u64 = 100;

impl Room {
    pub(super) fn next_alarm(&self, now: Timestamp) -> Option<Timestamp> {
        let connected = !self.sessions.is_empty();
        let wakes_for_archive = self.is_dirty() && !self.planted.is(Mutation::NoAlarmWhileDirty);
        let archive = wakes_for_archive.then(|| self.archiving.due(now, connected));
        let restore = match &self.phase {
            Phase::Restoring(inquiry) if self.is_awaited() => inquiry.next(connected),
            Phase::Restoring(_)
            | Phase::Asleep
            | Phase::Open
            | Phase::Deleted
            | Phase::Unreadable => None,
        };
        let check = self
            .may_check()
            .then(|| self.check.next(connected))
            .flatten();
        let report = self.deletion_report.next(false);
        let reread = matches!(self.phase, Phase::Unreadable)
            .then(|| self.rereading.retry_at(false))
            .flatten();
        let presence = connected
            .then(|| {
                [
                    self.keepalive_at,
                    self.presence.next_sweep(),
                    self.next_retelling(),
                    self.sweep_at,
                    self.sessions.next_end(),
                    self.next_ruling(),
                    self.next_condition(),
                ]
            })
            .into_iter()
            .flatten()
            .flatten();
        [archive, restore, check, report, reread]
            .into_iter()
            .flatten()
            .chain(presence)
            .min()
    }

    pub(super) fn next_timer(&self) -> Option<Timestamp> {
        [
            self.sessions.next_greeting(),
            self.next_turn(),
            self.next_tick(),
            self.presence.next_tick(self.sessions.len()),
        ]
        .into_iter()
        .flatten()
        .min()
    }

    /// Orders the alarm, first in the list so that it is stored with what made it necessary. One that is stored and
    /// not later will do: it fires, and the room looks again.
    pub(super) fn store_alarm(&mut self, now: Timestamp, effects: &mut Vec<Effect>) {
        let Some(at) = self.next_alarm(now) else {
            return;
        };
        if self
            .alarm
            .is_some_and(|stored| stored <= at && stored > now)
        {
            return;
        }
        let at = at.max(now + LOOK_AGAIN_MS);
        self.alarm = Some(at);
        let order = Effect::SetAlarm { at };
        match self.phase {
            // Its store may fail this order too, which must not keep the sockets from being closed.
            Phase::Unreadable => effects.push(order),
            Phase::Asleep | Phase::Restoring(_) | Phase::Open | Phase::Deleted => {
                effects.insert(0, order);
            }
        }
    }
}
