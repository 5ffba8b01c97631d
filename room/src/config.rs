//! What a room is told once, and when it wants to be called.

use crate::time::Timestamp;

/// What an operator may set.
#[derive(Clone, Debug)]
pub struct Config {
    /// The pause in editing after which the document is archived.
    pub archive_quiet_ms: u64,
    /// The longest that an edit waits for such a pause.
    pub archive_max_ms: u64,
    /// How edits that come in a row are taken.
    pub pace: Pace,
}

/// How edits that come in a row are taken: together, or each by itself.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Pace {
    /// What comes soon after an edit was shown waits for a tick, and is shown with whatever else has come by then.
    #[default]
    InTicks,
    /// Nothing waits: for whoever looks at what one frame does.
    OneByOne,
}

/// When the room wants to be called with `Event::DeadlineReached`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Deadlines {
    /// A deadline that must outlive this memory. The room orders the alarm itself, with `Effect::SetAlarm`.
    pub alarm: Option<Timestamp>,
    /// A deadline that may be lost with this memory, at most a few seconds away: a timer will do.
    pub timer: Option<Timestamp>,
}
