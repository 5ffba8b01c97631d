//! The time, as the runtime tells it. The only file that reads it, and each time by one call of JavaScript.

use room::Timestamp;

/// The moment, as rooms count it.
pub(crate) fn now() -> Timestamp {
    Timestamp(js_sys::Date::now() as u64)
}

/// Unix seconds, as Worker and host count them.
pub(crate) fn now_s() -> u64 {
    now().0 / 1_000
}
