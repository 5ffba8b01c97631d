//! `sim --seeds N | --seed S [--twice]`: lives through worlds and says which promises broke.

use std::process::ExitCode;

use anyhow::{Context, Result, bail};
use sim::{Counters, Report};

const USAGE: &str = "sim --seeds N | --seed S [--twice]";
/// Lines of a failed world's trace that are printed; of a single one, all.
const TAIL_LINES: usize = 60;
/// So few worlds need not have met everything that can happen.
const SEEDS_FOR_COUNTERS: u64 = 500;

struct Options {
    first: u64,
    count: u64,
    twice: bool,
}

fn main() -> ExitCode {
    match options(std::env::args().skip(1)) {
        Ok(options) => run(&options),
        Err(error) => {
            eprintln!("{error:#}\n{USAGE}");
            ExitCode::from(2)
        }
    }
}

fn options(mut arguments: impl Iterator<Item = String>) -> Result<Options> {
    let mut chosen = None;
    let mut twice = false;
    while let Some(argument) = arguments.next() {
        let mut number = || -> Result<u64> {
            let text = arguments
                .next()
                .with_context(|| format!("{argument} wants a number"))?;
            text.parse()
                .with_context(|| format!("{argument} wants a number, not {text:?}"))
        };
        let choice = match argument.as_str() {
            "--seeds" => (0, number()?),
            "--seed" => (number()?, 1),
            "--twice" => {
                twice = true;
                continue;
            }
            other => bail!("{other:?} is not an option"),
        };
        if chosen.replace(choice).is_some() {
            bail!("--seeds and --seed are one choice");
        }
    }
    let (first, count) = chosen.context("which seeds?")?;
    Ok(Options {
        first,
        count,
        twice,
    })
}

/// Lives through all of them, as many at once as there are processors: they share nothing.
fn run(options: &Options) -> ExitCode {
    let lanes = std::thread::available_parallelism().map_or(1, usize::from);
    let mut counters = Counters::default();
    let mut failed = 0;
    std::thread::scope(|scope| {
        let lanes: Vec<_> = (0..lanes)
            .map(|lane| scope.spawn(move || live(options, lane, lanes)))
            .collect();
        for lane in lanes {
            let (counted, failures) = lane
                .join()
                .unwrap_or_else(|panic| std::panic::resume_unwind(panic));
            counters.add(&counted);
            failed += failures;
        }
    });
    println!("{counters}");
    let missing = if options.count >= SEEDS_FOR_COUNTERS {
        counters.missing()
    } else {
        Vec::new()
    };
    for what in &missing {
        println!("never happened: {what}");
    }
    println!("{} passed, {failed} failed", options.count - failed);
    if failed == 0 && missing.is_empty() {
        ExitCode::SUCCESS
    } else {
        ExitCode::FAILURE
    }
}

/// The worlds of one of so many lanes; says what happened, and how many of them failed.
fn live(options: &Options, lane: usize, lanes: usize) -> (Counters, u64) {
    let mut counters = Counters::default();
    let mut failed = 0;
    let count = usize::try_from(options.count).unwrap_or(usize::MAX);
    for seed in (options.first..).take(count).skip(lane).step_by(lanes) {
        let report = sim::run(seed);
        let repeats = !options.twice || sim::run(seed) == report;
        counters.add(&report.counters);
        let lines_max = if options.count == 1 {
            usize::MAX
        } else {
            TAIL_LINES
        };
        if !is_green(seed, &report, repeats, lines_max) {
            failed += 1;
        }
    }
    (counters, failed)
}

fn is_green(seed: u64, report: &Report, repeats: bool, lines_max: usize) -> bool {
    if let Err(failure) = &report.verdict {
        let lines: Vec<&str> = report.trace.lines().collect();
        let tail = &lines[lines.len().saturating_sub(lines_max)..];
        println!(
            "seed {seed}: {}: {}\n{}\n",
            failure.invariant,
            failure.detail,
            tail.join("\n")
        );
    }
    if !repeats {
        println!("seed {seed}: two runs differ: something in the world is not drawn from the seed");
    }
    report.verdict.is_ok() && repeats
}
