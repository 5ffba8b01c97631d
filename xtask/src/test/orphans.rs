//! Processes that a stage left behind.
//!
//! This process adopts the orphans among its descendants, whatever group or session they put themselves into, so
//! that what a test forgot can be seen and ended by its process id. Only Linux can do that; elsewhere nothing is found.

use std::fs;
use std::time::{Duration, Instant};

use anyhow::{Context, Result};
use rustix::process::{Pid, Signal, WaitOptions};

use crate::process::pause;

/// How long what is ending already may take.
const GRACE: Duration = Duration::from_secs(5);

/// Makes orphans come to this process.
///
/// # Errors
/// If the system refuses.
pub fn adopt() -> Result<()> {
    #[cfg(target_os = "linux")]
    rustix::process::set_child_subreaper(Some(rustix::process::getpid()))
        .context("cannot adopt orphans")?;
    Ok(())
}

/// Ends every adopted process but those of `own`, and gives back what had to be killed.
pub fn end(own: &[u32]) -> Vec<String> {
    let deadline = Instant::now() + GRACE;
    let mut killed = Vec::new();
    loop {
        let living = living_children(own);
        if living.is_empty() {
            return killed;
        }
        if Instant::now() >= deadline {
            for (process, name) in living {
                // Failing to kill means that it has just ended. Its own children come to light in the next round.
                let _gone = rustix::process::kill_process(process, Signal::KILL);
                killed.push(format!("{process} {name}"));
            }
        }
        pause();
    }
}

/// The children of this process that are alive; the dead are reaped on the way.
fn living_children(own: &[u32]) -> Vec<(Pid, String)> {
    let Ok(processes) = fs::read_dir("/proc") else {
        return Vec::new();
    };
    let me = std::process::id();
    let mut living = Vec::new();
    for entry in processes.flatten() {
        let Some(id) = entry
            .file_name()
            .to_str()
            .and_then(|name| name.parse::<i32>().ok())
        else {
            continue;
        };
        let Some(process) = Pid::from_raw(id) else {
            continue;
        };
        if own.contains(&id.unsigned_abs()) {
            continue;
        }
        let Ok(stat) = fs::read_to_string(entry.path().join("stat")) else {
            continue;
        };
        let Some((name, state, parent)) = parse(&stat) else {
            continue;
        };
        if parent != me {
            continue;
        }
        if state == "Z" {
            // Nothing is lost if somebody else has waited for it meanwhile.
            let _status = rustix::process::waitpid(Some(process), WaitOptions::NOHANG);
        } else {
            living.push((process, name.to_owned()));
        }
    }
    living
}

/// Name, state and parent of a line such as `1234 (a name) S 1 …`.
fn parse(stat: &str) -> Option<(&str, &str, u32)> {
    let (start, rest) = stat.rsplit_once(')')?;
    let (_, name) = start.split_once('(')?;
    let mut fields = rest.split_whitespace();
    Some((name, fields.next()?, fields.next()?.parse().ok()?))
}

#[cfg(test)]
mod tests {
    use super::parse;

    #[test]
    fn a_name_with_a_bracket_does_not_confuse_the_reader() {
        assert_eq!(
            parse("5 (a) Z 1 (b) S 77 5 5"),
            Some(("a) Z 1 (b", "S", 77))
        );
        assert_eq!(parse("nonsense"), None);
    }
}
