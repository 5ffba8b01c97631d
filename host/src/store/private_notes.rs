//! Private notes: what somebody writes on a case for themselves alone, in a document of its own.
//!
//! It is a document like a case's, in a room like a case's, under an id of the same kind; nothing of it is ever in the case's own.
//! Its one row of `grants` is its author's, for as long as they may read the case: that follows from the case's grants wherever
//! those are settled. Nobody owns it, so that what owners do (sharing, looking at earlier states) is done by nobody.

use contract::CaseId;
use deadpool_postgres::Transaction;
use tokio_postgres::Row;
use uuid::Uuid;

use super::{Store, StoreError, deletion, lock, outbox, settling};
use crate::limits::NOTES_ERASED_AT_ONCE;

/// What follows for private notes on these cases from who may read the cases: nothing for whoever is erased, also where a case of
/// theirs is still to be deleted. What stays as it is is not written.
const SETTLE: &str = "with wanted as (
    select n.document_id, n.user_id::text as user_id, g.name,
           case when g.role is not null and u.erased_at is null then 'own' end as role, g.region
    from private_notes n join grants g on g.case_id = n.case_id and g.user_id = n.user_id::text
    join users u on u.id = n.user_id
    where n.case_id = any ($1) and ($2::text[] is null or n.user_id::text = any ($2))
), changed as materialized (
    select w.*, h.role as old_role from wanted w
    left join grants h on h.case_id = w.document_id and h.user_id = w.user_id
    where (w.name, w.role, w.region) is distinct from (h.name, h.role, h.region)
), written as (
    insert into grants as g (case_id, user_id, name, role, region, changed_at)
    select document_id, user_id, name, role, region,
           date_trunc('milliseconds', clock_timestamp()) - interval '1 millisecond'
    from changed order by document_id
    on conflict (case_id, user_id) do update set
        name = excluded.name, role = excluded.role, region = excluded.region,
        changed_at = case when g.role is not distinct from excluded.role then g.changed_at
            else greatest(date_trunc('milliseconds', clock_timestamp()), g.changed_at + interval '1 millisecond') end
)
select document_id from changed where role is distinct from old_role order by document_id";

/// Settles who may open the private notes on these cases, which must be locked and settled themselves.
pub(super) async fn settle(
    tx: &Transaction<'_>,
    cases: &[String],
    people: Option<&[String]>,
) -> Result<(), StoreError> {
    let rows = tx.query(SETTLE, &[&cases, &people]).await?;
    let ruled: Result<Vec<String>, _> = rows.iter().map(|row| row.try_get(0)).collect();
    outbox::rule_all(tx, &ruled?).await
}

/// Whether an id is one of private notes.
pub(super) async fn are(tx: &Transaction<'_>, id: &CaseId) -> Result<bool, StoreError> {
    let row = tx
        .query_opt(
            "select from private_notes where document_id = $1",
            &[&id.as_str()],
        )
        .await?;
    Ok(row.is_some())
}

impl Store {
    /// Somebody's private notes on a case; made under this id if there are none. Absent if they may not read the case.
    ///
    /// # Errors
    /// If Postgres fails.
    pub async fn private_notes(
        &self,
        case_id: &CaseId,
        user: Uuid,
        new: &CaseId,
        request_id: &str,
    ) -> Result<Option<String>, StoreError> {
        // By the same rule as a ticket: a case that is not shown yet is not read.
        if self.granted(case_id, &user.to_string()).await?.is_none() {
            return Ok(None);
        }
        let mut client = self.client().await?;
        let tx = client.transaction().await?;
        lock::name_request(&tx, request_id).await?;
        settling::lock_one(&tx, case_id).await?;
        // There may be nothing left of the case since: under the lock its grants stay.
        let made = tx
            .query_opt(
                "insert into private_notes as n (document_id, case_id, user_id)
                 select $3, g.case_id, $2 from grants g
                 where g.case_id = $1 and g.user_id = $2::uuid::text and g.role is not null
                   and not exists (select from private_notes where document_id = $1)
                 on conflict (case_id, user_id) do update set case_id = n.case_id
                 returning document_id",
                &[&case_id.as_str(), &user, &new.as_str()],
            )
            .await?;
        let Some(made) = made else {
            return Ok(None);
        };
        settle(
            &tx,
            &[case_id.as_str().to_owned()],
            Some(&[user.to_string()]),
        )
        .await?;
        tx.commit().await?;
        Ok(Some(made.try_get(0)?))
    }

    /// Whether an id is one of private notes.
    ///
    /// # Errors
    /// If Postgres fails.
    pub async fn are_private_notes(&self, id: &CaseId) -> Result<bool, StoreError> {
        let mut client = self.client().await?;
        let tx = client.transaction().await?;
        are(&tx, id).await
    }
}

/// Forgets that a document which is deleted by itself was somebody's private notes, so that they can begin anew; says whether
/// it was.
pub(super) async fn forget(tx: &Transaction<'_>, id: &CaseId) -> Result<bool, StoreError> {
    let forgotten = tx
        .execute(
            "delete from private_notes where document_id = $1",
            &[&id.as_str()],
        )
        .await?;
    Ok(forgotten > 0)
}

