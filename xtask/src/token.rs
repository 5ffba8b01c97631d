//! `cargo xtask token`: a client token for the running `dev` of a data folder.

use std::fs;
use std::process::Command;

use anyhow::{Context, Result};

use crate::arguments::Token;
use crate::dev;
use crate::layout::Layout;
use crate::step;

/// Carries out `cargo xtask token`: prints the token on a line of its own on standard output.
///
/// # Errors
/// If no `dev` runs on the data folder, or the host refuses.
pub fn command(options: &Token) -> Result<()> {
    let layout = Layout::find()?;
    let read = |name: &str| {
        let path = options.data.join(name);
        fs::read_to_string(&path).with_context(|| {
            format!(
                "cannot read {}; `cargo xtask dev --data {}` must be running",
                path.display(),
                options.data.display()
            )
        })
    };
    let (keys, database_url) = (read(dev::TICKET_KEYS)?, read(dev::DATABASE_URL)?);
    let mut host = Command::new(dev::host_program(&layout)?);
    layout.settle(&mut host);
    host.arg("token")
        .args(["--case", &options.case])
        .args(["--user", &options.user])
        .args(["--role", &options.role])
        .env("DATABASE_URL", database_url.trim())
        .env(
            "TICKET_SIGNING_KEY",
            dev::variable(&keys, "TICKET_SIGNING_KEY")?,
        );
    print!("{}", step::read("host token", &mut host)?);
    Ok(())
}
