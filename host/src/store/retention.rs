//! How long the cases of a class are kept once it is over, and their deletion when that time has passed.

use contract::CaseId;
use serde::Serialize;
use serde_json::json;
use uuid::Uuid;

use super::{
    Outcome, Store, StoreError,
    audit::{self, Entry},
    deletion, enrolments, lock, settling,
};

/// How long a class's cases are kept.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Retention {
    /// So many days after it was archived; for ever, if absent.
    pub days: Option<i32>,
    /// When they are deleted if nothing changes, in RFC 3339; absent while the class is not archived, or they are kept.
    pub from: Option<String>,
}

/// When the cases of class `k` are due: never within a week of when that was set or the class was archived, so that nobody is
/// surprised.
const DUE: &str = "greatest(k.state_changed_at + greatest(k.retain_days, 7) * interval '1 day', k.retention_set_at + interval '7 days')";

/// Cases and boards `p` of class `k` whose time has passed at `$1`, in milliseconds.
fn expired() -> String {
    format!(
        "(
            select case_id, class_id from cases union all select board_id, class_id from boards
         ) p join classes k on k.id = p.class_id
         where k.state = 'archived' and k.retain_days is not null and {DUE} <= to_timestamp($1::bigint / 1000)"
    )
}

const REQUEST: &str = "retention";

impl Store {
    /// How long a class's cases are kept.
    ///
    /// # Errors
    /// If Postgres fails.
    pub async fn retention(&self, class: Uuid) -> Result<Retention, StoreError> {
        let client = self.client().await?;
        let read = format!(
            "select k.retain_days, case when k.state = 'archived' then
                    to_char({DUE} at time zone 'utc', 'YYYY-MM-DD\"T\"HH24:MI:SS.MS\"Z\"') end as due
             from classes k where k.id = $1"
        );
        let row = client.query_opt(&read, &[&class]).await?;
        row.map_or(Ok(Retention::default()), |row| {
            Ok(Retention {
                days: row.try_get("retain_days")?,
                from: row.try_get("due")?,
            })
        })
    }

    /// Says how long a class's cases are kept after it was archived; for ever, if absent. Absent unless this person leads it.
    ///
    /// # Errors
    /// If Postgres fails.
    pub async fn set_retention(
        &self,
        class: Uuid,
        by: Uuid,
        days: Option<i32>,
        request_id: &str,
    ) -> Result<Outcome<()>, StoreError> {
        let mut client = self.client().await?;
        let tx = client.transaction().await?;
        lock::name_request(&tx, request_id).await?;
        settling::lock_classes(&tx, &[class], &[]).await?;
        if !enrolments::leads(&tx, class, by).await? {
            return Ok(Outcome::Absent);
        }
        tx.execute(
            "update classes set retain_days = $2, retention_set_at = now()
             where id = $1 and retain_days is distinct from $2",
            &[&class, &days],
        )
        .await?;
        let entry = Entry {
            act: "retention_set",
            case_id: None,
            subject: None,
            by: Some(&by.to_string()),
            detail: json!({ "class": class, "days": days }),
            request_id,
        };
        audit::append(&tx, &entry).await?;
        tx.commit().await?;
        Ok(Outcome::Done(()))
    }

    /// Cases and boards whose time has passed, so many of those that follow `after` in the order of their ids. `now_ms` is a
    /// parameter so that the rule can be tested.
    ///
    /// # Errors
    /// If Postgres fails.
    pub async fn expired_cases(
        &self,
        now_ms: i64,
        after: &str,
        count_max: i64,
    ) -> Result<Vec<CaseId>, StoreError> {
        let client = self.client().await?;
        let expired = format!(
            "select p.case_id from {} and p.case_id > $2 order by p.case_id limit $3",
            expired()
        );
        let rows = client
            .query(&expired, &[&now_ms, &after, &count_max])
            .await?;
        let cases = rows.iter().map(|row| {
            CaseId::parse(row.try_get(0)?).map_err(|_| StoreError::Inconsistent {
                what: "a class has what is no case",
            })
        });
        cases.collect()
    }

    /// Deletes a case whose time has passed, unless its class was opened again since, or is kept for longer. Whether it did.
    ///
    /// # Errors
    /// If Postgres fails.
    pub async fn delete_expired_case(
        &self,
        case_id: &CaseId,
        now_ms: i64,
    ) -> Result<bool, StoreError> {
        let mut client = self.client().await?;
        let tx = client.transaction().await?;
        lock::lock_case(&tx, case_id, REQUEST).await?;
        // Whoever opens the class again waits until this is done, or was first.
        let still = format!(
            "select from {} and p.case_id = $2 for share of k",
            expired()
        );
        let is_due = tx.query_opt(&still, &[&now_ms, &case_id.as_str()]).await?;
        if is_due.is_none() {
            return Ok(false);
        }
        deletion::delete_locked(&tx, case_id, None, REQUEST).await?;
        tx.commit().await?;
        Ok(true)
    }
}
