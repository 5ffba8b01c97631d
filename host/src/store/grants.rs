//! Who may do what on a case.
//!
//! Times come from Postgres, whose clock is the same for all hosts. A ticket's time is read under the lock of the row
//! that it is issued by, and a change's under the same lock: whichever came first has the earlier time.

use contract::{CaseId, EdgeOrder, Person, Region, Role};
use deadpool_postgres::Transaction;
use serde_json::json;
use uuid::Uuid;

use super::{
    Store, StoreError,
    audit::{self, Entry},
    case_states, deletion, lock, outbox, personas, private_notes, settling, users,
};
use crate::limits::ADMISSION_LOOKS_MAX;

/// What somebody may do on a case, as it is set.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Grant {
    /// Who.
    pub person: Person,
    /// How much; nothing at all, if absent.
    pub role: Option<Role>,
    /// Where their class is, and so the room is best placed, if it is known.
    pub region: Option<Region>,
}

/// What somebody may do at a moment.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Granted {
    /// As whom they appear on the case: in an anonymous class under another id and name than their account's.
    pub person: Person,
    /// How much.
    pub role: Role,
    /// Where their class is, if it is known.
    pub region: Option<Region>,
    /// The moment, in milliseconds since the Unix epoch.
    pub now_ms: u64,
}

impl Store {
    /// Sets what is given to somebody on a case from now on, besides what they have by their class or by owning it, and orders
    /// the object to know it; answers since when, in milliseconds since the Unix epoch. Absent if the case was deleted, of which
    /// nothing is kept, or if it is somebody's private notes, which are given to nobody.
    ///
    /// # Errors
    /// If Postgres fails, or the id is of the form of an account's and no account's, and holds nothing that could be taken back:
    /// [`StoreError::Nobody`].
    pub async fn set_grant(
        &self,
        case_id: &CaseId,
        grant: &Grant,
        request_id: &str,
    ) -> Result<Option<u64>, StoreError> {
        let mut client = self.client().await?;
        let tx = client.transaction().await?;
        lock::lock_case(&tx, case_id, request_id).await?;
        if deletion::is_deleted(&tx, case_id).await? || private_notes::are(&tx, case_id).await? {
            return Ok(None);
        }
        settling::lock_one(&tx, case_id).await?;
        let (user, name) = (grant.person.user(), grant.person.name());
        // What was given to an id is taken back, whosever that is; hosts of an earlier release gave something to any.
        let is_taken_back = grant.role.is_none() && is_known(&tx, case_id, user).await?;
        if !is_taken_back && !may_be_somebody(&tx, user).await? {
            return Err(StoreError::Nobody);
        }
        let region = grant.region.map(Region::as_str);
        settling::share(&tx, case_id, (user, name), grant.role, region).await?;
        // Of whom nothing was ever said it is known from now on that they were given nothing.
        tx.execute(
            "insert into grants (case_id, user_id, name, changed_at)
             values ($1, $2, $3, date_trunc('milliseconds', clock_timestamp()) - interval '1 millisecond')
             on conflict (case_id, user_id) do nothing",
            &[&case_id.as_str(), &user, &name],
        )
        .await?;
        settling::settle_one(&tx, case_id, user).await?;
        // Whoever says it again means it from now on. The clock never stands still or goes back within a row.
        let row = tx
            .query_one(
                "update grants
                 set changed_at = greatest(date_trunc('milliseconds', clock_timestamp()), changed_at + interval '1 millisecond')
                 where case_id = $1 and user_id = $2
                 returning (extract(epoch from changed_at) * 1000)::bigint",
                &[&case_id.as_str(), &user],
            )
            .await?;
        outbox::enqueue(&tx, case_id, EdgeOrder::Rule).await?;
        let entry = Entry {
            act: "grant_set",
            case_id: Some(case_id.as_str()),
            subject: Some(grant.person.user()),
            by: None,
            detail: json!({ "role": grant.role.map(Role::name), "region": grant.region.map(Region::as_str) }),
            request_id,
        };
        audit::append(&tx, &entry).await?;
        tx.commit().await?;
        millis(row.try_get(0)?).map(Some)
    }

