//! Seeded randomness, and a room's document with its fence, which checks after each step what must always hold.

use std::{cell::RefCell, collections::BTreeMap, rc::Rc};

use room::{
    decode::{self, StateVector},
    known::{Admission, AdmitBounds, Known, Refusal},
};
use yrs::{
    ClientID, Doc, OffsetKind, Options, ReadTxn, Transact, Update, updates::decoder::Decode,
};

pub const BOUNDS: AdmitBounds = AdmitBounds::of_peer(60_000);

/// SplitMix64: small, and the same everywhere.
pub struct Random(u64);

impl Random {
    pub fn new(seed: u64) -> Random {
        Random(seed)
    }

    pub fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }

    /// A number below `end`, which must not be 0.
    pub fn below(&mut self, end: u32) -> u32 {
        (self.next() % u64::from(end)) as u32
    }

    pub fn chance(&mut self, percent: u32) -> bool {
        self.below(100) < percent
    }

    pub fn shuffle<T>(&mut self, items: &mut [T]) {
        for end in (1..items.len()).rev() {
            items.swap(end, self.below(end as u32 + 1) as usize);
        }
    }
}

pub fn new_doc(client_id: u64) -> Doc {
    Doc::with_options(Options {
        offset_kind: OffsetKind::Utf16,
        ..Options::with_guid_and_client_id("test".into(), ClientID::new(client_id))
    })
}

/// A document, and what its observer told since the last look.
pub struct Observed {
    pub doc: Doc,
    emitted: Rc<RefCell<Vec<Vec<u8>>>>,
}

impl Observed {
    pub fn new(client_id: u64) -> Observed {
        let doc = new_doc(client_id);
        let emitted = Rc::new(RefCell::new(Vec::new()));
        let sink = Rc::clone(&emitted);
        doc.observe_update_v1("test", move |_, event| {
            sink.borrow_mut().push(event.update.clone())
        })
        .expect("no transaction is open");
        Observed { doc, emitted }
    }

    pub fn take_emitted(&self) -> Vec<Vec<u8>> {
        self.emitted.take()
    }

    pub fn apply(&self, update: &[u8]) {
        self.doc
            .transact_mut()
            .apply_update(Update::decode_v1(update).expect("the update is sound"))
            .expect("the update can be integrated");
    }

    pub fn state(&self) -> StateVector {
        state_of(&self.doc)
    }

    pub fn diff(&self, state: &StateVector) -> Vec<u8> {
        let state: yrs::StateVector = state
            .iter()
            .map(|(&client, &clock)| (ClientID::new(client), clock))
            .collect();
        self.doc.transact().encode_diff_v1(&state)
    }
}

pub fn state_of(doc: &Doc) -> StateVector {
    doc.transact()
        .state_vector()
        .iter()
        .map(|(client, &clock)| (client.get(), clock))
        .collect()
}

/// The document's delete set in one form.
pub fn deleted_in(doc: &Doc) -> Vec<(u64, u32, u32)> {
    let snapshot = doc.transact().snapshot();
    let mut clients = BTreeMap::<u64, Vec<(u32, u32)>>::new();
    for (client, ranges) in snapshot.delete_set.iter() {
        clients
            .entry(client.get())
            .or_default()
            .extend(ranges.iter().map(|range| (range.start, range.end)));
    }
    let mut all = Vec::<(u64, u32, u32)>::new();
    for (client, mut ranges) in clients {
        ranges.sort_unstable();
        for (start, end) in ranges {
            match all.last_mut() {
                Some(last) if last.0 == client && last.2 >= start => last.2 = last.2.max(end),
                _ if start < end => all.push((client, start, end)),
                _ => {}
            }
        }
    }
    all
}

/// A document behind the fence, as a room keeps it.
pub struct Fenced {
    pub observed: Observed,
    pub known: Known,
}

impl Fenced {
    pub fn new() -> Fenced {
        Fenced {
            observed: Observed::new(0),
            known: Known::new(),
        }
    }

    /// Admits an update, applies what is new, takes in what yrs emitted, and checks that all agree.
    pub fn feed(&mut self, update: &[u8]) -> Result<Admission, Refusal> {
        let admission = self.known.admit(update, &BOUNDS)?;
        let Some(novel) = &admission.novel else {
            return Ok(admission);
        };
        self.observed.take_emitted();
        self.observed
            .doc
            .transact_mut()
            .apply_update(Update::decode_v1(novel).expect("yrs reads what was let through"))
            .expect("yrs integrates what was let through");
        assert!(
            !self.observed.doc.transact().has_missing_updates(),
            "nothing is pending"
        );
        let emitted = self.observed.take_emitted();
        assert_eq!(
            emitted.len(),
            1,
            "what was let through changes the document"
        );
        assert_ne!(emitted[0], Update::EMPTY_V1);
        self.known
            .absorb(&emitted[0])
            .expect("what yrs emitted is understood");
        self.check();
        let again = self
            .known
            .admit(novel, &BOUNDS)
            .expect("what was let through once stays sound");
        assert_eq!(
            (again.novel, again.incomplete),
            (None, false),
            "what was taken is known"
        );
        Ok(admission)
    }

    /// The index says what the document says.
    pub fn check(&self) {
        assert_eq!(*self.known.state_vector(), self.observed.state());
        assert_eq!(
            self.known.deleted().collect::<Vec<_>>(),
            deleted_in(&self.observed.doc)
        );
    }

    /// The document survives being written down and loaded.
    pub fn check_round_trip(&self) -> Vec<u8> {
        let encoded = self.observed.diff(&StateVector::new());
        decode::struct_count(&encoded).expect("what yrs encoded can be counted");
        let copy = Observed::new(0);
        copy.apply(&encoded);
        assert!(
            !copy.doc.transact().has_missing_updates(),
            "an encoded document is whole"
        );
        assert_eq!(copy.state(), self.observed.state());
        assert_eq!(deleted_in(&copy.doc), deleted_in(&self.observed.doc));
        let mut known = Known::new();
        known
            .absorb(&encoded)
            .expect("an encoded document is understood");
        assert_eq!(known.state_vector(), self.known.state_vector());
        assert_eq!(
            known.deleted().collect::<Vec<_>>(),
            self.known.deleted().collect::<Vec<_>>()
        );
        encoded
    }
}
