//! What the fuzz targets share: a document behind the fence, which checks itself after each step.

use std::{cell::RefCell, collections::BTreeMap, rc::Rc};

use room::known::{AdmitBounds, Known};
use yrs::{
    ClientID, Doc, OffsetKind, Options, ReadTxn, StateVector, Transact, Update,
    updates::decoder::Decode,
};

/// The bound of a whole document.
pub const BOUNDS: AdmitBounds = AdmitBounds::of_peer(60_000);

/// A document that takes only what is admitted.
pub struct Fenced {
    doc: Doc,
    known: Known,
    emitted: Rc<RefCell<Option<Vec<u8>>>>,
}

impl Default for Fenced {
    fn default() -> Fenced {
        let doc = new_doc();
        let emitted = Rc::new(RefCell::new(None));
        let sink = Rc::clone(&emitted);
        doc.observe_update_v1("fuzz", move |_, event| {
            *sink.borrow_mut() = Some(event.update.clone())
        })
        .expect("no transaction is open");
        Fenced {
            doc,
            known: Known::new(),
            emitted,
        }
    }
}

impl Fenced {
    /// Admits an update, applies what is new and checks that document and index agree.
    pub fn feed(&mut self, update: &[u8]) {
        let Ok(admission) = self.known.admit(update, &BOUNDS) else {
            return;
        };
        let Some(novel) = admission.novel else { return };
        let update = Update::decode_v1(&novel).expect("yrs reads what was let through");
        self.doc
            .transact_mut()
            .apply_update(update)
            .expect("yrs integrates what was let through");
        assert!(
            !self.doc.transact().has_missing_updates(),
            "nothing is pending"
        );
        let emitted = self
            .emitted
            .take()
            .expect("what was let through changes the document");
        self.known
            .absorb(&emitted)
            .expect("what yrs emitted is understood");
        assert_agreement(&self.known, &self.doc);
        let again = self
            .known
            .admit(&novel, &BOUNDS)
            .expect("what was let through once stays sound");
        assert_eq!(
            (again.novel, again.incomplete),
            (None, false),
            "what was taken is known"
        );
    }

    /// Writes the document down and loads it again.
    pub fn check_round_trip(&self) {
        let encoded = self.doc.transact().encode_diff_v1(&StateVector::default());
        let copy = new_doc();
        let update = Update::decode_v1(&encoded).expect("yrs reads what it wrote");
        copy.transact_mut()
            .apply_update(update)
            .expect("yrs integrates what it wrote");
        assert!(
            !copy.transact().has_missing_updates(),
            "an encoded document is whole"
        );
        let mut known = Known::new();
        known
            .absorb(&encoded)
            .expect("what yrs wrote is understood");
        assert_agreement(&known, &copy);
        assert_agreement(&self.known, &copy);
    }
}

fn assert_agreement(known: &Known, doc: &Doc) {
    let snapshot = doc.transact().snapshot();
    let state: BTreeMap<u64, u32> = snapshot
        .state_map
        .iter()
        .map(|(client, &clock)| (client.get(), clock))
        .collect();
    assert_eq!(
        *known.state_vector(),
        state,
        "the index has the document's state vector"
    );
    let mut deleted = BTreeMap::<u64, Vec<(u32, u32)>>::new();
    for (client, ranges) in snapshot.delete_set.iter() {
        deleted
            .entry(client.get())
            .or_default()
            .extend(ranges.iter().map(|range| (range.start, range.end)));
    }
    let deleted: Vec<_> = deleted
        .into_iter()
        .flat_map(|(client, ranges)| joined(client, ranges))
        .collect();
    assert_eq!(
        known.deleted().collect::<Vec<_>>(),
        deleted,
        "the index has the document's delete set"
    );
}

fn joined(client: u64, mut ranges: Vec<(u32, u32)>) -> Vec<(u64, u32, u32)> {
    ranges.sort_unstable();
    let mut joined = Vec::<(u64, u32, u32)>::new();
    for (start, end) in ranges {
        match joined.last_mut() {
            Some(last) if last.2 >= start => last.2 = last.2.max(end),
            _ if start < end => joined.push((client, start, end)),
            _ => {}
        }
    }
    joined
}

fn new_doc() -> Doc {
    Doc::with_options(Options {
        offset_kind: OffsetKind::Utf16,
        ..Options::with_guid_and_client_id("fuzz".into(), ClientID::new(0))
    })
}
