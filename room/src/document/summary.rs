//! What is noted of a snapshot when it is written, so that whoever wakes the room and has nothing, or everything, need not wait
//! until all of it was read once more.

use serde::{Deserialize, Serialize};
use yrs::updates::decoder::Decode;

use super::{Content, Document, Stored, size::Size};
use crate::{
    decode::StateVector,
    known::{Held, Known},
};

/// What a snapshot says. It is of those bytes and of no others: what was read once need not be read again as long as it is the same.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Summary {
    state: StateVector,
    structs: usize,
    /// Where the delete set starts.
    deletes_at: usize,
    bytes: usize,
    /// Of all of that and of the snapshot.
    digest: u64,
    /// A planted bug: it is believed though something was written since.
    #[serde(skip)]
    outlives_edits: bool,
}

/// The bytes of a document say something else than it does.
#[derive(Debug, thiserror::Error)]
#[error("the encoded document does not decode to itself")]
pub(crate) struct NotItself;

impl Summary {
    /// Sums up a snapshot that holds this. Absent if its delete set does not name all that is deleted.
    fn new(snapshot: &[u8], held: &Held, structs: usize, deletes_at: usize) -> Option<Summary> {
        let mut summary = Summary {
            state: held.state_vector().clone(),
            structs,
            deletes_at,
            bytes: snapshot.len(),
            digest: 0,
            outlives_edits: false,
        };
        summary.digest = summary.digest_with(snapshot);
        let read_again = Held::new(summary.state.clone(), snapshot.get(deletes_at..)?).ok()?;
        (read_again == *held).then_some(summary)
    }

    /// What the document holds that is stored, and how large it is, if this is of all of it.
    pub(super) fn held(self, stored: &Stored) -> Option<(Held, Size)> {
        let snapshot = stored.snapshot.as_deref()?;
        let is_of_it = (stored.journal.is_empty() || self.outlives_edits)
            && snapshot.len() == self.bytes
            && self.digest_with(snapshot) == self.digest;
        if !is_of_it {
            return None;
        }
        let held = Held::new(self.state, snapshot.get(self.deletes_at..)?).ok()?;
        let mut size = Size::default();
        size.grow(self.bytes, self.structs);
        Some((held, size))
    }

    /// A number by which one tells that nothing of it, or of the snapshot, is damaged or was replaced.
    fn digest_with(&self, snapshot: &[u8]) -> u64 {
        let mut digest = Digest(0);
        for (client, clock) in &self.state {
            digest.add(*client);
            digest.add(u64::from(*clock));
        }
        for number in [self.structs, self.deletes_at, self.bytes] {
            digest.add(number as u64);
        }
        digest.add_bytes(snapshot);
        digest.0
    }

    /// Plants a bug: it is believed though something was written since.
    pub(crate) fn outlive_edits(&mut self) {
        self.outlives_edits = true;
    }
}

/// What tells damaged or replaced bytes from those that were summed up. It takes three instructions for eight bytes, since it passes
/// over a megabyte in code that V8 has not optimised yet; there SipHash takes ten times as long. A step can be undone, so one word
/// that differs is always seen. It is no proof against forgers, and need not be: who could write this could write the snapshot.
struct Digest(u64);

impl Digest {
    fn add(&mut self, word: u64) {
        // Odd, with bits all over: the golden ratio.
        self.0 = (self.0.rotate_left(29) ^ word).wrapping_mul(0x9E37_79B9_7F4A_7C15);
    }

    fn add_bytes(&mut self, bytes: &[u8]) {
        let (words, rest) = bytes.as_chunks::<8>();
        for word in words {
            self.add(u64::from_le_bytes(*word));
        }
        let mut last = [0; 8];
        last[..rest.len()].copy_from_slice(rest);
        self.add(u64::from_le_bytes(last));
    }
}

impl Document {
    /// Sums up bytes that are to take the place of what the document was made from, if they say the same as it does. They are
    /// not built: that would take as long as everything else together, and more memory than the index and the blocks that are
    /// made here.
    ///
    /// # Errors
    /// If they do not.
    pub(crate) fn sum_up(&self, encoded: &[u8]) -> Result<Option<Summary>, NotItself> {
        let mut index = Known::new();
        let absorbed = index.absorb(encoded).map_err(|_| NotItself)?;
        let held = index.held();
        let is_itself = held == self.content.held()
            && yrs::Update::decode_v1(encoded).is_ok()
            && match &self.content {
                Content::Built(built) => built.replica.holds(held.state_vector()),
                Content::Summed(..) | Content::Read(..) => true,
            };
        if !is_itself {
            return Err(NotItself);
        }
        let (structs, deletes_at) = (absorbed.structs, absorbed.deletes_at);
        Ok(Summary::new(encoded, held, structs, deletes_at))
    }

    /// Sums up what is stored, if that is one snapshot, which was read and is not built yet.
    pub(crate) fn sum_up_stored(&self) -> Option<Summary> {
        let Content::Read(stored, index) = &self.content else {
            return None;
        };
        let snapshot = stored.snapshot.as_deref()?;
        let structs = index.size.structs();
        let of_snapshot = || Summary::new(snapshot, index.known.held(), structs, index.deletes_at);
        stored.journal.is_empty().then(of_snapshot).flatten()
    }
}

#[cfg(test)]
mod tests {
    use yrs::{Doc, ReadTxn, StateVector, Text, Transact, WriteTxn};

    use super::{super::LoadError, *};
    use crate::known::{AdmitBounds, Standing};

    fn stored(snapshot: &[u8], journal: &[&[u8]]) -> Stored {
        Stored {
            client_id: 1,
            snapshot: Some(snapshot.to_vec()),
            journal: journal.iter().map(|update| update.to_vec()).collect(),
        }
    }

