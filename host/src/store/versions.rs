//! Earlier states of a case, as its owner is shown them.

use contract::{CaseId, Digest};
use serde::Serialize;
use uuid::Uuid;

use super::{Store, StoreError};
use crate::limits::VERSIONS_LISTED_MAX;

/// One state of a case, without its content.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Version {
    /// Its number; a later state has a higher one.
    pub version: i64,
    /// When it was stored, in RFC 3339, UTC.
    pub at: String,
    /// The id of whoever wrote last before that, if it is known.
    pub last_editor: Option<String>,
    /// What they are called, or were when they left: under a pseudonym where students have one.
    pub by_name: Option<String>,
    /// How many highlights it has.
    pub highlights: i32,
    /// How many comments, once they are counted, unless it cannot be read.
    pub comments: Option<i32>,
    /// Whether it is the newest one that is stored; the room may know more.
    pub is_current: bool,
}

/// All of them, newest first. Whoever had a role on the case is called what others see there; a persona that has gone, or somebody
/// who never had one, by what is still known of the id. What does not have its hash can be shown to nobody, and is the operator's to heal.
const LIST: &str = "select version, sha256, last_editor, highlight_count, comment_count, is_current, coalesce(g.name, m.name, u.name) as by_name,
        to_char(at at time zone 'utc', 'YYYY-MM-DD\"T\"HH24:MI:SS.MS\"Z\"') as at
     from (
        select version, sha256, updated_at as at, last_editor, highlight_count, null::integer as comment_count, true as is_current
        from annotation_document_state where case_id = $1 and crdt_state is not null
        union all
        select version, sha256, stored_at, last_editor, highlight_count,
               case when counted_sha256 = sha256 then comment_count end, false
        from snapshot_history where case_id = $1
     ) as kept
     left join lateral (
        select name from grants where case_id = $1 and coalesce(persona_id::text, user_id) = last_editor limit 1
     ) as g on true
     left join lateral (
        select case when last_editor ~ '^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$' then last_editor::uuid end as id
     ) as e on true
     left join personas m on m.id = e.id
     left join users u on u.id = e.id
     order by version desc limit $2";

const READ: &str = "select crdt_state, sha256 from annotation_document_state
        where case_id = $1 and version = $2 and crdt_state is not null
     union all
     select crdt_state, sha256 from snapshot_history where case_id = $1 and version = $2
     limit 1";

impl Store {
    /// The states that are kept of a case, newest first: all of the last hour, and ever fewer of the time before. It is this person
    /// who looks.
    ///
    /// # Errors
    /// If Postgres fails.
    pub async fn versions(&self, case_id: &CaseId, by: Uuid) -> Result<Vec<Version>, StoreError> {
        let counts = self.comment_counts(case_id, by).await;
        let client = self.client().await?;
        let statement = client.prepare_cached(LIST).await?;
        let rows = client
            .query(&statement, &[&case_id.as_str(), &VERSIONS_LISTED_MAX])
            .await?;
        let versions = rows.iter().map(|row| {
            let counted: Option<i32> = row.try_get("comment_count")?;
            let sha256: &[u8] = row.try_get("sha256")?;
            Ok(Version {
                version: row.try_get("version")?,
                at: row.try_get("at")?,
                last_editor: row.try_get("last_editor")?,
                by_name: row.try_get("by_name")?,
                highlights: row.try_get("highlight_count")?,
                comments: counted.or_else(|| counts.get(sha256).copied()),
                is_current: row.try_get("is_current")?,
            })
        });
        versions.collect()
    }

    /// One state of a case, as Yjs update v1. Absent if it is not kept.
    ///
    /// # Errors
    /// If Postgres fails, or the bytes do not have their hash: that is never answered as "there is none".
    pub async fn version(
        &self,
        case_id: &CaseId,
        version: i64,
    ) -> Result<Option<Vec<u8>>, StoreError> {
        let client = self.client().await?;
        let statement = client.prepare_cached(READ).await?;
        let row = client
            .query_opt(&statement, &[&case_id.as_str(), &version])
            .await?;
        let Some(row) = row else {
            return Ok(None);
        };
        let (bytes, sha256): (Vec<u8>, &[u8]) = (row.try_get(0)?, row.try_get(1)?);
        if Digest::of(&bytes).as_bytes().as_slice() == sha256 {
            Ok(Some(bytes))
        } else {
            Err(StoreError::Inconsistent {
                what: "a version of a case does not have its hash",
            })
        }
    }
}
