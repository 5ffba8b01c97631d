//! The data folder of `dev`: `postgres/`, `worker/` (the objects' storage), and the secrets that belong to them.

use std::fs::{self, File, Permissions};
use std::io::{ErrorKind, Read, Seek, SeekFrom, Write};
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail};
use rustix::process::Pid;

use super::absolute;
use crate::step::say;
use crate::{process, secret};

/// The file with what `host new-ticket-key` printed: variables for the host and for the Worker, a line each.
pub const TICKET_KEYS: &str = "ticket-keys";
/// The file that says where Postgres is, or was when `dev` last ran.
pub const DATABASE_URL: &str = "database-url";

/// How long the guard of a killed run may take to stop what that run had started.
const TAKEOVER_LIMIT: Duration = Duration::from_secs(30);

/// A data folder that this process alone uses.
#[derive(Debug)]
pub struct Data {
    path: PathBuf,
    lock: File,
}

impl Data {
    /// Opens the folder, made if there is none, and locks it.
    ///
    /// # Errors
    /// If it cannot be made, or another `dev` uses it.
    pub fn open(path: &Path) -> Result<Self> {
        let path = absolute(path)?;
        if !path.exists() {
            fs::create_dir_all(&path)
                .with_context(|| format!("cannot create the data folder {}", path.display()))?;
            // PostgreSQL's user must be able to enter; what is in it has modes of its own.
            fs::set_permissions(&path, Permissions::from_mode(0o711))?;
        }
        let lock = lock(&path)?;
        Ok(Self { path, lock })
    }

    /// Where it is.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// The locked file. Whoever holds it open holds the folder.
    pub fn lock(&self) -> &File {
        &self.lock
    }

    /// Where the objects are stored.
    pub fn worker(&self) -> PathBuf {
        self.path.join("worker")
    }

    /// The file that hands the Worker its variables: the command line could be read by other users.
    pub fn worker_variables(&self) -> PathBuf {
        self.path.join("worker.env")
    }

    /// The key that Worker and host sign with, as `HOST_KEYS` wants it.
    ///
    /// # Errors
    /// If it cannot be read or made.
    pub fn host_keys(&self) -> Result<String> {
        secret::keep(&self.path.join("host-keys"), || {
            Ok(format!("dev:{}", secret::random_hex(32)?))
        })
    }

    /// The key that the Worker signs resume tokens with, as `RESUME_KEYS` wants it.
    ///
    /// # Errors
    /// If it cannot be read or made.
    pub fn resume_keys(&self) -> Result<String> {
        secret::keep(&self.path.join("resume-keys"), || {
            Ok(format!("dev:{}", secret::random_hex(32)?))
        })
    }

    /// The key that the host signs tickets with, and its public half, made the first time: variables, a line each.
    ///
    /// # Errors
    /// If they cannot be read or made.
    pub fn ticket_keys(&self, make: impl FnOnce() -> Result<String>) -> Result<String> {
        secret::keep(&self.path.join(TICKET_KEYS), || {
            Ok(make()?.trim().to_owned())
        })
    }

    /// Writes down where Postgres is, for other commands. The URL has a password.
    ///
    /// # Errors
    /// If it cannot be written.
    pub fn note_database(&self, url: &str) -> Result<()> {
        secret::write(&self.path.join(DATABASE_URL), &format!("{url}\n"))
    }
}

/// The value of a variable in lines of them.
///
/// # Errors
/// If it is not there.
pub fn variable<'a>(lines: &'a str, name: &str) -> Result<&'a str> {
    let named = |line: &'a str| line.strip_prefix(name)?.strip_prefix('=');
    lines.lines().find_map(named).with_context(|| {
        format!("{TICKET_KEYS} does not say {name}; remove the file to have it made anew")
    })
}

fn lock(folder: &Path) -> Result<File> {
    let path = folder.join("lock");
    let mut file = File::options()
        .create(true)
        .truncate(false)
        .read(true)
        .write(true)
        .open(&path)
        .with_context(|| format!("cannot write {}", path.display()))?;
    let deadline = Instant::now() + TAKEOVER_LIMIT;
    let mut said = false;
    while file.try_lock().is_err() {
        let owner = owner(&path)?;
        if owner.is_some_and(is_alive) || Instant::now() >= deadline {
            let owner = owner.map_or_else(String::new, |owner| format!(" (process {owner})"));
            bail!(
                "{} is in use by another `cargo xtask dev`{owner}; stop it, or choose another --data",
                folder.display()
            );
        }
        if !said {
            say("an earlier run was killed; waiting until what it had started is stopped");
            said = true;
        }
        process::bail_if_interrupted()?;
        process::pause();
    }
    file.set_len(0)?;
    file.seek(SeekFrom::Start(0))?;
    writeln!(file, "{}", std::process::id())
        .with_context(|| format!("cannot write {}", path.display()))?;
    Ok(file)
}

/// Whether a process runs. One that was killed may still be listed until its parent looks; it has no command line then.
fn is_alive(process: Pid) -> bool {
    let is_listed = rustix::process::test_kill_process(process).is_ok();
    is_listed && !fs::read(format!("/proc/{process}/cmdline")).is_ok_and(|line| line.is_empty())
}

/// The process that says it holds the lock. It may have died since: its guard then holds the lock for a while.
fn owner(path: &Path) -> Result<Option<Pid>> {
    let mut text = String::new();
    match File::open(path).and_then(|mut file| file.read_to_string(&mut text)) {
        Ok(_) => Ok(text.trim().parse().ok().and_then(Pid::from_raw)),
        Err(error) if error.kind() == ErrorKind::NotFound => Ok(None),
        Err(error) => Err(error).with_context(|| format!("cannot read {}", path.display())),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_second_run_on_the_same_data_is_refused_with_the_first_one_named() {
        let folder = std::env::temp_dir().join(secret::random_hex(8).unwrap());
        let first = Data::open(&folder).unwrap();

        let error = Data::open(&folder).unwrap_err().to_string();

        assert!(
            error.contains(&format!("process {}", std::process::id())),
            "{error}"
        );
        assert!(error.contains("--data"), "{error}");
        drop(first);
        Data::open(&folder).unwrap();
        fs::remove_dir_all(folder).unwrap();
    }

    #[test]
    fn a_killed_process_that_nobody_has_waited_for_is_not_alive() {
        let mut sleep = std::process::Command::new("sleep");
        let group = process::Group::spawn("sleep", sleep.arg("600")).unwrap();
        // A program that has just been started has no command line for a moment either.
        while !is_alive(group.id()) {
            process::pause();
        }

        group.signal(rustix::process::Signal::KILL, false);

        while is_alive(group.id()) {
            process::pause();
        }
    }

    #[test]
    fn a_variable_is_found_by_its_whole_name() {
        let lines = "A=b:c\nAB=d=e";
        assert_eq!(variable(lines, "A").unwrap(), "b:c");
        assert_eq!(variable(lines, "AB").unwrap(), "d=e");
        assert!(variable(lines, "B").is_err());
    }

    #[test]
    fn the_key_survives_a_restart() {
        let folder = std::env::temp_dir().join(secret::random_hex(8).unwrap());
        let first = Data::open(&folder).unwrap().host_keys().unwrap();
        let second = Data::open(&folder).unwrap().host_keys().unwrap();

        assert_eq!(first, second);
        assert_eq!(first.len(), "dev:".len() + 64);
        fs::remove_dir_all(folder).unwrap();
    }
}
