//! `cargo xtask build`: the page into `web/dist`, the Worker into `build`.
//!
//! wrangler's build command is this one, so it runs whenever `wrangler dev` starts or a source file changes: when
//! nothing has changed it ends at once.

use std::fs;
use std::hash::{DefaultHasher, Hash, Hasher};
use std::io::Write;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, bail};
use flate2::Compression;
use flate2::write::GzEncoder;

use crate::layout::Layout;
use crate::process;
use crate::step::{run_loud, say};
use crate::toolbox::{self, Tool};

/// The platform takes 3 MiB of a free account's Worker, zipped; a third of it keeps cold starts short.
const WASM_GZIP_BYTES_MAX: usize = 1024 * 1024;

/// What building needs.
pub const TOOLS: [Tool; 4] = [Tool::Rust, Tool::Npm, Tool::WasmBindgen, Tool::WorkerBuild];

/// Carries out `cargo xtask build`.
///
/// # Errors
/// If a tool cannot be had, a build fails, or the Worker is too large.
pub fn command() -> Result<()> {
    process::listen_for_signals()?;
    // wrangler says which of its commands wants the build.
    if let Ok(wrangler) = std::env::var("WRANGLER_COMMAND")
        && wrangler != "dev"
    {
        bail!(
            "`wrangler {wrangler}` is refused: wrangler.toml describes development only; deploying needs a named \
             environment with addresses and keys of its own"
        );
    }
    let layout = Layout::find()?;
    toolbox::provide(&layout, &TOOLS)?;
    page(&layout)?;
    worker(&layout)
}

/// Builds the page, unless what is there was made from the same sources: a running Worker serves the folder, and
/// reloads when it is made anew.
///
/// # Errors
/// If it cannot be built.
pub fn page(layout: &Layout) -> Result<()> {
    let build = layout.root.join("build");
    let stamp_path = build.join(".page-made-from");
    let mut hasher = DefaultHasher::new();
    hash_sources(&layout.root.join("web"), &mut hasher)?;
    hash_file(&layout.root.join("package-lock.json"), &mut hasher)?;
    let stamp = format!("{:016x}\n", hasher.finish());
    let is_current = fs::read_to_string(&stamp_path).is_ok_and(|made_from| made_from == stamp);
    if is_current && layout.root.join("web/dist/index.html").is_file() {
        return Ok(());
    }
    run_loud(
        "building the page",
        &mut layout.node_command("web/build.mjs"),
    )?;
    fs::create_dir_all(&build).with_context(|| format!("cannot create {}", build.display()))?;
    fs::write(&stamp_path, stamp).with_context(|| format!("cannot write {}", stamp_path.display()))
}

/// Takes in the names and contents of the page's sources, in an order that does not depend on the disk.
fn hash_sources(folder: &Path, hasher: &mut DefaultHasher) -> Result<()> {
    let unreadable = || format!("cannot read {}", folder.display());
    let mut paths = Vec::new();
    for entry in fs::read_dir(folder).with_context(unreadable)? {
        paths.push(entry.with_context(unreadable)?.path());
    }
    paths.sort();
    for path in paths {
        let is_beside = path
            .file_name()
            .is_some_and(|name| name.to_string_lossy().starts_with("dist") || name == "test");
        if is_beside {
            continue;
        }
        if path.is_dir() {
            hash_sources(&path, hasher)?;
        } else {
            hash_file(&path, hasher)?;
        }
    }
    Ok(())
}

fn hash_file(path: &Path, hasher: &mut DefaultHasher) -> Result<()> {
    path.hash(hasher);
    let bytes = fs::read(path).with_context(|| format!("cannot read {}", path.display()))?;
    bytes.hash(hasher);
    Ok(())
}

