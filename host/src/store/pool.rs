//! The connection pool, and the time-outs of every connection.

use deadpool_postgres::{Manager, ManagerConfig, Object, Pool, RecyclingMethod, Runtime};
use tokio_postgres::NoTls;

use super::{Store, StoreError, counting::Counting, decoding::Decoding};
use crate::{
    config::DatabaseConfig,
    limits::{
        CONVERSIONS_AT_ONCE, DECODINGS_AT_ONCE, IDLE_TRANSACTION_MAX, LOCK_WAIT_MAX, POOL_WAIT_MAX,
        STATEMENT_MAX,
    },
};

/// The pool in numbers.
#[derive(Clone, Copy, Debug)]
pub struct PoolNumbers {
    /// Connections that are open.
    pub open: usize,
    /// Of these, idle.
    pub idle: usize,
    /// Requests that wait for one.
    pub waiting: usize,
}

impl Store {
    /// Makes the pool. Connects nowhere yet.
    ///
    /// # Panics
    /// Never: the pool is given the runtime that its time-outs need.
    pub fn new(config: &DatabaseConfig) -> Self {
        let mut postgres = config.postgres.clone();
        let given = postgres.get_options().unwrap_or_default().to_owned();
        postgres.options(format!(
            "-c statement_timeout={} -c lock_timeout={} -c idle_in_transaction_session_timeout={} {given}",
            STATEMENT_MAX.as_millis(),
            LOCK_WAIT_MAX.as_millis(),
            IDLE_TRANSACTION_MAX.as_millis(),
        ));
        postgres.application_name("glossator-host");
        postgres.connect_timeout(POOL_WAIT_MAX);
        let recycling = ManagerConfig {
            recycling_method: RecyclingMethod::Fast,
        };
        let pool = Pool::builder(Manager::from_config(postgres, NoTls, recycling))
            .max_size(config.pool_size)
            .wait_timeout(Some(POOL_WAIT_MAX))
            .create_timeout(Some(POOL_WAIT_MAX))
            .recycle_timeout(Some(POOL_WAIT_MAX))
            .runtime(Runtime::Tokio1)
            .build()
            .expect("a pool with a runtime can be built");
        Self {
            pool,
            decoding: Decoding::new(DECODINGS_AT_ONCE),
            converting: Decoding::new(CONVERSIONS_AT_ONCE),
            counting: Counting::default(),
        }
    }

    /// A real query, for readiness.
    ///
    /// # Errors
    /// If Postgres does not answer.
    pub async fn ping(&self) -> Result<(), StoreError> {
        let client = self.client().await?;
        client.query_one("select 1 from store", &[]).await?;
        Ok(())
    }

    /// The pool in numbers.
    pub fn pool_numbers(&self) -> PoolNumbers {
        let status = self.pool.status();
        PoolNumbers {
            open: status.size,
            idle: status.available,
            waiting: status.waiting,
        }
    }

    /// Closes the pool: connections in use are closed when they are given back.
    pub fn close(&self) {
        self.pool.close();
    }

    pub(super) async fn client(&self) -> Result<Object, StoreError> {
        Ok(self.pool.get().await?)
    }
}
