//! What several stages share: a PostgreSQL, the built programs, and the variables that tell the suite about them.

use std::fs::{self, Permissions};
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result};

use crate::layout::Layout;
use crate::postgres::{Account, Cluster, Durability};
use crate::process::Service;
use crate::process::guard::Guard;
use crate::step::run_loud;
use crate::toolbox::{self, Tool};
use crate::{build, secret};

/// The surroundings of a run. They are made when the first stage asks, and stopped with [`Surroundings::stop`].
#[derive(Debug)]
pub struct Surroundings {
    /// The folders.
    pub layout: Layout,
    /// Ends what this process has started if it is killed.
    pub guard: Guard,
    database: Option<Database>,
}

#[derive(Debug)]
struct Database {
    url: String,
    server: Option<(Service, PathBuf)>,
}

impl Surroundings {
    /// Nothing is started but the guard.
    ///
    /// # Errors
    /// If the guard cannot be started.
    pub fn new(layout: Layout) -> Result<Self> {
        Ok(Self {
            layout,
            guard: Guard::start(None)?,
            database: None,
        })
    }

    /// A superuser's address of a PostgreSQL: `TEST_DATABASE_URL`'s, or one of our own that is thrown away.
    ///
    /// # Errors
    /// If ours cannot be started.
    pub fn database_url(&mut self) -> Result<String> {
        if self.database.is_none() {
            self.database = Some(
                match std::env::var("TEST_DATABASE_URL")
                    .ok()
                    .filter(|url| !url.is_empty())
                {
                    Some(url) => Database { url, server: None },
                    None => self.start_postgres()?,
                },
            );
        }
        self.database
            .as_ref()
            .map(|database| database.url.clone())
            .context("the database was just started")
    }

    fn start_postgres(&mut self) -> Result<Database> {
        toolbox::provide(&self.layout, &[Tool::Npm, Tool::Postgres])?;
        let home = std::env::temp_dir().join(format!("glossator-test-{}", secret::random_hex(6)?));
        fs::create_dir(&home).with_context(|| format!("cannot create {}", home.display()))?;
        fs::set_permissions(&home, Permissions::from_mode(0o711))?;
        let running = Cluster::open(&self.layout, &home, Durability::Scratch)?
            .start(Some(&mut self.guard))?;
        Ok(Database {
            url: running.url,
            server: Some((running.service, home)),
        })
    }

    /// Builds the host and gives back its program.
    ///
    /// # Errors
    /// If it cannot be built.
    pub fn host_program(&self) -> Result<PathBuf> {
        let mut host = self.layout.cargo();
        host.args(["build", "--locked", "--package", "host"]);
        run_loud("compiling the host", &mut host)?;
        crate::dev::host_program(&self.layout)
    }

    /// Builds the load generator of the bench and gives back its program: not as what measures is built, but in less time.
    ///
    /// # Errors
    /// If it cannot be built.
    pub fn load_generator(&self) -> Result<PathBuf> {
        let mut load = self.layout.cargo();
        load.args(["build", "--locked", "--package", "bench", "--bin", "load"]);
        run_loud("compiling the load generator", &mut load)?;
        Ok(self.layout.target.join("debug/load"))
    }

    /// Builds the page and the Worker.
    ///
    /// # Errors
    /// If one cannot be built.
    pub fn build_worker(&self) -> Result<()> {
        toolbox::provide(&self.layout, &build::TOOLS)?;
        build::page(&self.layout)?;
        build::worker(&self.layout)
    }

    /// Tells a command of the end-to-end suite where everything is, this program of the host among it.
    ///
    /// # Errors
    /// If a tool cannot be had.
    pub fn describe(&mut self, command: &mut Command, host: &Path) -> Result<()> {
        toolbox::provide(&self.layout, &[Tool::Npm, Tool::Postgres])?;
        let account = Account::find(&std::env::temp_dir())?;
        command
            .env("TEST_DATABASE_URL", self.database_url()?)
            .env("GLOSSATOR_NODE", self.layout.node())
            .env(
                "GLOSSATOR_WRANGLER",
                self.layout.node_modules().join("wrangler/bin/wrangler.js"),
            )
            .env("GLOSSATOR_HOST_BIN", host)
            .env("GLOSSATOR_WORKER_DIR", &self.layout.root)
            .env("GLOSSATOR_PG_BIN", toolbox::postgres_bin(&self.layout)?)
            .env("GLOSSATOR_PG_RUNAS", account.name().unwrap_or_default());
        Ok(())
    }

    /// The processes that live longer than a stage.
    pub fn own_processes(&self) -> Vec<u32> {
        let server = self
            .database
            .as_ref()
            .and_then(|database| database.server.as_ref());
        server
            .map(|(service, _)| service.id())
            .into_iter()
            .chain([self.guard.id()])
            .collect()
    }

    /// Stops what was started and removes what it stored.
    ///
    /// # Errors
    /// If something does not stop, or cannot be removed.
    pub fn stop(self) -> Result<()> {
        if let Some((service, home)) = self.database.and_then(|database| database.server) {
            service.stop()?;
            fs::remove_dir_all(&home)
                .with_context(|| format!("cannot remove {}", home.display()))?;
        }
        self.guard.dismiss()
    }
}
