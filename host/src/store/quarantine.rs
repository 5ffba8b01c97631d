//! Corrupt snapshots: put aside, replaced by an earlier version, and restored by an operator.

use contract::{
    Base, CaseId, Digest, EdgeOrder,
    decision::{Content, Row},
};
use deadpool_postgres::Transaction;

use super::{
    Store, StoreError,
    current::{Current, NewSnapshot},
    erasures, history, outbox,
};

/// Where an operator takes the bytes from.
#[derive(Debug)]
pub enum Restoration {
    /// An earlier version.
    Version(i64),
    /// A file, such as one that `host snapshots export` wrote.
    Bytes(Vec<u8>),
}

/// What became of an operator's restore.
#[derive(Debug, PartialEq, Eq)]
pub enum Restored {
    /// The bytes are stored.
    Stored(Base),
    /// The case is healthy: a smaller document put back would only be merged away again.
    Healthy,
    /// The case was deleted and stays so.
    Deleted,
    /// The case was never stored.
    NeverStored,
    /// The history has no good version of that number.
    NoSuchVersion,
}

impl Store {
    /// Puts a corrupt snapshot into quarantine and the newest good earlier version into its place. Does nothing if the
    /// snapshot is intact. The living object is asked to compare itself.
    ///
    /// # Errors
    /// If Postgres fails.
    pub async fn heal(&self, case_id: &CaseId, request_id: &str) -> Result<(), StoreError> {
        let mut client = self.client().await?;
        let tx = client.transaction().await?;
        let current = Current::lock(&tx, case_id, request_id).await?;
        let Some(Row {
            version,
            content: Content::Held { intact: false, .. },
        }) = current.row
        else {
            return Ok(());
        };
        match history::newest_good(&tx, &self.decoding, case_id).await? {
            Some(earlier) => {
                let new = NewSnapshot {
                    bytes: &earlier.bytes,
                    sha256: earlier.sha256,
                    highlight_count: earlier.highlight_count,
                    last_editor: None,
                    attribution: None,
                };
                current.overwrite(&tx, case_id, &new).await?;
            }
            None => {
                current
                    .quarantine(
                        &tx,
                        case_id,
                        version,
                        "its bytes do not have the stored hash",
                    )
                    .await?;
                empty_row(&tx, case_id).await?;
            }
        }
        outbox::enqueue(&tx, case_id, EdgeOrder::Check).await?;
        tx.commit().await?;
        Ok(())
    }

    /// Replaces a corrupt or lost snapshot by bytes of an operator's choice. A healthy one is left alone.
    ///
    /// # Errors
    /// If Postgres fails, or the bytes are no whole document.
    pub async fn restore(
        &self,
        case_id: &CaseId,
        from: Restoration,
    ) -> Result<Restored, StoreError> {
        let mut client = self.client().await?;
        let tx = client.transaction().await?;
        let mut current = Current::lock(&tx, case_id, "restore").await?;
        let Some(Row { version, content }) = current.row.clone() else {
            return Ok(Restored::NeverStored);
        };
        match content {
            Content::Deleted => return Ok(Restored::Deleted),
            Content::Lost | Content::Held { intact: false, .. } => {}
            Content::Held { intact: true, .. } => match undecodable(&tx, case_id).await? {
                None => return Ok(Restored::Healthy),
                Some(reason) => {
                    current.quarantine(&tx, case_id, version, &reason).await?;
                    current = current.without_content();
                }
            },
        }
        let bytes = match from {
            Restoration::Bytes(bytes) => bytes,
            Restoration::Version(version) => {
                match history::of_version(&tx, case_id, version).await? {
                    Some(earlier) => earlier.bytes,
                    None => return Ok(Restored::NoSuchVersion),
                }
            }
        };
        let (bytes, highlight_count) = counted(bytes).await?;
        let new = NewSnapshot {
            sha256: Digest::of(&bytes),
            bytes: &bytes,
            highlight_count,
            last_editor: None,
            attribution: None,
        };
        let base = current.overwrite(&tx, case_id, &new).await?;
        outbox::enqueue(&tx, case_id, EdgeOrder::Check).await?;
        // It may be of a time before somebody was erased.
        erasures::again(&tx, &[case_id.as_str().to_owned()]).await?;
        tx.commit().await?;
        Ok(Restored::Stored(base))
    }
}

/// Nothing is left of the snapshot but its number, which grows like with every change.
async fn empty_row(tx: &Transaction<'_>, case_id: &CaseId) -> Result<(), StoreError> {
    tx.execute(
        "update annotation_document_state
         set crdt_state = null, sha256 = null, state_vector = null, version = version + 1, updated_at = now()
         where case_id = $1",
        &[&case_id.as_str()],
    )
    .await?;
    Ok(())
}

/// Why the current bytes, whose hash is right, are no document all the same.
async fn undecodable(tx: &Transaction<'_>, case_id: &CaseId) -> Result<Option<String>, StoreError> {
    let row = tx
        .query_one(
            "select crdt_state from annotation_document_state where case_id = $1",
            &[&case_id.as_str()],
        )
        .await?;
    let bytes: Vec<u8> = row.try_get(0)?;
    let load = move || {
        annotation::load_snapshot(&bytes)
            .err()
            .map(|reason| reason.to_string())
    };
    Ok(tokio::task::spawn_blocking(load).await?)
}

async fn counted(bytes: Vec<u8>) -> Result<(Vec<u8>, u32), StoreError> {
    let count = move || {
        let count = crate::projection::count_highlights(&bytes);
        (bytes, count)
    };
    let (bytes, count) = tokio::task::spawn_blocking(count).await?;
    Ok((bytes, count.map_err(StoreError::Sent)?))
}
