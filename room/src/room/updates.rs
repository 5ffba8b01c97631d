//! What an update does (SPEC sections 2 and 3): be judged, be stripped of what is known, be applied, journaled and
//! shown.

use std::cell::{OnceCell, RefCell};

use annotation::{Attribution, Role};

use crate::{
    close::{self, Close},
    document::{ApplyError, Authored, Document, Proofs},
    effect::{Effect, Notice},
    known::{Admission, AdmitBounds, Refusal, Standing},
    limits::DOCUMENT_CLIENTS_MAX,
    mutation::Mutation,
    policy::{self, Violation},
    session::{Resync, SessionId},
    time::Timestamp,
    wire,
};

use super::{
    Cache, Room,
    authorship::{Circumstances, is_recovering},
    refusals::{Refused, STRUCK_OUT, TurnedDown},
};

/// What an update was worth: new bytes are charged in full, known ones at a discount.
struct Taken {
    novel_bytes: usize,
    /// Something of it was left out, because what it builds on is missing.
    is_incomplete: bool,
}

impl Room {
    /// Takes an answer to the room's state vector: the part that can be integrated, no question asked again.
    pub(super) fn take_answer(
        &mut self,
        now: Timestamp,
        session: SessionId,
        number: Option<u64>,
        update: &[u8],
        effects: &mut Vec<Effect>,
    ) -> Result<usize, TurnedDown> {
        let taken = self.admit(now, session, update, true, effects);
        if let Some(sender) = self.sessions.get_mut(&session) {
            sender.has_answered |= taken.is_ok();
            if let Resync::Asked { at_seq } = sender.resync {
                sender.resync = Resync::Answered {
                    asked_at_seq: at_seq,
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
            if let Some(sender) = self.sessions.get_mut(&session) {
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
        let Cache::Loaded(document) = &mut self.document else {
            return Ok(Taken {
                novel_bytes: 0,
                is_incomplete: true,
            });
        };
        let may_write = writer.role.is_none_or(|role| role >= Role::Comment);
        let circumstances = Circumstances {
            now,
            sessions: &self.sessions,
            meta: &self.meta,
            is_recovering: in_part
                && (is_recovering(self.is_stored, &self.meta, now)
                    || self.planted.is(Mutation::RecoveryNeverCloses)),
            present: OnceCell::new(),
            known: RefCell::default(),
        };
        let admission = judge(document, update, |attribution, client| {
            match circumstances.standing(attribution, &writer, client) {
                // What a reader passes on is nobody's word at all.
                Standing::Hearsay if !may_write => Standing::Foreign,
                standing => standing,
            }
        });
        let is_strike = !self.meta.was_restored;
        let admission = admission.map_err(|refusal| refused(refusal, is_strike))?;
        let is_incomplete = admission.incomplete;
        let Some(novel) = admission.novel.filter(|_| in_part || !is_incomplete) else {
            return Ok(Taken {
                novel_bytes: 0,
                is_incomplete,
            });
        };
        let clients = document.known().state_vector();
        let newcomers = admission.writers.iter();
        let newcomers = newcomers
            .filter(|writer| !clients.contains_key(writer))
            .count();
        if newcomers > 0 && clients.len() + newcomers > DOCUMENT_CLIENTS_MAX {
            return Err(TurnedDown::Refused(Refused::for_lack_of_room()));
        }
        if is_degraded {
            return Err(TurnedDown::Degraded);
        }
        if !admission.deletes_only && !document.has_room_for(novel.len(), admission.structs) {
            return Err(TurnedDown::Refused(Refused::for_lack_of_room()));
        }
        if is_marked(&novel, self.refuse_marker.as_deref()) {
            return Err(TurnedDown::Refused(Refused::of(NOT_ALLOWED)));
        }
        let standing = |client| circumstances.standing(document.attribution(), &writer, client);
        let proofs = Proofs {
            hearsay: (admission.writers.iter().copied())
                .filter(|client| {
                    standing(*client) == Standing::Hearsay
                        && !self.planted.is(Mutation::CarrierIsAuthor)
                })
                .collect(),
            are_deletions_hearsay: circumstances.is_recovering,
        };
        let role = writer
            .role
            .filter(|_| !(in_part && self.planted.is(Mutation::AnswersNotJudged)))
            .filter(|_| !(admission.deletes_only && self.planted.is(Mutation::DeletionsNotJudged)));
        let judged = match role {
            None => None,
            Some(role) => {
                let by = policy::Writer {
                    user: &writer.user,
                    role,
                };
                let judged = document.judge(&novel, by, &proofs);
                Some(judged.map_err(|violation| TurnedDown::Refused(not_allowed(&violation)))?)
            }
        };
        let newcomers = judged.as_ref().map_or(0, |passed| passed.newcomers.len());
        if !self.persons.begin(now, &writer.user, newcomers, effects) {
            return Err(TurnedDown::Refused(Refused::of(TOO_MANY_CLIENTS)));
        }
        let allowed = match &judged {
            None => Some(novel.as_slice()),
            Some(passed) => passed.novel.as_deref(),
        };
        let Some(allowed) = allowed else {
            // All of it was what Yjs clears away after others.
            return Ok(Taken {
                novel_bytes: novel.len(),
                is_incomplete,
            });
        };
        let applied = document.apply(allowed).map_err(|error| match error {
            ApplyError::Undecodable(reason) => TurnedDown::Refused(Refused::malformed(reason)),
            ApplyError::Spoiled(reason) => TurnedDown::Spoiled { reason },
        })?;
        if let Some(passed) = &judged {
            let confirmed = document.confirm(passed, now);
            confirmed.map_err(|violation| TurnedDown::Violation(not_allowed(&violation)))?;
        }
        let authored = Authored {
            attribution: document.attribute(applied.absorbed, &writer.user, now, &proofs),
            update: applied.update,
        };
        let own = writer
            .presence
            .filter(|own| !in_part && admission.writers.contains(own));
        self.applied(now, session, writer.user, authored, effects);
        if let Some(own) = own {
            // It writes on: what it wrote before is all here.
            self.note_returned(now, own, effects);
        }
        Ok(Taken {
            novel_bytes: novel.len(),
            is_incomplete,
        })
    }

    fn applied(
        &mut self,
        now: Timestamp,
        session: SessionId,
        editor: String,
        authored: Authored,
        effects: &mut Vec<Effect>,
    ) {
        self.metrics.updates += 1;
        let frame = self.append(now, Some(editor), authored, effects);
        self.show(now, Some(session), frame, effects);
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
        let question = wire::sync_step1(document.known().state_vector());
        let seq = self.seq;
        let Some(sender) = self.sessions.get_mut(&session) else {
            return;
        };
        let may_ask = match sender.resync {
            Resync::Idle => true,
            Resync::Asked { .. } => false,
            Resync::Answered { asked_at_seq } => asked_at_seq != seq,
        };
        if may_ask {
            sender.resync = Resync::Asked { at_seq: seq };
            self.send(now, session, question, effects);
        }
    }
}

/// Judges an update by what the document holds. The number of items is an upper bound until it is counted afresh,
/// which costs as much as the document is large: only an update that would not fit is worth it.
fn judge(
    document: &mut Document,
    update: &[u8],
    standing_of: impl Fn(&Attribution, u64) -> Standing,
) -> Result<Admission, Refusal> {
    let within = |document: &Document| {
        let bounds = AdmitBounds::of_peer(document.structs_left());
        let standing_of = |client| standing_of(document.attribution(), client);
        document.known().admit_from(update, &bounds, &standing_of)
    };
    match within(document) {
        Err(Refusal::TooManyStructs { .. }) => {
            document.measure();
            within(document)
        }
        judged => judged,
    }
}

/// How a refusal of the decoder is told.
fn refused(refusal: Refusal, is_strike: bool) -> TurnedDown {
    TurnedDown::Refused(match refusal {
        Refusal::Foreign { .. } => Refused {
            words: refusal.to_string(),
            is_strike,
            ..Refused::of(NOT_ALLOWED)
        },
        Refusal::TooManyStructs { .. } => Refused::for_lack_of_room(),
        Refusal::TooManyDeletes { .. }
        | Refusal::TooManyValues { .. }
        | Refusal::Malformed(_)
        | Refusal::Subdocument
        | Refusal::Unsupported { .. }
        | Refusal::TooDeep { .. } => Refused::malformed(refusal.to_string()),
    })
}

/// How it is told what somebody may not do.
fn not_allowed(violation: &Violation) -> Refused {
    Refused {
        words: violation.to_string(),
        ..Refused::of(NOT_ALLOWED)
    }
}

/// Whether an update holds what the operator wants refused.
fn is_marked(novel: &[u8], marker: Option<&str>) -> bool {
    marker.is_some_and(|marker| {
        let marker = marker.as_bytes();
        !marker.is_empty() && novel.windows(marker.len()).any(|part| part == marker)
    })
}

const TOO_MANY_CLIENTS: Close = Close::new(
    close::TOO_MANY,
    "written under too many client ids of late; come back later",
);
const NOT_ALLOWED: Close = Close::new(close::NOT_ALLOWED, "not allowed");
