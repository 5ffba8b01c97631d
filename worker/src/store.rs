//! The object's own SQLite: the journal, the snapshot, the room's meta record, and the one alarm.
//!
//! Everything here is synchronous, so no other event comes in between. A write that needs more than one statement is
//! one `transactionSync`: an exception alone does not roll back what was written before it.
//!
//! Absent and unreadable are different answers. Storage is absent if it has none of our tables, or nothing in them;
//! whatever else does not fit together is an error, and never taken for an empty room. The tables are made by the
//! first write, so an object that was only looked at stays absent.

mod attributed;
mod kept;
mod reading;

pub(crate) use attributed::Attributed;
pub(crate) use reading::StoredDocument;

use std::cell::Cell;

use js_sys::JsString;
use room::Timestamp;
use wasm_bindgen::{JsCast, JsValue, prelude::wasm_bindgen};
use wasm_bindgen_futures::{JsFuture, spawn_local};
use worker::{SqlStorage, SqlStorageValue, State};

use crate::{
    log::{self, Level, Line},
    parts::{self, Part, Torn},
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

    #[wasm_bindgen(method, getter)]
    fn sql(this: &ObjectStorage) -> ObjectSql;

    /// Takes milliseconds since the epoch. The write is issued by the call, not by awaiting the promise.
    #[wasm_bindgen(method, catch, js_name = setAlarm)]
    fn set_alarm(this: &ObjectStorage, at_ms: f64) -> Result<js_sys::Promise, JsValue>;

    /// The SQLite of an object, for the one statement that comes with every edit: `worker` would make a list of its values,
    /// one call of JavaScript or more for each of them.
    type ObjectSql;

    /// Executes `APPEND_WHOLE`, to the end. The bytes are read before this returns.
    #[wasm_bindgen(method, catch, js_name = exec)]
    fn append_whole(
        this: &ObjectSql,
        statement: &JsString,
        seq: f64,
        bytes: &[u8],
        editor: &str,
        attributed: f64,
    ) -> Result<JsValue, JsValue>;
}

thread_local! {
    /// An update that is one part, as they nearly all are: a text of JavaScript, which is made once.
    static APPEND_WHOLE: JsString = JsString::from(
        "INSERT INTO journal (seq, part, parts, bytes, editor, attributed) VALUES (?, 0, 1, ?, ?, ?)",
    );
}

const SCHEMA: [&str; 3] = [
    "CREATE TABLE IF NOT EXISTS journal (seq INTEGER NOT NULL, part INTEGER NOT NULL, parts INTEGER NOT NULL, \
     bytes BLOB NOT NULL, editor TEXT NOT NULL, attributed INTEGER NOT NULL DEFAULT 0, \
     PRIMARY KEY (seq, part)) WITHOUT ROWID",
    "CREATE TABLE IF NOT EXISTS snapshot (set_id INTEGER NOT NULL, part INTEGER NOT NULL, parts INTEGER NOT NULL, \
     bytes BLOB NOT NULL, attributed INTEGER NOT NULL DEFAULT 0, PRIMARY KEY (set_id, part)) WITHOUT ROWID",
    "CREATE TABLE IF NOT EXISTS meta (key TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID",
];
const WRITE_META: &str = "INSERT OR REPLACE INTO meta (key, value) VALUES ('room', ?)";
const APPEND: &str =
    "INSERT INTO journal (seq, part, parts, bytes, editor, attributed) VALUES (?, ?, ?, ?, ?, ?)";
const DROP_JOURNAL: &str = "DELETE FROM journal WHERE seq <= ?";
const CLEAR_JOURNAL: &str = "DELETE FROM journal";
const WRITE_SNAPSHOT: &str =
    "INSERT INTO snapshot (set_id, part, parts, bytes, attributed) VALUES (?, ?, ?, ?, ?)";
/// A store of before there were attributions lacks their column in both tables.
const ADD_ATTRIBUTED: [&str; 2] = [
    "ALTER TABLE journal ADD COLUMN attributed INTEGER NOT NULL DEFAULT 0",
    "ALTER TABLE snapshot ADD COLUMN attributed INTEGER NOT NULL DEFAULT 0",
];
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

