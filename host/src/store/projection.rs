//! The projection's rows and watermarks. What follows the documents is `crate::projection`.

use annotation::{Comment, Highlight, Moment, Sticky, Tag};
use contract::{CaseId, Digest};
use deadpool_postgres::Transaction;
use time::{OffsetDateTime, UtcOffset, format_description::well_known::Rfc3339};

use super::{Kind, Store, StoreError, heeding, kept, lock, projected_notes};
use crate::limits::PROJECTION_ROWS_AT_ONCE;

/// What the projection finds of a case.
#[derive(Clone, Debug)]
pub enum Lagging {
    /// It has no bytes any more.
    Nothing,
    /// Its bytes do not have the stored hash.
    Corrupt,
    /// These bytes; they have their hash.
    Intact(LaggingCase),
}

/// A case whose rows do not show its newest version.
#[derive(Clone, Debug)]
pub struct LaggingCase {
    /// Which one.
    pub case_id: CaseId,
    /// Its newest version.
    pub version: i64,
    /// The whole document.
    pub bytes: Vec<u8>,
}

/// What a version's document says, or why it says nothing.
pub struct Projected {
    /// Its highlights.
    pub highlights: Vec<Highlight>,
    /// Its comments.
    pub comments: Vec<Comment>,
    /// Its tags.
    pub tags: Vec<Tag>,
    /// The notes on it that have words, if it is a board.
    pub stickies: Vec<Sticky>,
    /// Its free notes.
    pub notes: String,
    /// Its state vector, encoded.
    pub state_vector: Vec<u8>,
}

impl Store {
    /// Names cases whose watermark is not their version, at most `count_max` and none of `passed_over`, and the age in
    /// seconds of the oldest. What an earlier host has projected, which knows nothing of notes, lags as well.
    ///
    /// # Errors
    /// If Postgres fails.
    pub async fn lagging_cases(
        &self,
        passed_over: &[&str],
        count_max: i64,
    ) -> Result<(Vec<CaseId>, f64), StoreError> {
        let client = self.client().await?;
        let rows = kept::query(
                &client,
                "select d.case_id, extract(epoch from now() - d.updated_at)::float8 as age
                 from annotation_document_state d left join projection p on p.case_id = d.case_id
                 where d.crdt_state is not null
                    and (p.version is distinct from d.version or p.notes_version is distinct from d.version)
                    and d.case_id <> all ($1)
                 order by d.updated_at limit $2",
                &[&passed_over, &count_max],
            )
            .await?;
        let age = rows.first().map_or(Ok(0.0), |row| row.try_get("age"))?;
        let cases = rows.iter().map(|row| {
            CaseId::parse(row.try_get("case_id")?).map_err(|_| StoreError::Inconsistent {
                what: "a row names no case",
            })
        });
        Ok((cases.collect::<Result<_, _>>()?, age))
    }

    /// Reads a case's newest version for the projection, and checks its hash.
    ///
    /// # Errors
    /// If Postgres fails.
    pub async fn lagging_case(&self, case_id: CaseId) -> Result<Lagging, StoreError> {
        let client = self.client().await?;
        let row = kept::query_opt(
            &client,
            "select version, crdt_state, sha256 from annotation_document_state
                 where case_id = $1 and crdt_state is not null",
            &[&case_id.as_str()],
        )
        .await?;
        let Some(row) = row else {
            return Ok(Lagging::Nothing);
        };
        let bytes: Vec<u8> = row.try_get("crdt_state")?;
        if row.try_get::<_, &[u8]>("sha256")? != Digest::of(&bytes).as_bytes() {
            return Ok(Lagging::Corrupt);
        }
        Ok(Lagging::Intact(LaggingCase {
            case_id,
            version: row.try_get("version")?,
            bytes,
        }))
    }

    /// Makes the rows show a version, or notes why it cannot be shown. Does nothing if the case was deleted or the
    /// version is shown already. Should two hosts race and the older version win, the case lags and is projected again.
    ///
    /// # Errors
    /// If Postgres fails.
    pub async fn project(
        &self,
        case_id: &CaseId,
        version: i64,
        projected: Result<&Projected, &str>,
    ) -> Result<(), StoreError> {
        let mut client = self.client().await?;
        let tx = client.transaction().await?;
        lock::lock_projection(&tx, case_id).await?;
        let superseded = kept::query_one(
                &tx,
                "select coalesce((select deleted_at is not null from annotation_document_state where case_id = $1), true)
                     or exists (select from projection where case_id = $1 and version = $2 and notes_version = $2)",
                &[&case_id.as_str(), &version],
            )
            .await?;
        if superseded.try_get(0)? {
            return Ok(());
        }
        if let Ok(projected) = projected {
            write(&tx, case_id, projected).await?;
            kept::execute(
                &tx,
                "update annotation_document_state set state_vector = $3 where case_id = $1 and version = $2",
                &[&case_id.as_str(), &version, &projected.state_vector],
            )
            .await?;
        }
        kept::execute(
            &tx,
            "insert into projection (case_id, version, notes_version, error) values ($1, $2, $2, $3)
             on conflict (case_id) do update
             set version = excluded.version, notes_version = excluded.notes_version, error = excluded.error,
                 projected_at = now()",
            &[&case_id.as_str(), &version, &projected.err()],
        )
        .await?;
        tx.commit().await?;
        Ok(())
    }

