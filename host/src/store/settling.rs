//! Settling: what everybody may do on a case follows from what was given to them, from their classes and from who owns the
//! case. It is worked out in the transaction that changes one of these, and is in `grants`, where tickets and rulings look.
//!
//! Whoever changes a source locks the cases first, in one order, then changes, then settles: a statement that follows the
//! lock sees what others have committed under it. A person's role is the highest of their sources. What stays as it was is
//! not written, so that nobody's tokens become void by it.

use contract::{CaseId, Role};
use deadpool_postgres::Transaction;
use uuid::Uuid;

use super::{Store, StoreError, private_notes};

/// Whose roles may have changed.
#[derive(Clone, Copy, Debug)]
pub(super) enum Whose<'a> {
    /// Everybody's.
    Everybody,
    /// These people's.
    These(&'a [String]),
}

/// Keeps all others from changing who may do what on these cases until the transaction ends.
pub(super) async fn lock(tx: &Transaction<'_>, cases: &[String]) -> Result<(), StoreError> {
    let statement = tx
        .prepare_cached(
            "select pg_advisory_xact_lock(key) from (
                select distinct hashtextextended('glossator settles ' || case_id, 0) as key from unnest($1::text[]) as case_id
                order by key offset 0
             ) as keys",
        )
        .await?;
    tx.query(&statement, &[&cases]).await?;
    // What this transaction writes to `grants` was settled, and is no gift.
    tx.batch_execute("set local glossator.settles = 'yes'")
        .await?;
    Ok(())
}

/// The same for one case.
pub(super) async fn lock_one(tx: &Transaction<'_>, case_id: &CaseId) -> Result<(), StoreError> {
    lock(tx, &[case_id.as_str().to_owned()]).await
}

/// Locks classes, what follows from them on their cases, and these cases besides, in one order; says which cases the classes
/// have. Until the transaction ends no case comes to one of them or leaves it.
pub(super) async fn lock_classes(
    tx: &Transaction<'_>,
    classes: &[Uuid],
    besides: &[String],
) -> Result<Vec<String>, StoreError> {
    tx.query(
        "select from classes where id = any ($1) order by id for no key update",
        &[&classes],
    )
    .await?;
    let rows = tx
        .query(
            "select case_id from cases where class_id = any ($1)
             union all select board_id from boards where class_id = any ($1)",
            &[&classes],
        )
        .await?;
    let cases: Result<Vec<String>, _> = rows.iter().map(|row| row.try_get(0)).collect();
    let cases = cases?;
    lock(tx, &[cases.as_slice(), besides].concat()).await?;
    Ok(cases)
}