/// One object's storage.
pub(crate) struct Store {
    storage: ObjectStorage,
    sql: SqlStorage,
    raw_sql: ObjectSql,
    has_schema: Cell<bool>,
}

type Row = Vec<SqlStorageValue>;

impl Store {
    pub(crate) fn new(state: &State) -> Self {
        let storage = state.storage();
        let raw: &JsValue = storage.as_raw().as_ref();
        let raw: ObjectStorage = raw.clone().unchecked_into();
        Self {
            sql: storage.sql(),
            raw_sql: raw.sql(),
            storage: raw,
            has_schema: Cell::new(false),
        }
    }

    /// Replaces the meta record.
    pub(crate) fn write_meta(&self, meta: String) -> Result<(), StoreError> {
        self.make_schema()?;
        self.exec("write the meta record", WRITE_META, vec![meta.into()])
    }

    /// Appends one update to the journal, whole or not at all.
    pub(crate) fn append(
        &self,
        seq: u64,
        entry: &Attributed,
        editor: &str,
    ) -> Result<(), StoreError> {
        const OPERATION: &str = "append to the journal";
        self.make_schema()?;
        let seq = integer(seq)?;
        let (whole, attributed) = (entry.whole(), entry.attribution_bytes());
        if whole.len() <= parts::PART_BYTES_MAX {
            let append = |statement: &JsString| {
                let sql = &self.raw_sql;
                sql.append_whole(statement, seq as f64, whole, editor, attributed as f64)
            };
            return APPEND_WHOLE
                .with(append)
                .map(drop)
                .map_err(|error| failed(OPERATION, error.into()));
        }
        self.transaction(OPERATION, || {
            parts::split(whole).try_for_each(|part| {
                let row = vec![
                    seq.into(),
                    part.part.into(),
                    part.parts.into(),
                    part.bytes.into(),
                    editor.into(),
                    attributed.into(),
                ];
                self.exec(OPERATION, APPEND, row)
            })
        })
    }

    /// Swaps the snapshot, drops the journal up to `seq` and replaces the meta record, all or nothing.
    pub(crate) fn replace_snapshot(
        &self,
        seq: u64,
        snapshot: &Attributed,
        meta: &str,
    ) -> Result<(), StoreError> {
        self.make_schema()?;
        let seq = integer(seq)?;
        self.transaction("replace the snapshot", || {
            self.exec("drop the old snapshot", CLEAR_SNAPSHOT, vec![])?;
            for Part { part, parts, bytes } in parts::split(snapshot.whole()) {
                let attributed = snapshot.attribution_bytes();
                let row = vec![
                    seq.into(),
                    part.into(),
                    parts.into(),
                    bytes.into(),
                    attributed.into(),
                ];
                self.exec("write the snapshot", WRITE_SNAPSHOT, row)?;
            }
            self.exec("shorten the journal", DROP_JOURNAL, vec![seq.into()])?;
            self.exec("write the meta record", WRITE_META, vec![meta.into()])?;

            let sums = self.integers("count what was written", reading::SNAPSHOT_SUMS)?;
            let bytes = sums.get(1).copied().flatten();
            if self.check_snapshot()? != Some(seq) || bytes != Some(snapshot.whole().len() as i64) {
                return Err(contradiction("the snapshot was not written as it is"));
            }
            self.summarise_journal(Some(seq)).map(drop)
        })
    }

    /// Drops snapshot, journal and whatever is kept, and replaces the meta record, all or nothing.
    pub(crate) fn wipe(&self, meta: &str) -> Result<(), StoreError> {
        self.make_schema()?;
        self.transaction("wipe", || {
            self.exec("drop the snapshot", CLEAR_SNAPSHOT, vec![])?;
            self.exec("drop the journal", CLEAR_JOURNAL, vec![])?;
            self.exec("drop what is kept", kept::FORGET_ALL, vec![])?;
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
