//! What the document says to who asks for what they lack. A class that comes at once asks the same, and to encode a large
//! document costs a hundred times what it costs to say it again.

use yrs::{ClientID, StateVector};

use super::{Content, Document, LoadError, Size};
use crate::{decode, limits::DOCUMENT_STRUCTS_MAX, wire};

/// What was said since the document last changed.
#[derive(Debug, Default)]
pub(super) struct Answers {
    /// The whole document, for who has nothing; archive and snapshot are the same bytes.
    whole: Option<Vec<u8>>,
    /// The SyncStep2 for who has everything: what was deleted, which a state vector does not tell.
    deletions: Option<Vec<u8>>,
    /// A planted bug: they are never forgotten.
    are_kept: bool,
    /// A planted bug: the stored bytes are said for ever.
    is_stored_kept: bool,
    /// What is said of the whole document by such a bug.
    stale: Option<Vec<u8>>,
}

impl Answers {
    pub(super) fn forget(&mut self) {
        self.forget_whole();
        if !self.are_kept {
            self.deletions = None;
        }
    }

    pub(super) fn forget_whole(&mut self) {
        self.whole = None;
    }

    /// What the document is, until it changes.
    pub(super) fn keep_whole(&mut self, whole: Vec<u8>) {
        if self.are_kept {
            self.stale.get_or_insert_with(|| whole.clone());
        }
        self.whole = Some(whole);
    }

    /// The same, if it is what was stored.
    pub(super) fn keep_stored(&mut self, whole: &[u8]) {
        if self.is_stored_kept {
            self.stale = Some(whole.to_vec());
        }
        self.keep_whole(whole.to_vec());
    }
}

impl Document {
    /// The whole document as update v1; measures it by the way. It is kept until the document changes.
    pub(super) fn whole(&mut self) -> Result<&[u8], LoadError> {
        if let Content::Stored(stored) = &self.content
            && stored.whole().is_none()
        {
            self.build()?;
        }
        if let Content::Built(replica) = &self.content
            && self.answers.whole.is_none()
        {
            let encoded = replica.encode_diff(&StateVector::default());
            // What cannot be counted is taken as full: the next apply or load says what is wrong with it.
            let structs = decode::struct_count(&encoded).unwrap_or(DOCUMENT_STRUCTS_MAX);
            self.size = Size::measured(encoded.len(), structs);
            self.answers.keep_whole(encoded);
        }
        let stored = match &self.content {
            Content::Stored(stored) => stored.whole(),
            Content::Built(_) => self.answers.whole.as_deref(),
        };
        stored.ok_or(LoadError::Incomplete)
    }

    /// The SyncStep2 for a replica with this state vector, which holds only clients that the document knows: what it lacks
    /// (the delete set is always whole).
    pub(crate) fn answer(&mut self, theirs: &decode::StateVector) -> Result<Vec<u8>, LoadError> {
        if theirs.is_empty() {
            return match &self.answers.stale {
                Some(stale) => Ok(wire::sync_step2(stale)),
                None => self.whole().map(wire::sync_step2),
            };
        }
        if theirs == self.known.state_vector() {
            let known = &self.known;
            let answer = (self.answers.deletions)
                .get_or_insert_with(|| wire::sync_step2(&known.deletions()));
            return Ok(answer.clone());
        }
        let state_vector: StateVector = theirs
            .iter()
            .map(|(client, clock)| (ClientID::new(*client), *clock))
            .collect();
        Ok(wire::sync_step2(&self.build()?.encode_diff(&state_vector)))
    }

    /// Plants a bug: what was answered once is answered again whatever has changed.
    pub(crate) fn keep_answers(&mut self) {
        self.answers.are_kept = true;
    }

    /// Plants a bug: who has nothing is told what was stored, whatever was written since.
    pub(crate) fn keep_stored(&mut self) {
        self.answers.is_stored_kept = true;
    }
}
