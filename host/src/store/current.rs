//! The row of a case inside a transaction, and the one way in which it is overwritten.

use contract::{
    Base, CaseId, Digest, Generation,
    decision::{Content, Row},
};
use deadpool_postgres::Transaction;
use futures_util::{TryFutureExt, future::try_join};
use tokio_postgres::types::ToSql;
use uuid::Uuid;

use super::{StoreError, lock::lock_then};

/// What a transaction that holds the case's lock sees.
pub(super) struct Current {
    pub generation: Generation,
    pub row: Option<Row>,
}

/// What is to be stored.
pub(super) struct NewSnapshot<'a> {
    pub bytes: &'a [u8],
    pub sha256: Digest,
    pub highlight_count: u32,
    /// Absent: the one that the row names stays.
    pub last_editor: Option<&'a str>,
    /// Who wrote what. Absent: what the row says stays.
    pub attribution: Option<&'a [u8]>,
}

/// Lets Postgres check the hash: the bytes are not fetched.
const READ: &str =
    "select s.generation, d.version, d.sha256, sha256(d.crdt_state) = d.sha256 as intact,
        d.deleted_at is not null as deleted
     from store s left join annotation_document_state d on d.case_id = $1";

impl Current {
    /// Locks the case and reads its row.
    pub(super) async fn lock(
        tx: &Transaction<'_>,
        case_id: &CaseId,
        request_id: &str,
    ) -> Result<Self, StoreError> {
        lock_then(tx, case_id, request_id, Self::read(tx, case_id)).await
    }

    /// Reads the row of a case that is locked.
    pub(super) async fn read(tx: &Transaction<'_>, case_id: &CaseId) -> Result<Self, StoreError> {
        let statement = tx.prepare_cached(READ).await?;
        Self::of(&tx.query_one(&statement, &[&case_id.as_str()]).await?)
    }

    fn of(found: &tokio_postgres::Row) -> Result<Self, StoreError> {
        let generation = generation(found.try_get("generation")?)?;
        let row = match found.try_get::<_, Option<i64>>("version")? {
            None => None,
            Some(version) => Some(Row {
                version,
                content: content(found)?,
            }),
        };
        Ok(Self { generation, row })
    }

    /// Whether an object builds on exactly what is stored here.
    pub(super) fn is_base(&self, base: Option<&Base>) -> bool {
        let Some(Row {
            version,
            content: Content::Held { sha256, .. },
        }) = &self.row
        else {
            return false;
        };
        base.is_some_and(|base| {
            base.generation == self.generation && base.version == *version && base.sha256 == *sha256
        })
    }

    /// The same row after its bytes went to the quarantine.
    pub(super) fn without_content(&self) -> Self {
        let row = self.row.as_ref().map(|row| Row {
            version: row.version,
            content: Content::Lost,
        });
        Self {
            generation: self.generation.clone(),
            row,
        }
    }

    /// Stores a snapshot on top of what is there: the row's intact bytes go to the history, corrupt ones to the
    /// quarantine, and the version grows by one.
    pub(super) async fn overwrite(
        &self,
        tx: &Transaction<'_>,
        case_id: &CaseId,
        new: &NewSnapshot<'_>,
    ) -> Result<Base, StoreError> {
        let statement = tx
            .prepare_cached(
                "insert into annotation_document_state as d
                    (case_id, crdt_state, sha256, highlight_count, last_editor, attribution, version)
                 values ($1, $2, $3, $4, $5, $6, 1)
                 on conflict (case_id) do update set
                    crdt_state = excluded.crdt_state, sha256 = excluded.sha256,
                    highlight_count = excluded.highlight_count,
                    last_editor = coalesce(excluded.last_editor, d.last_editor),
                    attribution = coalesce(excluded.attribution, d.attribution),
                    version = d.version + 1, state_vector = null, updated_at = now()
                 returning version",
            )
            .await?;
        let highlight_count = i32::try_from(new.highlight_count).unwrap_or(i32::MAX);
        let sha256 = new.sha256.as_bytes().as_slice();
        let case = case_id.as_str();
        let values: [&(dyn ToSql + Sync); 6] = [
            &case,
            &new.bytes,
            &sha256,
            &highlight_count,
            &new.last_editor,
            &new.attribution,
        ];
        let overwrite = async { Ok(tx.query_one(&statement, &values).await?) };
        let row = self.put_aside_then(tx, case_id, overwrite).await?;
        Ok(Base {
            generation: self.generation.clone(),
            version: row.try_get(0)?,
            sha256: new.sha256,
        })
    }

    /// Copies the row's bytes to where they belong before `overwrite`, which is one statement that is prepared, takes their
    /// place. Both are sent at once.
    async fn put_aside_then<T>(
        &self,
        tx: &Transaction<'_>,
        case_id: &CaseId,
        overwrite: impl Future<Output = Result<T, StoreError>>,
    ) -> Result<T, StoreError> {
        let Some(Row {
            content: Content::Held { intact, .. },
            version,
        }) = &self.row
        else {
            return overwrite.await;
        };
        if *intact {
            let statement = tx
                .prepare_cached(
                    "insert into snapshot_history
                        (case_id, version, crdt_state, sha256, highlight_count, last_editor, stored_at)
                     select case_id, version, crdt_state, sha256, highlight_count, last_editor, updated_at
                     from annotation_document_state where case_id = $1",
                )
                .await?;
            let case = case_id.as_str();
            let values: [&(dyn ToSql + Sync); 1] = [&case];
            let put_aside = tx.execute(&statement, &values).map_err(StoreError::from);
            // Each is sent when it is first polled, and this polls them in order.
            let (_, overwritten) = try_join(put_aside, overwrite).await?;
            Ok(overwritten)
        } else {
            let reason = "its bytes do not have the stored hash";
            self.quarantine(tx, case_id, *version, reason).await?;
            overwrite.await
        }
    }

    /// Copies the row's bytes to the quarantine and tells the operator.
    pub(super) async fn quarantine(
        &self,
        tx: &Transaction<'_>,
        case_id: &CaseId,
        version: i64,
        reason: &str,
    ) -> Result<(), StoreError> {
        tx.execute(
            "insert into snapshot_quarantine (case_id, version, crdt_state, sha256, reason)
             select case_id, version, crdt_state, sha256, $2 from annotation_document_state where case_id = $1",
            &[&case_id.as_str(), &reason],
        )
        .await?;
        crate::telemetry::quarantined(case_id, version, reason);
        Ok(())
    }
}

fn content(row: &tokio_postgres::Row) -> Result<Content, StoreError> {
    if row.try_get("deleted")? {
        return Ok(Content::Deleted);
    }
    let Some(sha256) = row.try_get::<_, Option<&[u8]>>("sha256")? else {
        return Ok(Content::Lost);
    };
    // A hash of another length is a corrupt row like any other; no bytes have it.
    let intact: bool = row.try_get("intact")?;
    let sha256 = Digest::from_slice(sha256).unwrap_or_else(|| Digest::of(sha256));
    Ok(Content::Held { sha256, intact })
}

pub(super) fn generation(stored: Uuid) -> Result<Generation, StoreError> {
    Generation::parse(&stored.to_string()).map_err(|_| StoreError::Inconsistent {
        what: "the generation is no UUID",
    })
}
