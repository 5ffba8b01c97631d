//! The object's own SQLite: the journal, the snapshot, the room's meta record, and the one alarm.
//!
//! Everything here is synchronous, so no other event comes in between. A write that needs more than one statement is
//! one `transactionSync`: an exception alone does not roll back what was written before it.
//!
//! Absent and unreadable are different answers. Storage is absent if it has none of our tables, or nothing in them;
//! whatever else does not fit together is an error, and never taken for an empty room. The tables are made by the
//! first write, so an object that was only looked at stays absent.

use std::cell::Cell;

use room::{JournalSummary, Stored, Timestamp};
use wasm_bindgen::{JsCast, JsValue, prelude::wasm_bindgen};
use wasm_bindgen_futures::{JsFuture, spawn_local};
use worker::{SqlStorage, SqlStorageValue, State};

use crate::{
    log::{self, Level, Line},
    parts::{self, Assembly, Part, Torn},
};

#[wasm_bindgen]
extern "C" {
    /// The storage of an object, for what `worker` does not bind.
    type ObjectStorage;

    #[wasm_bindgen(method, catch, js_name = transactionSync)]
    fn transaction_sync(
        this: &ObjectStorage,
        work: &mut dyn FnMut() -> Result<JsValue, JsValue>,
    ) -> Result<JsValue, JsValue>;

    /// Takes milliseconds since the epoch. The write is issued by the call, not by awaiting the promise.
    #[wasm_bindgen(method, catch, js_name = setAlarm)]
    fn set_alarm(this: &ObjectStorage, at_ms: f64) -> Result<js_sys::Promise, JsValue>;
}

const SCHEMA: [&str; 3] = [
    "CREATE TABLE IF NOT EXISTS journal (seq INTEGER NOT NULL, part INTEGER NOT NULL, parts INTEGER NOT NULL, \
     bytes BLOB NOT NULL, editor TEXT NOT NULL, PRIMARY KEY (seq, part)) WITHOUT ROWID",
    "CREATE TABLE IF NOT EXISTS snapshot (set_id INTEGER NOT NULL, part INTEGER NOT NULL, parts INTEGER NOT NULL, \
     bytes BLOB NOT NULL, PRIMARY KEY (set_id, part)) WITHOUT ROWID",
    "CREATE TABLE IF NOT EXISTS meta (key TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID",
];
const TABLES: &str = "SELECT COUNT(*) FROM sqlite_master WHERE type = 'table' AND name IN ('journal', 'snapshot', 'meta')";
const META: &str = "SELECT value FROM meta WHERE key = 'room'";
const WRITE_META: &str = "INSERT OR REPLACE INTO meta (key, value) VALUES ('room', ?)";
const APPEND: &str = "INSERT INTO journal (seq, part, parts, bytes, editor) VALUES (?, ?, ?, ?, ?)";
const JOURNAL: &str = "SELECT part, parts, bytes, seq FROM journal ORDER BY seq, part";
const JOURNAL_SUMS: &str =
    "SELECT COUNT(DISTINCT seq), COALESCE(SUM(LENGTH(bytes)), 0), MIN(seq), MAX(seq) FROM journal";
const JOURNAL_TORN: &str = "SELECT COUNT(*) FROM (SELECT seq FROM journal GROUP BY seq \
     HAVING MIN(part) != 0 OR MAX(part) != COUNT(*) - 1 OR MIN(parts) != COUNT(*) OR MAX(parts) != COUNT(*))";
const LAST_EDITOR: &str = "SELECT editor FROM journal ORDER BY seq DESC, part LIMIT 1";
const DROP_JOURNAL: &str = "DELETE FROM journal WHERE seq <= ?";
const CLEAR_JOURNAL: &str = "DELETE FROM journal";
const SNAPSHOT: &str = "SELECT part, parts, bytes, set_id FROM snapshot ORDER BY set_id, part";
const SNAPSHOT_SUMS: &str = "SELECT COUNT(*), COALESCE(SUM(LENGTH(bytes)), 0), MIN(set_id), MAX(set_id), MIN(parts), MAX(parts), MAX(part) FROM snapshot";
const WRITE_SNAPSHOT: &str =
    "INSERT INTO snapshot (set_id, part, parts, bytes) VALUES (?, ?, ?, ?)";
const CLEAR_SNAPSHOT: &str = "DELETE FROM snapshot";

