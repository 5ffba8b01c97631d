//! Search over all cases that somebody may read. Who may read what is a part of the query: what is not theirs is not counted,
//! not ranked, and cannot be told from what is not there. Private notes are their author's alone to find, as hits in the case that
//! they are on.

use std::sync::LazyLock;

use serde::Serialize;
use tokio_postgres::Row;
use uuid::Uuid;

use super::{Store, StoreError, shares::KNOWN_BY_ID};
use crate::limits::{SEARCH_HITS_A_PAGE, SEARCH_MS_MAX, SEARCH_PERSON_HITS_MIN, SEARCH_RANKED_MAX};

/// One page of hits.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct FoundPage {
    /// The best first.
    pub hits: Vec<Hit>,
    /// Whether there are more.
    pub more: bool,
}

/// Something that was found.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Hit {
    /// In which case, or on which board.
    pub case: String,
    /// What that is called; absent for a sample, whose title is not in the store.
    pub title: Option<String>,
    /// `text`, `quote`, `comment`, `tag` or `person`; `note` on a board; `private` of one's own notes.
    pub kind: String,
    /// Which one: where a piece of text begins, in UTF-16 units, or an id. Of private notes the highlight's; `notes` for the free ones.
    pub item: String,
    /// The words around the hit.
    pub snippet: Vec<Snippet>,
    /// When it was written, in RFC 3339; absent for what has no time.
    pub at: Option<String>,
}

/// Some words, and whether they were looked for.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Snippet {
    /// The words.
    pub text: String,
    /// Whether they are a hit.
    pub hit: bool,
}

/// Before and after a hit: characters that neither a text nor the projection lets through.
const HIT_BEGINS: char = '\u{2}';
const HIT_ENDS: char = '\u{3}';

/// The tags that every case begins with (`web/src/marginalia/default_tags.ts`): no document mentions them before somebody
/// changes them.
pub(super) const DEFAULT_TAGS: [(&str, &str); 10] = [
    ("tag-jurisdiction", "Jurisdiction"),
    ("tag-procedural_history", "Procedural history"),
    ("tag-legally_relevant_facts", "Legally relevant facts"),
    ("tag-legal_issues", "Legal issues"),
    ("tag-reasons", "Reasons"),
    ("tag-courts_reasoning", "Court's reasoning"),
    ("tag-decision", "Decision"),
    ("tag-order", "Order"),
    ("tag-domestic_sources", "Domestic sources"),
    ("tag-reflection", "Reflection"),
];

/// The role of `s` on the case `r`, under the name that was found. One row, to be looked up before anything is asked about it: hence
/// the `offset 0`, which no planner looks behind.
const ROLE: &str = "select p.case_id, p.user_id from grants p
    where p.case_id = r.case_id and p.user_id = s.user_id and p.role is not null
      and p.name = s.called and p.persona_id is not distinct from s.persona_id
    offset 0";

