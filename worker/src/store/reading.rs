//! Reading the store: what lies there, whether it fits together, and the document itself.

use room::{JournalSummary, Stored};
use worker::SqlStorageValue;

use super::{ADD_ATTRIBUTED, Attributed, Store, StoreError, contradiction, failed};
use crate::parts::{Assembly, Part};

const TABLES: &str = "SELECT COUNT(*) FROM sqlite_master WHERE type = 'table' AND name IN ('journal', 'snapshot', 'meta')";
const META: &str = "SELECT value FROM meta WHERE key = 'room'";
const JOURNAL_DEFINITION: &str =
    "SELECT sql FROM sqlite_master WHERE type = 'table' AND name = 'journal'";
const JOURNAL: &str = "SELECT part, parts, bytes, attributed, seq FROM journal ORDER BY seq, part";
const JOURNAL_SUMS: &str =
    "SELECT COUNT(DISTINCT seq), COALESCE(SUM(LENGTH(bytes)), 0), MIN(seq), MAX(seq) FROM journal";
const JOURNAL_TORN: &str = "SELECT COUNT(*) FROM (SELECT seq FROM journal GROUP BY seq \
     HAVING MIN(part) != 0 OR MAX(part) != COUNT(*) - 1 OR MIN(parts) != COUNT(*) OR MAX(parts) != COUNT(*))";
const LAST_EDITOR: &str = "SELECT editor FROM journal ORDER BY seq DESC, part LIMIT 1";
const SNAPSHOT: &str =
    "SELECT part, parts, bytes, attributed, set_id FROM snapshot ORDER BY set_id, part";
pub(super) const SNAPSHOT_SUMS: &str = "SELECT COUNT(*), COALESCE(SUM(LENGTH(bytes)), 0), MIN(set_id), MAX(set_id), MIN(parts), MAX(parts), MAX(part) FROM snapshot";

/// The stored document.
pub(crate) struct StoredDocument {
    pub(crate) snapshot: Option<Vec<u8>>,
    /// The updates that follow the snapshot.
    pub(crate) journal: Vec<Vec<u8>>,
    /// Who wrote what: of the snapshot, then of the updates.
    pub(crate) attributions: Vec<Vec<u8>>,
}

impl Store {
    /// What storage holds besides the document, and what is kept, by its key. Storage that holds nothing but kept values is
    /// absent all the same: no document was ever written.
    pub(crate) fn read(&self) -> (Stored, Vec<(String, String)>) {
        self.try_read().unwrap_or_else(|error| {
            let reason = error.to_string();
            (Stored::Unreadable { reason }, Vec::new())
        })
    }

    fn try_read(&self) -> Result<(Stored, Vec<(String, String)>), StoreError> {
        let tables = self
            .integers("count the tables", TABLES)?
            .first()
            .copied()
            .flatten();
        match tables {
            Some(0) => return Ok((Stored::Absent, Vec::new())),
            Some(3) => {
                self.add_attributed()?;
                self.has_schema.set(true);
            }
            Some(_) | None => return Err(contradiction("not all of the tables exist")),
        }
        let snapshot_seq = self.check_snapshot()?;
        let journal = self.summarise_journal(snapshot_seq)?;
        let mut records = self
            .rows("read the meta record", META, vec![])?
            .into_iter()
            .flatten();
        let stored = match records.next() {
            Some(SqlStorageValue::String(meta)) => Stored::Present { meta, journal },
            Some(_) => return Err(contradiction("the meta record is no text")),
            None if journal.rows == 0 && snapshot_seq.is_none() => Stored::Absent,
            None => return Err(contradiction("there is a document, but no meta record")),
        };
        Ok((stored, self.kept()?))
    }

    /// Brings a store of before there were attributions up to date.
    fn add_attributed(&self) -> Result<(), StoreError> {
        let mut definitions = self
            .rows(
                "read how the journal is defined",
                JOURNAL_DEFINITION,
                vec![],
            )?
            .into_iter()
            .flatten();
        match definitions.next() {
            Some(SqlStorageValue::String(sql)) if sql.contains("attributed") => Ok(()),
            _ => self.transaction("add the attributions", || {
                ADD_ATTRIBUTED
                    .iter()
                    .try_for_each(|column| self.exec("add the attributions", column, vec![]))
            }),
        }
    }

    /// The newest update that the stored snapshot contains, if there is a snapshot.
    pub(super) fn check_snapshot(&self) -> Result<Option<i64>, StoreError> {
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

    pub(super) fn summarise_journal(
        &self,
        snapshot_seq: Option<i64>,
    ) -> Result<JournalSummary, StoreError> {
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
            snapshot_seq: snapshot_seq.map(natural).transpose()?,
            last_editor,
        })
    }

    /// Reads the document, whole.
    pub(crate) fn load(&self) -> Result<StoredDocument, StoreError> {
        if !self.has_schema.get() {
            return Ok(StoredDocument {
                snapshot: None,
                journal: Vec::new(),
                attributions: Vec::new(),
            });
        }
        let mut attributions = Vec::new();
        let mut snapshots = self.assemble("read the snapshot", SNAPSHOT, &mut attributions)?;
        let snapshot = snapshots.pop();
        if !snapshots.is_empty() {
            return Err(contradiction("there is more than one snapshot"));
        }
        Ok(StoredDocument {
            snapshot,
            journal: self.assemble("read the journal", JOURNAL, &mut attributions)?,
            attributions,
        })
    }

    fn assemble(
        &self,
        operation: &'static str,
        sql: &'static str,
        attributions: &mut Vec<Vec<u8>>,
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
                Some(SqlStorageValue::Integer(attributed)),
            ) = (values.next(), values.next(), values.next(), values.next())
            else {
                return Err(contradiction("a row holds values of other types"));
            };
            if let Some(whole) = assembly.push(Part { part, parts, bytes })? {
                let (update, attribution) = Attributed::split(whole, attributed)
                    .ok_or_else(|| contradiction("an attribution is longer than its row"))?;
                wholes.push(update);
                attributions.extend(attribution);
            }
        }
        if assembly.is_torn() {
            Err(contradiction("the last update is not whole"))
        } else {
            Ok(wholes)
        }
    }
}

fn natural(number: i64) -> Result<u64, StoreError> {
    u64::try_from(number).map_err(|_| contradiction("a number is negative"))
}
