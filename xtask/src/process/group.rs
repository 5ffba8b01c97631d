//! One child and whatever it starts, as a process group.

use std::fs;
use std::os::unix::process::CommandExt;
use std::process::{Child, Command, ExitStatus};
use std::time::{Duration, Instant};

use anyhow::{Context, Result};
use rustix::io::Errno;
use rustix::process::{Pid, Signal};

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
            format!(
                "cannot start {what} ({})",
                command.get_program().to_string_lossy()
            )
        })?;
        let id = Pid::from_child(&child);
        Ok(Self {
            child,
            id,
            ended: None,
        })
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

/// Whether nobody of a process group is alive.
///
/// The dead stay members until whoever adopted them has looked, which can take a first process of a container seconds.
pub fn is_empty(group: Pid) -> bool {
    rustix::process::test_kill_process_group(group) == Err(Errno::SRCH)
        || has_only_dead_members(group)
}

/// What `/proc` says. Where there is none, nobody is known to be dead.
fn has_only_dead_members(group: Pid) -> bool {
    let Ok(processes) = fs::read_dir("/proc") else {
        return false;
    };
    let mut stats = processes
        .flatten()
        .filter_map(|process| fs::read_to_string(process.path().join("stat")).ok());
    !stats.any(|stat| is_living_member(&stat, group))
}

/// Reads a line such as `1234 (a name) S 1 1234 …`: the name may hold anything, the state and group follow it.
fn is_living_member(stat: &str, group: Pid) -> bool {
    let Some((_, rest)) = stat.rsplit_once(')') else {
        return false;
    };
    let mut fields = rest.split_whitespace();
    let is_living = fields
        .next()
        .is_some_and(|state| !matches!(state, "Z" | "X"));
    is_living
        && fields
            .nth(1)
            .and_then(|id| id.parse().ok())
            .and_then(Pid::from_raw)
            == Some(group)
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

        assert!(is_empty(id));
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
    fn a_name_in_the_process_list_cannot_pass_for_a_state_or_a_group() {
        let group = Pid::from_raw(77).unwrap();
        assert!(is_living_member("5 (a) Z 1 99) S 1 77 77 0", group));
        assert!(!is_living_member("5 (x) Z 1 77 77 0", group));
        assert!(!is_living_member("5 (x) S 77 78 77 0", group));
    }

    #[test]
    fn a_signal_to_the_group_reaches_everybody() {
        let mut group = shell("sleep 600 & sleep 600 & wait");

        group.signal(Signal::TERM, true);

        assert!(group.wait_until_empty(Duration::from_secs(5)).unwrap());
    }
}
