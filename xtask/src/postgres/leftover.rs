//! What a killed PostgreSQL leaves behind: a lock file, and perhaps itself.

use std::fs;
use std::io::ErrorKind;
use std::path::Path;
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail};
use rustix::process::{Pid, Signal};

use crate::process;
use crate::step::say;

const STOP_LIMIT: Duration = Duration::from_secs(30);

/// Clears the way for a new server on a data folder that only the caller uses.
///
/// PostgreSQL itself trusts the process id in its lock file as soon as any process of the same user has it, so a
/// stale file can block it after a reboot or a SIGKILL. Whose server it is shows in the folder that it works in. A server
/// that is still alive on this very folder is stopped as on any other day.
///
/// # Errors
/// If the lock file cannot be read or removed, or a server that is still alive does not stop.
pub fn clear(data: &Path) -> Result<()> {
    let path = data.join("postmaster.pid");
    let text = match fs::read_to_string(&path) {
        Ok(text) => text,
        Err(error) if error.kind() == ErrorKind::NotFound => return Ok(()),
        Err(error) => return Err(error).with_context(|| format!("cannot read {}", path.display())),
    };
    let server = text
        .lines()
        .next()
        .and_then(|line| line.trim().parse().ok())
        .and_then(Pid::from_raw);
    if let Some(server) = server.filter(|&server| is_server_of(server, data)) {
        stop(server)?;
    }
    match fs::remove_file(&path) {
        Err(error) if error.kind() != ErrorKind::NotFound => {
            Err(error).with_context(|| format!("cannot remove {}", path.display()))
        }
        Ok(()) | Err(_) => Ok(()),
    }
}

/// Whether a process works in the data folder, as a PostgreSQL server does.
fn is_server_of(process: Pid, data: &Path) -> bool {
    match (
        fs::read_link(format!("/proc/{process}/cwd")),
        fs::canonicalize(data),
    ) {
        (Ok(folder), Ok(data)) => folder == data,
        (Err(_), _) | (_, Err(_)) => false,
    }
}

fn stop(server: Pid) -> Result<()> {
    say(format_args!(
        "stopping PostgreSQL (process {server}), which an earlier run left behind"
    ));
    for signal in [Signal::INT, Signal::QUIT] {
        // Failing to signal means that it is gone.
        let _gone = rustix::process::kill_process(server, signal);
        let deadline = Instant::now() + STOP_LIMIT / 2;
        while Instant::now() < deadline {
            if rustix::process::test_kill_process(server).is_err() {
                return Ok(());
            }
            process::bail_if_interrupted()?;
            process::pause();
        }
    }
    bail!("PostgreSQL (process {server}) of an earlier run does not stop; end it and try again")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_lock_file_that_names_a_stranger_is_removed_and_the_stranger_lives() {
        let data = std::env::temp_dir().join(crate::secret::random_hex(8).unwrap());
        fs::create_dir(&data).unwrap();
        let mut sleep = std::process::Command::new("sleep");
        let mut stranger = process::Group::spawn("sleep", sleep.arg("600")).unwrap();
        fs::write(
            data.join("postmaster.pid"),
            format!("{}\n{}\n", stranger.id(), data.display()),
        )
        .unwrap();

        clear(&data).unwrap();

        assert!(!data.join("postmaster.pid").exists());
        assert!(stranger.poll().unwrap().is_none());
        fs::remove_dir_all(data).unwrap();
    }
}
