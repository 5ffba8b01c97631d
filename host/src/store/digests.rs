//! Mails of what somebody has not read: who is due one, and what is in it.
//!
//! What goes into a mail is claimed in one transaction before it is sent. A host that dies in between has sent nothing, and
//! nothing of it is sent again: a mail is lost rather than sent twice, and what it told of is in the inbox all the same.

use contract::head::Origin;
use uuid::Uuid;

use super::{Store, StoreError, inbox::READABLE};

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

    /// Whether anybody is due a mail now.
    ///
    /// # Errors
    /// If Postgres fails.
    pub async fn is_digest_due(&self) -> Result<bool, StoreError> {
        let client = self.client().await?;
        let due = client.query_opt(&due("limit 1"), &[]).await?;
        Ok(due.is_some())
    }

    /// Claims what is to be mailed now to one person, who has had no mail within a day, and none of it was in one. Absent if
    /// nobody is due one.
    ///
    /// # Errors
    /// If Postgres fails.
    pub async fn claim_digest(&self) -> Result<Option<Digest>, StoreError> {
        let mut client = self.client().await?;
        let tx = client.transaction().await?;
        let claim = due("order by digest_at nulls first, id limit 1 for no key update skip locked");
        let Some(person) = tx.query_opt(&claim, &[]).await? else {
            return Ok(None);
        };
        let user: Uuid = person.try_get("id")?;
        let claimed = format!(
            "with due as (
                select n.id, n.kind, w.name as by, c.title, n.case_id, k.highlight_id
                from {READABLE} and n.read_at is null and n.mailed_at is null
             ), claimed as (
                update notices set mailed_at = now() from due where notices.id = due.id
             )
             select * from due order by id"
        );
        let rows = tx.query(&claimed, &[&user]).await?;
        // Also if all of it was read in this moment: whoever is looked at again at once keeps others waiting.
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
        let digest = Digest {
            email: person.try_get("email")?,
            origin: person.try_get("digest_origin")?,
            lines: lines.collect::<Result<_, StoreError>>()?,
        };
        tx.commit().await?;
        Ok(Some(digest))
    }
}

/// Asks for people who are due a mail: who chose it, had none within a day, and have not read something that they may read.
fn due(rest: &str) -> String {
    let unread = READABLE.replace("$1", "u.id");
    format!(
        "select id, email, digest_origin from users u
         where digest = 'daily' and email is not null and digest_origin is not null and erased_at is null
           and coalesce(digest_at < now() - interval '1 day', true)
           and exists (select from {unread} and n.read_at is null and n.mailed_at is null) {rest}"
    )
}
