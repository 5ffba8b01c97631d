//! Whom PostgreSQL runs as: it refuses to run as root.

use std::fs;
use std::os::unix::fs::{MetadataExt, chown};
use std::os::unix::process::CommandExt;
use std::path::Path;
use std::process::Command;

use anyhow::{Context, Result, bail};

use crate::layout::is_root;
use crate::step::read;

/// The user that PostgreSQL runs as.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Account {
    /// Whoever runs this program.
    Own,
    /// Somebody without rights, because this program runs as root.
    Other { name: String, user: u32, group: u32 },
}

impl Account {
    /// Finds the account for a data folder: the owner of what is in it already, else `postgres`, else `nobody`.
    ///
    /// # Errors
    /// If this is root and there is no such user.
    pub fn find(data: &Path) -> Result<Self> {
        if !is_root() {
            return Ok(Self::Own);
        }
        if let Ok(existing) = fs::metadata(data.join("PG_VERSION")) {
            let (user, group) = (existing.uid(), existing.gid());
            if user == 0 {
                bail!(
                    "{} belongs to root, but PostgreSQL does not run as root; `chown -R nobody` it",
                    data.display()
                );
            }
            let name = read("id", Command::new("id").args(["-un", &user.to_string()]))
                .map_or_else(|_| user.to_string(), |name| name.trim().to_owned());
            return Ok(Self::Other { name, user, group });
        }
        for name in ["postgres", "nobody"] {
            if let (Ok(user), Ok(group)) = (id("-u", name), id("-g", name)) {
                return Ok(Self::Other {
                    name: name.to_owned(),
                    user,
                    group,
                });
            }
        }
        bail!(
            "PostgreSQL does not run as root, and there is no user `postgres` or `nobody`; `useradd --system postgres`"
        )
    }

    /// The user's name, or nothing if it is one's own.
    pub fn name(&self) -> Option<&str> {
        match self {
            Self::Own => None,
            Self::Other { name, .. } => Some(name),
        }
    }

    /// Makes a command run as this user.
    pub fn adopt<'command>(&self, command: &'command mut Command) -> &'command mut Command {
        match self {
            Self::Own => command,
            Self::Other { user, group, .. } => command.uid(*user).gid(*group),
        }
    }

    /// Gives a file or folder to this user.
    ///
    /// # Errors
    /// If that is not allowed.
    pub fn give(&self, path: &Path) -> Result<()> {
        match self {
            Self::Own => Ok(()),
            Self::Other { name, user, group } => chown(path, Some(*user), Some(*group))
                .with_context(|| format!("cannot give {} to {name}", path.display())),
        }
    }

    /// Makes sure that this user can enter every folder above a path.
    ///
    /// # Errors
    /// If one is closed; the error names it and what to do.
    pub fn check_reaches(&self, path: &Path, remedy: &str) -> Result<()> {
        let Self::Other { name, user, group } = self else {
            return Ok(());
        };
        for folder in path
            .ancestors()
            .skip(1)
            .filter(|folder| !folder.as_os_str().is_empty())
        {
            let about = fs::metadata(folder)
                .with_context(|| format!("cannot look at {}", folder.display()))?;
            let search = if about.uid() == *user {
                0o100
            } else if about.gid() == *group {
                0o010
            } else {
                0o001
            };
            if about.mode() & search == 0 {
                bail!(
                    "PostgreSQL runs as the user {name}, who may not enter {} (mode {:o}), so it cannot reach {}; {remedy}",
                    folder.display(),
                    about.mode() & 0o7777,
                    path.display()
                );
            }
        }
        Ok(())
    }
}

fn id(what: &str, name: &str) -> Result<u32> {
    read("id", Command::new("id").args([what, name]))?
        .trim()
        .parse()
        .context("`id` printed no number")
}

#[cfg(test)]
mod tests {
    use std::fs::Permissions;
    use std::os::unix::fs::PermissionsExt;

    use super::*;

    #[test]
    fn a_closed_folder_on_the_way_is_named_with_the_remedy() {
        let home = std::env::temp_dir().join(crate::secret::random_hex(8).unwrap());
        let data = home.join("checkout/data");
        fs::create_dir_all(&data).unwrap();
        let nobody = Account::Other {
            name: "nobody".into(),
            user: 65_534,
            group: 65_534,
        };

        fs::set_permissions(&home, Permissions::from_mode(0o700)).unwrap();
        let error = nobody
            .check_reaches(&data, "choose another --data")
            .unwrap_err()
            .to_string();
        fs::set_permissions(&home, Permissions::from_mode(0o711)).unwrap();

        assert!(
            error.contains(&format!("{} (mode 700)", home.display())),
            "{error}"
        );
        assert!(error.contains("choose another --data"), "{error}");
        nobody.check_reaches(&data, "").unwrap();
        fs::remove_dir_all(home).unwrap();
    }
}
