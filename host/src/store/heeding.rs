//! Heeding comments: who is told of one, when the projection first sees it.
//!
//! It is a part of the projection's transaction, before that writes its rows: a comment counts as changed if it says something
//! else than the row. Which comments were heeded is remembered apart, so that a projection which is made anew tells nobody
//! anything again. Of one comment a person is told once, as the table's constraint has it: by a mention and an answer at the
//! same time, by an edit, or by two hosts.

use std::collections::{HashMap, HashSet};

use annotation::{Comment, Highlight};
use contract::CaseId;
use deadpool_postgres::Transaction;
use time::OffsetDateTime;
use uuid::Uuid;

use super::{StoreError, kept, projection::moment};
use crate::{
    limits::{ANSWERED_BACK_MAX, COMMENTS_HEEDED_MAX, NOTICES_A_COMMENT_MAX, NOTICES_AN_HOUR_MAX},
    mentions::Names,
};

/// Somebody who may read a case and has an account.
struct Reader {
    id: Uuid,
    /// As whom they sign there.
    user: String,
    name: String,
}

/// Somebody who is to be told of a comment.
struct Told {
    user: Uuid,
    comment: String,
    kind: &'static str,
    by: String,
}

/// Tells those who are to be told of what is new in a document. Of what is gone nobody reads any more, since that asks for the
/// comment; that they were told stays, so that what comes back, as by undoing, tells nobody again.
pub(super) async fn heed(
    tx: &Transaction<'_>,
    case_id: &CaseId,
    comments: &[Comment],
    highlights: &[Highlight],
) -> Result<(), StoreError> {
    let fresh = fresh(tx, case_id, comments).await?;
    if fresh.is_empty() {
        return Ok(());
    }
    let readers = readers(tx, case_id).await?;
    let audience = Audience::new(&readers, comments, highlights);
    let mut left = Left::read(tx, case_id, &fresh).await?;
    let mut told = Vec::new();
    for comment in fresh.iter().take(COMMENTS_HEEDED_MAX) {
        for one in audience.to_tell(comment) {
            if left.take(&one) {
                told.push(one);
            }
        }
    }
    tell(tx, case_id, &told).await?;
    let ids: Vec<&str> = fresh.iter().map(|c| c.id.as_str()).collect();
    tx.execute(
        "insert into heeded_comments (case_id, comment_id) select $1, unnest($2::text[]) on conflict do nothing",
        &[&case_id.as_str(), &ids],
    )
    .await?;
    Ok(())
}

/// The comments that were not heeded yet, or say something else than before.
async fn fresh<'a>(
    tx: &Transaction<'_>,
    case_id: &CaseId,
    comments: &'a [Comment],
) -> Result<Vec<&'a Comment>, StoreError> {
    if comments.is_empty() {
        return Ok(Vec::new());
    }
    let ids: Vec<&str> = comments.iter().map(|c| c.id.as_str()).collect();
    let words: Vec<Option<&str>> = comments.iter().map(|c| c.text.as_deref()).collect();
    let rows = kept::query(
            tx,
            "select c.id from unnest($2::text[], $3::text[]) as c (id, body)
             left join heeded_comments h on h.case_id = $1 and h.comment_id = c.id
             left join highlight_comment k on k.case_id = $1 and k.comment_id = c.id
             where h.comment_id is null or (k.comment_id is not null and k.body is distinct from c.body)",
            &[&case_id.as_str(), &ids, &words],
        )
        .await?;
    let fresh: Result<HashSet<String>, _> = rows.iter().map(|row| row.try_get(0)).collect();
    let fresh = fresh?;
    Ok(comments.iter().filter(|c| fresh.contains(&c.id)).collect())
}

async fn readers(tx: &Transaction<'_>, case_id: &CaseId) -> Result<Vec<Reader>, StoreError> {
    let rows = tx
        .query(
            "select u.id, coalesce(g.persona_id::text, g.user_id), g.name from grants g
             join users u on u.erased_at is null and u.id = case
                when g.user_id ~ '^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$' then g.user_id::uuid end
             left join cases c on c.case_id = g.case_id
             where g.case_id = $1 and g.role is not null
               and (g.role = 'own' or c.visible_from is null or c.visible_from <= clock_timestamp())",
            &[&case_id.as_str()],
        )
        .await?;
    let read = rows.iter().map(|row| {
        Ok(Reader {
            id: row.try_get(0)?,
            user: row.try_get(1)?,
            name: row.try_get(2)?,
        })
    });
    read.collect()
}

/// Who can be told, and what there is to answer: gathered once for all comments.
struct Audience<'a> {
    names: Names<Uuid>,
    ids: HashMap<&'a str, Uuid>,
    /// By highlight, the comments in their order.
    threads: HashMap<&'a str, Vec<&'a Comment>>,
    /// By highlight, who made it.
    makers: HashMap<&'a str, &'a str>,
}

impl<'a> Audience<'a> {
    fn new(readers: &'a [Reader], comments: &'a [Comment], highlights: &'a [Highlight]) -> Self {
        let mut threads: HashMap<_, Vec<_>> = HashMap::new();
        for comment in comments {
            if let Some(highlight) = &comment.highlight_id {
                threads.entry(highlight.as_str()).or_default().push(comment);
            }
        }
        for thread in threads.values_mut() {
            thread.sort_by_cached_key(|comment| (written_at(comment), comment.id.as_str()));
        }
        let maker = |h: &'a Highlight| Some((h.id.as_str(), h.author_id.as_deref()?));
        Self {
            names: Names::new(readers.iter().map(|r| (r.name.as_str(), r.id))),
            ids: readers.iter().map(|r| (r.user.as_str(), r.id)).collect(),
            threads,
            makers: highlights.iter().filter_map(maker).collect(),
        }
    }