    fn document(snapshot: &[u8], summary: Option<Summary>) -> Document {
        Document::read(stored(snapshot, &[]), &[], summary).expect("it is a document")
    }

    fn summary(snapshot: &[u8]) -> Summary {
        let summary = document(snapshot, None).sum_up_stored();
        summary.expect("its delete set names all that is deleted")
    }

    /// "gone, kept" of client 11, of which the first word is deleted; and an update that brings more.
    fn written() -> (Vec<u8>, Vec<u8>) {
        let doc = Doc::with_client_id(11u64);
        let whole = |doc: &Doc| doc.transact().encode_diff_v1(&StateVector::default());
        {
            let mut txn = doc.transact_mut();
            let notes = txn.get_or_insert_text("notes");
            notes.insert(&mut txn, 0, "gone, kept");
            notes.remove_range(&mut txn, 0, 6);
        }
        let (before, state) = (whole(&doc), doc.transact().state_vector());
        {
            let mut txn = doc.transact_mut();
            txn.get_or_insert_text("notes").insert(&mut txn, 4, "!");
        }
        let more = doc.transact().encode_diff_v1(&state);
        (before, more)
    }

    #[test]
    fn jo6_a_summary_says_what_reading_finds() {
        let (snapshot, _) = written();
        let read = document(&snapshot, None);
        let summed = document(&snapshot, Some(summary(&snapshot)));
        assert!(read.is_read() && !summed.is_read());
        assert_eq!(summed.content.held(), read.content.held());
        assert_eq!(summed.structs_left(), read.structs_left());
        let again = summed.sum_up(&snapshot).expect("it is the same");
        assert_eq!(again, read.sum_up_stored());
        assert!(!summed.is_read(), "to compare does not take that");
    }

    #[test]
    fn jo6_a_summary_is_of_these_bytes_alone() {
        let (snapshot, more) = written();
        let is_believed = |snapshot: &[u8], journal: &[&[u8]]| {
            let stored = stored(snapshot, journal);
            summary(&written().0).held(&stored).is_some()
        };
        assert!(is_believed(&snapshot, &[]));
        assert!(!is_believed(&snapshot, &[&more]));
        assert!(!is_believed(&snapshot[..snapshot.len() - 1], &[]));
        assert!(!is_believed(&[&snapshot[..], &[0]].concat(), &[]));
        for bit in 0..snapshot.len() * 8 {
            let mut damaged = snapshot.clone();
            damaged[bit / 8] ^= 1 << (bit % 8);
            assert!(!is_believed(&damaged, &[]), "bit {bit}");
        }
        let nothing = Stored::default();
        assert!(summary(&snapshot).held(&nothing).is_none());
    }

    #[test]
    fn jo6_a_damaged_summary_is_not_believed() {
        let (snapshot, _) = written();
        let damages: [fn(&mut Summary); 6] = [
            |summary| *summary.state.entry(11).or_default() += 1,
            |summary| *summary.state.entry(12).or_default() = 1,
            |summary| summary.structs += 1,
            |summary| summary.deletes_at += 1,
            |summary| summary.deletes_at = usize::MAX,
            |summary| summary.digest ^= 1,
        ];
        for damage in damages {
            let mut damaged = summary(&snapshot);
            damage(&mut damaged);
            assert!(document(&snapshot, Some(damaged)).is_read());
        }
    }

    #[test]
    fn jo6_what_is_deleted_beside_the_delete_set_is_not_summed_up() {
        // Three clocks that are gone, and an empty delete set.
        let snapshot = [1, 1, 11, 0, 0, 3, 0];
        let read = document(&snapshot, None);
        assert_eq!(read.sum_up_stored(), None);
        let summed = read.sum_up(&snapshot);
        assert_eq!(summed.expect("it says the same"), None);
    }

    #[test]
    fn jo6_what_is_known_is_told_from_a_summary_as_from_the_index() {
        let (snapshot, more) = written();
        let deletes = summary(&snapshot).deletes_at;
        let deletions = [&[0], &snapshot[deletes..]].concat();
        let bounds = AdmitBounds::of_peer(1_000);
        let standing = |_: &annotation::Attribution, _| Standing::Own;
        let unsound = &snapshot[..snapshot.len() - 1];
        let updates = [&[0, 0], &snapshot[..], &deletions, &more, unsound];
        for (update, is_known) in updates.into_iter().zip([true, true, true, false, true]) {
            let mut summed = document(&snapshot, Some(summary(&snapshot)));
            let mut read = document(&snapshot, None);
            let told = summed.admit(update, &bounds, standing);
            let expected = read.admit(update, &bounds, standing);
            assert_eq!(told.expect("readable"), expected.expect("readable"));
            assert_eq!(summed.is_read(), !is_known, "{update:?}");
        }
    }

    #[test]
    fn jo6_a_summary_that_turns_out_to_be_wrong_is_not_built_upon() {
        let (snapshot, more) = written();
        let mut wrong = summary(&snapshot);
        wrong.state.insert(11, 10 + 1);
        wrong.digest = wrong.digest_with(&snapshot);
        let mut document = document(&snapshot, Some(wrong));
        assert!(!document.is_read());
        for _ in 0..2 {
            let refused = document.apply(&more).map(drop);
            let refused = refused.expect_err("there is no clock 10");
            assert!(
                matches!(
                    refused,
                    super::super::ApplyError::Unreadable(LoadError::OtherThanSummed)
                ),
                "{refused}"
            );
        }
    }

    #[test]
    fn jo6_a_summary_is_read_as_it_was_written() {
        let summary = summary(&written().0);
        let text = serde_json::to_string(&summary).expect("numbers");
        let read: Summary = serde_json::from_str(&text).expect("it was just written");
        assert_eq!(read, summary);
    }
}
