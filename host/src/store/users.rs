//! People who have signed in.

use deadpool_postgres::Transaction;
use uuid::Uuid;

use super::{Store, StoreError};
use crate::sign_in::EmailAddress;

/// Somebody, as a page shows them to themselves.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct User {
    /// The same for as long as they exist; as text what documents, grants and tickets call them by.
    pub id: Uuid,
    /// The name that others see.
    pub name: String,
    /// The address by which they are invited, if it is proven.
    pub email: Option<String>,
}

impl Store {
    /// Whoever has this id, unless they were erased.
    ///
    /// # Errors
    /// If Postgres fails.
    pub async fn find_user(&self, id: Uuid) -> Result<Option<User>, StoreError> {
        let client = self.client().await?;
        let statement = client
            .prepare_cached("select name, email from users where id = $1 and erased_at is null")
            .await?;
        let row = client.query_opt(&statement, &[&id]).await?;
        row.map(|row| {
            Ok(User {
                id,
                name: row.try_get("name")?,
                email: row.try_get("email")?,
            })
        })
        .transpose()
    }

    /// The id of whoever has this proven address.
    ///
    /// # Errors
    /// If Postgres fails.
    pub async fn find_user_by_email(
        &self,
        address: &EmailAddress,
    ) -> Result<Option<Uuid>, StoreError> {
        let client = self.client().await?;
        let row = client
            .query_opt(
                "select id from users where lower(email) = $1 and erased_at is null",
                &[&address.as_str()],
            )
            .await?;
        row.map(|row| Ok(row.try_get(0)?)).transpose()
    }

    /// Calls somebody otherwise from now on.
    ///
    /// # Errors
    /// If Postgres fails.
    pub async fn rename(&self, id: Uuid, name: &str) -> Result<(), StoreError> {
        let client = self.client().await?;
        client
            .execute(
                "update users set name = $2 where id = $1 and erased_at is null",
                &[&id, &name],
            )
            .await?;
        Ok(())
    }
}

/// Whether somebody has an account still, which they then keep until the transaction ends: a request that was let in before its
/// person was erased leaves nothing of theirs behind. Asked once the classes and cases are locked that it is about, if there are
/// such: erasing locks in that order, too.
pub(super) async fn is_somebody(tx: &Transaction<'_>, user: Uuid) -> Result<bool, StoreError> {
    let row = tx
        .query_opt(
            "select from users where id = $1 and erased_at is null for key share",
            &[&user],
        )
        .await?;
    Ok(row.is_some())
}
