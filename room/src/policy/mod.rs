//! Who may do this to the document: the judge of a peer's update (SPEC section "roles").
//!
//! An update is judged twice. `judge` looks at the novel part before it is applied: by whom it is, where it writes,
//! what it takes away. That decides nearly everything, and costs no more than the update is large. `Passed::confirm`
//! looks at the document afterwards, and only at what the update has made: whether it says truly by whom it is. Who
//! finds a violation then has to build the document anew. Of what its sender only passes on, `Passed::foresee` sees in
//! advance what could turn out so.
//!
//! The table itself, what a role may do to whose thing, is `annotation::may`.

mod claim;
mod foresight;
mod form;
mod violation;

use std::{
    borrow::Cow,
    collections::{BTreeMap, BTreeSet},
};

use annotation::{Deed, Part, Role, Signature, Thing, Whose, may, may_write_freely, signature};
use yrs::ReadTxn;

use self::claim::{Claim, Claimed};
use crate::known::{Deletion, Holds, Known, Place, Reach, Within};

pub use self::violation::Violation;

/// Who sent an update, and what they may do.
#[derive(Clone, Copy, Debug)]
pub struct Writer<'a> {
    /// Their id, as `author_id` names them.
    pub user: &'a str,
    /// Their role in the case.
    pub role: Role,
}

/// Whose the client ids are. An id belongs to whom it was reserved for, for ever.
pub trait Bindings {
    /// The person whose it is; `None` if it was never reserved.
    fn user_of(&self, client: u64) -> Option<&str>;

    /// Whether the writer may only pass on what was written under an id. It is judged as the writer's own, but that what is
    /// new may say that it is anybody's, and of any time.
    fn is_passed_on(&self, _client: u64) -> bool {
        false
    }

    /// Whether what the writer may not delete was perhaps deleted by somebody else, who may: then it is left out.
    fn are_deletions_passed_on(&self) -> bool {
        false
    }
}

impl Bindings for BTreeMap<u64, String> {
    fn user_of(&self, client: u64) -> Option<&str> {
        self.get(&client).map(String::as_str)
    }
}

/// What may be applied of an update.
#[derive(Debug)]
pub struct Passed<'a> {
    /// The novel part, without deletions of format marks that its writer may not touch: Yjs clears them away after
    /// the edits of others, and nobody sees a difference. `None` if nothing is left.
    pub novel: Option<Cow<'a, [u8]>>,
    /// Client ids that are to be reserved for the writer.
    pub newcomers: Vec<u64>,
    claims: BTreeMap<(Thing, String), Claim>,
}

/// Judges the novel part of an update (`Known::admit`) before it is applied to the document `before`, of which `known`
/// is the index. The whole of it passes, or nothing.
///
/// # Errors
/// If its writer may not do this. The document is as it was.
pub fn judge<'a>(
    known: &Known,
    before: &impl ReadTxn,
    novel: &'a [u8],
    writer: Writer<'_>,
    bindings: &impl Bindings,
) -> Result<Passed<'a>, Violation> {
    let reach = known.reach(novel)?;
    let newcomers = newcomers(&reach, writer, bindings)?;
    let mut judge = Judge {
        before,
        reach: &reach,
        writer,
        is_passed_on: false,
        bindings,
        is_on_board: false,
        added: BTreeMap::new(),
        ended: BTreeSet::new(),
        claims: BTreeMap::new(),
    };
    judge.judge_writes()?;
    judge.judge_forms()?;
    judge.judge_counts()?;
    let kept = judge.judge_deletions()?;
    let claims = judge.claims;
    let novel = if kept.len() == reach.deletions().len() {
        Some(Cow::Borrowed(novel))
    } else {
        reach.with_deletions(&kept)?.map(Cow::Owned)
    };
    Ok(Passed {
        novel,
        newcomers,
        claims,
    })
}

impl Passed<'_> {
    /// Looks at what the update has made, in the document that it was applied to.
    ///
    /// # Errors
    /// If a thing does not say truly by whom it is, or says that it is of the future. The document holds it already.
    pub fn confirm(&self, after: &impl ReadTxn, now_ms: i64) -> Result<(), Violation> {
        self.claims
            .iter()
            .try_for_each(|((thing, key), claim)| claim.confirm(after, *thing, key, now_ms))
    }
}

/// The client ids that write here for the first time.
fn newcomers(
    reach: &Reach<'_>,
    writer: Writer<'_>,
    bindings: &impl Bindings,
) -> Result<Vec<u64>, Violation> {
    let mut newcomers = Vec::new();
    for client in reach.writers() {
        if writer.role < Role::Comment {
            return Err(Violation::ReadOnly);
        }
        if bindings.is_passed_on(client) {
            continue;
        }
        match bindings.user_of(client) {
            Some(user) if user == writer.user => {}
            Some(_) => return Err(Violation::ForeignClient { client }),
            None => newcomers.push(client),
        }
    }
    Ok(newcomers)
}

struct Judge<'a, T, B> {
    bindings: &'a B,
    before: &'a T,
    reach: &'a Reach<'a>,
    writer: Writer<'a>,
    /// What is looked at is only passed on by whoever sent it.
    is_passed_on: bool,
    /// Something new is on a board.
    is_on_board: bool,
    /// How many things of each kind are new where none was.
    added: BTreeMap<Thing, u32>,
    /// Entries that the update ends: that their fields go with them is no further deed.
    ended: BTreeSet<u32>,
    claims: BTreeMap<(Thing, String), Claim>,
}

