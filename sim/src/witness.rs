//! What the oracle sees of an object's journal: each update as it is appended, with the whole document before and after.

use std::rc::Rc;

use room::Effect;
use yrs::{Doc, Transact, Update, updates::decoder::Decode};

use crate::{content::Content, plain::Plain, storage::Storage};

/// An update that was appended.
#[derive(Debug)]
pub(crate) struct Append {
    pub(crate) content: Content,
    pub(crate) update: Vec<u8>,
    /// Whom the room says it is by.
    pub(crate) editor: String,
    pub(crate) attribution: Vec<u8>,
    /// The document before and after, if anybody is judged.
    pub(crate) plain: Option<(Rc<Plain>, Rc<Plain>)>,
}

/// Reads along with an object's journal.
pub(crate) struct Witness {
    /// Nobody is judged, so nothing is read.
    is_idle: bool,
    held: Option<(Doc, Rc<Plain>)>,
}

impl Witness {
    pub(crate) fn new(is_idle: bool) -> Witness {
        Witness {
            is_idle,
            held: None,
        }
    }

    /// Looks at a storage effect before it is carried out.
    pub(crate) fn sees(&mut self, storage: &Storage, effect: &Effect) -> Option<Append> {
        if let Effect::ReplaceSnapshot { .. } | Effect::Wipe { .. } = effect {
            self.forget();
        }
        let Effect::AppendToJournal {
            update,
            editor,
            attribution,
            ..
        } = effect
        else {
            return None;
        };
        Some(Append {
            content: Content::of(update)?,
            update: update.clone(),
            editor: editor.clone(),
            attribution: attribution.clone(),
            plain: (!self.is_idle).then(|| self.reads(storage, update)),
        })
    }

    /// What the storage holds has changed otherwise.
    pub(crate) fn forget(&mut self) {
        self.held = None;
    }

    fn reads(&mut self, storage: &Storage, update: &[u8]) -> (Rc<Plain>, Rc<Plain>) {
        let (document, before) = self.held.take().unwrap_or_else(|| {
            let document = annotation::empty_document(1, "witness");
            for update in storage.updates() {
                apply(&document, update);
            }
            let plain = Rc::new(Plain::of(&document));
            (document, plain)
        });
        apply(&document, update);
        let after = Rc::new(Plain::of(&document));
        self.held = Some((document, Rc::clone(&after)));
        (before, after)
    }
}

fn apply(document: &Doc, update: &[u8]) {
    if let Ok(update) = Update::decode_v1(update) {
        // What cannot be applied shows when the replicas are compared.
        let _ = document.transact_mut().apply_update(update);
    }
}
