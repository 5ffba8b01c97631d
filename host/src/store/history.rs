//! Earlier versions: listed, read back, and thinned by age.
//!
//! The rule: all of the last hour; then the newest of each hour for a day, of each day for 30 days, of each 30 days for
//! a year; older ones go. An intact version goes before no corrupt one, and the newest intact one of a case never goes:
//! it is what a corrupt snapshot is healed from. Buckets are counted from the Unix epoch, so that a run's result does not depend on when the
//! one before it ran.

use contract::{CaseId, Digest};
use deadpool_postgres::Transaction;

use super::{Store, StoreError, decoding::Decoding};

/// An earlier version with its bytes.
pub struct Earlier {
    /// Its number.
    pub version: i64,
    /// The whole document; the hash has been checked.
    pub bytes: Vec<u8>,
    /// Of the bytes.
    pub sha256: Digest,
    /// Entries of `highlights`.
    pub highlight_count: u32,
}

/// One line of a case's list: the current version, an earlier one, or one in quarantine.
#[derive(Debug)]
pub struct Kept {
    /// `current`, `history` or `quarantine`.
    pub place: String,
    /// Its number.
    pub version: i64,
    /// When it was stored, or put into quarantine.
    pub at: String,
    /// How long it is.
    pub bytes: i64,
    /// What it should hash to.
    pub sha256: String,
    /// Whether it does.
    pub intact: bool,
    /// Entries of `highlights`; unknown in quarantine.
    pub highlight_count: Option<i32>,
}

const EARLIER: &str = "select version, crdt_state, sha256, highlight_count from snapshot_history
     where case_id = $1 and version = $2";

/// The removal of `Store::thin_history`. Hashes are checked only where something would go, since that reads all bytes.
const THIN: &str = "with aged as (
        select case_id, version, stored_at, $1 - extract(epoch from stored_at)::bigint as age,
               extract(epoch from stored_at)::bigint as at, max(version) over (partition by case_id) as newest
        from snapshot_history where case_id = any ($2)
     ), measured as (
        select case_id, version, newest, age, at,
               case when age < 86400 then 3600 when age < 2592000 then 86400 else 2592000 end as width
        from aged where stored_at < to_timestamp($1 - 3600)
     ), bucketed as (
        select case_id, version, newest, age > 31536000 as is_old, width, at / width as bucket,
               count(*) over (partition by case_id, width, at / width) as count
        from measured
     ), checked as materialized (
        select b.*, sha256(h.crdt_state) = h.sha256 as intact
        from bucketed b join snapshot_history h on h.case_id = b.case_id and h.version = b.version
        where b.count > 1 or (b.is_old and b.version < b.newest)
     ), ranked as (
        select *, row_number() over (partition by case_id, width, bucket order by intact desc, version desc) as rank
        from checked
     )
     delete from snapshot_history h using ranked r
     where h.case_id = r.case_id and h.version = r.version and (
        r.rank > 1
        or r.is_old and r.version < r.newest and (
            not r.intact
            or exists (
                select from snapshot_history n
                where n.case_id = r.case_id and n.version > r.version and sha256(n.crdt_state) = n.sha256
            )
        )
     )";

impl Store {
    /// Lists what is kept of a case, newest first.
    ///
    /// # Errors
    /// If Postgres fails.
    pub async fn kept(&self, case_id: &CaseId) -> Result<Vec<Kept>, StoreError> {
        let client = self.client().await?;
        let rows = client
            .query(
                "select place, version, at::text, octet_length(crdt_state)::bigint as bytes,
                        encode(sha256, 'hex') as sha256, sha256(crdt_state) = sha256 as intact, highlight_count
                 from (
                    select 'current' as place, version, updated_at as at, crdt_state, sha256, highlight_count
                    from annotation_document_state where case_id = $1 and crdt_state is not null
                    union all
                    select 'history', version, stored_at, crdt_state, sha256, highlight_count
                    from snapshot_history where case_id = $1
                    union all
                    select 'quarantine', version, quarantined_at, crdt_state, sha256, null
                    from snapshot_quarantine where case_id = $1
                 ) as kept
                 order by version desc, place",
                &[&case_id.as_str()],
            )
            .await?;
        rows.iter().map(kept).collect()
    }

    /// Reads an earlier version. `None`: there is none of that number, or its bytes do not have its hash.
    ///
    /// # Errors
    /// If Postgres fails.
    pub async fn earlier(
        &self,
        case_id: &CaseId,
        version: i64,
    ) -> Result<Option<Earlier>, StoreError> {
        let client = self.client().await?;
        let row = client
            .query_opt(EARLIER, &[&case_id.as_str(), &version])
            .await?;
        row.as_ref().map_or(Ok(None), earlier)
    }

