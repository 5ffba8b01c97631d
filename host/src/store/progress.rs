//! What people in a class have done on its cases, from the projection: it follows the documents within seconds.

use std::collections::{BTreeMap, BTreeSet};

use serde::Serialize;
use uuid::Uuid;

use super::{ClassRole, Section, Store, StoreError, search::DEFAULT_TAGS, sections::section_of};
use crate::limits::PROGRESS_TOLD_MAX;

/// One case of a class.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct CaseProgress {
    /// Its id.
    pub id: String,
    /// Its title.
    pub title: String,
    /// The section whose it is, if it is not the whole class's.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub section: Option<Section>,
    /// Who has written something, the latest first.
    pub people: Vec<PersonProgress>,
    /// The students who have not, of its section.
    pub not_begun: Vec<NotBegun>,
}

/// What one person has written on one case.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct PersonProgress {
    /// Who.
    pub user: Uuid,
    /// The name that others see.
    pub name: String,
    /// Whether they are one of those who are to write.
    pub student: bool,
    /// How many highlights, by the name of their tag; those without one, or with one that there is not, under the empty name.
    pub highlights: BTreeMap<String, i64>,
    /// How many comments.
    pub comments: i64,
    /// How many of them are on highlights with which tag, named as above; those on nothing that is there, under the empty name.
    pub comments_by_tag: BTreeMap<String, i64>,
    /// When they last wrote, as their client said, in RFC 3339.
    pub last_at: Option<String>,
}

/// Somebody who has not written anything.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct NotBegun {
    /// Who.
    pub user: Uuid,
    /// The name that others see.
    pub name: String,
}

const WRITTEN: &str = "with mine as (
    select c.case_id, e.user_id, a.author from cases c join enrolments e on e.class_id = c.class_id
    left join personas p on p.class_id = e.class_id and p.user_id = e.user_id
    cross join lateral (values (e.user_id::text), (p.id::text)) as a (author)
    where c.class_id = $1 and a.author is not null
 ), counted as (
    select h.case_id, m.user_id, coalesce(t.name, d.name, '') as tag, count(*) as highlights,
           0::bigint as comments, max(h.created_at) as last_at
    from mine m join highlight h on h.case_id = m.case_id and h.author_id = m.author
    left join case_tag t on t.case_id = h.case_id and t.tag_id = h.tag
    left join unnest($2::text[], $3::text[]) as d (id, name) on d.id = h.tag
    group by h.case_id, m.user_id, coalesce(t.name, d.name, '')
    union all
    select k.case_id, m.user_id, coalesce(t.name, d.name, ''), 0, count(*), max(greatest(k.created_at, k.edited_at))
    from mine m join highlight_comment k on k.case_id = m.case_id and k.author_id = m.author
    left join highlight h on h.case_id = k.case_id and h.highlight_id = k.highlight_id
    left join case_tag t on t.case_id = h.case_id and t.tag_id = h.tag
    left join unnest($2::text[], $3::text[]) as d (id, name) on d.id = h.tag
    group by k.case_id, m.user_id, coalesce(t.name, d.name, '')
 )
 select case_id, user_id, tag, highlights, comments,
        to_char(last_at at time zone 'utc', 'YYYY-MM-DD\"T\"HH24:MI:SS.MS\"Z\"') as last_at
 from counted";

impl Store {
    /// What has been done in a class, on its newest cases if it is a large one, as far as this person may see them: tutors do
    /// not see what is hidden yet. For its staff alone, which is for the caller to have found out.
    ///
    /// # Errors
    /// If Postgres fails.
    pub async fn progress(
        &self,
        class: Uuid,
        asking: Uuid,
    ) -> Result<Vec<CaseProgress>, StoreError> {
        let client = self.client().await?;
        let people = client
            .query(
                "select u.id, u.name, e.role, e.section_id from enrolments e join users u on u.id = e.user_id
                 where e.class_id = $1 order by lower(u.name), u.id",
                &[&class],
            )
            .await?;
        let cases_max = i64::try_from(PROGRESS_TOLD_MAX / people.len().max(1)).unwrap_or(i64::MAX);
        let cases = client
            .query(
                "select c.case_id, c.title, c.section_id, d.name as section_name from cases c
                 left join sections d on d.id = c.section_id
                 join grants g on g.case_id = c.case_id and g.user_id = $3 and g.role is not null
                 where c.class_id = $1
                   and (g.role = 'own' or c.visible_from is null or c.visible_from <= clock_timestamp())
                 order by c.created_at desc, c.case_id limit $2",
                &[&class, &cases_max, &asking.to_string()],
            )
            .await?;
        let mut known = BTreeMap::new();
        let mut students = Vec::new();
        for row in &people {
            let (user, name): (Uuid, String) = (row.try_get("id")?, row.try_get("name")?);
            let is_student = ClassRole::stored(row.try_get("role")?)? == ClassRole::Student;
            known.insert(user, (name.clone(), is_student));
            if is_student {
                let section: Option<Uuid> = row.try_get("section_id")?;
                students.push((section, NotBegun { user, name }));
            }
        }
        let mut written: BTreeMap<String, BTreeMap<Uuid, PersonProgress>> = BTreeMap::new();
        let (ids, tags): (Vec<&str>, Vec<&str>) = DEFAULT_TAGS.into_iter().unzip();
        for row in client.query(WRITTEN, &[&class, &ids, &tags]).await? {
            let user: Uuid = row.try_get("user_id")?;
            let of_case = written.entry(row.try_get("case_id")?).or_default();
            let person = of_case.entry(user).or_insert_with(|| {
                let (name, student) = known.get(&user).cloned().unwrap_or_default();
                PersonProgress {
                    user,
                    name,
                    student,
                    ..PersonProgress::default()
                }
            });
            let tag: String = row.try_get("tag")?;
            let (highlights, comments): (i64, i64) =
                (row.try_get("highlights")?, row.try_get("comments")?);
            // Each row counts either.
            if highlights > 0 {
                *person.highlights.entry(tag).or_default() += highlights;
            } else {
                *person.comments_by_tag.entry(tag).or_default() += comments;
            }
            person.comments += comments;
            // Written alike, they are in the order of time.
            person.last_at = person.last_at.take().max(row.try_get("last_at")?);
        }
        cases
            .iter()
            .map(|row| {
                let id: String = row.try_get("case_id")?;
                let of_case = written.remove(&id).unwrap_or_default();
                let begun: BTreeSet<Uuid> = of_case.keys().copied().collect();
                let mut people: Vec<_> = of_case.into_values().collect();
                people.sort_by(|a, b| b.last_at.cmp(&a.last_at).then(a.name.cmp(&b.name)));
                let section = section_of(row)?;
                let of_case = section.as_ref().map(|section| section.id);
                let left = students.iter().filter(|(section, who)| {
                    (of_case.is_none() || *section == of_case) && !begun.contains(&who.user)
                });
                Ok(CaseProgress {
                    id,
                    title: row.try_get("title")?,
                    section,
                    people,
                    not_begun: left.map(|(_, who)| who.clone()).collect(),
                })
            })
            .collect()
    }
}
