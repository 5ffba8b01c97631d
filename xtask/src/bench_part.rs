//! `cargo xtask bench core` and `bench host`: parts by themselves, without sockets and without peers beside them.

use std::path::Path;

use anyhow::Result;

use crate::arguments::BenchPart;
use crate::layout::Layout;
use crate::process;
use crate::step::run_loud;
use crate::test::Surroundings;
use crate::toolbox::{self, Tool};

/// Carries out `cargo xtask bench core` or `cargo xtask bench host`.
///
/// # Errors
/// If something cannot be built, or the measurement fails.
pub fn command(part: &BenchPart) -> Result<()> {
    process::listen_for_signals()?;
    let layout = Layout::find()?;
    match part {
        BenchPart::Core(words) => core(&layout, words.as_deref()),
        BenchPart::Host(out) => host(layout, out.as_deref()),
    }
}

/// The same benchmarks twice: as a native program, by criterion, and as the 32-bit program that is deployed, in Node.
fn core(layout: &Layout, words: Option<&str>) -> Result<()> {
    let mut native = layout.cargo();
    native.args(["bench", "--locked", "--package", "room", "--bench", "core"]);
    native.arg("--").args(words);
    run_loud("the room, natively", &mut native)?;
    toolbox::provide(layout, &[Tool::Rust, Tool::Npm, Tool::WasmBindgen])?;
    let runner = toolbox::cargo_program(layout, Tool::WasmBindgen, "wasm-bindgen-test-runner")?;
    let mut wasm = layout.cargo();
    wasm.env("CARGO_TARGET_WASM32_UNKNOWN_UNKNOWN_RUNNER", runner);
    wasm.env("GLOSSATOR_BENCH_ONLY", words.unwrap_or_default());
    wasm.args(["bench", "--locked", "--package", "room", "--bench", "core"]);
    wasm.args(["--target", "wasm32-unknown-unknown"]);
    run_loud("the room on wasm32", &mut wasm)
}

fn host(layout: Layout, out: Option<&Path>) -> Result<()> {
    // What is relative is so to where the command was called, and the script runs in the checkout.
    let out = out.map(std::path::absolute).transpose()?;
    let raw = layout.target.join("bench-host.json");
    let mut surroundings = Surroundings::new(layout)?;
    let measured = measure_host(&mut surroundings, &raw);
    let layout = surroundings.layout.clone();
    let stopped = surroundings.stop();
    measured.and(stopped)?;
    match out {
        Some(out) => write_run(&layout, &raw, &out),
        None => Ok(()),
    }
}

fn measure_host(surroundings: &mut Surroundings, raw: &Path) -> Result<()> {
    let mut command = surroundings.layout.cargo();
    command.args([
        "bench",
        "--locked",
        "--package",
        "host",
        "--bench",
        "snapshots",
    ]);
    command.env("TEST_DATABASE_URL", surroundings.database_url()?);
    command.env("GLOSSATOR_BENCH_OUT", raw);
    run_loud("the host", &mut command)
}

/// Makes a run of what was found, as the page about performance is made of.
fn write_run(layout: &Layout, raw: &Path, out: &Path) -> Result<()> {
    toolbox::provide(layout, &[Tool::Npm])?;
    let mut script = layout.node_command("bench/host.ts");
    script.arg("--raw").arg(raw).arg("--out").arg(out);
    run_loud("writing what was found", &mut script)
}
