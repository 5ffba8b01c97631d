//! The entries of the root maps of things: what has an author. Each gets a number, so that what stands in it can say
//! so.

use std::sync::Arc;

use annotation::{Part, Thing};

use super::{
    Known,
    marks::{Mark, Place, Within},
    plan::Plan,
};
use crate::decode::Id;

/// One entry of a root map of things, dead or alive. A key that was written again has several.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Entry {
    pub(crate) thing: Thing,
    pub(crate) key: Arc<str>,
    /// The item that is the entry.
    pub(crate) item: Id,
    /// The entry that its author saw at this key, which it replaces.
    pub(crate) replaces: Option<u32>,
}

impl Known {
    /// All entries in the order in which they came: thing, key, the item that is the entry, and whether it is dead.
    pub(crate) fn entries(&self) -> impl Iterator<Item = (Thing, &str, Id, bool)> {
        let is_dead = |item: Id| self.held.is_deleted(item);
        let entries = self.entries.iter();
        entries.map(move |entry| (entry.thing, &*entry.key, entry.item, is_dead(entry.item)))
    }
}

impl Plan<'_> {
    /// Gives an entry of a root map of things a number of its own; everything else keeps its mark.
    pub(super) fn number_entry(&mut self, mark: Mark, key: Option<&str>, item: Id) -> Mark {
        let Mark::Placed(place) = mark else {
            return mark;
        };
        let (thing, key, replaces) = match (place.part, place.within, key) {
            (Part::Whole, Within::Root(thing), Some(key)) => (thing, key.into(), None),
            (Part::Whole, Within::Entry(before), _) => {
                let before_it = self.entry(before);
                (before_it.thing, Arc::clone(&before_it.key), Some(before))
            }
            _ => return mark,
        };
        self.entries.push(Entry {
            thing,
            key,
            item,
            replaces,
        });
        let number = self.known.entries.len() + self.entries.len() - 1;
        Mark::Placed(Place {
            // As many as clocks, which end at 2^31.
            within: Within::Entry(number as u32),
            ..place
        })
    }

    /// An entry of the document or of the part.
    pub(crate) fn entry(&self, number: u32) -> &Entry {
        let number = number as usize;
        match number.checked_sub(self.known.entries.len()) {
            None => &self.known.entries[number],
            Some(number) => &self.entries[number],
        }
    }

    pub(super) fn thing_at(&self, within: Within) -> Option<Thing> {
        match within {
            Within::Entry(number) => Some(self.entry(number).thing),
            Within::Root(thing) => Some(thing),
            Within::Free => None,
        }
    }
}
