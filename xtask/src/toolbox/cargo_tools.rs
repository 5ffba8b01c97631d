//! Programs that cargo builds from crates.io, each into a folder of the cache that carries its version.

use std::borrow::Cow;
use std::path::PathBuf;

use anyhow::{Context, Result};

use crate::layout::Layout;
use crate::process::Interrupted;
use crate::step::{run_quiet, say};

pub const WORKER_BUILD: CargoTool = CargoTool {
    name: "worker-build",
    version: Cow::Borrowed("0.8.7"),
    programs: &["worker-build", "worker-codegen"],
};
pub const CARGO_DENY: CargoTool = CargoTool {
    name: "cargo-deny",
    version: Cow::Borrowed("0.20.2"),
    programs: &["cargo-deny"],
};
pub const CARGO_FUZZ: CargoTool = CargoTool {
    name: "cargo-fuzz",
    version: Cow::Borrowed("0.13.2"),
    programs: &["cargo-fuzz"],
};

/// A crate with programs.
#[derive(Debug)]
pub struct CargoTool {
    name: &'static str,
    version: Cow<'static, str>,
    programs: &'static [&'static str],
}

impl CargoTool {
    /// Where it is, or will be.
    pub fn folder(&self, layout: &Layout) -> PathBuf {
        layout
            .cache
            .join("tools")
            .join(format!("{}-{}", self.name, self.version))
    }
}

/// The command line of `wasm-bindgen`, which must be of exactly the version that the Worker is built against.
///
/// # Errors
/// If `Cargo.lock` cannot be read or names no `wasm-bindgen`.
pub fn wasm_bindgen(layout: &Layout) -> Result<CargoTool> {
    let path = layout.root.join("Cargo.lock");
    let lock = std::fs::read_to_string(&path)
        .with_context(|| format!("cannot read {}", path.display()))?;
    let version = locked_version(&lock, "wasm-bindgen")
        .context("Cargo.lock names no wasm-bindgen")?
        .to_owned();
    Ok(CargoTool {
        name: "wasm-bindgen-cli",
        version: Cow::Owned(version),
        programs: &["wasm-bindgen", "wasm-bindgen-test-runner"],
    })
}

pub fn missing(layout: &Layout, tool: &CargoTool) -> Result<Option<String>> {
    let bin = tool.folder(layout).join("bin");
    let there = tool
        .programs
        .iter()
        .all(|program| bin.join(program).is_file());
    Ok((!there).then(|| {
        format!(
            "building {} {} (once, about 2 min)",
            tool.name, tool.version
        )
    }))
}

pub fn install(layout: &Layout, tool: &CargoTool) -> Result<()> {
    let built = install_with(layout, tool, &["--locked"]);
    let Err(error) = built else { return Ok(()) };
    if error.is::<Interrupted>() {
        return Err(error);
    }
    // A registry mirror may lag behind the lockfile that the tool was published with. The tool's own version stays
    // pinned; only its dependencies are then resolved afresh.
    say(format_args!(
        "    its own lockfile cannot be met here; resolving the dependencies of {} afresh",
        tool.name
    ));
    install_with(layout, tool, &[]).context(
        "is the registry reachable, and a C compiler installed (`gcc --version`)? Running the command again goes on from here",
    )
}

fn install_with(layout: &Layout, tool: &CargoTool, flags: &[&str]) -> Result<()> {
    let scratch = layout.cache.join("building").join(tool.name);
    let mut command = layout.cargo();
    // These run for moments: building them quickly matters more than their own speed.
    command
        .env("CARGO_TARGET_DIR", &scratch)
        .env("CARGO_PROFILE_RELEASE_LTO", "off")
        .env("CARGO_PROFILE_RELEASE_OPT_LEVEL", "1")
        .env("CARGO_PROFILE_RELEASE_CODEGEN_UNITS", "16")
        .env("CARGO_PROFILE_RELEASE_DEBUG", "false")
        .args(["install", "--force", "--root"])
        .arg(tool.folder(layout))
        .args(flags)
        .args(["--version", &*tool.version, tool.name]);
    run_quiet(
        layout,
        &format!("cargo install {}", tool.name),
        &mut command,
    )?;
    std::fs::remove_dir_all(&scratch)
        .with_context(|| format!("cannot remove {}", scratch.display()))
}

/// The version of a package in the text of a `Cargo.lock`.
fn locked_version<'lock>(lock: &'lock str, package: &str) -> Option<&'lock str> {
    let name = format!("name = \"{package}\"");
    let mut lines = lock.lines();
    lines.find(|line| *line == name)?;
    lines
        .next()?
        .strip_prefix("version = \"")?
        .strip_suffix('"')
}

#[cfg(test)]
mod tests {
    use super::locked_version;

    const LOCK: &str = "[[package]]\nname = \"wasm-bindgen-macro\"\nversion = \"0.2.1\"\n\n\
                        [[package]]\nname = \"wasm-bindgen\"\nversion = \"0.2.130\"\nsource = \"x\"\n";

    #[test]
    fn the_locked_version_is_that_of_the_package_of_exactly_this_name() {
        assert_eq!(locked_version(LOCK, "wasm-bindgen"), Some("0.2.130"));
        assert_eq!(locked_version(LOCK, "bindgen"), None);
    }
}
