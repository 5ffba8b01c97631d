//! The outbox's rows. What sends them is `crate::outbox`.

use std::time::Duration;

use contract::{CaseId, EdgeOrder};
use deadpool_postgres::Transaction;

use super::{Store, StoreError};
use crate::limits::ORDER_LEASE;

/// An order whose time has come, claimed by this process.
#[derive(Clone, Debug)]
pub struct DueOrder {
    /// The row.
    pub id: i64,
    /// Raised when the same order is given again.
    pub revision: i32,
    /// To whom.
    pub case_id: CaseId,
    /// What.
    pub order: EdgeOrder,
    /// This attempt's number, from 1.
    pub attempt: u32,
}

/// Gives an order, in the transaction that makes it necessary. An order that waits already is sent once more.
pub(super) async fn enqueue(
    tx: &Transaction<'_>,
    case_id: &CaseId,
    order: EdgeOrder,
) -> Result<(), StoreError> {
    tx.execute(
        "insert into outbox as o (case_id, \"order\") values ($1, $2)
         on conflict (case_id, \"order\") do update
         set revision = o.revision + 1, attempts = 0, next_attempt_at = now()",
        &[&case_id.as_str(), &order.name()],
    )
    .await?;
    Ok(())
}

/// Orders the objects of all these cases to know who may do what, as [`enqueue`] does.
pub(super) async fn rule_all(tx: &Transaction<'_>, cases: &[String]) -> Result<(), StoreError> {
    tx.execute(
        "insert into outbox as o (case_id, \"order\")
         select distinct case_id, 'rule' from unnest($1::text[]) as case_id order by case_id
         on conflict (case_id, \"order\") do update
         set revision = o.revision + 1, attempts = 0, next_attempt_at = now()",
        &[&cases],
    )
    .await?;
    Ok(())
}

/// Orders the objects of all these cases to take out what people have left who were erased, as [`enqueue`] does.
pub(super) async fn erase_all(tx: &Transaction<'_>, cases: &[String]) -> Result<(), StoreError> {
    tx.execute(
        "insert into outbox as o (case_id, \"order\")
         select distinct case_id, 'erase' from unnest($1::text[]) as case_id order by case_id
         on conflict (case_id, \"order\") do update
         set revision = o.revision + 1, attempts = 0, next_attempt_at = now()",
        &[&cases],
    )
    .await?;
    Ok(())
}

impl Store {
    /// Claims due orders, oldest first, but none of these cases. Should this process die, they are due again after the
    /// lease.
    ///
    /// # Errors
    /// If Postgres fails.
    pub async fn claim_orders(
        &self,
        count_max: usize,
        passed_over: &[&str],
    ) -> Result<Vec<DueOrder>, StoreError> {
        let client = self.client().await?;
        let count_max = i64::try_from(count_max).unwrap_or(i64::MAX);
        let lease = i64::try_from(ORDER_LEASE.as_millis()).unwrap_or(i64::MAX);
        let rows = client
            .query(
                "update outbox set attempts = attempts + 1,
                        next_attempt_at = now() + $2::bigint * interval '1 millisecond'
                 where id in (select id from outbox where next_attempt_at <= now() and case_id <> all($3)
                              order by next_attempt_at limit $1 for update skip locked)
                 returning id, revision, case_id, \"order\", attempts",
                &[&count_max, &lease, &passed_over],
            )
            .await?;
        rows.iter().map(due_order).collect()
    }

    /// Removes a confirmed order, unless the same one was given again meanwhile.
    ///
    /// # Errors
    /// If Postgres fails; the order is then sent once more, which is harmless.
    pub async fn confirm_order(&self, order: &DueOrder) -> Result<(), StoreError> {
        let client = self.client().await?;
        client
            .execute(
                "delete from outbox where id = $1 and revision = $2",
                &[&order.id, &order.revision],
            )
            .await?;
        Ok(())
    }

    /// Puts an order off that was not confirmed.
    ///
    /// # Errors
    /// If Postgres fails; the order is then due again after its lease.
    pub async fn postpone_order(
        &self,
        order: &DueOrder,
        pause: Duration,
        reason: &str,
    ) -> Result<(), StoreError> {
        let client = self.client().await?;
        let pause = i64::try_from(pause.as_millis()).unwrap_or(i64::MAX);
        client
            .execute(
                "update outbox set next_attempt_at = now() + $3::bigint * interval '1 millisecond', last_error = $4
                 where id = $1 and revision = $2",
                &[&order.id, &order.revision, &pause, &reason],
            )
            .await?;
        Ok(())
    }

    /// How many orders wait for their confirmation.
    ///
    /// # Errors
    /// If Postgres fails.
    pub async fn pending_orders(&self) -> Result<i64, StoreError> {
        let client = self.client().await?;
        Ok(client
            .query_one("select count(*) from outbox", &[])
            .await?
            .try_get(0)?)
    }
}

fn due_order(row: &tokio_postgres::Row) -> Result<DueOrder, StoreError> {
    let case_id = CaseId::parse(row.try_get("case_id")?).map_err(|_| StoreError::Inconsistent {
        what: "the outbox names no case",
    })?;
    let order = EdgeOrder::parse(row.try_get("order")?).ok_or(StoreError::Inconsistent {
        what: "the outbox has an unknown order",
    })?;
    let attempts: i32 = row.try_get("attempts")?;
    Ok(DueOrder {
        id: row.try_get("id")?,
        revision: row.try_get("revision")?,
        case_id,
        order,
        attempt: u32::try_from(attempts).unwrap_or(u32::MAX),
    })
}