    /// Who is to be told of a comment: whom it mentions, then whoever wrote what it answers, the nearest first.
    fn to_tell(&self, comment: &Comment) -> Vec<Told> {
        let (Some(by), Some(text)) = (&comment.author_id, &comment.text) else {
            return Vec::new();
        };
        let own = self.ids.get(by.as_str());
        let mut seen: HashSet<Uuid> = own.copied().into_iter().collect();
        let mut told = Vec::new();
        let mut add = |user: Uuid, kind| {
            if seen.insert(user) {
                told.push(Told {
                    user,
                    comment: comment.id.clone(),
                    kind,
                    by: by.clone(),
                });
            }
        };
        for user in self.names.mentioned(text) {
            add(user, "mention");
        }
        for author in self.answered(comment) {
            if let Some(&user) = self.ids.get(author) {
                add(user, "reply");
            }
        }
        told
    }

    /// The authors of what a comment answers: the comment that it names, the highlight, and the thread before it, backwards as
    /// far as anybody reads.
    fn answered(&self, comment: &Comment) -> Vec<&'a str> {
        let Some(highlight_id) = comment.highlight_id.as_deref() else {
            return Vec::new();
        };
        let thread = self
            .threads
            .get(highlight_id)
            .map_or(&[][..], Vec::as_slice);
        let here = thread.partition_point(|c| order(c) < order(comment));
        let before = thread[..here].iter().rev().take(ANSWERED_BACK_MAX);
        let parent = before
            .clone()
            .filter(|c| comment.parent_id.as_ref() == Some(&c.id));
        parent
            .filter_map(|c| c.author_id.as_deref())
            .chain(self.makers.get(highlight_id).copied())
            .chain(before.filter_map(|c| c.author_id.as_deref()))
            .collect()
    }
}

fn order(comment: &Comment) -> (Option<OffsetDateTime>, &str) {
    (written_at(comment), &comment.id)
}

fn written_at(comment: &Comment) -> Option<OffsetDateTime> {
    moment(comment.created_at.as_ref())
}

/// How many may still be told: of each comment, and by each author within the hour.
struct Left {
    of_comment: HashMap<String, usize>,
    by_author: HashMap<String, i64>,
}

impl Left {
    async fn read(
        tx: &Transaction<'_>,
        case_id: &CaseId,
        fresh: &[&Comment],
    ) -> Result<Self, StoreError> {
        let ids: Vec<&str> = fresh.iter().map(|c| c.id.as_str()).collect();
        let authors: Vec<&str> = fresh
            .iter()
            .filter_map(|c| c.author_id.as_deref())
            .collect();
        let rows = tx
            .query(
                "select thing_id, count(*) from notices where case_id = $1 and thing_id = any ($2) group by 1",
                &[&case_id.as_str(), &ids],
            )
            .await?;
        let mut of_comment = HashMap::new();
        for row in rows {
            let told = usize::try_from(row.try_get::<_, i64>(1)?).unwrap_or(usize::MAX);
            of_comment.insert(row.try_get(0)?, NOTICES_A_COMMENT_MAX.saturating_sub(told));
        }
        let rows = tx
            .query(
                "select by_id, count(*) from notices
                 where by_id = any ($1) and created_at > now() - interval '1 hour' group by 1",
                &[&authors],
            )
            .await?;
        let mut by_author = HashMap::new();
        for row in rows {
            let told: i64 = row.try_get(1)?;
            by_author.insert(row.try_get(0)?, NOTICES_AN_HOUR_MAX - told);
        }
        Ok(Self {
            of_comment,
            by_author,
        })
    }

    /// Whether somebody may be told, who then counts.
    fn take(&mut self, told: &Told) -> bool {
        let of_comment = self.of_comment.entry(told.comment.clone());
        let of_comment = of_comment.or_insert(NOTICES_A_COMMENT_MAX);
        let by_author = self.by_author.entry(told.by.clone());
        let by_author = by_author.or_insert(NOTICES_AN_HOUR_MAX);
        if *of_comment == 0 || *by_author <= 0 {
            return false;
        }
        *of_comment -= 1;
        *by_author -= 1;
        true
    }
}

/// Nobody is told who was erased since it was found whom to tell.
async fn tell(tx: &Transaction<'_>, case_id: &CaseId, told: &[Told]) -> Result<(), StoreError> {
    let users: Vec<Uuid> = told.iter().map(|t| t.user).collect();
    let comments: Vec<&str> = told.iter().map(|t| t.comment.as_str()).collect();
    let kinds: Vec<&str> = told.iter().map(|t| t.kind).collect();
    let by: Vec<&str> = told.iter().map(|t| t.by.as_str()).collect();
    tx.execute(
        "insert into notices (user_id, case_id, thing_id, kind, by_id)
         select t.user_id, $1, t.comment, t.kind, t.by_id
         from unnest($2::uuid[], $3::text[], $4::text[], $5::text[]) as t (user_id, comment, kind, by_id)
         join users u on u.id = t.user_id and u.erased_at is null for key share of u
         on conflict (user_id, case_id, thing_id) do nothing",
        &[&case_id.as_str(), &users, &comments, &kinds, &by],
    )
    .await?;
    Ok(())
}
