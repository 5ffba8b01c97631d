//! Who is in which class. Whatever follows on the class's cases is settled in the same transaction.

use deadpool_postgres::Transaction;
use serde::Serialize;
use serde_json::json;
use uuid::Uuid;

use super::{
    ClassRole, Outcome, Store, StoreError,
    audit::{self, Entry},
    lock, personas,
    settling::{self, Whose},
    users,
};
use crate::{invite_code::InviteCode, limits::CLASS_MEMBERS_MAX};

/// Somebody in a class, as its staff see them.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Member {
    /// Their id.
    pub user: Uuid,
    /// The name that others see.
    pub name: String,
    /// Their address, if it is known.
    pub email: Option<String>,
    /// What they are in the class.
    pub role: String,
    /// In which section they are, if in one.
    pub section: Option<Uuid>,
    /// As whom they appear to each other, in an anonymous class.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub persona: Option<String>,
}

/// Somebody who was invited and has not signed in yet.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Invited {
    /// Their address.
    pub email: String,
    /// What they will be.
    pub role: String,
    /// In which section they will be, if in one.
    pub section: Option<Uuid>,
}

impl Store {
    /// Who is in a class, and who was invited, by name. For its staff alone, which is for the caller to have found out.
    ///
    /// # Errors
    /// If Postgres fails.
    pub async fn members(&self, class: Uuid) -> Result<(Vec<Member>, Vec<Invited>), StoreError> {
        let client = self.client().await?;
        let rows = client
            .query(
                "select u.id, u.name, u.email, e.role, e.section_id, p.name as persona
                 from enrolments e join users u on u.id = e.user_id
                 left join personas p on p.class_id = e.class_id and p.user_id = e.user_id and p.retired_at is null
                 where e.class_id = $1 order by lower(u.name), u.id",
                &[&class],
            )
            .await?;
        let members = rows.iter().map(|row| {
            Ok(Member {
                user: row.try_get("id")?,
                name: row.try_get("name")?,
                email: row.try_get("email")?,
                role: row.try_get("role")?,
                section: row.try_get("section_id")?,
                persona: row.try_get("persona")?,
            })
        });
        let members = members.collect::<Result<_, StoreError>>()?;
        let rows = client
            .query(
                "select email, role, section_id from roster_invitations where class_id = $1 order by email",
                &[&class],
            )
            .await?;
        let invited = rows.iter().map(|row| {
            Ok(Invited {
                email: row.try_get("email")?,
                role: row.try_get("role")?,
                section: row.try_get("section_id")?,
            })
        });
        Ok((members, invited.collect::<Result<_, StoreError>>()?))
    }

    /// Lets somebody join the class of a code, as a student; whoever is in it already stays what they are. Says which class
    /// that is; absent if the code is of none, or of one that is over.
    ///
    /// # Errors
    /// If Postgres fails.
    pub async fn join_class(
        &self,
        code: &InviteCode,
        user: Uuid,
        request_id: &str,
    ) -> Result<Outcome<Uuid>, StoreError> {
        let mut client = self.client().await?;
        let tx = client.transaction().await?;
        lock::name_request(&tx, request_id).await?;
        let named = tx
            .query_opt(
                "select id from classes where invite_code = $1",
                &[&code.as_str()],
            )
            .await?;
        let Some(class) = named.map(|row| row.try_get::<_, Uuid>(0)).transpose()? else {
            return Ok(Outcome::Absent);
        };
        let cases = settling::lock_classes(&tx, &[class], &[]).await?;
        if !users::is_somebody(&tx, user).await? {
            return Err(StoreError::Nobody);
        }
        // The code may have been taken back, or the class archived, before the class was locked.
        let still = tx
            .query_opt(
                "select from classes where id = $1 and invite_code = $2 and state <> 'archived'",
                &[&class, &code.as_str()],
            )
            .await?;
        if still.is_none() {
            return Ok(Outcome::Absent);
        }
        if role(&tx, class, user).await?.is_some() {
            return Ok(Outcome::Done(class));
        }
        if count(&tx, class).await? >= CLASS_MEMBERS_MAX {
            return Ok(Outcome::Conflict("the class is full"));
        }
        put(&tx, class, &[(user, ClassRole::Student)]).await?;
        settling::settle(&tx, &cases, Whose::These(&[user.to_string()])).await?;
        let user = user.to_string();
        let entry = Entry {
            by: Some(&user),
            ..enrolled(class, &user, Some(ClassRole::Student), request_id)
        };
        audit::append(&tx, &entry).await?;
        tx.commit().await?;
        Ok(Outcome::Done(class))
    }

