//! `cargo xtask check`: what can be said about the code without running it.

use std::process::Command;
use std::time::Instant;

use anyhow::{Result, bail};

use crate::layout::Layout;
use crate::process::{self, Interrupted};
use crate::step::{run_loud, say};
use crate::toolbox::{self, Tool};

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
    let lints = |what: &str| cargo(layout, &format!("clippy {what} --locked -- -D warnings"));
    let mut document = cargo(
        layout,
        "doc --workspace --no-deps --locked --document-private-items",
    );
    document.env("RUSTDOCFLAGS", "-D warnings");
    let deny = toolbox::cargo_program(layout, Tool::CargoDeny, "cargo-deny")?;
    let mut deny = Command::new(deny);
    layout.settle(&mut deny);
    // Advisories need a database from the network; these three do not.
    deny.args("--offline --locked --workspace check bans licenses sources".split(' '));
    Ok(vec![
        // Every platform's crates: the licences of those that are not built here are read too.
        ("crates as locked", cargo(layout, "fetch --locked")),
        ("formatting", cargo(layout, "fmt --all --check")),
        (
            "formatting of the fuzz targets",
            cargo(layout, "fmt --manifest-path fuzz/Cargo.toml --check"),
        ),
        ("lints", lints("--workspace --all-targets")),
        (
            "lints with planted bugs",
            lints("--package sim --all-targets --features mutations"),
        ),
        (
            "lints for wasm",
            lints("--package worker-shell --package room --target wasm32-unknown-unknown"),
        ),
        ("documentation", document),
        ("licences and sources", deny),
        ("types of the page", type_check(layout, "web")),
        ("types of the page's tests", type_check(layout, "web/test")),
        ("types of the tests", type_check(layout, "tests")),
    ])
}

fn cargo(layout: &Layout, arguments: &str) -> Command {
    let mut command = layout.cargo();
    command.args(arguments.split(' '));
    command
}

fn type_check(layout: &Layout, folder: &str) -> Command {
    let mut command = layout.node_command(layout.node_modules().join("typescript/bin/tsc"));
    command.args(["--noEmit", "--project", folder]);
    command
}
