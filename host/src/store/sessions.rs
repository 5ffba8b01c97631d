//! Browsers in which somebody has signed in.
//!
//! A session ends when it was not used for a while, when it is too old, when it is ended, or with its person. Only the hash
//! of what proves it is stored: whoever reads this table can sign in as nobody.

use contract::{Digest, head::CookieSecret};
use time::OffsetDateTime;
use uuid::Uuid;

use super::{Store, StoreError, settling, users};
use crate::limits::{SESSION_IDLE_MAX, SESSION_MAX, SESSIONS_LISTED_MAX};

/// A session that has not ended, and whose it is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Session {
    /// What a list calls it by; proves nothing.
    pub handle: Uuid,
    /// Whose.
    pub user_id: Uuid,
    /// The name that others see.
    pub name: String,
    /// The person's address, if it is proven.
    pub email: Option<String>,
}

/// A session in a person's own list.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ListedSession {
    /// What the list calls it by.
    pub handle: Uuid,
    /// By which way of signing in.
    pub way: String,
    /// What the browser calls itself.
    pub agent: String,
    /// Since when.
    pub created_at: OffsetDateTime,
    /// When it was last used, to within a minute.
    pub last_seen_at: OffsetDateTime,
}

impl Store {
    /// Begins a session, and ends the one that the same browser had: what proved that one proves nothing any more. Of whoever was
    /// erased since they were proved there is none.
    ///
    /// # Errors
    /// If Postgres fails.
    pub async fn begin_session(
        &self,
        user_id: Uuid,
        (secret, before): (&CookieSecret, Option<&CookieSecret>),
        way: &str,
        agent: &str,
    ) -> Result<(), StoreError> {
        let mut client = self.client().await?;
        let tx = client.transaction().await?;
        if !users::is_somebody(&tx, user_id).await? {
            return Err(StoreError::Nobody);
        }
        if let Some(before) = before {
            tx.execute(
                "delete from sessions where id_hash = $1",
                &[&before.digest().as_bytes().as_slice()],
            )
            .await?;
        }
        tx.execute(
            "insert into sessions (id_hash, user_id, way, agent, ends_at)
             values ($1, $2, $3, $4, now() + make_interval(secs => $5))",
            &[
                &secret.digest().as_bytes().as_slice(),
                &user_id,
                &way,
                &agent,
                &SESSION_MAX.as_secs_f64(),
            ],
        )
        .await?;
        tx.execute(
            "update users set last_sign_in_at = now() where id = $1",
            &[&user_id],
        )
        .await?;
        tx.commit().await?;
        Ok(())
    }

    /// The session that this proves, unless it has ended; it counts as used.
    ///
    /// # Errors
    /// If Postgres fails.
    pub async fn find_session(&self, secret: &CookieSecret) -> Result<Option<Session>, StoreError> {
        let client = self.client().await?;
        // A write a minute at most, however much somebody clicks.
        let statement = client
            .prepare_cached(
                "with found as (
                    select s.id_hash, s.handle, s.user_id, u.name, u.email, s.last_seen_at
                    from sessions s join users u on u.id = s.user_id
                    where s.id_hash = $1 and s.ends_at > now() and u.erased_at is null
                      and s.last_seen_at > now() - make_interval(secs => $2)
                 ), seen as (
                    update sessions s set last_seen_at = now() from found
                    where s.id_hash = found.id_hash and found.last_seen_at < now() - interval '1 minute'
                 )
                 select handle, user_id, name, email from found",
            )
            .await?;
        let hash: Digest = secret.digest();
        let row = client
            .query_opt(
                &statement,
                &[&hash.as_bytes().as_slice(), &SESSION_IDLE_MAX.as_secs_f64()],
            )
            .await?;
        row.map(|row| {
            Ok(Session {
                handle: row.try_get("handle")?,
                user_id: row.try_get("user_id")?,
                name: row.try_get("name")?,
                email: row.try_get("email")?,
            })
        })
        .transpose()
    }

    /// Ends the session that a person leaves. What they have open in that browser, its pages close.
    ///
    /// # Errors
    /// If Postgres fails.
    pub async fn leave_session(&self, user_id: Uuid, handle: Uuid) -> Result<(), StoreError> {
        let client = self.client().await?;
        client
            .execute(
                "delete from sessions where user_id = $1 and handle = $2",
                &[&user_id, &handle],
            )
            .await?;
        Ok(())
    }

    /// Ends a session of a person from elsewhere, with whatever is open by it; says whether there was such a one.
    ///
    /// # Errors
    /// If Postgres fails.
    pub async fn end_session(&self, user_id: Uuid, handle: Uuid) -> Result<bool, StoreError> {
        let mut client = self.client().await?;
        let tx = client.transaction().await?;
        let ended = tx
            .execute(
                "delete from sessions where user_id = $1 and handle = $2",
                &[&user_id, &handle],
            )
            .await?;
        if ended > 0 {
            settling::void_tickets(&tx, user_id).await?;
        }
        tx.commit().await?;
        Ok(ended > 0)
    }

    /// Ends all sessions of a person, with whatever is open by them; says how many there were.
    ///
    /// # Errors
    /// If Postgres fails.
    pub async fn end_sessions(&self, user_id: Uuid) -> Result<u64, StoreError> {
        let mut client = self.client().await?;
        let tx = client.transaction().await?;
        let ended = tx
            .execute("delete from sessions where user_id = $1", &[&user_id])
            .await?;
        settling::void_tickets(&tx, user_id).await?;
        tx.commit().await?;
        Ok(ended)
    }

    /// Everybody who has a session that has not been forgotten.
    ///
    /// # Errors
    /// If Postgres fails.
    pub async fn people_with_sessions(&self) -> Result<Vec<Uuid>, StoreError> {
        let client = self.client().await?;
        let rows = client
            .query(
                "select distinct user_id from sessions order by user_id",
                &[],
            )
            .await?;
        rows.iter().map(|row| Ok(row.try_get(0)?)).collect()
    }

    /// The sessions of a person that have not ended, the one that began last first.
    ///
    /// # Errors
    /// If Postgres fails.
    pub async fn list_sessions(&self, user_id: Uuid) -> Result<Vec<ListedSession>, StoreError> {
        let client = self.client().await?;
        let rows = client
            .query(
                "select handle, way, agent, created_at, last_seen_at from sessions
                 where user_id = $1 and ends_at > now() and last_seen_at > now() - make_interval(secs => $2)
                 order by created_at desc, handle limit $3",
                &[
                    &user_id,
                    &SESSION_IDLE_MAX.as_secs_f64(),
                    &SESSIONS_LISTED_MAX,
                ],
            )
            .await?;
        rows.iter()
            .map(|row| {
                Ok(ListedSession {
                    handle: row.try_get("handle")?,
                    way: row.try_get("way")?,
                    agent: row.try_get("agent")?,
                    created_at: row.try_get("created_at")?,
                    last_seen_at: row.try_get("last_seen_at")?,
                })
            })
            .collect()
    }
}
