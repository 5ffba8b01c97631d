//! Whose account a sign-in is, and what it makes of the person: settled in one transaction.
//!
//! `host/src/sign_in/rules.rs` has the rules. Two sign-ins of one account, or with one address, follow one another; so two
//! browsers that come for the first time at once make one person.

use std::collections::BTreeSet;

use deadpool_postgres::Transaction;
use serde_json::{Value, json};
use uuid::Uuid;

use super::{
    Store, StoreError,
    institutions::{self, audit_person, membership_detail, membership_role},
    lock, providers,
};
use crate::{
    limits::ATTRIBUTES_KEPT_DAYS,
    sign_in::{
        AuthResult, ByMail, EmailAddress, MembershipRole, Provider, ProviderKind, Trust,
        proves_address, roles,
    },
};

/// What is to be told of a sign-in, in order.
type Told = Vec<(&'static str, Value)>;

/// An address that is proved.
#[derive(Clone, Copy)]
struct Proved<'a> {
    email: &'a EmailAddress,
    /// The issuer, if it calls two people by two subjects whatever their address is.
    tells_apart: Option<&'a str>,
}

impl Store {
    /// Finds whose account this is, or makes somebody new, and sets what the provider says that they are. `provider` is the
    /// one that proved it; absent for the development sign-in.
    ///
    /// # Errors
    /// If Postgres fails.
    pub async fn settle_sign_in(
        &self,
        auth: &AuthResult,
        provider: Option<&Provider>,
        request_id: &str,
    ) -> Result<Uuid, StoreError> {
        let mut client = self.client().await?;
        let tx = client.transaction().await?;
        lock::name_request(&tx, request_id).await?;
        let account = format!("{} {}", auth.issuer, auth.subject);
        lock::lock_sign_in(&tx, "account", &account).await?;
        let trust = providers::trust_in(&tx, provider).await?;
        let proved = auth.email.as_ref().filter(|_| proves_address(&trust, auth));
        if let Some(email) = proved {
            lock::lock_sign_in(&tx, "address", &email.as_str()).await?;
        }
        let mut told = Told::new();
        // Of two accounts with one address at one provider each is a person's: the address went from one to the other. Only
        // a mail's account is the address itself.
        let tells_apart = (trust.kind != Some(ProviderKind::Mail)).then_some(auth.issuer.as_str());
        let proved = proved.map(|email| Proved { email, tells_apart });
        let user = find_or_make(&tx, auth, proved, &mut told).await?;
        if let Some(proved) = proved {
            prove_address(&tx, user, proved, &mut told).await?;
        }
        remember(&tx, auth, user).await?;
        if let Some(institution) = provider.and_then(|provider| provider.institution.as_deref()) {
            set_by_attributes(&tx, user, (institution, &trust, auth), &mut told).await?;
        }
        lapse(&tx, user, &mut told).await?;
        for (act, mut detail) in told {
            detail["provider"] = json!(auth.provider);
            audit_person(&tx, act, user, detail, request_id).await?;
        }
        tx.commit().await?;
        Ok(user)
    }
}

async fn find_or_make(
    tx: &Transaction<'_>,
    auth: &AuthResult,
    proved: Option<Proved<'_>>,
    told: &mut Told,
) -> Result<Uuid, StoreError> {
    // An account of somebody who was erased leads to nobody: who comes by it again is somebody new. So does a mail's account
    // whose person has its address no longer: others read its mails. Whoever is found keeps their account until it is settled.
    let known = tx
        .query_opt(
            "select u.id from identities i join users u on u.id = i.user_id
             where i.issuer = $1 and i.subject = $2 and u.erased_at is null
               and (i.issuer <> $3 or lower(u.email) = i.subject) for key share of u",
            &[&auth.issuer, &auth.subject, &ByMail::ISSUER],
        )
        .await?;
    if let Some(row) = known {
        return Ok(row.try_get(0)?);
    }
    if let Some(Proved { email, tells_apart }) = proved {
        let known = tx
            .query_opt(
                "select id from users u where lower(email) = $1 and erased_at is null
                   and not exists (select from identities where user_id = u.id and issuer = $2) for key share of u",
                &[&email.as_str(), &tells_apart],
            )
            .await?;
        if let Some(row) = known {
            told.push(("identity_linked", json!({ "by": "address" })));
            return Ok(row.try_get(0)?);
        }
    }
    let name = auth.name.as_deref();
    let name = name.or(auth.email.as_ref().map(EmailAddress::local));
    let row = tx
        .query_one(
            "insert into users (name) values ($1) returning id",
            &[&name.unwrap_or("Somebody")],
        )
        .await?;
    told.push(("person_created", json!({})));
    Ok(row.try_get(0)?)
}

