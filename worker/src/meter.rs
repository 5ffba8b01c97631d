//! What this isolate counts for the operator. The sums leave in a signed header of the next request to the host, from
//! whichever room makes it.

use std::cell::RefCell;

use contract::EdgeMetrics;
use wasm_bindgen::{JsCast, JsValue};

thread_local! {
    static SUMS: RefCell<EdgeMetrics> = RefCell::default();
}

/// Adds what a room counted.
pub(crate) fn add(counted: room::Metrics) {
    let archive_lag_ms = (counted.archives > 0).then_some(counted.archive_lag_ms);
    merge(&EdgeMetrics {
        rooms_woken: counted.rooms_woken,
        frames_refused: counted.frames_refused,
        faults: counted.faults,
        dirty_age_ms: counted.dirty_age_ms,
        archive_lag_ms,
        ..EdgeMetrics::default()
    });
}

/// Counts a life in memory that a panic ended.
pub(crate) fn count_panic() {
    merge(&EdgeMetrics {
        panics: 1,
        ..EdgeMetrics::default()
    });
}

/// Counts a request to the host that failed.
pub(crate) fn count_host_failure() {
    merge(&EdgeMetrics {
        host_failures: 1,
        ..EdgeMetrics::default()
    });
}

/// Counts a storage operation that failed.
pub(crate) fn count_storage_failure() {
    merge(&EdgeMetrics {
        storage_failures: 1,
        ..EdgeMetrics::default()
    });
}

/// Takes the sums, to be sent.
pub(crate) fn take() -> EdgeMetrics {
    let mut sums = SUMS.with(|sums| std::mem::take(&mut *sums.borrow_mut()));
    sums.wasm_memory_bytes = wasm_memory_bytes();
    sums
}

/// Puts back sums whose report was not answered.
pub(crate) fn put_back(unsent: &EdgeMetrics) {
    merge(unsent);
}

/// The size of the isolate's wasm memory, which never shrinks.
pub(crate) fn wasm_memory_bytes() -> u64 {
    let memory: js_sys::WebAssembly::Memory = wasm_bindgen::memory().unchecked_into();
    js_sys::Reflect::get(&memory.buffer(), &JsValue::from_str("byteLength"))
        .ok()
        .and_then(|bytes| bytes.as_f64())
        .map_or(0, |bytes| bytes as u64)
}

fn merge(later: &EdgeMetrics) {
    SUMS.with(|sums| sums.borrow_mut().merge(later));
}