/// The object's storage failed, or what it holds contradicts itself.
#[derive(Clone, Debug, thiserror::Error)]
pub(crate) enum StoreError {
    #[error("{operation}: {reason}")]
    Failed {
        operation: &'static str,
        reason: String,
    },
    #[error("the stored rows contradict each other: {what}")]
    Contradiction { what: String },
    #[error("the stored rows are torn: {0}")]
    Torn(#[from] Torn),
}

/// The stored document.
pub(crate) struct StoredDocument {
    pub(crate) snapshot: Option<Vec<u8>>,
    /// The updates that follow the snapshot.
    pub(crate) journal: Vec<Vec<u8>>,
}

/// One object's storage.
pub(crate) struct Store {
    storage: ObjectStorage,
    sql: SqlStorage,
    has_schema: Cell<bool>,
}

type Row = Vec<SqlStorageValue>;

impl Store {
    pub(crate) fn new(state: &State) -> Self {
        let storage = state.storage();
        let raw: &JsValue = storage.as_raw().as_ref();
        Self {
            storage: raw.clone().unchecked_into(),
            sql: storage.sql(),
            has_schema: Cell::new(false),
        }
    }

    /// What storage holds besides the document.
    pub(crate) fn read(&self) -> Stored {
        match self.try_read() {
            Ok(stored) => stored,
            Err(error) => Stored::Unreadable {
                reason: error.to_string(),
            },
        }
    }

    fn try_read(&self) -> Result<Stored, StoreError> {
        let tables = self
            .integers("count the tables", TABLES)?
            .first()
            .copied()
            .flatten();
        match tables {
            Some(0) => return Ok(Stored::Absent),
            Some(3) => self.has_schema.set(true),
            Some(_) | None => return Err(contradiction("not all of the tables exist")),
        }
        let snapshot_seq = self.check_snapshot()?;
        let journal = self.summarise_journal(snapshot_seq)?;
        let mut records = self
            .rows("read the meta record", META, vec![])?
            .into_iter()
            .flatten();
        match records.next() {
            Some(SqlStorageValue::String(meta)) => Ok(Stored::Present { meta, journal }),
            Some(_) => Err(contradiction("the meta record is no text")),
            None if journal.rows == 0 && snapshot_seq.is_none() => Ok(Stored::Absent),
            None => Err(contradiction("there is a document, but no meta record")),
        }
    }

    /// The newest update that the stored snapshot contains, if there is a snapshot.
    fn check_snapshot(&self) -> Result<Option<i64>, StoreError> {
        let sums = self.integers("sum up the snapshot", SNAPSHOT_SUMS)?;
        let [Some(count), _, first_set, last_set, fewest, most, last] = sums.as_slice() else {
            return Err(contradiction("the snapshot cannot be summed up"));
        };
        if *count == 0 {
            return Ok(None);
        }
        let is_whole = first_set == last_set
            && fewest == &Some(*count)
            && most == fewest
            && last == &Some(count - 1);
        if is_whole {
            Ok(*last_set)
        } else {
            Err(contradiction("the snapshot is not one whole set of parts"))
        }
    }

    fn summarise_journal(&self, snapshot_seq: Option<i64>) -> Result<JournalSummary, StoreError> {
        let sums = self.integers("sum up the journal", JOURNAL_SUMS)?;
        let (rows, bytes, ends) = match sums.as_slice() {
            [Some(rows), Some(bytes), Some(first), Some(last)] => {
                (*rows, *bytes, Some((*first, *last)))
            }
            [Some(0), Some(0), None, None] => (0, 0, None),
            _ => return Err(contradiction("the journal cannot be summed up")),
        };
        if let Some((first, last)) = ends {
            if last - first + 1 != rows {
                return Err(contradiction("the journal lacks an update"));
            }
            if snapshot_seq.is_some_and(|seq| first != seq + 1) {
                return Err(contradiction("the journal does not follow the snapshot"));
            }
        }
        if self.integers("check the journal", JOURNAL_TORN)?.as_slice() != [Some(0)] {
            return Err(contradiction("an update of the journal is not whole"));
        }
        let mut editors = self
            .rows("read the last editor", LAST_EDITOR, vec![])?
            .into_iter()
            .flatten();
        let last_editor = match editors.next() {
            Some(SqlStorageValue::String(editor)) => Some(editor),
            Some(_) | None => None,
        };
        Ok(JournalSummary {
            rows: natural(rows)?,
            bytes: natural(bytes)?,
            last_seq: ends.map(|(_, last)| natural(last)).transpose()?,
            last_editor,
        })
    }

