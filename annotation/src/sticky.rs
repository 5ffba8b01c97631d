//! Sticky notes: the entries of the root map `stickies`, of which the words are read back.

use yrs::ReadTxn;

use crate::{
    field,
    limits::{LABEL_CHARS_MAX, STICKY_TEXT_UNITS_MAX},
    moment::Moment,
    rights::Thing,
};

/// One sticky note with words on it, as far as it can be read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Sticky {
    /// Its key in `stickies`.
    pub id: String,
    /// What it says.
    pub text: String,
    /// Who put it there.
    pub author_id: Option<String>,
    /// By which name.
    pub author: Option<String>,
    /// When, as the author's client wrote it.
    pub created_at: Option<Moment>,
}

/// Reads the notes that say something, in the order of their ids.
pub fn stickies(txn: &impl ReadTxn) -> Vec<Sticky> {
    field::entries(txn, Thing::Sticky.root())
        .into_iter()
        .filter_map(|(id, entry)| {
            // As many characters as units hold at least what the room takes.
            let text = entry.text(txn, "text", STICKY_TEXT_UNITS_MAX)?;
            Some(Sticky {
                id,
                text,
                author_id: entry.text(txn, "author_id", LABEL_CHARS_MAX),
                author: entry.text(txn, "author", LABEL_CHARS_MAX),
                created_at: entry.moment(txn, "created_at"),
            })
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use yrs::{Any, Map, MapPrelim, Transact, WriteTxn};

    use super::*;
    use crate::document::empty_document;

    #[test]
    fn notes_without_words_and_what_is_no_note_are_left_out() {
        let document = empty_document(7, "test");
        let mut txn = document.transact_mut();
        let map = txn.get_or_insert_map("stickies");
        for (id, text) in [
            ("a", Any::from("wed\u{0}ge")),
            ("b", "".into()),
            ("c", 7.into()),
        ] {
            let fields = [
                ("text".to_owned(), text),
                ("author".to_owned(), "Ann".into()),
            ];
            map.insert(&mut txn, id, MapPrelim::from_iter(fields));
        }
        map.insert(&mut txn, "d", 3);
        drop(txn);
        let read = stickies(&document.transact());
        assert_eq!(read.len(), 1);
        assert_eq!((read[0].id.as_str(), read[0].text.as_str()), ("a", "wedge"));
        assert_eq!(read[0].author.as_deref(), Some("Ann"));
        assert_eq!(stickies(&empty_document(1, "test").transact()), []);
    }
}
