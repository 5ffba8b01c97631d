//! npm's packages, installed into the checkout from the committed lockfile.

use std::env::consts::{ARCH, OS};
use std::fs;
use std::io::ErrorKind;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result, bail};

use crate::layout::Layout;
use crate::step::{read, run_quiet};

/// The oldest Node that can run npm's own part; the rest runs on the Node that npm installs.
const NODE_MAJOR_MIN: u32 = 20;
/// The Node that npm installs.
const NODE_MAJOR_INSTALLED: u32 = 24;

pub fn missing(layout: &Layout) -> Result<Option<String>> {
    let stamp = stamp(layout)?;
    let path = stamp_path(layout);
    let is_current = match fs::read_to_string(&path) {
        Ok(written) => written == stamp,
        Err(error) if error.kind() == ErrorKind::NotFound => false,
        Err(error) => return Err(error).with_context(|| format!("cannot read {}", path.display())),
    };
    Ok((!is_current).then(|| "installing npm's packages (about 1 min)".to_owned()))
}

pub fn install(layout: &Layout) -> Result<()> {
    check_node()?;
    let mut command = Command::new("npm");
    layout.settle(&mut command);
    // The node package of a half-finished installation must not be the one that npm runs on.
    command.env("PATH", std::env::var_os("PATH").unwrap_or_default());
    command.args([
        "ci",
        "--no-audit",
        "--no-fund",
        "--no-progress",
        "--loglevel=error",
    ]);
    run_quiet(layout, "npm ci", &mut command)
        .context("is the npm registry reachable? `npm ci` in the checkout must succeed")?;
    check_installed(layout)?;
    let path = stamp_path(layout);
    fs::write(&path, stamp(layout)?).with_context(|| format!("cannot write {}", path.display()))
}

/// The folder of a package that exists once per platform, such as `@esbuild/linux-x64`.
///
/// # Errors
/// If there is none for this platform.
pub fn platform_package(layout: &Layout, scope: &str) -> Result<PathBuf> {
    let system = match OS {
        "linux" => "linux",
        "macos" => "darwin",
        other => bail!("there is no {scope} package for {other}"),
    };
    let processor = match ARCH {
        "x86_64" => "x64",
        "aarch64" => "arm64",
        other => bail!("there is no {scope} package for {system} on {other}"),
    };
    Ok(layout
        .node_modules()
        .join(scope)
        .join(format!("{system}-{processor}")))
}

/// The machine's own Node and npm.
fn check_node() -> Result<()> {
    let remedy = "install Node 20 or later with npm";
    let version = read("node --version", Command::new("node").arg("--version")).context(remedy)?;
    if major(&version).is_none_or(|major| major < NODE_MAJOR_MIN) {
        bail!("this is Node {}: {remedy}", version.trim());
    }
    read("npm --version", Command::new("npm").arg("--version"))
        .context(remedy)
        .map(drop)
}

/// What npm's install scripts should have made: npm skips scripts that it was not allowed to run, and says little.
fn check_installed(layout: &Layout) -> Result<()> {
    let remedy = "npm skipped an install script: is `allowScripts` of package.json respected? Try `npm rebuild`";
    let version =
        read("node of npm", Command::new(layout.node()).arg("--version")).context(remedy)?;
    if major(&version) != Some(NODE_MAJOR_INSTALLED) {
        bail!(
            "npm installed Node {}, but {NODE_MAJOR_INSTALLED} is expected",
            version.trim()
        );
    }
    let postgres = platform_package(layout, "@embedded-postgres")?;
    let path = postgres.join("native/pg-symlinks.json");
    let links =
        fs::read_to_string(&path).with_context(|| format!("cannot read {}", path.display()))?;
    for link in link_targets(&links) {
        if !postgres.join(link).exists() {
            bail!("{} does not exist: {remedy}", postgres.join(link).display());
        }
    }
    Ok(())
}

/// The values of every `"target"` in the package's list of links.
fn link_targets(json: &str) -> impl Iterator<Item = &Path> {
    json.split("\"target\":\"")
        .skip(1)
        .filter_map(|rest| rest.split('"').next())
        .map(Path::new)
}

fn major(version: &str) -> Option<u32> {
    version
        .trim()
        .strip_prefix('v')?
        .split('.')
        .next()?
        .parse()
        .ok()
}

/// What the installed packages follow from: installing again is needed when this changes, and only then.
fn stamp(layout: &Layout) -> Result<String> {
    let mut stamp = format!("{OS} {ARCH}\n");
    for name in ["package.json", "package-lock.json"] {
        let path = layout.root.join(name);
        stamp += &fs::read_to_string(&path)
            .with_context(|| format!("cannot read {}", path.display()))?;
    }
    Ok(stamp)
}

fn stamp_path(layout: &Layout) -> PathBuf {
    layout.node_modules().join(".installed-by-xtask")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_major_version_of_node_is_read_from_what_it_prints() {
        assert_eq!(major("v24.21.0\n"), Some(24));
        assert_eq!(major("24.21.0"), None);
    }

    #[test]
    fn every_target_of_the_link_list_is_checked() {
        let json = r#"[{"source":"native/lib/a.so.1","target":"native/lib/a.so"},{"source":"x","target":"native/lib/b.so"}]"#;
        let targets: Vec<_> = link_targets(json).collect();
        assert_eq!(
            targets,
            [Path::new("native/lib/a.so"), Path::new("native/lib/b.so")]
        );
    }
}
