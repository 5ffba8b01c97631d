//! Erasing people (SPEC section 15): the host says whose traces are to go, and the room takes them out by an edit of its
//! own. It is asked until it has done so, and knows from then on whose words it takes from nobody.

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};

use crate::{
    close::{self, Close},
    document::ApplyError,
    effect::{Effect, Notice},
    limits::ERASED_PEOPLE_MAX,
    mutation::Mutation,
    time::Timestamp,
};

use super::{Cache, Phase, Room, kept::written};

pub(super) const ERASED_KEY: &str = "erased";

/// Who was erased, as far as the host has said.
#[derive(Debug, Default, Serialize, Deserialize)]
pub(super) struct Erased {
    pub(super) people: BTreeSet<String>,
    /// Nothing of them is left in the document and in what is stored of it.
    is_done: bool,
    /// It could not be done in this life in memory; the next order tries again.
    #[serde(skip)]
    is_stuck: bool,
}

impl Erased {
    pub(super) fn holds(&self, user: &str) -> bool {
        self.people.contains(user)
    }

    /// Looks again: something came that the host held of them.
    pub(super) fn look_again(&mut self) {
        self.is_done = false;
    }

    fn keep(&self) -> Effect {
        Effect::Keep {
            key: ERASED_KEY.to_owned(),
            value: written(self),
        }
    }
}

impl Room {
    /// Whether nothing of these people is left here, and that is durable once the effects so far are carried out.
    pub fn has_erased(&self, people: &BTreeSet<String>) -> bool {
        match self.phase {
            Phase::Deleted => true,
            Phase::Open => self.erased.is_done && self.erased.people.is_superset(people),
            Phase::Asleep | Phase::Restoring(_) | Phase::Unreadable => false,
        }
    }

    /// The host says who was erased. That is kept before anything else is done about it: they are nobody from now on.
    pub(super) fn erasure_ordered(
        &mut self,
        now: Timestamp,
        people: BTreeSet<String>,
        effects: &mut Vec<Effect>,
    ) {
        match self.phase {
            Phase::Restoring(_) | Phase::Open => {}
            // There is nothing left of anybody, or what is kept was not read.
            Phase::Asleep | Phase::Deleted | Phase::Unreadable => return,
        }
        let erased = &mut self.erased;
        if erased.people.union(&people).count() > ERASED_PEOPLE_MAX {
            // The host names all whom it still knows of.
            erased.people = people;
        } else {
            erased.people.extend(people);
        }
        erased.is_done = false;
        erased.is_stuck = false;
        effects.push(erased.keep());
        // Our clients alone would let a room without storage sleep on.
        self.compare_at_last(now);
        for session in self.sessions_that(|session| self.erased.holds(&session.record.user)) {
            self.close(now, session, ERASED, effects);
        }
    }

    /// Whether the document is needed to take somebody's traces out of it.
    pub(super) fn is_erasure_due(&self) -> bool {
        !self.erased.people.is_empty() && !self.erased.is_done && !self.erased.is_stuck
    }

    /// Takes out what is left of them: appended like any edit, then the journal that still holds their words is replaced by
    /// a snapshot, then it is kept that this is done, then it is shown.
    pub(super) fn advance_erasure(&mut self, now: Timestamp, effects: &mut Vec<Effect>) {
        if !self.is_erasure_due() || self.is_degraded(now) {
            return;
        }
        let Cache::Loaded(document) = &mut self.document else {
            return;
        };
        let mut frame = None;
        match document.erase(&self.erased.people) {
            Ok(None) => {}
            Ok(Some(_)) if self.planted.is(Mutation::ErasedWithoutAppend) => {
                self.erased.is_done = true;
                return effects.push(self.erased.keep());
            }
            Ok(Some(authored)) => frame = Some(self.append(now, authored, effects)),
            Err(ApplyError::Unreadable(error)) => {
                return self.cannot_be_built(now, &error, effects);
            }
            Err(error) => {
                self.document = Cache::Absent;
                self.erased.is_stuck = true;
                let reason = error.to_string();
                return effects.push(Effect::Report(Notice::Fault { reason }));
            }
        }
        let is_compact = self.meta.snapshot_seq.unwrap_or_default() == self.seq;
        if is_compact || self.may_compact(now) && self.replace_journal(now, effects) {
            self.erased.is_done = true;
            effects.push(self.erased.keep());
        }
        if let Some(frame) = frame {
            self.metrics.erasures += 1;
            // Who is still to be answered is told by the answer, and may lack what this builds on: after a restore all of it.
            let readers = self
                .sessions_that(|session| session.record.has_document && session.question.is_none());
            self.broadcast(now, readers, frame, effects);
        }
        if self.is_dirty() {
            self.archiving.hurry(now);
        }
    }
}

/// How somebody is sent away who is nobody any more.
pub(super) const ERASED: Close = Close::new(close::NOT_ALLOWED, "this account was erased");
