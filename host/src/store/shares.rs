//! Sharing: what owners give to people on a case, besides what those have by their class.

use contract::{CaseId, Role};
use deadpool_postgres::Transaction;
use serde::Serialize;
use serde_json::json;
use uuid::Uuid;

use super::{
    Outcome, Store, StoreError,
    audit::{self, Entry},
    by_address,
    kind::PLACEMENTS,
    lock, placing,
    settling::{self, Whose},
};
use crate::{email::Email, limits::CASE_SHARES_MAX};

/// With whom a case is shared.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Shares {
    /// People who are known here: they were in the class, or somebody else has named them by their id.
    pub shares: Vec<Share>,
    /// People with whom it is shared by their address, whether anybody has signed in with that or not.
    pub invited: Vec<InvitedToCase>,
}

/// Somebody with whom a case is shared.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Share {
    /// Their id.
    pub user: String,
    /// The name that others see.
    pub name: String,
    /// What was given to them; they may have more by their class.
    pub role: String,
}

/// Somebody with whom a case is shared by their address: who that is, and what they are called, is nobody's to find out by it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct InvitedToCase {
    /// Their address.
    pub email: String,
    /// What they have been given, or will be.
    pub role: String,
}

/// With whom.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum SharedWith {
    /// Somebody who is among the shares already, or in the case's class.
    User(String),
    /// Whoever has this address, or will sign in with it.
    Email(Email),
}

/// Whether the owners of a case or board know whose the row `p` of `grants` is: a condition. They do if it is theirs, in its class, or
/// was given a share by their id. Of all others, also of whoever was given one by an address that was taken back, is not told who
/// they are and what they are called before they have written something, or whoever knows an address could learn both. In a
/// class they are looked up by their id as it is stored there: compared as text, everybody in it would be looked at for each.
pub(super) const KNOWN_BY_ID: &str = "(
    exists (select from shares a where a.case_id = p.case_id and a.user_id = p.user_id and a.email is null)
    or exists (
        select from (
            select case_id, class_id, owner_id from cases union all select board_id, class_id, owner_id from boards
        ) as o
        where o.case_id = p.case_id and (o.owner_id::text = p.user_id or exists (
            select from enrolments n where n.class_id = o.class_id and n.user_id =
                case when p.user_id ~ '^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$' then p.user_id::uuid end
        ))
    ))";

/// Whether somebody, as whom they appear there (`s.id`), has written something on the case or board of the row `p` of `grants`: a
/// condition.
pub(super) const HAS_WRITTEN: &str = "(
    exists (select from highlight h where h.case_id = p.case_id and h.author_id = s.id)
    or exists (select from highlight_comment k where k.case_id = p.case_id and k.author_id = s.id)
    or exists (select from board_note n where n.board_id = p.case_id and n.author_id = s.id))";

impl Store {
    /// With whom a case is shared. Absent if this person does not own it.
    ///
    /// # Errors
    /// If Postgres fails.
    pub async fn list_shares(
        &self,
        case_id: &CaseId,
        by: Uuid,
    ) -> Result<Outcome<Shares>, StoreError> {
        let mut client = self.client().await?;
        let tx = client.transaction().await?;
        if !placing::owns(&tx, case_id, by).await? {
            return Ok(Outcome::Absent);
        }
        let rows = tx
            .query(
                "select s.user_id, coalesce(u.name, s.name) as name, s.role
                 from shares s left join users u on u.id::text = s.user_id and u.erased_at is null
                 where s.case_id = $1 and s.email is null order by lower(coalesce(u.name, s.name)), s.user_id",
                &[&case_id.as_str()],
            )
            .await?;
        let shares = rows.iter().map(|row| {
            Ok(Share {
                user: row.try_get("user_id")?,
                name: row.try_get("name")?,
                role: row.try_get("role")?,
            })
        });
        let shares = shares.collect::<Result<_, StoreError>>()?;
        let rows = tx
            .query(
                "select email, role from case_invitations where case_id = $1
                 union all select email, role from shares where case_id = $1 and email is not null
                 order by email",
                &[&case_id.as_str()],
            )
            .await?;
        let invited = rows.iter().map(|row| {
            Ok(InvitedToCase {
                email: row.try_get("email")?,
                role: row.try_get("role")?,
            })
        });
        let invited = invited.collect::<Result<_, StoreError>>()?;
        Ok(Outcome::Done(Shares { shares, invited }))
    }

