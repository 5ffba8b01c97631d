//! What people do to a document: write and cut text with surrogates, annotate, comment, order lists.
//!
//! One key at a time: yrs writes a prepared map in the order of a hash map, and no world could run twice.

use room::decode::limits::DEPTH_MAX;
use yrs::{
    Any, Array, ArrayPrelim, ArrayRef, Doc, GetString, Map, MapPrelim, MapRef, ReadTxn, Text,
    TextRef, Transact, TransactionMut,
};

use crate::random::Random;

/// Text longer than this is cut rather than written on: worlds stay small.
const TEXT_UNITS_MAX: u32 = 240;
pub(crate) const WORDS: &[&str] = &[
    "obiter ",
    "ratio ",
    "𝄞",
    "é",
    "👩‍⚖️",
    "dicta; ",
    "\n",
    "x",
    "第三条",
];

/// The roots of a document.
#[derive(Clone, Debug)]
pub(crate) struct Roots {
    notes: TextRef,
    pub(crate) highlights: MapRef,
    pub(crate) comments: MapRef,
    pub(crate) tags: MapRef,
    pub(crate) stickies: MapRef,
    pub(crate) strokes: MapRef,
    outline: ArrayRef,
    /// Nobody changes what is in it: it cannot cease to be forbidden.
    forbidden: MapRef,
}

impl Roots {
    pub(crate) fn of(document: &Doc) -> Roots {
        Roots {
            notes: document.get_or_insert_text("notes"),
            highlights: document.get_or_insert_map("highlights"),
            comments: document.get_or_insert_map("comments"),
            tags: document.get_or_insert_map("tags"),
            stickies: document.get_or_insert_map("stickies"),
            strokes: document.get_or_insert_map("strokes"),
            outline: document.get_or_insert_array("outline"),
            forbidden: document.get_or_insert_map("forbidden"),
        }
    }

    /// Makes one change; a few of them change nothing.
    pub(crate) fn edit(&self, document: &Doc, random: &mut Random, author: u64, number: u64) {
        let mut txn = document.transact_mut();
        match random.below(10) {
            0..=3 => self.edit_notes(&mut txn, random),
            4 => edit_entry(
                &self.highlights,
                &mut txn,
                random,
                &format!("h{author}-{number}"),
                &["start", "end", "tag"],
            ),
            5 => edit_entry(
                &self.comments,
                &mut txn,
                random,
                &format!("c{author}-{number}"),
                &["text", "author"],
            ),
            6 => remove_entry(&self.highlights, &mut txn, random),
            7 => change_entry(&self.comments, &mut txn, random),
            8 => self
                .highlights
                .insert(
                    &mut txn,
                    format!("p{}", random.below(3)),
                    random.below(9) as i64,
                )
                .discard(),
            _ => self.edit_outline(&mut txn, random),
        }
    }

    /// Writes where nobody's things are.
    pub(crate) fn edit_free(&self, document: &Doc, random: &mut Random) {
        let mut txn = document.transact_mut();
        if random.percent(80) {
            self.edit_notes(&mut txn, random);
        } else {
            self.edit_outline(&mut txn, random);
        }
    }

    /// Writes what nobody may write: a value that is nested too deeply (DE9). Not a document within the document, whose
    /// options yrs writes in the order of a hash map.
    pub(crate) fn forbid(&self, document: &Doc, key: &str) {
        let too_deep = (0..=DEPTH_MAX).fold(Any::Null, |inner, _| Any::from(vec![inner]));
        self.forbidden
            .insert(&mut document.transact_mut(), key, too_deep);
    }

    /// Writes one character at the end: many of these fill a journal.
    pub(crate) fn type_on(&self, document: &Doc) {
        let mut txn = document.transact_mut();
        self.notes.insert(&mut txn, 0, "t");
    }