    /// Forgets all rows and watermarks, so that every case lags.
    ///
    /// # Errors
    /// If Postgres fails.
    pub async fn forget_projection(&self) -> Result<(), StoreError> {
        let client = self.client().await?;
        client
            // Not `truncate`, which only the tables' owner may.
            .batch_execute(
                "delete from highlight; delete from highlight_comment; delete from case_tag; delete from board_note;
                 delete from private_note_words; delete from projection",
            )
            .await?;
        Ok(())
    }
}

impl StoreError {
    /// The SQLSTATE with which Postgres refused what it was given to write, so that a repetition is refused as well.
    pub(crate) fn refused_content(&self) -> Option<&str> {
        let Self::Postgres(error) = self else {
            return None;
        };
        // Data exceptions, violated constraints, and what is too large for a row or an index.
        let code = error.code()?.code();
        ["22", "23", "54"]
            .iter()
            .any(|class| code.starts_with(class))
            .then_some(code)
    }
}

/// Writes what a document says where it belongs. What somebody writes for themselves comes into no table that others look into,
/// and nobody is told of it.
async fn write(
    tx: &Transaction<'_>,
    case_id: &CaseId,
    projected: &Projected,
) -> Result<(), StoreError> {
    let row = kept::query_one(
        tx,
        "select exists (select from private_notes where document_id = $1) as is_private,
                    exists (select from boards where board_id = $1) as is_board",
        &[&case_id.as_str()],
    )
    .await?;
    if row.try_get("is_private")? {
        return projected_notes::write_private(tx, case_id, projected).await;
    }
    let kind = if row.try_get("is_board")? {
        Kind::Board
    } else {
        Kind::Case
    };
    match kind {
        Kind::Board => projected_notes::write_board(tx, case_id, &projected.stickies).await,
        Kind::Case => {
            heeding::heed(tx, case_id, &projected.comments, &projected.highlights).await?;
            write_highlights(tx, case_id, &projected.highlights).await?;
            write_comments(tx, case_id, &projected.comments).await?;
            write_tags(tx, case_id, &projected.tags).await
        }
    }
}

/// Rows that say the same already are not written again: a document is projected many times an hour.
async fn write_highlights(
    tx: &Transaction<'_>,
    case_id: &CaseId,
    all: &[Highlight],
) -> Result<(), StoreError> {
    let ids: Vec<&str> = all.iter().map(|h| h.id.as_str()).collect();
    kept::execute(
        tx,
        "delete from highlight where case_id = $1 and highlight_id <> all ($2)",
        &[&case_id.as_str(), &ids],
    )
    .await?;
    for batch in all.chunks(PROJECTION_ROWS_AT_ONCE) {
        kept::execute(
            tx,
            "insert into highlight as h
                (case_id, highlight_id, tag, start_offset, end_offset, quote, para, author_id, author, created_at)
             select $1, * from unnest($2::text[], $3::text[], $4::int[], $5::int[], $6::text[], $7::text[], $8::text[],
                                      $9::text[], $10::timestamptz[])
             on conflict (case_id, highlight_id) do update set
                tag = excluded.tag, start_offset = excluded.start_offset, end_offset = excluded.end_offset,
                quote = excluded.quote, para = excluded.para, author_id = excluded.author_id,
                author = excluded.author, created_at = excluded.created_at
             where (h.tag, h.start_offset, h.end_offset, h.quote, h.para, h.author_id, h.author, h.created_at)
                is distinct from (excluded.tag, excluded.start_offset, excluded.end_offset, excluded.quote,
                                  excluded.para, excluded.author_id, excluded.author, excluded.created_at)",
            &[
                &case_id.as_str(),
                &column(batch, |h| h.id.as_str()),
                &column(batch, |h| h.tag.as_deref()),
                &column(batch, |h| h.start),
                &column(batch, |h| h.end),
                &column(batch, |h| h.quote.as_deref()),
                &column(batch, |h| h.para.as_deref()),
                &column(batch, |h| h.author_id.as_deref()),
                &column(batch, |h| h.author.as_deref()),
                &column(batch, |h| moment(h.created_at.as_ref())),
            ],
        )
        .await?;
    }
    Ok(())
}

