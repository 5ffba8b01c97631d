//! Shares by an address. Whose that is must not be told by what becomes of them: by an address is changed only what was given by that
//! address, and what somebody has by their id stays as it is. So whoever has no other share has a row of `shares` with the address, and
//! whoever has one keeps a claimed row of `case_invitations` beside it. Owners see no difference between these, and none to one that
//! waits.

use contract::{CaseId, Role};
use deadpool_postgres::Transaction;

use super::StoreError;
use crate::email::Email;

/// What was given to people, by whichever way: a table for `from`.
pub(super) const GIVEN: &str = "(
    select case_id, user_id, role, created_at from shares
    union all
    select case_id, claimed_by::text, role, created_at from case_invitations where claimed_by is not null
)";

/// Gives a role to an address, or another one than it has. Says who has it by that, if anybody: whoever was given it first, whosever
/// the address is by now. The case must be locked, and settled afterwards.
pub(super) async fn give(
    tx: &Transaction<'_>,
    case_id: &CaseId,
    email: &Email,
    role: Role,
) -> Result<Option<String>, StoreError> {
    let changed = tx
        .query(
            "with beside as (
                update case_invitations set role = $3 where case_id = $1 and email = $2 and claimed_by is not null
                returning claimed_by::text as user_id
             ), shared as (
                update shares set role = $3 where case_id = $1 and email = $2 returning user_id
             )
             select user_id from beside union all select user_id from shared",
            &[&case_id.as_str(), &email.as_str(), &role.name()],
        )
        .await?;
    if let Some(row) = changed.first() {
        return Ok(Some(row.try_get(0)?));
    }
    let Some((user, name)) = find_by_email(tx, email).await? else {
        tx.execute(
            "insert into case_invitations (case_id, email, role) values ($1, $2, $3)
             on conflict (case_id, email) do update set role = excluded.role",
            &[&case_id.as_str(), &email.as_str(), &role.name()],
        )
        .await?;
        return Ok(None);
    };
    let shared = tx
        .execute(
            "insert into shares (case_id, user_id, name, role, email) values ($1, $2, $3, $4, $5) on conflict do nothing",
            &[&case_id.as_str(), &user, &name, &role.name(), &email.as_str()],
        )
        .await?;
    if shared > 0 {
        // It may have waited for them until now.
        tx.execute(
            "delete from case_invitations where case_id = $1 and email = $2",
            &[&case_id.as_str(), &email.as_str()],
        )
        .await?;
    } else {
        tx.execute(
            "insert into case_invitations (case_id, email, role, claimed_by) values ($1, $2, $3, $4::text::uuid)
             on conflict (case_id, email) do update set role = excluded.role, claimed_by = excluded.claimed_by",
            &[&case_id.as_str(), &email.as_str(), &role.name(), &user],
        )
        .await?;
    }
    Ok(Some(user))
}

/// Takes back what was given to an address. Says who has it no longer. The case must be locked, and settled afterwards.
pub(super) async fn take_back(
    tx: &Transaction<'_>,
    case_id: &CaseId,
    email: &Email,
) -> Result<Vec<String>, StoreError> {
    let rows = tx
        .query(
            "with invited as (
                delete from case_invitations where case_id = $1 and email = $2 returning claimed_by::text as user_id
             ), shared as (
                delete from shares where case_id = $1 and email = $2 returning user_id
             )
             select user_id from invited where user_id is not null union select user_id from shared",
            &[&case_id.as_str(), &email.as_str()],
        )
        .await?;
    rows.iter().map(|row| Ok(row.try_get(0)?)).collect()
}

/// Lets what somebody was given by an address stand beside what they are given otherwise.
pub(super) async fn set_beside(
    tx: &Transaction<'_>,
    case_id: &CaseId,
    user: &str,
) -> Result<(), StoreError> {
    tx.execute(
        "with moved as (
            delete from shares where case_id = $1 and user_id = $2 and email is not null
            returning case_id, email, role, created_at, user_id
         )
         insert into case_invitations (case_id, email, role, created_at, claimed_by)
         select case_id, lower(email), role, created_at, user_id::uuid from moved
         on conflict (case_id, email) do update set claimed_by = excluded.claimed_by",
        &[&case_id.as_str(), &user],
    )
    .await?;
    Ok(())
}

/// Whoever has this address, who keeps their account until the transaction ends, as with `users::is_somebody`.
async fn find_by_email(
    tx: &Transaction<'_>,
    email: &Email,
) -> Result<Option<(String, String)>, StoreError> {
    let row = tx
        .query_opt(
            "select id::text, name from users where lower(email) = $1 and erased_at is null for key share",
            &[&email.as_str()],
        )
        .await?;
    row.map(|row| Ok((row.try_get(0)?, row.try_get(1)?)))
        .transpose()
}