/// Erases private notes on a case that is deleted, whose roles must be locked: as many as one transaction has locks for. Of the
/// rest it takes who may open them; the rows stay for [`Store::erase_orphaned`].
pub(super) async fn erase_of_case(
    tx: &Transaction<'_>,
    case_id: &CaseId,
    request_id: &str,
) -> Result<(), StoreError> {
    erase_some(tx, case_id, request_id).await?;
    for close in [
        "delete from grants where case_id in (select document_id from private_notes where case_id = $1)",
        "delete from client_tokens where case_id in (select document_id from private_notes where case_id = $1)",
    ] {
        tx.execute(close, &[&case_id.as_str()]).await?;
    }
    Ok(())
}

/// Erases some of them, and says how many.
async fn erase_some(
    tx: &Transaction<'_>,
    case_id: &CaseId,
    request_id: &str,
) -> Result<usize, StoreError> {
    let rows = tx
        .query(
            "select document_id from private_notes where case_id = $1 order by document_id limit $2",
            &[&case_id.as_str(), &NOTES_ERASED_AT_ONCE],
        )
        .await?;
    erase_all(tx, &rows, request_id).await
}

/// Of whom or what private notes are left that are to go.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Orphaned {
    /// Of somebody who was erased.
    Of(Uuid),
    /// On a case that was deleted.
    On(CaseId),
}

impl Orphaned {
    /// By which they have an order, and one is told from another.
    pub fn key(&self) -> String {
        match self {
            Self::Of(user) => user.to_string(),
            Self::On(case_id) => case_id.to_string(),
        }
    }
}

impl Store {
    /// Of whom and on what private notes are left that are to go: so many that follow `after` in the order of their keys.
    ///
    /// # Errors
    /// If Postgres fails.
    pub async fn orphaned_notes(
        &self,
        after: &str,
        count_max: usize,
    ) -> Result<Vec<Orphaned>, StoreError> {
        let client = self.client().await?;
        let count_max = i64::try_from(count_max).unwrap_or(i64::MAX);
        let rows = client
            .query(
                "select distinct coalesce(u.id::text, n.case_id) as key, u.id from private_notes n
                 left join annotation_document_state d on d.case_id = n.case_id and d.deleted_at is not null
                 left join users u on u.id = n.user_id and u.erased_at is not null
                 where (d.case_id is not null or u.id is not null) and coalesce(u.id::text, n.case_id) > $1
                 order by key limit $2",
                &[&after, &count_max],
            )
            .await?;
        let orphaned = rows
            .iter()
            .map(|row| match row.try_get::<_, Option<Uuid>>("id")? {
                Some(user) => Ok(Orphaned::Of(user)),
                None => Ok(Orphaned::On(document(row.try_get("key")?)?)),
            });
        orphaned.collect()
    }

    /// Erases some hundreds of them in one transaction: more would ask for more locks than Postgres has, and take longer than whoever
    /// deletes a case, or is erased, waits. Whether there may be more.
    ///
    /// # Errors
    /// If Postgres fails; then none of them was erased.
    pub async fn erase_orphaned(&self, whose: &Orphaned) -> Result<bool, StoreError> {
        const REQUEST: &str = "private-notes";
        let mut client = self.client().await?;
        let tx = client.transaction().await?;
        lock::name_request(&tx, REQUEST).await?;
        let erased = match whose {
            Orphaned::Of(user) => erase_of_person(&tx, *user, REQUEST).await?,
            Orphaned::On(case_id) => {
                lock::lock_case(&tx, case_id, REQUEST).await?;
                settling::lock_one(&tx, case_id).await?;
                erase_some(&tx, case_id, REQUEST).await?
            }
        };
        tx.commit().await?;
        Ok(i64::try_from(erased).unwrap_or(i64::MAX) >= NOTES_ERASED_AT_ONCE)
    }
}

/// Erases private notes of somebody who is erased, as many as one transaction has locks for, and says how many. The rows of the rest stay for
/// [`Store::erase_orphaned`]; that their author may open them no more follows where the cases are settled.
pub(super) async fn erase_of_person(
    tx: &Transaction<'_>,
    user: Uuid,
    request_id: &str,
) -> Result<usize, StoreError> {
    let rows = tx
        .query(
            "select document_id from private_notes where user_id = $1 order by document_id limit $2",
            &[&user, &NOTES_ERASED_AT_ONCE],
        )
        .await?;
    erase_all(tx, &rows, request_id).await
}

/// Erases these, in the order of their ids, and says how many they are.
async fn erase_all(
    tx: &Transaction<'_>,
    rows: &[Row],
    request_id: &str,
) -> Result<usize, StoreError> {
    for row in rows {
        erase(tx, &document(row.try_get("document_id")?)?, request_id).await?;
    }
    Ok(rows.len())
}

/// As a case is deleted, but for what only cases have, and for the audit log: nobody but the author could do anything with it.
/// The projection's lock comes before any row: whoever projects holds it, and needs the row of `private_notes` to write.
async fn erase(tx: &Transaction<'_>, id: &CaseId, request_id: &str) -> Result<(), StoreError> {
    lock::lock_case(tx, id, request_id).await?;
    lock::lock_projection(tx, id).await?;
    if !forget(tx, id).await? {
        // Somebody else has erased it meanwhile.
        return Ok(());
    }
    deletion::bury(tx, id).await?;
    for erase in [
        "delete from grants where case_id = $1",
        "delete from client_tokens where case_id = $1",
    ] {
        tx.execute(erase, &[&id.as_str()]).await?;
    }
    deletion::order(tx, id).await
}

fn document(id: &str) -> Result<CaseId, StoreError> {
    CaseId::parse(id).map_err(|_| StoreError::Inconsistent {
        what: "private notes have no sound id",
    })
}
