//! Cases and boards of people who have signed in: which class they are in, and which cases somebody sees. What their owners change of
//! them is in `changing`.

use contract::{CaseId, Role};
use deadpool_postgres::Transaction;
use serde::Serialize;
use serde_json::json;
use time::OffsetDateTime;
use tokio_postgres::Row;
use uuid::Uuid;

use super::{
    CaseHead, Kind, Outcome, Section, Store, StoreError,
    audit::{self, Entry},
    case_states::{self, stricter},
    cases::{self, HEAD},
    changing::{Students, students_of},
    classes, enrolments, grants,
    kind::PLACEMENTS,
    lock, outbox, personas,
    sections::section_of,
    settling::{self, Whose},
};
use crate::limits::{CASES_LISTED_MAX, CLASS_CASES_MAX};

/// A case as somebody sees it who may read it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct SeenCase {
    /// What every list shows of it.
    #[serde(flatten)]
    pub head: CaseHead,
    /// What they may do on it, as its state allows.
    pub role: &'static str,
    /// Whether they own it, whatever its state leaves of that.
    pub owned: bool,
    /// Whether it is theirs to delete: only whoever brought it may.
    pub deletable: bool,
    /// The stricter one of its own state and its class's.
    pub state: &'static str,
    /// The state that it has by itself, whatever its class's is.
    pub own_state: &'static str,
    /// The class that it is in.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub class: Option<Uuid>,
    /// The section of the class whose students see it, if it is not all of them.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub section: Option<Section>,
    /// Until when only its owners see it, in RFC 3339.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub visible_from: Option<String>,
    /// Whether its students appear under pseudonyms, and this person may know who they are.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub names: bool,
    /// What the students of its class may do, for whoever owns it.
    #[serde(flatten)]
    pub students: Option<Students>,
}

impl Store {
    /// The cases that somebody may read, of one class or of all, the newest first.
    ///
    /// # Errors
    /// If Postgres fails.
    pub async fn seen_cases(
        &self,
        user: Uuid,
        class: Option<Uuid>,
    ) -> Result<Vec<SeenCase>, StoreError> {
        self.see(user, class, None).await
    }

    /// One case, if this person may read it.
    ///
    /// # Errors
    /// If Postgres fails.
    pub async fn seen_case(
        &self,
        case_id: &CaseId,
        user: Uuid,
    ) -> Result<Option<SeenCase>, StoreError> {
        let seen = self.see(user, None, Some(case_id)).await?;
        Ok(seen.into_iter().next())
    }

    async fn see(
        &self,
        user: Uuid,
        class: Option<Uuid>,
        case_id: Option<&CaseId>,
    ) -> Result<Vec<SeenCase>, StoreError> {
        let client = self.client().await?;
        let seen = format!(
            "select {HEAD}, g.role, s.state, k.state as class_state, c.class_id, c.class_role, k.default_role,
                    c.owner_id is not distinct from $5 as deletable, c.section_id, d.name as section_name,
                    k.anonymous and exists (
                        select from enrolments e where e.class_id = k.id and e.user_id = $5 and e.role <> 'student'
                    ) as names,
                    to_char(c.visible_from at time zone 'utc', 'YYYY-MM-DD\"T\"HH24:MI:SS.MS\"Z\"') as visible_from
             from grants g join cases c on c.case_id = g.case_id
             left join case_states s on s.case_id = c.case_id
             left join classes k on k.id = c.class_id
             left join sections d on d.id = c.section_id
             where g.user_id = $1 and g.role is not null
               and ($2::uuid is null or c.class_id = $2) and ($3::text is null or c.case_id = $3)
               and (g.role = 'own' or c.visible_from is null or c.visible_from <= clock_timestamp())
             order by c.created_at desc, c.case_id limit $4"
        );
        let one = case_id.map(CaseId::as_str);
        let rows = client
            .query(
                &seen,
                &[&user.to_string(), &class, &one, &CASES_LISTED_MAX, &user],
            )
            .await?;
        rows.iter().map(seen_case).collect()
    }

    /// Whether it is a case that somebody brought, or a board that somebody made.
    ///
    /// # Errors
    /// If Postgres fails.
    pub async fn is_somebodys(&self, case_id: &CaseId) -> Result<bool, StoreError> {
        let client = self.client().await?;
        let there = format!("select exists (select from {PLACEMENTS} c where case_id = $1)");
        let row = client.query_one(&there, &[&case_id.as_str()]).await?;
        Ok(row.try_get(0)?)
    }

