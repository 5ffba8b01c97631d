//! Where things are: the checkout, the cache, what cargo builds.

use std::env;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result, bail};

/// The folders that every command works with.
#[derive(Debug, Clone)]
pub struct Layout {
    /// The checkout.
    pub root: PathBuf,
    /// What outlives a checkout: tools, PostgreSQL's binaries, a Python environment.
    pub cache: PathBuf,
    /// Cargo's target folder.
    pub target: PathBuf,
}

impl Layout {
    /// Finds the folders from the environment.
    ///
    /// # Errors
    /// If no place for the cache can be told, or a path is relative.
    pub fn find() -> Result<Self> {
        let manifest =
            env::var_os("CARGO_MANIFEST_DIR").unwrap_or_else(|| env!("CARGO_MANIFEST_DIR").into());
        let root = Path::new(&manifest)
            .parent()
            .context("the folder of the xtask crate has no parent")?
            .to_path_buf();
        let target = env::var_os("CARGO_TARGET_DIR")
            .map_or_else(|| root.join("target"), |path| root.join(path));
        Ok(Self {
            cache: cache_folder()?,
            root,
            target,
        })
    }

    /// A folder of npm packages, as `npm ci` leaves it.
    pub fn node_modules(&self) -> PathBuf {
        self.root.join("node_modules")
    }

    /// Node 24 from npm: wrangler needs a newer one than the machine must have.
    pub fn node(&self) -> PathBuf {
        self.node_modules().join("node/bin/node")
    }

    /// A command that runs cargo in the checkout, unaware of the cargo that runs this program.
    pub fn cargo(&self) -> Command {
        let mut command = Command::new(env::var_os("CARGO").unwrap_or_else(|| "cargo".into()));
        self.settle(&mut command);
        command
    }

    /// A command that runs a script with Node 24 in the checkout.
    pub fn node_command(&self, script: impl AsRef<Path>) -> Command {
        let mut command = Command::new(self.node());
        self.settle(&mut command);
        command.arg(script.as_ref());
        command
    }

    /// Gives a command the checkout as its folder and an environment without the marks of `cargo run`.
    ///
    /// Build scripts and cargo itself react to those marks, and would build things again that are up to date.
    pub fn settle(&self, command: &mut Command) {
        for (name, _) in env::vars_os() {
            let Some(name) = name.to_str() else { continue };
            let mark = name.starts_with("CARGO_PKG_")
                || name.starts_with("CARGO_BIN_")
                || matches!(
                    name,
                    "CARGO_MANIFEST_DIR" | "CARGO_MANIFEST_PATH" | "CARGO_PRIMARY_PACKAGE"
                );
            if mark {
                command.env_remove(name);
            }
        }
        let mut path = self.node_modules().join("node/bin").into_os_string();
        if let Some(inherited) = env::var_os("PATH") {
            path.push(":");
            path.push(inherited);
        }
        command
            .current_dir(&self.root)
            .env("CARGO_TARGET_DIR", &self.target)
            .env("PATH", path);
    }
}

/// Whether this process may do anything.
pub fn is_root() -> bool {
    rustix::process::geteuid().is_root()
}

fn cache_folder() -> Result<PathBuf> {
    let folder = match env::var_os("GLOSSATOR_CACHE") {
        Some(named) => PathBuf::from(named),
        None if is_root() => PathBuf::from("/var/cache/glossator"),
        None => match env::var_os("HOME") {
            Some(home) => Path::new(&home).join(".cache/glossator"),
            None => bail!(
                "neither GLOSSATOR_CACHE nor HOME is set; set GLOSSATOR_CACHE to a folder for tools"
            ),
        },
    };
    if !folder.is_absolute() {
        bail!(
            "GLOSSATOR_CACHE is {}, but must be an absolute path",
            folder.display()
        );
    }
    Ok(folder)
}