    /// The content as text that two replicas can compare.
    pub(crate) fn render(&self, txn: &impl ReadTxn) -> String {
        let mut text = self.notes.get_string(txn);
        for map in [
            &self.highlights,
            &self.comments,
            &self.tags,
            &self.stickies,
            &self.strokes,
        ] {
            text.push_str("\n--\n");
            let mut entries: Vec<(String, String)> = map
                .iter(txn)
                .map(|(key, value)| (key.to_owned(), render(txn, &value)))
                .collect();
            entries.sort();
            text.push_str(&format!("{entries:?}"));
        }
        let outline: Vec<String> = self
            .outline
            .iter(txn)
            .map(|value| render(txn, &value))
            .collect();
        text.push_str(&format!("\n--\n{outline:?}"));
        text
    }

    fn edit_notes(&self, txn: &mut TransactionMut<'_>, random: &mut Random) {
        let text = self.notes.get_string(txn);
        let mut places = vec![0u32];
        for character in text.chars() {
            let last = places.last().copied().unwrap_or_default();
            places.push(last + character.len_utf16() as u32);
        }
        let len = places.last().copied().unwrap_or_default();
        let at = places[random.index(places.len())];
        if len > 0 && (len > TEXT_UNITS_MAX || random.percent(35)) {
            let other = places[random.index(places.len())];
            let (from, to) = (at.min(other), at.max(other));
            if to > from {
                self.notes.remove_range(txn, from, to - from);
            }
            return;
        }
        let word = WORDS[random.index(WORDS.len())];
        self.notes.insert(txn, at, word);
    }

    fn edit_outline(&self, txn: &mut TransactionMut<'_>, random: &mut Random) {
        let len = self.outline.len(txn);
        if len > 0 && random.percent(40) {
            self.outline
                .remove_range(txn, random.below(u64::from(len)) as u32, 1);
            return;
        }
        let at = random.below(u64::from(len) + 1) as u32;
        if random.percent(50) {
            self.outline
                .insert(txn, at, WORDS[random.index(WORDS.len())]);
        } else {
            let nested = self.outline.insert(txn, at, ArrayPrelim::default());
            nested.push_back(txn, random.below(100) as i64);
        }
    }
}

fn edit_entry(
    map: &MapRef,
    txn: &mut TransactionMut<'_>,
    random: &mut Random,
    key: &str,
    fields: &[&str],
) {
    let entry = map.insert(txn, key, MapPrelim::default());
    for field in fields {
        entry.insert(txn, *field, random.below(1000) as i64);
    }
}

pub(crate) fn some_key(map: &MapRef, txn: &impl ReadTxn, random: &mut Random) -> Option<String> {
    let mut keys: Vec<String> = map.keys(txn).map(str::to_owned).collect();
    keys.sort();
    (!keys.is_empty()).then(|| keys.swap_remove(random.index(keys.len())))
}

fn remove_entry(map: &MapRef, txn: &mut TransactionMut<'_>, random: &mut Random) {
    if let Some(key) = some_key(map, txn, random) {
        map.remove(txn, &key);
    }
}

fn change_entry(map: &MapRef, txn: &mut TransactionMut<'_>, random: &mut Random) {
    let Some(key) = some_key(map, txn, random) else {
        return;
    };
    if let Some(yrs::Out::YMap(entry)) = map.get(txn, &key) {
        entry.insert(txn, "text", WORDS[random.index(WORDS.len())]);
    }
}

pub(crate) fn render<T: ReadTxn>(txn: &T, value: &yrs::Out) -> String {
    if let yrs::Out::YMap(map) = value {
        let mut fields: Vec<(String, String)> = map
            .iter(txn)
            .map(|(key, value)| (key.to_owned(), render(txn, &value)))
            .collect();
        fields.sort();
        return format!("{fields:?}");
    }
    if let yrs::Out::YArray(array) = value {
        return format!(
            "{:?}",
            array
                .iter(txn)
                .map(|value| render(txn, &value))
                .collect::<Vec<_>>()
        );
    }
    value.clone().to_string(txn)
}

/// For results that nobody needs.
trait Discard: Sized {
    fn discard(self) {}
}

impl<T> Discard for T {}
