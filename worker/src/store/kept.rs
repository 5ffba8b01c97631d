//! What the room keeps beside its document: values under keys of its own, among the meta records.

use worker::SqlStorageValue;

use super::{Store, StoreError, contradiction};

/// Stands in front of every key, so that none is taken for the room's meta record. The colon's successor ends the range.
const PREFIX: &str = "kept:";
const KEEP: &str = "INSERT OR REPLACE INTO meta (key, value) VALUES (?, ?)";
const FORGET: &str = "DELETE FROM meta WHERE key = ?";
pub(super) const FORGET_ALL: &str = "DELETE FROM meta WHERE key >= 'kept:' AND key < 'kept;'";
const SUMS: &str = "SELECT COUNT(*), COALESCE(SUM(LENGTH(CAST(value AS BLOB))), 0) FROM meta \
     WHERE key >= 'kept:' AND key < 'kept;'";
const ALL: &str = "SELECT key, value FROM meta WHERE key >= 'kept:' AND key < 'kept;' ORDER BY key";

/// More values than that were never kept: a room keeps one for each of 2,000 people, and a few of its own.
const ROWS_MAX: i64 = 4_000;

/// More bytes than that were never kept: a person's tickets take some 6 KB, a ruling 1 MB.
const BYTES_MAX: i64 = 24 * 1024 * 1024;

impl Store {
    /// Keeps a value under a key, in the place of one that is there.
    pub(crate) fn keep(&self, key: &str, value: String) -> Result<(), StoreError> {
        self.make_schema()?;
        let row = vec![stored(key).into(), value.into()];
        self.exec("keep a value", KEEP, row)
    }

    /// Forgets what is kept under a key, if anything is.
    pub(crate) fn forget(&self, key: &str) -> Result<(), StoreError> {
        self.make_schema()?;
        self.exec("forget a value", FORGET, vec![stored(key).into()])
    }

    /// Everything that is kept, by its key. The tables must exist.
    pub(super) fn kept(&self) -> Result<Vec<(String, String)>, StoreError> {
        match self.integers("sum up what is kept", SUMS)?.as_slice() {
            [Some(rows), Some(bytes)] if *rows <= ROWS_MAX && *bytes <= BYTES_MAX => {}
            _ => return Err(contradiction("more is kept than a room ever keeps")),
        }
        let rows = self.rows("read what is kept", ALL, vec![])?;
        rows.into_iter()
            .map(|row| {
                let mut values = row.into_iter();
                match (values.next(), values.next()) {
                    (Some(SqlStorageValue::String(key)), Some(SqlStorageValue::String(value))) => {
                        let key = key.strip_prefix(PREFIX).unwrap_or_default();
                        Ok((key.to_owned(), value))
                    }
                    _ => Err(contradiction("what is kept is no text")),
                }
            })
            .collect()
    }
}

fn stored(key: &str) -> String {
    format!("{PREFIX}{key}")
}