    /// Shares a case with somebody, or stops sharing it, if no role is given. Absent if this person does not own it, or the
    /// other is not known here.
    ///
    /// # Errors
    /// If Postgres fails.
    pub async fn share_case(
        &self,
        case_id: &CaseId,
        by: Uuid,
        (with, role): (&SharedWith, Option<Role>),
        request_id: &str,
    ) -> Result<Outcome<()>, StoreError> {
        let mut client = self.client().await?;
        let tx = client.transaction().await?;
        lock::name_request(&tx, request_id).await?;
        settling::lock_one(&tx, case_id).await?;
        if !placing::owns(&tx, case_id, by).await? {
            return Ok(Outcome::Absent);
        }
        if role.is_some() && is_full(&tx, case_id, with).await? {
            return Ok(Outcome::Conflict(
                "the case is shared with as many people as one may be: make a class of them",
            ));
        }
        let concerned = match (with, role) {
            (SharedWith::User(user), role) => {
                let Some((user, name)) = find_known(&tx, case_id, user).await? else {
                    return Ok(Outcome::Absent);
                };
                share_by_id(&tx, case_id, (&user, &name), role).await?;
                vec![user]
            }
            (SharedWith::Email(email), Some(role)) => {
                let given = by_address::give(&tx, case_id, email, role).await?;
                given.into_iter().collect()
            }
            (SharedWith::Email(email), None) => by_address::take_back(&tx, case_id, email).await?,
        };
        let case = [case_id.as_str().to_owned()];
        settling::settle(&tx, &case, Whose::These(&concerned)).await?;
        let subject = concerned.first().map(String::as_str);
        let entry = Entry {
            act: "share_set",
            case_id: Some(case_id.as_str()),
            subject,
            by: Some(&by.to_string()),
            detail: json!({ "role": role.map(Role::name), "is_invitation": subject.is_none() }),
            request_id,
        };
        audit::append(&tx, &entry).await?;
        tx.commit().await?;
        Ok(Outcome::Done(()))
    }
}

/// Gives somebody a share by their id, or takes back what they were given by that. What they were given by an address stands beside
/// it from now on, and goes by the address alone.
async fn share_by_id(
    tx: &Transaction<'_>,
    case_id: &CaseId,
    (user, name): (&str, &str),
    role: Option<Role>,
) -> Result<(), StoreError> {
    if role.is_some() {
        by_address::set_beside(tx, case_id, user).await?;
        return settling::share(tx, case_id, (user, name), role, None).await;
    }
    tx.execute(
        "delete from shares where case_id = $1 and user_id = $2 and email is null",
        &[&case_id.as_str(), &user],
    )
    .await?;
    Ok(())
}

/// Whether there is no room for one more. Whoever stands there already by the same id, or the same address, takes none.
async fn is_full(
    tx: &Transaction<'_>,
    case_id: &CaseId,
    with: &SharedWith,
) -> Result<bool, StoreError> {
    let (user, email) = match with {
        SharedWith::User(user) => (Some(user.as_str()), None),
        SharedWith::Email(email) => (None, Some(email.as_str())),
    };
    let row = tx
        .query_one(
            "select (select count(*) from shares where case_id = $1)
                  + (select count(*) from case_invitations where case_id = $1) >= $4
                and not exists (select from shares where case_id = $1 and user_id = $2 and email is null)
                and not exists (select from shares where case_id = $1 and email = $3)
                and not exists (select from case_invitations where case_id = $1 and email = $3)",
            &[&case_id.as_str(), &user, &email, &CASE_SHARES_MAX],
        )
        .await?;
    Ok(row.try_get(0)?)
}

/// Somebody whom the owners of a case see by their id anyway: neither ids of others are tried out here, nor whose an address
/// is.
async fn find_known(
    tx: &Transaction<'_>,
    case_id: &CaseId,
    user: &str,
) -> Result<Option<(String, String)>, StoreError> {
    let row = tx
        .query_opt(
            &format!("select user_id, name from shares where case_id = $1 and user_id = $2 and email is null
             union all
             select u.id::text, u.name from {PLACEMENTS} c join enrolments e on e.class_id = c.class_id
             join users u on u.id = e.user_id where c.case_id = $1 and u.id::text = $2
             limit 1"),
            &[&case_id.as_str(), &user],
        )
        .await?;
    row.map(|row| Ok((row.try_get(0)?, row.try_get(1)?)))
        .transpose()
}
