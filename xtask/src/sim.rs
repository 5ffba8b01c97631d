//! `cargo xtask sim`: the simulator, built so that thousands of worlds take seconds.

use std::process::Command;

use anyhow::Result;

use crate::arguments::{Seeds, Sim};
use crate::layout::Layout;
use crate::process;
use crate::step::run_loud;

/// Carries out `cargo xtask sim`.
///
/// # Errors
/// If the simulator cannot be built, or finds something.
pub fn command(options: &Sim) -> Result<()> {
    process::listen_for_signals()?;
    run_loud("the simulator", &mut simulator(&Layout::find()?, options))
}

/// The command that runs the simulator.
pub fn simulator(layout: &Layout, options: &Sim) -> Command {
    let mut command = layout.cargo();
    command.args(["run", "--quiet", "--locked", "--package", "sim", "--"]);
    match options.seeds {
        Seeds::Many(count) => command.args(["--seeds", &count.to_string()]),
        Seeds::One(seed) => command.args(["--seed", &seed.to_string()]),
    };
    if options.twice {
        command.arg("--twice");
    }
    command
}
