//! `cargo xtask test`: every test there is, in stages, closed by one line `N passed, N failed`.
//!
//! A stage that ends badly without naming a failed test, that counts no test at all, that skipped one, or that left
//! processes behind is a failure like any other: nothing here is advisory.

mod count;
mod orphans;
mod runner;
mod stages;
mod surroundings;

use std::time::Instant;

use anyhow::{Result, bail};

use self::count::Count;
use self::stages::{STAGES, Stage};
pub use self::surroundings::Surroundings;
use crate::arguments::Test;
use crate::layout::Layout;
use crate::process::{self, Interrupted};

/// Some tests failed. The closing line has said so already, and nothing may follow it.
#[derive(Debug)]
pub struct Failed;

impl std::fmt::Display for Failed {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.write_str("tests failed")
    }
}

impl std::error::Error for Failed {}

/// Carries out `cargo xtask test`.
///
/// # Errors
/// [`Failed`] if a test failed; others if a stage has no name like the ones asked for. The closing line is printed first.
pub fn command(options: &Test) -> Result<()> {
    if options.list {
        for stage in STAGES {
            println!("{:<8} {}", stage.name, stage.about);
        }
        return Ok(());
    }
    let chosen = choose(&options.stages)?;
    process::listen_for_signals()?;
    orphans::adopt()?;
    let mut surroundings = Surroundings::new(Layout::find()?)?;
    let started = Instant::now();
    let outcome = run_all(&chosen, &mut surroundings);
    let stopped = surroundings.stop();
    // An interrupted stage is killed in the middle, and what its tests had started comes here.
    orphans::end(&[]);
    let mut total = outcome?;
    if let Err(error) = stopped {
        println!("xtask: {error:#}");
        total.failed += 1;
    }
    println!("{:<8} {:>6.1} s", "all", started.elapsed().as_secs_f32());
    println!("{} passed, {} failed", total.passed, total.failed);
    if total.failed > 0 {
        Err(Failed.into())
    } else {
        Ok(())
    }
}

fn choose(names: &[String]) -> Result<Vec<&'static Stage>> {
    if names.is_empty() {
        return Ok(STAGES.iter().collect());
    }
    names
        .iter()
        .map(
            |name| match STAGES.iter().find(|stage| stage.name == name) {
                Some(stage) => Ok(stage),
                None => bail!("there is no stage `{name}`; `cargo xtask test --list` names them"),
            },
        )
        .collect()
}

fn run_all(stages: &[&Stage], surroundings: &mut Surroundings) -> Result<Count> {
    let mut total = Count::default();
    let mut summary = Vec::new();
    for stage in stages {
        println!("== {}: {}", stage.name, stage.about);
        let started = Instant::now();
        let mut count = Count::default();
        match (stage.run)(surroundings, &mut count) {
            Ok(()) => {}
            Err(error) if error.is::<Interrupted>() => return Err(error),
            Err(error) => {
                println!("xtask: stage {} failed: {error:#}", stage.name);
                // The failed tests may be counted already; a crash has none.
                count.failed = count.failed.max(1);
            }
        }
        judge(stage, surroundings, &mut count);
        let seconds = started.elapsed().as_secs_f32();
        summary.push(format!(
            "{:<8} {seconds:>6.1} s  {} passed, {} failed",
            stage.name, count.passed, count.failed
        ));
        total.passed += count.passed;
        total.failed += count.failed;
    }
    println!("== stages");
    for line in summary {
        println!("{line}");
    }
    Ok(total)
}

/// Turns what must not happen silently into failures.
fn judge(stage: &Stage, surroundings: &Surroundings, count: &mut Count) {
    if count.skipped > 0 {
        println!(
            "xtask: stage {} skipped {} tests; every test runs or goes",
            stage.name, count.skipped
        );
        count.failed += count.skipped;
    }
    if count.passed + count.failed == 0 {
        println!("xtask: stage {} ran no test", stage.name);
        count.failed += 1;
    }
    let left = orphans::end(&surroundings.own_processes());
    if !left.is_empty() {
        println!(
            "xtask: stage {} left processes behind, which are killed: {}",
            stage.name,
            left.join("; ")
        );
        count.failed += 1;
    }
}
