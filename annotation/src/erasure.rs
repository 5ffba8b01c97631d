//! What one person left in a document: taken out of it, or shown to them.
//!
//! Taking it out is deletions and nothing else: it commutes with whatever others write meanwhile, fits a document that is
//! full, and can be done again. The words are gone once the document has collected its garbage, which each transaction does.

use std::collections::{BTreeMap, BTreeSet};

use yrs::{
    Any, Doc, GetString, Map, MapRef, Out, ReadTxn, Snapshot, Text, Transact, TransactionMut,
    types::{ToJson, text::YChange},
};

use crate::{
    field::Entry,
    rights::{Part, Thing},
    signature::Author,
};

/// The root that is one text, and everybody's who may write freely.
const NOTES: &str = "notes";

/// Whose traces are to be taken out of a document.
pub struct Erasure<'a> {
    /// Their ids, as `author_id` has them.
    pub people: &'a BTreeSet<String>,
    /// Whether a client id is one of theirs, as it was proved: by that their words in the notes are told from those of others.
    pub is_theirs: &'a dyn Fn(u64) -> bool,
    /// Things of theirs that stay, as nobody's, besides those that others have built upon.
    pub stay: &'a BTreeSet<(Thing, String)>,
}

/// What somebody has made, as it stands in a document.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Belonging {
    /// What it is.
    pub thing: Thing,
    /// Its key.
    pub id: String,
    /// All its fields, as JSON.
    pub json: String,
}

/// Takes people's things out of a document, their words out of its notes, and their names off what they have resolved of
/// others. A highlight on which somebody else has commented, and a tag that somebody else has used, stay as nobody's, with
/// what `remains` leaves of them.
pub fn erase(txn: &mut TransactionMut<'_>, erasure: &Erasure<'_>) {
    let wanted = wanted_by_others(txn, erasure.people);
    for thing in Thing::ALL {
        let Some(map) = txn.get_map(thing.root()) else {
            continue;
        };
        let mut keys: Vec<String> = map.keys(txn).map(str::to_owned).collect();
        keys.sort_unstable();
        for key in keys {
            let at = (thing, key);
            let stays = wanted.contains(&at) || erasure.stay.contains(&at);
            erase_at(txn, &map, &at, erasure.people, stays);
        }
    }
    erase_notes(txn, erasure.is_theirs);
}

/// Takes people's traces out of a whole document that nobody else uses, and says whether there were any.
pub fn erase_from(document: &Doc, erasure: &Erasure<'_>) -> bool {
    let before = document.transact().snapshot();
    erase(&mut document.transact_mut(), erasure);
    document.transact().snapshot() != before
}

/// The things that are there, whoever's they are.
pub fn things(txn: &impl ReadTxn) -> BTreeSet<(Thing, String)> {
    let of = |thing: Thing| {
        let map = txn.get_map(thing.root());
        let keys: Vec<String> =
            map.map_or_else(Vec::new, |map| map.keys(txn).map(str::to_owned).collect());
        keys.into_iter().map(move |key| (thing, key))
    };
    Thing::ALL.into_iter().flat_map(of).collect()
}

/// What somebody has made, by kind and key.
pub fn belongings(txn: &impl ReadTxn, person: &str) -> Vec<Belonging> {
    let mut all = Vec::new();
    for (thing, id) in things(txn) {
        let value = txn.get_map(thing.root()).and_then(|map| map.get(txn, &id));
        let Some(value) = value.filter(|value| author(txn, value).as_deref() == Some(person))
        else {
            continue;
        };
        let mut json = String::new();
        value.to_json(txn).to_json(&mut json);
        all.push(Belonging { thing, id, json });
    }
    all
}

/// The words of the notes, whoever wrote them.
pub fn notes(txn: &impl ReadTxn) -> String {
    let notes = txn.get_text(NOTES);
    notes.map_or_else(String::new, |notes| notes.get_string(txn))
}