    /// Changes what somebody is in a class, or removes them from it, if absent. Whoever leads the class may do it, and anybody
    /// may leave. Its owner stays.
    ///
    /// What somebody who goes was given on single cases of the class goes with them, and so does what makes an owner of
    /// somebody who leads it no longer. Whoever is removed knows the code by which people join: the class gets `next_code` in
    /// its place, if it has one.
    ///
    /// # Errors
    /// If Postgres fails.
    pub async fn set_member(
        &self,
        (class, user): (Uuid, Uuid),
        by: Uuid,
        (wanted, next_code): (Option<ClassRole>, &InviteCode),
        request_id: &str,
    ) -> Result<Outcome<()>, StoreError> {
        let mut client = self.client().await?;
        let tx = client.transaction().await?;
        lock::name_request(&tx, request_id).await?;
        let cases = settling::lock_classes(&tx, &[class], &[]).await?;
        let leaves = user == by && wanted.is_none();
        let may = leaves || leads(&tx, class, by).await?;
        let Some(earlier) = role(&tx, class, user).await?.filter(|_| may) else {
            return Ok(Outcome::Absent);
        };
        if is_owner(&tx, class, user).await? {
            return Ok(Outcome::Conflict("the owner of a class stays in it"));
        }
        if wanted == Some(earlier) {
            return Ok(Outcome::Done(()));
        }
        match wanted {
            Some(role) => put(&tx, class, &[(user, role)]).await?,
            None => {
                tx.execute(
                    "delete from enrolments where class_id = $1 and user_id = $2",
                    &[&class, &user],
                )
                .await?;
                if !leaves {
                    tx.execute(
                        "update classes set invite_code = $2 where id = $1 and invite_code is not null",
                        &[&class, &next_code.as_str()],
                    )
                    .await?;
                }
            }
        }
        if wanted.is_none_or(|role| earlier.leads() && !role.leads()) {
            for goes in [
                "delete from shares where case_id = any ($1) and user_id = $2 and ($3 or role = 'own')",
                "delete from case_invitations where case_id = any ($1) and claimed_by::text = $2 and ($3 or role = 'own')",
            ] {
                tx.execute(goes, &[&cases, &user.to_string(), &wanted.is_none()])
                    .await?;
            }
        }
        settling::settle(&tx, &cases, Whose::These(&[user.to_string()])).await?;
        let (user, by) = (user.to_string(), by.to_string());
        let entry = Entry {
            by: Some(&by),
            ..enrolled(class, &user, wanted, request_id)
        };
        audit::append(&tx, &entry).await?;
        tx.commit().await?;
        Ok(Outcome::Done(()))
    }
}

impl Store {
    /// Hands a class over to somebody who is in it and who coordinates it from then on. Only its owner may, or an operator, for
    /// whom nobody is named. Absent if there is no such class, or its new owner is not in it.
    ///
    /// # Errors
    /// If Postgres fails.
    pub async fn hand_class_over(
        &self,
        (class, to): (Uuid, Uuid),
        by: Option<Uuid>,
        request_id: &str,
    ) -> Result<Outcome<()>, StoreError> {
        let mut client = self.client().await?;
        let tx = client.transaction().await?;
        lock::name_request(&tx, request_id).await?;
        let cases = settling::lock_classes(&tx, &[class], &[]).await?;
        let may = match by {
            Some(by) => is_owner(&tx, class, by).await?,
            None => true,
        };
        if !may || role(&tx, class, to).await?.is_none() {
            return Ok(Outcome::Absent);
        }
        tx.execute(
            "update classes set owner_id = $2 where id = $1",
            &[&class, &to],
        )
        .await?;
        put(&tx, class, &[(to, ClassRole::Coordinator)]).await?;
        let (to, by) = (to.to_string(), by.map(|by| by.to_string()));
        settling::settle(&tx, &cases, Whose::These(std::slice::from_ref(&to))).await?;
        let entry = Entry {
            act: "class_handed_over",
            case_id: None,
            subject: Some(&to),
            by: by.as_deref(),
            detail: json!({ "class": class }),
            request_id,
        };
        audit::append(&tx, &entry).await?;
        tx.commit().await?;
        Ok(Outcome::Done(()))
    }

