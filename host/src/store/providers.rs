//! Ways of signing in, as an operator named them.

use std::collections::BTreeMap;

use deadpool_postgres::{GenericClient, Transaction};
use serde_json::json;
use tokio_postgres::Row;

use super::{
    Store, StoreError,
    audit::{self, Entry},
    institutions::membership_role,
    lock,
};
use crate::sign_in::{Provider, ProviderKind, Trust, is_slug};

const COLUMNS: &str = "id, name, kind, institution_id, issuer, client_id, secret_variable, allowed";

impl Store {
    /// The providers by which people sign in, in the order in which they are offered.
    ///
    /// # Errors
    /// If Postgres fails.
    pub async fn list_providers(&self) -> Result<Vec<Provider>, StoreError> {
        let client = self.client().await?;
        let statement = client
            .prepare_cached(&format!(
                "select {COLUMNS} from providers where retired_at is null order by position, id"
            ))
            .await?;
        let rows = client.query(&statement, &[]).await?;
        let mut providers: Vec<Provider> = rows.iter().map(provider).collect::<Result<_, _>>()?;
        providers.sort_by_key(|provider| provider.kind);
        Ok(providers)
    }

    /// A provider by which people sign in. What is no short name is nobody's, and does not reach Postgres.
    ///
    /// # Errors
    /// If Postgres fails.
    pub async fn find_provider(&self, id: &str) -> Result<Option<Provider>, StoreError> {
        if !is_slug(id) {
            return Ok(None);
        }
        let client = self.client().await?;
        let statement = client
            .prepare_cached(&format!(
                "select {COLUMNS} from providers where id = $1 and retired_at is null"
            ))
            .await?;
        let row = client.query_opt(&statement, &[&id]).await?;
        row.as_ref().map(provider).transpose()
    }

    /// What an operator said of a provider and of its institution.
    ///
    /// # Errors
    /// If Postgres fails.
    pub async fn trust(&self, provider: &Provider) -> Result<Trust, StoreError> {
        let client = self.client().await?;
        trust_of(&client, provider).await
    }

    /// Names a provider, or changes what was said of it.
    ///
    /// # Errors
    /// If Postgres fails.
    pub async fn put_provider(
        &self,
        provider: &Provider,
        position: i32,
        request_id: &str,
    ) -> Result<(), StoreError> {
        let mut client = self.client().await?;
        let tx = client.transaction().await?;
        lock::name_request(&tx, request_id).await?;
        tx.execute(
            "insert into providers (id, name, kind, institution_id, issuer, client_id, secret_variable, allowed, position)
             values ($1, $2, $3, $4, $5, $6, $7, $8, $9)
             on conflict (id) do update set
                name = excluded.name, kind = excluded.kind, institution_id = excluded.institution_id,
                issuer = excluded.issuer, client_id = excluded.client_id, secret_variable = excluded.secret_variable,
                allowed = excluded.allowed, position = excluded.position, retired_at = null",
            &[
                &provider.id,
                &provider.name,
                &provider.kind.name(),
                &provider.institution,
                &provider.issuer,
                &provider.client_id,
                &provider.secret_variable,
                &provider.allowed,
                &position,
            ],
        )
        .await?;
        let entry = Entry {
            act: "provider_set",
            case_id: None,
            subject: None,
            by: None,
            // Logins of developers are names of people.
            detail: json!({
                "provider": provider.id, "kind": provider.kind.name(), "issuer": provider.issuer,
                "institution": provider.institution, "allowed": provider.allowed.len(),
            }),
            request_id,
        };
        audit::append(&tx, &entry).await?;
        tx.commit().await?;
        Ok(())
    }

    /// Offers a provider no longer; says whether it was offered. Who came by it is still known.
    ///
    /// # Errors
    /// If Postgres fails.
    pub async fn retire_provider(&self, id: &str, request_id: &str) -> Result<bool, StoreError> {
        let mut client = self.client().await?;
        let tx = client.transaction().await?;
        lock::name_request(&tx, request_id).await?;
        let retired = tx
            .execute(
                "update providers set retired_at = now() where id = $1 and retired_at is null",
                &[&id],
            )
            .await?;
        if retired > 0 {
            let entry = Entry {
                act: "provider_retired",
                case_id: None,
                subject: None,
                by: None,
                detail: json!({ "provider": id }),
                request_id,
            };
            audit::append(&tx, &entry).await?;
        }
        tx.commit().await?;
        Ok(retired > 0)
    }
}

/// As [`Store::trust`], within a transaction; of somebody who came by no provider, that nothing they say counts.
pub(super) async fn trust_in(
    tx: &Transaction<'_>,
    provider: Option<&Provider>,
) -> Result<Trust, StoreError> {
    match provider {
        Some(provider) => trust_of(tx, provider).await,
        None => Ok(Trust::default()),
    }
}

async fn trust_of(client: &impl GenericClient, provider: &Provider) -> Result<Trust, StoreError> {
    let mut trust = Trust {
        kind: Some(provider.kind),
        allowed: provider.allowed.clone(),
        ..Trust::default()
    };
    let Some(institution) = &provider.institution else {
        return Ok(trust);
    };
    let row = client
        .query_one(
            "select domains from institutions where id = $1",
            &[institution],
        )
        .await?;
    trust.domains = row.try_get(0)?;
    let rows = client
        .query(
            "select affiliation, role from affiliation_roles where institution_id = $1",
            &[institution],
        )
        .await?;
    let roles = rows.iter().map(|row| {
        let role = membership_role(row.try_get("role")?)?;
        Ok((row.try_get("affiliation")?, role))
    });
    trust.affiliation_roles = roles.collect::<Result<BTreeMap<_, _>, StoreError>>()?;
    Ok(trust)
}

fn provider(row: &Row) -> Result<Provider, StoreError> {
    let kind = ProviderKind::parse(row.try_get("kind")?);
    Ok(Provider {
        id: row.try_get("id")?,
        name: row.try_get("name")?,
        kind: kind.ok_or(StoreError::Inconsistent {
            what: "a provider is of no kind that there is",
        })?,
        institution: row.try_get("institution_id")?,
        issuer: row.try_get("issuer")?,
        client_id: row.try_get("client_id")?,
        secret_variable: row.try_get("secret_variable")?,
        allowed: row.try_get("allowed")?,
    })
}
