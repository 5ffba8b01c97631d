//! What people in a class have done on its cases, from the projection: it follows the documents within seconds.

use std::collections::{BTreeMap, BTreeSet};

use serde::Serialize;
use tokio_postgres::Row;
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

/// What [`Store::progress`] asks about cases `$1`: how much each author has written there, by tag. Who they are is not asked here: a
/// class of 2,000 on 200 cases would be put together with itself for that, 400,000 rows, however little is written.
pub const WRITTEN: &str = "with counted as (
    select h.case_id, h.author_id, coalesce(t.name, d.name, '') as tag, count(*) as highlights,
           0::bigint as comments, max(h.created_at) as last_at
    from highlight h
    left join case_tag t on t.case_id = h.case_id and t.tag_id = h.tag
    left join unnest($2::text[], $3::text[]) as d (id, name) on d.id = h.tag
    where h.case_id = any ($1) and h.author_id is not null
    group by h.case_id, h.author_id, coalesce(t.name, d.name, '')
    union all
    select k.case_id, k.author_id, coalesce(t.name, d.name, ''), 0, count(*), max(greatest(k.created_at, k.edited_at))
    from highlight_comment k
    left join highlight h on h.case_id = k.case_id and h.highlight_id = k.highlight_id and h.case_id = any ($1)
    left join case_tag t on t.case_id = h.case_id and t.tag_id = h.tag
    left join unnest($2::text[], $3::text[]) as d (id, name) on d.id = h.tag
    where k.case_id = any ($1) and k.author_id is not null
    group by k.case_id, k.author_id, coalesce(t.name, d.name, '')
 )
 select case_id, author_id, tag, highlights, comments,
        to_char(last_at at time zone 'utc', 'YYYY-MM-DD\"T\"HH24:MI:SS.MS\"Z\"') as last_at
 from counted";

/// Who is in a class.
#[derive(Default)]
struct People {
    /// What they are called, and whether they are students.
    known: BTreeMap<Uuid, (String, bool)>,
    /// Who an author is. Students of an anonymous class are authors by another id, and those of before they came by their own.
    authors: BTreeMap<String, Uuid>,
    /// The students, and the section of each.
    students: Vec<(Option<Uuid>, NotBegun)>,
}

impl People {
    fn of(rows: &[Row]) -> Result<Self, StoreError> {
        let mut people = Self::default();
        for row in rows {
            let (user, name): (Uuid, String) = (row.try_get("id")?, row.try_get("name")?);
            let persona: Option<Uuid> = row.try_get("persona_id")?;
            let ids = [Some(user), persona].into_iter().flatten();
            people.authors.extend(ids.map(|id| (id.to_string(), user)));
            let is_student = ClassRole::stored(row.try_get("role")?)? == ClassRole::Student;
            people.known.insert(user, (name.clone(), is_student));
            if is_student {
                let section: Option<Uuid> = row.try_get("section_id")?;
                people.students.push((section, NotBegun { user, name }));
            }
        }
        Ok(people)
    }

    /// What each of them has written, by case. What others have is not told.
    fn written(&self, rows: &[Row]) -> Result<BTreeMap<String, Written>, StoreError> {
        let mut written: BTreeMap<String, Written> = BTreeMap::new();
        for row in rows {
            let Some(&user) = self.authors.get(row.try_get::<_, &str>("author_id")?) else {
                continue;
            };
            let of_case = written.entry(row.try_get("case_id")?).or_default();
            let person = of_case.entry(user).or_insert_with(|| {
                let (name, student) = self.known.get(&user).cloned().unwrap_or_default();
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
        Ok(written)
    }
}

/// What people have written on one case.
type Written = BTreeMap<Uuid, PersonProgress>;

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
                "select u.id, u.name, e.role, e.section_id, p.id as persona_id
                 from enrolments e join users u on u.id = e.user_id
                 left join personas p on p.class_id = e.class_id and p.user_id = e.user_id
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
        let told: Vec<&str> = cases
            .iter()
            .map(|row| row.try_get("case_id"))
            .collect::<Result<_, _>>()?;
        let (ids, tags): (Vec<&str>, Vec<&str>) = DEFAULT_TAGS.into_iter().unzip();
        let rows = client.query(WRITTEN, &[&told, &ids, &tags]).await?;
        let people = People::of(&people)?;
        let mut written = people.written(&rows)?;
        cases
            .iter()
            .map(|row| {
                let id: String = row.try_get("case_id")?;
                let of_case = written.remove(&id).unwrap_or_default();
                let begun: BTreeSet<Uuid> = of_case.keys().copied().collect();
                let mut begun_by: Vec<_> = of_case.into_values().collect();
                begun_by.sort_by(|a, b| b.last_at.cmp(&a.last_at).then(a.name.cmp(&b.name)));
                let section = section_of(row)?;
                let of_case = section.as_ref().map(|section| section.id);
                let left = people.students.iter().filter(|(section, who)| {
                    (of_case.is_none() || *section == of_case) && !begun.contains(&who.user)
                });
                Ok(CaseProgress {
                    id,
                    title: row.try_get("title")?,
                    section,
                    people: begun_by,
                    not_begun: left.map(|(_, who)| who.clone()).collect(),
                })
            })
            .collect()
    }
}
