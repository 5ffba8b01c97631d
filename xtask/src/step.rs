//! Progress lines, and steps that say what failed.

use std::io::{Read, Seek, SeekFrom};
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail};

use crate::layout::Layout;
use crate::process::{self, Group};

/// How often a silent step says that it is still alive.
const HEARTBEAT: Duration = Duration::from_secs(20);
/// How much of a failed step's output is shown.
const TAIL_LINES_MAX: usize = 40;

/// Prints one progress line.
pub fn say(text: impl std::fmt::Display) {
    eprintln!("xtask: {text}");
}

/// Runs a command whose output people want to see as it comes, on standard error.
///
/// # Errors
/// If it cannot be started, fails, or this process is told to stop meanwhile.
pub fn run_loud(what: &str, command: &mut Command) -> Result<()> {
    command
        .stdin(Stdio::null())
        .stdout(std::io::stderr())
        .stderr(Stdio::inherit());
    let mut group = Group::spawn(what, command)?;
    let status = group.wait()?;
    if status.success() {
        Ok(())
    } else {
        bail!("{what} failed ({status}); its own messages are above")
    }
}

/// Runs a long command in silence but for a sign of life, and shows the end of its output if it fails.
///
/// # Errors
/// If it cannot be started, fails, or this process is told to stop meanwhile.
pub fn run_quiet(layout: &Layout, what: &str, command: &mut Command) -> Result<()> {
    let logs = layout.cache.join("logs");
    std::fs::create_dir_all(&logs).with_context(|| format!("cannot create {}", logs.display()))?;
    let path = logs.join(format!(
        "{}-{}.log",
        what.replace([' ', '/'], "-"),
        std::process::id()
    ));
    let mut log = std::fs::File::options()
        .create(true)
        .truncate(true)
        .read(true)
        .write(true)
        .open(&path)
        .with_context(|| format!("cannot write {}", path.display()))?;
    command
        .stdin(Stdio::null())
        .stdout(log.try_clone()?)
        .stderr(log.try_clone()?);

    let started = Instant::now();
    let mut next_sign = HEARTBEAT;
    let mut group = Group::spawn(what, command)?;
    let status = loop {
        if let Some(status) = group.poll()? {
            break status;
        }
        process::bail_if_interrupted()?;
        if started.elapsed() >= next_sign {
            say(format_args!(
                "    … {what}: {} s",
                started.elapsed().as_secs()
            ));
            next_sign += HEARTBEAT;
        }
        process::pause();
    };
    if status.success() {
        drop(log);
        return std::fs::remove_file(&path)
            .with_context(|| format!("cannot remove {}", path.display()));
    }
    let mut output = Vec::new();
    log.seek(SeekFrom::Start(0))?;
    log.read_to_end(&mut output)?;
    let output = String::from_utf8_lossy(&output);
    let lines: Vec<&str> = output.lines().collect();
    for line in &lines[lines.len().saturating_sub(TAIL_LINES_MAX)..] {
        eprintln!("    | {line}");
    }
    bail!(
        "{what} failed ({status}); the whole output is in {}",
        path.display()
    )
}

/// Runs a short command and gives back what it printed on standard output.
///
/// # Errors
/// If it cannot be started, or fails; the error holds what it said on standard error.
pub fn read(what: &str, command: &mut Command) -> Result<String> {
    let output = command
        .stdin(Stdio::null())
        .output()
        .with_context(|| format!("cannot start {what}"))?;
    if !output.status.success() {
        bail!(
            "{what} failed ({}): {}",
            output.status,
            String::from_utf8_lossy(&output.stderr).trim()
        );
    }
    String::from_utf8(output.stdout)
        .with_context(|| format!("{what} printed something that is not text"))
}
