//! GET and HEAD: what the store holds of a case.

use contract::{Base, CaseId, Digest, Generation};
use tokio_postgres::Row;

use super::{Store, StoreError, current::generation, lock};

/// What is stored; `B` are the bytes, or nothing if they were not asked for.
#[derive(Debug, PartialEq, Eq)]
pub enum Found<B> {
    /// The case was never stored. Without the bytes also: it is in quarantine without a good earlier version, and a
    /// living object is to send its state.
    Never {
        /// Of the store.
        generation: Generation,
    },
    /// The case was deleted.
    Deleted {
        /// Of the store.
        generation: Generation,
        /// The tombstone's.
        version: i64,
    },
    /// A snapshot.
    Held {
        /// What it is.
        base: Base,
        /// The whole document; it has its hash.
        bytes: B,
    },
}

/// A stored document.
#[derive(Debug, PartialEq, Eq)]
pub struct StoredDocument {
    /// As update v1; it has its hash.
    pub bytes: Vec<u8>,
    /// Who wrote what of it, as `annotation::Attribution` encodes that; absent if it was stored without.
    pub attribution: Option<Vec<u8>>,
}

const ROW: &str = "select s.generation, d.version, d.sha256, d.deleted_at is not null as deleted
     from store s left join annotation_document_state d on d.case_id = $1";
const ROW_WITH_BYTES: &str =
    "select s.generation, d.version, d.sha256, d.crdt_state, d.attribution, d.deleted_at is not null as deleted
     from store s left join annotation_document_state d on d.case_id = $1";

impl Store {
    /// Reads a case's snapshot and checks its hash. A corrupt one goes to quarantine, and the newest good earlier
    /// version takes its place and is found instead.
    ///
    /// # Errors
    /// If Postgres fails, or every version is corrupt: that is never answered as "never stored".
    pub async fn find(
        &self,
        case_id: &CaseId,
        request_id: &str,
    ) -> Result<Found<StoredDocument>, StoreError> {
        if let Some(found) = self.find_intact(case_id, request_id).await? {
            return Ok(found);
        }
        self.heal(case_id, request_id).await?;
        let lost = || StoreError::Lost {
            case_id: case_id.to_string(),
        };
        self.find_intact(case_id, request_id)
            .await?
            .ok_or_else(lost)
    }

    /// Reads what a case's row says, without the bytes.
    ///
    /// # Errors
    /// If Postgres fails.
    pub async fn summary(
        &self,
        case_id: &CaseId,
        request_id: &str,
    ) -> Result<Found<()>, StoreError> {
        let row = self.row(ROW, case_id, request_id).await?;
        let generation = generation(row.try_get("generation")?)?;
        let Some(version) = row.try_get("version")? else {
            return Ok(Found::Never { generation });
        };
        if row.try_get("deleted")? {
            return Ok(Found::Deleted {
                generation,
                version,
            });
        }
        match row
            .try_get::<_, Option<&[u8]>>("sha256")?
            .and_then(Digest::from_slice)
        {
            Some(sha256) => Ok(Found::Held {
                base: Base {
                    generation,
                    version,
                    sha256,
                },
                bytes: (),
            }),
            None => Ok(Found::Never { generation }),
        }
    }

    /// `None`: what is stored is corrupt, or went to quarantine.
    async fn find_intact(
        &self,
        case_id: &CaseId,
        request_id: &str,
    ) -> Result<Option<Found<StoredDocument>>, StoreError> {
        let row = self.row(ROW_WITH_BYTES, case_id, request_id).await?;
        let generation = generation(row.try_get("generation")?)?;
        let Some(version) = row.try_get("version")? else {
            return Ok(Some(Found::Never { generation }));
        };
        if row.try_get("deleted")? {
            return Ok(Some(Found::Deleted {
                generation,
                version,
            }));
        }
        let Some(bytes) = row.try_get::<_, Option<Vec<u8>>>("crdt_state")? else {
            return Ok(None);
        };
        let sha256 = Digest::of(&bytes);
        if row.try_get::<_, &[u8]>("sha256")? != sha256.as_bytes() {
            return Ok(None);
        }
        Ok(Some(Found::Held {
            base: Base {
                generation,
                version,
                sha256,
            },
            bytes: StoredDocument {
                bytes,
                attribution: row.try_get("attribution")?,
            },
        }))
    }

    async fn row(
        &self,
        query: &str,
        case_id: &CaseId,
        request_id: &str,
    ) -> Result<Row, StoreError> {
        let mut client = self.client().await?;
        let tx = client.transaction().await?;
        lock::name_request(&tx, request_id).await?;
        let statement = tx.prepare_cached(query).await?;
        let row = tx.query_one(&statement, &[&case_id.as_str()]).await?;
        tx.commit().await?;
        Ok(row)
    }
}
