//! Who may do this to the document: what the judge of an update is told of it.

use annotation::Attribution;
use yrs::Transact;

use super::{Document, LoadError, Proofs};
use crate::{
    policy::{self, Bindings, Passed, Violation},
    time::Timestamp,
};

/// Why an update does not pass.
#[derive(Debug)]
pub(crate) enum Unjudged {
    /// Its writer may not do this.
    Violation(Violation),
    /// There is no document to judge it by: what is stored turned out to be none.
    Unreadable(LoadError),
}

impl Document {
    /// Judges the admitted part of a peer's update, of which this is only passed on.
    ///
    /// # Errors
    /// If its writer may not do this, or nobody can tell.
    pub(crate) fn judge<'a>(
        &mut self,
        novel: &'a [u8],
        writer: policy::Writer<'_>,
        passed_on: &Proofs,
    ) -> Result<Passed<'a>, Unjudged> {
        let built = self.content.built(&mut self.answers);
        let built = built.map_err(Unjudged::Unreadable)?;
        let whose = Whose {
            attribution: &self.attribution,
            passed_on,
        };
        policy::judge(
            &built.known,
            &built.replica.doc().transact(),
            novel,
            writer,
            &whose,
        )
        .map_err(Unjudged::Violation)
    }

    /// Looks at what an update would make that is not applied yet, in so far as it is only passed on.
    ///
    /// # Errors
    /// If that might turn out to be a violation, or nobody can tell.
    pub(crate) fn foresee(
        &mut self,
        passed: &Passed<'_>,
        passed_on: &Proofs,
        now: Timestamp,
    ) -> Result<(), Unjudged> {
        let known = self.content.known().map_err(Unjudged::Unreadable)?;
        passed
            .foresee(known, &passed_on.hearsay, millis(now))
            .map_err(Unjudged::Violation)
    }

    /// Looks at what an update that was applied has made.
    ///
    /// # Errors
    /// If it does not say truly by whom it is. The document holds it all the same.
    pub(crate) fn confirm(&mut self, passed: &Passed<'_>, now: Timestamp) -> Result<(), Unjudged> {
        let replica = self.build().map_err(Unjudged::Unreadable)?;
        passed
            .confirm(&replica.doc().transact(), millis(now))
            .map_err(Unjudged::Violation)
    }
}

fn millis(now: Timestamp) -> i64 {
    i64::try_from(now.0).unwrap_or(i64::MAX)
}

/// Whose an update's client ids are.
struct Whose<'a> {
    attribution: &'a Attribution,
    passed_on: &'a Proofs,
}

impl Bindings for Whose<'_> {
    fn user_of(&self, client: u64) -> Option<&str> {
        self.attribution.owner(client)
    }

    fn is_passed_on(&self, client: u64) -> bool {
        self.passed_on.is_spared && self.passed_on.hearsay.contains(&client)
    }

    fn are_deletions_passed_on(&self) -> bool {
        self.passed_on.is_spared && self.passed_on.are_deletions_hearsay
    }
}
