//! The commands of this repository: `cargo xtask dev | test | token | build | check | sim | screenshots | bench`.
//!
//! A fresh machine has Rust with rustup, Node with npm, and a C compiler. Everything else is fetched by name and
//! pinned version into a cache (see `toolbox`). What each command prints on standard output is relied on by scripts;
//! progress and logs go to standard error.

mod arguments;
mod bench;
mod bench_part;
mod build;
mod check;
mod dev;
mod http;
mod layout;
mod ports;
mod postgres;
mod process;
mod screenshots;
mod secret;
mod sim;
mod step;
mod test;
mod token;
mod toolbox;

use std::process::ExitCode;

use crate::arguments::Command;

fn main() -> ExitCode {
    let outcome = arguments::parse().and_then(|command| match command {
        Command::Help => {
            print!("{}", arguments::USAGE);
            Ok(())
        }
        Command::Bench(options) => bench::command(&options),
        Command::BenchPart(part) => bench_part::command(&part),
        Command::Build => build::command(),
        Command::Check => check::command(),
        Command::Dev(options) => dev::command(&options),
        Command::Guard => process::guard::run(),
        Command::Screenshots(options) => screenshots::command(&options),
        Command::Sim(options) => sim::command(&options),
        Command::Test(options) => test::command(&options),
        Command::Token(options) => token::command(&options),
    });
    match outcome {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) if error.is::<process::Interrupted>() => {
            eprintln!("xtask: interrupted");
            ExitCode::from(130)
        }
        Err(error) if error.is::<test::Failed>() => ExitCode::FAILURE,
        Err(error) => {
            eprintln!("xtask: {error:#}");
            ExitCode::FAILURE
        }
    }
}
