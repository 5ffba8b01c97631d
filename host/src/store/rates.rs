//! How often something is done: counts within fixed windows of time, shared by all hosts of one store.

use contract::Digest;

use super::{Store, StoreError};
use crate::limits::Rate;

impl Store {
    /// Counts that something is done once more by or for somebody. If that is more often than the rate allows, answers after
    /// how many seconds the next window begins.
    ///
    /// # Errors
    /// If Postgres fails.
    pub async fn count(&self, rate: &Rate, whose: &str) -> Result<Option<u64>, StoreError> {
        let key = Digest::of(format!("glossator rate {} {whose}", rate.what).as_bytes());
        let client = self.client().await?;
        let statement = client
            .prepare_cached(
                "with begun as (
                    select to_timestamp(floor(extract(epoch from now())::float8 / $2::float8) * $2::float8) as begins_at
                 )
                 insert into rate_counters as c (key_hash, begins_at, ends_at, count)
                 select $1, begins_at, begins_at + make_interval(secs => $2::float8), 1 from begun
                 on conflict (key_hash, begins_at) do update set count = least(c.count, 1000000) + 1
                 returning count, ceil(extract(epoch from ends_at - now()))::bigint as left_s",
            )
            .await?;
        let window_s = rate.window.as_secs_f64();
        let row = client
            .query_one(&statement, &[&key.as_bytes().as_slice(), &window_s])
            .await?;
        let (count, left): (i32, i64) = (row.try_get("count")?, row.try_get("left_s")?);
        Ok((count > rate.count_max).then(|| u64::try_from(left).unwrap_or(1).max(1)))
    }
}
