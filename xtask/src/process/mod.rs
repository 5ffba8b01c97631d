//! Children: started in process groups of their own, watched, and never left behind.
//!
//! `group` runs and kills a process with everything that it started; `service` adds logs and a polite stop;
//! `guard` is a second process that does the stopping if this one is killed.

mod group;
pub mod guard;
mod service;

pub use self::group::Group;
pub use self::service::{Service, Stop};

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, OnceLock};
use std::time::Duration;

use anyhow::{Context, Result};
use signal_hook::consts::{SIGHUP, SIGINT, SIGTERM};

static INTERRUPTED: OnceLock<Arc<AtomicBool>> = OnceLock::new();

/// Somebody pressed Ctrl-C, or sent SIGTERM or SIGHUP. It says nothing more, because whoever did knows.
#[derive(Debug)]
pub struct Interrupted;

impl std::fmt::Display for Interrupted {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.write_str("interrupted")
    }
}

impl std::error::Error for Interrupted {}

/// Makes Ctrl-C, SIGTERM and SIGHUP something to ask for with [`is_interrupted`], instead of a sudden end.
///
/// Every command that starts children calls it first: the children are in groups of their own, so the terminal's
/// Ctrl-C does not reach them, and an end without clean-up would leave them running.
///
/// # Errors
/// If the system refuses the handler.
pub fn listen_for_signals() -> Result<()> {
    let flag = INTERRUPTED.get_or_init(Arc::default);
    for signal in [SIGINT, SIGTERM, SIGHUP] {
        signal_hook::flag::register(signal, Arc::clone(flag))
            .context("cannot listen for signals")?;
    }
    Ok(())
}

/// Whether this process was told to stop.
pub fn is_interrupted() -> bool {
    INTERRUPTED
        .get()
        .is_some_and(|flag| flag.load(Ordering::SeqCst))
}

/// # Errors
/// [`Interrupted`], if this process was told to stop.
pub fn bail_if_interrupted() -> Result<()> {
    if is_interrupted() {
        Err(Interrupted.into())
    } else {
        Ok(())
    }
}

/// The time between two looks at children: short against anything that a person notices.
pub fn pause() {
    std::thread::sleep(Duration::from_millis(20));
}