    /// Gives somebody of whom nothing was ever said a role on a case, unless that was deleted, or is somebody's private notes, or
    /// they were erased meanwhile.
    ///
    /// # Errors
    /// If Postgres fails.
    pub async fn introduce(
        &self,
        case_id: &CaseId,
        person: &Person,
        role: Role,
        request_id: &str,
    ) -> Result<(), StoreError> {
        let mut client = self.client().await?;
        let tx = client.transaction().await?;
        let known = tx
            .query_opt(
                "select from grants where case_id = $1 and user_id = $2",
                &[&case_id.as_str(), &person.user()],
            )
            .await?;
        if known.is_some() {
            return Ok(());
        }
        lock::lock_case(&tx, case_id, request_id).await?;
        if deletion::is_deleted(&tx, case_id).await? || private_notes::are(&tx, case_id).await? {
            return Ok(());
        }
        settling::lock_one(&tx, case_id).await?;
        if !may_be_somebody(&tx, person.user()).await? {
            return Ok(());
        }
        // A moment ago: what is issued in this very millisecond must not be void by it.
        let introduced = tx
            .execute(
                "insert into grants (case_id, user_id, name, role, changed_at)
                 values ($1, $2, $3, $4, date_trunc('milliseconds', clock_timestamp()) - interval '1 millisecond')
                 on conflict (case_id, user_id) do nothing",
                &[
                    &case_id.as_str(),
                    &person.user(),
                    &person.name(),
                    &role.name(),
                ],
            )
            .await?;
        if introduced > 0 {
            let (user, name) = (person.user(), person.name());
            settling::share(&tx, case_id, (user, name), Some(role), None).await?;
            let entry = Entry {
                act: "person_introduced",
                case_id: Some(case_id.as_str()),
                subject: Some(user),
                by: None,
                detail: json!({ "role": role.name() }),
                request_id,
            };
            audit::append(&tx, &entry).await?;
        }
        tx.commit().await?;
        Ok(())
    }

    /// The same as [`Store::granted`], for letting somebody in: as whom they appear there is noted to be in use first, so that
    /// nobody who was let in as a persona by this is ever called by their name. An earlier host notes nothing (see `personas`).
    ///
    /// # Errors
    /// If Postgres fails.
    pub async fn admitted(
        &self,
        case_id: &CaseId,
        user: &str,
    ) -> Result<Option<Granted>, StoreError> {
        for _ in 0..ADMISSION_LOOKS_MAX {
            let mut client = self.client().await?;
            let tx = client.transaction().await?;
            let granted = read(&tx, case_id, user).await?;
            let unused = match &granted {
                Some(granted) if granted.person.user() != user => {
                    personas::unused(&tx, &granted.person).await?
                }
                Some(_) | None => None,
            };
            let Some(unused) = unused else {
                tx.commit().await?;
                return Ok(granted);
            };
            // Whoever retires one changes personas before grants: with the grant locked, this would wait for them and they for it.
            tx.rollback().await?;
            personas::note_use(&client, unused).await?;
        }
        Err(StoreError::Inconsistent {
            what: "a grant has a persona that was retired",
        })
    }

    /// What somebody may do on a case at this moment, as far as its state allows it; absent if nothing.
    ///
    /// # Errors
    /// If Postgres fails.
    pub async fn granted(
        &self,
        case_id: &CaseId,
        user: &str,
    ) -> Result<Option<Granted>, StoreError> {
        let mut client = self.client().await?;
        let tx = client.transaction().await?;
        let granted = read(&tx, case_id, user).await?;
        tx.commit().await?;
        Ok(granted)
    }

    /// Whether somebody owns a case, whatever its state leaves of that. Private notes have an author and no owner: there is nothing
    /// of them to lead, to share or to look up.
    ///
    /// # Errors
    /// If Postgres fails.
    pub async fn is_owner(&self, case_id: &CaseId, user: &str) -> Result<bool, StoreError> {
        let client = self.client().await?;
        let statement = client
            .prepare_cached(
                "select exists (select from grants where case_id = $1 and user_id = $2 and role = 'own')
                    and not exists (select from private_notes where document_id = $1)",
            )
            .await?;
        let row = client
            .query_one(&statement, &[&case_id.as_str(), &user])
            .await?;
        Ok(row.try_get(0)?)
    }

