//! Time as the room knows it: a number that comes with each event. There is no `now()` here on purpose.

use std::ops::Add;

use serde::{Deserialize, Serialize};

/// Milliseconds since the Unix epoch, told by the shell with each event.
///
/// The clock may stand still during one event and may step backwards between two; the room never subtracts two of
/// them without saturating.
#[derive(
    Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize,
)]
pub struct Timestamp(pub u64);

impl Timestamp {
    /// How many milliseconds lie between `earlier` and this moment, 0 if `earlier` is later.
    pub fn millis_since(self, earlier: Timestamp) -> u64 {
        self.0.saturating_sub(earlier.0)
    }
}

impl Add<u64> for Timestamp {
    type Output = Timestamp;

    /// The moment `millis` later.
    fn add(self, millis: u64) -> Timestamp {
        Timestamp(self.0.saturating_add(millis))
    }
}
