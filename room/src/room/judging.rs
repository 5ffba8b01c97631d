//! Judging one update before anything of it is applied: what of it is new, whose it is, and whether its writer may do it
//! (SPEC sections 3, 9, 12 and 13).

use std::collections::BTreeSet;

use annotation::{Attribution, Role};

use crate::{
    close::{self, Close},
    document::{Document, LoadError, Proofs, Unjudged},
    known::{Admission, AdmitBounds, Refusal, Standing},
    limits::DOCUMENT_CLIENTS_MAX,
    mutation::{Mutation, Planted},
    policy::{self, Passed, Violation},
};

use super::{
    authorship::{Circumstances, Writer},
    erasure::Erased,
    refusals::{Refused, TurnedDown},
};

/// What decides over one update, besides the document.
pub(super) struct Judging<'a> {
    pub(super) circumstances: Circumstances<'a>,
    pub(super) writer: &'a Writer,
    pub(super) in_part: bool,
    pub(super) erased: &'a Erased,
    pub(super) planted: Planted,
}

/// What is left of an update when known content, what lacks something, and what is another's is taken out.
pub(super) struct Sifted {
    pub(super) admission: Admission,
    pub(super) novel: Option<Vec<u8>>,
    pub(super) proofs: Proofs,
    /// A client id of which something was left out, because it is another person's.
    pub(super) foreign: Option<u64>,
    /// It is only passed on, which is no fault.
    pub(super) is_passed_on: bool,
}

impl Judging<'_> {
    /// Sifts an update. What its sender only passes on, and nobody who has that client id would have written, is left out
    /// with all else that is passed on: somebody who is honest, and does not know better, loses nothing of their own.
    pub(super) fn sift(
        &self,
        document: &mut Document,
        update: &[u8],
    ) -> Result<Sifted, TurnedDown> {
        let may_write = self.writer.role.is_none_or(|role| role >= Role::Comment);
        let sifted = self.sift_with(document, update, may_write)?;
        if sifted.novel.is_some() {
            // Only what is known already changes nothing, whatever the document is.
            document.build().map_err(TurnedDown::Unreadable)?;
        }
        let hearsay = &sifted.proofs.hearsay;
        let is_hearsay_refused = !hearsay.is_empty()
            && (is_too_much(document, hearsay) || self.may_be_refused(document, &sifted));
        if is_hearsay_refused {
            self.sift_with(document, update, false)
        } else {
            Ok(sifted)
        }
    }

    /// Whether an update of which something is passed on is refused, or would be once it is applied.
    fn may_be_refused(&self, document: &mut Document, sifted: &Sifted) -> bool {
        let Some(novel) = &sifted.novel else {
            return false;
        };
        if self.refuse_erased(document, novel).is_err() {
            return true;
        }
        match self.by_role(document, novel, sifted) {
            Err(_) => true,
            Ok(None) => false,
            Ok(Some(_)) if self.planted.is(Mutation::HearsayNotForeseen) => false,
            Ok(Some(passed)) => {
                let foreseen = document.foresee(&passed, &sifted.proofs, self.circumstances.now);
                foreseen.is_err()
            }
        }
    }

    fn sift_with(
        &self,
        document: &mut Document,
        update: &[u8],
        with_hearsay: bool,
    ) -> Result<Sifted, TurnedDown> {
        let standing_of = |attribution: &Attribution, client| {
            let standing = self
                .circumstances
                .standing(attribution, self.writer, client);
            match standing {
                Standing::Hearsay if !with_hearsay || self.is_erased(attribution, client) => {
                    Standing::LeftOut
                }
                Standing::Foreign if self.in_part => Standing::LeftOut,
                Standing::Own | Standing::Hearsay | Standing::Foreign | Standing::LeftOut => {
                    standing
                }
            }
        };
        let is_strike = !self.circumstances.is_lenient;
        let mut admission = judge(document, update, standing_of)
            .map_err(TurnedDown::Unreadable)?
            .map_err(|refusal| TurnedDown::Refused(refused(refusal, is_strike)))?;
        let standing = |client: &u64| {
            let attribution = document.attribution();
            self.circumstances
                .standing(attribution, self.writer, *client)
        };
        let is_hearsay = |client: &u64| standing(client) == Standing::Hearsay;
        let counts_as_author = self.planted.is(Mutation::CarrierIsAuthor);
        let proofs = Proofs {
            hearsay: (admission.writers.iter().copied())
                .filter(|client| is_hearsay(client) && !counts_as_author)
                .collect(),
            are_deletions_hearsay: self.circumstances.is_recovering,
            // A storage that began empty lacks at most what was written before its first archive. To spare what anybody
            // passes on would let everybody write as anybody for the first day of each case.
            is_spared: self.circumstances.meta.was_restored,
        };
        Ok(Sifted {
            novel: admission.novel.take(),
            is_passed_on: admission.foreign.as_ref().is_some_and(is_hearsay),
            foreign: admission.foreign,
            admission,
            proofs,
        })
    }

    /// Whether a client id belongs to somebody who was erased: nothing under it is taken from those who pass it on.
    fn is_erased(&self, attribution: &Attribution, client: u64) -> bool {
        let owner = attribution.owner(client);
        owner.is_some_and(|owner| self.erased.holds(owner))
    }

    /// Refuses what makes things in the name of somebody who was erased. It is no strike: an honest page may take back a
    /// deletion, or hold what the room has lost.
    pub(super) fn refuse_erased(
        &self,
        document: &mut Document,
        novel: &[u8],
    ) -> Result<(), TurnedDown> {
        if self.erased.people.is_empty() || self.planted.is(Mutation::ErasedComeBack) {
            return Ok(());
        }
        let named = document.authors_named(novel);
        match named.map_err(TurnedDown::Unreadable)? {
            Err(refusal) => Err(TurnedDown::Refused(refused(refusal, true))),
            Ok(named) if named.is_disjoint(&self.erased.people) => Ok(()),
            Ok(_) => Err(TurnedDown::Refused(Refused {
                is_strike: false,
                ..Refused::of(OF_NOBODY)
            })),
        }
    }

    /// Judges by the writer's role what is left of an update; absent for somebody without an authority.
    pub(super) fn by_role<'a>(
        &self,
        document: &mut Document,
        novel: &'a [u8],
        sifted: &Sifted,
    ) -> Result<Option<Passed<'a>>, TurnedDown> {
        let is_spared = self.in_part && self.planted.is(Mutation::AnswersNotJudged)
            || sifted.admission.deletes_only && self.planted.is(Mutation::DeletionsNotJudged);
        let Some(role) = self.writer.role.filter(|_| !is_spared) else {
            return Ok(None);
        };
        let by = policy::Writer {
            user: &self.writer.user,
            role,
        };
        let judged = document.judge(novel, by, &sifted.proofs);
        judged.map(Some).map_err(|unjudged| match unjudged {
            Unjudged::Violation(violation) => TurnedDown::Refused(not_allowed(&violation)),
            Unjudged::Unreadable(error) => TurnedDown::Unreadable(error),
        })
    }
}

