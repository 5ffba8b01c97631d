//! How far the erasing of people has come: in which cases they may have left something, which objects have taken it out, and
//! which of them hold nothing of it here any more.

use std::collections::BTreeSet;

use contract::{CaseId, ErasedPeople, limits::ERASED_PEOPLE_MAX};
use deadpool_postgres::Transaction;
use time::OffsetDateTime;
use uuid::Uuid;

use super::{Store, StoreError, erasing::Left, outbox};
use crate::limits::{ERASURE_CASES_AT_ONCE, ERASURE_GRANTS_KEPT};

/// What is to become of a case.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Fate {
    /// What is theirs is taken out.
    Rewritten,
    /// It was theirs alone.
    Deleted,
}

impl Fate {
    fn name(self) -> &'static str {
        match self {
            Self::Rewritten => "rewritten",
            Self::Deleted => "deleted",
        }
    }
}

/// What an operator sees of an erasure.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ErasureStatus {
    /// Whose: an id that names nobody.
    pub user: String,
    /// By an operator, or by the person.
    pub by_operator: bool,
    /// When it was asked for.
    pub asked_at: OffsetDateTime,
    /// When it came to its end.
    pub finished_at: Option<OffsetDateTime>,
    /// Whether all cases were looked through.
    pub is_all_found: bool,
    /// Cases that are concerned.
    pub cases: i64,
    /// Of these, those whose objects have not said that they have taken everything out.
    pub unconfirmed: i64,
    /// Those of which versions here are still to be rewritten.
    pub unwritten: i64,
    /// Earlier versions that were deleted since they could not be read.
    pub dropped: i64,
}

/// What a look at all cases came to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Looked {
    /// There are more.
    Further,
    /// Nobody's are left.
    Done,
}

/// By an id as text and, if it is one, as a UUID: each part finds its rows by an index.
const KNOWN: &str = "select case_id from (
        select case_id from grants where user_id = $1
        union select case_id from grants where persona_id = $2
        union select case_id from grants where earlier_id = $1
        union select case_id from shares where user_id = $1
        union select case_id from case_invitations where claimed_by = $2
        union select case_id from highlight where author_id = $1
        union select case_id from highlight_comment where author_id = $1
        union select board_id from board_note where author_id = $1
        union select case_id from cases where owner_id = $2
        union select board_id from boards where owner_id = $2
     ) as k where not exists (select from private_notes where document_id = k.case_id)";

/// Where somebody may have left something, as roles and rows know; what only the documents know is looked for later. Their private
/// notes are not among it: those go.
pub(super) async fn known(tx: &Transaction<'_>, user: &str) -> Result<Vec<String>, StoreError> {
    let rows = tx
        .query(KNOWN, &[&user, &Uuid::try_parse(user).ok()])
        .await?;
    Ok(rows
        .iter()
        .map(|row| row.try_get(0))
        .collect::<Result<_, _>>()?)
}

/// Begins with the cases in which somebody is known to have left something. Says which these are.
pub(super) async fn begin(
    tx: &Transaction<'_>,
    user: &str,
    by_operator: bool,
    left: &Left,
    known: Vec<String>,
) -> Result<Vec<String>, StoreError> {
    tx.execute(
        "insert into erasures (user_id, by_operator) values ($1, $2)",
        &[&user, &by_operator],
    )
    .await?;
    let mut known: BTreeSet<String> = known.into_iter().collect();
    known.extend(left.deleted.iter().cloned());
    let cases: Vec<String> = known.into_iter().collect();
    let fates: Vec<&str> = cases
        .iter()
        .map(|case_id| left.fate(case_id).name())
        .collect();
    note(tx, user, &cases, &fates).await?;
    Ok(cases)
}

/// Takes note of cases, and orders their objects to take out what is there. One that was deleted has nothing.
async fn note(
    tx: &Transaction<'_>,
    user: &str,
    cases: &[String],
    fates: &[&str],
) -> Result<(), StoreError> {
    let rows = tx
        .query(
            "insert into erasure_cases (user_id, case_id, fate)
             select $1, case_id, fate from unnest($2::text[], $3::text[]) as n (case_id, fate)
             where not exists (select from annotation_document_state d where d.case_id = n.case_id and d.deleted_at is not null)
             order by case_id on conflict do nothing returning case_id, fate",
            &[&user, &cases, &fates],
        )
        .await?;
    let mut erased: Vec<String> = Vec::new();
    for row in &rows {
        if row.try_get::<_, &str>("fate")? == Fate::Rewritten.name() {
            erased.push(row.try_get("case_id")?);
        }
    }
    outbox::erase_all(tx, &erased).await
}

