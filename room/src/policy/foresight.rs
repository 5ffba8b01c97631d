//! What an update's things will say of themselves, as far as it can be seen before they are in the document.
//!
//! Of what somebody only passes on nobody wants to learn afterwards that it is a violation: the document would have to be
//! built anew for what nobody did. Which of several values wins, however, is only known once they are in the document. So
//! each of them has to be one that would pass: nobody who passes on what an honest replica holds brings more than one that
//! is not deleted.

use std::collections::{BTreeMap, BTreeSet};

use annotation::{Author, Part, Stated};
use yrs::Any;

use super::{Passed, Violation, claim::Claim};
use crate::known::{Known, Reach, Said};

/// What an update says of one entry.
#[derive(Debug, Default)]
struct Told {
    /// Something of it was only passed on.
    is_passed_on: bool,
    /// The entry itself, if the update brings it.
    entry: Option<Said>,
    authors: Vec<Said>,
    moments: Vec<Said>,
}

impl Passed<'_> {
    /// Looks at what the update would make with what is under these client ids, in the document of which `known` is the
    /// index: the one that the update was judged for. If this passes, then whatever `confirm` finds to be a violation
    /// afterwards is one without these client ids too.
    ///
    /// # Errors
    /// If a thing might not say truly by whom it is, or that it is of the future.
    pub fn foresee(
        &self,
        known: &Known,
        passed_on: &BTreeSet<u64>,
        now_ms: i64,
    ) -> Result<(), Violation> {
        let Some(novel) = self.novel.as_deref().filter(|_| !self.claims.is_empty()) else {
            return Ok(());
        };
        let reach = known.reach(novel)?;
        let told = told(&reach, passed_on)?;
        for (number, told) in told.iter().filter(|(_, told)| told.is_passed_on) {
            let entry = reach.entry(*number);
            let at = (entry.thing, entry.key.as_ref().to_owned());
            // What has none is dead, and stays so.
            if let Some(claim) = self.claims.get(&at) {
                told.foresee(&reach, *number, claim, now_ms)?;
            }
        }
        Ok(())
    }
}

fn told(reach: &Reach<'_>, passed_on: &BTreeSet<u64>) -> Result<BTreeMap<u32, Told>, Violation> {
    let mut entries = BTreeMap::<u32, Told>::new();
    reach.sayings(|saying| {
        let told = entries.entry(saying.entry).or_default();
        told.is_passed_on |= passed_on.contains(&saying.client);
        match saying.part {
            Part::Whole => told.entry = Some(saying.said),
            Part::AuthorId => told.authors.push(saying.said),
            Part::CreatedAt => told.moments.push(saying.said),
            Part::Resolution | Part::Arrangement | Part::Form(_) | Part::Content => {}
        }
    })?;
    Ok(entries)
}

impl Told {
    fn foresee(
        &self,
        reach: &Reach<'_>,
        number: u32,
        claim: &Claim,
        now_ms: i64,
    ) -> Result<(), Violation> {
        let thing = reach.entry(number).thing;
        let (authors, moments) = match &self.entry {
            // It is there, and whose it is nobody changes.
            None if reach.is_dead(number) => return Ok(()),
            None => (Vec::new(), self.moments()),
            Some(Said::Nothing) => return Ok(()),
            Some(Said::Nested) => (self.authors(), self.moments()),
            Some(Said::Value(Any::Map(fields))) => (
                vec![fields.get("author_id").map_or(Author::Unsaid, Author::said)],
                fields
                    .get("created_at")
                    .map(Stated::said)
                    .into_iter()
                    .collect(),
            ),
            Some(Said::Value(_) | Said::Other) => (vec![Author::Unreadable], Vec::new()),
        };
        for author in &authors {
            claim.check_author(author, thing)?;
        }
        let mut moments = moments.into_iter();
        moments.try_for_each(|created_at| claim.check_moment(created_at, thing, now_ms))
    }

    /// Whose it may say that it is.
    fn authors(&self) -> Vec<Author> {
        let is_deleted = |said: &Said| matches!(said, Said::Nothing);
        let may_be_unsaid = self.authors.is_empty() || self.authors.iter().any(is_deleted);
        let unsaid = may_be_unsaid.then_some(Author::Unsaid);
        let said = self.authors.iter().filter_map(|said| match said {
            Said::Nothing => None,
            Said::Value(value) => Some(Author::said(value)),
            Said::Nested | Said::Other => Some(Author::Unreadable),
        });
        said.chain(unsaid).collect()
    }

    /// Since when it may say that it is there, unless it does not.
    fn moments(&self) -> Vec<Stated> {
        let said = self.moments.iter().filter_map(|said| match said {
            Said::Nothing => None,
            Said::Value(value) => Some(Stated::said(value)),
            Said::Nested | Said::Other => Some(Stated::Unreadable),
        });
        said.collect()
    }
}
