//! What the document says to who asks for what they lack. A class that comes at once asks the same, and to encode a large
//! document costs a hundred times what it costs to say it again.

use std::rc::Rc;

use yrs::{ClientID, StateVector};

use super::{Content, Document, LoadError, Size};
use crate::{decode, effect::Frame, limits::DOCUMENT_STRUCTS_MAX, wire};

/// What was said since the document last changed.
#[derive(Debug, Default)]
pub(super) struct Answers {
    /// The whole document, for who has nothing; archive and snapshot are the same bytes.
    whole: Option<Whole>,
    /// The SyncStep2 for who has everything: what was deleted, which a state vector does not tell.
    deletions: Option<Frame>,
    /// A planted bug: they are never forgotten.
    are_kept: bool,
    /// A planted bug: the stored bytes are said for ever.
    is_stored_kept: bool,
    /// What is said of the whole document by such a bug.
    stale: Option<Vec<u8>>,
}

/// The whole document as it is sent: a class that comes at once is sent the same bytes.
#[derive(Debug)]
struct Whole {
    /// The SyncStep2. It ends with the update.
    frame: Frame,
    update_bytes: usize,
}

impl Whole {
    fn of(update: &[u8]) -> Self {
        Self {
            frame: wire::shared_sync_step2(update),
            update_bytes: update.len(),
        }
    }

    fn update(&self) -> &[u8] {
        &self.frame[self.frame.len() - self.update_bytes..]
    }
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
    fn keep_whole(&mut self, whole: &[u8]) {
        if self.are_kept {
            self.stale.get_or_insert_with(|| whole.to_vec());
        }
        self.whole.get_or_insert_with(|| Whole::of(whole));
    }

    /// The same, if it is what was stored.
    pub(super) fn keep_stored(&mut self, whole: &[u8]) {
        if self.is_stored_kept {
            self.stale = Some(whole.to_vec());
        }
        self.keep_whole(whole);
    }
}

impl Document {
    /// The whole document as update v1; measures it by the way. It is kept until the document changes.
    pub(super) fn whole(&mut self) -> Result<&[u8], LoadError> {
        let stored = self.content.stored();
        if stored.is_some_and(|stored| stored.whole().is_none()) {
            self.build()?;
        }
        if let Content::Built(built) = &self.content
            && self.answers.whole.is_none()
        {
            let encoded = built.replica.encode_diff(&StateVector::default());
            // What cannot be counted is taken as full: the next apply or load says what is wrong with it.
            let structs = decode::struct_count(&encoded).unwrap_or(DOCUMENT_STRUCTS_MAX);
            self.size = Size::measured(encoded.len(), structs);
            self.answers.keep_whole(&encoded);
        }
        let whole = match self.content.stored() {
            Some(stored) => stored.whole(),
            None => self.answers.whole.as_ref().map(Whole::update),
        };
        whole.ok_or(LoadError::Incomplete)
    }

    /// The SyncStep2 for a replica with this state vector, which holds only clients that the document knows: what it lacks
    /// (the delete set is always whole).
    pub(crate) fn answer(&mut self, theirs: &decode::StateVector) -> Result<Frame, LoadError> {
        if theirs.is_empty() {
            if let Some(stale) = &self.answers.stale {
                return Ok(wire::sync_step2(stale).into());
            }
            if let Some(whole) = &self.answers.whole {
                return Ok(Rc::clone(&whole.frame));
            }
            // What is encoded is kept; what is stored is not, but to be said.
            self.whole()?;
            if self.answers.whole.is_none() {
                let whole = Whole::of(self.whole()?);
                self.answers.whole = Some(whole);
            }
            let whole = self.answers.whole.as_ref();
            return whole
                .map(|whole| Rc::clone(&whole.frame))
                .ok_or(LoadError::Incomplete);
        }
        let held = self.content.held();
        if theirs == held.state_vector() {
            let answer = (self.answers.deletions)
                .get_or_insert_with(|| wire::sync_step2(&held.deletions()).into());
            return Ok(Rc::clone(answer));
        }
        let state_vector: StateVector = theirs
            .iter()
            .map(|(client, clock)| (ClientID::new(*client), *clock))
            .collect();
        Ok(wire::sync_step2(&self.build()?.encode_diff(&state_vector)).into())
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
