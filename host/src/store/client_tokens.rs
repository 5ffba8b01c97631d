//! Client tokens: what is known of each, so that it can be listed and revoked. The token itself is not stored.

use contract::{CaseId, EdgeOrder, Role, token::TokenId};
use serde::Serialize;
use serde_json::json;
use tokio_postgres::Row;

use super::{
    Granted, Store, StoreError,
    audit::{self, Entry},
    grants, lock, outbox,
    shares::{HAS_WRITTEN, KNOWN_BY_ID},
};
use crate::limits::{CLIENT_TOKENS_A_DAY_MAX, CLIENT_TOKENS_MAX};

/// What owners are told of whose token it is, if they do not know that. What they shared may have been taken back since, and the token
/// is listed until it is forgotten.
const UNKNOWN: &str = "somebody who was let in before";

/// What a list shows of a client token.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct ListedToken {
    /// Under which it is revoked.
    pub id: String,
    /// Whose it is.
    pub user: String,
    /// What they are called there.
    pub name: String,
    /// What the case's owners are told instead of both, unless they know whose it is: by which address it was shared with them, or
    /// nothing any more.
    #[serde(skip)]
    pub instead: Option<String>,
    /// Its role.
    pub role: &'static str,
    /// When it was issued, in milliseconds since the Unix epoch.
    pub created_ms: u64,
    /// When it expires or expired.
    pub expires_ms: u64,
    /// When it was revoked, if it was.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub revoked_ms: Option<u64>,
}

/// What came of asking for a client token.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Recorded {
    /// It is on record, and may be handed out.
    Granted(Granted),
    /// The person may not do so much.
    NotAllowed,
    /// The person has as many as anybody may have, or was given as many within a day.
    TooMany,
}

impl Store {
    /// Puts a client token on record that lasts so long, with a role of at most what its owner has. Only then may it be
    /// handed out: what is not on record can be revoked by nobody.
    ///
    /// # Errors
    /// If Postgres fails.
    pub async fn record_client_token(
        &self,
        case_id: &CaseId,
        (id, user, role): (TokenId, &str, Role),
        lasts_ms: u64,
        request_id: &str,
    ) -> Result<Recorded, StoreError> {
        let Some(admitted) = self.admitted(case_id, user).await? else {
            return Ok(Recorded::NotAllowed);
        };
        let mut client = self.client().await?;
        let tx = client.transaction().await?;
        lock::name_request(&tx, request_id).await?;
        let granted = grants::read(&tx, case_id, user).await?;
        // Who has become somebody else in between asks again, as that.
        let granted = granted.filter(|granted| granted.person.user() == admitted.person.user());
        let Some(granted) = granted.filter(|granted| role <= granted.role) else {
            return Ok(Recorded::NotAllowed);
        };
        // Whoever else counts this person's waits for the lock of the grant.
        let counted = tx
            .query_one(
                "select count(*) filter (where revoked_at is null and expires_at > now()),
                        count(*) filter (where created_at > now() - interval '24 hours')
                 from client_tokens where case_id = $1 and user_id = $2",
                &[&case_id.as_str(), &user],
            )
            .await?;
        let (good, of_a_day): (i64, i64) = (counted.try_get(0)?, counted.try_get(1)?);
        if good >= CLIENT_TOKENS_MAX || of_a_day >= CLIENT_TOKENS_A_DAY_MAX {
            return Ok(Recorded::TooMany);
        }
        tx.execute(
            "insert into client_tokens (id, case_id, user_id, role, created_at, expires_at)
             values ($1, $2, $3, $4, timestamptz 'epoch' + $5::bigint * interval '1 millisecond',
                     timestamptz 'epoch' + $6::bigint * interval '1 millisecond')",
            &[
                &id.as_bytes().as_slice(),
                &case_id.as_str(),
                &user,
                &role.name(),
                &stored(granted.now_ms)?,
                &stored(granted.now_ms.saturating_add(lasts_ms))?,
            ],
        )
        .await?;
        let entry = Entry {
            act: "client_token_issued",
            case_id: Some(case_id.as_str()),
            subject: Some(user),
            by: None,
            detail: json!({ "token": id.to_string(), "role": role.name(), "lasts_ms": lasts_ms }),
            request_id,
        };
        audit::append(&tx, &entry).await?;
        tx.commit().await?;
        Ok(Recorded::Granted(Granted { role, ..granted }))
    }

