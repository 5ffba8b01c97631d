//! Sections of a class, and who is in which. Cases of sections are made in `dividing`.

use deadpool_postgres::Transaction;
use serde::Serialize;
use serde_json::json;
use tokio_postgres::Row;
use uuid::Uuid;

use super::{
    Outcome, Store, StoreError,
    audit::{self, Entry},
    enrolments, lock,
    settling::{self, Whose},
};
use crate::limits::CLASS_SECTIONS_MAX;

/// A section of a class.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Section {
    /// Its id.
    pub id: Uuid,
    /// Its name, of which there is one in the class, however it is spelt.
    pub name: String,
}

const NAME_TAKEN: &str = "the class has a section of that name";

impl Store {
    /// The sections of a class in the order in which they were made. For its staff alone, which is for the caller to have
    /// found out.
    ///
    /// # Errors
    /// If Postgres fails.
    pub async fn sections(&self, class: Uuid) -> Result<Vec<Section>, StoreError> {
        let mut client = self.client().await?;
        let tx = client.transaction().await?;
        list(&tx, class).await
    }

    /// Makes a section. Absent if this person does not lead the class.
    ///
    /// # Errors
    /// If Postgres fails.
    pub async fn create_section(
        &self,
        class: Uuid,
        by: Uuid,
        name: &str,
        request_id: &str,
    ) -> Result<Outcome<Uuid>, StoreError> {
        let mut client = self.client().await?;
        let tx = client.transaction().await?;
        lock::name_request(&tx, request_id).await?;
        settling::lock_classes(&tx, &[class], &[]).await?;
        if !enrolments::leads(&tx, class, by).await? {
            return Ok(Outcome::Absent);
        }
        if list(&tx, class).await?.len() >= CLASS_SECTIONS_MAX {
            return Ok(Outcome::Conflict(
                "the class has as many sections as a class may have",
            ));
        }
        let Some(section) = insert(&tx, class, name).await? else {
            return Ok(Outcome::Conflict(NAME_TAKEN));
        };
        let detail = json!({ "class": class, "section": section });
        append(&tx, ("section_created", None), by, detail, request_id).await?;
        tx.commit().await?;
        Ok(Outcome::Done(section))
    }

