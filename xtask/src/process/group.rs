//! One child and whatever it starts, as a process group.

use std::os::unix::process::CommandExt;
use std::process::{Child, Command, ExitStatus};
use std::time::{Duration, Instant};

use anyhow::{Context, Result};
use rustix::io::Errno;
use rustix::process::{Pid, Signal, WaitOptions};

use super::{bail_if_interrupted, pause};

/// A child that leads its own process group.
///
/// Dropping it kills the whole group, so an early return leaves nothing behind.
#[derive(Debug)]
pub struct Group {
    child: Child,
    id: Pid,
    ended: Option<ExitStatus>,
}

impl Group {
    /// Starts a command as the leader of a new group.
    ///
    /// # Errors
    /// If the program cannot be started.
    pub fn spawn(what: &str, command: &mut Command) -> Result<Self> {
        let child = command.process_group(0).spawn().with_context(|| {
            format!("cannot start {what} ({})", command.get_program().to_string_lossy())
        })?;
        let id = Pid::from_child(&child);
        Ok(Self { child, id, ended: None })
    }

    /// The group's id, which is also the leader's.
    pub fn id(&self) -> Pid {
        self.id
    }

    /// The child itself, for its pipes.
    pub fn child_mut(&mut self) -> &mut Child {
        &mut self.child
    }

    /// How the leader ended, if it has.
    ///
    /// # Errors
    /// If the system cannot say.
    pub fn poll(&mut self) -> Result<Option<ExitStatus>> {
        if self.ended.is_none() {
            self.ended = self.child.try_wait().context("cannot wait for a child")?;
        }
        Ok(self.ended)
    }

    /// Waits for the leader's end. When this process is told to stop, the group is killed instead.
    ///
    /// # Errors
    /// [`super::Interrupted`], or if the system cannot say how the leader ended.
    pub fn wait(&mut self) -> Result<ExitStatus> {
        loop {
            if let Some(status) = self.poll()? {
                return Ok(status);
            }
            bail_if_interrupted()?;
            pause();
        }
    }

    /// Asks the leader, or everybody in the group, to stop.
    pub fn signal(&self, signal: Signal, everybody: bool) {
        // The only failure is that nobody is there any more, which is what was wanted.
        let _gone = if everybody {
            rustix::process::kill_process_group(self.id, signal)
        } else if self.ended.is_none() {
            rustix::process::kill_process(self.id, signal)
        } else {
            Ok(())
        };
    }

    /// Whether the leader has ended and nobody else of the group is alive either.
    ///
    /// # Errors
    /// If the system cannot say.
    pub fn is_empty(&mut self) -> Result<bool> {
        if self.poll()?.is_none() {
            return Ok(false);
        }
        // Orphans of the leader are this process's to reap; an unreaped one still counts as a member.
        while let Ok(Some(_)) = rustix::process::waitpgid(self.id, WaitOptions::NOHANG) {}
        Ok(is_empty(self.id))
    }

    /// Waits until the group is empty, and says whether it was in time.
    ///
    /// # Errors
    /// If the system cannot say.
    pub fn wait_until_empty(&mut self, limit: Duration) -> Result<bool> {
        let deadline = Instant::now() + limit;
        while !self.is_empty()? {
            if Instant::now() >= deadline {
                return Ok(false);
            }
            pause();
        }
        Ok(true)
    }
}

impl Drop for Group {
    fn drop(&mut self) {
        if matches!(self.is_empty(), Ok(true)) {
            return;
        }
        self.signal(Signal::KILL, true);
        // A killed process ends at once; the limit is for one that hangs in the kernel.
        let _ended = self.wait_until_empty(Duration::from_secs(5));
    }
}

/// Whether a process group has no members.
pub fn is_empty(group: Pid) -> bool {
    rustix::process::test_kill_process_group(group) == Err(Errno::SRCH)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shell(script: &str) -> Group {
        Group::spawn("sh", Command::new("sh").args(["-c", script])).unwrap()
    }

    #[test]
    fn a_dropped_group_leaves_no_grandchild_behind() {
        let mut group = shell("sleep 600 & sleep 600");
        let id = group.id();
        assert!(!group.is_empty().unwrap());

        drop(group);

        assert!(is_empty(id) || only_zombies(id));
    }

    #[test]
    fn a_group_is_not_empty_while_an_orphan_of_the_leader_lives() {
        let mut group = shell("sleep 600 & exit 3");
        let status = group.wait().unwrap();
        assert_eq!(status.code(), Some(3));

        assert!(!group.is_empty().unwrap());
        assert!(!group.wait_until_empty(Duration::from_millis(50)).unwrap());
    }

    #[test]
    fn a_signal_to_the_group_reaches_everybody() {
        super::super::listen_for_signals().unwrap();
        let mut group = shell("sleep 600 & sleep 600 & wait");

        group.signal(Signal::TERM, true);

        assert!(group.wait_until_empty(Duration::from_secs(5)).unwrap());
    }

    /// Orphans belong to another reaper unless this test process adopts them; a zombie is dead all the same.
    fn only_zombies(group: Pid) -> bool {
        let listed = Command::new("ps").args(["-o", "stat=", "-g", &group.to_string()]).output().unwrap();
        String::from_utf8(listed.stdout).unwrap().lines().all(|state| state.trim_start().starts_with('Z'))
    }
}
