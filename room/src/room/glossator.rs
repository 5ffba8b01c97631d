//! What a socket of `glossator.v1` is told beside the y-websocket protocol (SPEC section 10): that the document can be
//! used, how far its work is safe, and what its page should know.

use crate::{
    close::{self, Close},
    effect::Effect,
    glossator::{Announcement, Conditions, Watermark},
    mutation::Mutation,
    session::{Session, SessionId, SessionRecord, Welcomed},
    time::Timestamp,
};

use super::{Phase, Room};

/// What every socket of `glossator.v1` that was welcomed has been told.
#[derive(Debug, Default)]
pub(super) struct Announced {
    archived: Watermark,
    conditions: Conditions,
}

impl Room {
    /// Welcomes the sockets that come to a document that can be used.
    pub(super) fn welcome(&mut self, now: Timestamp, effects: &mut Vec<Effect>) {
        let welcomed = Welcomed {
            epoch: self.meta.epoch,
            is_stored: self.is_stored,
        };
        let conditions = self.conditions(now);
        let announcement = Announcement::Welcome {
            epoch: welcomed.epoch,
            seq: self.seq,
            archived: self.archived_watermark(),
            conditions,
        };
        for session in self.sessions.unwelcomed() {
            let Some(mut newcomer) = self.sessions.get_mut(session) else {
                continue;
            };
            newcomer.is_welcomed = true;
            let is_lacking = newcomer.is_lacking;
            let record = &mut newcomer.record.glossator;
            record.welcomed = Some(welcomed);
            record.conditions = conditions;
            record.has_unsaved |= is_lacking;
            let record = newcomer.record.clone();
            drop(newcomer);
            effects.push(Effect::SaveSession { record });
            self.send(now, session, announcement.frame(), effects);
        }
    }

    /// Tells who speaks `glossator.v1` what has changed since it was told last.
    pub(super) fn announce(&mut self, now: Timestamp, effects: &mut Vec<Effect>) {
        if !matches!(self.phase, Phase::Open) {
            return;
        }
        let archived = self.archived_watermark();
        if std::mem::replace(&mut self.announced.archived, archived) != archived {
            let epoch = self.meta.epoch;
            self.tell_welcomed(now, &Announcement::Archived { epoch, archived }, effects);
        }
        let conditions = self.conditions(now);
        if std::mem::replace(&mut self.announced.conditions, conditions) != conditions {
            self.tell_welcomed(now, &Announcement::Conditions(conditions), effects);
            self.change_records(effects, |session| {
                let record = &mut session.record.glossator;
                std::mem::replace(&mut record.conditions, conditions) != conditions
            });
        }
    }

    fn tell_welcomed(
        &mut self,
        now: Timestamp,
        announcement: &Announcement,
        effects: &mut Vec<Effect>,
    ) {
        let welcomed = self.sessions_that(|session| session.is_welcomed);
        self.broadcast(now, welcomed, announcement.frame(), effects);
    }

    /// Changes the records of the sockets that speak `glossator.v1`, and keeps those that `change` says it changed.
    pub(super) fn change_records(
        &mut self,
        effects: &mut Vec<Effect>,
        mut change: impl FnMut(&mut Session) -> bool,
    ) {
        self.sessions.change_each(|session| {
            if session.is_glossator() && change(session) {
                effects.push(Effect::SaveSession {
                    record: session.record.clone(),
                });
            }
        });
    }

    /// The storage was written for the first time: whoever wakes with an empty one after that has lost something.
    pub(super) fn note_stored(&mut self, now: Timestamp, effects: &mut Vec<Effect>) {
        self.is_stored = true;
        self.meta.born_at = now.0;
        self.change_records(effects, |session| {
            let welcomed = &mut session.record.glossator.welcomed;
            welcomed
                .as_mut()
                .is_some_and(|welcomed| !std::mem::replace(&mut welcomed.is_stored, true))
        });
    }