/// What [`Store::search`] asks. What was written on purpose ranks before what it was written about. People are found among those who
/// have written something; owners find everybody who has a role on their case, but whoever they know by their address alone. Each name
/// is looked at once and not on each case: a class of 2,000 on 200 cases has 400,000 roles, and a name takes some microseconds. Whether
/// one may find somebody is then asked in the order of the hits, until there are enough; on cases of others by what they have written,
/// or all roles would be looked at where few of them have. Of people who are called alike each has as many hits as the others, on
/// the newest cases: otherwise one of them would take the place of all that follow. The cut is the same for each page.
pub static SEARCH: LazyLock<String> = LazyLock::new(|| {
    format!(
        "with query as (
    select websearch_to_tsquery('simple', $2) as q
), readable as materialized (
    select g.case_id, g.role, coalesce(c.title || ' · ' || d.name, c.title) as title, c.text_sha256, c.created_at
    from grants g left join cases c on c.case_id = g.case_id left join sections d on d.id = c.section_id
    where g.user_id = $1 and g.role is not null
      and not exists (select from private_notes n where n.document_id = g.case_id)
      and not exists (select from boards where board_id = g.case_id)
      and (g.role = 'own' or c.visible_from is null or c.visible_from <= clock_timestamp())
), own as materialized (
    select n.document_id, r.case_id, r.title from private_notes n join readable r on r.case_id = n.case_id
    where n.user_id = $1::text::uuid
), named as materialized (
    select distinct p.user_id, p.persona_id, p.name from readable r join grants p on p.case_id = r.case_id where p.role is not null
), called as materialized (
    select n.user_id, n.persona_id, n.name as called, coalesce(n.persona_id::text, n.user_id) as id, w.name,
           2 * ts_rank_cd(to_tsvector('simple', w.name), q) as rank
    from query, named n
    left join personas m on m.id = n.persona_id and exists (
        select from enrolments e where e.class_id = m.class_id and e.user_id = $1::text::uuid and e.role <> 'student')
    left join users u on u.id = m.user_id
    cross join lateral (select n.name || coalesce(' (' || u.name || ')', '') as name) as w
    where to_tsvector('simple', w.name) @@ q
), each as materialized (
    select greatest({SEARCH_PERSON_HITS_MIN}, $3 / greatest(count(*), 1)) as hits from called
), owned as materialized (
    select * from readable where role = 'own' order by created_at desc nulls last, case_id
), hits as (
    (select r.case_id, r.title, 'text' as kind, p.start_offset::text as item, ts_rank_cd(p.search, q) as rank,
            r.created_at as at, p.body
     from query, readable r join case_passage p on p.text_sha256 = r.text_sha256 where p.search @@ q
     order by rank desc limit $3)
    union all
    (select r.case_id, r.title, 'quote', h.highlight_id, 1.5 * ts_rank_cd(h.search, q) as rank, h.created_at, h.quote
     from query, readable r join highlight h on h.case_id = r.case_id where h.search @@ q
     order by rank desc limit $3)
    union all
    (select r.case_id, r.title, 'comment', k.comment_id, 2 * ts_rank_cd(k.search, q) as rank, k.created_at, k.body
     from query, readable r join highlight_comment k on k.case_id = r.case_id where k.search @@ q
     order by rank desc limit $3)
    union all
    (select r.case_id, r.title, 'tag', t.tag_id, 2 * ts_rank_cd(t.search, q) as rank, null::timestamptz, t.name
     from query, readable r join case_tag t on t.case_id = r.case_id where t.search @@ q
     order by rank desc limit $3)
    union all
    (select r.case_id, r.title, 'tag', d.id, 2 * ts_rank_cd(to_tsvector('simple', d.name), q) as rank, null, d.name
     from query, readable r, unnest($4::text[], $5::text[]) as d (id, name)
     where to_tsvector('simple', d.name) @@ q
       and exists (select from highlight h where h.case_id = r.case_id and h.tag = d.id)
       and not exists (select from case_tag t where t.case_id = r.case_id and t.tag_id = d.id)
     order by rank desc limit $3)
    union all
    (select there.case_id, there.title, 'person', s.id, s.rank, null, s.name
     from (select * from called order by rank desc, id) as s cross join lateral (
         (select r.case_id, r.title, r.created_at
          from owned r cross join lateral ({ROLE}) as p where {KNOWN_BY_ID}
          order by r.created_at desc nulls last, r.case_id limit (select hits from each))
         union
         (select r.case_id, r.title, r.created_at
          from (
              select case_id from highlight where author_id = s.id
              union select case_id from highlight_comment where author_id = s.id
          ) as w
          join readable r on r.case_id = w.case_id cross join lateral ({ROLE}) as p
          order by r.created_at desc nulls last, r.case_id limit (select hits from each))
         order by created_at desc nulls last, case_id limit (select hits from each)
     ) as there
     order by s.rank desc, s.id, s.called, there.created_at desc nulls last, there.case_id limit $3)
    union all
    (select o.case_id, o.title, 'private', coalesce(w.highlight_id, 'notes'), 2 * ts_rank_cd(w.search, q) as rank,
            w.written_at, w.body
     from query, own o join private_note_words w on w.document_id = o.document_id where w.search @@ q
     order by rank desc limit $3)
    union all
    (select b.board_id, b.title, 'note', n.note_id, 2 * ts_rank_cd(n.search, q) as rank, n.created_at, n.body
     from query, grants g join boards b on b.board_id = g.case_id join board_note n on n.board_id = b.board_id
     where g.user_id = $1 and g.role is not null and n.search @@ q
     order by rank desc limit $3)
), page as (
    select * from hits order by rank desc, at desc nulls last, case_id, kind, item limit $7 offset $6
)
select case_id, title, kind, item, ts_headline('simple', body, q, $8) as words,
       to_char(at at time zone 'utc', 'YYYY-MM-DD\"T\"HH24:MI:SS.MS\"Z\"') as at
from page, query order by rank desc, page.at desc nulls last, case_id, kind, item"
    )
});

