//! Passwords and keys of this machine: random, and in files that only their owner can read.

use std::fmt::Write;
use std::fs::{self, File};
use std::io::{ErrorKind, Read, Write as _};
use std::os::unix::fs::OpenOptionsExt;
use std::path::Path;

use anyhow::{Context, Result, bail};

/// Random bytes as hex digits.
///
/// # Errors
/// If the system has no randomness.
pub fn random_hex(bytes: usize) -> Result<String> {
    let mut random = vec![0; bytes];
    File::open("/dev/urandom")
        .and_then(|mut source| source.read_exact(&mut random))
        .context("cannot read /dev/urandom")?;
    let mut text = String::with_capacity(2 * bytes);
    for byte in random {
        write!(text, "{byte:02x}").context("cannot write into a string")?;
    }
    Ok(text)
}

/// Reads a secret, which is made and written down the first time.
///
/// # Errors
/// If the file cannot be read or written, or is empty: an empty secret is a broken file, not a missing one.
pub fn keep(path: &Path, make: impl FnOnce() -> Result<String>) -> Result<String> {
    match fs::read_to_string(path) {
        Ok(text) if text.trim().is_empty() => bail!(
            "{} is empty; remove it to have a new one made",
            path.display()
        ),
        Ok(text) => Ok(text.trim().to_owned()),
        Err(error) if error.kind() == ErrorKind::NotFound => {
            let text = make()?;
            write(path, &format!("{text}\n"))?;
            Ok(text)
        }
        Err(error) => Err(error).with_context(|| format!("cannot read {}", path.display())),
    }
}

/// Writes a file that only its owner can read, whole or not at all.
///
/// # Errors
/// If it cannot be written.
pub fn write(path: &Path, text: &str) -> Result<()> {
    let mut unfinished = path.as_os_str().to_owned();
    unfinished.push(".new");
    let unfinished = Path::new(&unfinished);
    let write = || {
        // A leftover of an interrupted run might have another mode.
        match fs::remove_file(unfinished) {
            Err(error) if error.kind() != ErrorKind::NotFound => return Err(error),
            Ok(()) | Err(_) => {}
        }
        let mut file = File::options()
            .write(true)
            .create_new(true)
            .mode(0o600)
            .open(unfinished)?;
        file.write_all(text.as_bytes())?;
        file.sync_all()?;
        fs::rename(unfinished, path)
    };
    write().with_context(|| format!("cannot write {}", path.display()))
}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::PermissionsExt;

    use super::*;

    #[test]
    fn a_secret_is_made_once_and_only_its_owner_can_read_it() {
        let folder = std::env::temp_dir().join(random_hex(8).unwrap());
        fs::create_dir(&folder).unwrap();
        let path = folder.join("key");

        let made = keep(&path, || random_hex(32)).unwrap();
        let kept = keep(&path, || unreachable!("it is there already")).unwrap();

        assert_eq!(made.len(), 64);
        assert_eq!(made, kept);
        assert_eq!(
            fs::metadata(&path).unwrap().permissions().mode() & 0o777,
            0o600
        );
        fs::remove_dir_all(folder).unwrap();
    }

    #[test]
    fn an_empty_secret_is_an_error_and_is_not_replaced() {
        let path = std::env::temp_dir().join(random_hex(8).unwrap());
        fs::write(&path, "\n").unwrap();

        assert!(keep(&path, || random_hex(32)).is_err());
        assert_eq!(fs::read_to_string(&path).unwrap(), "\n");
        fs::remove_file(path).unwrap();
    }
}
