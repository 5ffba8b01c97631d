//! Spent nonces, so that a signed request works once.

use contract::Nonce;

use super::{Store, StoreError};
use crate::limits::NONCE_KEPT_S;

impl Store {
    /// Spends a nonce. `false`: it was spent before, and the request is a replay.
    ///
    /// # Errors
    /// If Postgres fails; the request is then refused, since it could be a replay.
    pub async fn spend(&self, nonce: &Nonce) -> Result<bool, StoreError> {
        let client = self.client().await?;
        let statement = client
            .prepare_cached(
                "insert into spent_nonce (nonce, expires_at) values ($1, now() + $2::bigint * interval '1 second')
                 on conflict do nothing",
            )
            .await?;
        let kept = i64::try_from(NONCE_KEPT_S).unwrap_or(i64::MAX);
        let inserted = client
            .execute(&statement, &[&nonce.as_bytes().as_slice(), &kept])
            .await?;
        Ok(inserted == 1)
    }

    /// Forgets nonces whose signatures are stale, at most `rows_max` of them, and says how many.
    ///
    /// # Errors
    /// If Postgres fails.
    pub async fn forget_nonces(&self, rows_max: i64) -> Result<u64, StoreError> {
        let client = self.client().await?;
        let forgotten = client
            .execute(
                "delete from spent_nonce where nonce in
                    (select nonce from spent_nonce where expires_at < now() order by expires_at limit $1)",
                &[&rows_max],
            )
            .await?;
        Ok(forgotten)
    }
}
