//! The yrs document behind its fence: only what `Known::admit` let through ever reaches yrs (SPEC section 3).

mod answers;
mod authors;
mod erasure;
mod judged;

use std::{cell::RefCell, rc::Rc};

use annotation::Attribution;
use yrs::{
    ClientID, Doc, OffsetKind, Options, ReadTxn, StateVector, Transact, Update,
    updates::decoder::Decode,
};

use crate::{
    decode::{self, Malformed},
    known::{Absorbed, AdmitBounds, Known},
    limits::{DOCUMENT_BYTES_MAX, DOCUMENT_STRUCTS_MAX, DOCUMENT_WARN_PERCENT},
};

use self::answers::Answers;
pub(crate) use self::authors::{Authored, Proofs};

/// The document in memory: a cache of what journal and snapshot say.
pub(crate) struct Document {
    doc: Doc,
    known: Known,
    /// Who wrote and deleted what of it, and nothing of what it does not hold.
    attribution: Attribution,
    /// Why some of that could not be read, until somebody is told.
    unread: Option<String>,
    /// Where the observer leaves what the last transaction did.
    emitted: Rc<RefCell<Option<Vec<u8>>>>,
    /// Upper bounds of the encoded size and of the unmergeable items, exact after `measure`.
    bytes: usize,
    structs: usize,
    measured: bool,
    answers: Answers,
}

/// Why the stored bytes are not a document.
#[derive(Debug, thiserror::Error)]
pub(crate) enum LoadError {
    #[error("{what} {index} is damaged: {source}")]
    Malformed {
        what: &'static str,
        index: usize,
        source: Malformed,
    },
    #[error("{what} {index} is not an update: {reason}")]
    Undecodable {
        what: &'static str,
        index: usize,
        reason: String,
    },
    #[error("the stored updates do not follow on each other")]
    Incomplete,
}

/// Why an admitted update was not applied.
#[derive(Debug, thiserror::Error)]
pub(crate) enum ApplyError {
    /// Nothing was changed.
    #[error("the update is not decodable: {0}")]
    Undecodable(String),
    /// The document may hold a part of the update: it must be dropped and loaded again.
    #[error("the update cannot be integrated: {0}")]
    Spoiled(String),
}

impl Document {
    /// Builds the document from a snapshot and the updates that follow it. An attribution that cannot be read is as good
    /// as absent: the document matters more.
    pub(crate) fn load(
        client_id: u64,
        snapshot: Option<&[u8]>,
        journal: &[Vec<u8>],
        attributions: &[Vec<u8>],
    ) -> Result<Document, LoadError> {
        let (mut attribution, unread) = authors::read(attributions);
        let doc = new_doc(client_id);
        let mut known = Known::new();
        let mut bytes = 0;
        let mut structs = 0;
        let stored = snapshot
            .map(|snapshot| ("the snapshot", 0, snapshot))
            .into_iter()
            .chain(
                journal
                    .iter()
                    .enumerate()
                    .map(|(row, update)| ("journal row", row, update.as_slice())),
            );
        {
            let mut txn = doc.transact_mut();
            for (what, index, update) in stored {
                let malformed = |source| LoadError::Malformed {
                    what,
                    index,
                    source,
                };
                known.absorb(update).map_err(malformed)?;
                structs += decode::struct_count(update).map_err(malformed)?;
                bytes += update.len();
                let undecodable = |reason: String| LoadError::Undecodable {
                    what,
                    index,
                    reason,
                };
                let decoded = Update::decode_v1(update).map_err(|e| undecodable(e.to_string()))?;
                txn.apply_update(decoded)
                    .map_err(|e| undecodable(e.to_string()))?;
            }
            if txn.has_missing_updates() {
                return Err(LoadError::Incomplete);
            }
        }
        let emitted = Rc::new(RefCell::new(None));
        let sink = Rc::clone(&emitted);
        doc.observe_update_v1("room", move |_, event| {
            *sink.borrow_mut() = Some(event.update.clone());
        })
        .expect("no transaction is open: the only one ended above");
        attribution.clip(|client| known.state_vector().get(&client).copied().unwrap_or(0));
        let document = Document {
            doc,
            known,
            attribution,
            unread,
            emitted,
            bytes,
            structs,
            measured: false,
            answers: Answers::default(),
        };
        if document.holds_what_it_knows() {
            Ok(document)
        } else {
            Err(LoadError::Incomplete)
        }
    }

    /// What the document holds, as far as judging a peer's update needs it.
    pub(crate) fn known(&self) -> &Known {
        &self.known
    }

    /// Strips known content from what the store sent. The store's bytes are bounded by the host, not by the bounds
    /// of a peer's edit.
    pub(crate) fn admit_stored(&self, stored: &[u8]) -> Result<Option<Vec<u8>>, String> {
        let bounds = AdmitBounds::of_store();
        let admission = self
            .known
            .admit(stored, &bounds)
            .map_err(|refusal| refusal.to_string())?;
        if admission.incomplete {
            return Err("it lacks dependencies of its own".to_owned());
        }
        Ok(admission.novel)
    }

