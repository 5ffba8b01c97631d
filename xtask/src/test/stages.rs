//! The stages, cheap ones first.

use std::process::Command;
use std::sync::Mutex;

use anyhow::{Context, Result, bail};

use super::count::Count;
use super::runner::{run, side_by_side, start_beside};
use super::surroundings::Surroundings;
use crate::arguments::{Seeds, Sim};
use crate::layout::Layout;
use crate::process::Interrupted;
use crate::process::guard::Guard;
use crate::sim;
use crate::toolbox::{self, Tool};

/// A part of the tests with a name.
#[derive(Debug)]
pub struct Stage {
    pub name: &'static str,
    pub about: &'static str,
    pub run: fn(&mut Surroundings, &mut Count) -> Result<()>,
}

/// All of them.
pub const STAGES: &[Stage] = &[
    Stage {
        name: "rust",
        about: "the crates without a database",
        run: rust,
    },
    Stage {
        name: "host",
        about: "the host, with a real Postgres",
        run: host,
    },
    Stage {
        name: "wasm",
        about: "the room on 32 bits, as it is deployed",
        run: wasm,
    },
    Stage {
        name: "page",
        about: "the page's own modules",
        run: page,
    },
    Stage {
        name: "sim",
        about: "planted bugs, 2000 seeded worlds, and some of them twice",
        run: simulate,
    },
    Stage {
        name: "fuzz",
        about: "random input: a minute for what meets documents, less for what meets texts",
        run: fuzz,
    },
    Stage {
        name: "e2e",
        about: "real workerd, host, Postgres, browser and stock clients",
        run: end_to_end,
    },
];

/// Worlds of every run.
const SEEDS: u64 = 2000;
/// Worlds that must come out the same twice.
const SEEDS_TWICE: u64 = 50;
/// The fuzz targets, and how many seconds each takes: two run side by side, for one takes one processor.
const FUZZ_TARGETS: [&[(&str, u32)]; 2] = [
    &[("frame", 60), ("ticket", 20), ("headers", 20)],
    &[("apply", 60), ("policy", 60)],
];
/// Two tests of the host that take a minute each on one processor, with the programs that they are in: they run beside the others,
/// which use one and a half.
const LONG_TESTS: [(&str, &str); 2] = [
    ("texts", "no_large_input_takes_long"),
    (
        "migrations",
        "every_prefix_of_the_migrations_upgrades_with_its_data",
    ),
];

fn rust(surroundings: &mut Surroundings, count: &mut Count) -> Result<()> {
    let mut command = surroundings.layout.cargo();
    command.args([
        "test",
        "--locked",
        "--no-fail-fast",
        "--workspace",
        "--exclude",
        "host",
        "--exclude",
        "sim",
    ]);
    run("cargo test", &mut command, &mut surroundings.guard, count)
}

fn host(surroundings: &mut Surroundings, count: &mut Count) -> Result<()> {
    let url = surroundings.database_url()?;
    let Surroundings { layout, guard, .. } = surroundings;
    let test = |arguments: &[&str]| {
        let mut command = layout.cargo();
        command.args(["test", "--locked", "--no-fail-fast", "--package", "host"]);
        command.args(arguments).env("TEST_DATABASE_URL", &url);
        command
    };
    run(
        "compiling the tests of the host",
        &mut test(&["--no-run"]),
        guard,
        count,
    )?;
    let mut others = vec!["--"];
    others.extend(LONG_TESTS.iter().flat_map(|(_, name)| ["--skip", name]));
    let mut long: Vec<_> = LONG_TESTS
        .iter()
        .flat_map(|(program, _)| ["--test", program])
        .collect();
    long.extend(["--", "--exact"]);
    long.extend(LONG_TESTS.iter().map(|(_, name)| name));
    side_by_side(
        guard,
        count,
        [
            &|guard, count| {
                start_beside("cargo test of the host", &mut test(&others), guard)?
                    .follow(count, |_| {})
            },
            &|guard, count| {
                let ended =
                    start_beside("its long tests", &mut test(&long), guard)?.follow(count, |_| {});
                // The others leave out whatever has such a name, and here no test may have it any more.
                if count.passed + count.failed != LONG_TESTS.len() as u64 {
                    bail!("not all of the host's long tests were there; LONG_TESTS names them");
                }
                ended
            },
        ],
    )
}

fn wasm(surroundings: &mut Surroundings, count: &mut Count) -> Result<()> {
    let layout = &surroundings.layout;
    toolbox::provide(layout, &[Tool::Rust, Tool::Npm, Tool::WasmBindgen])?;
    let runner = toolbox::cargo_program(layout, Tool::WasmBindgen, "wasm-bindgen-test-runner")?;
    let mut command = layout.cargo();
    command
        .env("CARGO_TARGET_WASM32_UNKNOWN_UNKNOWN_RUNNER", runner)
        .args([
            "test",
            "--locked",
            "--no-fail-fast",
            "--package",
            "room",
            "--target",
            "wasm32-unknown-unknown",
        ]);
    run(
        "cargo test of the room on wasm32",
        &mut command,
        &mut surroundings.guard,
        count,
    )
}

fn page(surroundings: &mut Surroundings, count: &mut Count) -> Result<()> {
    toolbox::provide(&surroundings.layout, &[Tool::Npm])?;
    let mut command = surroundings.layout.node_command("--test");
    command.args(["--test-reporter=spec", "--test-concurrency=2"]);
    command.args(["web/test/**/*.test.ts", "bench/test/*.test.ts"]);
    run("node --test", &mut command, &mut surroundings.guard, count)
}

