//! Institutions: which domains they answer for, and what their affiliations make of somebody.

use deadpool_postgres::Transaction;
use serde_json::json;

use super::{
    Store, StoreError,
    audit::{self, Entry},
    lock,
};
use crate::sign_in::{EmailAddress, MembershipRole};

/// An institution, as an operator named it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Institution {
    /// Its short name.
    pub id: String,
    /// What people call it.
    pub name: String,
    /// The domains that it answers for, in lower case.
    pub domains: Vec<String>,
}

/// What became of a role that an operator gives by an address.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Promised {
    /// The person is known, and has it.
    Given,
    /// Nobody has proved this address yet: whoever does first has it.
    ForLater,
}

impl Store {
    /// An institution.
    ///
    /// # Errors
    /// If Postgres fails.
    pub async fn find_institution(&self, id: &str) -> Result<Option<Institution>, StoreError> {
        let client = self.client().await?;
        let row = client
            .query_opt(
                "select id, name, domains from institutions where id = $1",
                &[&id],
            )
            .await?;
        row.map(|row| {
            Ok(Institution {
                id: row.try_get("id")?,
                name: row.try_get("name")?,
                domains: row.try_get("domains")?,
            })
        })
        .transpose()
    }

    /// Names an institution, or changes what was said of it. If another one answers for one of its domains, nothing is
    /// changed, and that one is named.
    ///
    /// # Errors
    /// If Postgres fails.
    pub async fn put_institution(
        &self,
        institution: &Institution,
        request_id: &str,
    ) -> Result<Option<String>, StoreError> {
        let mut client = self.client().await?;
        let tx = client.transaction().await?;
        lock::name_request(&tx, request_id).await?;
        lock::lock_sign_in(&tx, "institutions", &"all").await?;
        let other = tx
            .query_opt(
                "select id from institutions where id <> $1 and domains && $2 order by id limit 1",
                &[&institution.id, &institution.domains],
            )
            .await?;
        if let Some(other) = other {
            return Ok(Some(other.try_get(0)?));
        }
        tx.execute(
            "insert into institutions (id, name, domains) values ($1, $2, $3)
             on conflict (id) do update set name = excluded.name, domains = excluded.domains",
            &[&institution.id, &institution.name, &institution.domains],
        )
        .await?;
        let entry = Entry {
            act: "institution_set",
            case_id: None,
            subject: None,
            by: None,
            detail: json!({ "institution": institution.id, "domains": institution.domains }),
            request_id,
        };
        audit::append(&tx, &entry).await?;
        tx.commit().await?;
        Ok(None)
    }

    /// Says what an affiliation makes of somebody at an institution; nothing, if no role is named. It counts from each
    /// person's next sign-in on.
    ///
    /// # Errors
    /// If Postgres fails.
    pub async fn put_affiliation_role(
        &self,
        institution: &str,
        affiliation: &str,
        role: Option<MembershipRole>,
        request_id: &str,
    ) -> Result<(), StoreError> {
        let mut client = self.client().await?;
        let tx = client.transaction().await?;
        lock::name_request(&tx, request_id).await?;
        match role {
            Some(role) => {
                tx.execute(
                    "insert into affiliation_roles (institution_id, affiliation, role) values ($1, $2, $3)
                     on conflict (institution_id, affiliation) do update set role = excluded.role",
                    &[&institution, &affiliation, &role.name()],
                )
                .await?
            }
            None => {
                tx.execute(
                    "delete from affiliation_roles where institution_id = $1 and affiliation = $2",
                    &[&institution, &affiliation],
                )
                .await?
            }
        };
        let entry = Entry {
            act: "affiliation_role_set",
            case_id: None,
            subject: None,
            by: None,
            detail: json!({
                "institution": institution, "affiliation": affiliation, "role": role.map(MembershipRole::name),
            }),
            request_id,
        };
        audit::append(&tx, &entry).await?;
        tx.commit().await?;
        Ok(())
    }

