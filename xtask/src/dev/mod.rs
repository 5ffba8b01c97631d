//! `cargo xtask dev`: the whole system on this machine, until somebody stops it.
//!
//! Things start in the order Postgres, mail server, host, Worker and stop in the opposite one: the Worker first, so that nobody
//! edits any more; the host next, which finishes what it was writing; Postgres last. Nothing that was acknowledged is
//! lost if they are killed instead, but then the next start has more to do.

mod data;
mod services;

use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail};

use self::data::Data;
pub use self::data::{DATABASE_URL, TICKET_KEYS, variable};
use crate::arguments::Dev;
use crate::layout::Layout;
use crate::postgres::{Cluster, Durability};
use crate::process::guard::Guard;
use crate::process::{self, Interrupted, Service};
use crate::step::{self, run_loud, say};
use crate::toolbox::{self, Tool};
use crate::{build, http, ports};

/// How often a silent wait says what it waits for.
const SIGN_OF_LIFE: Duration = Duration::from_secs(20);

/// Carries out `cargo xtask dev`.
///
/// # Errors
/// If something cannot be built or started, or ends by itself. Being told to stop is no error.
pub fn command(options: &Dev) -> Result<()> {
    process::listen_for_signals()?;
    let layout = Layout::find()?;
    ports::check_free(options.port)?;
    let data = Data::open(&options.data)?;
    let mut stack = Stack::default();
    let outcome = prepare(&layout)
        .and_then(|()| stack.start(&layout, options.port, &data))
        .and_then(|()| stack.watch());
    let stopped = stack.stop();
    match outcome {
        Err(error) if error.is::<Interrupted>() => stopped,
        Err(error) => Err(error),
        Ok(()) => stopped,
    }
}

fn prepare(layout: &Layout) -> Result<()> {
    let mut tools = build::TOOLS.to_vec();
    if database_url().is_none() {
        tools.push(Tool::Postgres);
    }
    toolbox::provide(layout, &tools)?;
    build::page(layout)?;
    build::worker(layout)?;
    let mut host = layout.cargo();
    host.args(["build", "--locked", "--package", "host"]);
    run_loud("compiling the host", &mut host)
}

/// A Postgres of the user's own.
fn database_url() -> Option<String> {
    variable_of("DATABASE_URL")
}

/// What our own environment says, if anything.
fn variable_of(name: &str) -> Option<String> {
    let value = std::env::var(name).ok();
    value.filter(|value| !value.is_empty())
}

/// What is running, in the order in which it was started.
#[derive(Debug, Default)]
struct Stack {
    guard: Option<Guard>,
    services: Vec<Service>,
}

impl Stack {
    fn start(&mut self, layout: &Layout, port: u16, data: &Data) -> Result<()> {
        let mut guard = Guard::start(Some(data.lock()))?;
        let url = match database_url() {
            Some(url) => url,
            None => {
                let running = Cluster::open(layout, data.path(), Durability::Full)?
                    .start(Some(&mut guard))?;
                self.services.push(running.service);
                running.url
            }
        };
        // Reserved until both services listen.
        let (free_host_port, free_inspector_port) = (ports::find_free()?, ports::find_free()?);
        let (host_port, inspector_port) = (free_host_port.number(), free_inspector_port.number());
        let free_mail_port = match variable_of("SMTP_URL") {
            Some(_) => None,
            None => Some(ports::find_free()?),
        };
        let mail_port = free_mail_port.as_ref().map(ports::FreePort::number);
        if let Some(port) = mail_port {
            let mails = services::start_mails(layout, port, &mut guard)?;
            self.services.push(mails);
        }
        data.note_database(&url)?;
        let (keys, resume_keys) = (data.host_keys()?, data.resume_keys()?);
        let ticket_keys = data.ticket_keys(|| {
            let mut command = Command::new(host_program(layout)?);
            step::read("host new-ticket-key", command.arg("new-ticket-key"))
        })?;
        let host = services::Host {
            port: host_port,
            database_url: &url,
            is_own_database: database_url().is_none(),
            keys: &keys,
            ticket_signing_key: variable(&ticket_keys, "TICKET_SIGNING_KEY")?,
            edge_port: port,
            mail_port,
        };
        host.migrate(layout)?;
        self.services.push(host.start(layout, &mut guard)?);
        self.wait_until_ready(host_port, "/readyz")?;

        let worker = services::Worker {
            port,
            inspector_port,
            host_port,
            keys: &keys,
            ticket_public_keys: variable(&ticket_keys, "TICKET_PUBLIC_KEYS")?,
            resume_keys: &resume_keys,
            data,
        };
        self.services.push(worker.start(layout, &mut guard)?);
        self.guard = Some(guard);
        self.wait_until_ready(port, "/healthz")?;

        println!("postgres {url}");
        println!("ready http://127.0.0.1:{port}");
        Ok(())
    }

    /// Waits until the youngest service answers with 200.
    fn wait_until_ready(&mut self, port: u16, path: &str) -> Result<()> {
        let started = Instant::now();
        let mut next_sign = SIGN_OF_LIFE;
        while http::status(port, path) != Some(200) {
            process::bail_if_interrupted()?;
            self.check_alive()?;
            let name = self.services.last().map_or("nothing", Service::name);
            if started.elapsed() >= services::READY_LIMIT {
                bail!(
                    "{name} does not answer http://127.0.0.1:{port}{path} with 200 after {} s; its own messages are above",
                    services::READY_LIMIT.as_secs()
                );
            }
            if started.elapsed() >= next_sign {
                say(format_args!(
                    "    … waiting for {name}: {} s",
                    started.elapsed().as_secs()
                ));
                next_sign += SIGN_OF_LIFE;
            }
            process::pause();
        }
        Ok(())
    }

    /// Runs until somebody says stop, or a service ends.
    fn watch(&mut self) -> Result<()> {
        loop {
            process::bail_if_interrupted()?;
            self.check_alive()?;
            process::pause();
        }
    }

    fn check_alive(&mut self) -> Result<()> {
        for service in &mut self.services {
            if let Some(status) = service.poll()? {
                bail!(
                    "{} ended unexpectedly ({status}); everything else is stopped",
                    service.name()
                );
            }
        }
        Ok(())
    }

    /// Stops everything, the youngest first, and goes on after a failure: nothing may be left running.
    fn stop(self) -> Result<()> {
        let mut outcome = Ok(());
        for service in self.services.into_iter().rev() {
            say(format_args!("stopping {}", service.name()));
            outcome = outcome.and(service.stop());
        }
        match self.guard {
            Some(guard) => outcome.and(guard.dismiss()),
            None => outcome,
        }
    }
}

/// The host's program, as cargo builds it.
///
/// # Errors
/// If it is not there.
pub fn host_program(layout: &Layout) -> Result<PathBuf> {
    let path = layout.target.join("debug/host");
    std::fs::metadata(&path).with_context(|| format!("{} does not exist", path.display()))?;
    Ok(path)
}

/// An absolute path, whether or not anything is there.
fn absolute(path: &Path) -> Result<PathBuf> {
    std::path::absolute(path).with_context(|| format!("{} is no path", path.display()))
}
