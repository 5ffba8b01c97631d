//! GET and HEAD: what the store holds of a case.

use contract::{Base, CaseId, Digest, Generation};

use super::{Store, StoreError, current::generation};

/// What is stored, with the bytes.
#[derive(Debug, PartialEq, Eq)]
pub enum Found {
    /// The case was never stored.
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
    /// These bytes; they have their hash.
    Held {
        /// What they are.
        base: Base,
        /// The whole document.
        bytes: Vec<u8>,
    },
}

/// What is stored, without the bytes.
#[derive(Debug, PartialEq, Eq)]
pub enum Summary {
    /// Nothing: never stored, or in quarantine without a good earlier version. A living object sends its state.
    Nothing {
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
    /// These bytes.
    Held(Base),
}

const ROW: &str = "select s.generation, d.version, d.sha256, d.deleted_at is not null as deleted
     from store s left join annotation_document_state d on d.case_id = $1";
const ROW_WITH_BYTES: &str =
    "select s.generation, d.version, d.sha256, d.crdt_state, d.deleted_at is not null as deleted
     from store s left join annotation_document_state d on d.case_id = $1";

impl Store {
    /// Reads a case's snapshot and checks its hash. A corrupt one goes to quarantine, and the newest good earlier
    /// version takes its place and is found instead.
    ///
    /// # Errors
    /// If Postgres fails, or every version is corrupt: that is never answered as "never stored".
    pub async fn find(&self, case_id: &CaseId, request_id: &str) -> Result<Found, StoreError> {
        if let Some(found) = self.find_intact(case_id).await? {
            return Ok(found);
        }
        self.heal(case_id, request_id).await?;
        let lost = || StoreError::Lost {
            case_id: case_id.to_string(),
        };
        self.find_intact(case_id).await?.ok_or_else(lost)
    }

    /// Reads what a case's row says, without the bytes.
    ///
    /// # Errors
    /// If Postgres fails.
    pub async fn summary(&self, case_id: &CaseId) -> Result<Summary, StoreError> {
        let client = self.client().await?;
        let statement = client.prepare_cached(ROW).await?;
        let row = client.query_one(&statement, &[&case_id.as_str()]).await?;
        let generation = generation(row.try_get("generation")?)?;
        let Some(version) = row.try_get("version")? else {
            return Ok(Summary::Nothing { generation });
        };
        if row.try_get("deleted")? {
            return Ok(Summary::Deleted {
                generation,
                version,
            });
        }
        match row
            .try_get::<_, Option<&[u8]>>("sha256")?
            .and_then(Digest::from_slice)
        {
            Some(sha256) => Ok(Summary::Held(Base {
                generation,
                version,
                sha256,
            })),
            None => Ok(Summary::Nothing { generation }),
        }
    }

    /// `None`: what is stored is corrupt, or went to quarantine.
    async fn find_intact(&self, case_id: &CaseId) -> Result<Option<Found>, StoreError> {
        let client = self.client().await?;
        let statement = client.prepare_cached(ROW_WITH_BYTES).await?;
        let row = client.query_one(&statement, &[&case_id.as_str()]).await?;
        drop(client);
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
            bytes,
        }))
    }
}
