//! The shared types of a document. Each gets a number, so that two items can say whether they stand in the same.

use std::{collections::BTreeMap, sync::Arc};

use super::plan::Plan;
use crate::decode::Id;

/// The shared types that a document has, or that a part of it adds.
#[derive(Clone, Debug, Default)]
pub(crate) struct Types {
    /// For each the item that holds it; absent for a root type.
    holders: Vec<Option<Id>>,
    /// The root types in which anything ever stood, by name.
    roots: BTreeMap<Arc<str>, u32>,
}

impl Types {
    /// Takes in those that a part adds, numbered on from these.
    pub(super) fn extend(&mut self, added: Types) {
        self.holders.extend(added.holders);
        self.roots.extend(added.roots);
    }
}

impl Plan<'_> {
    /// The number of a new shared type, which this item holds.
    pub(super) fn number_type(&mut self, holder: Option<Id>) -> u32 {
        self.types.holders.push(holder);
        let number = self.known.types.holders.len() + self.types.holders.len() - 1;
        // Fewer than clocks, which end at 2^31, and bytes of names together.
        number as u32
    }

    /// The number of the root type of this name.
    pub(super) fn root_type(&mut self, name: &str) -> u32 {
        let there = self.known.types.roots.get(name);
        if let Some(&number) = there.or_else(|| self.types.roots.get(name)) {
            return number;
        }
        let number = self.number_type(None);
        self.types.roots.insert(name.into(), number);
        number
    }

    /// The item that holds a shared type of the document or of the part; absent for a root type.
    pub(super) fn holder(&self, number: u32) -> Option<Id> {
        let number = number as usize;
        match number.checked_sub(self.known.types.holders.len()) {
            None => self.known.types.holders[number],
            Some(number) => self.types.holders[number],
        }
    }
}
