//! What outlives memory, and what of it a loss has taken (I1).

use crate::{content::Content, object::Object, oracle::Oracle, store::Store};

impl Oracle {
    /// Compares what was acknowledged with everything that would survive if all memory were lost.
    pub(crate) fn check_durable(&mut self, case: usize, objects: &[Object], store: &Store) {
        let truth = &self.cases[case];
        if truth.is_deleted {
            return;
        }
        if let Some(lost) = truth.acknowledged.beyond(&durable(case, objects, store)) {
            self.violated(
                "I1 nothing acknowledged is lost",
                format!("case {case} has lost {lost}"),
            );
        }
    }

    /// A place where content lay was lost: what lay there alone may be missed from then on.
    pub(crate) fn lost_a_place(&mut self, objects: &[Object], store: &Store) {
        for (index, object) in objects.iter().enumerate() {
            let witnessed = &mut self.objects[index];
            let is_empty = object.storage.meta.is_none();
            witnessed.knows_of_deletion &= !is_empty;
            let restored = store
                .intact(object.case)
                .and_then(Content::of)
                .filter(|_| is_empty);
            let held = restored.as_ref().unwrap_or(&object.storage.content);
            witnessed.shown.keep(held);
        }
        for case in 0..self.cases.len() {
            let is_known = store.is_deleted(case)
                || objects
                    .iter()
                    .zip(&self.objects)
                    .any(|(object, witnessed)| object.case == case && witnessed.knows_of_deletion);
            let truth = &mut self.cases[case];
            if truth.is_deleted && !is_known {
                truth.is_deleted = false;
                truth.acknowledged = Content::default();
            }
            truth.acknowledged.keep(&durable(case, objects, store));
            truth.has_lost = true;
        }
    }
}

/// What every place together holds that outlives memory.
fn durable(case: usize, objects: &[Object], store: &Store) -> Content {
    let mut durable = Content::default();
    for object in objects.iter().filter(|object| object.case == case) {
        durable.absorb(&object.storage.content);
    }
    if let Some(stored) = store.intact(case).and_then(Content::of) {
        durable.absorb(&stored);
    }
    durable
}