/// Begins anew with whoever was erased from these cases: something of them may be back. Whether there is anybody.
pub(super) async fn again(tx: &Transaction<'_>, cases: &[String]) -> Result<bool, StoreError> {
    let rows = tx
        .query(
            "with reopened as (
                update erasure_cases set confirmed_at = null, rewritten_at = null
                where case_id = any ($1) and fate = 'rewritten' returning user_id, case_id
             ), unfinished as (
                update erasures set finished_at = null where user_id in (select user_id from reopened)
             )
             select distinct case_id from reopened",
            &[&cases],
        )
        .await?;
    let reopened: Result<Vec<String>, _> = rows.iter().map(|row| row.try_get(0)).collect();
    outbox::erase_all(tx, &reopened?).await?;
    Ok(!rows.is_empty())
}

impl Store {
    /// Who was erased and may have left something in a case, the newest if they are too many to be told at once.
    ///
    /// # Errors
    /// If Postgres fails.
    pub async fn erased_people(&self, case_id: &CaseId) -> Result<ErasedPeople, StoreError> {
        let client = self.client().await?;
        let count_max = i64::try_from(ERASED_PEOPLE_MAX).unwrap_or(i64::MAX);
        let rows = client
            .query(
                "select user_id from erasure_cases where case_id = $1 and fate = 'rewritten'
                 order by confirmed_at is null desc, found_at desc, user_id limit $2",
                &[&case_id.as_str(), &count_max],
            )
            .await?;
        let people: Result<_, _> = rows.iter().map(|row| row.try_get(0)).collect();
        Ok(ErasedPeople(people?))
    }

    /// Takes note that a case's object holds nothing of these people any more.
    ///
    /// # Errors
    /// If Postgres fails; the order is then given once more.
    pub async fn confirm_erasure(
        &self,
        case_id: &CaseId,
        erased: &ErasedPeople,
    ) -> Result<(), StoreError> {
        let client = self.client().await?;
        let people: Vec<&str> = erased.0.iter().map(String::as_str).collect();
        client
            .execute(
                "update erasure_cases set confirmed_at = now()
                 where case_id = $1 and user_id = any ($2) and confirmed_at is null",
                &[&case_id.as_str(), &people],
            )
            .await?;
        Ok(())
    }

    /// Tells an object again who was erased, as one that has lost its storage needs it: until it has heard, it may archive what
    /// somebody's copy still has of them. Whether there is anybody.
    ///
    /// # Errors
    /// If Postgres fails.
    pub async fn erase_again(&self, case_id: &CaseId) -> Result<bool, StoreError> {
        let mut client = self.client().await?;
        let tx = client.transaction().await?;
        let are_any = again(&tx, &[case_id.as_str().to_owned()]).await?;
        tx.commit().await?;
        Ok(are_any)
    }

    /// Looks through so many more cases for what only documents know of those who were erased.
    ///
    /// # Errors
    /// If Postgres fails, or cannot read so much in time.
    pub async fn look_for_erased(&self, count: i64) -> Result<Looked, StoreError> {
        let mut client = self.client().await?;
        let tx = client.transaction().await?;
        let next = tx
            .query_opt(
                "select user_id, looked_through from erasures where all_found_at is null
                 order by asked_at limit 1 for update skip locked",
                &[],
            )
            .await?;
        let Some(next) = next else {
            return Ok(Looked::Done);
        };
        let (user, after): (String, String) = (next.try_get(0)?, next.try_get(1)?);
        // All bytes of some documents are read.
        tx.batch_execute("set local statement_timeout = '120s'")
            .await?;
        let rows = tx.query(LOOK, &[&user, &after, &count]).await?;
        let mut found = Vec::new();
        let mut last = None;
        for row in &rows {
            let case_id: String = row.try_get("case_id")?;
            if row.try_get("holds")? {
                found.push(case_id.clone());
            }
            last = Some(case_id);
        }
        let fates = vec![Fate::Rewritten.name(); found.len()];
        note(&tx, &user, &found, &fates).await?;
        tx.execute(
            "update erasures set looked_through = coalesce($2, looked_through),
                                 all_found_at = case when $2::text is null then now() end
             where user_id = $1",
            &[&user, &last],
        )
        .await?;
        tx.commit().await?;
        Ok(Looked::Further)
    }

    /// Takes the next case that cannot be looked into for one that holds something: if it does not, taking that out is soon done.
    ///
    /// # Errors
    /// If Postgres fails.
    pub async fn suppose_erased(&self) -> Result<Looked, StoreError> {
        let mut client = self.client().await?;
        let tx = client.transaction().await?;
        let next = tx
            .query_opt(
                "select e.user_id, (select min(case_id) from annotation_document_state where case_id > e.looked_through) as case_id
                 from erasures e where all_found_at is null order by asked_at limit 1 for update skip locked",
                &[],
            )
            .await?;
        let Some(next) = next else {
            return Ok(Looked::Done);
        };
        let (user, case_id): (String, Option<String>) = (next.try_get(0)?, next.try_get(1)?);
        if let Some(case_id) = case_id {
            let found = [case_id.clone()];
            note(&tx, &user, &found, &[Fate::Rewritten.name()]).await?;
            tx.execute(
                "update erasures set looked_through = $2 where user_id = $1",
                &[&user, &case_id],
            )
            .await?;
            tx.commit().await?;
        }
        Ok(Looked::Further)
    }

