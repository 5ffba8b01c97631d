//! Whose client id is whose before anything is written under it, and which ids have brought back what was lost (SPEC
//! section 13, AU3 and AU4). Both are kept in the meta record.

use crate::{
    close::{self, Close},
    effect::Effect,
    limits::DOCUMENT_CLIENTS_MAX,
    session::{SessionId, SessionRecord},
    time::Timestamp,
};

use super::{Cache, Phase, Room, authorship::is_recovering, refusals::Refused};

impl Room {
    /// Whether a client id is another person's: by what was written under it, or because it is kept for them.
    pub(super) fn is_anothers(&self, now: Timestamp, id: u64, user: &str) -> bool {
        let owner = match &self.document {
            Cache::Loaded(document) => document.attribution().owner(id),
            Cache::Absent | Cache::Loading => None,
        };
        let holder = owner.or_else(|| self.meta.reserved.holder(id, now));
        holder.is_some_and(|holder| holder != user)
    }

    /// Keeps the id under which a person is here, or was until now, for them.
    pub(super) fn reserve(
        &mut self,
        now: Timestamp,
        record: &SessionRecord,
        effects: &mut Vec<Effect>,
    ) {
        let Some(id) = record.presence else {
            return;
        };
        if let Cache::Loaded(document) = &self.document {
            let attribution = document.attribution();
            if attribution.owner(id).is_some() {
                return;
            }
            let is_unowned = |client| attribution.owner(client).is_none();
            self.meta.reserved.retain(is_unowned);
        }
        if self.meta.reserved.reserve(id, &record.user, now) {
            self.keep_meta(now, effects);
        }
    }

    /// A socket has sent everything that it has: nothing that was written under its own id is lacking any more. Other pages
    /// of the same person may lack some of that, and prove nothing.
    pub(super) fn note_answered(
        &mut self,
        now: Timestamp,
        session: SessionId,
        effects: &mut Vec<Effect>,
    ) {
        let sender = self.sessions.get(session);
        let sender = sender.filter(|sender| sender.has_answered);
        if let Some(id) = sender.and_then(|sender| sender.record.presence) {
            self.note_returned(now, id, effects);
        }
    }

    /// Nothing that was written under an id is lacking any more.
    pub(super) fn note_returned(&mut self, now: Timestamp, id: u64, effects: &mut Vec<Effect>) {
        let is_new = is_recovering(self.is_stored, &self.meta, now)
            && self.meta.returned.len() < DOCUMENT_CLIENTS_MAX
            && self.meta.returned.insert(id);
        if is_new {
            self.keep_meta(now, effects);
        }
    }

    /// Writes the meta record again. A room that was never written keeps it in memory, until it writes it for another reason.
    fn keep_meta(&mut self, now: Timestamp, effects: &mut Vec<Effect>) {
        if !is_recovering(self.is_stored, &self.meta, now) {
            self.meta.returned.clear();
        }
        if self.is_stored && matches!(self.phase, Phase::Open) {
            effects.push(Effect::WriteMeta {
                meta: self.meta.write(),
            });
        }
    }

    /// Looks again at who is here under which id, now that more is known of whose they are.
    pub(super) fn recheck_presence(&mut self, now: Timestamp, effects: &mut Vec<Effect>) {
        let Cache::Loaded(document) = &self.document else {
            return;
        };
        let attribution = document.attribution();
        let records = self.sessions.iter().map(|session| &session.record);
        let foreign: Vec<(SessionId, u64)> = records
            .filter_map(|record| {
                let id = record.presence?;
                let owner = attribution.owner(id)?;
                (owner != record.user).then_some((record.session, id))
            })
            .collect();
        for (session, id) in foreign {
            if let Some(mut stranger) = self.sessions.get_mut(session) {
                stranger.record.presence = None;
                stranger.record.presence_clock = None;
                effects.push(Effect::SaveSession {
                    record: stranger.record.clone(),
                });
            }
            self.presence.remove(now, session, id);
            self.refuse_foreign_id(now, session, effects);
        }
    }

    /// Tells our client that its id is another person's: whatever it writes would be refused. It goes on under a new one. A
    /// stock client may only have echoed what it was told of others.
    pub(super) fn refuse_foreign_id(
        &mut self,
        now: Timestamp,
        session: SessionId,
        effects: &mut Vec<Effect>,
    ) {
        let sender = self.sessions.get(session);
        let must_be_told = sender
            .is_some_and(|sender| sender.is_glossator() && !sender.record.glossator.is_refused);
        if must_be_told {
            let refused = Refused {
                is_strike: false,
                ..Refused::of(FOREIGN_ID)
            };
            self.refuse_update(now, session, Some(NO_FRAME), refused, effects);
        }
    }
}

/// Frames are numbered from 1: none of them is at fault.
pub(super) const NO_FRAME: u64 = 0;

const FOREIGN_ID: Close = Close::new(close::NOT_ALLOWED, "this client id is another person's");