    /// Reads the document, whole.
    pub(crate) fn load(&self) -> Result<StoredDocument, StoreError> {
        if !self.has_schema.get() {
            return Ok(StoredDocument {
                snapshot: None,
                journal: Vec::new(),
            });
        }
        let mut snapshots = self.assemble("read the snapshot", SNAPSHOT)?;
        let snapshot = snapshots.pop();
        if !snapshots.is_empty() {
            return Err(contradiction("there is more than one snapshot"));
        }
        Ok(StoredDocument {
            snapshot,
            journal: self.assemble("read the journal", JOURNAL)?,
        })
    }

    fn assemble(
        &self,
        operation: &'static str,
        sql: &'static str,
    ) -> Result<Vec<Vec<u8>>, StoreError> {
        let mut wholes = Vec::new();
        let mut assembly = Assembly::default();
        let cursor = self
            .sql
            .exec(sql, None)
            .map_err(|error| failed(operation, error))?;
        for row in cursor.raw() {
            let row = row.map_err(|error| failed(operation, error))?;
            let mut values = row.into_iter();
            let (
                Some(SqlStorageValue::Integer(part)),
                Some(SqlStorageValue::Integer(parts)),
                Some(SqlStorageValue::Blob(bytes)),
            ) = (values.next(), values.next(), values.next())
            else {
                return Err(contradiction("a row holds values of other types"));
            };
            wholes.extend(assembly.push(Part { part, parts, bytes })?);
        }
        if assembly.is_torn() {
            Err(contradiction("the last update is not whole"))
        } else {
            Ok(wholes)
        }
    }

    /// Replaces the meta record.
    pub(crate) fn write_meta(&self, meta: String) -> Result<(), StoreError> {
        self.make_schema()?;
        self.exec("write the meta record", WRITE_META, vec![meta.into()])
    }

    /// Appends one update to the journal, whole or not at all.
    pub(crate) fn append(&self, seq: u64, update: &[u8], editor: &str) -> Result<(), StoreError> {
        self.make_schema()?;
        let seq = integer(seq)?;
        let insert = |part: Part| {
            let row = vec![
                seq.into(),
                part.part.into(),
                part.parts.into(),
                part.bytes.into(),
                editor.into(),
            ];
            self.exec("append to the journal", APPEND, row)
        };
        if update.len() <= parts::PART_BYTES_MAX {
            parts::split(update).try_for_each(insert)
        } else {
            self.transaction("append to the journal", || {
                parts::split(update).try_for_each(insert)
            })
        }
    }

    /// Swaps the snapshot, drops the journal up to `seq` and replaces the meta record, all or nothing.
    pub(crate) fn replace_snapshot(
        &self,
        seq: u64,
        snapshot: &[u8],
        meta: &str,
    ) -> Result<(), StoreError> {
        self.make_schema()?;
        let seq = integer(seq)?;
        self.transaction("replace the snapshot", || {
            self.exec("drop the old snapshot", CLEAR_SNAPSHOT, vec![])?;
            for Part { part, parts, bytes } in parts::split(snapshot) {
                let row = vec![seq.into(), part.into(), parts.into(), bytes.into()];
                self.exec("write the snapshot", WRITE_SNAPSHOT, row)?;
            }
            self.exec("shorten the journal", DROP_JOURNAL, vec![seq.into()])?;
            self.exec("write the meta record", WRITE_META, vec![meta.into()])?;

            let sums = self.integers("count what was written", SNAPSHOT_SUMS)?;
            let bytes = sums.get(1).copied().flatten();
            if self.check_snapshot()? != Some(seq) || bytes != Some(snapshot.len() as i64) {
                return Err(contradiction("the snapshot was not written as it is"));
            }
            self.summarise_journal(Some(seq)).map(drop)
        })
    }