    /// Applies the admitted part of a peer's update and returns what yrs emitted for it, the bytes to journal, and what
    /// these add.
    pub(crate) fn apply(&mut self, novel: &[u8]) -> Result<Applied, ApplyError> {
        let update =
            Update::decode_v1(novel).map_err(|e| ApplyError::Undecodable(e.to_string()))?;
        self.emitted.borrow_mut().take();
        {
            let mut txn = self.doc.transact_mut();
            txn.apply_update(update)
                .map_err(|e| ApplyError::Spoiled(e.to_string()))?;
            if txn.has_missing_updates() {
                return Err(ApplyError::Spoiled(
                    "a part of it waits for something unknown".to_owned(),
                ));
            }
        }
        let nothing = || ApplyError::Spoiled("yrs emitted nothing for it".to_owned());
        self.absorb_emitted()?.ok_or_else(nothing)
    }

    /// Takes into the index what yrs emitted for the last transaction; absent if that has changed nothing.
    fn absorb_emitted(&mut self) -> Result<Option<Applied>, ApplyError> {
        let emitted = self.emitted.borrow_mut().take();
        let Some(emitted) = emitted.filter(|update| update.as_slice() != Update::EMPTY_V1) else {
            return Ok(None);
        };
        let spoiled =
            |e: Malformed| ApplyError::Spoiled(format!("what yrs emitted is damaged: {e}"));
        let absorbed = self.known.absorb(&emitted).map_err(spoiled)?;
        self.structs += decode::struct_count(&emitted).map_err(spoiled)?;
        self.bytes += emitted.len();
        self.measured = false;
        self.answers.forget();
        if !self.holds_what_it_knows() {
            return Err(ApplyError::Spoiled(
                "yrs holds something else than it emitted".to_owned(),
            ));
        }
        Ok(Some(Applied {
            update: emitted,
            absorbed,
        }))
    }

    /// The whole document as update v1; measures it by the way.
    pub(crate) fn encode(&mut self) -> Vec<u8> {
        let encoded = self.encode_diff(&StateVector::default());
        self.bytes = encoded.len();
        // What cannot be counted is taken as full: the next apply or load says what is wrong with it.
        self.structs = decode::struct_count(&encoded).unwrap_or(DOCUMENT_STRUCTS_MAX);
        self.measured = true;
        encoded
    }

    /// Whether these bytes load into a document equal to this one.
    pub(crate) fn equals(&self, encoded: &[u8]) -> bool {
        let copy = new_doc(0);
        let Ok(update) = Update::decode_v1(encoded) else {
            return false;
        };
        let mut txn = copy.transact_mut();
        if txn.apply_update(update).is_err() || txn.has_missing_updates() {
            return false;
        }
        txn.snapshot() == self.doc.transact().snapshot()
    }

    /// Entries of the root map `highlights`.
    pub(crate) fn highlight_count(&self) -> u32 {
        annotation::highlight_count(&self.doc.transact())
    }

    /// Whether an update of so many bytes and items still fits the document bound.
    pub(crate) fn has_room_for(&mut self, bytes: usize, structs: usize) -> bool {
        let fits = |this: &Document| {
            this.bytes + bytes <= DOCUMENT_BYTES_MAX
                && this.structs + structs <= DOCUMENT_STRUCTS_MAX
        };
        if fits(self) {
            return true;
        }
        self.measure();
        fits(self)
    }

    /// How many more items fit for certain; `measure` may find room for more.
    pub(crate) fn structs_left(&self) -> usize {
        DOCUMENT_STRUCTS_MAX.saturating_sub(self.structs)
    }

    /// Whether the document passed the share of a bound at which the operator is told.
    pub(crate) fn is_nearly_full(&mut self) -> bool {
        if self.may_be_nearly_full() {
            self.measure();
        }
        self.may_be_nearly_full()
    }

    /// The same without measuring: for certain if it was measured since the last update, or if it is not.
    pub(crate) fn may_be_nearly_full(&self) -> bool {
        self.bytes * 100 > DOCUMENT_BYTES_MAX * DOCUMENT_WARN_PERCENT
            || self.structs * 100 > DOCUMENT_STRUCTS_MAX * DOCUMENT_WARN_PERCENT
    }

    /// Replaces the upper bounds, which count each update for itself, by what the document really takes. Costs as
    /// much as encoding it, once for each change.
    pub(crate) fn measure(&mut self) {
        if !self.measured {
            self.encode();
        }
    }

    /// Whether the state vector that was folded from emitted bytes is the one of the document: nothing may be
    /// acknowledged that was not emitted.
    fn holds_what_it_knows(&self) -> bool {
        let ours = self.known.state_vector();
        let theirs = self.doc.transact().state_vector();
        theirs.len() == ours.len()
            && ours
                .iter()
                .all(|(client, clock)| theirs.get(&ClientID::new(*client)) == *clock)
    }

    fn encode_diff(&self, theirs: &StateVector) -> Vec<u8> {
        self.doc.transact().encode_diff_v1(theirs)
    }
}

/// An update that was applied.
pub(crate) struct Applied {
    /// What yrs emitted.
    pub(crate) update: Vec<u8>,
    pub(crate) absorbed: Absorbed,
}

fn new_doc(client_id: u64) -> Doc {
    Doc::with_options(Options {
        offset_kind: OffsetKind::Utf16,
        ..Options::with_guid_and_client_id("room".into(), ClientID::new(client_id))
    })
}
