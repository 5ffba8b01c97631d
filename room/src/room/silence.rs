//! Sockets that fell silent (SPEC section 10). Our own client pings, and the runtime answers without waking the room;
//! while somebody else would see a ghost, the room now and then asks when it last did.

use crate::{
    close::{self, Close},
    effect::Effect,
    limits::{HEARD_SAVE_MS, SILENT_MS, SWEEP_EVERY_MS},
    mutation::Mutation,
    session::{Session, SessionId},
    time::Timestamp,
};

use super::Room;

impl Room {
    /// A frame came: when, is kept across hibernation, but not to the millisecond.
    pub(super) fn note_heard(
        &mut self,
        now: Timestamp,
        session: SessionId,
        effects: &mut Vec<Effect>,
    ) {
        if let Some(mut sender) = self.sessions.get_mut(session)
            && sender.is_glossator()
            && now.millis_since(sender.record.glossator.heard) >= HEARD_SAVE_MS
        {
            sender.record.glossator.heard = now;
            effects.push(Effect::SaveSession {
                record: sender.record.clone(),
            });
        }
    }

    /// Asks for the pings, if it is time and there is anybody to see a ghost.
    pub(super) fn advance_sweep(&mut self, now: Timestamp, effects: &mut Vec<Effect>) {
        if self.sessions.len() < 2 || !self.sessions.has_glossator() {
            self.sweep_at = None;
            return;
        }
        let next = now + SWEEP_EVERY_MS;
        // Who comes may find a ghost.
        let at = self.sweep_at.get_or_insert(now);
        if *at > now {
            *at = next.min(*at);
            return;
        }
        *at = next;
        let sessions = self.sessions_that(Session::is_glossator);
        effects.push(Effect::ReadPings { sessions });
    }

    /// Closes the sockets that neither pinged nor said anything for too long, and looks again when the next one would be
    /// silent for so long. Of one that the runtime knows nothing about nothing follows.
    pub(super) fn pings_read(
        &mut self,
        now: Timestamp,
        heard: Vec<(SessionId, Option<Timestamp>)>,
        effects: &mut Vec<Effect>,
    ) {
        if self.planted.is(Mutation::SilentNotClosed) {
            return;
        }
        for (session, ping) in heard {
            let Some(watched) = self.sessions.get(session).filter(|s| s.is_glossator()) else {
                continue;
            };
            let spoke = watched.record.glossator.heard + HEARD_SAVE_MS;
            let last = ping.map_or(spoke, |ping| ping.max(spoke));
            let silent_at = last + SILENT_MS;
            if silent_at <= now {
                let silent = Close::new(close::TRY_LATER, "nothing was heard for a minute");
                self.close(now, session, silent, effects);
            } else {
                self.sweep_at = self.sweep_at.map(|at| at.min(silent_at));
            }
        }
    }
}
