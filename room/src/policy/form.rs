//! How much somebody may put on a board: judged by the values that an update brings, before any of them is applied, and whether
//! they would win or not.

use annotation::{Part, count, count_max, unsound, unsound_whole};
use yrs::{Any, ReadTxn};

use super::{Judge, Violation};
use crate::known::Said;

impl<T: ReadTxn, B> Judge<'_, T, B> {
    /// Looks at each new value, if there is any on a board.
    ///
    /// # Errors
    /// If one of them is not of the form that it has to be.
    pub(super) fn judge_forms(&self) -> Result<(), Violation> {
        if !self.is_on_board {
            return Ok(());
        }
        let mut judged = Ok(());
        self.reach.sayings(|saying| {
            let thing = self.reach.entry(saying.entry).thing;
            if judged.is_err() || !thing.is_on_board() || self.reach.is_dead(saying.entry) {
                return;
            }
            let found = match (&saying.said, saying.part) {
                (Said::Nothing, _) => None,
                (Said::Value(Any::Map(fields)), Part::Whole) => unsound_whole(thing, fields),
                (Said::Value(value), part) => unsound(thing, part, Some(value)),
                (Said::Nested | Said::Other, part) => unsound(thing, part, None),
            };
            if let Some(unsound) = found {
                judged = Err(Violation::Unsound { thing, unsound });
            }
        })?;
        judged
    }

    /// Counts what would be there. That the document holds few enough things to be counted is what this is for.
    ///
    /// # Errors
    /// If there would be more than a board takes.
    pub(super) fn judge_counts(&self) -> Result<(), Violation> {
        for (&thing, &added) in &self.added {
            if let Some(count_max) = count_max(thing)
                && count(self.before, thing).saturating_add(added) > count_max
            {
                return Err(Violation::Crowded { thing, count_max });
            }
        }
        Ok(())
    }
}