async fn remember(tx: &Transaction<'_>, auth: &AuthResult, user: Uuid) -> Result<(), StoreError> {
    tx.execute(
        "insert into identities (issuer, subject, user_id, email, email_verified) values ($1, $2, $3, $4, $5)
         on conflict (issuer, subject) do update set
            user_id = excluded.user_id, email = excluded.email, email_verified = excluded.email_verified,
            last_used_at = now()",
        &[
            &auth.issuer,
            &auth.subject,
            &user,
            &auth.email.as_ref().map(EmailAddress::as_str),
            &auth.email_verified,
        ],
    )
    .await?;
    Ok(())
}

/// Gives the person their address, unless it is somebody else's already, and what was promised to whoever has it. Who loses an
/// address by it, be it their own former one, is known by its mails no longer.
async fn prove_address(
    tx: &Transaction<'_>,
    user: Uuid,
    Proved { email, tells_apart }: Proved<'_>,
    told: &mut Told,
) -> Result<(), StoreError> {
    tx.execute(
        "update users u set email = null where lower(email) = $2 and id <> $1
           and exists (select from identities where user_id = u.id and issuer = $3)",
        &[&user, &email.as_str(), &tells_apart],
    )
    .await?;
    let changed = tx
        .execute(
            "update users set email = $2 where id = $1 and email is distinct from $2
               and not exists (select from users where lower(email) = $2 and id <> $1)",
            &[&user, &email.as_str()],
        )
        .await?;
    if changed > 0 {
        told.push(("address_proved", json!({})));
    }
    tx.execute(
        "delete from identities i using users u
         where u.id = i.user_id and i.issuer = $3 and (i.user_id = $1 or i.subject = $2)
           and i.subject is distinct from lower(u.email)",
        &[&user, &email.as_str(), &ByMail::ISSUER],
    )
    .await?;
    let promised = tx
        .query(
            "delete from promised_memberships p using users u
             where u.id = $1 and lower(u.email) = $2 and p.email = $2 returning p.institution_id, p.role",
            &[&user, &email.as_str()],
        )
        .await?;
    for row in &promised {
        let institution: &str = row.try_get("institution_id")?;
        let given = (
            institution,
            membership_role(row.try_get("role")?)?,
            "granted",
        );
        if institutions::give(tx, user, given).await? {
            told.push(("membership_given", membership_detail(given)));
        }
    }
    Ok(())
}

/// What the provider's attributes make of somebody takes the place of what they made of them the last time; what was granted
/// stays.
async fn set_by_attributes(
    tx: &Transaction<'_>,
    user: Uuid,
    (institution, trust, auth): (&str, &Trust, &AuthResult),
    told: &mut Told,
) -> Result<(), StoreError> {
    if !trust.tells_roles() {
        return Ok(());
    }
    let due = roles(trust, auth);
    let rows = tx
        .query(
            "select role from memberships where user_id = $1 and institution_id = $2 and source = 'attributes' for update",
            &[&user, &institution],
        )
        .await?;
    let had = rows.iter().map(|row| membership_role(row.try_get(0)?));
    let had: BTreeSet<MembershipRole> = had.collect::<Result<_, StoreError>>()?;
    for role in had.difference(&due).copied() {
        tx.execute(
            "delete from memberships where user_id = $1 and institution_id = $2 and role = $3 and source = 'attributes'",
            &[&user, &institution, &role.name()],
        )
        .await?;
        let taken = membership_detail((institution, role, "attributes"));
        told.push(("membership_taken", taken));
    }
    for role in due.difference(&had).copied() {
        let given = (institution, role, "attributes");
        institutions::give(tx, user, given).await?;
        told.push(("membership_given", membership_detail(given)));
    }
    Ok(())
}

/// What the attributes of an institution made of somebody goes once its provider has not said so for long: whoever has left it comes
/// by other ways, by which nobody says that they have. A session lasts a week, so that everybody comes by here.
async fn lapse(tx: &Transaction<'_>, user: Uuid, told: &mut Told) -> Result<(), StoreError> {
    let rows = tx
        .query(
            "delete from memberships m where user_id = $1 and source = 'attributes' and not exists (
                select from identities i join providers p on p.issuer = i.issuer
                where i.user_id = $1 and p.institution_id = m.institution_id and p.kind = 'oidc'
                  and i.last_used_at > now() - $2::int * interval '1 day'
             ) returning institution_id, role",
            &[&user, &ATTRIBUTES_KEPT_DAYS],
        )
        .await?;
    for row in &rows {
        let institution: &str = row.try_get("institution_id")?;
        let role = membership_role(row.try_get("role")?)?;
        let taken = membership_detail((institution, role, "attributes"));
        told.push(("membership_taken", taken));
    }
    Ok(())
}
