//! What an update does (SPEC sections 2 and 3): be judged, be stripped of what is known, be applied, journaled and
//! shown.

use std::cell::{OnceCell, RefCell};

use crate::{
    close::{self, Close},
    document::{ApplyError, Unjudged},
    effect::{Effect, Notice},
    known::Refusal,
    mutation::Mutation,
    session::{Resync, Session, SessionId},
    time::Timestamp,
    wire,
};

use super::{
    Cache, Room,
    authorship::{Circumstances, is_recovering},
    bindings::NO_FRAME,
    erasure::ERASED,
    judging::{Judging, has_room, not_allowed, refused},
    refusals::{Refused, STRUCK_OUT, TurnedDown},
    tick::TakenIn,
};

/// What an update was worth: new bytes are charged in full, known ones at a discount.
struct Taken {
    novel_bytes: usize,
    /// Something of it was left out, because what it builds on is missing.
    is_incomplete: bool,
    /// A client id of which something was left out, because it is another person's.
    foreign: Option<u64>,
    /// It is only passed on, which is no fault.
    is_passed_on: bool,
}

impl Taken {
    fn nothing(is_incomplete: bool) -> Taken {
        Taken {
            novel_bytes: 0,
            is_incomplete,
            foreign: None,
            is_passed_on: false,
        }
    }
}

impl Room {
    /// Takes an answer to the room's state vector: the part that can be integrated, no question asked again. What is
    /// another person's is left out, and refused.
    pub(super) fn take_answer(
        &mut self,
        now: Timestamp,
        session: SessionId,
        number: Option<u64>,
        update: &[u8],
        effects: &mut Vec<Effect>,
    ) -> Result<usize, TurnedDown> {
        let taken = self.admit(now, session, update, true, effects);
        if let Some(mut sender) = self.sessions.get_mut(session) {
            sender.has_answered |= taken.is_ok();
            if let Resync::Asked { at_change } = sender.resync {
                sender.resync = Resync::Answered {
                    asked_at_change: at_change,
                };
            }
            // It holds everything that its sender has; what was left out before is in it. An answer to a question about
            // a storage that is lost says nothing of what was lost.
            let is_too_old = sender
                .answers_after
                .is_some_and(|after| number <= Some(after));
            if !is_too_old {
                sender.is_lacking = taken.as_ref().is_ok_and(|taken| taken.is_incomplete);
                sender.answers_after = sender.answers_after.filter(|_| sender.is_lacking);
            }
        }
        self.note_answered(now, session, effects);
        let taken = taken?;
        self.ask_unannounced(now, session, effects);
        if let Some(client) = taken.foreign {
            // The replica is of no use, but no change of it is at fault. A stock client that has only passed something on
            // would not come back: it reads on, and shows what nobody else does until it is started again.
            let is_ours = (self.sessions.get(session)).is_some_and(Session::is_glossator);
            if is_ours || !taken.is_passed_on {
                let is_strike = !self.meta.was_restored && !taken.is_passed_on;
                let refused = refused(Refusal::Foreign { client }, is_strike);
                self.refuse_update(now, session, Some(NO_FRAME), refused, effects);
            }
        }
        Ok(taken.novel_bytes)
    }

    /// Takes an update, whole or not at all: one that lacks something is answered with the room's state vector.
    pub(super) fn take_update(
        &mut self,
        now: Timestamp,
        session: SessionId,
        update: &[u8],
        effects: &mut Vec<Effect>,
    ) -> Result<usize, TurnedDown> {
        let taken = self.admit(now, session, update, false, effects)?;
        if taken.is_incomplete {
            if let Some(mut sender) = self.sessions.get_mut(session) {
                sender.is_lacking = true;
            }
            self.ask_resync(now, session, effects);
        }
        Ok(taken.novel_bytes)
    }

