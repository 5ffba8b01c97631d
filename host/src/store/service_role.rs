//! The database role that `serve` is given: it reads and writes, and only appends to the audit log.

use tokio_postgres::{Client, error::SqlState};

use super::{
    Store, StoreError,
    schema::{APPENDED, TABLES},
};

/// Why a role was not given its rights.
#[derive(Debug, thiserror::Error)]
pub enum ServiceRoleError {
    /// It could take the audit log's triggers away, whatever it is granted.
    #[error(
        "the role {role} is a superuser or owns the tables, and so could change the audit log: name another one"
    )]
    TooMighty {
        /// Which one.
        role: String,
    },
    /// Postgres failed.
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl From<tokio_postgres::Error> for ServiceRoleError {
    fn from(error: tokio_postgres::Error) -> Self {
        Self::Store(error.into())
    }
}

impl Store {
    /// Gives a role what `serve` needs and nothing more, and takes what it has beyond that. A role that does not exist is
    /// made, without a way to log in.
    ///
    /// # Errors
    /// If the role is a superuser, or is or belongs to the tables' owner; if Postgres fails.
    pub async fn grant_service(&self, role: &str) -> Result<(), ServiceRoleError> {
        let mut client = self.client().await?;
        make_role(&client, role).await?;
        let tx = client.transaction().await?;
        let is_mighty = tx
            .query_one(
                "select pg_has_role($1::name, relowner, 'member') from pg_class
                 where relname = 'audit_log' and relnamespace = current_schema()::regnamespace",
                &[&role],
            )
            .await?;
        if is_mighty.try_get(0)? {
            return Err(ServiceRoleError::TooMighty {
                role: role.to_owned(),
            });
        }
        for table in TABLES {
            let rights = if APPENDED.contains(&table) {
                "select, insert"
            } else {
                "select, insert, update, delete"
            };
            let grant = tx
                .query_one(
                    "select format('revoke all on %1$I from %2$I; grant %3$s on %1$I to %2$I', $1::text, $2::text, $3::text)",
                    &[&table, &role, &rights],
                )
                .await?;
            tx.batch_execute(grant.try_get(0)?).await?;
        }
        let schema = tx
            .query_one(
                "select format('grant usage on schema %I to %I', current_schema(), $1::text)",
                &[&role],
            )
            .await?;
        tx.batch_execute(schema.try_get(0)?).await?;
        tx.commit().await?;
        Ok(())
    }

    /// Whether the role that this process has could change what is in the audit log.
    ///
    /// # Errors
    /// If Postgres fails.
    pub async fn may_rewrite_audit_log(&self) -> Result<bool, StoreError> {
        let client = self.client().await?;
        let row = client
            .query_one(
                "select has_table_privilege('audit_log', 'update, delete, truncate, trigger')",
                &[],
            )
            .await?;
        Ok(row.try_get(0)?)
    }
}

async fn make_role(client: &Client, role: &str) -> Result<(), tokio_postgres::Error> {
    let create = client
        .query_one("select format('create role %I', $1::text)", &[&role])
        .await?;
    match client.batch_execute(create.try_get(0)?).await {
        // Roles are the whole server's: the second code is that of two databases' hosts that make it at the same time.
        Err(error)
            if [SqlState::DUPLICATE_OBJECT, SqlState::UNIQUE_VIOLATION]
                .iter()
                .any(|known| error.code() == Some(known)) =>
        {
            Ok(())
        }
        made => made,
    }
}
