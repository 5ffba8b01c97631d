//! The database role that `serve` is given: it reads and writes, and only appends to the audit log.

use tokio_postgres::{Client, error::SqlState};

use super::{
    Store, StoreError,
    lock::MIGRATION_KEY,
    schema::{APPENDED, TABLES},
};

/// Why a role was not given its rights.
#[derive(Debug, thiserror::Error)]
pub enum ServiceRoleError {
    /// It could change the audit log, whatever it is granted here.
    #[error(
        "the role {role} is a superuser, owns the tables, or has rights by another role, and so could change the audit log: \
         name another one"
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
    /// Gives a role what a host needs of our tables, and takes what it was given beyond that. A role that does not exist is
    /// made. Says whether it can log in, which one that was made here cannot.
    ///
    /// # Errors
    /// If the role could change the audit log all the same; if Postgres fails.
    pub async fn grant_service(&self, role: &str) -> Result<bool, ServiceRoleError> {
        let mut client = self.client().await?;
        make_role(&client, role).await?;
        let tx = client.transaction().await?;
        // Two that grant at once would get into each other's way.
        tx.execute("select pg_advisory_xact_lock($1)", &[&MIGRATION_KEY])
            .await?;
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
        let left = tx
            .query_one(
                "select bool_or(has_table_privilege(rolname, appended, 'update, delete, truncate, trigger')), bool_or(rolcanlogin)
                 from pg_roles, unnest($2::text[]) as appended where rolname = $1",
                &[&role, &APPENDED.as_slice()],
            )
            .await?;
        if left.try_get(0)? {
            return Err(ServiceRoleError::TooMighty {
                role: role.to_owned(),
            });
        }
        tx.commit().await?;
        Ok(left.try_get(1)?)
    }

    /// The tables of ours that the role which this process has may not use as it must.
    ///
    /// # Errors
    /// If Postgres fails.
    pub async fn tables_without_rights(&self) -> Result<Vec<&'static str>, StoreError> {
        let client = self.client().await?;
        let mut without = Vec::new();
        for table in TABLES {
            let rights: &[&str] = if APPENDED.contains(&table) {
                &["select", "insert"]
            } else {
                &["select", "insert", "update", "delete"]
            };
            let row = client
                .query_one(
                    "select bool_and(has_table_privilege($1, needed)) from unnest($2::text[]) as needed",
                    &[&table, &rights],
                )
                .await?;
            if !row.try_get::<_, bool>(0)? {
                without.push(table);
            }
        }
        Ok(without)
    }

    /// Whether the role that this process has could change what is in the audit log, or whom it means.
    ///
    /// # Errors
    /// If Postgres fails.
    pub async fn may_rewrite_audit_log(&self) -> Result<bool, StoreError> {
        let client = self.client().await?;
        let row = client
            .query_one(
                "select bool_or(has_table_privilege(appended, 'update, delete, truncate, trigger'))
                 from unnest($1::text[]) as appended",
                &[&APPENDED.as_slice()],
            )
            .await?;
        Ok(row.try_get(0)?)
    }
}

async fn make_role(client: &Client, role: &str) -> Result<(), tokio_postgres::Error> {
    // Whoever may not make roles can still be told of one that exists.
    let known = client
        .query_opt("select from pg_roles where rolname = $1", &[&role])
        .await?;
    if known.is_some() {
        return Ok(());
    }
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