    /// Removes what the rule does not keep from the `cases_max` cases that follow `after` in the order of their ids.
    /// Says how many rows went, and where to go on; `None`: every case has been looked at. `now_ms` is a parameter so
    /// that the rule can be tested.
    ///
    /// # Errors
    /// If Postgres fails.
    pub async fn thin_history(
        &self,
        now_ms: i64,
        after: &str,
        cases_max: i64,
    ) -> Result<(u64, Option<String>), StoreError> {
        let client = self.client().await?;
        let cases = client
            .query(
                "select distinct case_id from snapshot_history where case_id > $1 order by case_id limit $2",
                &[&after, &cases_max],
            )
            .await?;
        let cases: Vec<String> = cases
            .iter()
            .map(|row| row.try_get(0))
            .collect::<Result<_, _>>()?;
        let removed = client.execute(THIN, &[&(now_ms / 1000), &cases]).await?;
        let all_seen = i64::try_from(cases.len()).unwrap_or(i64::MAX) < cases_max;
        Ok((removed, cases.into_iter().next_back().filter(|_| !all_seen)))
    }

    /// The case that follows `after` in the order of ids, of those that have earlier versions. `None`: there is none.
    ///
    /// # Errors
    /// If Postgres fails.
    pub async fn next_with_history(&self, after: &str) -> Result<Option<String>, StoreError> {
        let client = self.client().await?;
        let row = client
            .query_one(
                "select min(case_id) from snapshot_history where case_id > $1",
                &[&after],
            )
            .await?;
        Ok(row.try_get(0)?)
    }
}

/// Reads an earlier version within a transaction. `None`: there is none of that number, or its bytes do not have its
/// hash.
pub(super) async fn of_version(
    tx: &Transaction<'_>,
    case_id: &CaseId,
    version: i64,
) -> Result<Option<Earlier>, StoreError> {
    let row = tx
        .query_opt(EARLIER, &[&case_id.as_str(), &version])
        .await?;
    row.as_ref().map_or(Ok(None), earlier)
}

/// Finds the newest earlier version that has its hash and can be decoded. Corrupt ones met on the way go to the
/// quarantine.
pub(super) async fn newest_good(
    tx: &Transaction<'_>,
    decoding: &Decoding,
    case_id: &CaseId,
) -> Result<Option<Earlier>, StoreError> {
    loop {
        let row = tx
            .query_opt(
                "select version, crdt_state, sha256, highlight_count from snapshot_history
                 where case_id = $1 order by version desc limit 1",
                &[&case_id.as_str()],
            )
            .await?;
        let Some(row) = row else { return Ok(None) };
        let version: i64 = row.try_get("version")?;
        let reason = match earlier(&row)? {
            None => "its bytes do not have the stored hash".to_owned(),
            Some(earlier) => {
                let load = move || (annotation::load_snapshot(&earlier.bytes).map(drop), earlier);
                let (loaded, earlier) = decoding.run((), load).await?;
                match loaded {
                    Ok(()) => return Ok(Some(earlier)),
                    Err(reason) => reason.to_string(),
                }
            }
        };
        tx.execute(
            "with bad as (delete from snapshot_history where case_id = $1 and version = $2 returning *)
             insert into snapshot_quarantine (case_id, version, crdt_state, sha256, reason)
             select case_id, version, crdt_state, sha256, $3 from bad",
            &[&case_id.as_str(), &version, &reason],
        )
        .await?;
        crate::telemetry::quarantined(case_id, version, &reason);
    }
}

fn earlier(row: &tokio_postgres::Row) -> Result<Option<Earlier>, StoreError> {
    let bytes: Vec<u8> = row.try_get("crdt_state")?;
    let sha256 = Digest::of(&bytes);
    if row.try_get::<_, &[u8]>("sha256")? != sha256.as_bytes() {
        return Ok(None);
    }
    let highlight_count =
        u32::try_from(row.try_get::<_, i32>("highlight_count")?).map_err(|_| {
            StoreError::Inconsistent {
                what: "a highlight count is negative",
            }
        })?;
    Ok(Some(Earlier {
        version: row.try_get("version")?,
        bytes,
        sha256,
        highlight_count,
    }))
}

fn kept(row: &tokio_postgres::Row) -> Result<Kept, StoreError> {
    Ok(Kept {
        place: row.try_get("place")?,
        version: row.try_get("version")?,
        at: row.try_get("at")?,
        bytes: row.try_get("bytes")?,
        sha256: row.try_get("sha256")?,
        intact: row.try_get("intact")?,
        highlight_count: row.try_get("highlight_count")?,
    })
}