    /// Judges an update and applies what is new of it: all, or with `in_part` what can be integrated.
    fn admit(
        &mut self,
        now: Timestamp,
        session: SessionId,
        update: &[u8],
        in_part: bool,
        effects: &mut Vec<Effect>,
    ) -> Result<Taken, TurnedDown> {
        let is_degraded = self.is_degraded(now);
        let writer = self.writer(now, session);
        if self.persons.is_struck_out(now, &writer.user) {
            return Err(TurnedDown::Refused(Refused::of(STRUCK_OUT)));
        }
        if self.erased.holds(&writer.user) {
            return Err(TurnedDown::Refused(Refused::of(ERASED)));
        }
        let Cache::Loaded(document) = &mut self.document else {
            return Ok(Taken::nothing(true));
        };
        let judging = Judging {
            circumstances: Circumstances {
                now,
                sessions: &self.sessions,
                meta: &self.meta,
                is_recovering: in_part
                    && (is_recovering(self.is_stored, &self.meta, now)
                        || self.planted.is(Mutation::RecoveryNeverCloses)),
                is_lenient: self.meta.was_restored,
                present: OnceCell::new(),
                known: RefCell::default(),
            },
            writer: &writer,
            in_part,
            erased: &self.erased,
            planted: self.planted,
        };
        let sifted = judging.sift(document, update)?;
        let taken = Taken {
            novel_bytes: sifted.novel.as_ref().map_or(0, Vec::len),
            is_incomplete: sifted.admission.incomplete,
            foreign: sifted.foreign,
            is_passed_on: sifted.is_passed_on,
        };
        let Some(novel) = sifted
            .novel
            .as_ref()
            .filter(|_| in_part || !taken.is_incomplete)
        else {
            return Ok(Taken {
                novel_bytes: 0,
                ..taken
            });
        };
        if is_degraded {
            return Err(TurnedDown::Degraded);
        }
        has_room(document, &sifted.admission, novel.len())?;
        judging.refuse_erased(document, novel)?;
        let passed = judging.by_role(document, novel, &sifted)?;
        let newcomers = passed.as_ref().map_or(0, |passed| passed.newcomers.len());
        if !self.persons.begin(now, &writer.user, newcomers, effects) {
            return Err(TurnedDown::Refused(Refused::of(TOO_MANY_CLIENTS)));
        }
        let allowed = match &passed {
            None => Some(novel.as_slice()),
            Some(passed) => passed.novel.as_deref(),
        };
        let Some(allowed) = allowed else {
            // All of it was deletions that were left out.
            return Ok(taken);
        };
        let applied = document.apply(allowed).map_err(|error| match error {
            ApplyError::Undecodable(reason) => TurnedDown::Refused(Refused::malformed(reason)),
            ApplyError::Spoiled(reason) => TurnedDown::Spoiled { reason },
            ApplyError::Unreadable(error) => TurnedDown::Unreadable(error),
        })?;
        if let Some(passed) = &passed {
            document
                .confirm(passed, now)
                .map_err(|unjudged| match unjudged {
                    Unjudged::Violation(violation) => {
                        TurnedDown::Violation(not_allowed(&violation))
                    }
                    Unjudged::Unreadable(error) => TurnedDown::Unreadable(error),
                })?;
        }
        let proofs = &sifted.proofs;
        let taken_in = TakenIn {
            author: session,
            attribution: document.attribute(applied.absorbed, &writer.user, now, proofs),
            update: applied.update,
            editor: writer.user,
        };
        let own = writer
            .presence
            .filter(|own| !in_part && sifted.admission.writers.contains(own));
        self.applied(taken_in, effects);
        if let Some(own) = own {
            // It writes on: what it wrote before is all here.
            self.note_returned(now, own, effects);
        }
        Ok(taken)
    }

    fn applied(&mut self, taken_in: TakenIn, effects: &mut Vec<Effect>) {
        self.metrics.updates += 1;
        self.changes += 1;
        self.tick.take_in(taken_in);
        if self.note_fullness() && !std::mem::replace(&mut self.told_nearly_full, true) {
            effects.push(Effect::Report(Notice::DocumentNearlyFull));
        }
    }

    /// Takes note whether the document in memory has passed three quarters of a bound. To measure it costs as much as it
    /// is large: that one which had passed them no longer has is seen when it is measured for another reason.
    pub(super) fn note_fullness(&mut self) -> bool {
        if let Cache::Loaded(document) = &mut self.document {
            self.is_nearly_full = if self.is_nearly_full {
                document.may_be_nearly_full()
            } else {
                document.is_nearly_full()
            };
        }
        self.is_nearly_full
    }

    /// Asks a socket for what the room lacks: one question at a time, and none twice about the same state.
    fn ask_resync(&mut self, now: Timestamp, session: SessionId, effects: &mut Vec<Effect>) {
        let Cache::Loaded(document) = &self.document else {
            return;
        };
        let question = wire::sync_step1(document.state_vector());
        let changes = self.changes;
        let Some(mut sender) = self.sessions.get_mut(session) else {
            return;
        };
        let may_ask = match sender.resync {
            Resync::Idle => true,
            Resync::Asked { .. } => false,
            Resync::Answered { asked_at_change } => asked_at_change != changes,
        };
        if may_ask {
            sender.resync = Resync::Asked { at_change: changes };
            drop(sender);
            self.send(now, session, question, effects);
        }
    }
}

const TOO_MANY_CLIENTS: Close = Close::new(
    close::TOO_MANY,
    "written under too many client ids of late; come back later",
);
