//! `cargo xtask screenshots`: pictures of the page in use, from a stack that is made for them and thrown away.

use std::path::Path;

use anyhow::{Context, Result};

use crate::arguments::Screenshots;
use crate::layout::Layout;
use crate::process;
use crate::step::run_loud;
use crate::test::Surroundings;
use crate::toolbox::{self, Tool};

/// Carries out `cargo xtask screenshots`.
///
/// # Errors
/// If the page or the Worker cannot be built, there is no browser, or a picture cannot be taken.
pub fn command(options: &Screenshots) -> Result<()> {
    process::listen_for_signals()?;
    // What is relative is so to where the command was called, and the script runs in the checkout.
    let folder = std::path::absolute(&options.out)
        .with_context(|| format!("{} is no path", options.out.display()))?;
    let mut surroundings = Surroundings::new(Layout::find()?)?;
    let taken = take(&mut surroundings, &folder);
    let stopped = surroundings.stop();
    taken.and(stopped)
}

fn take(surroundings: &mut Surroundings, folder: &Path) -> Result<()> {
    toolbox::provide(&surroundings.layout, &[Tool::Chromium])?;
    surroundings.build_worker()?;
    let mut script = surroundings.layout.node_command("tests/screenshots.ts");
    script.arg(folder);
    let host = surroundings.host_program()?;
    surroundings.describe(&mut script, &host)?;
    script.env(
        "GLOSSATOR_CHROMIUM",
        toolbox::chromium().context("the browser was just found")?,
    );
    run_loud("taking pictures", &mut script)
}
