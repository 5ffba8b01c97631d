//! What `host verify` finds: snapshots that are corrupt or say something wrong about themselves. Changes nothing.

use contract::{CaseId, Digest};

use super::{Store, StoreError};

/// Something that an operator should look at.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Finding {
    /// Which case.
    pub case_id: String,
    /// Which version.
    pub version: i64,
    /// What is wrong.
    pub what: String,
}

const CASES_AT_ONCE: i64 = 20;

impl Store {
    /// Checks every current snapshot: hash, decoding, highlight count. Says how many were checked and what was found.
    ///
    /// # Errors
    /// If Postgres fails.
    pub async fn verify_snapshots(&self) -> Result<(u64, Vec<Finding>), StoreError> {
        let (mut checked, mut findings, mut after) = (0, Vec::new(), String::new());
        loop {
            let client = self.client().await?;
            let rows = client
                .query(
                    "select case_id, version, crdt_state, sha256, highlight_count, deleted_at is not null as deleted
                     from annotation_document_state where case_id > $1 order by case_id limit $2",
                    &[&after, &CASES_AT_ONCE],
                )
                .await?;
            drop(client);
            let Some(last) = rows.last() else {
                return Ok((checked, findings));
            };
            after = last.try_get("case_id")?;
            for row in &rows {
                checked += 1;
                if let Some(what) = problem(row).await? {
                    let (case_id, version) = (row.try_get("case_id")?, row.try_get("version")?);
                    findings.push(Finding {
                        case_id,
                        version,
                        what,
                    });
                }
            }
        }
    }
}

async fn problem(row: &tokio_postgres::Row) -> Result<Option<String>, StoreError> {
    if CaseId::parse(row.try_get("case_id")?).is_err() {
        return Ok(Some("is no case id".to_owned()));
    }
    if row.try_get("deleted")? {
        return Ok(None);
    }
    let Some(bytes) = row.try_get::<_, Option<Vec<u8>>>("crdt_state")? else {
        return Ok(Some(
            "is in quarantine, and no earlier version was good".to_owned(),
        ));
    };
    if row.try_get::<_, &[u8]>("sha256")? != Digest::of(&bytes).as_bytes() {
        return Ok(Some("does not have the stored hash".to_owned()));
    }
    let claimed: i32 = row.try_get("highlight_count")?;
    let count = move || crate::projection::count_highlights(&bytes);
    match tokio::task::spawn_blocking(count).await? {
        Err(reason) => Ok(Some(format!("cannot be decoded: {reason}"))),
        Ok(count) if i64::from(count) != i64::from(claimed) => {
            Ok(Some(format!("has {count} highlights and claims {claimed}")))
        }
        Ok(_) => Ok(None),
    }
}
