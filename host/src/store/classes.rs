//! Classes: made, found and changed. Who is in one is in `enrolments`, which cases it has in `placing`.

use contract::{CaseState, Region, Role};
use deadpool_postgres::{GenericClient, Transaction};
use serde::Serialize;
use serde_json::json;
use uuid::Uuid;

use super::{
    ClassRole, Outcome, Store, StoreError,
    audit::{self, Entry},
    enrolments, lock, outbox,
    settling::{self, Whose},
    users,
};
use crate::{invite_code::InviteCode, limits::CLASSES_OWNED_MAX};

/// A class that is to be.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewClass {
    /// What it is called.
    pub name: String,
    /// Where it is, if it is known.
    pub region: Option<Region>,
    /// What its students may do on its cases.
    pub default_role: Role,
    /// Whether its students appear to each other under pseudonyms only; that does not change.
    pub anonymous: bool,
}

/// What is to be different of a class. What is absent stays.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ClassChange {
    /// What it is called.
    pub name: Option<String>,
    /// What its cases allow.
    pub state: Option<CaseState>,
    /// What its students may do on its cases.
    pub default_role: Option<Role>,
}

/// What a list shows of a class.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct ClassHead {
    /// Its id.
    pub id: Uuid,
    /// Its name.
    pub name: String,
    /// What the person who asks is in it.
    pub role: String,
    /// What its cases allow.
    pub state: String,
    /// How many people are in it.
    pub members: i64,
    /// How many cases it has that this person sees.
    pub cases: i64,
}

/// A class as its members see it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Class {
    /// Its id.
    pub id: Uuid,
    /// Its name.
    pub name: String,
    /// What the person who asks is in it.
    pub role: ClassRole,
    /// What its cases allow.
    pub state: CaseState,
    /// What its students may do on its cases.
    pub default_role: Role,
    /// Whether its students appear to each other under pseudonyms only.
    pub anonymous: bool,
    /// How many people are in it.
    pub people: i64,
    /// By which one may join it.
    pub invite_code: Option<String>,
    /// Whether it is the person's own who asks.
    pub is_owner: bool,
}

impl Store {
    /// Whether somebody may make classes: instructors of an institution, by what it says of them or by an operator's word.
    ///
    /// # Errors
    /// If Postgres fails.
    pub async fn may_create_classes(&self, user: Uuid) -> Result<bool, StoreError> {
        let client = self.client().await?;
        may_create(&client, user).await
    }

    /// Makes a class of which this person is the owner. Absent if they may not make any.
    ///
    /// # Errors
    /// If Postgres fails.
    pub async fn create_class(
        &self,
        new: &NewClass,
        owner: Uuid,
        request_id: &str,
    ) -> Result<Outcome<Uuid>, StoreError> {
        let mut client = self.client().await?;
        let tx = client.transaction().await?;
        lock::name_request(&tx, request_id).await?;
        if !users::is_somebody(&tx, owner).await? || !may_create(&tx, owner).await? {
            return Ok(Outcome::Absent);
        }
        // Who makes two at once is counted one after the other.
        let owned = tx
            .query_one(
                "with person as (select from users where id = $1 for no key update)
                 select (select count(*) from person), (select count(*) from classes where owner_id = $1)",
                &[&owner],
            )
            .await?;
        if owned.try_get::<_, i64>(1)? >= CLASSES_OWNED_MAX {
            return Ok(Outcome::Conflict("nobody may make so many classes"));
        }
        let row = tx
            .query_one(
                "insert into classes (name, owner_id, region, default_role, anonymous) values ($1, $2, $3, $4, $5) returning id",
                &[
                    &new.name,
                    &owner,
                    &new.region.map(Region::as_str),
                    &new.default_role.name(),
                    &new.anonymous,
                ],
            )
            .await?;
        let class: Uuid = row.try_get(0)?;
        enrolments::put(&tx, class, &[(owner, ClassRole::Coordinator)]).await?;
        let owner = owner.to_string();
        let entry = Entry {
            act: "class_created",
            case_id: None,
            subject: Some(&owner),
            by: Some(&owner),
            detail: json!({ "class": class, "default_role": new.default_role.name(), "anonymous": new.anonymous }),
            request_id,
        };
        audit::append(&tx, &entry).await?;
        tx.commit().await?;
        Ok(Outcome::Done(class))
    }

    /// The classes that somebody is in, the newest first; archived ones last.
    ///
    /// # Errors
    /// If Postgres fails.
    pub async fn list_classes(&self, user: Uuid) -> Result<Vec<ClassHead>, StoreError> {
        let client = self.client().await?;
        let rows = client
            .query(
                "select k.id, k.name, e.role, k.state,
                        (select count(*) from enrolments m where m.class_id = k.id) as members,
                        (select count(*) from cases c join grants g on g.case_id = c.case_id and g.user_id = $2
                         where c.class_id = k.id and g.role is not null
                           and (g.role = 'own' or c.visible_from is null or c.visible_from <= clock_timestamp())) as cases
                 from enrolments e join classes k on k.id = e.class_id
                 where e.user_id = $1 order by k.state = 'archived', k.created_at desc, k.id",
                &[&user, &user.to_string()],
            )
            .await?;
        rows.iter()
            .map(|row| {
                Ok(ClassHead {
                    id: row.try_get("id")?,
                    name: row.try_get("name")?,
                    role: row.try_get("role")?,
                    state: row.try_get("state")?,
                    members: row.try_get("members")?,
                    cases: row.try_get("cases")?,
                })
            })
            .collect()
    }

