//! Components and the target of the pinned toolchain: rustup adds them by itself only where that is not switched off.

use std::path::PathBuf;
use std::process::Command;

use anyhow::{Context, Result};

use crate::layout::Layout;
use crate::step::{read, run_quiet};

const TARGET: &str = "wasm32-unknown-unknown";
/// Components, each with a program that shows that it is there.
const COMPONENTS: [(&str, &str); 2] = [("clippy", "cargo-clippy"), ("rustfmt", "rustfmt")];

pub fn missing(layout: &Layout) -> Result<Option<String>> {
    let sysroot = sysroot(layout)?;
    let mut absent: Vec<&str> = absent_components(&sysroot);
    if !has_target(&sysroot) {
        absent.push(TARGET);
    }
    Ok((!absent.is_empty()).then(|| format!("adding {} to the Rust toolchain", absent.join(", "))))
}

pub fn install(layout: &Layout) -> Result<()> {
    let sysroot = sysroot(layout)?;
    let remedy =
        "rustup is needed, and a network; install it from your system or from Rust's own site";
    let components = absent_components(&sysroot);
    if !components.is_empty() {
        let mut command = Command::new("rustup");
        layout.settle(&mut command);
        command.args(["component", "add"]).args(components);
        run_quiet(layout, "rustup component add", &mut command).context(remedy)?;
    }
    if !has_target(&sysroot) {
        let mut command = Command::new("rustup");
        layout.settle(&mut command);
        command.args(["target", "add", TARGET]);
        run_quiet(layout, "rustup target add", &mut command).context(remedy)?;
    }
    Ok(())
}

fn sysroot(layout: &Layout) -> Result<PathBuf> {
    let mut command = Command::new("rustc");
    layout.settle(&mut command);
    let printed = read(
        "rustc --print sysroot",
        command.args(["--print", "sysroot"]),
    )?;
    Ok(PathBuf::from(printed.trim()))
}

fn absent_components(sysroot: &std::path::Path) -> Vec<&'static str> {
    COMPONENTS
        .into_iter()
        .filter(|(_, program)| !sysroot.join("bin").join(program).exists())
        .map(|(component, _)| component)
        .collect()
}

fn has_target(sysroot: &std::path::Path) -> bool {
    sysroot
        .join("lib/rustlib")
        .join(TARGET)
        .join("lib")
        .is_dir()
}