    /// Gives a role at an institution to whoever has proved this address, or will have.
    ///
    /// # Errors
    /// If Postgres fails.
    pub async fn grant_membership(
        &self,
        email: &EmailAddress,
        institution: &str,
        role: MembershipRole,
        request_id: &str,
    ) -> Result<Promised, StoreError> {
        let mut client = self.client().await?;
        let tx = client.transaction().await?;
        lock::name_request(&tx, request_id).await?;
        // Nobody proves this address meanwhile.
        lock::lock_sign_in(&tx, "address", &email.as_str()).await?;
        let known = tx
            .query_opt(
                "select id from users where lower(email) = $1 and erased_at is null for key share",
                &[&email.as_str()],
            )
            .await?;
        let Some(known) = known else {
            tx.execute(
                "insert into promised_memberships (email, institution_id, role) values ($1, $2, $3) on conflict do nothing",
                &[&email.as_str(), &institution, &role.name()],
            )
            .await?;
            let entry = Entry {
                act: "membership_promised",
                case_id: None,
                subject: None,
                by: None,
                detail: json!({ "institution": institution, "role": role.name() }),
                request_id,
            };
            audit::append(&tx, &entry).await?;
            tx.commit().await?;
            return Ok(Promised::ForLater);
        };
        let user: uuid::Uuid = known.try_get(0)?;
        if give(&tx, user, (institution, role, "granted")).await? {
            let detail = membership_detail((institution, role, "granted"));
            audit_person(&tx, "membership_given", user, detail, request_id).await?;
        }
        tx.commit().await?;
        Ok(Promised::Given)
    }
}

impl Store {
    /// Takes back what [`Store::grant_membership`] gave or promised; says whether there was anything. What the institution's
    /// provider says of the person stays.
    ///
    /// # Errors
    /// If Postgres fails.
    pub async fn take_membership_back(
        &self,
        email: &EmailAddress,
        institution: &str,
        role: MembershipRole,
        request_id: &str,
    ) -> Result<bool, StoreError> {
        let mut client = self.client().await?;
        let tx = client.transaction().await?;
        lock::name_request(&tx, request_id).await?;
        lock::lock_sign_in(&tx, "address", &email.as_str()).await?;
        let promised = tx
            .execute(
                "delete from promised_memberships where email = $1 and institution_id = $2 and role = $3",
                &[&email.as_str(), &institution, &role.name()],
            )
            .await?;
        let taken = tx
            .query_opt(
                "delete from memberships m using users u
                 where u.id = m.user_id and lower(u.email) = $1 and u.erased_at is null
                   and m.institution_id = $2 and m.role = $3 and m.source = 'granted'
                 returning m.user_id",
                &[&email.as_str(), &institution, &role.name()],
            )
            .await?;
        if promised > 0 {
            let entry = Entry {
                act: "membership_promise_taken_back",
                case_id: None,
                subject: None,
                by: None,
                detail: json!({ "institution": institution, "role": role.name() }),
                request_id,
            };
            audit::append(&tx, &entry).await?;
        }
        if let Some(row) = &taken {
            let detail = membership_detail((institution, role, "granted"));
            audit_person(&tx, "membership_taken", row.try_get(0)?, detail, request_id).await?;
        }
        tx.commit().await?;
        Ok(promised > 0 || taken.is_some())
    }
}

/// A role at an institution, and where it comes from.
pub(super) type Membership<'a> = (&'a str, MembershipRole, &'static str);

/// Gives somebody a role at an institution; says whether they did not have it.
pub(super) async fn give(
    tx: &Transaction<'_>,
    user: uuid::Uuid,
    (institution, role, source): Membership<'_>,
) -> Result<bool, StoreError> {
    let given = tx
        .execute(
            "insert into memberships (user_id, institution_id, role, source) values ($1, $2, $3, $4) on conflict do nothing",
            &[&user, &institution, &role.name(), &source],
        )
        .await?;
    Ok(given > 0)
}

pub(super) fn membership_detail((institution, role, source): Membership<'_>) -> serde_json::Value {
    json!({ "institution": institution, "role": role.name(), "source": source })
}

/// Appends what happened to somebody; last in its transaction.
pub(super) async fn audit_person(
    tx: &Transaction<'_>,
    act: &'static str,
    user: uuid::Uuid,
    detail: serde_json::Value,
    request_id: &str,
) -> Result<(), StoreError> {
    let subject = user.to_string();
    let entry = Entry {
        act,
        case_id: None,
        subject: Some(&subject),
        by: None,
        detail,
        request_id,
    };
    audit::append(tx, &entry).await
}

pub(super) fn membership_role(name: &str) -> Result<MembershipRole, StoreError> {
    MembershipRole::parse(name).ok_or(StoreError::Inconsistent {
        what: "a role at an institution is stored that does not exist",
    })
}
