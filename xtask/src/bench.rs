//! `cargo xtask bench`: our server beside its peers and two floors, on this machine, in one run.

use std::ffi::OsString;
use std::fs;
use std::path::PathBuf;
use std::process::Command;

use anyhow::{Context, Result};

use crate::arguments::Bench;
use crate::layout::Layout;
use crate::process;
use crate::step::{run_loud, run_quiet};
use crate::test::Surroundings;
use crate::toolbox::{self, Tool};

/// Carries out `cargo xtask bench`.
///
/// # Errors
/// If something cannot be built or installed, a server does not start, or the load generator fails.
pub fn command(options: &Bench) -> Result<()> {
    process::listen_for_signals()?;
    if !options.report.is_empty() {
        return report(&Layout::find()?, &options.report);
    }
    // What is relative is so to where the command was called, and the script runs in the checkout.
    let out = options
        .out
        .as_deref()
        .map(std::path::absolute)
        .transpose()?;
    let mut surroundings = Surroundings::new(Layout::find()?)?;
    let measured = measure(&mut surroundings, options, out);
    let stopped = surroundings.stop();
    measured.and(stopped)
}

fn measure(surroundings: &mut Surroundings, options: &Bench, out: Option<PathBuf>) -> Result<()> {
    surroundings.build_worker()?;
    install_peers(&surroundings.layout)?;
    let mut load = surroundings.layout.cargo();
    load.args(["build", "--locked", "--release", "--package", "bench"]);
    // The peers are optimised, too.
    load.args(["--package", "host"]);
    run_loud("compiling the load generator and the host", &mut load)?;
    let mut script = surroundings.layout.node_command("bench/run.ts");
    let release = surroundings.layout.target.join("release");
    surroundings.describe(&mut script, &release.join("host"))?;
    script.args([OsString::from("--load"), release.join("load").into()]);
    script.args(["--rounds", &options.rounds.to_string()]);
    if let Some(out) = out {
        script.args([OsString::from("--out"), out.into()]);
    }
    if options.long {
        script.arg("--long");
    }
    for case in &options.only {
        script.args(["--only", case]);
    }
    for target in &options.targets {
        script.args(["--target", target]);
    }
    run_loud("measuring", &mut script)
}

/// Makes the page about performance from what was measured.
fn report(layout: &Layout, files: &[PathBuf]) -> Result<()> {
    toolbox::provide(layout, &[Tool::Npm])?;
    let mut script = layout.node_command("bench/report.ts");
    for file in files {
        script.arg(std::path::absolute(file)?);
    }
    run_loud("writing docs/performance.md", &mut script)
}

/// The peers' packages, from a lockfile of their own: nothing else here needs them.
fn install_peers(layout: &Layout) -> Result<()> {
    let folder = layout.root.join("bench/peers");
    let lock = fs::read_to_string(folder.join("package-lock.json"))
        .context("bench/peers/package-lock.json cannot be read")?;
    let stamp = folder.join("node_modules/.glossator-lock");
    if fs::read_to_string(&stamp).is_ok_and(|installed| installed == lock) {
        return Ok(());
    }
    let mut command = Command::new("npm");
    command.current_dir(&folder);
    command.args([
        "ci",
        "--ignore-scripts",
        "--no-audit",
        "--no-fund",
        "--loglevel=error",
    ]);
    run_quiet(layout, "npm ci of the peers", &mut command)?;
    fs::write(&stamp, lock).with_context(|| format!("cannot write {}", stamp.display()))
}