impl<'a, T: ReadTxn, B: Bindings> Judge<'a, T, B> {
    fn judge_writes(&mut self) -> Result<(), Violation> {
        let (reach, bindings) = (self.reach, self.bindings);
        for client in reach.writers() {
            self.is_passed_on = bindings.is_passed_on(client);
            self.judge_writes_under(client)?;
        }
        Ok(())
    }

    fn judge_writes_under(&mut self, client: u64) -> Result<(), Violation> {
        let mut judged = BTreeSet::new();
        for place in self.reach.writes(client) {
            if let Within::Entry(number) = place.within {
                self.is_on_board |= self.reach.entry(number).thing.is_on_board();
            }
            match place.within {
                // A new entry is one by itself; of what stands in an entry one look at each part is enough.
                Within::Entry(number) if place.part == Part::Whole => self.judge_entry(number)?,
                Within::Entry(number) if !judged.insert((number, place.part)) => {}
                Within::Entry(number) => self.judge_part(number, place.part)?,
                Within::Free | Within::Root(_) => self.judge_elsewhere(place)?,
            }
        }
        Ok(())
    }

    /// An entry of the update's own: it is added, or replaces the one that is there.
    fn judge_entry(&mut self, number: u32) -> Result<(), Violation> {
        let entry = self.reach.entry(number);
        let there = signature(self.before, entry.thing, &entry.key);
        let deed = match there {
            None => Deed::Add,
            Some(_) => Deed::Write(Part::Whole),
        };
        self.permit(deed, entry.thing, there.as_ref())?;
        if deed == Deed::Add {
            *self.added.entry(entry.thing).or_default() += 1;
        }
        let was_there = entry
            .replaces
            .is_some_and(|before| !self.reach.brings(before));
        self.ended.extend(entry.replaces);
        let claimed = match there {
            Some(there) => Claimed::StillOf(there.author),
            None if self.is_passed_on => Claimed::PassedOn,
            // Taking back a deletion: the owner's hands bring what another one made.
            None if self.writer.role == Role::Own && was_there => Claimed::OfAnybody,
            None => Claimed::Of(self.writer.user.to_owned()),
        };
        self.claim(number, claimed);
        Ok(())
    }

    /// Something new in an entry that is there.
    fn judge_part(&mut self, number: u32, part: Part) -> Result<(), Violation> {
        if self.reach.brings(number) || self.reach.is_dead(number) {
            return Ok(());
        }
        let entry = self.reach.entry(number);
        let there = signature(self.before, entry.thing, &entry.key);
        self.permit(Deed::Write(part), entry.thing, there.as_ref())?;
        if let (Part::CreatedAt, Some(there)) = (part, there) {
            self.claim(number, Claimed::StillOf(there.author));
        }
        Ok(())
    }

    /// Something in a root type of which nothing belongs to anybody, or where nobody has a reason to write.
    fn judge_elsewhere(&self, place: Place) -> Result<(), Violation> {
        let role = self.writer.role;
        let is_free = place.within == Within::Free && may_write_freely(role);
        if is_free || role == Role::Own {
            Ok(())
        } else {
            Err(Violation::Elsewhere)
        }
    }

    /// The deletions that stay: all but those of format marks that are not the writer's to delete.
    fn judge_deletions(&mut self) -> Result<Vec<&'a Deletion>, Violation> {
        let reach = self.reach;
        for place in reach.deletions().iter().filter_map(|each| each.place) {
            // One that is left out takes nothing with it.
            if let (Within::Entry(number), Part::Whole) = (place.within, place.part)
                && self.judge_deletion(place).is_ok()
            {
                self.ended.insert(number);
            }
        }
        let mut kept = Vec::new();
        for deletion in reach.deletions() {
            let judged = deletion
                .place
                .map_or(Ok(()), |place| self.judge_deletion(place));
            let is_format = deletion
                .place
                .is_some_and(|place| place.holds == Holds::Format);
            match judged {
                Ok(()) => kept.push(deletion),
                Err(_) if is_format || self.bindings.are_deletions_passed_on() => {}
                Err(violation) => return Err(violation),
            }
        }
        Ok(kept)
    }

    fn judge_deletion(&self, place: Place) -> Result<(), Violation> {
        let Within::Entry(number) = place.within else {
            return self.judge_elsewhere(place);
        };
        let is_whole = place.part == Part::Whole;
        if !is_whole && self.ended.contains(&number) {
            return Ok(());
        }
        let deed = if is_whole {
            Deed::Delete
        } else {
            Deed::Write(place.part)
        };
        let entry = self.reach.entry(number);
        let there = signature(self.before, entry.thing, &entry.key);
        self.permit(deed, entry.thing, there.as_ref())
    }

    fn permit(&self, deed: Deed, thing: Thing, there: Option<&Signature>) -> Result<(), Violation> {
        let Writer { user, role } = self.writer;
        let whose = there.map_or(Whose::Own, |there| there.author.seen_by(user, thing));
        if may(role, deed, thing, whose) {
            Ok(())
        } else {
            Err(Violation::NotAllowed { role, deed, thing })
        }
    }

    /// Two entries of one update at one key are one thing in the end, which may be taken back if either of them may.
    fn claim(&mut self, number: u32, claimed: Claimed) {
        let entry = self.reach.entry(number);
        let at = (entry.thing, entry.key.as_ref().to_owned());
        match claimed {
            Claimed::OfAnybody => {
                self.claims.insert(at, Claim { claimed });
            }
            Claimed::Of(_) | Claimed::StillOf(_) | Claimed::PassedOn => {
                self.claims.entry(at).or_insert(Claim { claimed });
            }
        }
    }
}
