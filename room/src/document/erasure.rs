//! What people who were erased have left in the document.

use std::collections::BTreeSet;

use annotation::{Attribution, Erasure, Part};
use yrs::Any;

use super::{ApplyError, Authored, Document, LoadError};
use crate::known::{Known, Refusal, Said};

impl Document {
    /// Takes out what these people have left. Answers the bytes to journal; absent if there was nothing. Nobody's socket
    /// brought these deletions, and so nobody is named for them.
    pub(crate) fn erase(
        &mut self,
        people: &BTreeSet<String>,
    ) -> Result<Option<Authored>, ApplyError> {
        let built = self.content.built(&mut self.answers)?;
        // What takes the place of the stored bytes is made of the document, which has dropped what was deleted, and is never
        // those bytes once more.
        self.answers.forget_whole();
        let attribution = &self.attribution;
        let is_theirs = |client| {
            let owner = attribution.owner(client);
            owner.is_some_and(|owner| people.contains(owner))
        };
        let erasure = Erasure {
            people,
            is_theirs: &is_theirs,
            stay: &BTreeSet::new(),
        };
        let emitted = built.replica.change(|txn| annotation::erase(txn, &erasure));
        let applied = self.absorb_emitted(emitted)?;
        Ok(applied.map(|applied| Authored {
            update: applied.update,
            attribution: Attribution::default().encode(),
        }))
    }

    /// By whom the things are that an update makes, as it says itself. Refuses nothing that judging it would not refuse.
    pub(crate) fn authors_named(
        &mut self,
        novel: &[u8],
    ) -> Result<Result<BTreeSet<String>, Refusal>, LoadError> {
        Ok(authors_named(self.content.known()?, novel))
    }
}

fn authors_named(known: &Known, novel: &[u8]) -> Result<BTreeSet<String>, Refusal> {
    let mut named = BTreeSet::new();
    known.reach(novel)?.sayings(|saying| {
        let Said::Value(value) = saying.said else {
            return;
        };
        let author = match (saying.part, &value) {
            (Part::AuthorId, value) => Some(value),
            (Part::Whole, Any::Map(fields)) => fields.get("author_id"),
            _ => None,
        };
        if let Some(Any::String(author)) = author {
            named.insert(author.to_string());
        }
    })?;
    Ok(named)
}
