//! `cargo xtask test`: every test there is.

use anyhow::{Result, bail};

use crate::arguments::Test;
use crate::layout::Layout;
use crate::process;
use crate::step::run_loud;

/// Carries out `cargo xtask test`.
///
/// # Errors
/// If a test fails.
pub fn command(options: &Test) -> Result<()> {
    process::listen_for_signals()?;
    if options.list || !options.stages.is_empty() {
        bail!("there are no stages to choose from");
    }
    let mut tests = Layout::find()?.cargo();
    tests.args(["test", "--workspace", "--locked", "--no-fail-fast"]);
    run_loud("cargo test", &mut tests)
}
