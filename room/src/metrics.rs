//! What a room counts for its operator.

use std::collections::BTreeMap;

/// Counts since they were last taken.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Metrics {
    /// Lives in memory that began.
    pub rooms_woken: u64,
    /// Updates journaled.
    pub updates: u64,
    /// Edits by which the room has taken out what erased people had left.
    pub erasures: u64,
    /// Frames refused, by the close code that answered them.
    pub frames_refused: BTreeMap<u16, u64>,
    /// Failures of the room itself.
    pub faults: u64,
    /// Archives that the host confirmed.
    pub archives: u64,
    /// How long the newest confirmed archive's oldest edit had waited.
    pub archive_lag_ms: u64,
    /// How long the oldest edit has waited that the store may lack, 0 if there is none.
    pub dirty_age_ms: u64,
}