    /// Where the room of a case is best placed: where most of those are who may do something. Absent if it is known of
    /// none.
    ///
    /// # Errors
    /// If Postgres fails.
    pub async fn region(&self, case_id: &CaseId) -> Result<Option<Region>, StoreError> {
        let client = self.client().await?;
        let rows = client
            .query(
                "select region from grants where case_id = $1 and role is not null and region is not null
                 group by region order by count(*) desc, region",
                &[&case_id.as_str()],
            )
            .await?;
        for row in &rows {
            if let Some(region) = region(row.try_get("region")?) {
                return Ok(Some(region));
            }
        }
        Ok(None)
    }
}

/// Whether anything was ever said of somebody on a case.
async fn is_known(tx: &Transaction<'_>, case_id: &CaseId, user: &str) -> Result<bool, StoreError> {
    let known = tx
        .query_opt(
            "select from grants where case_id = $1 and user_id = $2
             union all select from shares where case_id = $1 and user_id = $2
             limit 1",
            &[&case_id.as_str(), &user],
        )
        .await?;
    Ok(known.is_some())
}

/// Whether something can be given to an id. Accounts' ids are UUIDs as the host writes them: what is one, however it is written, is
/// that of an account, which then stays until the transaction ends, or nobody's. All others are a program's, which knows
/// whose they are.
async fn may_be_somebody(tx: &Transaction<'_>, user: &str) -> Result<bool, StoreError> {
    match Uuid::try_parse(user) {
        Err(_) => Ok(true),
        Ok(id) => Ok(id.to_string() == user && users::is_somebody(tx, id).await?),
    }
}

/// Reads a grant and, while nobody else can read or change it, the clock.
pub(super) async fn read(
    tx: &Transaction<'_>,
    case_id: &CaseId,
    user: &str,
) -> Result<Option<Granted>, StoreError> {
    let row = tx
        .query_opt(
            "select name, role, region, persona_id::text from grants where case_id = $1 and user_id = $2 and role is not null for update",
            &[&case_id.as_str(), &user],
        )
        .await?;
    let Some(row) = row else {
        return Ok(None);
    };
    // A statement of its own: in the one that waits for the lock the clock may be read before it. Cut and not rounded,
    // as the times of changes are: rounded up, a ticket could seem younger than a change that came after it.
    let clock = tx
        .query_one(
            "select floor(extract(epoch from clock_timestamp()) * 1000)::bigint",
            &[],
        )
        .await?;
    let allowed = case_states::read(tx, case_id).await?;
    let Some(role) = allowed.of(role(row.try_get("role")?)?) else {
        return Ok(None);
    };
    let persona: Option<&str> = row.try_get("persona_id")?;
    let person = Person::new(persona.unwrap_or(user), row.try_get("name")?).map_err(|_| {
        StoreError::Inconsistent {
            what: "a grant is somebody's without a sound name",
        }
    })?;
    Ok(Some(Granted {
        person,
        role,
        region: row.try_get::<_, Option<&str>>("region")?.and_then(region),
        now_ms: millis(clock.try_get(0)?)?,
    }))
}

pub(super) fn role(name: &str) -> Result<Role, StoreError> {
    Role::parse(name).ok_or(StoreError::Inconsistent {
        what: "a role is stored that does not exist",
    })
}

/// What is stored that is no region counts as not known: a host that did not know which there are takes any words for one.
fn region(name: &str) -> Option<Region> {
    Region::parse(name).ok()
}

pub(super) fn millis(stored: i64) -> Result<u64, StoreError> {
    u64::try_from(stored).map_err(|_| StoreError::Inconsistent {
        what: "a time lies before 1970",
    })
}

/// Forgets who may do what on a deleted case, its client tokens, its state, and that it is a board if it is one.
pub(super) async fn erase(tx: &Transaction<'_>, case_id: &CaseId) -> Result<(), StoreError> {
    settling::lock_one(tx, case_id).await?;
    for erase in [
        "delete from grants where case_id = $1",
        "delete from shares where case_id = $1",
        "delete from case_invitations where case_id = $1",
        "delete from client_tokens where case_id = $1",
        "delete from case_states where case_id = $1",
        "delete from boards where board_id = $1",
    ] {
        tx.execute(erase, &[&case_id.as_str()]).await?;
    }
    Ok(())
}
