//! What processes cost, from /proc: their own time, and what they hold in memory.

use std::fs;

use anyhow::{Context, Result};

/// Ticks a second in /proc/PID/stat, as on every Linux that this runs on (`getconf CLK_TCK`).
const TICKS_PER_SECOND: f64 = 100.0;
const PAGE_KIB: f64 = 4.0;

/// Seconds of processor time that these processes have used, in user and kernel mode.
///
/// # Errors
/// If one of them is not there any more.
pub fn cpu_seconds(pids: &[u32]) -> Result<f64> {
    let each = pids.iter().map(|pid| {
        let path = format!("/proc/{pid}/stat");
        let text = fs::read_to_string(&path).with_context(|| format!("{path} cannot be read"))?;
        // The name, in brackets, may hold anything; fields 14 and 15 are counted behind it.
        let (_, fields) = text.rsplit_once(") ").context("a line of /proc/PID/stat")?;
        let ticks: Vec<f64> = fields
            .split_whitespace()
            .skip(11)
            .take(2)
            .map(str::parse)
            .collect::<Result<_, _>>()
            .context("ticks")?;
        Ok(ticks.iter().sum::<f64>() / TICKS_PER_SECOND)
    });
    each.sum()
}

/// MiB of memory that these processes hold.
///
/// # Errors
/// If one of them is not there any more.
pub fn resident_mib(pids: &[u32]) -> Result<f64> {
    let each = pids.iter().map(|pid| {
        let path = format!("/proc/{pid}/statm");
        let text = fs::read_to_string(&path).with_context(|| format!("{path} cannot be read"))?;
        let pages = text.split_whitespace().nth(1).context("pages")?;
        Ok(pages.parse::<f64>().context("pages")? * PAGE_KIB / 1024.0)
    });
    each.sum()
}
