//! A whole document as anybody reads it, and what may have become of it by somebody's hand: a naive judge, which knows
//! nothing of updates and has the table of rights in words of its own.

use std::collections::{BTreeMap, BTreeSet};

use annotation::Role;
use yrs::{Any, Doc, Map, Number, Out, ReadTxn, Transact};

use crate::edits::render;

pub(crate) const THINGS: [&str; 5] = ["highlights", "comments", "tags", "stickies", "strokes"];
/// A thing may say that it was made so much later than the room's clock.
const AHEAD_MS: i64 = 300_000;

/// A root map of things and a key in it.
pub(crate) type Place = (&'static str, String);

/// What a document says.
#[derive(Debug, Default)]
pub(crate) struct Plain {
    things: BTreeMap<Place, Thing>,
    /// All that is no thing.
    free: String,
}

/// What a thing says.
#[derive(Debug, Default, PartialEq)]
struct Thing {
    fields: BTreeMap<String, String>,
    author: Option<String>,
    created: Option<i64>,
}

impl Plain {
    pub(crate) fn of(document: &Doc) -> Plain {
        let txn = document.transact();
        let mut plain = Plain::default();
        for root in THINGS {
            for (key, value) in txn.get_map(root).iter().flat_map(|map| map.iter(&txn)) {
                plain
                    .things
                    .insert((root, key.to_owned()), Thing::of(&txn, &value));
            }
        }
        if let Some(notes) = txn.get_text("notes") {
            plain.free = yrs::GetString::get_string(&notes, &txn);
        }
        if let Some(outline) = txn.get_array("outline") {
            plain.free.push_str(&render(&txn, &Out::YArray(outline)));
        }
        plain
    }

    pub(crate) fn places(&self) -> impl Iterator<Item = &Place> {
        self.things.keys()
    }
}

impl Thing {
    fn of(txn: &impl ReadTxn, value: &Out) -> Thing {
        let mut thing = Thing::default();
        let Out::YMap(map) = value else {
            thing.fields.insert(String::new(), render(txn, value));
            return thing;
        };
        for (name, value) in map.iter(txn) {
            match (name, &value) {
                ("author_id", Out::Any(Any::String(user))) => thing.author = Some(user.to_string()),
                ("created_at", Out::Any(Any::Number(Number::Int(at)))) => thing.created = Some(*at),
                _ => {}
            }
            thing.fields.insert(name.to_owned(), render(txn, &value));
        }
        thing
    }
}

/// The places where something was before and nothing is after.
pub(crate) fn gone<'a>(before: &'a Plain, after: &'a Plain) -> impl Iterator<Item = &'a Place> {
    before
        .places()
        .filter(|place| !after.things.contains_key(place))
}

/// Whose hand it was.
pub(crate) struct Hand<'a> {
    pub(crate) user: &'a str,
    pub(crate) role: Role,
    /// The room's clock.
    pub(crate) now_ms: i64,
    /// Where there ever was something.
    pub(crate) ever: &'a BTreeSet<Place>,
}

/// Something between two readings that this hand may not have done.
pub(crate) fn violation(before: &Plain, after: &Plain, hand: &Hand<'_>) -> Option<String> {
    if before.free != after.free && hand.role < Role::Annotate {
        return Some("wrote what is free".to_owned());
    }
    let gone = before
        .things
        .iter()
        .filter(|(place, _)| !after.things.contains_key(place))
        .find(|(place, thing)| !hand.may_change(place, thing))
        .map(|(place, _)| format!("deleted {place:?}"));
    gone.or_else(|| {
        after.things.iter().find_map(|(place, thing)| {
            let wrong = match before.things.get(place) {
                None => hand.adds_wrongly(place, thing),
                Some(was) if was == thing => None,
                Some(was) => hand.changes_wrongly(place, was, thing),
            };
            wrong.map(|what| format!("{what} {place:?}"))
        })
    })
}

impl Hand<'_> {
    fn may_add(&self, (root, _): &Place) -> bool {
        let least = match *root {
            "comments" | "stickies" => Role::Comment,
            _ => Role::Annotate,
        };
        self.role >= least
    }

    fn may_change(&self, place: &Place, thing: &Thing) -> bool {
        let is_own = thing.author.as_deref() == Some(self.user);
        let is_nobodys = place.0 == "tags" && !thing.fields.contains_key("author_id");
        self.role == Role::Own || (self.may_add(place) && (is_own || is_nobodys))
    }

    fn is_dated_wrongly(&self, thing: &Thing) -> bool {
        thing
            .created
            .is_some_and(|created| created > self.now_ms + AHEAD_MS)
    }

    fn adds_wrongly(&self, place: &Place, thing: &Thing) -> Option<&'static str> {
        let is_own = thing.author.as_deref() == Some(self.user);
        let is_nobodys = place.0 == "tags" && !thing.fields.contains_key("author_id");
        let is_taken_back = self.role == Role::Own && self.ever.contains(place);
        if !self.may_add(place) {
            Some("added")
        } else if !(is_own || is_nobodys || is_taken_back) {
            Some("forged the author of")
        } else if self.is_dated_wrongly(thing) {
            Some("dated")
        } else {
            None
        }
    }

    fn changes_wrongly(&self, place: &Place, was: &Thing, is: &Thing) -> Option<&'static str> {
        if was.author != is.author {
            return Some("changed the author of");
        }
        let names = was.fields.keys().chain(is.fields.keys());
        let may_all = names
            .filter(|name| was.fields.get(*name) != is.fields.get(*name))
            .all(|name| match (place.0, name.as_str()) {
                ("highlights" | "comments", "resolved_at" | "resolved_by_id") => {
                    self.role >= Role::Comment
                }
                ("tags", "order" | "group") => self.may_add(place),
                ("stickies", "x" | "y" | "z") => {
                    self.role >= Role::Annotate || self.may_change(place, was)
                }
                _ => self.may_change(place, was),
            });
        let is_dated_anew = was.created != is.created && self.is_dated_wrongly(is);
        (!may_all || is_dated_anew).then_some("changed")
    }
}
