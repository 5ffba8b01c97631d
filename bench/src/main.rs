//! The load generator: peers of any Yjs server. It reads a job from standard input, carries it out, compares what
//! everybody has in the end with what was written, and writes what it found to standard output.

mod cost;
mod document;
mod job;
mod load;
mod losses;
mod measure;
mod peer;
mod run;
mod seen;
mod socket;
mod stamp;
mod wire;

use std::io::Read;

use anyhow::{Context, Result};
use tokio::task::LocalSet;

fn main() -> Result<()> {
    let mut text = String::new();
    std::io::stdin()
        .read_to_string(&mut text)
        .context("standard input cannot be read")?;
    let job = serde_json::from_str(&text).context("standard input is no job")?;
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()?;
    let found = LocalSet::new().block_on(&runtime, run::run(&job))?;
    println!("{}", serde_json::to_string(&found)?);
    Ok(())
}
