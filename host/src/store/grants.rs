//! Who may do what on a case.
//!
//! Times come from Postgres, whose clock is the same for all hosts. A ticket's time is read under the lock of the row
//! that it is issued by, and a change's under the same lock: whichever came first has the earlier time.

use contract::{CaseId, EdgeOrder, Person, Region, Role};
use deadpool_postgres::Transaction;
use serde_json::json;

use super::{
    Store, StoreError,
    audit::{self, Entry},
    case_states, lock, outbox,
};

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
    /// Who.
    pub person: Person,
    /// How much.
    pub role: Role,
    /// Where their class is, if it is known.
    pub region: Option<Region>,
    /// The moment, in milliseconds since the Unix epoch.
    pub now_ms: u64,
}

impl Store {
    /// Sets what somebody may do on a case from now on, and orders the object to know it; answers since when, in
    /// milliseconds since the Unix epoch.
    ///
    /// # Errors
    /// If Postgres fails.
    pub async fn set_grant(
        &self,
        case_id: &CaseId,
        grant: &Grant,
        request_id: &str,
    ) -> Result<u64, StoreError> {
        let mut client = self.client().await?;
        let tx = client.transaction().await?;
        lock::name_request(&tx, request_id).await?;
        // The clock is read when the row is locked, and never stands still or goes back within a row.
        let row = tx
            .query_one(
                "insert into grants as g (case_id, user_id, name, role, region, changed_at)
                 values ($1, $2, $3, $4, $5, date_trunc('milliseconds', clock_timestamp()))
                 on conflict (case_id, user_id) do update set
                    name = excluded.name, role = excluded.role, region = excluded.region,
                    changed_at = greatest(date_trunc('milliseconds', clock_timestamp()),
                                          g.changed_at + interval '1 millisecond')
                 returning (extract(epoch from changed_at) * 1000)::bigint",
                &[
                    &case_id.as_str(),
                    &grant.person.user(),
                    &grant.person.name(),
                    &grant.role.map(Role::name),
                    &grant.region.map(Region::as_str),
                ],
            )
            .await?;
        outbox::enqueue(&tx, case_id, EdgeOrder::Rule).await?;
        let entry = Entry {
            act: "grant_set",
            case_id: Some(case_id),
            subject: Some(grant.person.user()),
            detail: json!({ "role": grant.role.map(Role::name), "region": grant.region.map(Region::as_str) }),
            request_id,
        };
        audit::append(&tx, &entry).await?;
        tx.commit().await?;
        millis(row.try_get(0)?)
    }

    /// Gives somebody of whom nothing was ever said a role on a case.
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
        lock::name_request(&tx, request_id).await?;
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
            let entry = Entry {
                act: "person_introduced",
                case_id: Some(case_id),
                subject: Some(person.user()),
                detail: json!({ "role": role.name() }),
                request_id,
            };
            audit::append(&tx, &entry).await?;
        }
        tx.commit().await?;
        Ok(())
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

/// Reads a grant and, while nobody else can read or change it, the clock.
pub(super) async fn read(
    tx: &Transaction<'_>,
    case_id: &CaseId,
    user: &str,
) -> Result<Option<Granted>, StoreError> {
    let row = tx
        .query_opt(
            "select name, role, region from grants where case_id = $1 and user_id = $2 and role is not null for update",
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
    let state = case_states::read(tx, case_id).await?;
    let person = Person::new(user, row.try_get("name")?).map_err(|_| StoreError::Inconsistent {
        what: "a grant is somebody's without a sound name",
    })?;
    Ok(Some(Granted {
        person,
        role: state.cap(role(row.try_get("role")?)?),
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

/// Forgets who may do what on a deleted case, its client tokens and its state.
pub(super) async fn erase(tx: &Transaction<'_>, case_id: &CaseId) -> Result<(), StoreError> {
    for erase in [
        "delete from grants where case_id = $1",
        "delete from client_tokens where case_id = $1",
        "delete from case_states where case_id = $1",
    ] {
        tx.execute(erase, &[&case_id.as_str()]).await?;
    }
    Ok(())
}
