//! What writers write, and whether everybody has it in the end.

use std::collections::BTreeMap;

use anyhow::{Context, Result};
use room::{
    decode::struct_count,
    limits::{DOCUMENT_BYTES_MAX, DOCUMENT_STRUCTS_MAX},
};
use serde::Serialize;
use yrs::{
    Any, Doc, GetString, Map, MapPrelim, Options, Out, ReadTxn, Text, TextRef, Transact,
    TransactionMut, Update, WriteTxn, block::ClientID, updates::decoder::Decode,
};

use crate::{
    job::{Edit, Large},
    stamp, wire,
};

/// The root text that is written into.
const NOTES: &str = "notes";
const HIGHLIGHTS: &str = "highlights";
/// How many characters are typed at one place of the large document before another one. One update carries them, as one item,
/// which is what Yjs makes of them: a room of ours takes 10,000 frames in a row from one socket, and no more.
const RUN: u32 = 24;

/// A document that one peer writes.
pub struct Written {
    doc: Doc,
    notes: TextRef,
    writer: u32,
    edits: u32,
}

impl Written {
    /// An empty one.
    ///
    /// # Errors
    /// If the system gives no random numbers.
    pub fn new(writer: u32) -> Result<Self> {
        let mut random = [0; 4];
        getrandom::fill(&mut random).context("random numbers")?;
        let doc = Doc::with_options(Options {
            client_id: ClientID::new(u64::from(u32::from_le_bytes(random))),
            ..Options::default()
        });
        let notes = doc.get_or_insert_text(NOTES);
        Ok(Self {
            doc,
            notes,
            writer,
            edits: 0,
        })
    }

    /// The client id that it is written under.
    pub fn client(&self) -> u64 {
        self.doc.client_id().get()
    }

    /// Writes the next stamp at the end of the notes, or on a highlight by `user`; gives the update.
    pub fn edit(&mut self, edit: Edit, user: &str) -> Vec<u8> {
        let mut transaction = self.doc.transact_mut();
        let stamp = stamp::write(self.writer, self.edits);
        match edit {
            Edit::Notes => {
                let end = self.notes.len(&transaction);
                self.notes.insert(&mut transaction, end, &stamp);
            }
            Edit::Highlight => {
                let id = format!("{:08x}-0000-4000-8000-{:012x}", self.writer, self.edits);
                highlight(&mut transaction, id, user, self.edits * 37, stamp);
            }
            Edit::Nothing => {
                self.notes.insert(&mut transaction, 0, "x");
                self.notes.remove_range(&mut transaction, 0, 1);
            }
        }
        self.edits += 1;
        transaction.encode_update_v1()
    }

    /// The large document, as somebody writes it: what it says is the same whoever does.
    ///
    /// # Errors
    /// If the system gives no random numbers.
    pub fn somebodys_large(large: Large) -> Result<Vec<u8>> {
        let mut written = Self::new(0)?;
        written.large("somebody", large);
        Ok(written.whole())
    }

    /// Everything written so far.
    pub fn whole(&self) -> Vec<u8> {
        wire::whole(&self.doc.transact())
    }

    /// A large document, the same whatever is measured: highlights signed by `user`, and text typed in runs all over.
    /// The last update is a stamp, by which whoever has it is known to have all.
    pub fn large(&mut self, user: &str, Large { edits, highlights }: Large) -> Vec<Vec<u8>> {
        let mut updates = Vec::new();
        for number in 0..highlights {
            let mut transaction = self.doc.transact_mut();
            let start = number * 37;
            let id = format!("{number:08x}-0000-4000-8000-000000000000");
            let quote = format!("the words of the judgment that stand at {start}");
            highlight(&mut transaction, id, user, start, quote);
            updates.push(transaction.encode_update_v1());
        }
        // Places that look random and are the same every time.
        let mut place: u32 = 1;
        let mut typed = 0;
        while typed < edits {
            let mut transaction = self.doc.transact_mut();
            let length = RUN.min(edits - typed);
            typed += length;
            let end = self.notes.len(&transaction) + 1;
            place = place.wrapping_mul(1_664_525).wrapping_add(1_013_904_223) % end;
            let run = "x".repeat(length as usize);
            self.notes.insert(&mut transaction, place, &run);
            updates.push(transaction.encode_update_v1());
        }
        updates.push(self.edit(Edit::Notes, user));
        updates
    }
}

/// How large a document is, and how large one may be.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct Weight {
    /// What is not merged any further, as a room of ours counts it.
    pub items: usize,
    /// How many of them such a room takes.
    pub items_max: usize,
    /// How long it is as one update.
    pub bytes: usize,
    /// How long a document may be in such a room.
    pub bytes_max: usize,
}