    /// Puts a case or board into a class; a case to be seen from then on. Its students may do there what the class says, whatever was
    /// said of those of another one. Absent unless this person owns the one and leads the other.
    ///
    /// # Errors
    /// If Postgres fails.
    pub async fn place_case(
        &self,
        (class, kind, case_id): (Uuid, Kind, &CaseId),
        by: Uuid,
        visible_from: Option<OffsetDateTime>,
        request_id: &str,
    ) -> Result<Outcome<()>, StoreError> {
        let mut client = self.client().await?;
        let tx = client.transaction().await?;
        lock::name_request(&tx, request_id).await?;
        let case = case_id.as_str().to_owned();
        settling::lock_classes(&tx, &[class], std::slice::from_ref(&case)).await?;
        let may = enrolments::leads(&tx, class, by).await? && owns(&tx, case_id, by).await?;
        if !may || !is_there(&tx, kind, case_id).await? {
            return Ok(Outcome::Absent);
        }
        if let Some(why) = no_room(&tx, (kind, 1), class).await? {
            return Ok(Outcome::Conflict(why));
        }
        if personas::would_be_named(&tx, class, case_id).await? {
            return Ok(Outcome::Conflict(match kind {
                Kind::Case => {
                    "in an anonymous class nobody is to be known by what they wrote before: copy the case into it"
                }
                Kind::Board => {
                    "in an anonymous class nobody is to be known by what they wrote before: make a new board for it"
                }
            }));
        }
        if visible_from.is_some() && was_seen(&tx, case_id).await? {
            return Ok(Outcome::Conflict("a class has seen the case already"));
        }
        let (table, id) = kind.table();
        let place = format!(
            "update {table} set class_id = $2, class_role = null, placed_at = date_trunc('milliseconds', clock_timestamp())
             where {id} = $1 and class_id is null"
        );
        if tx.execute(&place, &[&case, &class]).await? == 0 {
            return Ok(Outcome::Conflict(match kind {
                Kind::Case => "the case is in a class already: copy it",
                Kind::Board => "the board is in a class already",
            }));
        }
        if let Some(moment) = visible_from {
            hide(&tx, case_id, Some(moment)).await?;
        }
        settling::settle(&tx, std::slice::from_ref(&case), Whose::Everybody).await?;
        // Nobody's role need have changed: what the class allows counts from now on.
        outbox::rule_all(&tx, std::slice::from_ref(&case)).await?;
        let by = by.to_string();
        let entry = Entry {
            by: Some(&by),
            ..moved("case_placed", class, &case, request_id)
        };
        audit::append(&tx, &entry).await?;
        tx.commit().await?;
        Ok(Outcome::Done(()))
    }

    /// Takes a case or board out of a class. What was said of its students there is forgotten: it was about them. Absent unless this
    /// person leads the class.
    ///
    /// # Errors
    /// If Postgres fails.
    pub async fn withdraw_case(
        &self,
        (class, kind, case_id): (Uuid, Kind, &CaseId),
        by: Uuid,
        request_id: &str,
    ) -> Result<Outcome<()>, StoreError> {
        let mut client = self.client().await?;
        let tx = client.transaction().await?;
        lock::name_request(&tx, request_id).await?;
        let case = case_id.as_str().to_owned();
        settling::lock_classes(&tx, &[class], std::slice::from_ref(&case)).await?;
        if !enrolments::leads(&tx, class, by).await? {
            return Ok(Outcome::Absent);
        }
        if classes::is_anonymous(&tx, class).await? {
            return Ok(Outcome::Conflict(
                "what an anonymous class has stays in it, since its students were promised that: lock it, or delete it",
            ));
        }
        let (table, id) = kind.table();
        let section = match kind {
            Kind::Case => "section_id = null, ",
            Kind::Board => "",
        };
        let withdraw = format!(
            "update {table} set class_id = null, class_role = null, {section}placed_at = date_trunc('milliseconds', clock_timestamp())
             where {id} = $1 and class_id = $2"
        );
        if tx.execute(&withdraw, &[&case, &class]).await? == 0 {
            return Ok(Outcome::Absent);
        }
        settling::settle(&tx, std::slice::from_ref(&case), Whose::Everybody).await?;
        outbox::rule_all(&tx, std::slice::from_ref(&case)).await?;
        let by = by.to_string();
        let entry = Entry {
            by: Some(&by),
            ..moved("case_withdrawn", class, &case, request_id)
        };
        audit::append(&tx, &entry).await?;
        tx.commit().await?;
        Ok(Outcome::Done(()))
    }
}