/// Builds the Worker, unless what is there was made from the same compiled code with the same tools.
///
/// # Errors
/// If it cannot be built or is too large.
pub fn worker(layout: &Layout) -> Result<()> {
    let mut compile = layout.cargo();
    // worker-build sets this variable too; with another value cargo would compile twice.
    compile.env("WASM_BINDGEN_USE_JS_SYS", "1");
    compile.args([
        "build",
        "--release",
        "--locked",
        "--lib",
        "--package",
        "worker-shell",
    ]);
    compile.args(["--target", "wasm32-unknown-unknown"]);
    run_loud("compiling the Worker", &mut compile)?;

    let build = layout.root.join("build");
    let stamp_path = build.join(".made-from");
    let stamp = stamp(layout)?;
    let is_current = fs::read_to_string(&stamp_path).is_ok_and(|made_from| made_from == stamp);
    if !is_current || !build.join("index.js").is_file() || !build.join("index_bg.wasm").is_file() {
        bundle(layout)?;
        fs::write(&stamp_path, stamp)
            .with_context(|| format!("cannot write {}", stamp_path.display()))?;
    }
    check_size(&build.join("index_bg.wasm"))
}

/// Runs worker-build with tools of this machine: it would download others from elsewhere.
fn bundle(layout: &Layout) -> Result<()> {
    let mut command = std::process::Command::new(toolbox::cargo_program(
        layout,
        Tool::WorkerBuild,
        "worker-build",
    )?);
    layout.settle(&mut command);
    let tools = [
        (
            "WASM_BINDGEN_BIN",
            toolbox::cargo_program(layout, Tool::WasmBindgen, "wasm-bindgen")?,
        ),
        (
            "WASM_OPT_BIN",
            layout.node_modules().join("binaryen/bin/wasm-opt"),
        ),
        (
            "ESBUILD_BIN",
            toolbox::platform_package(layout, "@esbuild")?.join("bin/esbuild"),
        ),
    ];
    for (variable, program) in tools {
        if !program.is_file() {
            bail!(
                "{} does not exist; remove node_modules and run the command again",
                program.display()
            );
        }
        command.env(variable, program);
    }
    // The output folder is relative to the crate.
    command
        .args(["--release", "--out-dir", "../build"])
        .arg(layout.root.join("worker"))
        .arg("--locked");
    run_loud("worker-build", &mut command)
}

fn compiled_module(layout: &Layout) -> PathBuf {
    layout
        .target
        .join("wasm32-unknown-unknown/release/worker_shell.wasm")
}

fn stamp(layout: &Layout) -> Result<String> {
    let path = compiled_module(layout);
    let module = fs::read(&path).with_context(|| format!("cannot read {}", path.display()))?;
    let packages =
        fs::read(layout.root.join("package-lock.json")).context("cannot read package-lock.json")?;
    // It says how the module is optimised once more.
    let manifest = fs::read(layout.root.join("worker/Cargo.toml"))
        .context("worker/Cargo.toml cannot be read")?;
    let mut hasher = DefaultHasher::new();
    (module, packages, manifest).hash(&mut hasher);
    let bindgen = toolbox::cargo_program(layout, Tool::WasmBindgen, "wasm-bindgen")?;
    let bundler = toolbox::cargo_program(layout, Tool::WorkerBuild, "worker-build")?;
    Ok(format!(
        "{:016x}\n{}\n{}\n",
        hasher.finish(),
        bindgen.display(),
        bundler.display()
    ))
}

fn check_size(module: &Path) -> Result<()> {
    let bytes = fs::read(module).with_context(|| format!("cannot read {}", module.display()))?;
    let mut encoder = GzEncoder::new(Vec::new(), Compression::best());
    encoder
        .write_all(&bytes)
        .context("cannot compress the Worker")?;
    let zipped = encoder
        .finish()
        .context("cannot compress the Worker")?
        .len();
    say(format_args!(
        "the Worker is {} KiB, {} KiB gzipped",
        bytes.len() / 1024,
        zipped / 1024
    ));
    if zipped > WASM_GZIP_BYTES_MAX {
        bail!(
            "the Worker is {zipped} bytes gzipped, more than {WASM_GZIP_BYTES_MAX}: look for a dependency that grew"
        );
    }
    Ok(())
}
