//! Sockets that come and go, and what they are told first (SPEC section 2).

use std::rc::Rc;

use crate::{
    authority::Authority,
    close::{self, Close},
    effect::{Effect, Frame},
    limits::{SESSIONS_MAX, USER_CHARS_MAX},
    mutation::Mutation,
    session::{Greeting, Protocol, Resync, Session, SessionId, SessionRecord},
    time::Timestamp,
    wire,
};

use super::{Cache, Room, erasure::ERASED};

/// A socket that was accepted.
pub(super) struct Newcomer {
    pub(super) session: SessionId,
    pub(super) user: String,
    pub(super) protocol: Protocol,
    pub(super) authority: Option<Authority>,
}

impl Room {
    pub(super) fn session_opened(
        &mut self,
        now: Timestamp,
        newcomer: Newcomer,
        effects: &mut Vec<Effect>,
    ) {
        let Newcomer {
            session,
            user,
            protocol,
            authority,
        } = newcomer;
        let user: String = user.chars().take(USER_CHARS_MAX).collect();
        let full = Close::new(close::TRY_LATER, "the room is full; try again later");
        let refusal = self
            .closed_to_all(now)
            .or((self.sessions.len() >= SESSIONS_MAX).then_some(full));
        let admitted = match (refusal, &authority) {
            (Some(close), _) => Err(close),
            (None, None) if self.erased.holds(&user) => Err(ERASED),
            (None, None) => Ok(None),
            (None, Some(authority)) => self.admit_person(now, &user, authority, effects).map(Some),
        };
        let role = match admitted {
            Ok(role) => role,
            Err(Close { code, reason }) => {
                effects.push(Effect::CloseSession {
                    session,
                    code,
                    reason,
                });
                return;
            }
        };
        let mut record = SessionRecord::new(session, user, protocol);
        record.authority = authority;
        record.glossator.heard = now;
        record.glossator.compared = self.compared_at;
        effects.push(Effect::SaveSession {
            record: record.clone(),
        });
        if record.is_glossator() && record.may_resume() {
            effects.push(Effect::GiveResume {
                record: record.clone(),
            });
        }
        self.presence.newcomer();
        self.ask_presence_again(now, effects);
        let mut newcomer = Session::new(record, now, Greeting::Due);
        newcomer.next_number = Some(1);
        newcomer.role = role;
        self.sessions.insert(newcomer);
        self.begin_keepalive(now, session);
    }

    /// A socket is gone: so is its presence, and what it still had waiting is taken all the same.
    pub(super) fn forget(&mut self, now: Timestamp, session: SessionId, effects: &mut Vec<Effect>) {
        let Some(gone) = self.sessions.remove(session) else {
            return;
        };
        self.reserve(now, &gone.record, effects);
        if let Some(id) = gone.record.presence
            && !self.planted.is(Mutation::PresenceNotRemoved)
        {
            self.presence.remove(now, session, id);
        }
        self.keep_waiting_updates(session, gone.record);
    }

    pub(super) fn close(
        &mut self,
        now: Timestamp,
        session: SessionId,
        close: Close,
        effects: &mut Vec<Effect>,
    ) {
        // What it wrote before is safe, and it is told so first.
        self.commit(now, effects);
        self.drop_waiting_of(session);
        let Some(gone) = self.sessions.remove(session) else {
            return;
        };
        if let Some(id) = gone.record.presence {
            self.presence.remove(now, session, id);
        }
        self.reserve(now, &gone.record, effects);
        effects.push(Effect::CloseSession {
            session,
            code: close.code,
            reason: close.reason,
        });
    }

    /// Tells each socket whose turn it is what the room has, and who is here.
    pub(super) fn greet(&mut self, now: Timestamp, effects: &mut Vec<Effect>) {
        self.welcome(now, effects);
        if !self.turn.is_open(now) || !self.sessions.is_greeting_due(now) {
            return;
        }
        let Cache::Loaded(document) = &self.document else {
            return;
        };
        let step1 = Frame::from(wire::sync_step1(document.state_vector()));
        let everybody = self.presence.everybody();
        for id in self.sessions.to_be_greeted(now) {
            if !self.turn.is_open(now) {
                return;
            }
            let last_waiting = self.last_waiting_number(id);
            let Some(mut session) = self.sessions.get_mut(id) else {
                continue;
            };
            session.greeting = Greeting::Done;
            if session.answers_after.is_some() {
                session.answers_after = Some(last_waiting);
            }
            let own = session.record.presence;
            let is_asked = matches!(session.resync, Resync::Asked { .. });
            if !is_asked {
                session.resync = Resync::Asked {
                    at_change: self.changes,
                };
            }
            drop(session);
            if !is_asked {
                self.send(now, id, Rc::clone(&step1), effects);
            }
            for bundle in self.presence.bundles(&everybody, own) {
                self.turn.spend(now, bundle.len());
                self.send(now, id, bundle, effects);
            }
        }
    }

    pub(super) fn send(
        &mut self,
        now: Timestamp,
        session: SessionId,
        frame: impl Into<Frame>,
        effects: &mut Vec<Effect>,
    ) {
        if self.sessions.note_sent(now, session) {
            effects.push(Effect::Send {
                session,
                frame: frame.into(),
            });
        }
    }

    pub(super) fn broadcast(
        &mut self,
        now: Timestamp,
        sessions: Vec<SessionId>,
        frame: impl Into<Frame>,
        effects: &mut Vec<Effect>,
    ) {
        if sessions.is_empty() {
            return;
        }
        for session in &sessions {
            self.sessions.note_sent(now, *session);
        }
        effects.push(Effect::Broadcast {
            sessions,
            frame: frame.into(),
        });
    }
}