/// What follows from the sources, what is in `grants`, and where they differ: the first is worked out, the last is written.
/// Of private notes stays what it is: that follows from the case, in a statement of its own.
/// As whom somebody appears is looked up row by row: a planner that takes a class for small, as it does before it has counted, would
/// compare everybody with everybody.
/// Students have what is said of this case or board, or else what their class says of all that it has.
/// A row that was never there voids no token: its time lies a moment back, so that a ticket of this very millisecond is good.
const SETTLE: &str = "with placed as (
    select c.case_id, c.class_id, c.owner_id, c.section_id, c.class_role, k.anonymous
    from (
        select case_id, class_id, owner_id, section_id, class_role from cases where case_id = any ($1)
        union all
        select board_id, class_id, owner_id, null, class_role from boards where board_id = any ($1)
    ) as c left join classes k on k.id = c.class_id
), sources as (
    select case_id, user_id, name, role, region from shares
    where case_id = any ($1) and ($2::text[] is null or user_id = any ($2))
    union all
    select case_id, claimed_by::text, null, role, null from case_invitations
    where case_id = any ($1) and claimed_by is not null and ($2::text[] is null or claimed_by::text = any ($2))
    union all
    select p.case_id, e.user_id::text, null,
           case e.role when 'student' then coalesce(p.class_role, k.default_role) when 'tutor' then 'annotate' else 'own' end,
           k.region
    from placed p join classes k on k.id = p.class_id join enrolments e on e.class_id = k.id
    where ($2::text[] is null or e.user_id::text = any ($2))
      and (e.role <> 'student' or p.section_id is null or p.section_id = e.section_id)
    union all
    select p.case_id, p.owner_id::text, null, 'own', k.region
    from placed p left join classes k on k.id = p.class_id
    where p.owner_id is not null and ($2::text[] is null or p.owner_id::text = any ($2))
    union all
    select g.case_id, g.user_id, null, g.role, g.region from private_notes n join grants g on g.case_id = n.document_id
    where n.document_id = any ($1) and ($2::text[] is null or g.user_id = any ($2))
), wanted as (
    select case_id, user_id, max(name) as name, min(region) as region,
           (array['read', 'comment', 'annotate', 'own'])
               [max(array_position(array['read', 'comment', 'annotate', 'own'], role))] as role
    from sources group by case_id, user_id
), held as (
    select case_id, user_id, name, role, region, persona_id from grants
    where case_id = any ($1) and ($2::text[] is null or user_id = any ($2))
), joined as materialized (
    select coalesce(w.case_id, h.case_id) as case_id, coalesce(w.user_id, h.user_id) as user_id,
           case when coalesce(w.user_id, h.user_id) ~ '^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$'
                then coalesce(w.user_id, h.user_id)::uuid end as account,
           coalesce(w.name, h.name) as name, w.role, case when w.case_id is null then h.region else w.region end as region,
           h.name as old_name, h.role as old_role, h.region as old_region, h.persona_id as old_persona
    from wanted w full join held h on h.case_id = w.case_id and h.user_id = w.user_id
), settled as (
    select j.case_id, j.user_id, j.region, j.old_name, j.old_role, j.old_region, j.old_persona,
           coalesce(m.name, u.name, j.name) as name, m.id as persona_id,
           case when j.role = 'own' and p.anonymous and coalesce(e.role, 'student') = 'student' then 'annotate' else j.role end
               as role
    from joined j left join placed p on p.case_id = j.case_id
    left join users u on u.id = j.account and u.erased_at is null
    left join lateral (
        select id, name from personas
        where p.anonymous and class_id = p.class_id and user_id = j.account and retired_at is null limit 1
    ) as m on true
    left join lateral (
        select role from enrolments where p.anonymous and class_id = p.class_id and user_id = j.account limit 1
    ) as e on true
), changed as materialized (
    select *, (role, persona_id) is distinct from (old_role, old_persona) as is_ruled from settled
    where (name, role, region, persona_id) is distinct from (old_name, old_role, old_region, old_persona)
), written as (
    insert into grants as g (case_id, user_id, name, role, region, persona_id, changed_at)
    select case_id, user_id, name, role, region, persona_id,
           date_trunc('milliseconds', clock_timestamp()) - interval '1 millisecond'
    from changed order by case_id, user_id
    on conflict (case_id, user_id) do update set
        name = excluded.name, role = excluded.role, region = excluded.region, persona_id = excluded.persona_id,
        changed_at = case
            when (g.role, g.persona_id) is not distinct from (excluded.role, excluded.persona_id) then g.changed_at
            else greatest(date_trunc('milliseconds', clock_timestamp()), g.changed_at + interval '1 millisecond') end,
        earlier_id = case when g.persona_id is not distinct from excluded.persona_id then g.earlier_id
            else coalesce(g.persona_id::text, g.user_id) end,
        renamed_at = case when g.persona_id is not distinct from excluded.persona_id then g.renamed_at
            else greatest(date_trunc('milliseconds', clock_timestamp()), g.changed_at + interval '1 millisecond') end
), ordered as (
    insert into outbox as o (case_id, \"order\")
    select distinct case_id, 'rule' from changed where is_ruled order by case_id
    on conflict (case_id, \"order\") do update
    set revision = o.revision + 1, attempts = 0, next_attempt_at = now()
)
select count(*) filter (where role is distinct from old_role) from changed";

/// Settles these people's roles on these cases, which must be locked, and orders their objects to know what has changed.
/// Says how many roles that are.
pub(super) async fn settle(
    tx: &Transaction<'_>,
    cases: &[String],
    whose: Whose<'_>,
) -> Result<i64, StoreError> {
    let people = match whose {
        Whose::Everybody => None,
        Whose::These(people) => Some(people),
    };
    let settled = tx.query_one(SETTLE, &[&cases, &people]).await?;
    private_notes::settle(tx, cases, people).await?;
    Ok(settled.try_get(0)?)
}

/// Settles one person's role on one case, which must be locked.
pub(super) async fn settle_one(
    tx: &Transaction<'_>,
    case_id: &CaseId,
    user: &str,
) -> Result<i64, StoreError> {
    let people = [user.to_owned()];
    settle(tx, &[case_id.as_str().to_owned()], Whose::These(&people)).await
}

/// Gives somebody a role on a case of their own, besides what they have by other ways; if absent, takes back whatever they were given.
/// The case must be locked, and settled afterwards.
pub(super) async fn share(
    tx: &Transaction<'_>,
    case_id: &CaseId,
    (user, name): (&str, &str),
    role: Option<Role>,
    region: Option<&str>,
) -> Result<(), StoreError> {
    let Some(role) = role else {
        for goes in [
            "delete from shares where case_id = $1 and user_id = $2",
            "delete from case_invitations where case_id = $1 and claimed_by::text = $2",
        ] {
            tx.execute(goes, &[&case_id.as_str(), &user]).await?;
        }
        return Ok(());
    };
    tx.execute(
        "insert into shares as s (case_id, user_id, name, role, region) values ($1, $2, $3, $4, $5)
         on conflict (case_id, user_id) do update
         set name = excluded.name, role = excluded.role, region = excluded.region",
        &[&case_id.as_str(), &user, &name, &role.name(), &region],
    )
    .await?;
    Ok(())
}

/// Makes void whatever somebody's pages have shown so far, on every case: a page that is open comes back, and gets in by a
/// session that has not ended or not at all. Client tokens stay, for they hang on no session.
pub(super) async fn void_tickets(tx: &Transaction<'_>, user: Uuid) -> Result<(), StoreError> {
    let user = user.to_string();
    let rows = tx
        .query(
            "select case_id from grants where user_id = $1 and role is not null",
            &[&user],
        )
        .await?;
    let cases: Result<Vec<String>, _> = rows.iter().map(|row| row.try_get(0)).collect();
    let cases = cases?;
    lock(tx, &cases).await?;
    tx.execute(
        "with voided as (
            update grants set changed_at = greatest(date_trunc('milliseconds', clock_timestamp()), changed_at + interval '1 millisecond')
            where user_id = $1 and role is not null and case_id = any ($2)
            returning case_id
         )
         insert into outbox as o (case_id, \"order\") select case_id, 'rule' from voided order by case_id
         on conflict (case_id, \"order\") do update
         set revision = o.revision + 1, attempts = 0, next_attempt_at = now()",
        &[&user, &cases],
    )
    .await?;
    Ok(())
}

impl Store {
    /// Settles what somebody may do everywhere, as after a change of their name.
    ///
    /// # Errors
    /// If Postgres fails.
    pub async fn settle_user(&self, user: Uuid) -> Result<(), StoreError> {
        let mut client = self.client().await?;
        let tx = client.transaction().await?;
        let user = user.to_string();
        let rows = tx
            .query(
                "select case_id from grants where user_id = $1
                 and not exists (select from private_notes where document_id = case_id)",
                &[&user],
            )
            .await?;
        let cases: Result<Vec<String>, _> = rows.iter().map(|row| row.try_get(0)).collect();
        let cases = cases?;
        lock(&tx, &cases).await?;
        settle(&tx, &cases, Whose::These(&[user])).await?;
        tx.commit().await?;
        Ok(())
    }
}