    /// The client tokens of a case, the newest first; expired ones for as long as they are kept.
    ///
    /// # Errors
    /// If Postgres fails.
    pub async fn list_client_tokens(
        &self,
        case_id: &CaseId,
        rows_max: i64,
    ) -> Result<Vec<ListedToken>, StoreError> {
        let client = self.client().await?;
        let list = format!(
            "select encode(t.id, 'hex') as id, t.user_id, t.role, coalesce(p.name, t.user_id) as name,
                    case when {KNOWN_BY_ID} or {HAS_WRITTEN} then null else coalesce((
                        select a.email from shares a where a.case_id = t.case_id and a.user_id = t.user_id
                    ), (
                        select min(i.email) from case_invitations i
                        where i.case_id = t.case_id and i.claimed_by::text = t.user_id
                    ), $3) end as instead,
                    (extract(epoch from t.created_at) * 1000)::bigint as created_ms,
                    (extract(epoch from t.expires_at) * 1000)::bigint as expires_ms,
                    (extract(epoch from t.revoked_at) * 1000)::bigint as revoked_ms
             from client_tokens t left join grants p on p.case_id = t.case_id and p.user_id = t.user_id
             cross join lateral (select coalesce(p.persona_id::text, p.user_id) as id) as s
             where t.case_id = $1 order by t.created_at desc, t.id limit $2"
        );
        let rows = client
            .query(&list, &[&case_id.as_str(), &rows_max, &UNKNOWN])
            .await?;
        rows.iter().map(listed).collect()
    }

    /// Revokes a client token of a case, and orders the object to know it; answers since when, in milliseconds since the
    /// Unix epoch. Absent if the case has no such token. One that was revoked before stays so since then.
    ///
    /// # Errors
    /// If Postgres fails.
    pub async fn revoke_client_token(
        &self,
        case_id: &CaseId,
        id: TokenId,
        request_id: &str,
    ) -> Result<Option<u64>, StoreError> {
        let mut client = self.client().await?;
        let tx = client.transaction().await?;
        lock::name_request(&tx, request_id).await?;
        let row = tx
            .query_opt(
                "update client_tokens
                 set revoked_at = coalesce(revoked_at, date_trunc('milliseconds', clock_timestamp()))
                 where case_id = $1 and id = $2
                 returning user_id, (extract(epoch from revoked_at) * 1000)::bigint as revoked_ms",
                &[&case_id.as_str(), &id.as_bytes().as_slice()],
            )
            .await?;
        let Some(row) = row else {
            return Ok(None);
        };
        outbox::enqueue(&tx, case_id, EdgeOrder::Rule).await?;
        let entry = Entry {
            act: "client_token_revoked",
            case_id: Some(case_id.as_str()),
            subject: Some(row.try_get("user_id")?),
            by: None,
            detail: json!({ "token": id.to_string() }),
            request_id,
        };
        audit::append(&tx, &entry).await?;
        tx.commit().await?;
        Ok(Some(grants::millis(row.try_get("revoked_ms")?)?))
    }

    /// Forgets client tokens that expired a day ago, at most so many, and says how many.
    ///
    /// # Errors
    /// If Postgres fails.
    pub async fn forget_client_tokens(&self, rows_max: i64) -> Result<u64, StoreError> {
        let client = self.client().await?;
        let forgotten = client
            .execute(
                "delete from client_tokens where id in
                    (select id from client_tokens where expires_at < now() - interval '1 day'
                     order by expires_at limit $1)",
                &[&rows_max],
            )
            .await?;
        Ok(forgotten)
    }
}

fn listed(row: &Row) -> Result<ListedToken, StoreError> {
    let revoked: Option<i64> = row.try_get("revoked_ms")?;
    Ok(ListedToken {
        id: row.try_get("id")?,
        user: row.try_get("user_id")?,
        name: row.try_get("name")?,
        instead: row.try_get("instead")?,
        role: grants::role(row.try_get("role")?)?.name(),
        created_ms: grants::millis(row.try_get("created_ms")?)?,
        expires_ms: grants::millis(row.try_get("expires_ms")?)?,
        revoked_ms: revoked.map(grants::millis).transpose()?,
    })
}

fn stored(millis: u64) -> Result<i64, StoreError> {
    i64::try_from(millis).map_err(|_| StoreError::Inconsistent {
        what: "a time lies too far ahead",
    })
}
