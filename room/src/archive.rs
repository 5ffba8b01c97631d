//! When the document is sent to the host (SPEC section 6): a debounce, a back-off, and one request at a time.

use crate::{
    event::RequestId,
    limits::{
        ARCHIVE_SPACING_MS, REQUEST_LOST_MS, RETRY_ALONE_MAX_MS, RETRY_CONNECTED_MAX_MS,
        RETRY_FIRST_MS,
    },
    time::Timestamp,
};

/// The pauses between failed attempts of one kind of request: doubling, capped by whether anybody waits.
#[derive(Clone, Debug, Default)]
pub(crate) struct Backoff {
    failures: u32,
    failed_at: Option<Timestamp>,
}

impl Backoff {
    pub(crate) fn failed(&mut self, now: Timestamp) {
        self.failures = self.failures.saturating_add(1);
        self.failed_at = Some(now);
    }

    pub(crate) fn succeeded(&mut self) {
        *self = Backoff::default();
    }

    /// Attempts that failed since the last one that did not.
    pub(crate) fn failures(&self) -> u32 {
        self.failures
    }

    /// When the next attempt may start; absent if the last one succeeded.
    pub(crate) fn retry_at(&self, connected: bool) -> Option<Timestamp> {
        let cap = if connected {
            RETRY_CONNECTED_MAX_MS
        } else {
            RETRY_ALONE_MAX_MS
        };
        let doubled = RETRY_FIRST_MS.saturating_mul(1 << (self.failures.saturating_sub(1)).min(20));
        self.failed_at.map(|at| at + doubled.min(cap))
    }
}

/// A request on its way, and when it is given up.
#[derive(Clone, Copy, Debug)]
pub(crate) struct InFlight {
    pub(crate) request: RequestId,
    pub(crate) sent_at: Timestamp,
}

impl InFlight {
    pub(crate) fn lost_at(&self) -> Timestamp {
        self.sent_at + REQUEST_LOST_MS
    }
}

/// How long edits may wait for the host.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Debounce {
    pub(crate) quiet_ms: u64,
    pub(crate) max_ms: u64,
}

/// Rooms in which everybody begins at once would all send at once, so long after that: each is early by a share of its own of
/// this part of the longest wait.
const SPREAD_PART: u64 = 2;

/// Where the room stands with the host. Whether it is dirty is not here: that is a comparison of two numbers.
#[derive(Debug)]
pub(crate) struct Archiving {
    debounce: Debounce,
    /// By how much this life of the room sends earlier than it must.
    early_ms: u64,
    /// When the oldest and the newest edit were made that did not leave yet.
    first_edit: Option<Timestamp>,
    last_edit: Option<Timestamp>,
    /// Since when the store has been behind for what left already, or for another reason than an edit.
    behind_since: Option<Timestamp>,
    pub(crate) in_flight: Option<(InFlight, u64)>,
    last_sent: Option<Timestamp>,
    pub(crate) backoff: Backoff,
    /// The store is behind for another reason than an edit: do not wait for quiet.
    at_once: bool,
}

impl Archiving {
    pub(crate) fn new(debounce: Debounce) -> Archiving {
        Archiving {
            debounce,
            early_ms: 0,
            first_edit: None,
            last_edit: None,
            behind_since: None,
            in_flight: None,
            last_sent: None,
            backoff: Backoff::default(),
            at_once: false,
        }
    }

    /// Draws by how much this life is early.
    pub(crate) fn spread(&mut self, entropy: u64) {
        self.early_ms = entropy % (self.debounce.max_ms / SPREAD_PART + 1);
    }

    /// An edit was journaled.
    pub(crate) fn edited(&mut self, now: Timestamp) {
        self.first_edit.get_or_insert(now);
        self.last_edit = Some(now);
    }

    /// The store is behind and nothing is gained by waiting.
    pub(crate) fn hurry(&mut self, now: Timestamp) {
        self.behind_since.get_or_insert(now);
        self.at_once = true;
    }

    /// A request left, holding every update up to `seq`.
    pub(crate) fn sent(&mut self, now: Timestamp, request: RequestId, seq: u64) {
        self.in_flight = Some((
            InFlight {
                request,
                sent_at: now,
            },
            seq,
        ));
        self.last_sent = Some(now);
        self.behind_since = self.behind_since.or(self.first_edit);
        self.first_edit = None;
        self.last_edit = None;
        self.at_once = false;
    }

    /// The request in flight was answered.
    pub(crate) fn confirmed(&mut self) {
        self.in_flight = None;
        self.behind_since = None;
        self.backoff.succeeded();
    }

    /// The store holds everything: the edits noted since are its own.
    pub(crate) fn settled(&mut self) {
        self.first_edit = None;
        self.last_edit = None;
        self.at_once = false;
    }

    /// The request in flight failed or was lost.
    pub(crate) fn failed(&mut self, now: Timestamp) {
        self.in_flight = None;
        self.backoff.failed(now);
        self.at_once = true;
    }

    /// Until when edits may wait of which this is the first, however they go on. Early, but no oftener for that.
    fn longest(&self, first: Timestamp) -> Timestamp {
        let max_ms = self.debounce.max_ms;
        let early = first + max_ms.saturating_sub(self.early_ms);
        let spaced = self.last_sent.map_or(early, |sent| sent + max_ms);
        early.max(spaced).min(first + max_ms)
    }

    /// Whether nobody has edited for so long that a pause has begun.
    pub(crate) fn is_quiet(&self, now: Timestamp) -> bool {
        self.last_edit
            .is_none_or(|last| last + self.debounce.quiet_ms <= now)
    }

    /// How long the oldest edit has waited that the store may lack.
    pub(crate) fn dirty_age_ms(&self, now: Timestamp) -> u64 {
        [self.behind_since, self.first_edit]
            .into_iter()
            .flatten()
            .min()
            .map_or(0, |since| now.millis_since(since))
    }

    /// When something is to be done, given that the room is dirty: send, or give up what is in flight.
    pub(crate) fn due(&self, now: Timestamp, connected: bool) -> Timestamp {
        if let Some((in_flight, _)) = self.in_flight {
            return in_flight.lost_at();
        }
        let wanted = match (self.first_edit, self.last_edit) {
            (Some(first), Some(last)) if connected && !self.at_once => {
                (last + self.debounce.quiet_ms).min(self.longest(first))
            }
            (Some(_), Some(_)) | (None, _) | (_, None) => now,
        };
        let spaced = self.last_sent.map(|sent| sent + ARCHIVE_SPACING_MS);
        let retry = self.backoff.retry_at(connected);
        [Some(wanted), spaced, retry]
            .into_iter()
            .flatten()
            .max()
            .unwrap_or(now)
    }
}
