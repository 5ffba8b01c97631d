//! Comments: the entries of the root map `comments`, flat, each naming its highlight and its parent.

use yrs::{Map, ReadTxn};

use crate::{
    field::{self, Entry},
    limits::{COMMENT_CHARS_MAX, LABEL_CHARS_MAX},
    moment::Moment,
};

const ROOT: &str = "comments";

/// One comment, as far as it can be read. What is missing or of a wrong type is absent.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Comment {
    /// Its key in `comments`.
    pub id: String,
    /// The highlight that it belongs to; it need not exist.
    pub highlight_id: Option<String>,
    /// The comment that it answers; it need not exist.
    pub parent_id: Option<String>,
    /// What it says.
    pub text: Option<String>,
    /// Who wrote it.
    pub author_id: Option<String>,
    /// By which name.
    pub author: Option<String>,
    /// When, as the author's client wrote it.
    pub created_at: Option<Moment>,
    /// When it was last edited.
    pub edited_at: Option<Moment>,
    /// When it was resolved.
    pub resolved_at: Option<Moment>,
}

/// How many entries the root has, readable or not, as with highlights.
pub fn comment_count(txn: &impl ReadTxn) -> u32 {
    txn.get_map(ROOT).map_or(0, |map| map.len(txn))
}

/// Reads the comments, in the order of their ids. Entries that are no map, or have an id that no table can hold, are
/// skipped.
pub fn comments(txn: &impl ReadTxn) -> Vec<Comment> {
    field::entries(txn, ROOT)
        .into_iter()
        .map(|(id, entry)| read(txn, id, &entry))
        .collect()
}

fn read(txn: &impl ReadTxn, id: String, entry: &Entry) -> Comment {
    Comment {
        id,
        highlight_id: entry.id(txn, "highlight_id"),
        parent_id: entry.id(txn, "parent_id"),
        text: entry.text(txn, "text", COMMENT_CHARS_MAX),
        author_id: entry.text(txn, "author_id", LABEL_CHARS_MAX),
        author: entry.text(txn, "author", LABEL_CHARS_MAX),
        created_at: entry.moment(txn, "created_at"),
        edited_at: entry.moment(txn, "edited_at"),
        resolved_at: entry.moment(txn, "resolved_at"),
    }
}
