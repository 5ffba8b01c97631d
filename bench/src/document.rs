//! What writers write, and whether everybody has it in the end.

use anyhow::{Context, Result};
use yrs::{
    Doc, GetString, Map, MapPrelim, Options, ReadTxn, Text, TextRef, Transact, Update, WriteTxn,
    block::ClientID, updates::decoder::Decode,
};

use crate::{stamp, wire};

/// The root text that is written into.
const NOTES: &str = "notes";
const HIGHLIGHTS: &str = "highlights";
/// How many characters are typed at one place of the large document before another one.
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

    /// Writes the next stamp; gives the update.
    pub fn edit(&mut self) -> Vec<u8> {
        let mut transaction = self.doc.transact_mut();
        let end = self.notes.len(&transaction);
        self.notes.insert(
            &mut transaction,
            end,
            &stamp::write(self.writer, self.edits),
        );
        self.edits += 1;
        transaction.encode_update_v1()
    }

    /// Everything written so far.
    pub fn whole(&self) -> Vec<u8> {
        wire::whole(&self.doc.transact())
    }

    /// A large document, the same whatever is measured: highlights signed by `user`, and text typed in runs all over.
    /// The last update is a stamp, by which whoever has it is known to have all.
    pub fn large(&mut self, user: &str, edits: u32, highlights: u32) -> Vec<Vec<u8>> {
        let mut updates = Vec::new();
        for number in 0..highlights {
            let mut transaction = self.doc.transact_mut();
            let map = transaction.get_or_insert_map(HIGHLIGHTS);
            let start = number * 37;
            let quote = format!("the words of the judgment that stand at {start}");
            map.insert(
                &mut transaction,
                format!("{number:08x}-0000-4000-8000-000000000000"),
                MapPrelim::from([
                    ("start", yrs::Any::from(f64::from(start))),
                    ("end", yrs::Any::from(f64::from(start + 30))),
                    ("quote", yrs::Any::from(quote)),
                    ("tag", yrs::Any::from("issue")),
                    ("author_id", yrs::Any::from(user)),
                    ("author", yrs::Any::from(user)),
                    ("created_at", yrs::Any::from("2026-01-01T00:00:00.000Z")),
                ]),
            );
            updates.push(transaction.encode_update_v1());
        }
        // Places that look random and are the same every time.
        let mut place: u32 = 1;
        for number in 0..edits {
            let mut transaction = self.doc.transact_mut();
            let length = self.notes.len(&transaction);
            if number % RUN == 0 {
                place = place.wrapping_mul(1_664_525).wrapping_add(1_013_904_223) % (length + 1);
            } else {
                place = (place + 1).min(length);
            }
            self.notes.insert(&mut transaction, place, "x");
            updates.push(transaction.encode_update_v1());
        }
        updates.push(self.edit());
        updates
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
    let highlights = transaction
        .get_map(HIGHLIGHTS)
        .map_or(0, |map| map.len(&transaction));
    Ok(format!("{highlights} {}", notes.get_string(&transaction)))
}
