//! Runs one program of tests: shows what it prints, and counts.

use std::io::{BufRead, BufReader, Read};
use std::process::{Command, Stdio};
use std::sync::mpsc::{self, RecvTimeoutError, Sender};
use std::time::Duration;

use anyhow::{Result, bail};
use rustix::process::Signal;

use super::count::Count;
use crate::process::guard::Guard;
use crate::process::{self, Group, Stop};

/// How the guard ends a program whose results nobody waits for any more.
const STOP: Stop = Stop {
    signal: Signal::TERM,
    everybody: true,
    limit: Duration::from_secs(5),
};

/// Runs a program, adds the tests that it counts, and gives back its lines to `watch`.
///
/// # Errors
/// If it cannot be started, ends badly, or this process is told to stop.
pub fn run_watching(
    what: &str,
    command: &mut Command,
    guard: &mut Guard,
    count: &mut Count,
    mut watch: impl FnMut(&str),
) -> Result<()> {
    println!("-- {what}");
    command
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped());
    let mut group = Group::spawn(what, command)?;
    guard.watch(what, group.id(), STOP)?;
    let (sender, lines) = mpsc::channel();
    let child = group.child_mut();
    let (output, errors) = (child.stdout.take(), child.stderr.take());
    if let Some(pipe) = output {
        forward(pipe, sender.clone());
    }
    if let Some(pipe) = errors {
        forward(pipe, sender);
    }
    loop {
        match lines.recv_timeout(Duration::from_millis(50)) {
            Ok(line) => {
                println!("{line}");
                count.read(&line);
                watch(&line);
            }
            // A grandchild that was left behind may hold the pipe open: the end of the program is the end.
            Err(RecvTimeoutError::Timeout) if group.poll()?.is_some() => break,
            Err(RecvTimeoutError::Timeout) => process::bail_if_interrupted()?,
            Err(RecvTimeoutError::Disconnected) => break,
        }
    }
    let status = group.wait()?;
    if status.success() {
        Ok(())
    } else {
        bail!("{what} ended with {status}")
    }
}

/// Runs a program and adds the tests that it counts.
///
/// # Errors
/// As [`run_watching`].
pub fn run(what: &str, command: &mut Command, guard: &mut Guard, count: &mut Count) -> Result<()> {
    run_watching(what, command, guard, count, |_| {})
}

fn forward(pipe: impl Read + Send + 'static, sender: Sender<String>) {
    std::thread::spawn(move || {
        for line in BufReader::new(pipe).split(b'\n').map_while(Result::ok) {
            let line = String::from_utf8_lossy(&line).trim_end().to_owned();
            if sender.send(line).is_err() {
                return;
            }
        }
    });
}