    /// Drops snapshot and journal and replaces the meta record, all or nothing.
    pub(crate) fn wipe(&self, meta: &str) -> Result<(), StoreError> {
        self.make_schema()?;
        self.transaction("wipe", || {
            self.exec("drop the snapshot", CLEAR_SNAPSHOT, vec![])?;
            self.exec("drop the journal", CLEAR_JOURNAL, vec![])?;
            self.exec("write the meta record", WRITE_META, vec![meta.into()])?;
            let snapshot_seq = self.check_snapshot()?;
            let journal = self.summarise_journal(None)?;
            if snapshot_seq.is_some() || journal.rows != 0 {
                return Err(contradiction("the document is still there"));
            }
            Ok(())
        })
    }

    /// Sets the object's one alarm. The write is issued before this returns.
    pub(crate) fn set_alarm(&self, at: Timestamp) -> Result<(), StoreError> {
        let promise = self
            .storage
            .set_alarm(at.0 as f64)
            .map_err(|error| thrown("set the alarm", &error))?;
        // The promise only says that the write was taken; a failed commit breaks the output gate and so the object.
        spawn_local(async move {
            if let Err(error) = JsFuture::from(promise).await {
                let reason = thrown("set the alarm", &error).to_string();
                log::write(Line {
                    reason: &reason,
                    ..Line::new(Level::Error, "storage_failed")
                });
            }
        });
        Ok(())
    }

    fn make_schema(&self) -> Result<(), StoreError> {
        if self.has_schema.get() {
            return Ok(());
        }
        self.transaction("make the tables", || {
            SCHEMA
                .iter()
                .try_for_each(|table| self.exec("make the tables", table, vec![]))
        })?;
        self.has_schema.set(true);
        Ok(())
    }

    /// Runs `work` in one transaction: an error rolls all of it back.
    fn transaction(
        &self,
        operation: &'static str,
        mut work: impl FnMut() -> Result<(), StoreError>,
    ) -> Result<(), StoreError> {
        let mut outcome = Ok(());
        let committed = self.storage.transaction_sync(&mut || {
            outcome = work();
            match &outcome {
                Ok(()) => Ok(JsValue::UNDEFINED),
                Err(error) => Err(JsValue::from_str(&error.to_string())),
            }
        });
        outcome?;
        committed
            .map(drop)
            .map_err(|error| thrown(operation, &error))
    }

    fn exec(&self, operation: &'static str, sql: &str, values: Row) -> Result<(), StoreError> {
        self.sql
            .exec(sql, values)
            .map(drop)
            .map_err(|error| failed(operation, error))
    }

    fn rows(
        &self,
        operation: &'static str,
        sql: &str,
        values: Row,
    ) -> Result<Vec<Row>, StoreError> {
        let cursor = self
            .sql
            .exec(sql, values)
            .map_err(|error| failed(operation, error))?;
        cursor
            .raw()
            .collect::<worker::Result<_>>()
            .map_err(|error| failed(operation, error))
    }

    /// The integers of the one row of an aggregate; `None` where it says NULL.
    fn integers(&self, operation: &'static str, sql: &str) -> Result<Vec<Option<i64>>, StoreError> {
        let row = self.rows(operation, sql, vec![])?.into_iter().next();
        row.unwrap_or_default()
            .into_iter()
            .map(|value| match value {
                SqlStorageValue::Integer(number) => Ok(Some(number)),
                SqlStorageValue::Null => Ok(None),
                SqlStorageValue::Boolean(_)
                | SqlStorageValue::Float(_)
                | SqlStorageValue::String(_)
                | SqlStorageValue::Blob(_) => Err(contradiction("a sum is no whole number")),
            })
            .collect()
    }
}

/// Numbers cross the border to JavaScript as floats: beyond 2^53 they would silently change.
fn integer(number: u64) -> Result<i64, StoreError> {
    i64::try_from(number)
        .ok()
        .filter(|number| *number < 1 << 53)
        .ok_or_else(|| contradiction("a number is too large"))
}

fn natural(number: i64) -> Result<u64, StoreError> {
    u64::try_from(number).map_err(|_| contradiction("a number is negative"))
}

fn contradiction(what: &str) -> StoreError {
    StoreError::Contradiction {
        what: what.to_owned(),
    }
}

fn failed(operation: &'static str, error: worker::Error) -> StoreError {
    StoreError::Failed {
        operation,
        reason: error.to_string(),
    }
}

fn thrown(operation: &'static str, error: &JsValue) -> StoreError {
    StoreError::Failed {
        operation,
        reason: format!("{error:?}"),
    }
}
