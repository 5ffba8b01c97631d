//! The yrs document behind its fence: only what `Known::admit` let through ever reaches yrs (SPEC section 3).

mod answers;
mod authors;
mod content;
mod erasure;
mod judged;
mod replica;
mod size;
mod summary;

use annotation::Attribution;
use yrs::Transact;

use crate::{
    decode::{Malformed, StateVector},
    known::{Absorbed, Admission, AdmitBounds, Known, Refusal, Standing},
};

use self::{
    answers::Answers,
    content::Content,
    replica::{Emitted, Replica},
    size::Size,
};
pub(crate) use self::{
    authors::{Authored, Proofs},
    judged::Unjudged,
    summary::Summary,
};

/// The document in memory: a cache of what journal and snapshot say.
pub(crate) struct Document {
    content: Content,
    /// Who wrote and deleted what of it, and nothing of what it does not hold.
    attribution: Attribution,
    /// Why some of that could not be read, until somebody is told.
    unread: Option<String>,
    size: Size,
    answers: Answers,
}

/// A snapshot and the updates that follow it.
#[derive(Default)]
pub(crate) struct Stored {
    /// The client id that the document has once it is built.
    pub(crate) client_id: u64,
    pub(crate) snapshot: Option<Vec<u8>>,
    pub(crate) journal: Vec<Vec<u8>>,
}

impl Stored {
    /// All of them, each with what it is called.
    fn updates(&self) -> impl Iterator<Item = (&'static str, usize, &[u8])> {
        let snapshot = self.snapshot.as_deref();
        let journal = self.journal.iter().enumerate();
        snapshot
            .map(|snapshot| ("the snapshot", 0, snapshot))
            .into_iter()
            .chain(journal.map(|(row, update)| ("journal row", row, update.as_slice())))
    }

    /// The one update that says it all, if there is one: a snapshot. A row of the journal never does, though it be the only
    /// one: what was put together of a tick still holds words that were deleted within it.
    fn whole(&self) -> Option<&[u8]> {
        match (&self.snapshot, self.journal.as_slice()) {
            (Some(snapshot), []) => Some(snapshot),
            (None, []) => Some(yrs::Update::EMPTY_V1),
            (_, [_, ..]) => None,
        }
    }
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
    /// The fault is ours: it was written with the snapshot, and of these very bytes.
    #[error("the snapshot says something else than its summary")]
    OtherThanSummed,
}

/// Why an admitted update was not applied.
#[derive(Debug, thiserror::Error)]
pub(crate) enum ApplyError {
    /// What is stored turned out to be no document.
    #[error(transparent)]
    Unreadable(#[from] LoadError),
    /// Nothing was changed.
    #[error("the update is not decodable: {0}")]
    Undecodable(String),
    /// The document may hold a part of the update: it must be dropped and loaded again.
    #[error("the update cannot be integrated: {0}")]
    Spoiled(String),
}

impl Document {
    /// Reads a snapshot and the updates that follow it. They are known to be whole and to follow on each other then, or to be
    /// what a summary says that they were; the document itself is not built. An attribution that cannot be read is as good as
    /// absent: the document matters more.
    pub(crate) fn read(
        stored: Stored,
        attributions: &[Vec<u8>],
        summary: Option<Summary>,
    ) -> Result<Document, LoadError> {
        let (mut attribution, unread) = authors::read(attributions);
        let (content, size) = Content::new(stored, summary)?;
        let reached = content.held().state_vector();
        attribution.clip(|client| reached.get(&client).copied().unwrap_or(0));
        let mut document = Document {
            content,
            attribution,
            unread,
            size,
            answers: Answers::default(),
        };
        if document.size.is_worth_measuring() {
            // Whether it is can only be told of the document.
            document.build()?;
        }
        Ok(document)
    }

    /// The same, believes no summary, and builds the document.
    pub(crate) fn load(stored: Stored, attributions: &[Vec<u8>]) -> Result<Document, LoadError> {
        let mut document = Document::read(stored, attributions, None)?;
        document.build()?;
        Ok(document)
    }

    /// Builds the document, if only its stored bytes are there. On an error nothing has changed.
    pub(crate) fn build(&mut self) -> Result<&mut Replica, LoadError> {
        let built = self.content.built(&mut self.answers)?;
        Ok(&mut built.replica)
    }

    /// Whether it is more than its stored bytes and the index.
    pub(crate) fn is_built(&self) -> bool {
        match &self.content {
            Content::Built(_) => true,
            Content::Summed(..) | Content::Read(..) => false,
        }
    }

    /// Whether all of it was read, and not only what was noted of it.
    pub(crate) fn is_read(&self) -> bool {
        match &self.content {
            Content::Read(..) | Content::Built(_) => true,
            Content::Summed(..) => false,
        }
    }

    /// What the document has.
    pub(crate) fn state_vector(&self) -> &StateVector {
        self.content.held().state_vector()
    }