/// What others would miss: highlights that they have commented on, and tags that they have used.
fn wanted_by_others(txn: &impl ReadTxn, people: &BTreeSet<String>) -> BTreeSet<(Thing, String)> {
    let mut wanted = BTreeSet::new();
    for (thing, names, named) in [
        (Thing::Comment, "highlight_id", Thing::Highlight),
        (Thing::Highlight, "tag", Thing::Tag),
    ] {
        let Some(map) = txn.get_map(thing.root()) else {
            continue;
        };
        for (_, value) in map.iter(txn) {
            if author(txn, &value).is_some_and(|author| people.contains(&author)) {
                continue;
            }
            let named_key = Entry::new(value).and_then(|entry| entry.value(txn, names));
            if let Some(Out::Any(Any::String(key))) = named_key {
                wanted.insert((named, key.to_string()));
            }
        }
    }
    wanted
}

fn erase_at(
    txn: &mut TransactionMut<'_>,
    map: &MapRef,
    (thing, key): &(Thing, String),
    people: &BTreeSet<String>,
    stays: bool,
) {
    let Some(value) = map.get(txn, key) else {
        return;
    };
    let is_theirs = author(txn, &value).is_some_and(|author| people.contains(&author));
    if let Out::YMap(entry) = &value
        && (stays || !is_theirs)
    {
        if is_theirs {
            keep_only(txn, entry, |field| remains(*thing, field));
        }
        forget_resolver(txn, entry, people);
    } else if is_theirs {
        map.remove(txn, key);
    }
    // What others wrote as one value has no parts: nobody but its author resolves it.
}

/// What stays of a thing that others would miss: where it stands and what it is called, and nothing that its author said.
fn remains(thing: Thing, field: &str) -> bool {
    match thing {
        Thing::Highlight => {
            let place = ["start", "end", "quote", "prefix", "suffix", "para", "tag"];
            place.contains(&field) || thing.part(field) == Part::Resolution
        }
        Thing::Tag => ["name", "colour", "pattern", "group", "order", "deleted"].contains(&field),
        Thing::Comment | Thing::Sticky | Thing::Stroke => false,
    }
}

fn keep_only(txn: &mut TransactionMut<'_>, entry: &MapRef, stays: impl Fn(&str) -> bool) {
    let mut fields: Vec<String> = entry.keys(txn).map(str::to_owned).collect();
    fields.sort_unstable();
    for field in fields.iter().filter(|field| !stays(field)) {
        entry.remove(txn, field);
    }
}

/// That it is resolved stays.
fn forget_resolver(txn: &mut TransactionMut<'_>, entry: &MapRef, people: &BTreeSet<String>) {
    let resolver = entry.get(txn, "resolved_by_id");
    if matches!(resolver, Some(Out::Any(Any::String(id))) if people.contains(&*id)) {
        for field in ["resolved_by", "resolved_by_id"] {
            entry.remove(txn, field);
        }
    }
}

fn author(txn: &impl ReadTxn, value: &Out) -> Option<String> {
    let Out::Any(said) = Entry::new(value.clone())?.value(txn, "author_id")? else {
        return None;
    };
    match Author::said(&said) {
        Author::User(author) => Some(author),
        Author::Unsaid | Author::Unreadable => None,
    }
}

fn erase_notes(txn: &mut TransactionMut<'_>, is_theirs: &dyn Fn(u64) -> bool) {
    let Some(notes) = txn.get_text(NOTES) else {
        return;
    };
    // Against a document of nothing each run of the text is new, and says under which id it was written.
    let (now, nothing) = (txn.snapshot(), Snapshot::default());
    let runs = notes.diff_range(txn, Some(&now), Some(&nothing), YChange::identity);
    let mut at = 0;
    let mut theirs: BTreeMap<u32, u32> = BTreeMap::new();
    for run in runs {
        let length = if let Out::Any(Any::String(text)) = &run.insert {
            text.encode_utf16().count()
        } else {
            1
        };
        let length = u32::try_from(length).unwrap_or(u32::MAX);
        if run
            .ychange
            .is_some_and(|run| is_theirs(run.id.client.get()))
        {
            theirs.insert(at, length);
        }
        at += length;
    }
    for (start, length) in theirs.into_iter().rev() {
        notes.remove_range(txn, start, length);
    }
}
