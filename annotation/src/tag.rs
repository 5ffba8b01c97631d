//! Tags: the entries of the root map `tags`, and the groups that they stand in, `tag_groups`. The tags that every case begins
//! with are not in a document before somebody changes them.

use yrs::{Any, Map, MapPrelim, Out, ReadTxn, Transact, WriteTxn};

use crate::{
    document::{UnreadableSnapshot, empty_document, encode_snapshot},
    field::{self, Entry},
    limits::{LABEL_CHARS_MAX, TAGS_COPIED_MAX},
};

const ROOT: &str = "tags";
const GROUPS: &str = "tag_groups";
/// What a tag or a group is, but for who made it and when.
const FIELDS: [&str; 7] = [
    "name",
    "colour",
    "pattern",
    "description",
    "group",
    "order",
    "deleted",
];

/// One tag, as far as it can be read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Tag {
    /// Its key in `tags`.
    pub id: String,
    /// What it is called.
    pub name: String,
}

/// Reads the tags that have a name and were not deleted, in the order of their ids.
pub fn tags(txn: &impl ReadTxn) -> Vec<Tag> {
    field::entries(txn, ROOT)
        .into_iter()
        .filter(|(_, entry)| !is_deleted(txn, entry))
        .filter_map(|(id, entry)| {
            let name = entry.text(txn, "name", LABEL_CHARS_MAX)?;
            Some(Tag { id, name })
        })
        .collect()
}

/// A new document, encoded, that has the tags and groups of this one and nothing else. They are nobody's there, and so
/// everybody's, as those are that every case begins with. Absent if there are none.
///
/// # Errors
/// If the new document is in use, which nobody else can have.
pub fn copy_tags(
    txn: &impl ReadTxn,
    client_id: u64,
) -> Result<Option<Vec<u8>>, UnreadableSnapshot> {
    let copied = [ROOT, GROUPS].map(|root| (root, field::entries(txn, root)));
    if copied.iter().all(|(_, entries)| entries.is_empty()) {
        return Ok(None);
    }
    let document = empty_document(client_id, "snapshot");
    let mut new = document
        .try_transact_mut()
        .map_err(|_| UnreadableSnapshot::Busy)?;
    for (root, entries) in &copied {
        let map = new.get_or_insert_map(*root);
        for (id, entry) in entries.iter().take(TAGS_COPIED_MAX) {
            let fields = FIELDS.iter().filter_map(|name| {
                let Some(Out::Any(value)) = entry.value(txn, name) else {
                    return None;
                };
                is_small(&value).then(|| ((*name).to_owned(), value))
            });
            map.insert(&mut new, id.as_str(), fields.collect::<MapPrelim>());
        }
    }
    drop(new);
    let new = crate::document::read(&document)?;
    Ok(Some(encode_snapshot(&new)))
}

fn is_deleted(txn: &impl ReadTxn, entry: &Entry) -> bool {
    matches!(entry.value(txn, "deleted"), Some(Out::Any(Any::Bool(true))))
}

/// Nothing but what a page writes there is worth copying.
fn is_small(value: &Any) -> bool {
    match value {
        Any::String(text) => text.chars().take(LABEL_CHARS_MAX + 1).count() <= LABEL_CHARS_MAX,
        Any::Null | Any::Bool(_) | Any::Number(_) => true,
        Any::Undefined | Any::Buffer(_) | Any::Array(_) | Any::Map(_) => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::document::load_snapshot;

    fn document(tags: &[(&str, &[(&str, Any)])]) -> yrs::Doc {
        let document = empty_document(7, "test");
        let mut txn = document.transact_mut();
        let map = txn.get_or_insert_map(ROOT);
        for (id, fields) in tags {
            let fields = fields
                .iter()
                .map(|(name, value)| ((*name).to_owned(), value.clone()));
            map.insert(&mut txn, *id, fields.collect::<MapPrelim>());
        }
        let groups = txn.get_or_insert_map(GROUPS);
        let group = MapPrelim::from_iter([("name".to_owned(), Any::from("Law"))]);
        groups.insert(&mut txn, "g", group);
        txn.get_or_insert_map("highlights")
            .insert(&mut txn, "h", Any::from(1));
        drop(txn);
        document
    }

    #[test]
    fn a_copy_has_the_tags_and_nothing_else_and_is_nobodys() {
        let original = document(&[
            (
                "a",
                &[
                    ("name", "Facts".into()),
                    ("group", "g".into()),
                    ("author_id", "ann".into()),
                    ("author", "Ann".into()),
                ],
            ),
            ("b", &[("name", "Old".into()), ("deleted", true.into())]),
        ]);
        let copy = copy_tags(&original.transact(), 9).unwrap().unwrap();
        let copy = load_snapshot(&copy).unwrap();
        let (old, new) = (original.transact(), copy.transact());
        let facts = Tag {
            id: "a".to_owned(),
            name: "Facts".to_owned(),
        };
        assert_eq!(tags(&old), [facts]);
        assert_eq!(tags(&new), tags(&old));
        let whole = field::entries(&new, ROOT);
        assert_eq!(whole.len(), 2, "a deleted one stays deleted");
        for name in ["author_id", "author"] {
            assert!(whole[0].1.value(&new, name).is_none(), "{name}");
        }
        assert_eq!(field::entries(&new, GROUPS).len(), 1);
        assert_eq!(crate::highlight_count(&new), 0);
    }

    #[test]
    fn a_document_without_tags_has_no_copy() {
        let empty = empty_document(1, "test");
        assert_eq!(copy_tags(&empty.transact(), 9).unwrap(), None);
    }
}