async fn write_comments(
    tx: &Transaction<'_>,
    case_id: &CaseId,
    all: &[Comment],
) -> Result<(), StoreError> {
    let ids: Vec<&str> = all.iter().map(|c| c.id.as_str()).collect();
    kept::execute(
        tx,
        "delete from highlight_comment where case_id = $1 and comment_id <> all ($2)",
        &[&case_id.as_str(), &ids],
    )
    .await?;
    for batch in all.chunks(PROJECTION_ROWS_AT_ONCE) {
        kept::execute(
            tx,
            "insert into highlight_comment as c
                (case_id, comment_id, highlight_id, parent_id, body, author_id, author, created_at, edited_at,
                 resolved_at)
             select $1, * from unnest($2::text[], $3::text[], $4::text[], $5::text[], $6::text[], $7::text[],
                                      $8::timestamptz[], $9::timestamptz[], $10::timestamptz[])
             on conflict (case_id, comment_id) do update set
                highlight_id = excluded.highlight_id, parent_id = excluded.parent_id, body = excluded.body,
                author_id = excluded.author_id, author = excluded.author, created_at = excluded.created_at,
                edited_at = excluded.edited_at, resolved_at = excluded.resolved_at
             where (c.highlight_id, c.parent_id, c.body, c.author_id, c.author, c.created_at, c.edited_at, c.resolved_at)
                is distinct from (excluded.highlight_id, excluded.parent_id, excluded.body, excluded.author_id,
                                  excluded.author, excluded.created_at, excluded.edited_at, excluded.resolved_at)",
            &[
                &case_id.as_str(),
                &column(batch, |c| c.id.as_str()),
                &column(batch, |c| c.highlight_id.as_deref()),
                &column(batch, |c| c.parent_id.as_deref()),
                &column(batch, |c| c.text.as_deref()),
                &column(batch, |c| c.author_id.as_deref()),
                &column(batch, |c| c.author.as_deref()),
                &column(batch, |c| moment(c.created_at.as_ref())),
                &column(batch, |c| moment(c.edited_at.as_ref())),
                &column(batch, |c| moment(c.resolved_at.as_ref())),
            ],
        )
        .await?;
    }
    Ok(())
}

async fn write_tags(tx: &Transaction<'_>, case_id: &CaseId, all: &[Tag]) -> Result<(), StoreError> {
    let ids = column(all, |tag| tag.id.as_str());
    kept::execute(
        tx,
        "delete from case_tag where case_id = $1 and tag_id <> all ($2)",
        &[&case_id.as_str(), &ids],
    )
    .await?;
    if all.is_empty() {
        return Ok(());
    }
    kept::execute(
        tx,
        "insert into case_tag as t (case_id, tag_id, name)
         select $1, * from unnest($2::text[], $3::text[])
         on conflict (case_id, tag_id) do update set name = excluded.name where t.name <> excluded.name",
        &[&case_id.as_str(), &ids, &column(all, |tag| tag.name.as_str())],
    )
    .await?;
    Ok(())
}

pub(super) fn column<'a, R, T>(rows: &'a [R], value: impl Fn(&'a R) -> T) -> Vec<T> {
    rows.iter().map(value).collect()
}

/// What a client wrote, if it is a moment at all, and one of a year that Postgres, `time` and people agree on in every
/// time zone.
pub(super) fn moment(written: Option<&Moment>) -> Option<OffsetDateTime> {
    let moment = match written? {
        Moment::Millis(millis) => {
            OffsetDateTime::from_unix_timestamp_nanos(i128::from(*millis) * 1_000_000).ok()?
        }
        Moment::Text(text) => OffsetDateTime::parse(text, &Rfc3339).ok()?,
    };
    moment
        .checked_to_offset(UtcOffset::UTC)
        .filter(|moment| (1..=9998).contains(&moment.year()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_moment_is_read_in_either_form_and_junk_is_none() {
        let text = Moment::Text("2026-11-21T04:00:00+01:00".into());
        let millis = Moment::Millis(1_795_230_000_000);
        assert_eq!(moment(Some(&text)), moment(Some(&millis)));
        for junk in [
            Moment::Text("yesterday".into()),
            Moment::Millis(i64::MAX),
            Moment::Millis(i64::MIN),
            Moment::Millis(-220_000_000_000_000),
            Moment::Text("9999-12-31T23:59:59-01:00".into()),
            Moment::Text("9999-01-01T00:00:00Z".into()),
            Moment::Text("0001-01-01T00:00:00+01:00".into()),
        ] {
            assert_eq!(moment(Some(&junk)), None);
        }
        assert_eq!(moment(None), None);
    }
}
