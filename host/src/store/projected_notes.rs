//! The projection's rows of what is written on boards, and of what people write for themselves. Search alone reads them.

use annotation::{Comment, Highlight, Sticky};
use contract::CaseId;
use deadpool_postgres::Transaction;
use time::OffsetDateTime;

use super::{
    StoreError, kept, passages,
    projection::{Projected, column, moment},
};
use crate::limits::PROJECTION_ROWS_AT_ONCE;

/// Makes the rows show what is on a board.
pub(super) async fn write_board(
    tx: &Transaction<'_>,
    board: &CaseId,
    all: &[Sticky],
) -> Result<(), StoreError> {
    kept::execute(
        tx,
        "delete from board_note where board_id = $1 and note_id <> all ($2)",
        &[&board.as_str(), &column(all, |note| note.id.as_str())],
    )
    .await?;
    for batch in all.chunks(PROJECTION_ROWS_AT_ONCE) {
        kept::execute(
            tx,
            "insert into board_note as n (board_id, note_id, body, author_id, author, created_at)
             select $1, * from unnest($2::text[], $3::text[], $4::text[], $5::text[], $6::timestamptz[])
             on conflict (board_id, note_id) do update set
                body = excluded.body, author_id = excluded.author_id, author = excluded.author,
                created_at = excluded.created_at
             where (n.body, n.author_id, n.author, n.created_at)
                is distinct from (excluded.body, excluded.author_id, excluded.author, excluded.created_at)",
            &[
                &board.as_str(),
                &column(batch, |note| note.id.as_str()),
                &column(batch, |note| note.text.as_str()),
                &column(batch, |note| note.author_id.as_deref()),
                &column(batch, |note| note.author.as_deref()),
                &column(batch, |note| moment(note.created_at.as_ref())),
            ],
        )
        .await?;
    }
    Ok(())
}

/// Some words of private notes.
struct Words<'a> {
    item: String,
    highlight: Option<&'a str>,
    body: String,
    at: Option<OffsetDateTime>,
}

/// Makes the rows show what somebody has written for themselves.
pub(super) async fn write_private(
    tx: &Transaction<'_>,
    document: &CaseId,
    projected: &Projected,
) -> Result<(), StoreError> {
    let all: Vec<Words<'_>> = quoted(&projected.highlights)
        .chain(commented(&projected.comments))
        .chain(free(&projected.notes))
        .collect();
    kept::execute(
        tx,
        "delete from private_note_words where document_id = $1 and item <> all ($2)",
        &[
            &document.as_str(),
            &column(&all, |words| words.item.as_str()),
        ],
    )
    .await?;
    for batch in all.chunks(PROJECTION_ROWS_AT_ONCE) {
        kept::execute(
            tx,
            "insert into private_note_words as w (document_id, item, highlight_id, body, written_at)
             select $1, * from unnest($2::text[], $3::text[], $4::text[], $5::timestamptz[])
             on conflict (document_id, item) do update set
                highlight_id = excluded.highlight_id, body = excluded.body, written_at = excluded.written_at
             where (w.highlight_id, w.body, w.written_at)
                is distinct from (excluded.highlight_id, excluded.body, excluded.written_at)",
            &[
                &document.as_str(),
                &column(batch, |words| words.item.as_str()),
                &column(batch, |words| words.highlight),
                &column(batch, |words| words.body.as_str()),
                &column(batch, |words| words.at),
            ],
        )
        .await?;
    }
    Ok(())
}

fn quoted(all: &[Highlight]) -> impl Iterator<Item = Words<'_>> {
    all.iter().filter_map(|highlight| {
        Some(Words {
            item: format!("h{}", highlight.id),
            highlight: Some(&highlight.id),
            body: highlight.quote.clone()?,
            at: moment(highlight.created_at.as_ref()),
        })
    })
}

fn commented(all: &[Comment]) -> impl Iterator<Item = Words<'_>> {
    all.iter().filter_map(|comment| {
        Some(Words {
            item: format!("c{}", comment.id),
            highlight: comment.highlight_id.as_deref(),
            body: comment.text.clone()?,
            at: moment(comment.edited_at.as_ref().or(comment.created_at.as_ref())),
        })
    })
}

/// A piece of the free notes goes by its number: where one grows, those behind it are written again.
fn free(notes: &str) -> impl Iterator<Item = Words<'_>> {
    let readable: String = notes
        .chars()
        .filter(|c| !c.is_control() || matches!(c, '\n' | '\t'))
        .collect();
    let pieces = passages::pieces(&readable).into_iter().enumerate();
    pieces.map(|(number, piece)| Words {
        item: format!("n{number}"),
        highlight: None,
        body: piece.body,
        at: None,
    })
}
