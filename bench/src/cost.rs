//! What processes cost: their own time, and what they hold in memory.

use std::{ffi::OsStr, fs, path::Path};

use anyhow::{Context, Result};

const PAGE_KIB: f64 = 4.0;

/// Seconds of processor time that these processes have used, in user and kernel mode.
///
/// # Errors
/// If one of them is not there any more.
pub fn cpu_seconds(pids: &[u32]) -> Result<f64> {
    pids.iter().map(|pid| clock_of(*pid)).sum()
}

/// The clock of a process: nanoseconds, of all its threads, those that have ended among them. /proc/PID/stat counts the same
/// in hundredths of a second, a tenth of what some loads cost; /proc/PID/task/*/schedstat knows nothing of ended threads.
#[cfg(target_os = "linux")]
fn clock_of(pid: u32) -> Result<f64> {
    let clock = i32::try_from(pid)
        .map(nix::unistd::Pid::from_raw)
        .context("a process's id")?;
    let time = nix::time::clock_getcpuclockid(clock)
        .and_then(nix::time::clock_gettime)
        .with_context(|| format!("process {pid} has no clock"))?;
    Ok(std::time::Duration::from(time).as_secs_f64())
}

#[cfg(not(target_os = "linux"))]
fn clock_of(_: u32) -> Result<f64> {
    anyhow::bail!("only Linux tells the clock of another process")
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
    use std::{process, thread, time::Instant};

    use super::*;

    /// Computes until so much more of this thread's time has passed, as far as nobody else wants the core.
    fn compute(ms: u128) {
        let began = Instant::now();
        while began.elapsed().as_millis() < ms {
            std::hint::spin_loop();
        }
    }

    #[cfg(target_os = "linux")]
    #[test]
    fn threads_that_have_ended_count_and_so_does_less_than_a_tick() {
        let own = [process::id()];
        let before = cpu_seconds(&own).expect("it runs");
        thread::spawn(|| compute(200)).join().expect("it ends");
        let ended = cpu_seconds(&own).expect("it runs") - before;
        assert!(ended > 0.05, "{ended}");
        let finer = (0..20).any(|_| {
            let before = cpu_seconds(&own).expect("it runs");
            compute(1);
            let used = cpu_seconds(&own).expect("it runs") - before;
            used > 0.0 && used < 0.008
        });
        assert!(finer, "it counts in ticks");
    }

    #[cfg(target_os = "linux")]
    #[test]
    fn a_process_that_is_not_there_has_no_cost() {
        assert!(cpu_seconds(&[process::id(), 4_194_303]).is_err());
    }

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