impl Store {
    /// What this person finds by these words, on a page counted from 0.
    ///
    /// # Errors
    /// If Postgres fails, or it takes too long.
    pub async fn search(
        &self,
        user: Uuid,
        words: &str,
        page: i64,
    ) -> Result<FoundPage, StoreError> {
        let mut client = self.client().await?;
        let tx = client.transaction().await?;
        let bounded = format!("set local statement_timeout = {SEARCH_MS_MAX}");
        tx.batch_execute(&bounded).await?;
        // Only what is to be absent, or nothing at all: everything would be found, and none of it for a reason.
        let is_asked = tx
            .query_one(
                "select querytree(websearch_to_tsquery('simple', $1)) not in ('', 'T')",
                &[&words],
            )
            .await?;
        if !is_asked.try_get::<_, bool>(0)? {
            return Ok(FoundPage::default());
        }
        let (ids, names): (Vec<&str>, Vec<&str>) = DEFAULT_TAGS.into_iter().unzip();
        let options = format!(
            "StartSel={HIT_BEGINS}, StopSel={HIT_ENDS}, MinWords=12, MaxWords=40, MaxFragments=0"
        );
        let rows = tx
            .query(
                SEARCH.as_str(),
                &[
                    &user.to_string(),
                    &words,
                    &SEARCH_RANKED_MAX,
                    &ids,
                    &names,
                    &(page * SEARCH_HITS_A_PAGE),
                    &(SEARCH_HITS_A_PAGE + 1),
                    &options,
                ],
            )
            .await?;
        tx.commit().await?;
        let hits = rows.iter().take(page_len()).map(hit);
        Ok(FoundPage {
            hits: hits.collect::<Result<_, _>>()?,
            more: rows.len() > page_len(),
        })
    }
}

fn page_len() -> usize {
    usize::try_from(SEARCH_HITS_A_PAGE).unwrap_or(usize::MAX)
}

fn hit(row: &Row) -> Result<Hit, StoreError> {
    Ok(Hit {
        case: row.try_get("case_id")?,
        title: row.try_get("title")?,
        kind: row.try_get("kind")?,
        item: row.try_get("item")?,
        snippet: snippet(row.try_get("words")?),
        at: row.try_get("at")?,
    })
}

/// Parts what is a hit from what is not.
fn snippet(words: &str) -> Vec<Snippet> {
    let mut parts = Vec::new();
    let mut add = |text: &str, hit| {
        if !text.is_empty() {
            let text = text.to_owned();
            parts.push(Snippet { text, hit });
        }
    };
    for (index, part) in words.split(HIT_BEGINS).enumerate() {
        match part.split_once(HIT_ENDS) {
            Some((found, after)) if index > 0 => {
                add(found, true);
                add(after, false);
            }
            Some(_) | None => add(part, false),
        }
    }
    parts
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hits_are_parted_from_what_is_around_them() {
        let parts = |words| {
            let parts = snippet(words).into_iter();
            parts
                .map(|Snippet { text, hit }| (text, hit))
                .collect::<Vec<_>>()
        };
        let expected = [("a ", false), ("b", true), (" c ", false), ("d", true)];
        let expected = expected.map(|(text, hit)| (text.to_owned(), hit));
        assert_eq!(parts("a \u{2}b\u{3} c \u{2}d\u{3}"), expected);
        assert_eq!(parts(""), []);
        assert_eq!(parts("a"), [("a".to_owned(), false)]);
    }

    #[test]
    fn the_default_tags_are_those_of_the_page() {
        let page = include_str!("../../../web/src/marginalia/default_tags.ts");
        let written: Vec<_> = page
            .lines()
            .filter_map(|line| line.trim().strip_prefix("tag('")?.split_once("', "))
            .collect();
        assert_eq!(written.len(), DEFAULT_TAGS.len());
        for ((id, name), (written_id, rest)) in DEFAULT_TAGS.iter().zip(written) {
            assert_eq!(*id, format!("tag-{written_id}"));
            assert!(rest[1..].starts_with(name), "{name}: {rest}");
        }
    }
}