    /// Takes note that a frame was taken, to be told when what it brought is in the journal. Nothing is told while an
    /// update of its socket is missing that was left out, or was lost with the storage.
    pub(super) fn note_saved(&mut self, session: SessionId, number: u64) {
        let is_whole = self.sessions.get(session).is_some_and(|sender| {
            let is_lacking = sender.is_lacking && !self.planted.is(Mutation::SavedSkipsAGap);
            !is_lacking && !sender.record.glossator.is_refused
        });
        if is_whole {
            self.tick.note_saved(session, number);
        }
    }

    /// Tells a socket that its frame, and every one before it, is durable.
    pub(super) fn tell_saved(
        &mut self,
        now: Timestamp,
        session: SessionId,
        number: u64,
        effects: &mut Vec<Effect>,
    ) {
        let saved = Announcement::Saved {
            epoch: self.meta.epoch,
            number,
            seq: self.seq,
        };
        self.send(now, session, saved.frame(), effects);
        let is_append = |effect: &Effect| matches!(effect, Effect::AppendToJournal { .. });
        if self.planted.is(Mutation::SavedBeforeAppend)
            && let Some(first) = effects.iter().position(is_append)
        {
            effects[first..].rotate_right(1);
        }
    }

    /// Whether a frame is the next one of its socket; if not, one was lost on the way, and the socket resyncs.
    pub(super) fn is_next(
        &mut self,
        now: Timestamp,
        session: SessionId,
        number: u64,
        effects: &mut Vec<Effect>,
    ) -> bool {
        let Some(mut sender) = self.sessions.get_mut(session) else {
            return true;
        };
        let expected = sender.next_number.replace(number.saturating_add(1));
        let is_next = expected.is_none_or(|expected| expected == number)
            || sender.record.glossator.is_refused;
        drop(sender);
        if !is_next {
            let lost = Close::new(close::RESTART, "a frame was lost; come back and resync");
            self.close(now, session, lost, effects);
        }
        is_next
    }

    /// Keeps in the attachment whether frames of a socket came that the journal does not hold.
    pub(super) fn save_unsaved(
        &mut self,
        session: SessionId,
        has_unsaved: bool,
        effects: &mut Vec<Effect>,
    ) {
        if let Some(mut sender) = self.sessions.get_mut(session)
            && sender.is_glossator()
            && sender.record.glossator.has_unsaved != has_unsaved
        {
            sender.record.glossator.has_unsaved = has_unsaved;
            effects.push(Effect::SaveSession {
                record: sender.record.clone(),
            });
        }
    }

    /// Takes note, after a wake, of what the sockets were told before it. The conditions hold until something is
    /// known to the contrary.
    pub(super) fn recall_announced(&mut self, sessions: &[SessionRecord]) {
        let told = sessions
            .iter()
            .map(|record| &record.glossator)
            .find(|record| record.welcomed.is_some())
            .map(|record| record.conditions)
            .unwrap_or_default();
        self.is_nearly_full = told.nearly_full;
        self.is_host_failing = told.host_failing;
        self.announced = Announced {
            archived: self.archived_watermark(),
            conditions: told,
        };
    }

    /// When a condition ends by itself.
    pub(super) fn next_condition(&self) -> Option<Timestamp> {
        let is_told = self.announced.conditions.degraded;
        is_told.then_some(self.degraded_until).flatten()
    }

    fn conditions(&self, now: Timestamp) -> Conditions {
        Conditions {
            nearly_full: self.is_nearly_full,
            host_failing: self.is_host_failing,
            degraded: self.is_degraded(now),
        }
    }

    /// How much of the journal the store holds. An object that builds on nothing began with an empty document, which
    /// every store holds.
    fn archived_watermark(&self) -> Watermark {
        if self.planted.is(Mutation::ArchivedTooEarly)
            && let Some((_, seq)) = self.archiving.in_flight
        {
            return Watermark(Some(seq));
        }
        let began_empty = self.meta.base.is_none().then_some(0);
        Watermark(self.meta.archived_seq.or(began_empty))
    }
}
