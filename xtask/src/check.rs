//! `cargo xtask check`: what can be said about the code without running it.

use std::process::Command;
use std::time::Instant;

use anyhow::{Result, bail};

use crate::layout::Layout;
use crate::process::{self, Interrupted};
use crate::step::{run_loud, say};
use crate::toolbox::{self, Tool};

const WASM: &str = "wasm32-unknown-unknown";

/// Carries out `cargo xtask check`: every step, even after one that failed.
///
/// # Errors
/// If a tool cannot be had, or a step fails; the error names all that did.
pub fn command() -> Result<()> {
    process::listen_for_signals()?;
    let layout = Layout::find()?;
    toolbox::provide(&layout, &[Tool::Rust, Tool::Npm, Tool::CargoDeny])?;
    let mut failed = Vec::new();
    for (name, mut command) in steps(&layout)? {
        let started = Instant::now();
        let outcome = run_loud(name, &mut command);
        let seconds = started.elapsed().as_secs_f32();
        match outcome {
            Ok(()) => say(format_args!("{name}: {seconds:.1} s")),
            Err(error) if error.is::<Interrupted>() => return Err(error),
            Err(error) => {
                say(format_args!("{name}: {seconds:.1} s, FAILED: {error:#}"));
                failed.push(name);
            }
        }
    }
    if failed.is_empty() {
        Ok(())
    } else {
        bail!("check failed: {}", failed.join(", "))
    }
}

fn steps(layout: &Layout) -> Result<Vec<(&'static str, Command)>> {
    let mut document = layout.cargo();
    document.env("RUSTDOCFLAGS", "-D warnings").args([
        "doc",
        "--workspace",
        "--no-deps",
        "--locked",
        "--document-private-items",
    ]);
    let mut deny = Command::new(toolbox::cargo_program(
        layout,
        Tool::CargoDeny,
        "cargo-deny",
    )?);
    layout.settle(&mut deny);
    // Advisories need a database from the network; these three do not.
    deny.args([
        "--offline",
        "--locked",
        "--workspace",
        "check",
        "bans",
        "licenses",
        "sources",
    ]);
    Ok(vec![
        ("formatting", cargo(layout, &["fmt", "--all", "--check"])),
        (
            "lints",
            cargo(
                layout,
                &[
                    "clippy",
                    "--workspace",
                    "--all-targets",
                    "--locked",
                    "--",
                    "-D",
                    "warnings",
                ],
            ),
        ),
        (
            "lints for wasm",
            cargo(
                layout,
                &[
                    "clippy",
                    "--package",
                    "worker-shell",
                    "--package",
                    "room",
                    "--target",
                    WASM,
                    "--locked",
                    "--",
                    "-D",
                    "warnings",
                ],
            ),
        ),
        ("documentation", document),
        ("licences and sources", deny),
        ("types of the page", type_check(layout, "web")),
        ("types of the tests", type_check(layout, "tests")),
    ])
}

fn cargo(layout: &Layout, arguments: &[&str]) -> Command {
    let mut command = layout.cargo();
    command.args(arguments);
    command
}

fn type_check(layout: &Layout, folder: &str) -> Command {
    let mut command = layout.node_command(layout.node_modules().join("typescript/bin/tsc"));
    command.args(["--noEmit", "--project", folder]);
    command
}
