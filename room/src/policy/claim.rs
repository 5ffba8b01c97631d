//! What an update's things say of themselves, once they are in the document.

use annotation::{Author, Stated, Thing, limits::CREATED_AHEAD_MAX_MS, signature};
use yrs::ReadTxn;

use super::Violation;

/// What has to be true of a thing that an update has made.
#[derive(Debug)]
pub(super) struct Claim {
    pub(super) claimed: Claimed,
}

/// Whose it may say that it is.
#[derive(Debug)]
pub(super) enum Claimed {
    /// This user's. A tag need not say that it is anybody's.
    Of(String),
    /// Whoever's it was before.
    StillOf(Author),
    /// Anybody's.
    OfAnybody,
    /// Anybody's, of any time: what was lost may have been taken by other rules.
    PassedOn,
}

impl Claim {
    pub(super) fn confirm(
        &self,
        after: &impl ReadTxn,
        thing: Thing,
        key: &str,
        now_ms: i64,
    ) -> Result<(), Violation> {
        // Another value of the key won, or it was deleted at once: then nobody sees what it says.
        let Some(made) = signature(after, thing, key) else {
            return Ok(());
        };
        if !self.claimed.holds(&made.author, thing) {
            return Err(Violation::ForeignAuthor { thing });
        }
        match made.created_at {
            _ if matches!(self.claimed, Claimed::PassedOn) => Ok(()),
            None => Ok(()),
            Some(Stated::Millis(millis))
                if millis <= now_ms.saturating_add(CREATED_AHEAD_MAX_MS) =>
            {
                Ok(())
            }
            Some(Stated::Millis(_) | Stated::Unreadable) => Err(Violation::NoPastMoment { thing }),
        }
    }
}

impl Claimed {
    fn holds(&self, author: &Author, thing: Thing) -> bool {
        match (self, author) {
            (Claimed::Of(_), Author::Unsaid) => thing == Thing::Tag,
            (Claimed::Of(user), Author::User(author)) => author == user,
            (Claimed::Of(_), Author::Unreadable) => false,
            (Claimed::StillOf(before), _) => author == before,
            (Claimed::OfAnybody | Claimed::PassedOn, _) => true,
        }
    }
}
