//! How much one socket may ask of the room (SPEC section 9): a bucket that fills with time.

use crate::{
    limits::{
        BYTES_BURST, BYTES_PER_SECOND, FRAMES_BURST, FRAMES_PER_SECOND, FULL_ANSWERS_MAX,
        FULL_ANSWERS_WINDOW_MS,
    },
    time::Timestamp,
};

/// Frames and bytes that one socket may still send now.
#[derive(Debug)]
pub(crate) struct Budget {
    /// In thousandths, so that a millisecond's share is whole.
    milliframes: u64,
    millibytes: u64,
    filled_at: Timestamp,
}

impl Budget {
    pub(crate) fn full(now: Timestamp) -> Budget {
        Budget {
            milliframes: FRAMES_BURST * 1_000,
            millibytes: BYTES_BURST * 1_000,
            filled_at: now,
        }
    }

    /// Takes one frame out; `false` when frames or bytes are used up.
    pub(crate) fn spend_frame(&mut self, now: Timestamp) -> bool {
        let elapsed = now.millis_since(self.filled_at);
        self.filled_at = self.filled_at.max(now);
        self.milliframes = (self.milliframes + elapsed.saturating_mul(FRAMES_PER_SECOND))
            .min(FRAMES_BURST * 1_000);
        self.millibytes =
            (self.millibytes + elapsed.saturating_mul(BYTES_PER_SECOND)).min(BYTES_BURST * 1_000);
        if self.milliframes < 1_000 || self.millibytes == 0 {
            return false;
        }
        self.milliframes -= 1_000;
        true
    }

    /// Takes out what the frame's content cost, down to nothing: one frame of any legal size passes a bucket that
    /// is not empty, and the next one waits for it to fill.
    pub(crate) fn charge(&mut self, bytes: u64) {
        self.millibytes = self.millibytes.saturating_sub(bytes.saturating_mul(1_000));
    }
}

/// How often one socket was sent the whole document of late.
#[derive(Debug, Default)]
pub(crate) struct FullAnswers {
    window_started: Timestamp,
    count: u32,
}

impl FullAnswers {
    /// Counts one more; `false` when it is too many.
    pub(crate) fn count(&mut self, now: Timestamp) -> bool {
        if now.millis_since(self.window_started) >= FULL_ANSWERS_WINDOW_MS {
            self.window_started = now;
            self.count = 0;
        }
        self.count += 1;
        self.count <= FULL_ANSWERS_MAX
    }
}