fn seen_case(row: &Row) -> Result<SeenCase, StoreError> {
    let own = case_states::state(row.try_get("state")?)?;
    let state = stricter(own, case_states::state(row.try_get("class_state")?)?);
    let role = grants::role(row.try_get("role")?)?;
    Ok(SeenCase {
        head: cases::head(row)?,
        role: state.cap(role).name(),
        owned: role == Role::Own,
        deletable: row.try_get("deletable")?,
        state: state.name(),
        own_state: own.name(),
        class: row.try_get("class_id")?,
        section: section_of(row)?,
        visible_from: row.try_get("visible_from")?,
        names: row.try_get::<_, Option<bool>>("names")? == Some(true),
        students: students_of(row, role)?,
    })
}

/// Whether somebody owns a case at this moment, by whichever way. Nobody owns private notes, as [`Store::is_owner`] has it.
pub(super) async fn owns(
    tx: &Transaction<'_>,
    case_id: &CaseId,
    user: Uuid,
) -> Result<bool, StoreError> {
    let row = tx
        .query_one(
            "select exists (select from grants where case_id = $1 and user_id = $2 and role = 'own')
                and not exists (select from private_notes where document_id = $1)",
            &[&case_id.as_str(), &user.to_string()],
        )
        .await?;
    Ok(row.try_get(0)?)
}

/// Why a class takes no such number of further cases, or further boards, if it does not.
pub(super) async fn no_room(
    tx: &Transaction<'_>,
    (kind, further): (Kind, i64),
    class: Uuid,
) -> Result<Option<&'static str>, StoreError> {
    if classes::is_archived(tx, class).await? {
        return Ok(Some("the class is archived"));
    }
    let (table, _) = kind.table();
    let held = format!("select count(*) from {table} where class_id = $1");
    let row = tx.query_one(&held, &[&class]).await?;
    let is_full = row.try_get::<_, i64>(0)? + further > CLASS_CASES_MAX;
    Ok(is_full.then_some(match kind {
        Kind::Case => "the class has as many cases as a class may have",
        Kind::Board => "the class has as many boards as a class may have",
    }))
}

/// Whether there is such a case, or such a board.
pub(super) async fn is_there(
    tx: &Transaction<'_>,
    kind: Kind,
    case_id: &CaseId,
) -> Result<bool, StoreError> {
    let (table, id) = kind.table();
    let there = format!("select from {table} where {id} = $1");
    Ok(tx.query_opt(&there, &[&case_id.as_str()]).await?.is_some())
}

/// Whether a class may have seen a case.
async fn was_seen(tx: &Transaction<'_>, case_id: &CaseId) -> Result<bool, StoreError> {
    let row = tx
        .query_one(
            "select placed_at is not null and coalesce(visible_from <= clock_timestamp(), true) from cases where case_id = $1",
            &[&case_id.as_str()],
        )
        .await?;
    Ok(row.try_get(0)?)
}

/// Hides a case until a moment, or shows it at once. What has been given out to others than its owners is void from now on, and whoever of them is
/// there is shut out.
pub(super) async fn hide(
    tx: &Transaction<'_>,
    case_id: &CaseId,
    until: Option<OffsetDateTime>,
) -> Result<(), StoreError> {
    tx.execute(
        "update cases set visible_from = coalesce($2, date_trunc('milliseconds', clock_timestamp())),
                          hidden_at = greatest(date_trunc('milliseconds', clock_timestamp()),
                                                                 hidden_at + interval '1 millisecond')
         where case_id = $1",
        &[&case_id.as_str(), &until],
    )
    .await?;
    tx.execute(
        "update grants
         set changed_at = greatest(date_trunc('milliseconds', clock_timestamp()), changed_at + interval '1 millisecond')
         where case_id = $1 and role <> 'own'",
        &[&case_id.as_str()],
    )
    .await?;
    outbox::rule_all(tx, &[case_id.as_str().to_owned()]).await
}

fn moved<'a>(act: &'static str, class: Uuid, case_id: &'a str, request_id: &'a str) -> Entry<'a> {
    Entry {
        act,
        case_id: Some(case_id),
        subject: None,
        by: None,
        detail: json!({ "class": class }),
        request_id,
    }
}
