//! The store's generation, and what an operator does after a backup was put back.

use contract::Generation;

use super::{Store, StoreError, current::generation, erasures};

/// How many cases were told to compare themselves.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Resynced {
    /// Living cases, ordered to check.
    pub checks: u64,
    /// Deleted cases, ordered to wipe themselves again.
    pub deletions: u64,
}

impl Store {
    /// Renews the generation: every object that meets it sends its state again.
    ///
    /// # Errors
    /// If Postgres fails.
    pub async fn renew_generation(&self) -> Result<Generation, StoreError> {
        let client = self.client().await?;
        let row = client
            .query_one("update store set generation = gen_random_uuid(), renewed_at = now() returning generation", &[])
            .await?;
        generation(row.try_get(0)?)
    }

    /// Writes an order to every case into the outbox: living ones compare themselves, deleted ones are wiped again.
    ///
    /// # Errors
    /// If Postgres fails.
    pub async fn resync(&self) -> Result<Resynced, StoreError> {
        let mut client = self.client().await?;
        let tx = client.transaction().await?;
        tx.batch_execute("set local statement_timeout = 0").await?;
        let mut counts = [0, 0];
        for (count, (order, deleted)) in counts.iter_mut().zip([("check", false), ("delete", true)])
        {
            *count = tx
                .execute(
                    "insert into outbox as o (case_id, \"order\")
                     select case_id, $1 from annotation_document_state where (deleted_at is not null) = $2
                     on conflict (case_id, \"order\") do update
                     set revision = o.revision + 1, attempts = 0, next_attempt_at = now()",
                    &[&order, &deleted],
                )
                .await?;
        }
        // What was put back may hold what was taken out since.
        let rows = tx
            .query("select distinct case_id from erasure_cases", &[])
            .await?;
        let cases: Result<Vec<String>, _> = rows.iter().map(|row| row.try_get(0)).collect();
        erasures::again(&tx, &cases?).await?;
        tx.commit().await?;
        let [checks, deletions] = counts;
        Ok(Resynced { checks, deletions })
    }
}
