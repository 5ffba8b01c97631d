//! What the owners of a case or board change of it: what it is called, what it allows, until when it is hidden, and what the students of
//! its class may do on it.
//!
//! The last one stands in the place of the class's default role: for the students of the section alone, where it is a section's, and
//! for nobody else, since tutors annotate and instructors own everywhere. Where nothing is said the class is followed, whatever it says
//! later. It is said of one case and one class. So it is forgotten when the case leaves the class, by a trigger too, since hosts of
//! earlier releases do not know of it; and a copy follows the class that it is made for, as do the cases that sections get of a text:
//! those have neither the state nor the shares of the original either. What a state or a moment leaves of anybody's role is left of
//! this one.

use contract::{CaseId, CaseState, Role};
use deadpool_postgres::Transaction;
use serde::Serialize;
use serde_json::{Value, json};
use time::OffsetDateTime;
use tokio_postgres::Row;
use uuid::Uuid;

use super::{
    Kind, Outcome, Store, StoreError,
    audit::{self, Entry},
    case_states, grants, lock, placing,
    settling::{self, Whose},
};

/// What is to be different of a case or board. What is absent stays.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct CaseChange {
    /// What it is called.
    pub title: Option<String>,
    /// What it allows.
    pub state: Option<CaseState>,
    /// Until when only the owners of a case see it; everybody at once, if that is absent within.
    pub visible_from: Option<Option<OffsetDateTime>>,
    /// What the students of its class may do on it; what the class says, if that is absent within.
    pub class_role: Option<Option<Role>>,
}

/// What the owners of a case or board in a class are told of its students.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Students {
    /// What is said of this one; absent if it follows the class.
    pub class_role: Option<&'static str>,
    /// What the class says.
    pub default_role: &'static str,
}

impl Store {
    /// Changes a case or board. Absent if this person does not own it. Once everybody sees it, it cannot be hidden any more: what was
    /// read cannot be taken back, and whoever is there would be shut out in the middle of a word. Of students is said something only
    /// where there is a class whose they are.
    ///
    /// # Errors
    /// If Postgres fails.
    pub async fn change_case(
        &self,
        (kind, case_id): (Kind, &CaseId),
        by: Uuid,
        change: &CaseChange,
        request_id: &str,
    ) -> Result<Outcome<()>, StoreError> {
        let mut client = self.client().await?;
        let tx = client.transaction().await?;
        lock::name_request(&tx, request_id).await?;
        settling::lock_one(&tx, case_id).await?;
        let may = placing::owns(&tx, case_id, by).await?;
        if !may || !placing::is_there(&tx, kind, case_id).await? {
            return Ok(Outcome::Absent);
        }
        if let Some(title) = &change.title {
            let (table, id) = kind.table();
            let rename = format!("update {table} set title = $2 where {id} = $1");
            tx.execute(&rename, &[&case_id.as_str(), title]).await?;
        }
        if let Some(moment) = change.visible_from {
            match (is_visible(&tx, case_id).await?, moment) {
                (false, _) => placing::hide(&tx, case_id, moment).await?,
                (true, None) => {}
                (true, Some(_)) => {
                    return Ok(Outcome::Conflict("everybody sees the case already"));
                }
            }
        }
        if let Some(state) = change.state {
            case_states::set(&tx, case_id, state).await?;
        }
        let mut changes = Vec::new();
        if change.state.is_some() || change.visible_from.is_some() {
            let visible_from = change.visible_from.flatten();
            let visible_from = visible_from.map(OffsetDateTime::unix_timestamp);
            let state = change.state.map(CaseState::name);
            let detail = json!({ "state": state, "visible_from_s": visible_from });
            changes.push(("case_changed", detail));
        }
        if let Some(role) = change.class_role {
            let Some(class) = class_of(&tx, (kind, case_id)).await? else {
                return Ok(Outcome::Conflict(match kind {
                    Kind::Case => "the case is in no class, whose students could be given a role",
                    Kind::Board => "the board is in no class, whose students could be given a role",
                }));
            };
            if give_students(&tx, (kind, case_id), role).await? {
                let role = role.map(Role::name);
                changes.push(("class_role_set", json!({ "class": class, "role": role })));
            }
        }
        put_on_record(&tx, (case_id, by), changes, request_id).await?;
        tx.commit().await?;
        Ok(Outcome::Done(()))
    }
}

/// What the owners of a case or board are told of its class's students, if it is in a class: of a row with its `class_role` and the
/// class's `default_role`. Nobody else is told, whatever they may do: a student is told their own role.
pub(super) fn students_of(row: &Row, role: Role) -> Result<Option<Students>, StoreError> {
    let default_role: Option<&str> = row.try_get("default_role")?;
    let Some(default_role) = default_role.filter(|_| role == Role::Own) else {
        return Ok(None);
    };
    let class_role: Option<&str> = row.try_get("class_role")?;
    let class_role = class_role.map(grants::role).transpose()?;
    Ok(Some(Students {
        class_role: class_role.map(Role::name),
        default_role: grants::role(default_role)?.name(),
    }))
}

/// Lets the students of its class do this on a case or board, which must be locked and in a class, or what the class says; says whether
/// that is something else than before. What they may is settled also where it is not: a host of an earlier release, which does not know
/// what was said, may have given them what their class says, and whoever says it again means it. Where nothing differs nothing is written.
async fn give_students(
    tx: &Transaction<'_>,
    (kind, case_id): (Kind, &CaseId),
    role: Option<Role>,
) -> Result<bool, StoreError> {
    let (table, id) = kind.table();
    let give = format!(
        "update {table} set class_role = $2::text where {id} = $1 and class_role is distinct from $2::text"
    );
    let role = role.map(Role::name);
    let is_other = tx.execute(&give, &[&case_id.as_str(), &role]).await? > 0;
    let case = [case_id.as_str().to_owned()];
    settling::settle(tx, &case, Whose::Everybody).await?;
    Ok(is_other)
}

/// The class that a case or board is in. It stays there while it is locked.
async fn class_of(
    tx: &Transaction<'_>,
    (kind, case_id): (Kind, &CaseId),
) -> Result<Option<Uuid>, StoreError> {
    let (table, id) = kind.table();
    let class = format!("select class_id from {table} where {id} = $1");
    let row = tx.query_one(&class, &[&case_id.as_str()]).await?;
    Ok(row.try_get(0)?)
}

/// Whether everybody with a role gets in: a case that nobody ever hid is seen.
async fn is_visible(tx: &Transaction<'_>, case_id: &CaseId) -> Result<bool, StoreError> {
    let row = tx
        .query_one(
            "select coalesce(visible_from <= clock_timestamp(), true) from cases where case_id = $1",
            &[&case_id.as_str()],
        )
        .await?;
    Ok(row.try_get(0)?)
}

/// The last statement of a change: what it was, and whose.
async fn put_on_record(
    tx: &Transaction<'_>,
    (case_id, by): (&CaseId, Uuid),
    changes: Vec<(&'static str, Value)>,
    request_id: &str,
) -> Result<(), StoreError> {
    let by = by.to_string();
    let entries: Vec<Entry<'_>> = changes
        .into_iter()
        .map(|(act, detail)| Entry {
            act,
            case_id: Some(case_id.as_str()),
            subject: None,
            by: Some(&by),
            detail,
            request_id,
        })
        .collect();
    audit::append_all(tx, &entries).await
}
