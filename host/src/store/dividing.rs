//! Cases of sections: one text, and for each section a case of its own with a document of its own.

use contract::CaseId;
use deadpool_postgres::Transaction;
use serde_json::json;
use time::OffsetDateTime;
use uuid::Uuid;

use super::{
    CaseHead, Kind, Outcome, Store, StoreError,
    audit::{self, Entry},
    cases, copying, enrolments, lock, placing,
    settling::{self, Whose},
};

impl Store {
    /// Makes, under these ids, a case of the text and the tags of this one for each section of a class that has none of that text. Their owner is
    /// the class's, as that of a copy. Where the case itself is one of a section, the others get the same, and
    /// follow what the class says of its students all the same; one that is in no class stays so. Absent unless this person owns the case and leads the class.
    ///
    /// # Errors
    /// If Postgres fails.
    pub async fn divide_case(
        &self,
        (class, original): (Uuid, &CaseId),
        by: Uuid,
        (visible_from, ids): (Option<OffsetDateTime>, &[CaseId]),
        request_id: &str,
    ) -> Result<Outcome<Vec<CaseHead>>, StoreError> {
        match self.may_copy(original, class, by).await? {
            Outcome::Done(()) => {}
            Outcome::Absent => return Ok(Outcome::Absent),
            Outcome::Conflict(why) => return Ok(Outcome::Conflict(why)),
        }
        let tags = self.tags_of(original).await?;
        let mut client = self.client().await?;
        let tx = client.transaction().await?;
        lock::name_request(&tx, request_id).await?;
        let original_id = original.as_str().to_owned();
        settling::lock_classes(&tx, &[class], &[original_id]).await?;
        let may =
            enrolments::leads(&tx, class, by).await? && placing::owns(&tx, original, by).await?;
        let Some(is_everybodys) = (match may {
            true => is_everybodys(&tx, class, original).await?,
            false => None,
        }) else {
            return Ok(Outcome::Absent);
        };
        if is_everybodys {
            return Ok(Outcome::Conflict(
                "the whole class has this case: take it out of the class first",
            ));
        }
        let sections = without(&tx, class, original).await?;
        if sections.is_empty() {
            return Ok(Outcome::Conflict(
                "there is no section that does not have a case of this text",
            ));
        }
        let made = &ids[..sections.len().min(ids.len())];
        for (section, new) in sections.iter().zip(made) {
            copying::insert(&tx, original, (class, new), Some(*section)).await?;
            if let Some(tags) = &tags {
                copying::begin(&tx, new, tags).await?;
            }
        }
        // The new ones are counted already.
        if let Some(why) = placing::no_room(&tx, (Kind::Case, 0), class).await? {
            return Ok(Outcome::Conflict(why));
        }
        let ids: Vec<String> = made.iter().map(|new| new.as_str().to_owned()).collect();
        settling::lock(&tx, &ids).await?;
        let mut heads = Vec::with_capacity(made.len());
        for new in made {
            if visible_from.is_some() {
                placing::hide(&tx, new, visible_from).await?;
            }
            heads.push(cases::read_head(&tx, new).await?);
        }
        settling::settle(&tx, &ids, Whose::Everybody).await?;
        let by = by.to_string();
        let entries: Vec<Entry<'_>> = ids
            .iter()
            .map(|new| Entry {
                act: "case_divided",
                case_id: Some(new),
                subject: None,
                by: Some(&by),
                detail: json!({ "class": class }),
                request_id,
            })
            .collect();
        audit::append_all(&tx, &entries).await?;
        tx.commit().await?;
        Ok(Outcome::Done(heads))
    }
}

/// Whether a case is the whole class's; absent if there is none.
async fn is_everybodys(
    tx: &Transaction<'_>,
    class: Uuid,
    case_id: &CaseId,
) -> Result<Option<bool>, StoreError> {
    let row = tx
        .query_opt(
            "select class_id is not distinct from $2 and section_id is null from cases where case_id = $1",
            &[&case_id.as_str(), &class],
        )
        .await?;
    row.map(|row| Ok(row.try_get(0)?)).transpose()
}

/// The sections that have no case of this one's text.
async fn without(
    tx: &Transaction<'_>,
    class: Uuid,
    case_id: &CaseId,
) -> Result<Vec<Uuid>, StoreError> {
    let rows = tx
        .query(
            "select s.id from sections s, cases o
             where s.class_id = $1 and o.case_id = $2 and not exists (
                select from cases c where c.section_id = s.id and c.text_sha256 = o.text_sha256
             ) order by s.created_at, s.id",
            &[&class, &case_id.as_str()],
        )
        .await?;
    let sections = rows.iter().map(|row| Ok(row.try_get(0)?));
    sections.collect()
}
