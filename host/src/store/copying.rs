//! Copies of cases for other classes: the same text, the same tags, and nothing of what anybody wrote.

use annotation::{copy_tags, load_snapshot, read};
use contract::{CaseId, Digest};
use deadpool_postgres::Transaction;
use uuid::Uuid;

use super::{
    CaseHead, Kind, Outcome, Store, StoreError, cases, enrolments, lock, placing, settling,
};

impl Store {
    /// Makes a case of the text and the tags of another one, in a class, whose owner then owns it: who only leads the class may
    /// leave it, and the case stays. What is hidden until a time to come is hidden until then there, too; its students may do
    /// what the class says, whatever was said of the original. The tags are those of the newest snapshot. Absent unless this person owns the one and leads the other.
    ///
    /// # Errors
    /// If Postgres fails.
    pub async fn copy_case(
        &self,
        original: &CaseId,
        (class, new): (Uuid, &CaseId),
        by: Uuid,
        request_id: &str,
    ) -> Result<Outcome<CaseHead>, StoreError> {
        match self.may_copy(original, class, by).await? {
            Outcome::Done(()) => {}
            Outcome::Absent => return Ok(Outcome::Absent),
            Outcome::Conflict(why) => return Ok(Outcome::Conflict(why)),
        }
        let tags = self.tags_of(original).await?;
        let mut client = self.client().await?;
        let tx = client.transaction().await?;
        lock::name_request(&tx, request_id).await?;
        let both = [original.as_str().to_owned(), new.as_str().to_owned()];
        settling::lock_classes(&tx, &[class], &both).await?;
        let may =
            enrolments::leads(&tx, class, by).await? && placing::owns(&tx, original, by).await?;
        // The text stays for as long as the original does, which nobody deletes while it is locked.
        let copied = match may {
            false => 0,
            true => insert(&tx, original, (class, new), None).await?,
        };
        if copied == 0 {
            return Ok(Outcome::Absent);
        }
        // The new one is counted already: what fills a class is still taken.
        if let Some(why) = placing::no_room(&tx, (Kind::Case, 0), class).await? {
            return Ok(Outcome::Conflict(why));
        }
        if let Some(tags) = tags {
            begin(&tx, new, &tags).await?;
        }
        let head = cases::read_head(&tx, new).await?;
        cases::own(&tx, new, by, "case_copied", request_id).await?;
        tx.commit().await?;
        Ok(Outcome::Done(head))
    }

    /// Whether this person owns the case and leads the class, and that has room. It is asked before the document is read, which is
    /// work that nobody else is to make, nor to learn from its time that there is a case, and that is not made for nothing; and
    /// once more under the locks.
    pub(super) async fn may_copy(
        &self,
        original: &CaseId,
        class: Uuid,
        by: Uuid,
    ) -> Result<Outcome<()>, StoreError> {
        let mut client = self.client().await?;
        let tx = client.transaction().await?;
        let may =
            enrolments::leads(&tx, class, by).await? && placing::owns(&tx, original, by).await?;
        if !may {
            return Ok(Outcome::Absent);
        }
        let why = placing::no_room(&tx, (Kind::Case, 1), class).await?;
        Ok(why.map_or(Outcome::Done(()), Outcome::Conflict))
    }

    /// A document that begins with the tags of a case; absent if it has none of its own, or its snapshot cannot be read.
    pub(super) async fn tags_of(&self, case_id: &CaseId) -> Result<Option<Vec<u8>>, StoreError> {
        let client = self.client().await?;
        let row = client
            .query_opt(
                "select crdt_state from annotation_document_state
                 where case_id = $1 and crdt_state is not null and sha256 = sha256(crdt_state)",
                &[&case_id.as_str()],
            )
            .await?;
        drop(client);
        let Some(bytes) = row.map(|row| row.try_get::<_, Vec<u8>>(0)).transpose()? else {
            return Ok(None);
        };
        // As Yjs draws them: 32 random bits.
        let client_id = u64::from(Uuid::new_v4().as_fields().0);
        let copying = move || {
            let document = load_snapshot(&bytes).ok()?;
            let txn = read(&document).ok()?;
            copy_tags(&txn, client_id).ok()?
        };
        Ok(self.decoding.run((), copying).await?)
    }
}

/// Stores what the document of a new case begins with.
pub(super) async fn begin(
    tx: &Transaction<'_>,
    new: &CaseId,
    tags: &[u8],
) -> Result<(), StoreError> {
    tx.execute(
        "insert into annotation_document_state (case_id, crdt_state, sha256, version) values ($1, $2, $3, 1)",
        &[
            &new.as_str(),
            &tags,
            &Digest::of(tags).as_bytes().as_slice(),
        ],
    )
    .await?;
    Ok(())
}

/// Makes a case of the same text in a class, for one of its sections or for all of it; says whether there was a text.
pub(super) async fn insert(
    tx: &Transaction<'_>,
    original: &CaseId,
    (class, new): (Uuid, &CaseId),
    section: Option<Uuid>,
) -> Result<u64, StoreError> {
    Ok(tx
        .execute(
            "with now as (select date_trunc('milliseconds', clock_timestamp()) as moment)
             insert into cases (case_id, title, kind, summary, paragraphs, text_sha256, owner_id, class_id, placed_at,
                                visible_from, hidden_at, section_id)
             select $2, c.title, c.kind, c.summary, c.paragraphs, c.text_sha256, k.owner_id, k.id, moment,
                    case when c.visible_from > moment then c.visible_from end,
                    case when c.visible_from > moment then moment end, $4
             from cases c, classes k, now where c.case_id = $1 and k.id = $3",
            &[&original.as_str(), &new.as_str(), &class, &section],
        )
        .await?)
}
