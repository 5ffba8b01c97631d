//! When a socket counts as stuck.
//!
//! The rule: bytes are queued for it, and for 15 s not one of them has left. A queue that falls, however slowly and
//! whatever is added to it meanwhile, never counts. All queues of a room are looked at when something happens in it, once a
//! second at most; the room sends to a silent socket every 20 s, so nobody stays unseen.

use room::Timestamp;

/// How long a queue may stand still.
const STALL_MS: u64 = 15_000;

/// The queues are asked for their length at most so often: each question crosses the border to JavaScript.
const LOOK_EVERY_MS: u64 = 1_000;

/// When the queues of a room were last looked at.
#[derive(Debug, Default)]
pub(crate) struct Looks {
    last: Timestamp,
}

impl Looks {
    /// Whether it is time, and takes note that it is done. A clock that stepped back does not keep anybody from being seen.
    pub(crate) fn is_time(&mut self, now: Timestamp) -> bool {
        let is_time = now < self.last || now.millis_since(self.last) >= LOOK_EVERY_MS;
        if is_time {
            self.last = now;
        }
        is_time
    }
}

/// What is known of one socket's queue.
#[derive(Debug, Default)]
pub(crate) struct Backlog {
    sent_since: u64,
    seen: Option<Sample>,
}

#[derive(Clone, Copy, Debug)]
struct Sample {
    queued: u64,
    /// The last moment at which the queue was seen to move.
    moved_at: Timestamp,
}

impl Backlog {
    /// Notes that so many bytes were added to the queue.
    pub(crate) fn sent(&mut self, bytes: u32) {
        self.sent_since = self.sent_since.saturating_add(u64::from(bytes));
    }

    /// Takes the queue's length; answers whether the socket is stuck.
    pub(crate) fn is_stuck(&mut self, now: Timestamp, queued: u64) -> bool {
        let moved_at = match self.seen {
            Some(before)
                if before.queued > 0 && queued >= before.queued.saturating_add(self.sent_since) =>
            {
                before.moved_at
            }
            Some(_) | None => now,
        };
        self.sent_since = 0;
        self.seen = Some(Sample { queued, moved_at });
        queued > 0 && now.millis_since(moved_at) >= STALL_MS
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(seconds: u64) -> Timestamp {
        Timestamp(1_000_000 + seconds * 1_000)
    }

    #[test]
    fn a_queue_that_stands_still_for_fifteen_seconds_is_stuck() {
        let mut backlog = Backlog::default();
        backlog.sent(1_000);
        assert!(!backlog.is_stuck(at(0), 1_000));
        backlog.sent(500);
        assert!(!backlog.is_stuck(at(14), 1_500));
        assert!(backlog.is_stuck(at(15), 1_500));
    }

    #[test]
    fn a_queue_that_falls_is_never_stuck_although_it_is_added_to() {
        let mut backlog = Backlog::default();
        let mut queued = 1_000_000;
        backlog.sent(1_000_000);
        for minute in 0..10 {
            assert!(!backlog.is_stuck(at(minute * 60), queued));
            backlog.sent(5_000);
            queued += 4_999;
        }
    }

    #[test]
    fn an_empty_queue_is_not_stuck_after_any_silence() {
        let mut backlog = Backlog::default();
        assert!(!backlog.is_stuck(at(0), 0));
        backlog.sent(10);
        assert!(!backlog.is_stuck(at(100), 0));
    }

    #[test]
    fn queues_are_looked_at_once_a_second_and_when_the_clock_stepped_back() {
        let mut looks = Looks::default();
        assert!(looks.is_time(at(1)));
        assert!(!looks.is_time(at(1) + 999));
        assert!(looks.is_time(at(2)));
        assert!(looks.is_time(at(0)));
        assert!(!looks.is_time(at(0) + 1));
    }

    #[test]
    fn a_queue_that_fills_after_a_long_silence_has_its_fifteen_seconds_from_the_first_look() {
        let mut backlog = Backlog::default();
        assert!(!backlog.is_stuck(at(0), 0));
        backlog.sent(10);
        assert!(!backlog.is_stuck(at(100), 10));
        assert!(!backlog.is_stuck(at(114), 10));
        assert!(backlog.is_stuck(at(115), 10));
    }
}
