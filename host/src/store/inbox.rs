//! The inbox: what somebody was told of, as far as they may read it now. Who may read what is a part of every query.

use contract::CaseId;
use serde::Serialize;
use tokio_postgres::Row;
use uuid::Uuid;

use super::{
    Store, StoreError,
    shares::{HAS_WRITTEN, KNOWN_BY_ID},
};
use crate::limits::{
    INBOX_COUNTED_MAX, INBOX_PAGE, INBOX_WORDS_CHARS, MENTIONABLE_MAX, NOTICES_KEPT_DAYS,
};

/// A page of what somebody was told of.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Inbox {
    /// How much of all is unread, up to a bound.
    pub unread: i64,
    /// The newest first.
    pub notices: Vec<Notice>,
    /// Whether there is more before that.
    pub more: bool,
}

/// Something that somebody was told of.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Notice {
    /// Larger than that of what came earlier.
    pub id: i64,
    /// `mention` or `reply`.
    pub kind: String,
    /// In which case.
    pub case: String,
    /// What that is called; absent for a sample, whose title is not in the store.
    pub title: Option<String>,
    /// The comment.
    pub comment: String,
    /// What it is on.
    pub highlight: Option<String>,
    /// What whoever wrote it is called there; absent if they may not read it any more.
    pub by: Option<String>,
    /// How it begins.
    pub words: Option<String>,
    /// Since when they are told, in RFC 3339.
    pub at: String,
    /// Whether they have read it.
    pub read: bool,
}

/// Somebody who can be mentioned on a case.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Mentionable {
    /// Their id.
    pub user: String,
    /// What they are called there.
    pub name: String,
}

/// What is to count as read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ReadMark {
    /// This, and all that came earlier.
    UpTo(i64),
    /// These.
    These(Vec<i64>),
}

/// What a person may read of what they were told, as `n`, with the comment as `k` and the case as `c`. `$1` is the person's id
/// as a uuid, and must be in the statement.
pub(super) const READABLE: &str = "notices n
    join highlight_comment k on k.case_id = n.case_id and k.comment_id = n.thing_id
    join grants g on g.case_id = n.case_id and g.user_id = n.user_id::text and g.role is not null
    left join cases c on c.case_id = n.case_id
    left join grants w on w.case_id = n.case_id and coalesce(w.persona_id::text, w.user_id) = n.by_id
    where n.user_id = $1
      and (g.role = 'own' or c.visible_from is null or c.visible_from <= clock_timestamp())";

impl Store {
    /// What somebody was told of, before an entry if one is named.
    ///
    /// # Errors
    /// If Postgres fails.
    pub async fn inbox(&self, user: Uuid, before: Option<i64>) -> Result<Inbox, StoreError> {
        let client = self.client().await?;
        let page = format!(
            "select n.id, n.kind, n.case_id, c.title, n.thing_id, k.highlight_id, w.name as by,
                    left(k.body, $4) as words, n.read_at is not null as read,
                    to_char(n.created_at at time zone 'utc', 'YYYY-MM-DD\"T\"HH24:MI:SS.MS\"Z\"') as at
             from {READABLE} and ($2::bigint is null or n.id < $2)
             order by n.id desc limit $3"
        );
        let statement = client.prepare_cached(&page).await?;
        let parameters: [&(dyn tokio_postgres::types::ToSql + Sync); 4] =
            [&user, &before, &(INBOX_PAGE + 1), &INBOX_WORDS_CHARS];
        let rows = client.query(&statement, &parameters).await?;
        let unread = format!(
            "select count(*) from (select from {READABLE} and n.read_at is null limit $2) as unread"
        );
        let statement = client.prepare_cached(&unread).await?;
        let unread = client
            .query_one(&statement, &[&user, &INBOX_COUNTED_MAX])
            .await?;
        let page_len = usize::try_from(INBOX_PAGE).unwrap_or(usize::MAX);
        let notices = rows.iter().take(page_len).map(notice);
        Ok(Inbox {
            unread: unread.try_get(0)?,
            notices: notices.collect::<Result<_, _>>()?,
            more: rows.len() > page_len,
        })
    }

    /// Lets what somebody was told of count as read.
    ///
    /// # Errors
    /// If Postgres fails.
    pub async fn mark_read(&self, user: Uuid, mark: &ReadMark) -> Result<(), StoreError> {
        let client = self.client().await?;
        let (up_to, ids) = match mark {
            ReadMark::UpTo(id) => (Some(*id), &[][..]),
            ReadMark::These(ids) => (None, ids.as_slice()),
        };
        client
            .execute(
                "update notices set read_at = now()
                 where user_id = $1 and read_at is null and (id <= $2 or id = any ($3))",
                &[&user, &up_to, &ids],
            )
            .await?;
        Ok(())
    }

    /// Whom somebody can mention on a case: to owners everybody who may read it; to others its owners and those who have
    /// written something on it, as it is with searching for people. Who was invited by their address is named to nobody before they
    /// have written something, unless they are in the class. Absent if they may not comment there themselves.
    ///
    /// # Errors
    /// If Postgres fails.
    pub async fn mentionable(
        &self,
        case_id: &CaseId,
        user: Uuid,
    ) -> Result<Option<Vec<Mentionable>>, StoreError> {
        let user = user.to_string();
        let granted = self.granted(case_id, &user).await?;
        if granted.is_none_or(|granted| granted.role == contract::Role::Read) {
            return Ok(None);
        }
        let client = self.client().await?;
        let people = format!(
            "select s.id, p.name from grants p
             cross join lateral (select coalesce(p.persona_id::text, p.user_id) as id) as s
             join grants g on g.case_id = p.case_id and g.user_id = $2
             left join cases c on c.case_id = p.case_id
             where p.case_id = $1 and p.role is not null and p.user_id <> $2
               and (p.role = 'own' or c.visible_from is null or c.visible_from <= clock_timestamp())
               and (((g.role = 'own' or p.role = 'own') and {KNOWN_BY_ID}) or {HAS_WRITTEN})
             order by lower(p.name), s.id limit $3"
        );
        let parameters: [&(dyn tokio_postgres::types::ToSql + Sync); 3] =
            [&case_id.as_str(), &user, &MENTIONABLE_MAX];
        let rows = client.query(&people, &parameters).await?;
        let people = rows.iter().map(|row| {
            Ok(Mentionable {
                user: row.try_get(0)?,
                name: row.try_get(1)?,
            })
        });
        people.collect::<Result<_, StoreError>>().map(Some)
    }

    /// Forgets what somebody was told of long ago, at most so many entries.
    ///
    /// # Errors
    /// If Postgres fails.
    pub async fn forget_notices(&self, rows_max: i64) -> Result<u64, StoreError> {
        let client = self.client().await?;
        Ok(client
            .execute(
                "delete from notices where id in
                    (select id from notices where created_at < now() - $2::int * interval '1 day' order by id limit $1)",
                &[&rows_max, &NOTICES_KEPT_DAYS],
            )
            .await?)
    }
}

fn notice(row: &Row) -> Result<Notice, StoreError> {
    Ok(Notice {
        id: row.try_get("id")?,
        kind: row.try_get("kind")?,
        case: row.try_get("case_id")?,
        title: row.try_get("title")?,
        comment: row.try_get("thing_id")?,
        highlight: row.try_get("highlight_id")?,
        by: row.try_get("by")?,
        words: row.try_get("words")?,
        at: row.try_get("at")?,
        read: row.try_get("read")?,
    })
}
