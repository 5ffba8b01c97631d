//! What the document is made of: its bytes, the index of them, and yrs's document. Each is made of the one before once
//! something needs it.

use super::{Answers, LoadError, Stored, Summary, replica::Replica, size::Size};
use crate::known::{Admission, AdmitBounds, Held, Known, Refusal, Standing};

/// What the document is made of. Many who come to a room that sleeps have nothing or everything, read, and go: what they
/// are told is in the stored bytes. To build the document costs many times what that does, and to read the index of a large
/// one, where nobody has read any for a while, half as much again.
pub(super) enum Content {
    /// A snapshot, and what was noted of it when it was written.
    Summed(Stored, Held),
    Read(Stored, Index),
    Built(Built),
}

/// What was read of stored bytes.
pub(super) struct Index {
    pub(super) known: Known,
    pub(super) size: Size,
    /// Where the delete set starts in the last of the updates.
    pub(super) deletes_at: usize,
}

/// The document, and the index of it.
pub(super) struct Built {
    pub(super) replica: Replica,
    pub(super) known: Known,
}

impl Index {
    /// Reads stored bytes. They are known to be whole and to follow on each other then.
    fn of(stored: &Stored) -> Result<Index, LoadError> {
        let mut index = Index {
            known: Known::new(),
            size: Size::default(),
            deletes_at: 0,
        };
        for (what, row, update) in stored.updates() {
            let absorbed = index
                .known
                .absorb(update)
                .map_err(|source| LoadError::Malformed {
                    what,
                    index: row,
                    source,
                })?;
            index.size.grow(update.len(), absorbed.structs);
            index.deletes_at = absorbed.deletes_at;
        }
        Ok(index)
    }
}

impl Content {
    /// What is stored, and how large it is at most. If it is what a summary is of, nothing more is read.
    pub(super) fn new(
        stored: Stored,
        summary: Option<Summary>,
    ) -> Result<(Content, Size), LoadError> {
        if let Some((held, size)) = summary.and_then(|summary| summary.held(&stored)) {
            return Ok((Content::Summed(stored, held), size));
        }
        let index = Index::of(&stored)?;
        let size = index.size;
        Ok((Content::Read(stored, index), size))
    }

    /// What there is of the document, and what of it is deleted.
    pub(super) fn held(&self) -> &Held {
        match self {
            Content::Summed(_, held) => held,
            Content::Read(_, index) => index.known.held(),
            Content::Built(built) => built.known.held(),
        }
    }

    /// The stored bytes, as long as the document is not built.
    pub(super) fn stored(&self) -> Option<&Stored> {
        match self {
            Content::Summed(stored, _) | Content::Read(stored, _) => Some(stored),
            Content::Built(_) => None,
        }
    }

    /// The index, which is read now if it was not. On an error nothing has changed.
    pub(super) fn known(&mut self) -> Result<&Known, LoadError> {
        let (stored, held) = match self {
            Content::Read(_, index) => return Ok(&index.known),
            Content::Built(built) => return Ok(&built.known),
            Content::Summed(stored, held) => (stored, held),
        };
        let index = Index::of(stored)?;
        if index.known.held() != held {
            return Err(LoadError::OtherThanSummed);
        }
        *self = Content::Read(std::mem::take(stored), index);
        self.known()
    }

    /// The document, which is built now if it was not. On an error nothing has changed.
    pub(super) fn built(&mut self, answers: &mut Answers) -> Result<&mut Built, LoadError> {
        let (stored, index) = match self {
            Content::Built(built) => return Ok(built),
            Content::Read(stored, index) => (stored, index),
            Content::Summed(..) => {
                self.known()?;
                return self.built(answers);
            }
        };
        let replica = Replica::build(stored)?;
        if !replica.holds(index.known.state_vector()) {
            return Err(LoadError::Incomplete);
        }
        if let Some(whole) = stored.whole() {
            answers.keep_stored(whole);
        }
        let known = std::mem::take(&mut index.known);
        *self = Content::Built(Built { replica, known });
        self.built(answers)
    }

    /// Sorts an update by what the document holds, as `Known::admit_from` does. If nothing of it is new, the index is not
    /// needed for that.
    pub(super) fn admit(
        &mut self,
        update: &[u8],
        bounds: &AdmitBounds,
        standing_of: &dyn Fn(u64) -> Standing,
    ) -> Result<Result<Admission, Refusal>, LoadError> {
        if let Content::Summed(_, held) = self
            && let Some(sorted) = held.admit_from(update, bounds, standing_of).transpose()
        {
            return Ok(sorted);
        }
        Ok(self.known()?.admit_from(update, bounds, standing_of))
    }
}