    /// Takes an invitation to a class back that nobody has taken up. Whoever leads the class may do it; absent if there is none.
    ///
    /// # Errors
    /// If Postgres fails.
    pub async fn take_back_invitation(
        &self,
        (class, email): (Uuid, &str),
        by: Uuid,
        request_id: &str,
    ) -> Result<Outcome<()>, StoreError> {
        let mut client = self.client().await?;
        let tx = client.transaction().await?;
        lock::name_request(&tx, request_id).await?;
        settling::lock_classes(&tx, &[class], &[]).await?;
        if !leads(&tx, class, by).await? {
            return Ok(Outcome::Absent);
        }
        let taken = tx
            .execute(
                "delete from roster_invitations where class_id = $1 and email = $2",
                &[&class, &email],
            )
            .await?;
        if taken == 0 {
            return Ok(Outcome::Absent);
        }
        let entry = Entry {
            act: "invitation_taken_back",
            case_id: None,
            subject: None,
            by: Some(&by.to_string()),
            detail: json!({ "class": class }),
            request_id,
        };
        audit::append(&tx, &entry).await?;
        tx.commit().await?;
        Ok(Outcome::Done(()))
    }
}

/// The entry of the audit log for what somebody has become in a class.
pub(super) fn enrolled<'a>(
    class: Uuid,
    user: &'a str,
    role: Option<ClassRole>,
    request_id: &'a str,
) -> Entry<'a> {
    Entry {
        act: "enrolment_set",
        case_id: None,
        subject: Some(user),
        by: None,
        detail: json!({ "class": class, "role": role.map(ClassRole::name) }),
        request_id,
    }
}

/// Makes people be this in a class, whatever they were. In an anonymous one its students get a persona.
pub(super) async fn put(
    tx: &Transaction<'_>,
    class: Uuid,
    people: &[(Uuid, ClassRole)],
) -> Result<(), StoreError> {
    let users: Vec<Uuid> = people.iter().map(|(user, _)| *user).collect();
    let roles: Vec<&str> = people.iter().map(|(_, role)| role.name()).collect();
    tx.execute(
        "insert into enrolments (class_id, user_id, role)
         select $1, * from unnest($2::uuid[], $3::text[])
         on conflict (class_id, user_id) do update set role = excluded.role",
        &[&class, &users, &roles],
    )
    .await?;
    personas::give(tx, &[class]).await
}

/// What somebody is in a class, if they are in it.
pub(super) async fn role(
    tx: &Transaction<'_>,
    class: Uuid,
    user: Uuid,
) -> Result<Option<ClassRole>, StoreError> {
    let row = tx
        .query_opt(
            "select role from enrolments where class_id = $1 and user_id = $2",
            &[&class, &user],
        )
        .await?;
    row.map(|row| ClassRole::stored(row.try_get(0)?))
        .transpose()
}

/// Whether somebody leads a class.
pub(super) async fn leads(
    tx: &Transaction<'_>,
    class: Uuid,
    user: Uuid,
) -> Result<bool, StoreError> {
    let role = role(tx, class, user).await?;
    Ok(role.is_some_and(ClassRole::leads))
}

/// Whether a class is this person's.
pub(super) async fn is_owner(
    tx: &Transaction<'_>,
    class: Uuid,
    user: Uuid,
) -> Result<bool, StoreError> {
    let row = tx
        .query_one(
            "select exists (select from classes where id = $1 and owner_id = $2)",
            &[&class, &user],
        )
        .await?;
    Ok(row.try_get(0)?)
}

/// How many people are in a class or were invited to it.
pub(super) async fn count(tx: &Transaction<'_>, class: Uuid) -> Result<usize, StoreError> {
    let row = tx
        .query_one(
            "select (select count(*) from enrolments where class_id = $1)
                  + (select count(*) from roster_invitations where class_id = $1)",
            &[&class],
        )
        .await?;
    let count: i64 = row.try_get(0)?;
    Ok(usize::try_from(count).unwrap_or(usize::MAX))
}