    /// Lets all others have their turn before what could not be done with this case is tried again.
    ///
    /// # Errors
    /// If Postgres fails.
    pub async fn put_off_erasure(&self, case_id: &CaseId) -> Result<(), StoreError> {
        let client = self.client().await?;
        client
            .execute(
                "update erasure_cases set tried_at = clock_timestamp() where case_id = $1",
                &[&case_id.as_str()],
            )
            .await?;
        Ok(())
    }

    /// Cases that were somebody's alone and are still to be deleted.
    ///
    /// # Errors
    /// If Postgres fails.
    pub async fn cases_to_delete(&self) -> Result<Vec<CaseId>, StoreError> {
        self.erasure_cases(
            "select case_id from erasure_cases where fate = 'deleted'
             group by case_id order by max(tried_at) nulls first, case_id limit $1",
        )
        .await
    }

    /// Cases whose objects hold nothing of anybody who was erased, and of which versions here may.
    ///
    /// # Errors
    /// If Postgres fails.
    pub async fn cases_to_rewrite(&self) -> Result<Vec<CaseId>, StoreError> {
        self.erasure_cases(
            "select case_id from erasure_cases where fate = 'rewritten' and rewritten_at is null
             group by case_id having bool_and(confirmed_at is not null)
             order by max(tried_at) nulls first, min(found_at), case_id limit $1",
        )
        .await
    }

    async fn erasure_cases(&self, which: &str) -> Result<Vec<CaseId>, StoreError> {
        let client = self.client().await?;
        let rows = client.query(which, &[&ERASURE_CASES_AT_ONCE]).await?;
        let cases = rows.iter().map(|row| {
            CaseId::parse(row.try_get(0)?).map_err(|_| StoreError::Inconsistent {
                what: "an erasure names no case",
            })
        });
        cases.collect()
    }

    /// Finishes what has come to its end, and forgets roles that nobody's token can refer to any more.
    ///
    /// # Errors
    /// If Postgres fails.
    pub async fn finish_erasures(&self) -> Result<(), StoreError> {
        let client = self.client().await?;
        client
            .execute(
                "update erasures e set finished_at = now()
                 where finished_at is null and all_found_at is not null and not exists (
                    select from erasure_cases c where c.user_id = e.user_id and c.rewritten_at is null
                 ) and not exists (select from private_notes n where n.user_id::text = e.user_id)",
                &[],
            )
            .await?;
        let kept = ERASURE_GRANTS_KEPT.as_secs_f64();
        client
            .execute(
                "delete from grants g using erasures e
                 where g.user_id = e.user_id and g.role is null and e.asked_at < now() - make_interval(secs => $1)",
                &[&kept],
            )
            .await?;
        Ok(())
    }

    /// All erasures, the newest first.
    ///
    /// # Errors
    /// If Postgres fails.
    pub async fn erasures(&self) -> Result<Vec<ErasureStatus>, StoreError> {
        let client = self.client().await?;
        let rows = client
            .query(
                "select e.user_id, e.by_operator, e.asked_at, e.finished_at, e.all_found_at is not null as is_all_found,
                        count(c.case_id) as cases,
                        count(c.case_id) filter (where c.fate = 'rewritten' and c.confirmed_at is null) as unconfirmed,
                        count(c.case_id) filter (where c.rewritten_at is null) as unwritten,
                        coalesce(sum(c.versions_dropped), 0)::bigint as dropped
                 from erasures e left join erasure_cases c on c.user_id = e.user_id
                 group by e.user_id order by e.asked_at desc, e.user_id",
                &[],
            )
            .await?;
        let all = rows.iter().map(|row| {
            Ok(ErasureStatus {
                user: row.try_get("user_id")?,
                by_operator: row.try_get("by_operator")?,
                asked_at: row.try_get("asked_at")?,
                finished_at: row.try_get("finished_at")?,
                is_all_found: row.try_get("is_all_found")?,
                cases: row.try_get("cases")?,
                unconfirmed: row.try_get("unconfirmed")?,
                unwritten: row.try_get("unwritten")?,
                dropped: row.try_get("dropped")?,
            })
        });
        all.collect()
    }
}

/// Documents, earlier versions and what is known of authors hold ids letter by letter.
const LOOK: &str = "with batch as materialized (
    select case_id, crdt_state, attribution from annotation_document_state where case_id > $2 order by case_id limit $3
 )
 select b.case_id,
        coalesce(position(convert_to($1, 'UTF8') in b.crdt_state) > 0, false)
        or coalesce(position(convert_to($1, 'UTF8') in b.attribution) > 0, false)
        or exists (select from snapshot_history h
                   where h.case_id = b.case_id and position(convert_to($1, 'UTF8') in h.crdt_state) > 0)
        or exists (select from snapshot_quarantine q
                   where q.case_id = b.case_id and position(convert_to($1, 'UTF8') in q.crdt_state) > 0) as holds
 from batch b order by b.case_id";
