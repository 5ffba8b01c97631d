//! Whose a thing is and since when, as it says itself.

use yrs::{Any, Map, Out, ReadTxn};

use crate::{
    field::{Entry, moment},
    moment::Moment,
    rights::{Thing, Whose},
};

/// What a thing says about its origin.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Signature {
    /// Its `author_id`.
    pub author: Author,
    /// Its `created_at`: absent if there is none.
    pub created_at: Option<Stated>,
}

/// Whose a thing says that it is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Author {
    /// It does not say.
    Unsaid,
    /// The person of this id, letter by letter.
    User(String),
    /// What it says is no text, or could still change: a shared text for instance.
    Unreadable,
}

/// What stands where a moment is expected.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Stated {
    /// Milliseconds since the Unix epoch.
    Millis(i64),
    /// No moment.
    Unreadable,
}

/// Reads the signature of the thing at `key`. Absent if there is no such thing; costs the same however large the
/// document is.
pub fn signature(txn: &impl ReadTxn, thing: Thing, key: &str) -> Option<Signature> {
    let value = txn.get_map(thing.root())?.get(txn, key)?;
    let Some(entry) = Entry::new(value) else {
        return Some(Signature {
            author: Author::Unreadable,
            created_at: None,
        });
    };
    let author = match entry.value(txn, "author_id") {
        None => Author::Unsaid,
        Some(Out::Any(said)) => Author::said(&said),
        Some(_) => Author::Unreadable,
    };
    let created_at = entry.value(txn, "created_at").map(|written| {
        if let Out::Any(written) = written {
            Stated::said(&written)
        } else {
            Stated::Unreadable
        }
    });
    Some(Signature { author, created_at })
}

impl Author {
    /// What a value says that stands at `author_id`.
    pub fn said(value: &Any) -> Author {
        if let Any::String(user) = value {
            Author::User(user.to_string())
        } else {
            Author::Unreadable
        }
    }

    /// Whose a thing of this author is to `user`.
    pub fn seen_by(&self, user: &str, thing: Thing) -> Whose {
        match (self, thing) {
            (Author::User(author), _) if author == user => Whose::Own,
            (Author::Unsaid, Thing::Tag) => Whose::Common,
            (Author::User(_) | Author::Unsaid | Author::Unreadable, _) => Whose::Anothers,
        }
    }
}

impl Stated {
    /// What a value says that stands at `created_at`.
    pub fn said(value: &Any) -> Stated {
        let millis = moment(value).as_ref().and_then(Moment::millis);
        millis.map_or(Stated::Unreadable, Stated::Millis)
    }
}
