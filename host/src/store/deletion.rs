//! DELETE: a tombstone, for ever.

use contract::{
    CaseId, EdgeOrder, Generation,
    decision::{Content, Row},
};
use deadpool_postgres::Transaction;
use serde_json::json;
use uuid::Uuid;

use super::{
    Kind, Outcome, Store, StoreError,
    audit::{self, Entry},
    cases,
    current::Current,
    grants, lock, outbox, private_notes, settling,
};

impl Store {
    /// Erases a case's head and text, content, history, quarantine, projection, private notes and who may do what on it, leaves a
    /// tombstone, and orders the object to wipe itself. Idempotent; a case that was never stored gets its tombstone too.
    /// Says the store's generation and the tombstone's version.
    ///
    /// # Errors
    /// If Postgres fails.
    pub async fn delete(
        &self,
        case_id: &CaseId,
        request_id: &str,
    ) -> Result<(Generation, i64), StoreError> {
        let mut client = self.client().await?;
        let tx = client.transaction().await?;
        lock::lock_case(&tx, case_id, request_id).await?;
        let deleted = delete_locked(&tx, case_id, None, request_id).await?;
        tx.commit().await?;
        Ok(deleted)
    }

    /// Deletes a case or board for good, with all that is in it. Absent unless it is this person's own.
    ///
    /// # Errors
    /// If Postgres fails.
    pub async fn delete_own_case(
        &self,
        (kind, case_id): (Kind, &CaseId),
        by: Uuid,
        request_id: &str,
    ) -> Result<Outcome<()>, StoreError> {
        let mut client = self.client().await?;
        let tx = client.transaction().await?;
        // Whose it is not makes nobody wait.
        if !is_own(&tx, kind, case_id, by).await? {
            return Ok(Outcome::Absent);
        }
        lock::lock_case(&tx, case_id, request_id).await?;
        // Erasing hands cases over under this lock: whoever was erased meanwhile deletes nothing that is somebody else's by now.
        settling::lock_one(&tx, case_id).await?;
        if !is_own(&tx, kind, case_id, by).await? {
            return Ok(Outcome::Absent);
        }
        delete_locked(&tx, case_id, Some(by), request_id).await?;
        tx.commit().await?;
        Ok(Outcome::Done(()))
    }
}

/// Whether somebody brought a case, or made a board.
async fn is_own(
    tx: &Transaction<'_>,
    kind: Kind,
    case_id: &CaseId,
    user: Uuid,
) -> Result<bool, StoreError> {
    let (table, id) = kind.table();
    let own = format!("select from {table} where {id} = $1 and owner_id = $2");
    let own = tx.query_opt(&own, &[&case_id.as_str(), &user]).await?;
    Ok(own.is_some())
}

/// Deletes a case, which must be locked.
pub(super) async fn delete_locked(
    tx: &Transaction<'_>,
    case_id: &CaseId,
    by: Option<Uuid>,
    request_id: &str,
) -> Result<(Generation, i64), StoreError> {
    let current = Current::read(tx, case_id).await?;
    if let Some(Row {
        version,
        content: Content::Deleted,
    }) = current.row
    {
        nothing_to_erase(tx, case_id).await?;
        return Ok((current.generation, version));
    }
    let tombstone = bury(tx, case_id).await?;
    grants::erase(tx, case_id).await?;
    private_notes::erase_of_case(tx, case_id, request_id).await?;
    cases::erase(tx, case_id).await?;
    order(tx, case_id).await?;
    if private_notes::forget(tx, case_id).await? {
        // That somebody has written for themselves is nobody's to know.
        return Ok((current.generation, tombstone));
    }
    let by = by.map(|by| by.to_string());
    let entry = Entry {
        act: "case_deleted",
        case_id: Some(case_id.as_str()),
        subject: None,
        by: by.as_deref(),
        detail: json!({}),
        request_id,
    };
    audit::append(tx, &entry).await?;
    Ok((current.generation, tombstone))
}

/// Erases what a document says and said, which must be locked, and leaves a tombstone; says its version.
pub(super) async fn bury(tx: &Transaction<'_>, case_id: &CaseId) -> Result<i64, StoreError> {
    lock::lock_projection(tx, case_id).await?;
    let tombstone = tx
        .query_one(
            "insert into annotation_document_state as d (case_id, version, deleted_at) values ($1, 1, now())
             on conflict (case_id) do update set
                crdt_state = null, sha256 = null, state_vector = null, attribution = null, highlight_count = 0,
                last_editor = null, version = d.version + 1, updated_at = now(), deleted_at = now()
             returning version",
            &[&case_id.as_str()],
        )
        .await?;
    for erase in [
        "delete from snapshot_history where case_id = $1",
        "delete from snapshot_quarantine where case_id = $1",
        "delete from highlight where case_id = $1",
        "delete from highlight_comment where case_id = $1",
        "delete from heeded_comments where case_id = $1",
        "delete from notices where case_id = $1",
        "delete from case_tag where case_id = $1",
        "delete from projection where case_id = $1",
    ] {
        tx.execute(erase, &[&case_id.as_str()]).await?;
    }
    Ok(tombstone.try_get(0)?)
}

/// Nobody's words are left to be taken out of a case that is deleted.
async fn nothing_to_erase(tx: &Transaction<'_>, case_id: &CaseId) -> Result<(), StoreError> {
    let none = "delete from erasure_cases where case_id = $1";
    tx.execute(none, &[&case_id.as_str()]).await?;
    Ok(())
}

/// Orders the object of a buried document to wipe itself. Nobody comes in any more, so nobody need be told what anybody may
/// do, or who was erased: after the grants, as all who change one do.
pub(super) async fn order(tx: &Transaction<'_>, case_id: &CaseId) -> Result<(), StoreError> {
    // As late as the orders: an erasure that held the grants has noted the case until now.
    nothing_to_erase(tx, case_id).await?;
    tx.execute(
        "delete from outbox where case_id = $1 and \"order\" in ('rule', 'erase')",
        &[&case_id.as_str()],
    )
    .await?;
    outbox::enqueue(tx, case_id, EdgeOrder::Delete).await
}

/// Whether a case has its tombstone. Asked under the case's lock, it holds to the end of the transaction.
pub(super) async fn is_deleted(tx: &Transaction<'_>, case_id: &CaseId) -> Result<bool, StoreError> {
    let tombstone = tx
        .query_opt(
            "select from annotation_document_state where case_id = $1 and deleted_at is not null",
            &[&case_id.as_str()],
        )
        .await?;
    Ok(tombstone.is_some())
}
