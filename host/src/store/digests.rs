//! Mails of what somebody has not read: who is due one, and what is in it.
//!
//! What goes into a mail is claimed in one transaction before it is sent. A host that dies in between has sent nothing, and
//! nothing of it is sent again: a mail is lost rather than sent twice, and what it told of is in the inbox all the same.

use contract::head::Origin;
use uuid::Uuid;

use super::{Store, StoreError, inbox::READABLE};
use crate::limits::DIGESTS_AT_ONCE;

/// A mail that is to be sent.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Digest {
    /// To which address, which is proven.
    pub email: String,
    /// Where its links lead.
    pub origin: String,
    /// The oldest first.
    pub lines: Vec<DigestLine>,
}

/// What a mail says of something: never its words.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DigestLine {
    /// `mention` or `reply`.
    pub kind: String,
    /// What whoever wrote it is called there.
    pub by: Option<String>,
    /// What the case is called, if the store knows.
    pub title: Option<String>,
    /// The case.
    pub case: String,
    /// What the comment is on.
    pub highlight: Option<String>,
}

impl Store {
    /// Whether somebody wants mails of what they have not read.
    ///
    /// # Errors
    /// If Postgres fails.
    pub async fn wants_digest(&self, user: Uuid) -> Result<bool, StoreError> {
        let client = self.client().await?;
        let row = client
            .query_opt("select digest = 'daily' from users where id = $1", &[&user])
            .await?;
        row.map_or(Ok(false), |row| Ok(row.try_get(0)?))
    }

    /// Sends somebody a mail a day from now on, with links to this origin, or none.
    ///
    /// # Errors
    /// If Postgres fails.
    pub async fn set_digest(&self, user: Uuid, origin: Option<&Origin>) -> Result<(), StoreError> {
        let client = self.client().await?;
        client
            .execute(
                "update users set digest = case when $2::text is null then 'never' else 'daily' end, digest_origin = $2
                 where id = $1 and erased_at is null",
                &[&user, &origin.map(Origin::as_str)],
            )
            .await?;
        Ok(())
    }

    /// Claims what is to be mailed now, for a few people: each has had no mail within a day, and none of it was in one.
    ///
    /// # Errors
    /// If Postgres fails.
    pub async fn claim_digests(&self) -> Result<Vec<Digest>, StoreError> {
        let mut client = self.client().await?;
        let tx = client.transaction().await?;
        let people = tx
            .query(
                "select id, email, digest_origin from users u
                 where digest = 'daily' and email is not null and digest_origin is not null and erased_at is null
                   and coalesce(digest_at < now() - interval '1 day', true)
                   and exists (select from notices n where n.user_id = u.id and n.read_at is null and n.mailed_at is null)
                 order by digest_at nulls first, id limit $1 for no key update skip locked",
                &[&DIGESTS_AT_ONCE],
            )
            .await?;
        let mut digests = Vec::new();
        for person in &people {
            let user: Uuid = person.try_get("id")?;
            let claimed = format!(
                "with due as (
                    select n.id, n.kind, coalesce(w.name, k.author) as by, c.title, n.case_id, k.highlight_id
                    from {READABLE} and n.read_at is null and n.mailed_at is null
                 ), claimed as (
                    update notices set mailed_at = now() from due where notices.id = due.id
                 )
                 select * from due order by id"
            );
            let rows = tx.query(&claimed, &[&user]).await?;
            if rows.is_empty() {
                continue;
            }
            tx.execute("update users set digest_at = now() where id = $1", &[&user])
                .await?;
            let lines = rows.iter().map(|row| {
                Ok(DigestLine {
                    kind: row.try_get("kind")?,
                    by: row.try_get("by")?,
                    title: row.try_get("title")?,
                    case: row.try_get("case_id")?,
                    highlight: row.try_get("highlight_id")?,
                })
            });
            digests.push(Digest {
                email: person.try_get("email")?,
                origin: person.try_get("digest_origin")?,
                lines: lines.collect::<Result<_, StoreError>>()?,
            });
        }
        tx.commit().await?;
        Ok(digests)
    }
}
