//! A Chromium for the browser tests: the machine's own, or Debian's.

use std::path::PathBuf;

use anyhow::{Context, Result, bail};

use super::apt;
use crate::layout::Layout;

const NAMES: [&str; 4] = [
    "chromium",
    "chromium-browser",
    "google-chrome-stable",
    "google-chrome",
];

/// The program, if there is one: what `GLOSSATOR_CHROMIUM` names, else the first on `PATH`.
pub fn chromium() -> Option<PathBuf> {
    if let Some(named) = std::env::var_os("GLOSSATOR_CHROMIUM") {
        return Some(PathBuf::from(named)).filter(|path| path.is_file());
    }
    let path = std::env::var_os("PATH")?;
    let folders: Vec<PathBuf> = std::env::split_paths(&path).collect();
    NAMES
        .iter()
        .flat_map(|name| folders.iter().map(move |folder| folder.join(name)))
        .find(|path| path.is_file())
}

pub fn missing() -> Option<String> {
    chromium()
        .is_none()
        .then(|| "installing Chromium".to_owned())
}

pub fn install(layout: &Layout) -> Result<()> {
    let remedy = "install Chromium, or set GLOSSATOR_CHROMIUM to a Chromium or Chrome program";
    if let Some(named) = std::env::var_os("GLOSSATOR_CHROMIUM") {
        bail!(
            "GLOSSATOR_CHROMIUM names {}, which does not exist: {remedy}",
            PathBuf::from(named).display()
        );
    }
    if !apt::is_possible() {
        bail!("there is no browser, and no right to install one: {remedy}");
    }
    apt::install(layout, &["chromium"]).context(remedy)?;
    chromium()
        .map(drop)
        .with_context(|| format!("apt-get installed no browser: {remedy}"))
}