    /// The index, which is read if it was not, and who wrote what it tells of.
    pub(crate) fn index(&mut self) -> Result<(&Known, &Attribution), LoadError> {
        Ok((self.content.known()?, &self.attribution))
    }

    /// Sorts a peer's update by what the document holds, and by how client ids stand to whoever sends it.
    pub(crate) fn admit(
        &mut self,
        update: &[u8],
        bounds: &AdmitBounds,
        standing_of: impl Fn(&Attribution, u64) -> Standing,
    ) -> Result<Result<Admission, Refusal>, LoadError> {
        let attribution = &self.attribution;
        let standing_of = |client| standing_of(attribution, client);
        self.content.admit(update, bounds, &standing_of)
    }

    /// Strips known content from what the store sent. The store's bytes are bounded by the host, not by the bounds
    /// of a peer's edit.
    pub(crate) fn admit_stored(
        &mut self,
        stored: &[u8],
    ) -> Result<Result<Option<Vec<u8>>, String>, LoadError> {
        let admitted = self.admit(stored, &AdmitBounds::of_store(), |_, _| Standing::Own)?;
        Ok(match admitted {
            Err(refusal) => Err(refusal.to_string()),
            Ok(admission) if admission.incomplete => {
                Err("it lacks dependencies of its own".to_owned())
            }
            Ok(admission) => Ok(admission.novel),
        })
    }

    /// Applies the admitted part of a peer's update and returns what yrs emitted for it, the bytes to journal, and what
    /// these add.
    pub(crate) fn apply(&mut self, novel: &[u8]) -> Result<Applied, ApplyError> {
        let emitted = self.build()?.apply(novel)?;
        let nothing = || ApplyError::Spoiled("yrs emitted nothing for it".to_owned());
        self.absorb_emitted(emitted)?.ok_or_else(nothing)
    }

    /// Takes into the index what yrs emitted for a transaction; absent if that has changed nothing.
    fn absorb_emitted(&mut self, emitted: Option<Emitted>) -> Result<Option<Applied>, ApplyError> {
        let Some(Emitted { update, written }) = emitted else {
            return Ok(None);
        };
        let spoiled =
            |e: Malformed| ApplyError::Spoiled(format!("what yrs emitted is damaged: {e}"));
        let known = &mut self.content.built(&mut self.answers)?.known;
        let absorbed = known.absorb(&update).map_err(spoiled)?;
        self.size.grow(update.len(), absorbed.structs);
        self.answers.forget();
        // Nothing may be acknowledged that was not emitted: what index and document held before was the same.
        if absorbed.written != written {
            return Err(ApplyError::Spoiled(
                "yrs holds something else than it emitted".to_owned(),
            ));
        }
        Ok(Some(Applied { update, absorbed }))
    }

    /// The whole document as update v1.
    pub(crate) fn encode(&mut self) -> Result<Vec<u8>, LoadError> {
        self.whole().map(<[u8]>::to_vec)
    }

    /// Entries of the root map `highlights`.
    pub(crate) fn highlight_count(&mut self) -> Result<u32, LoadError> {
        let replica = self.build()?;
        Ok(annotation::highlight_count(&replica.doc().transact()))
    }

    /// Whether an update of so many bytes and items still fits the document bound.
    pub(crate) fn has_room_for(&mut self, bytes: usize, structs: usize) -> Result<bool, LoadError> {
        if !self.size.has_room_for(bytes, structs) {
            self.measure()?;
        }
        Ok(self.size.has_room_for(bytes, structs))
    }

    /// How many more items fit for certain; `measure` may find room for more.
    pub(crate) fn structs_left(&self) -> usize {
        self.size.structs_left()
    }

    /// Whether the document passed the share of a bound at which the operator is told.
    pub(crate) fn is_nearly_full(&mut self) -> bool {
        if self.size.is_worth_measuring() {
            // Of what cannot be built the bounds stand.
            return self.measure().is_err() || self.may_be_nearly_full();
        }
        self.size.was_nearly_full()
    }

    /// The same without measuring: for certain if it was measured since the last update, or if it is not.
    pub(crate) fn may_be_nearly_full(&self) -> bool {
        self.size.may_be_nearly_full()
    }

    /// Replaces the upper bounds, which count each update for itself, by what the document really takes. Costs as
    /// much as encoding it, once for each change.
    pub(crate) fn measure(&mut self) -> Result<(), LoadError> {
        if !self.size.is_exact() {
            self.build()?;
            // What was stored may take more than what yrs makes of it.
            self.answers.forget_whole();
            self.whole()?;
        }
        Ok(())
    }
}

#[cfg(test)]
impl Document {
    /// Spoils the stored bytes behind the back of the index.
    pub(crate) fn spoil(&mut self) {
        if let Content::Summed(stored, _) | Content::Read(stored, _) = &mut self.content {
            stored.snapshot = Some(vec![1, 2, 3]);
        }
    }
}

/// An update that was applied.
pub(crate) struct Applied {
    /// What yrs emitted.
    pub(crate) update: Vec<u8>,
    pub(crate) absorbed: Absorbed,
}
