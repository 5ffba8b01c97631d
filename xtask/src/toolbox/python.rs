//! A Python environment with the Yjs clients of the Python world, by pinned version from PyPI.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result};

use super::apt;
use crate::layout::{Layout, is_root};
use crate::step::{read, run_quiet};

const REQUIREMENTS: &str = "xtask/python-requirements.txt";

/// The interpreter of the environment.
pub fn interpreter(layout: &Layout) -> PathBuf {
    folder(layout).join("bin/python")
}

pub fn missing(layout: &Layout) -> Option<String> {
    let is_current = match (
        fs::read(layout.root.join(REQUIREMENTS)),
        fs::read(stamp(layout)),
    ) {
        (Ok(wanted), Ok(installed)) => wanted == installed && interpreter(layout).exists(),
        (Err(_), _) | (_, Err(_)) => false,
    };
    (!is_current).then(|| "installing pycrdt into a Python environment".to_owned())
}

pub fn install(layout: &Layout) -> Result<()> {
    let folder = folder(layout);
    if folder.exists() {
        fs::remove_dir_all(&folder)
            .with_context(|| format!("cannot remove {}", folder.display()))?;
    }
    let remedy = "install Python 3.9 or later with its venv module (Debian: python3-venv)";
    if !has_venv() {
        anyhow::ensure!(
            apt::is_possible(),
            "Python cannot make environments, and root's rights are missing: {remedy}"
        );
        apt::install(layout, &["python3", "python3-venv"]).context(remedy)?;
    }
    let mut create = Command::new(python());
    create.args(["-m", "venv"]).arg(&folder);
    run_quiet(layout, "python3 -m venv", &mut create).context(remedy)?;
    let mut install = Command::new(interpreter(layout));
    let requirements = layout.root.join(REQUIREMENTS);
    install.args([
        "-m",
        "pip",
        "install",
        "--quiet",
        "--no-input",
        "--disable-pip-version-check",
        "--requirement",
    ]);
    install.arg(&requirements);
    run_quiet(layout, "pip install", &mut install).context("is PyPI reachable?")?;
    fs::copy(&requirements, stamp(layout))
        .with_context(|| format!("cannot write {}", stamp(layout).display()))?;
    Ok(())
}

fn folder(layout: &Layout) -> PathBuf {
    layout.cache.join("python")
}

fn stamp(layout: &Layout) -> PathBuf {
    folder(layout).join("installed-by-xtask.txt")
}

/// Root's first `python3` may be a version manager's shim that fails in other folders; Debian's own never does.
fn python() -> &'static Path {
    let system = Path::new("/usr/bin/python3");
    if is_root() && system.exists() && has_venv_in(system) {
        system
    } else {
        Path::new("python3")
    }
}

fn has_venv() -> bool {
    has_venv_in(python())
}

fn has_venv_in(python: &Path) -> bool {
    read(
        "python3",
        Command::new(python).args(["-c", "import ensurepip, venv"]),
    )
    .is_ok()
}
