//! What a Worker reports about itself, in a signed header of the requests that it makes anyway.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::limits::{METRICS_BYTES_MAX, METRICS_CODES_MAX};

/// The Worker's numbers. Counters are what was counted since the last request that was answered, so that the host can
/// add them up; a report whose answer was lost is sent again and may be counted twice, never lost.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct EdgeMetrics {
    /// Counter: lives in memory that began.
    pub rooms_woken: u64,
    /// Counter: frames that were refused, by the close code they were answered with.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub frames_refused: BTreeMap<u16, u64>,
    /// Counter: assertions of ours that did not hold.
    pub faults: u64,
    /// Counter: lives in memory that a panic ended.
    pub panics: u64,
    /// Counter: requests to the host that failed or did not prove themselves.
    pub host_failures: u64,
    /// Counter: storage operations of the object that failed.
    pub storage_failures: u64,
    /// The age of the oldest edit that Postgres lacks, the largest since the last report, in milliseconds.
    pub dirty_age_ms: u64,
    /// From the oldest edit in the last archive to the host's answer, in milliseconds; absent before the first one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub archive_lag_ms: Option<u64>,
    /// The size of the isolate's wasm memory.
    pub wasm_memory_bytes: u64,
}

impl EdgeMetrics {
    /// Writes the header's value: ASCII JSON of at most 4 KiB. Of more than 100 close codes only the smallest
    /// are kept.
    pub fn encode(&self) -> String {
        let mut report = self.clone();
        report.frames_refused = self
            .frames_refused
            .iter()
            .take(METRICS_CODES_MAX)
            .map(|(code, count)| (*code, *count))
            .collect();
        serde_json::to_string(&report).expect("numbers in a struct always serialise")
    }

    /// Reads the header's value. Unknown fields are ignored and missing ones are zero, so that the two sides can be
    /// deployed one after the other.
    ///
    /// # Errors
    /// If it is too long, no such JSON, or names too many codes.
    pub fn parse(text: &str) -> Result<Self, MalformedMetrics> {
        // serde also reads a struct from a list of its fields; no Worker writes that.
        if text.len() > METRICS_BYTES_MAX || !text.starts_with('{') {
            return Err(MalformedMetrics);
        }
        let metrics: Self = serde_json::from_str(text).map_err(|_| MalformedMetrics)?;
        if metrics.frames_refused.len() > METRICS_CODES_MAX {
            return Err(MalformedMetrics);
        }
        Ok(metrics)
    }

    /// Adds a later report to this one, as if both were one.
    pub fn merge(&mut self, later: &Self) {
        self.rooms_woken = self.rooms_woken.saturating_add(later.rooms_woken);
        for (code, count) in &later.frames_refused {
            let sum = self.frames_refused.entry(*code).or_default();
            *sum = sum.saturating_add(*count);
        }
        self.faults = self.faults.saturating_add(later.faults);
        self.panics = self.panics.saturating_add(later.panics);
        self.host_failures = self.host_failures.saturating_add(later.host_failures);
        self.storage_failures = self.storage_failures.saturating_add(later.storage_failures);
        self.dirty_age_ms = self.dirty_age_ms.max(later.dirty_age_ms);
        self.archive_lag_ms = later.archive_lag_ms.or(self.archive_lag_ms);
        self.wasm_memory_bytes = later.wasm_memory_bytes.max(self.wasm_memory_bytes);
    }
}

/// The metrics header cannot be read.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error(
    "the metrics are not the JSON that a Worker writes, or longer than {METRICS_BYTES_MAX} bytes"
)]
pub struct MalformedMetrics;

#[cfg(test)]
mod tests {
    use super::*;

    fn report() -> EdgeMetrics {
        EdgeMetrics {
            rooms_woken: 1,
            frames_refused: BTreeMap::from([(4400, 2), (4409, 1)]),
            dirty_age_ms: 900,
            archive_lag_ms: Some(5_000),
            wasm_memory_bytes: 4_000_000,
            ..EdgeMetrics::default()
        }
    }

    #[test]
    fn a_report_reads_back_as_it_was_written() {
        assert_eq!(EdgeMetrics::parse(&report().encode()), Ok(report()));
    }

    #[test]
    fn unknown_fields_are_ignored_and_missing_ones_are_zero() {
        assert_eq!(
            EdgeMetrics::parse(r#"{"later":[1]}"#),
            Ok(EdgeMetrics::default())
        );
    }

    #[test]
    fn junk_is_refused() {
        let many = (0..200)
            .map(|n| format!("\"{n}\":1"))
            .collect::<Vec<_>>()
            .join(",");
        for text in [
            "",
            "[]",
            "{",
            r#"{"rooms_woken":-1}"#,
            &format!("{{\"frames_refused\":{{{many}}}}}"),
        ] {
            assert_eq!(EdgeMetrics::parse(text), Err(MalformedMetrics), "{text}");
        }
        assert_eq!(
            EdgeMetrics::parse(&format!("{{}}{}", " ".repeat(METRICS_BYTES_MAX))),
            Err(MalformedMetrics)
        );
    }

    #[test]
    fn an_overlong_report_is_cut_to_what_the_other_side_reads() {
        let report = EdgeMetrics {
            rooms_woken: u64::MAX,
            frames_refused: (10_000..u16::MAX).map(|code| (code, u64::MAX)).collect(),
            faults: u64::MAX,
            panics: u64::MAX,
            host_failures: u64::MAX,
            storage_failures: u64::MAX,
            dirty_age_ms: u64::MAX,
            archive_lag_ms: Some(u64::MAX),
            wasm_memory_bytes: u64::MAX,
        };
        let read = EdgeMetrics::parse(&report.encode()).unwrap();
        assert_eq!(read.frames_refused.len(), METRICS_CODES_MAX);
        assert_eq!(read.rooms_woken, u64::MAX);
    }

    #[test]
    fn merged_reports_add_counters_and_keep_the_worst_age() {
        let mut sum = report();
        sum.merge(&EdgeMetrics {
            dirty_age_ms: 10,
            archive_lag_ms: None,
            ..report()
        });
        assert_eq!(sum.frames_refused, BTreeMap::from([(4400, 4), (4409, 2)]));
        assert_eq!(
            (sum.rooms_woken, sum.dirty_age_ms, sum.archive_lag_ms),
            (2, 900, Some(5_000))
        );
    }
}
