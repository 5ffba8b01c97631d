//! The states of cases: what each allows, whatever somebody's role is.

use contract::{CaseId, CaseState, EdgeOrder, Role};
use deadpool_postgres::Transaction;
use serde_json::json;

use super::{
    Store, StoreError,
    audit::{self, Entry},
    deletion,
    grants::millis,
    kind::PLACEMENTS,
    lock, outbox,
};

impl Store {
    /// Opens, locks or archives a case, and orders the object to know it; answers since when, in milliseconds since the
    /// Unix epoch. Absent if the case was deleted.
    ///
    /// # Errors
    /// If Postgres fails.
    pub async fn set_case_state(
        &self,
        case_id: &CaseId,
        state: CaseState,
        request_id: &str,
    ) -> Result<Option<u64>, StoreError> {
        let mut client = self.client().await?;
        let tx = client.transaction().await?;
        lock::lock_case(&tx, case_id, request_id).await?;
        if deletion::is_deleted(&tx, case_id).await? {
            return Ok(None);
        }
        let changed_ms = set(&tx, case_id, state).await?;
        let entry = Entry {
            act: "case_state_set",
            case_id: Some(case_id.as_str()),
            subject: None,
            by: None,
            detail: json!({ "state": state.name() }),
            request_id,
        };
        audit::append(&tx, &entry).await?;
        tx.commit().await?;
        Ok(Some(changed_ms))
    }
}

/// Sets the state of a case and gives the order; what it means is for the caller to put on record.
pub(super) async fn set(
    tx: &Transaction<'_>,
    case_id: &CaseId,
    state: CaseState,
) -> Result<u64, StoreError> {
    let row = tx
        .query_one(
            "insert into case_states as s (case_id, state, changed_at)
             values ($1, $2, date_trunc('milliseconds', clock_timestamp()))
             on conflict (case_id) do update set
                state = excluded.state,
                changed_at = greatest(date_trunc('milliseconds', clock_timestamp()),
                                      s.changed_at + interval '1 millisecond')
             returning (extract(epoch from changed_at) * 1000)::bigint",
            &[&case_id.as_str(), &state.name()],
        )
        .await?;
    outbox::enqueue(tx, case_id, EdgeOrder::Rule).await?;
    millis(row.try_get(0)?)
}

/// What a case lets people do at a moment, whatever their role is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Allowed {
    /// The stricter one of its own state and its class's.
    pub(super) state: CaseState,
    /// Whether nobody but its owners gets in yet.
    pub(super) is_hidden: bool,
}

impl Allowed {
    /// What is left of a role.
    pub(super) fn of(self, role: Role) -> Option<Role> {
        if self.is_hidden && role != Role::Own {
            return None;
        }
        Some(self.state.cap(role))
    }
}

/// What a case allows, as it is at this moment.
pub(super) async fn read(tx: &Transaction<'_>, case_id: &CaseId) -> Result<Allowed, StoreError> {
    let row = tx
        .query_one(
            &format!("select s.state, k.state as class_state, coalesce(c.visible_from > clock_timestamp(), false) as is_hidden
             from (values ($1::text)) as asked (case_id)
             left join case_states s on s.case_id = asked.case_id
             left join {PLACEMENTS} c on c.case_id = asked.case_id
             left join classes k on k.id = c.class_id"),
            &[&case_id.as_str()],
        )
        .await?;
    let own = state(row.try_get("state")?)?;
    let of_class = state(row.try_get("class_state")?)?;
    Ok(Allowed {
        state: stricter(own, of_class),
        is_hidden: row.try_get("is_hidden")?,
    })
}

/// The state of that name; of which nobody said anything is open.
pub(super) fn state(name: Option<&str>) -> Result<CaseState, StoreError> {
    let Some(name) = name else {
        return Ok(CaseState::default());
    };
    CaseState::parse(name).ok_or(StoreError::Inconsistent {
        what: "a case or a class is in a state that does not exist",
    })
}

/// The one of two states that allows less.
pub(super) fn stricter(one: CaseState, other: CaseState) -> CaseState {
    let both = [one, other];
    let strictest = [CaseState::Archived, CaseState::Locked];
    let found = strictest.into_iter().find(|state| both.contains(state));
    found.unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn of_two_states_the_one_counts_that_allows_less() {
        use CaseState::{Archived, Locked, Open};
        for (one, other, expected) in [
            (Open, Open, Open),
            (Open, Locked, Locked),
            (Archived, Locked, Archived),
            (Open, Archived, Archived),
        ] {
            assert_eq!(stricter(one, other), expected);
            assert_eq!(stricter(other, one), expected);
        }
    }

    #[test]
    fn a_hidden_case_lets_in_its_owners_alone() {
        let hidden = Allowed {
            state: CaseState::Locked,
            is_hidden: true,
        };
        let left = Role::ALL.map(|role| hidden.of(role));
        assert_eq!(left, [None, None, None, Some(Role::Own)]);
    }
}
