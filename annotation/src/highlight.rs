//! Highlights: the entries of the root map `highlights`.

use yrs::{Map, ReadTxn};

use crate::{
    field::{self, Entry},
    limits::{LABEL_CHARS_MAX, QUOTE_CHARS_MAX},
    moment::Moment,
};

const ROOT: &str = "highlights";

/// One highlight, as far as it can be read. What is missing or of a wrong type is absent.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Highlight {
    /// Its key in `highlights`.
    pub id: String,
    /// The id of its tag.
    pub tag: Option<String>,
    /// Where it starts in the case text, in UTF-16 units.
    pub start: Option<i32>,
    /// Where it ends.
    pub end: Option<i32>,
    /// The highlighted words.
    pub quote: Option<String>,
    /// The paragraph that it lies in.
    pub para: Option<String>,
    /// Who made it.
    pub author_id: Option<String>,
    /// By which name.
    pub author: Option<String>,
    /// When, as the author's client wrote it.
    pub created_at: Option<Moment>,
}

/// Counts the entries of `highlights`, nested maps and plain JSON values alike, readable or not.
pub fn highlight_count(txn: &impl ReadTxn) -> u32 {
    txn.get_map(ROOT).map_or(0, |map| map.len(txn))
}

/// Reads the highlights, in the order of their ids. Entries that are no map, or have an id that no table can hold, are
/// skipped.
pub fn highlights(txn: &impl ReadTxn) -> Vec<Highlight> {
    field::entries(txn, ROOT)
        .into_iter()
        .map(|(id, entry)| read(txn, id, &entry))
        .collect()
}

fn read(txn: &impl ReadTxn, id: String, entry: &Entry) -> Highlight {
    Highlight {
        id,
        tag: entry.text(txn, "tag", LABEL_CHARS_MAX),
        start: entry.offset(txn, "start"),
        end: entry.offset(txn, "end"),
        quote: entry.text(txn, "quote", QUOTE_CHARS_MAX),
        para: entry.text(txn, "para", LABEL_CHARS_MAX),
        author_id: entry.text(txn, "author_id", LABEL_CHARS_MAX),
        author: entry.text(txn, "author", LABEL_CHARS_MAX),
        created_at: entry.moment(txn, "created_at"),
    }
}
