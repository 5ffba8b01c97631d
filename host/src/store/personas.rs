//! Personas: as whom people appear on the cases of an anonymous class, and who may know who that is.

use std::collections::{BTreeMap, BTreeSet};

use contract::{CaseId, Person};
use deadpool_postgres::{Object, Transaction};
use uuid::Uuid;

use super::{Store, StoreError};
use crate::persona;

impl Store {
    /// The names of people behind the ids that a case knows of them, if this person is of the staff of its class; absent
    /// otherwise. Empty where everybody goes by their own name.
    ///
    /// # Errors
    /// If Postgres fails.
    pub async fn names(
        &self,
        case_id: &CaseId,
        asking: Uuid,
    ) -> Result<Option<BTreeMap<Uuid, String>>, StoreError> {
        let client = self.client().await?;
        let is_told = client
            .query_opt(
                "select from enrolments e join grants g on g.user_id = e.user_id::text and g.role is not null
                 where e.user_id = $2 and e.role <> 'student' and g.case_id = $1 and e.class_id in (
                    select class_id from cases where case_id = $1 union all select class_id from boards where board_id = $1
                 )",
                &[&case_id.as_str(), &asking],
            )
            .await?;
        if is_told.is_none() {
            return Ok(None);
        }
        let rows = client
            .query(
                "select p.id, u.name from grants g join personas p on p.id = g.persona_id join users u on u.id = p.user_id
                 where g.case_id = $1 and u.erased_at is null",
                &[&case_id.as_str()],
            )
            .await?;
        let names = rows
            .iter()
            .map(|row| Ok((row.try_get(0)?, row.try_get(1)?)));
        names.collect::<Result<_, StoreError>>().map(Some)
    }

    /// As whom somebody appears in a class, if not as themselves.
    ///
    /// # Errors
    /// If Postgres fails.
    pub async fn persona(&self, class: Uuid, user: Uuid) -> Result<Option<String>, StoreError> {
        let client = self.client().await?;
        let row = client
            .query_opt(
                "select name from personas where class_id = $1 and user_id = $2 and retired_at is null",
                &[&class, &user],
            )
            .await?;
        row.map(|row| Ok(row.try_get(0)?)).transpose()
    }
}

/// Whether an anonymous class would find people in a case under their own names who are, or may yet be, its students: whoever
/// ever had a role on it and is not of the class's staff, and whoever was invited, who would come in by their own name. A share by an
/// address counts as such, be it a student's, staff's or nobody's, also once it was taken back: otherwise this would tell whose it is.
pub(super) async fn would_be_named(
    tx: &Transaction<'_>,
    class: Uuid,
    case_id: &CaseId,
) -> Result<bool, StoreError> {
    let named = tx
        .query_opt(
            "select from classes k where k.id = $1 and k.anonymous and (exists (
                select from case_invitations i where i.case_id = $2
                union all
                select from shares s where s.case_id = $2 and s.email is not null
             ) or exists (
                select from cases c where c.case_id = $2 and c.address_withdrawn_at is not null
                union all
                select from boards b where b.board_id = $2 and b.address_withdrawn_at is not null
             ) or exists (
                select from grants g where g.case_id = $2 and not exists (
                    select from enrolments e
                    where e.class_id = k.id and e.role <> 'student' and e.user_id::text = g.user_id
                )
             ))",
            &[&class, &case_id.as_str()],
        )
        .await?;
    Ok(named.is_some())
}

/// Staff who were never let in as somebody else go by their own names, and students do not. An earlier host lets people in and
/// notes no use: what they have written since is asked of the projection, too, which does not show the last seconds.
const CHANGE: &str =
    "update personas p set retired_at = case when e.role = 'student' then null else now() end
    from enrolments e
    where p.class_id = any ($1) and e.class_id = p.class_id and e.user_id = p.user_id
      and (e.role = 'student') = (p.retired_at is not null)
      and (e.role = 'student' or p.used_at is null and not exists (
        select from highlight h join cases c on c.case_id = h.case_id
        where c.class_id = p.class_id and h.author_id = p.id::text
        union all
        select from highlight_comment k join cases c on c.case_id = k.case_id
        where c.class_id = p.class_id and k.author_id = p.id::text
        union all
        select from board_note n join boards b on b.board_id = n.board_id
        where b.class_id = p.class_id and n.author_id = p.id::text
      ))";

/// The persona as whom somebody appears, if nobody was let in as that so far.
pub(super) async fn unused(
    tx: &Transaction<'_>,
    person: &Person,
) -> Result<Option<Uuid>, StoreError> {
    // An account that was not made here has an id of any form, and no persona's.
    let Ok(id) = person.user().parse::<Uuid>() else {
        return Ok(None);
    };
    let row = tx
        .query_opt(
            "select id from personas where id = $1 and used_at is null",
            &[&id],
        )
        .await?;
    row.map(|row| Ok(row.try_get(0)?)).transpose()
}

/// Notes that somebody is let in as a persona, unless it was retired before that.
pub(super) async fn note_use(client: &Object, persona: Uuid) -> Result<(), StoreError> {
    client
        .execute(
            "update personas set used_at = now() where id = $1 and used_at is null and retired_at is null",
            &[&persona],
        )
        .await?;
    Ok(())
}

/// Gives every student of these classes a persona who has none, and lets staff go without who never used theirs. The classes are
/// locked, and what follows is to be settled.
pub(super) async fn give(tx: &Transaction<'_>, classes: &[Uuid]) -> Result<(), StoreError> {
    let without = tx
        .query(
            "select e.class_id, e.user_id from enrolments e join classes k on k.id = e.class_id and k.anonymous
             where e.class_id = any ($1) and e.role = 'student'
               and not exists (select from personas p where p.class_id = e.class_id and p.user_id = e.user_id)",
            &[&classes],
        )
        .await?;
    tx.execute(CHANGE, &[&classes]).await?;
    if without.is_empty() {
        return Ok(());
    }
    let mut taken: BTreeMap<Uuid, BTreeSet<String>> = BTreeMap::new();
    let named = tx
        .query(
            "select class_id, name from personas where class_id = any ($1)",
            &[&classes],
        )
        .await?;
    for row in &named {
        let of_class = taken.entry(row.try_get("class_id")?).or_default();
        of_class.insert(row.try_get("name")?);
    }
    let (mut of, mut users, mut names) = (Vec::new(), Vec::new(), Vec::new());
    for row in &without {
        let class: Uuid = row.try_get("class_id")?;
        let of_class = taken.entry(class).or_default();
        let (random, _) = Uuid::new_v4().as_u64_pair();
        let name = persona::draw(random, of_class);
        of_class.insert(name.clone());
        of.push(class);
        users.push(row.try_get::<_, Uuid>("user_id")?);
        names.push(name);
    }
    tx.execute(
        "insert into personas (class_id, user_id, name, used_at)
         select class_id, user_id, name, null from unnest($1::uuid[], $2::uuid[], $3::text[]) as drawn (class_id, user_id, name)",
        &[&of, &users, &names],
    )
    .await?;
    Ok(())
}
