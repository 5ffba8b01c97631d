//! The texts of cases in pieces, for search: a whole text is more than one row of words can hold, and the words around a hit
//! are cut out of a piece in no time.

use contract::Digest;
use deadpool_postgres::Transaction;
use serde::Deserialize;

use super::{Store, StoreError, lock};
use crate::limits::{PASSAGE_UNITS_MAX, PASSAGE_UNITS_MIN};

/// A piece of a text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Passage {
    /// Where it begins, in UTF-16 units.
    pub(super) start: i32,
    pub(super) body: String,
}

/// What is read of a text.
#[derive(Deserialize)]
struct Written {
    text: String,
}

/// Divides a text, given as it is stored. One that cannot be read has no pieces: `host verify` says what is wrong with it.
pub(super) fn divide(bytes: &[u8]) -> Vec<Passage> {
    match serde_json::from_slice::<Written>(bytes) {
        Ok(written) => pieces(&written.text),
        Err(_) => Vec::new(),
    }
}

/// Paragraphs are put together until they are long enough; a longer one is divided between words, or anywhere if it has none.
pub(super) fn pieces(text: &str) -> Vec<Passage> {
    let mut passages = Vec::new();
    let (mut body, mut start, mut units, mut at) = (String::new(), 0_usize, 0, 0);
    for word in text.split_inclusive(char::is_whitespace) {
        let mut rest = word;
        while !rest.is_empty() {
            let is_paragraph_end =
                body.ends_with('\n') && units >= PASSAGE_UNITS_MIN && !rest.trim().is_empty();
            if is_paragraph_end || units + utf16(rest) > PASSAGE_UNITS_MAX && units > 0 {
                finish(&mut passages, &mut body, start);
                (start, units) = (at, 0);
            }
            let (taken, left) = rest.split_at(fitting(rest));
            body.push_str(taken);
            units += utf16(taken);
            at += utf16(taken);
            rest = left;
        }
    }
    finish(&mut passages, &mut body, start);
    passages
}

/// How many bytes of a word are taken at once.
fn fitting(word: &str) -> usize {
    // A character has at most two units.
    let last = word.char_indices().nth(PASSAGE_UNITS_MAX / 2);
    last.map_or(word.len(), |(at, _)| at)
}

fn utf16(text: &str) -> usize {
    text.chars().map(char::len_utf16).sum()
}

fn finish(passages: &mut Vec<Passage>, body: &mut String, start: usize) {
    let body = std::mem::take(body);
    let start = i32::try_from(start);
    if let (false, Ok(start)) = (body.trim().is_empty(), start) {
        passages.push(Passage { start, body });
    }
}

/// Stores the pieces of a text, unless they are there.
pub(super) async fn write(
    tx: &Transaction<'_>,
    sha256: &Digest,
    passages: &[Passage],
) -> Result<(), StoreError> {
    let starts: Vec<i32> = passages.iter().map(|passage| passage.start).collect();
    let bodies: Vec<&str> = passages
        .iter()
        .map(|passage| passage.body.as_str())
        .collect();
    tx.execute(
        "insert into case_passage (text_sha256, start_offset, body)
         select $1, * from unnest($2::int[], $3::text[])
         where not exists (select from case_passage where text_sha256 = $1)
         on conflict do nothing",
        &[&sha256.as_bytes().as_slice(), &starts, &bodies],
    )
    .await?;
    Ok(())
}

impl Store {
    /// Texts that have no pieces, because a host of an earlier release stored them, or because they cannot be read: so many of those
    /// that follow `after` in the order of their hashes.
    ///
    /// # Errors
    /// If Postgres fails.
    pub async fn undivided_texts(
        &self,
        after: Option<Digest>,
        count_max: i64,
    ) -> Result<Vec<Digest>, StoreError> {
        let client = self.client().await?;
        let after = after.as_ref().map_or(&[][..], |after| after.as_bytes());
        let rows = client
            .query(
                "select sha256 from case_text t
                 where sha256 > $1 and not exists (select from case_passage p where p.text_sha256 = t.sha256)
                 order by sha256 limit $2",
                &[&after, &count_max],
            )
            .await?;
        let texts = rows.iter().map(|row| {
            Digest::from_slice(row.try_get(0)?).ok_or(StoreError::Inconsistent {
                what: "the hash of a text has not 32 bytes",
            })
        });
        texts.collect()
    }

    /// Divides a text, unless it has pieces. One that cannot be read gets none.
    ///
    /// # Errors
    /// If Postgres fails.
    pub async fn divide_text(&self, sha256: &Digest) -> Result<(), StoreError> {
        let mut client = self.client().await?;
        let tx = client.transaction().await?;
        lock::lock_text(&tx, sha256).await?;
        let row = tx
            .query_opt(
                "select body from case_text where sha256 = $1",
                &[&sha256.as_bytes().as_slice()],
            )
            .await?;
        let Some(body) = row.map(|row| row.try_get::<_, Vec<u8>>(0)).transpose()? else {
            return Ok(());
        };
        let passages = tokio::task::spawn_blocking(move || divide(&body)).await?;
        write(&tx, sha256, &passages).await?;
        tx.commit().await?;
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(text: &str) -> Vec<Passage> {
        let passages = pieces(text);
        let units: Vec<u16> = text.encode_utf16().collect();
        for passage in &passages {
            let start = usize::try_from(passage.start).unwrap();
            let end = start + utf16(&passage.body);
            assert_eq!(
                String::from_utf16(&units[start..end]).unwrap(),
                passage.body
            );
            assert!(end - start <= PASSAGE_UNITS_MAX);
        }
        let whole: String = passages
            .iter()
            .map(|passage| passage.body.as_str())
            .collect();
        assert_eq!(whole, text);
        passages
    }

    #[test]
    fn paragraphs_are_put_together_and_stand_where_they_stand_in_the_text() {
        let paragraph = format!("{} 🎓\n\n", "word ".repeat(60));
        assert_eq!(check("a short one").len(), 1);
        let passages = check(&paragraph.repeat(20));
        assert_eq!(passages.len(), 5);
        assert!(
            passages
                .iter()
                .all(|passage| passage.body.starts_with("word"))
        );
    }

    #[test]
    fn what_is_too_long_is_divided_between_words_and_a_word_anywhere() {
        assert!(check(&"word ".repeat(PASSAGE_UNITS_MAX)).len() >= 5);
        assert!(check(&"🎓".repeat(PASSAGE_UNITS_MAX)).len() >= 2);
        assert_eq!(pieces("  \n "), []);
        assert_eq!(divide(b"x"), []);
        assert_eq!(divide(br#"{"text":"a","blocks":[]}"#).len(), 1);
    }
}
