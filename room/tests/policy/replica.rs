//! A document and what it emits.

use std::{cell::RefCell, rc::Rc};

use yrs::{
    ClientID, Doc, OffsetKind, Options, ReadTxn, StateVector, Transact, Update,
    updates::decoder::Decode,
};

/// A document and what it emits.
pub struct Replica {
    pub doc: Doc,
    emitted: Rc<RefCell<Vec<Vec<u8>>>>,
}

impl Replica {
    /// An empty document. `clears_formats`: as Yjs does, after edits of others.
    pub fn new(client: u64, clears_formats: bool) -> Replica {
        let doc = Doc::with_options(Options {
            offset_kind: OffsetKind::Utf16,
            cleanup_formatting: clears_formats,
            ..Options::with_guid_and_client_id("test".into(), ClientID::new(client))
        });
        let emitted = Rc::new(RefCell::new(Vec::new()));
        let sink = Rc::clone(&emitted);
        doc.observe_update_v1("test", move |_, event| {
            sink.borrow_mut().push(event.update.clone());
        })
        .expect("no transaction is open");
        Replica { doc, emitted }
    }

    pub fn apply(&self, update: &[u8]) {
        let update = Update::decode_v1(update).expect("the update is sound");
        let mut txn = self.doc.transact_mut();
        txn.apply_update(update)
            .expect("the update can be integrated");
    }

    pub fn copy(&self) -> Replica {
        let copy = Replica::new(0, false);
        copy.apply(&self.doc.transact().encode_diff_v1(&StateVector::default()));
        copy.take_emitted();
        copy
    }

    pub fn take_emitted(&self) -> Vec<Vec<u8>> {
        self.emitted.take()
    }
}
