//! A child that is meant to run until it is told to stop.

use std::io::{BufRead, BufReader, Read};
use std::process::{Command, ExitStatus, Stdio};
use std::time::Duration;

use anyhow::Result;
use rustix::process::Signal;

use super::group::Group;
use super::guard::Guard;
use crate::step::say;

/// Lines longer than this are cut: a log is for people.
const LINE_BYTES_MAX: u64 = 16 * 1024;

/// How to ask a service to stop.
#[derive(Debug, Clone, Copy)]
pub struct Stop {
    pub signal: Signal,
    /// Whether everybody in the group gets the signal, or the leader only (which then tells the others itself).
    pub everybody: bool,
    /// How long it may take before it is killed.
    pub limit: Duration,
}

/// A running service with a name, a log and a way to stop it.
#[derive(Debug)]
pub struct Service {
    name: &'static str,
    group: Group,
    stop: Stop,
}

impl Service {
    /// Starts a service, copies what it prints to standard error with its name in front, and puts it under guard.
    ///
    /// # Errors
    /// If it cannot be started, or the guard is gone.
    pub fn start(
        name: &'static str,
        command: &mut Command,
        stop: Stop,
        guard: Option<&mut Guard>,
    ) -> Result<Self> {
        command
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped());
        let mut group = Group::spawn(name, command)?;
        let child = group.child_mut();
        let (output, errors) = (child.stdout.take(), child.stderr.take());
        output.map(|pipe| std::thread::spawn(move || copy_lines(name, pipe)));
        errors.map(|pipe| std::thread::spawn(move || copy_lines(name, pipe)));
        if let Some(guard) = guard {
            guard.watch(name, group.id(), stop)?;
        }
        Ok(Self { name, group, stop })
    }

    /// What it is called in logs.
    pub fn name(&self) -> &'static str {
        self.name
    }

    /// The process id of the leader.
    pub fn id(&self) -> u32 {
        self.group.id().as_raw_nonzero().get().unsigned_abs()
    }

    /// How it ended, if it has.
    ///
    /// # Errors
    /// If the system cannot say.
    pub fn poll(&mut self) -> Result<Option<ExitStatus>> {
        self.group.poll()
    }

    /// Asks it to stop, waits, and kills what is left after the limit.
    ///
    /// # Errors
    /// If the system cannot say whether it has ended.
    pub fn stop(mut self) -> Result<()> {
        self.group.signal(self.stop.signal, self.stop.everybody);
        if !self.group.wait_until_empty(self.stop.limit)? {
            say(format_args!(
                "{} did not stop within {} s and is killed",
                self.name,
                self.stop.limit.as_secs()
            ));
            self.group.signal(Signal::KILL, true);
            self.group.wait_until_empty(Duration::from_secs(5))?;
        }
        Ok(())
    }
}

/// Copies lines to standard error until the pipe's last writer is gone.
fn copy_lines(name: &str, pipe: impl Read) {
    let mut reader = BufReader::new(pipe);
    let mut line = Vec::new();
    loop {
        line.clear();
        match reader
            .by_ref()
            .take(LINE_BYTES_MAX)
            .read_until(b'\n', &mut line)
        {
            Ok(0) | Err(_) => return,
            Ok(_) => {}
        }
        let text = String::from_utf8_lossy(&line);
        let text = text.trim_end();
        if !text.is_empty() {
            eprintln!("{name:<8} | {text}");
        }
    }
}
