//! The guard: a second process that stops the services if the first one is killed.
//!
//! It holds the reading end of a pipe from its parent. While the parent lives, it only writes down which groups there
//! are; when the pipe closes, it stops what is left, the youngest first, as politely as the parent would have. It also
//! holds the parent's lock on the data folder, so that nobody starts on data that is still in use.

use std::fs::File;
use std::io::{BufRead, Write};
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{ChildStdin, Command, Stdio};
use std::time::{Duration, Instant};

use anyhow::{Context, Result};
use rustix::process::{Pid, Signal};

use super::group::{self, Group};
use super::service::Stop;
use super::{listen_for_signals, pause};

/// The parent's end.
#[derive(Debug)]
pub struct Guard {
    pipe: Option<ChildStdin>,
    process: Group,
}

impl Guard {
    /// Starts the guard. It keeps `lock` open, and with it locked, for as long as it lives.
    ///
    /// # Errors
    /// If this program cannot be started a second time.
    pub fn start(lock: Option<&File>) -> Result<Self> {
        let mut command = Command::new(own_program()?);
        command
            .arg0("xtask")
            .arg("guard")
            .stdin(Stdio::piped())
            .stderr(Stdio::inherit());
        command.stdout(match lock {
            Some(file) => Stdio::from(
                file.try_clone()
                    .context("cannot share the lock with the guard")?,
            ),
            None => Stdio::null(),
        });
        let mut process = Group::spawn("the guard", &mut command)?;
        Ok(Self {
            pipe: process.child_mut().stdin.take(),
            process,
        })
    }

    /// Puts a group under guard. Groups that have ended need no word: an empty group is passed over.
    ///
    /// # Errors
    /// If the guard is gone.
    pub fn watch(&mut self, name: &str, group: Pid, stop: Stop) -> Result<()> {
        let Some(pipe) = &mut self.pipe else {
            return Ok(());
        };
        let watched = Watched {
            name: name.to_owned(),
            group,
            stop,
        };
        pipe.write_all(watched.to_line().as_bytes())
            .context("the guard is gone")
    }

    /// The guard's own process id.
    pub fn id(&self) -> u32 {
        self.process.id().as_raw_nonzero().get().unsigned_abs()
    }

    /// Tells the guard that all is over, and waits for its end.
    ///
    /// # Errors
    /// If the system cannot say how it ended.
    pub fn dismiss(mut self) -> Result<()> {
        drop(self.pipe.take());
        self.process
            .wait_until_empty(Duration::from_secs(60))
            .map(drop)
    }
}

/// This program, even if its file has been replaced by a newer build since it was started.
fn own_program() -> Result<PathBuf> {
    let running = Path::new("/proc/self/exe");
    if running.exists() {
        return Ok(running.to_owned());
    }
    std::env::current_exe().context("cannot find this program's own file")
}

/// The guard's own main function.
///
/// # Errors
/// If standard input cannot be read.
pub fn run() -> Result<()> {
    // Ctrl-C and hang-ups are the parent's to answer; the guard ends with the pipe.
    listen_for_signals()?;
    let mut watched = Vec::new();
    for line in std::io::stdin().lock().lines() {
        watched.extend(Watched::from_line(
            &line.context("cannot read from the parent")?,
        ));
    }
    for one in watched.iter().rev() {
        one.stop();
    }
    Ok(())
}

#[derive(Debug)]
struct Watched {
    name: String,
    group: Pid,
    stop: Stop,
}

impl Watched {
    fn to_line(&self) -> String {
        let Stop {
            signal,
            everybody,
            limit,
        } = self.stop;
        format!(
            "{} {} {} {} {}\n",
            self.group,
            signal.as_raw(),
            everybody,
            limit.as_millis(),
            self.name
        )
    }

    fn from_line(line: &str) -> Option<Self> {
        let mut words = line.splitn(5, ' ');
        let group = Pid::from_raw(words.next()?.parse().ok()?)?;
        let signal = Signal::from_named_raw(words.next()?.parse().ok()?)?;
        let everybody = words.next()?.parse().ok()?;
        let limit = Duration::from_millis(words.next()?.parse().ok()?);
        Some(Self {
            name: words.next()?.to_owned(),
            group,
            stop: Stop {
                signal,
                everybody,
                limit,
            },
        })
    }

    fn stop(&self) {
        if group::is_empty(self.group) {
            return;
        }
        eprintln!("xtask: stopping {}, which was left behind", self.name);
        // Failing to signal means that nobody is there any more.
        let _gone = if self.stop.everybody {
            rustix::process::kill_process_group(self.group, self.stop.signal)
        } else {
            rustix::process::kill_process(self.group, self.stop.signal)
        };
        let deadline = Instant::now() + self.stop.limit;
        while Instant::now() < deadline {
            if group::is_empty(self.group) {
                return;
            }
            pause();
        }
        let _gone = rustix::process::kill_process_group(self.group, Signal::KILL);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_the_guard_is_told_survives_the_pipe() {
        let stop = Stop {
            signal: Signal::INT,
            everybody: false,
            limit: Duration::from_secs(20),
        };
        let told = Watched {
            name: "postgres".into(),
            group: rustix::process::getpid(),
            stop,
        };

        let heard = Watched::from_line(told.to_line().trim_end()).unwrap();

        assert_eq!(heard.name, told.name);
        assert_eq!(heard.group, told.group);
        assert_eq!(heard.stop.signal, Signal::INT);
        assert!(!heard.stop.everybody);
        assert_eq!(heard.stop.limit, stop.limit);
    }

    #[test]
    fn a_line_that_makes_no_sense_watches_nobody() {
        for line in [
            "",
            "0 15 true 5 x",
            "abc 15 true 5 x",
            "12 15 true",
            "12 999 true 5 x",
        ] {
            assert!(Watched::from_line(line).is_none(), "{line}");
        }
    }
}