    /// A class, if this person is in it.
    ///
    /// # Errors
    /// If Postgres fails.
    pub async fn find_class(&self, class: Uuid, user: Uuid) -> Result<Option<Class>, StoreError> {
        let client = self.client().await?;
        let row = client
            .query_opt(
                "select k.name, k.state, k.default_role, k.invite_code, k.anonymous, e.role, k.owner_id = $2 as is_owner,
                        (select count(*) from enrolments m where m.class_id = k.id) as people
                 from classes k join enrolments e on e.class_id = k.id
                 where k.id = $1 and e.user_id = $2",
                &[&class, &user],
            )
            .await?;
        row.map(|row| {
            Ok(Class {
                id: class,
                name: row.try_get("name")?,
                role: ClassRole::stored(row.try_get("role")?)?,
                state: super::case_states::state(row.try_get("state")?)?,
                default_role: super::grants::role(row.try_get("default_role")?)?,
                anonymous: row.try_get("anonymous")?,
                people: row.try_get("people")?,
                invite_code: row.try_get("invite_code")?,
                is_owner: row.try_get("is_owner")?,
            })
        })
        .transpose()
    }

    /// Changes a class. Absent if this person does not lead it.
    ///
    /// # Errors
    /// If Postgres fails.
    pub async fn change_class(
        &self,
        class: Uuid,
        by: Uuid,
        change: &ClassChange,
        request_id: &str,
    ) -> Result<Outcome<()>, StoreError> {
        let mut client = self.client().await?;
        let tx = client.transaction().await?;
        lock::name_request(&tx, request_id).await?;
        let cases = settling::lock_classes(&tx, &[class], &[]).await?;
        if !enrolments::leads(&tx, class, by).await? {
            return Ok(Outcome::Absent);
        }
        let (state, default_role) = (
            change.state.map(CaseState::name),
            change.default_role.map(Role::name),
        );
        let row = tx
            .query_one(
                "with earlier as (select state, default_role from classes where id = $1)
                 update classes k set
                    name = coalesce($2, k.name),
                    state = coalesce($3, k.state),
                    default_role = coalesce($4, k.default_role),
                    state_changed_at = case when k.state = coalesce($3, k.state) then k.state_changed_at
                        else greatest(date_trunc('milliseconds', clock_timestamp()),
                                      k.state_changed_at + interval '1 millisecond') end
                 from earlier where k.id = $1
                 returning k.state <> earlier.state as is_other_state, k.default_role <> earlier.default_role as is_other_role",
                &[&class, &change.name, &state, &default_role],
            )
            .await?;
        let is_other_state: bool = row.try_get("is_other_state")?;
        let is_other_role: bool = row.try_get("is_other_role")?;
        if is_other_role {
            settling::settle(&tx, &cases, Whose::Everybody).await?;
        }
        if is_other_state {
            outbox::rule_all(&tx, &cases).await?;
        }
        if is_other_state || is_other_role {
            let entry = Entry {
                act: "class_changed",
                case_id: None,
                subject: None,
                by: Some(&by.to_string()),
                detail: json!({ "class": class, "state": state, "default_role": default_role }),
                request_id,
            };
            audit::append(&tx, &entry).await?;
        }
        tx.commit().await?;
        Ok(Outcome::Done(()))
    }

    /// Gives a class this code, in place of the one that it had; none, if absent. Absent if this person does not lead it.
    ///
    /// # Errors
    /// If Postgres fails.
    pub async fn set_invite_code(
        &self,
        class: Uuid,
        by: Uuid,
        code: Option<&InviteCode>,
        request_id: &str,
    ) -> Result<Outcome<()>, StoreError> {
        let mut client = self.client().await?;
        let tx = client.transaction().await?;
        lock::name_request(&tx, request_id).await?;
        tx.query(
            "select from classes where id = $1 for no key update",
            &[&class],
        )
        .await?;
        if !enrolments::leads(&tx, class, by).await? {
            return Ok(Outcome::Absent);
        }
        tx.execute(
            "update classes set invite_code = $2 where id = $1",
            &[&class, &code.map(InviteCode::as_str)],
        )
        .await?;
        let act = if code.is_some() {
            "invite_code_given"
        } else {
            "invite_code_taken"
        };
        let entry = Entry {
            act,
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

async fn may_create(client: &impl GenericClient, user: Uuid) -> Result<bool, StoreError> {
    let row = client
        .query_one(
            "select exists (select from memberships where user_id = $1 and role in ('instructor', 'admin'))",
            &[&user],
        )
        .await?;
    Ok(row.try_get(0)?)
}

/// Whether the students of a class appear to each other under pseudonyms only.
pub(super) async fn is_anonymous(tx: &Transaction<'_>, class: Uuid) -> Result<bool, StoreError> {
    let row = tx
        .query_one(
            "select exists (select from classes where id = $1 and anonymous)",
            &[&class],
        )
        .await?;
    Ok(row.try_get(0)?)
}

/// Whether this transaction may do something to a class in this state: not once it is over.
pub(super) async fn is_archived(tx: &Transaction<'_>, class: Uuid) -> Result<bool, StoreError> {
    let row = tx
        .query_one(
            "select exists (select from classes where id = $1 and state = 'archived')",
            &[&class],
        )
        .await?;
    Ok(row.try_get(0)?)
}
