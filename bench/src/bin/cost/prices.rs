//! What the platform asks for, as it publishes it, and what that makes of an hour.

use crate::hour::{ARCHIVE_MS, Counts};

/// What something costs in US dollars, without the monthly allowances: those are used up first, by whatever comes first.
#[derive(Clone, Copy, Debug, Default)]
pub struct Bill {
    pub requests: f64,
    pub gigabyte_seconds: f64,
    pub rows_written: f64,
    pub worker_requests: f64,
}

/// <https://developers.cloudflare.com/durable-objects/platform/pricing/>, read on 27 November 2026.
pub const REQUESTS_PER_MILLION: f64 = 0.15;
pub const MESSAGES_PER_REQUEST: f64 = 20.0;
pub const GIGABYTE_SECONDS_PER_MILLION: f64 = 12.50;
/// What is billed of memory, however little of it is used.
pub const OBJECT_GIGABYTES: f64 = 0.128;
/// Each alarm that is set and each row that is deleted counts as one.
pub const ROWS_WRITTEN_PER_MILLION: f64 = 1.00;
pub const STORED_PER_GIGABYTE_MONTH: f64 = 0.20;
/// <https://developers.cloudflare.com/workers/platform/pricing/>, read on the same day.
pub const WORKER_REQUESTS_PER_MILLION: f64 = 0.30;

/// Requests of a page to the Worker in an hour: 8 when it is loaded, and a ticket every 12 minutes.
pub const PAGE_REQUESTS: u64 = 13;
/// Processor time of a frame that comes in, and of one that goes out: 90 to 350 µs and 27 to 35 µs were measured in workerd.
pub const FRAME_IN_US: u64 = 200;
pub const FRAME_OUT_US: u64 = 31;
/// A stock client renews its presence every 15 s, changed or not.
pub const STOCK_RENEWALS_EACH: u64 = 240;

/// How long an object is billed in an hour, in seconds.
pub fn active_seconds(counts: &Counts) -> f64 {
    let frames_us = counts.frames_in * FRAME_IN_US + counts.frames_out * FRAME_OUT_US;
    let kept_ms = counts.timer_ms + counts.archives * ARCHIVE_MS;
    // Counted as though they never fell together: too much rather than too little, but never more than the hour.
    (frames_us as f64 / 1e6 + kept_ms as f64 / 1e3).min(3_600.0)
}

impl Bill {
    /// Of an hour in one of our rooms.
    pub fn ours(counts: &Counts) -> Bill {
        let messages = (counts.frames_in + counts.pings) as f64 / MESSAGES_PER_REQUEST;
        Bill {
            requests: counts.upgrades as f64 + messages + counts.alarms as f64,
            gigabyte_seconds: active_seconds(counts) * OBJECT_GIGABYTES,
            rows_written: counts.rows_written as f64,
            worker_requests: (counts.upgrades + counts.students * PAGE_REQUESTS) as f64,
        }
    }

    /// Of the same hour in a room that is in memory as long as somebody is there, keeps nothing in the object, and whose
    /// clients renew their presence.
    pub fn without_hibernation(counts: &Counts) -> Bill {
        let renewals = counts.students * STOCK_RENEWALS_EACH;
        let messages = (counts.frames_in + renewals) as f64 / MESSAGES_PER_REQUEST;
        Bill {
            requests: counts.upgrades as f64 + messages,
            gigabyte_seconds: 3_600.0 * OBJECT_GIGABYTES,
            rows_written: 0.0,
            worker_requests: (counts.upgrades + counts.students * PAGE_REQUESTS) as f64,
        }
    }

    pub fn dollars(&self) -> f64 {
        let millions = self.requests * REQUESTS_PER_MILLION
            + self.gigabyte_seconds * GIGABYTE_SECONDS_PER_MILLION
            + self.rows_written * ROWS_WRITTEN_PER_MILLION
            + self.worker_requests * WORKER_REQUESTS_PER_MILLION;
        millions / 1e6
    }
}