    /// Gives a section another name. Absent if this person does not lead the class, or it has no such section.
    ///
    /// # Errors
    /// If Postgres fails.
    pub async fn rename_section(
        &self,
        (class, section): (Uuid, Uuid),
        by: Uuid,
        name: &str,
        request_id: &str,
    ) -> Result<Outcome<()>, StoreError> {
        let mut client = self.client().await?;
        let tx = client.transaction().await?;
        lock::name_request(&tx, request_id).await?;
        settling::lock_classes(&tx, &[class], &[]).await?;
        if !enrolments::leads(&tx, class, by).await? || !is_of(&tx, class, section).await? {
            return Ok(Outcome::Absent);
        }
        let renamed = tx
            .execute(
                "update sections s set name = $3 where id = $2 and not exists (
                    select from sections o where o.class_id = $1 and o.id <> s.id and lower(o.name) = lower($3)
                 )",
                &[&class, &section, &name],
            )
            .await?;
        if renamed == 0 {
            return Ok(Outcome::Conflict(NAME_TAKEN));
        }
        tx.commit().await?;
        Ok(Outcome::Done(()))
    }

    /// Removes a section that has no case; who was in it is in none then. Absent if this person does not lead the class, or
    /// it has no such section.
    ///
    /// # Errors
    /// If Postgres fails.
    pub async fn remove_section(
        &self,
        (class, section): (Uuid, Uuid),
        by: Uuid,
        request_id: &str,
    ) -> Result<Outcome<()>, StoreError> {
        let mut client = self.client().await?;
        let tx = client.transaction().await?;
        lock::name_request(&tx, request_id).await?;
        settling::lock_classes(&tx, &[class], &[]).await?;
        if !enrolments::leads(&tx, class, by).await? || !is_of(&tx, class, section).await? {
            return Ok(Outcome::Absent);
        }
        // Without a case of its own, nobody's role follows from it.
        let removed = tx
            .execute(
                "delete from sections s where id = $1 and not exists (select from cases c where c.section_id = s.id)",
                &[&section],
            )
            .await?;
        if removed == 0 {
            return Ok(Outcome::Conflict(
                "the section has cases: take them out of the class first",
            ));
        }
        let detail = json!({ "class": class, "section": section });
        append(&tx, ("section_removed", None), by, detail, request_id).await?;
        tx.commit().await?;
        Ok(Outcome::Done(()))
    }

    /// Puts somebody into a section, or into none, if absent. Absent if this person does not lead the class, the other is not
    /// in it, or it has no such section.
    ///
    /// # Errors
    /// If Postgres fails.
    pub async fn set_section(
        &self,
        (class, user): (Uuid, Uuid),
        by: Uuid,
        section: Option<Uuid>,
        request_id: &str,
    ) -> Result<Outcome<()>, StoreError> {
        let mut client = self.client().await?;
        let tx = client.transaction().await?;
        lock::name_request(&tx, request_id).await?;
        let cases = settling::lock_classes(&tx, &[class], &[]).await?;
        let may = enrolments::leads(&tx, class, by).await?
            && enrolments::role(&tx, class, user).await?.is_some();
        let is_there = match section {
            None => true,
            Some(section) => is_of(&tx, class, section).await?,
        };
        if !may || !is_there {
            return Ok(Outcome::Absent);
        }
        let moved = put(&tx, class, &[(user, section)]).await?;
        if moved.is_empty() {
            return Ok(Outcome::Done(()));
        }
        let user = user.to_string();
        settling::settle(&tx, &cases, Whose::These(std::slice::from_ref(&user))).await?;
        let detail = json!({ "class": class, "section": section });
        append(&tx, ("section_set", Some(&user)), by, detail, request_id).await?;
        tx.commit().await?;
        Ok(Outcome::Done(()))
    }

    /// Deals the students who are in no section out to the sections, the smallest first, whoever was invited as well; who comes
    /// where is drawn by lot. Says how many there were. Absent if this person does not lead the class.
    ///
    /// # Errors
    /// If Postgres fails.
    pub async fn distribute(
        &self,
        class: Uuid,
        by: Uuid,
        request_id: &str,
    ) -> Result<Outcome<usize>, StoreError> {
        let mut client = self.client().await?;
        let tx = client.transaction().await?;
        lock::name_request(&tx, request_id).await?;
        let cases = settling::lock_classes(&tx, &[class], &[]).await?;
        if !enrolments::leads(&tx, class, by).await? {
            return Ok(Outcome::Absent);
        }
        let mut sizes = sizes(&tx, class).await?;
        if sizes.is_empty() {
            return Ok(Outcome::Conflict("the class has no sections"));
        }
        let waiting = tx
            .query(
                "select * from (
                    select user_id, null as email from enrolments
                    where class_id = $1 and section_id is null and role = 'student'
                    union all
                    select null, email from roster_invitations
                    where class_id = $1 and section_id is null and role = 'student'
                 ) as waiting order by random()",
                &[&class],
            )
            .await?;
        let (mut people, mut invited) = (Vec::new(), Vec::new());
        for row in &waiting {
            let Some((size, section)) = sizes.iter_mut().min_by_key(|(size, _)| *size) else {
                break;
            };
            *size += 1;
            match row.try_get::<_, Option<Uuid>>("user_id")? {
                Some(user) => people.push((user, Some(*section))),
                None => invited.push((row.try_get("email")?, Some(*section))),
            }
        }
        put(&tx, class, &people).await?;
        invite(&tx, class, &invited).await?;
        let people: Vec<String> = people.iter().map(|(user, _)| user.to_string()).collect();
        settling::settle(&tx, &cases, Whose::These(&people)).await?;
        let detail = json!({ "class": class, "people": people.len(), "invited": invited.len() });
        append(&tx, ("sections_dealt", None), by, detail, request_id).await?;
        tx.commit().await?;
        Ok(Outcome::Done(waiting.len()))
    }
}

