//! How the host and the Worker are started.

use std::process::Command;
use std::time::Duration;

use anyhow::{Context, Result};
use rustix::process::Signal;

use super::data::Data;
use super::host_program;
use crate::layout::Layout;
use crate::process::guard::Guard;
use crate::process::{Service, Stop};
use crate::secret;
use crate::step::run_loud;

/// How long a service may take until it answers. wrangler builds the Worker again if a source changed meanwhile, and on
/// a busy machine that alone takes minutes.
pub const READY_LIMIT: Duration = Duration::from_secs(300);

/// What makes wrangler quiet, offline and quick: by default it traces every event, lets a browser explore the
/// storage, reports to its maker and asks for updates.
pub const WRANGLER_SWITCHES: [(&str, &str); 7] = [
    ("X_LOCAL_OBSERVABILITY", "false"),
    ("X_LOCAL_EXPLORER", "false"),
    ("WRANGLER_SEND_METRICS", "false"),
    ("WRANGLER_SEND_ERROR_REPORTS", "false"),
    ("WRANGLER_HIDE_BANNER", "true"),
    ("CLOUDFLARE_CF_FETCH_ENABLED", "false"),
    ("CI", "1"),
];

/// What the host serves as: with no more rights than it needs, so that one that is missing shows here. The session is the
/// owner's, who takes this role; in production the role logs in by itself.
const SERVICE_ROLE: &str = "glossator_service";

/// The host and what it is told.
#[derive(Debug)]
pub struct Host<'a> {
    pub port: u16,
    pub database_url: &'a str,
    /// Whether the database is ours, so that a role can be made in it.
    pub is_own_database: bool,
    pub keys: &'a str,
    pub ticket_signing_key: &'a str,
    pub edge_port: u16,
    /// Where our own mail server listens; without one the host sends mail as the environment says, or none.
    pub mail_port: Option<u16>,
}

impl Host<'_> {
    /// Brings the schema up to date.
    ///
    /// # Errors
    /// If it cannot be.
    pub fn migrate(&self, layout: &Layout) -> Result<()> {
        let mut migrate = self.command(layout, "migrate")?;
        if self.is_own_database {
            migrate.args(["--service-role", SERVICE_ROLE]);
        }
        run_loud("host migrate", &mut migrate)
    }

    /// Starts serving.
    ///
    /// # Errors
    /// If the program cannot be started.
    pub fn start(&self, layout: &Layout, guard: &mut Guard) -> Result<Service> {
        // It finishes the requests that it has.
        let stop = Stop {
            signal: Signal::TERM,
            everybody: false,
            limit: Duration::from_secs(40),
        };
        let mut serve = self.command(layout, "serve")?;
        if self.is_own_database {
            let url = format!("{}?options=-c%20role%3D{SERVICE_ROLE}", self.database_url);
            serve.env("DATABASE_URL", url);
        }
        Service::start("host", &mut serve, stop, Some(guard))
    }

    fn command(&self, layout: &Layout, subcommand: &str) -> Result<Command> {
        let mut command = Command::new(host_program(layout)?);
        layout.settle(&mut command);
        command
            .arg(subcommand)
            .env("DATABASE_URL", self.database_url)
            .env("HOST_LISTEN", format!("127.0.0.1:{}", self.port))
            .env("HOST_KEYS", self.keys)
            .env("TICKET_SIGNING_KEY", self.ticket_signing_key)
            .env("DEVELOPMENT_SIGN_IN", "1")
            .env("EDGE_URL", format!("http://127.0.0.1:{}", self.edge_port));
        if let Some(port) = self.mail_port {
            command
                .env("SMTP_URL", format!("smtp://127.0.0.1:{port}"))
                .env("MAIL_FROM", "Glossator <glossator@localhost.example>");
        }
        Ok(command)
    }
}

/// Starts a mail server that prints what it is given and sends nothing on.
///
/// # Errors
/// If it cannot be started.
pub fn start_mails(layout: &Layout, port: u16, guard: &mut Guard) -> Result<Service> {
    let mut command = layout.node_command("xtask/mails.mjs");
    command.arg(port.to_string());
    let stop = Stop {
        signal: Signal::TERM,
        everybody: true,
        limit: Duration::from_secs(5),
    };
    Service::start("mails", &mut command, stop, Some(guard))
}

/// The Worker and what it is told.
#[derive(Debug)]
pub struct Worker<'a> {
    pub port: u16,
    pub inspector_port: u16,
    pub host_port: u16,
    pub keys: &'a str,
    pub ticket_public_keys: &'a str,
    pub resume_keys: &'a str,
    pub data: &'a Data,
}

impl Worker<'_> {
    fn variables(&self) -> String {
        let port = self.port;
        [
            format!("HOST_URL=http://127.0.0.1:{}", self.host_port),
            format!("HOST_KEYS={}", self.keys),
            format!("TICKET_PUBLIC_KEYS={}", self.ticket_public_keys),
            format!("RESUME_KEYS={}", self.resume_keys),
            format!("PUBLIC_ORIGINS=http://127.0.0.1:{port},http://localhost:{port}"),
            "DEVELOPMENT_SIGN_IN=own".to_owned(),
        ]
        .map(|variable| variable + "\n")
        .concat()
    }

    /// Starts `wrangler dev`, which starts workerd.
    ///
    /// # Errors
    /// If it cannot be started.
    pub fn start(&self, layout: &Layout, guard: &mut Guard) -> Result<Service> {
        secret::write(&self.data.worker_variables(), &self.variables())?;
        let worker = self.data.worker();
        std::fs::create_dir_all(&worker)
            .with_context(|| format!("cannot create {}", worker.display()))?;

        let mut command =
            layout.node_command(layout.node_modules().join("wrangler/bin/wrangler.js"));
        // Its own notes stay with the data: in the home they would pile up, and two runs would find each other.
        let notes = self.data.path().join("wrangler");
        command
            .envs(WRANGLER_SWITCHES)
            .env("WRANGLER_LOG_PATH", notes.join("logs"))
            .env("WRANGLER_REGISTRY_PATH", notes.join("registry"))
            .env("WRANGLER_CACHE_DIR", notes.join("cache"))
            .args([
                "dev",
                "--ip",
                "127.0.0.1",
                "--show-interactive-dev-session=false",
                "--log-level",
                "info",
            ])
            .args([
                "--port",
                &self.port.to_string(),
                "--inspector-port",
                &self.inspector_port.to_string(),
            ])
            .arg("--persist-to")
            .arg(&worker)
            .arg("--env-file")
            .arg(self.data.worker_variables());
        let stop = Stop {
            signal: Signal::TERM,
            everybody: true,
            limit: Duration::from_secs(20),
        };
        Service::start("worker", &mut command, stop, Some(guard))
    }
}