impl Weight {
    /// Of a document that is one update.
    ///
    /// # Errors
    /// If it is none, or a room of ours would not read it.
    pub fn of(whole: &[u8]) -> Result<Self> {
        let items = struct_count(whole).context("a document that a room refuses")?;
        Ok(Self {
            items,
            items_max: DOCUMENT_STRUCTS_MAX,
            bytes: whole.len(),
            bytes_max: DOCUMENT_BYTES_MAX,
        })
    }
}

/// What a document says once all these updates are in it.
///
/// # Errors
/// If one cannot be read, or something that it builds on is missing.
pub fn content<'a>(updates: impl IntoIterator<Item = &'a [u8]>) -> Result<String> {
    let doc = Doc::new();
    let notes = doc.get_or_insert_text(NOTES);
    let mut transaction = doc.transact_mut();
    for update in updates {
        let update = Update::decode_v1(update).context("an update that cannot be read")?;
        transaction
            .apply_update(update)
            .context("an update that cannot be applied")?;
    }
    anyhow::ensure!(
        !transaction.has_missing_updates(),
        "something is missing before an update"
    );
    let highlights: BTreeMap<String, String> = transaction
        .get_map(HIGHLIGHTS)
        .iter()
        .flat_map(|map| map.iter(&transaction))
        .map(|(id, highlight)| (id.to_owned(), quote_of(&highlight, &transaction)))
        .collect();
    Ok(format!("{highlights:?} {}", notes.get_string(&transaction)))
}

fn highlight(
    transaction: &mut TransactionMut<'_>,
    id: String,
    user: &str,
    start: u32,
    quote: String,
) {
    let fields = [
        ("start", Any::from(f64::from(start))),
        ("end", Any::from(f64::from(start + 30))),
        ("quote", Any::from(quote)),
        ("tag", Any::from("issue")),
        ("author_id", Any::from(user)),
        ("author", Any::from(user)),
        ("created_at", Any::from("2026-01-01T00:00:00.000Z")),
    ];
    let highlights = transaction.get_or_insert_map(HIGHLIGHTS);
    highlights.insert(transaction, id, MapPrelim::from(fields));
}

/// The words that a highlight is on.
fn quote_of(highlight: &Out, transaction: &impl ReadTxn) -> String {
    let Out::YMap(highlight) = highlight else {
        return "no highlight".to_owned();
    };
    let quote = highlight.get(transaction, "quote");
    quote.map_or_else(String::new, |quote| quote.to_string(transaction))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn content_tells_a_missing_edit_a_missing_highlight_and_another_order() {
        let mut written = Written::new(3).expect("random numbers");
        let updates =
            [Edit::Notes, Edit::Highlight, Edit::Notes].map(|edit| written.edit(edit, "somebody"));
        let all = content(updates.iter().map(Vec::as_slice)).expect("it reads");
        let whole = content([written.whole().as_slice()]).expect("it reads");
        assert_eq!(all, whole);
        for left in [0, 1] {
            let some = updates.iter().take(left + 1).map(Vec::as_slice);
            assert_ne!(content(some).expect("it reads"), all);
        }
        let without_the_second = [updates[0].as_slice(), updates[2].as_slice()];
        assert_ne!(content(without_the_second).ok(), Some(all));
    }

    #[test]
    fn the_large_document_is_the_same_whoever_writes_it() {
        let large = Large {
            edits: 100,
            highlights: 3,
        };
        let mut written = Written::new(0).expect("random numbers");
        let updates = written.large("ann", large);
        assert_eq!(updates.len(), 9);
        let all = content(updates.iter().map(Vec::as_slice)).expect("it reads");
        let wanted = Written::somebodys_large(large).expect("random numbers");
        assert_eq!(content([wanted.as_slice()]).expect("it reads"), all);
    }

    #[test]
    fn an_edit_of_nothing_is_an_update_after_which_all_is_said_as_before() {
        let mut written = Written::new(3).expect("random numbers");
        let first = written.edit(Edit::Notes, "somebody");
        let said = content([first.as_slice()]).expect("it reads");
        let second = written.edit(Edit::Nothing, "somebody");
        assert_ne!(second, [0, 0]);
        assert_eq!(
            content([first.as_slice(), &second]).expect("it reads"),
            said
        );
    }

    #[test]
    fn large_documents_of_the_bench_fit_into_a_room_with_a_quarter_left() {
        // As `bench/large.ts` has them.
        for (edits, highlights) in [(120_000, 2_000), (40_000, 4_000)] {
            let mut written = Written::new(0).expect("random numbers");
            let updates = written.large("ann", Large { edits, highlights });
            assert!((updates.len() as u64) < room::limits::FRAMES_BURST);
            let weight = Weight::of(&written.whole()).expect("a room reads it");
            assert!(weight.items * 4 < weight.items_max * 3, "{weight:?}");
            assert!(weight.bytes * 4 < weight.bytes_max * 3, "{weight:?}");
            assert!(weight.items > 8 * highlights as usize, "{weight:?}");
        }
    }
}