/// How many students each section has, those who were invited included, in the order of the sections.
async fn sizes(tx: &Transaction<'_>, class: Uuid) -> Result<Vec<(i64, Uuid)>, StoreError> {
    let rows = tx
        .query(
            "select s.id,
                    (select count(*) from enrolments e where e.section_id = s.id and e.role = 'student')
                  + (select count(*) from roster_invitations i where i.section_id = s.id and i.role = 'student') as size
             from sections s where s.class_id = $1 order by s.created_at, s.id",
            &[&class],
        )
        .await?;
    let sizes = rows
        .iter()
        .map(|row| Ok((row.try_get("size")?, row.try_get("id")?)));
    sizes.collect()
}

/// The sections of a class in the order in which they were made.
pub(super) async fn list(tx: &Transaction<'_>, class: Uuid) -> Result<Vec<Section>, StoreError> {
    let rows = tx
        .query(
            "select id, name from sections where class_id = $1 order by created_at, id",
            &[&class],
        )
        .await?;
    let sections = rows.iter().map(|row| {
        Ok(Section {
            id: row.try_get("id")?,
            name: row.try_get("name")?,
        })
    });
    sections.collect()
}

/// Makes a section, unless the class has one of that name.
pub(super) async fn insert(
    tx: &Transaction<'_>,
    class: Uuid,
    name: &str,
) -> Result<Option<Uuid>, StoreError> {
    let row = tx
        .query_opt(
            "insert into sections (class_id, name) values ($1, $2)
             on conflict (class_id, lower(name)) do nothing returning id",
            &[&class, &name],
        )
        .await?;
    row.map(|row| Ok(row.try_get(0)?)).transpose()
}

/// Puts members of a class into sections of it, and says who was not there before.
pub(super) async fn put(
    tx: &Transaction<'_>,
    class: Uuid,
    people: &[(Uuid, Option<Uuid>)],
) -> Result<Vec<Uuid>, StoreError> {
    let (users, sections): (Vec<Uuid>, Vec<Option<Uuid>>) = people.iter().copied().unzip();
    let rows = tx
        .query(
            "update enrolments e set section_id = w.section_id from unnest($2::uuid[], $3::uuid[]) as w (user_id, section_id)
             where e.class_id = $1 and e.user_id = w.user_id and e.section_id is distinct from w.section_id
             returning e.user_id",
            &[&class, &users, &sections],
        )
        .await?;
    let moved = rows.iter().map(|row| Ok(row.try_get(0)?));
    moved.collect()
}

/// The same for people who were invited.
pub(super) async fn invite(
    tx: &Transaction<'_>,
    class: Uuid,
    people: &[(&str, Option<Uuid>)],
) -> Result<(), StoreError> {
    let (emails, sections): (Vec<&str>, Vec<Option<Uuid>>) = people.iter().copied().unzip();
    tx.execute(
        "update roster_invitations i set section_id = w.section_id from unnest($2::text[], $3::uuid[]) as w (email, section_id)
         where i.class_id = $1 and i.email = w.email",
        &[&class, &emails, &sections],
    )
    .await?;
    Ok(())
}

/// The section that a row of a case names, in `section_id` and `section_name`.
pub(super) fn section_of(row: &Row) -> Result<Option<Section>, StoreError> {
    let id: Option<Uuid> = row.try_get("section_id")?;
    let section = id.map(|id| {
        Ok(Section {
            id,
            name: row.try_get("section_name")?,
        })
    });
    section.transpose()
}

async fn is_of(tx: &Transaction<'_>, class: Uuid, section: Uuid) -> Result<bool, StoreError> {
    let row = tx
        .query_one(
            "select exists (select from sections where class_id = $1 and id = $2)",
            &[&class, &section],
        )
        .await?;
    Ok(row.try_get(0)?)
}

async fn append(
    tx: &Transaction<'_>,
    (act, subject): (&'static str, Option<&str>),
    by: Uuid,
    detail: serde_json::Value,
    request_id: &str,
) -> Result<(), StoreError> {
    let entry = Entry {
        act,
        case_id: None,
        subject,
        by: Some(&by.to_string()),
        detail,
        request_id,
    };
    audit::append(tx, &entry).await
}
