//! Debian's packages, where this process may install them.

use std::path::Path;
use std::process::Command;

use anyhow::{Context, Result};

use crate::layout::{Layout, is_root};
use crate::step::run_quiet;

/// Whether `install` can work at all.
pub fn is_possible() -> bool {
    is_root() && Path::new("/usr/bin/apt-get").exists()
}

/// Installs packages.
///
/// # Errors
/// If apt fails; its last lines are shown.
pub fn install(layout: &Layout, packages: &[&str]) -> Result<()> {
    let mut update = apt();
    update.args(["update", "--quiet"]);
    run_quiet(layout, "apt-get update", &mut update).context("are Debian's packages reachable?")?;
    let mut install = apt();
    install
        .args(["install", "--yes", "--quiet", "--no-install-recommends"])
        .args(packages);
    run_quiet(layout, "apt-get install", &mut install)
}

fn apt() -> Command {
    let mut command = Command::new("apt-get");
    command.env("DEBIAN_FRONTEND", "noninteractive");
    command
}
