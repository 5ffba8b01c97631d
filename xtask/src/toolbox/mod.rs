//! Everything that the commands need and a fresh machine lacks, by name and pinned version.
//!
//! Each [`Tool`] knows whether it is there and how to get it. Nothing is downloaded from anywhere but the registries of
//! cargo, rustup, npm, PyPI and Debian, through their own clients. Tools live in the cache, npm's packages in the checkout.

mod apt;
mod browser;
mod cargo_tools;
mod compiler;
mod npm;
mod postgres_tree;
mod python;
mod rust;

use std::fs::File;
use std::path::PathBuf;

use anyhow::{Context, Result};

pub use self::browser::chromium;
pub use self::python::interpreter as python;
use crate::layout::Layout;
use crate::process;
use crate::step::say;

/// Something to have.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Tool {
    /// rustfmt, clippy and the wasm target of the pinned toolchain.
    Rust,
    /// npm's packages: Node 24, wrangler, esbuild, binaryen and the rest of `package.json`.
    Npm,
    WasmBindgen,
    WorkerBuild,
    CargoDeny,
    CargoFuzz,
    /// PostgreSQL's binaries where another user can run them.
    Postgres,
    /// A Python environment with the Yjs clients that the tests talk to.
    Python,
    /// A browser.
    Chromium,
    /// A C++ compiler.
    Compiler,
}

impl Tool {
    /// What there is to do, or nothing if it is there.
    fn missing(self, layout: &Layout) -> Result<Option<String>> {
        match self {
            Self::Rust => rust::missing(layout),
            Self::Npm => npm::missing(layout),
            Self::WasmBindgen => cargo_tools::missing(layout, &cargo_tools::wasm_bindgen(layout)?),
            Self::WorkerBuild => cargo_tools::missing(layout, &cargo_tools::WORKER_BUILD),
            Self::CargoDeny => cargo_tools::missing(layout, &cargo_tools::CARGO_DENY),
            Self::CargoFuzz => cargo_tools::missing(layout, &cargo_tools::CARGO_FUZZ),
            Self::Postgres => postgres_tree::missing(layout),
            Self::Python => Ok(python::missing(layout)),
            Self::Chromium => Ok(browser::missing()),
            Self::Compiler => Ok(compiler::missing()),
        }
    }

    fn install(self, layout: &Layout) -> Result<()> {
        match self {
            Self::Rust => rust::install(layout),
            Self::Npm => npm::install(layout),
            Self::WasmBindgen => cargo_tools::install(layout, &cargo_tools::wasm_bindgen(layout)?),
            Self::WorkerBuild => cargo_tools::install(layout, &cargo_tools::WORKER_BUILD),
            Self::CargoDeny => cargo_tools::install(layout, &cargo_tools::CARGO_DENY),
            Self::CargoFuzz => cargo_tools::install(layout, &cargo_tools::CARGO_FUZZ),
            Self::Postgres => postgres_tree::install(layout),
            Self::Python => python::install(layout),
            Self::Chromium => browser::install(layout),
            Self::Compiler => compiler::install(layout),
        }
    }
}

/// Makes sure that tools are there, getting those that are not, with a line of progress for each.
///
/// Two commands at once wait for each other rather than install the same thing twice.
///
/// # Errors
/// If one of them cannot be had; the error says which and what to do.
pub fn provide(layout: &Layout, tools: &[Tool]) -> Result<()> {
    let missing = find_missing(layout, tools)?;
    if missing.is_empty() {
        return Ok(());
    }
    let _lock = lock(layout)?;
    let missing = find_missing(layout, tools)?;
    let count = missing.len();
    for (index, (tool, what)) in missing.into_iter().enumerate() {
        process::bail_if_interrupted()?;
        say(format_args!("[{}/{count}] {what} …", index + 1));
        tool.install(layout)
            .with_context(|| format!("step {} of {count} ({what})", index + 1))?;
    }
    Ok(())
}

/// Where PostgreSQL's `initdb`, `pg_ctl` and `postgres` are.
pub fn postgres_bin(layout: &Layout) -> Result<PathBuf> {
    Ok(postgres_tree::folder(layout)?.join("bin"))
}

/// A program of a tool that cargo built.
pub fn cargo_program(layout: &Layout, tool: Tool, name: &str) -> Result<PathBuf> {
    let folder = match tool {
        Tool::WasmBindgen => cargo_tools::wasm_bindgen(layout)?.folder(layout),
        Tool::WorkerBuild => cargo_tools::WORKER_BUILD.folder(layout),
        Tool::CargoDeny => cargo_tools::CARGO_DENY.folder(layout),
        Tool::CargoFuzz => cargo_tools::CARGO_FUZZ.folder(layout),
        Tool::Rust
        | Tool::Npm
        | Tool::Postgres
        | Tool::Python
        | Tool::Chromium
        | Tool::Compiler => {
            anyhow::bail!("{tool:?} is not a tool that cargo builds")
        }
    };
    Ok(folder.join("bin").join(name))
}

/// The folders of npm packages that are made for one platform each.
pub use self::npm::platform_package;

fn find_missing(layout: &Layout, tools: &[Tool]) -> Result<Vec<(Tool, String)>> {
    let mut missing = Vec::new();
    for &tool in tools {
        let what = tool
            .missing(layout)
            .with_context(|| format!("cannot tell whether {tool:?} is there"))?;
        missing.extend(what.map(|what| (tool, what)));
    }
    Ok(missing)
}

fn lock(layout: &Layout) -> Result<File> {
    std::fs::create_dir_all(&layout.cache).with_context(|| {
        format!(
            "cannot create the cache {}; name another folder with GLOSSATOR_CACHE",
            layout.cache.display()
        )
    })?;
    let path = layout.cache.join("lock");
    let file = File::create(&path).with_context(|| {
        format!(
            "cannot write {}; name another folder with GLOSSATOR_CACHE",
            path.display()
        )
    })?;
    if file.try_lock().is_err() {
        say("waiting for another command that is installing tools …");
        while file.try_lock().is_err() {
            process::bail_if_interrupted()?;
            process::pause();
        }
    }
    Ok(file)
}
