//! How long a person may stay (SPEC section 10): a ticket prolongs it, and its end closes the socket.
//!
//! What a ticket proves is the shell's to verify; while access is open nobody's authority ends before one was shown.

use crate::{
    close::{self, Close},
    decode::limits::CLIENT_END,
    effect::Effect,
    glossator::Announcement,
    session::SessionId,
    time::Timestamp,
};

use super::Room;

impl Room {
    /// A socket shows a new ticket.
    pub(super) fn renewal_asked(
        &mut self,
        session: SessionId,
        ticket: &str,
        effects: &mut Vec<Effect>,
    ) {
        if let Some(asker) = self.sessions.get(&session) {
            effects.push(Effect::VerifyTicket {
                session,
                user: asker.record.user.clone(),
                ticket: ticket.to_owned(),
            });
        }
    }

    pub(super) fn ticket_verified(
        &mut self,
        now: Timestamp,
        session: SessionId,
        authority_until: Option<Timestamp>,
        effects: &mut Vec<Effect>,
    ) {
        let proven = authority_until.filter(|until| *until > now && until.0 < CLIENT_END);
        let Some(proven) = proven else {
            let close = Close::new(close::SIGN_IN, "the ticket is not valid; sign in again");
            return self.refuse(now, session, close, effects);
        };
        let Some(holder) = self.sessions.get_mut(&session) else {
            return;
        };
        // An older ticket takes nothing back; the first one begins to count.
        let known = holder.record.authority_until.unwrap_or_default();
        let authority_until = proven.max(known);
        holder.record.authority_until = Some(authority_until);
        effects.push(Effect::SaveSession {
            record: holder.record.clone(),
        });
        let renewed = Announcement::Renewed { authority_until };
        self.send(now, session, renewed.frame(), effects);
    }

    /// Closes the sockets whose authority has ended.
    pub(super) fn advance_authority(&mut self, now: Timestamp, effects: &mut Vec<Effect>) {
        let has_ended = |until: Timestamp| until <= now;
        let ended =
            self.sessions_that(|session| session.record.authority_until.is_some_and(has_ended));
        for session in ended {
            let close = Close::new(
                close::AUTHORITY_ENDED,
                "the authority has ended; come back with a new ticket",
            );
            self.close(now, session, close, effects);
        }
    }

    pub(super) fn next_authority_end(&self) -> Option<Timestamp> {
        let sessions = self.sessions.values();
        sessions
            .filter_map(|session| session.record.authority_until)
            .min()
    }
}
