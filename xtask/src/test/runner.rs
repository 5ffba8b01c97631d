//! Runs one program of tests: shows what it prints, and counts.

use std::io::{BufRead, BufReader, Read};
use std::process::{Command, Stdio};
use std::sync::mpsc::{self, Receiver, RecvTimeoutError, Sender};
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use anyhow::{Result, anyhow, bail};
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

/// A program of tests that runs.
pub struct Running {
    what: String,
    group: Group,
    lines: Receiver<String>,
}

impl Running {
    /// Starts a program.
    ///
    /// # Errors
    /// If it cannot be started.
    pub fn start(what: &str, command: &mut Command, guard: &mut Guard) -> Result<Self> {
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
        Ok(Self {
            what: what.to_owned(),
            group,
            lines,
        })
    }

    /// Shows what it prints until it ends, adds the tests that it counts, and gives its lines to `watch`.
    ///
    /// # Errors
    /// If it ends badly, or this process is told to stop.
    pub fn follow(mut self, count: &mut Count, mut watch: impl FnMut(&str)) -> Result<()> {
        loop {
            match self.lines.recv_timeout(Duration::from_millis(50)) {
                Ok(line) => {
                    println!("{line}");
                    count.read(&line);
                    watch(&line);
                }
                // A grandchild that was left behind may hold the pipe open: the end of the program is the end.
                Err(RecvTimeoutError::Timeout) if self.group.poll()?.is_some() => break,
                Err(RecvTimeoutError::Timeout) => process::bail_if_interrupted()?,
                Err(RecvTimeoutError::Disconnected) => break,
            }
        }
        let status = self.group.wait()?;
        if status.success() {
            Ok(())
        } else {
            bail!("{} ended with {status}", self.what)
        }
    }
}

/// Runs a program and adds the tests that it counts.
///
/// # Errors
/// As [`Running::start`] and [`Running::follow`].
pub fn run(what: &str, command: &mut Command, guard: &mut Guard, count: &mut Count) -> Result<()> {
    Running::start(what, command, guard)?.follow(count, |_| {})
}

/// A part of what is carried out side by side.
type Part<'a> = dyn Fn(&Mutex<&mut Guard>, &mut Count) -> Result<()> + Sync + 'a;

/// Carries out two parts side by side, each with a guard to start programs under and a count of its own, and adds what they
/// counted. One that fails does not end the other.
///
/// # Errors
/// Those of the parts.
pub fn side_by_side(guard: &mut Guard, count: &mut Count, parts: [&Part<'_>; 2]) -> Result<()> {
    let guard = Mutex::new(guard);
    let [one, other] = std::thread::scope(|scope| {
        parts
            .map(|part| {
                let guard = &guard;
                scope.spawn(move || {
                    let mut count = Count::default();
                    let ended = part(guard, &mut count);
                    (ended, count)
                })
            })
            .map(|part| {
                part.join().unwrap_or_else(|_| {
                    (
                        Err(anyhow!("a part of the tests panicked")),
                        Count::default(),
                    )
                })
            })
    });
    for (_, counted) in [&one, &other] {
        count.add(*counted);
    }
    one.0.and(other.0)
}

/// Starts a program while another part runs.
///
/// # Errors
/// As [`Running::start`].
pub fn start_beside(
    what: &str,
    command: &mut Command,
    guard: &Mutex<&mut Guard>,
) -> Result<Running> {
    let mut guard = guard.lock().unwrap_or_else(PoisonError::into_inner);
    Running::start(what, command, &mut guard)
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
