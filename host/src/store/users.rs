//! People who have signed in.

use uuid::Uuid;

use super::{Store, StoreError};

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

    /// Whoever says this name where names are believed: the first of that name without an address, or somebody new.
    ///
    /// # Errors
    /// If Postgres fails.
    pub async fn user_by_mere_name(&self, name: &str) -> Result<User, StoreError> {
        let client = self.client().await?;
        let row = client
            .query_one(
                "with known as (
                    select id from users where name = $1 and email is null and erased_at is null
                    order by created_at, id limit 1
                 ), added as (
                    insert into users (name) select $1 where not exists (select from known) returning id
                 )
                 select id from known union all select id from added",
                &[&name],
            )
            .await?;
        Ok(User {
            id: row.try_get(0)?,
            name: name.to_owned(),
            email: None,
        })
    }
}
