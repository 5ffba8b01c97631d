//! A C++ compiler, which the fuzzer is built with.

use std::path::PathBuf;

use anyhow::{Context, Result, ensure};

use super::apt;
use crate::layout::Layout;

const NAMES: [&str; 3] = ["c++", "g++", "clang++"];

pub fn missing() -> Option<String> {
    let path = std::env::var_os("PATH").unwrap_or_default();
    let folders: Vec<PathBuf> = std::env::split_paths(&path).collect();
    let there = std::env::var_os("CXX").is_some()
        || NAMES
            .iter()
            .any(|name| folders.iter().any(|folder| folder.join(name).is_file()));
    (!there).then(|| "installing a C++ compiler".to_owned())
}

pub fn install(layout: &Layout) -> Result<()> {
    let remedy = "install a C++ compiler (Debian: g++), or set CXX";
    ensure!(
        apt::is_possible(),
        "the fuzzer needs a C++ compiler, and there is no right to install one: {remedy}"
    );
    apt::install(layout, &["g++"]).context(remedy)
}
