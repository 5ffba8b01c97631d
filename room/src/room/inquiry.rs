//! A question to the host that is repeated until it is answered (SPEC section 6).

use crate::{
    archive::{Backoff, InFlight},
    event::RequestId,
    time::Timestamp,
};

/// Where the room stands with one kind of question.
#[derive(Debug, Default)]
pub(super) struct Inquiry {
    due: Option<Timestamp>,
    in_flight: Option<InFlight>,
    pub(super) backoff: Backoff,
}

impl Inquiry {
    pub(super) fn due_at(at: Timestamp) -> Inquiry {
        Inquiry {
            due: Some(at),
            ..Inquiry::default()
        }
    }

    /// When something is to be done: ask, or give up what is in flight.
    pub(super) fn next(&self, connected: bool) -> Option<Timestamp> {
        if let Some(in_flight) = self.in_flight {
            return Some(in_flight.lost_at());
        }
        self.due.map(|due| {
            self.backoff
                .retry_at(connected)
                .map_or(due, |retry| retry.max(due))
        })
    }

    /// Whether to ask now; gives up a request that was lost.
    pub(super) fn is_due(&mut self, now: Timestamp, connected: bool) -> bool {
        if self
            .in_flight
            .is_some_and(|in_flight| in_flight.lost_at() <= now)
        {
            self.failed(now);
        }
        self.in_flight.is_none() && self.next(connected).is_some_and(|at| at <= now)
    }

    /// Asks now rather than later.
    pub(super) fn hurry(&mut self, now: Timestamp) {
        self.due = self.due.map(|due| due.min(now));
    }

    /// Sees to it that the question is asked again some time while anybody is there, and not when nobody is.
    pub(super) fn keep_up(&mut self, now: Timestamp, connected: bool, pause_ms: u64) {
        if self.in_flight.is_some() {
            return;
        }
        if connected {
            self.due.get_or_insert(now + pause_ms);
        } else if self.due.is_some_and(|due| due > now) {
            self.due = None;
        }
    }

    pub(super) fn sent(&mut self, now: Timestamp, request: RequestId) {
        self.in_flight = Some(InFlight {
            request,
            sent_at: now,
        });
    }

    /// Takes the answer to a request; `false` if nobody waits for it.
    pub(super) fn answered(&mut self, request: RequestId) -> bool {
        let expected = self
            .in_flight
            .is_some_and(|in_flight| in_flight.request == request);
        if expected {
            self.in_flight = None;
        }
        expected
    }

    pub(super) fn failed(&mut self, now: Timestamp) {
        self.in_flight = None;
        self.backoff.failed(now);
    }

    pub(super) fn done(&mut self) {
        *self = Inquiry::default();
    }
}
