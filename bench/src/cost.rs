//! What processes cost, from /proc: their own time, and what they hold in memory.

use std::{ffi::OsStr, fs, path::Path};

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

/// MiB of memory that a process holds.
///
/// # Errors
/// If it is not there any more.
pub fn resident_mib(pid: u32) -> Result<f64> {
    let path = format!("/proc/{pid}/statm");
    let text = fs::read_to_string(&path).with_context(|| format!("{path} cannot be read"))?;
    let pages = text.split_whitespace().nth(1).context("pages")?;
    Ok(pages.parse::<f64>().context("pages")? * PAGE_KIB / 1024.0)
}

/// How many objects a workerd has in memory: each has its database open, a file named by the object's id, as long as it is.
///
/// # Errors
/// If the process is not there any more.
pub fn objects_awake(pid: u32) -> Result<usize> {
    let path = format!("/proc/{pid}/fd");
    let open = fs::read_dir(&path).with_context(|| format!("{path} cannot be read"))?;
    let files = open
        .flatten()
        .filter_map(|entry| fs::read_link(entry.path()).ok());
    Ok(files.filter(|file| is_database_of_object(file)).count())
}

fn is_database_of_object(file: &Path) -> bool {
    let name = file.file_stem().and_then(OsStr::to_str).unwrap_or_default();
    let has_ending = file.extension().is_some_and(|ending| ending == "sqlite");
    has_ending && name.len() == 64 && name.bytes().all(|byte| byte.is_ascii_hexdigit())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_database_of_an_object_counts_as_one() {
        let id = "0a".repeat(32);
        assert!(is_database_of_object(Path::new(&format!(
            "/state/v3/do/x-Room/{id}.sqlite"
        ))));
        for other in [
            format!("/state/{id}.sqlite-wal"),
            "/state/metadata.sqlite".to_owned(),
        ] {
            assert!(!is_database_of_object(Path::new(&other)), "{other}");
        }
    }
}
