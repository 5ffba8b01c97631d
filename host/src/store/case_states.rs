//! The states of cases: what each allows, whatever somebody's role is.

use contract::{CaseId, CaseState, EdgeOrder};
use deadpool_postgres::Transaction;
use serde_json::json;

use super::{
    Store, StoreError,
    audit::{self, Entry},
    grants::millis,
    lock, outbox,
};

impl Store {
    /// Opens, locks or archives a case, and orders the object to know it; answers since when, in milliseconds since the
    /// Unix epoch.
    ///
    /// # Errors
    /// If Postgres fails.
    pub async fn set_case_state(
        &self,
        case_id: &CaseId,
        state: CaseState,
        request_id: &str,
    ) -> Result<u64, StoreError> {
        let mut client = self.client().await?;
        let tx = client.transaction().await?;
        lock::name_request(&tx, request_id).await?;
        let row = tx
            .query_one(
                "insert into case_states as s (case_id, state, changed_at)
                 values ($1, $2, date_trunc('milliseconds', clock_timestamp()))
                 on conflict (case_id) do update set
                    state = excluded.state,
                    changed_at = greatest(date_trunc('milliseconds', clock_timestamp()),
                                          s.changed_at + interval '1 millisecond')
                 returning (extract(epoch from changed_at) * 1000)::bigint",
                &[&case_id.as_str(), &state.name()],
            )
            .await?;
        outbox::enqueue(&tx, case_id, EdgeOrder::Rule).await?;
        let entry = Entry {
            act: "case_state_set",
            case_id: Some(case_id),
            subject: None,
            detail: json!({ "state": state.name() }),
            request_id,
        };
        audit::append(&tx, &entry).await?;
        tx.commit().await?;
        millis(row.try_get(0)?)
    }
}

/// The state of a case, as it is at this moment.
pub(super) async fn read(tx: &Transaction<'_>, case_id: &CaseId) -> Result<CaseState, StoreError> {
    let row = tx
        .query_opt(
            "select state from case_states where case_id = $1",
            &[&case_id.as_str()],
        )
        .await?;
    let Some(row) = row else {
        return Ok(CaseState::default());
    };
    CaseState::parse(row.try_get(0)?).ok_or(StoreError::Inconsistent {
        what: "a case is in a state that does not exist",
    })
}
