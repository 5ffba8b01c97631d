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
        self.check_author(&made.author, thing)?;
        let created_at = made.created_at;
        created_at.map_or(Ok(()), |created_at| {
            self.check_moment(created_at, thing, now_ms)
        })
    }

    pub(super) fn check_author(&self, author: &Author, thing: Thing) -> Result<(), Violation> {
        if self.claimed.holds(author, thing) {
            Ok(())
        } else {
            Err(Violation::ForeignAuthor { thing })
        }
    }

    pub(super) fn check_moment(
        &self,
        created_at: Stated,
        thing: Thing,
        now_ms: i64,
    ) -> Result<(), Violation> {
        match created_at {
            _ if matches!(self.claimed, Claimed::PassedOn) => Ok(()),
            Stated::Millis(millis) if millis <= now_ms.saturating_add(CREATED_AHEAD_MAX_MS) => {
                Ok(())
            }
            Stated::Millis(_) | Stated::Unreadable => Err(Violation::NoPastMoment { thing }),
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