/// Whether client ids that are nobody's would fill the document: it has room for so many, and they are counted to nobody.
fn is_too_much(document: &Document, hearsay: &BTreeSet<u64>) -> bool {
    let clients = document.state_vector();
    let is_nobodys = |client: &&u64| document.attribution().owner(**client).is_none();
    let there = clients.keys().filter(is_nobodys).count();
    let added = hearsay
        .iter()
        .filter(|client| !clients.contains_key(client))
        .count();
    there + added > DOCUMENT_CLIENTS_MAX / 2
}

/// Judges an update by what the document holds. The number of items is an upper bound until it is counted afresh,
/// which costs as much as the document is large: only an update that would not fit is worth it.
fn judge(
    document: &mut Document,
    update: &[u8],
    standing_of: impl Fn(&Attribution, u64) -> Standing,
) -> Result<Result<Admission, Refusal>, LoadError> {
    let within = |document: &mut Document| {
        let bounds = AdmitBounds::of_peer(document.structs_left());
        document.admit(update, &bounds, &standing_of)
    };
    match within(document)? {
        Err(Refusal::TooManyStructs { .. }) => {
            document.measure()?;
            within(document)
        }
        judged => Ok(judged),
    }
}

/// Whether the document has room for what is new.
pub(super) fn has_room(
    document: &mut Document,
    admission: &Admission,
    novel_bytes: usize,
) -> Result<(), TurnedDown> {
    let clients = document.state_vector();
    let is_new = |writer: &&u64| !clients.contains_key(writer);
    let newcomers = admission.writers.iter().filter(is_new).count();
    let is_crowded = newcomers > 0 && clients.len() + newcomers > DOCUMENT_CLIENTS_MAX;
    let fits = admission.deletes_only
        || document
            .has_room_for(novel_bytes, admission.structs)
            .map_err(TurnedDown::Unreadable)?;
    if fits && !is_crowded {
        Ok(())
    } else {
        Err(TurnedDown::Refused(Refused::for_lack_of_room()))
    }
}

/// How a refusal of the decoder is told.
pub(super) fn refused(refusal: Refusal, is_strike: bool) -> Refused {
    match refusal {
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
    }
}

/// How it is told what somebody may not do.
pub(super) fn not_allowed(violation: &Violation) -> Refused {
    Refused {
        words: violation.to_string(),
        ..Refused::of(NOT_ALLOWED)
    }
}

const OF_NOBODY: Close = Close::new(
    close::NOT_ALLOWED,
    "nothing comes back of an account that was erased",
);
const NOT_ALLOWED: Close = Close::new(close::NOT_ALLOWED, "not allowed");