fn simulate(surroundings: &mut Surroundings, count: &mut Count) -> Result<()> {
    let mut command = surroundings.layout.cargo();
    command.args(["test", "--locked", "--no-fail-fast", "--package", "sim"]);
    // The planted bugs, each of which the simulator must catch.
    command.args(["--features", "mutations"]);
    run(
        "cargo test of the simulator",
        &mut command,
        &mut surroundings.guard,
        count,
    )?;
    let once = Sim {
        seeds: Seeds::Many(SEEDS),
        twice: false,
    };
    run(
        "the simulator",
        &mut sim::simulator(&surroundings.layout, &once),
        &mut surroundings.guard,
        count,
    )?;
    let twice = Sim {
        seeds: Seeds::Many(SEEDS_TWICE),
        twice: true,
    };
    run(
        "the simulator, twice",
        &mut sim::simulator(&surroundings.layout, &twice),
        &mut surroundings.guard,
        count,
    )
}

fn fuzz(surroundings: &mut Surroundings, count: &mut Count) -> Result<()> {
    let Surroundings { layout, guard, .. } = surroundings;
    toolbox::provide(layout, &[Tool::Rust, Tool::Compiler, Tool::CargoFuzz])?;
    let layout = &*layout;
    let mut build = cargo_fuzz(layout, &["build", "--sanitizer", "none"])?;
    run("compiling the fuzz targets", &mut build, guard, count)?;
    let [some, others] = FUZZ_TARGETS;
    side_by_side(
        guard,
        count,
        [
            &|guard, count| fuzz_in_order(layout, some, guard, count),
            &|guard, count| fuzz_in_order(layout, others, guard, count),
        ],
    )
}

/// Without a sanitizer the stable toolchain suffices: the targets are safe Rust, and a panic is a finding.
fn cargo_fuzz(layout: &Layout, arguments: &[&str]) -> Result<Command> {
    let program = toolbox::cargo_program(layout, Tool::CargoFuzz, "cargo-fuzz")?;
    let mut command = Command::new(program);
    layout.settle(&mut command);
    command.args(arguments);
    Ok(command)
}

fn fuzz_in_order(
    layout: &Layout,
    targets: &[(&str, u32)],
    guard: &Mutex<&mut Guard>,
    count: &mut Count,
) -> Result<()> {
    for (target, seconds) in targets {
        // What is found goes into the first folder; the second is real traffic to start from.
        let corpus = layout.root.join("fuzz/corpus").join(target);
        std::fs::create_dir_all(&corpus)
            .with_context(|| format!("cannot create {}", corpus.display()))?;
        let mut command = cargo_fuzz(layout, &["run", "--sanitizer", "none", target])?;
        command
            .arg(corpus)
            .arg(layout.root.join("fuzz/seeds").join(target));
        command.arg("--").arg(format!("-max_total_time={seconds}"));
        let mut inputs = None;
        start_beside(&format!("fuzzing {target}"), &mut command, guard)?
            .follow(count, |line| inputs = inputs.or(inputs_done(line)))?;
        match inputs {
            Some(inputs) if inputs > 0 => count.passed += 1,
            Some(_) | None => bail!("fuzzing {target} ended well, but tried nothing"),
        }
    }
    Ok(())
}

/// Reads `Done 1234 runs in 61 second(s)`.
fn inputs_done(line: &str) -> Option<u64> {
    line.strip_prefix("Done ")?.split(' ').next()?.parse().ok()
}

fn end_to_end(surroundings: &mut Surroundings, count: &mut Count) -> Result<()> {
    surroundings.build_worker()?;
    // It knows which files of tests may run side by side.
    let mut command = surroundings.layout.node_command("tests/run.ts");
    // Most of them start wrangler, which is large: compiled once, it is there in half the time.
    let compiled = surroundings.layout.cache.join("node-compiled");
    command.env("NODE_COMPILE_CACHE", compiled);
    let host = surroundings.host_program()?;
    surroundings.describe(&mut command, &host)?;
    command.env("GLOSSATOR_LOAD_BIN", surroundings.load_generator()?);
    if let Some(()) = provide_or_count(surroundings, Tool::Python, count)? {
        command.env("GLOSSATOR_PYTHON", toolbox::python(&surroundings.layout));
    }
    if let Some(()) = provide_or_count(surroundings, Tool::Chromium, count)? {
        command.env(
            "GLOSSATOR_CHROMIUM",
            toolbox::chromium().context("the browser was just found")?,
        );
    }
    run("tests/run.ts", &mut command, &mut surroundings.guard, count)
}

/// A tool whose absence fails the tests that need it, and one more, but not the others.
fn provide_or_count(
    surroundings: &Surroundings,
    tool: Tool,
    count: &mut Count,
) -> Result<Option<()>> {
    match toolbox::provide(&surroundings.layout, &[tool]) {
        Ok(()) => Ok(Some(())),
        Err(error) if error.is::<Interrupted>() => Err(error),
        Err(error) => {
            println!("xtask: {error:#}");
            count.failed += 1;
            Ok(None)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_number_of_inputs_is_read_from_the_fuzzers_closing_line() {
        assert_eq!(
            inputs_done("Done 10000000 runs in 61 second(s)"),
            Some(10_000_000)
        );
        assert_eq!(inputs_done("#1024 pulse cov: 12"), None);
    }

    #[test]
    fn no_two_stages_share_a_name() {
        let mut names: Vec<_> = STAGES.iter().map(|stage| stage.name).collect();
        names.sort_unstable();
        names.dedup();
        assert_eq!(names.len(), STAGES.len());
    }
}
