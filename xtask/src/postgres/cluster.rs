//! One PostgreSQL data folder and the server on it.

use std::fs::{self, Permissions};
use std::io::Write;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail};
use rustix::process::Signal;

use super::account::Account;
use super::leftover;
use crate::layout::Layout;
use crate::process::guard::Guard;
use crate::process::{self, Service, Stop};
use crate::step::run_quiet;
use crate::{ports, secret, toolbox};

const USER: &str = "postgres";
const DATABASE: &str = "glossator";
const START_LIMIT: Duration = Duration::from_secs(60);
/// SIGINT is PostgreSQL's fast shutdown: it ends connections, writes everything down, and tells its children itself.
const STOP: Stop = Stop {
    signal: Signal::INT,
    everybody: false,
    limit: Duration::from_secs(60),
};

/// How much a crash of the machine may cost.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Durability {
    /// Nothing.
    Full,
    /// Everything: the data is thrown away after the tests anyhow.
    Scratch,
}

impl Durability {
    /// What to do about a data folder that cannot be reached.
    fn remedy(self) -> &'static str {
        match self {
            Self::Full => {
                "name an open folder with --data, such as /var/lib/glossator, or `chmod o+x` that one"
            }
            Self::Scratch => "point TMPDIR at an open folder, such as /tmp",
        }
    }
}

/// A data folder, with the password that opens it.
#[derive(Debug)]
pub struct Cluster {
    bin: PathBuf,
    data: PathBuf,
    account: Account,
    password: String,
    durability: Durability,
}

impl Cluster {
    /// Opens the cluster in `home/postgres`, made if there is none, with its password in `home/postgres-password`.
    ///
    /// Only one process at a time may do this with one folder; the caller holds a lock.
    ///
    /// # Errors
    /// If the folder cannot be reached by the user that PostgreSQL runs as, or the cluster cannot be made.
    pub fn open(layout: &Layout, home: &Path, durability: Durability) -> Result<Self> {
        let data = home.join("postgres");
        let account = Account::find(&data)?;
        let bin = toolbox::postgres_bin(layout)?;
        account.check_reaches(
            &bin.join("postgres"),
            "name an open folder with GLOSSATOR_CACHE, such as /var/cache/glossator",
        )?;
        account.check_reaches(&data, durability.remedy())?;
        let password = secret::keep(&home.join("postgres-password"), || secret::random_hex(16))?;
        let cluster = Self {
            bin,
            data,
            account,
            password,
            durability,
        };
        if !cluster.data.join("PG_VERSION").exists() {
            cluster.create(layout, home)?;
        }
        Ok(cluster)
    }

    /// Makes the cluster in a folder beside its place and moves it there when it is complete, so that an interrupted
    /// attempt is never taken for a cluster.
    fn create(&self, layout: &Layout, home: &Path) -> Result<()> {
        let unfinished = home.join("postgres.unfinished");
        let password_file = home.join("postgres-password.initdb");
        if unfinished.exists() {
            fs::remove_dir_all(&unfinished)
                .with_context(|| format!("cannot remove {}", unfinished.display()))?;
        }
        fs::create_dir(&unfinished)
            .with_context(|| format!("cannot create {}", unfinished.display()))?;
        fs::set_permissions(&unfinished, Permissions::from_mode(0o700))?;
        self.account.give(&unfinished)?;
        secret::write(&password_file, &self.password)?;
        self.account.give(&password_file)?;

        let mut initdb = Command::new(self.bin.join("initdb"));
        initdb
            .arg("--pgdata")
            .arg(&unfinished)
            .arg("--pwfile")
            .arg(&password_file)
            .args([
                "--auth=scram-sha-256",
                "--encoding=UTF8",
                "--locale-provider=builtin",
                "--builtin-locale=C.UTF-8",
                "--locale=C",
                "--username",
                USER,
            ]);
        if self.durability == Durability::Scratch {
            initdb.arg("--no-sync");
        }
        let made = run_quiet(
            layout,
            "initdb",
            self.account.adopt(initdb.current_dir("/")),
        );
        fs::remove_file(&password_file)
            .with_context(|| format!("cannot remove {}", password_file.display()))?;
        made.context("PostgreSQL's data folder could not be made")?;
        self.create_database(&unfinished)?;
        fs::rename(&unfinished, &self.data)
            .with_context(|| format!("cannot create {}", self.data.display()))
    }

    /// Makes the database in single-user mode, which needs no client.
    fn create_database(&self, data: &Path) -> Result<()> {
        let mut postgres = Command::new(self.bin.join("postgres"));
        postgres
            .args(["--single", "-D"])
            .arg(data)
            .arg("postgres")
            .current_dir("/");
        let mut child = self
            .account
            .adopt(&mut postgres)
            .stdin(Stdio::piped())
            .stdout(Stdio::null())
            .stderr(Stdio::piped())
            .spawn()
            .context("cannot start PostgreSQL in single-user mode")?;
        let mut input = child
            .stdin
            .take()
            .context("a piped standard input is missing")?;
        input
            .write_all(format!("CREATE DATABASE {DATABASE}\n").as_bytes())
            .context("PostgreSQL takes no input")?;
        drop(input);
        let output = child
            .wait_with_output()
            .context("cannot wait for PostgreSQL")?;
        let said = String::from_utf8_lossy(&output.stderr);
        // Single-user mode ends well even after a statement that failed.
        if !output.status.success() || said.contains("ERROR") || said.contains("FATAL") {
            bail!("PostgreSQL could not create the database: {}", said.trim());
        }
        Ok(())
    }

    /// Starts the server on a free port and waits until it takes connections.
    ///
    /// # Errors
    /// If it ends instead, or takes too long.
    pub fn start(&self, guard: Option<&mut Guard>) -> Result<Running> {
        leftover::clear(&self.data)?;
        let free_port = ports::find_free()?;
        let port = free_port.number();
        let mut postgres = Command::new(self.bin.join("postgres"));
        postgres.arg("-D").arg(&self.data).current_dir("/");
        let mut settings = vec![
            "listen_addresses=127.0.0.1".to_owned(),
            format!("port={port}"),
            "unix_socket_directories=".to_owned(),
            "max_connections=200".to_owned(),
            "log_min_messages=warning".to_owned(),
            "log_line_prefix=".to_owned(),
            "log_checkpoints=off".to_owned(),
        ];
        if self.durability == Durability::Scratch {
            settings.extend(
                [
                    "fsync=off",
                    "synchronous_commit=off",
                    "full_page_writes=off",
                ]
                .map(str::to_owned),
            );
        }
        for setting in settings {
            postgres.arg("-c").arg(setting);
        }
        let mut service =
            Service::start("postgres", self.account.adopt(&mut postgres), STOP, guard)?;
        self.wait_until_ready(&mut service)?;
        let url = format!(
            "postgres://{USER}:{}@127.0.0.1:{port}/{DATABASE}",
            self.password
        );
        Ok(Running { service, url })
    }

    fn wait_until_ready(&self, service: &mut Service) -> Result<()> {
        let deadline = Instant::now() + START_LIMIT;
        let id = service.id().to_string();
        loop {
            if let Some(status) = service.poll()? {
                bail!("PostgreSQL ended while starting ({status}); its own messages are above");
            }
            // The server writes its state into the eighth line of its lock file.
            let state = fs::read_to_string(self.data.join("postmaster.pid")).unwrap_or_default();
            let mut lines = state.lines();
            if lines.next() == Some(id.as_str())
                && lines.nth(6).is_some_and(|state| state.trim() == "ready")
            {
                return Ok(());
            }
            process::bail_if_interrupted()?;
            if Instant::now() >= deadline {
                bail!("PostgreSQL is not ready after {} s", START_LIMIT.as_secs());
            }
            process::pause();
        }
    }
}

/// A server that takes connections.
#[derive(Debug)]
pub struct Running {
    /// The process.
    pub service: Service,
    /// How to connect, as the superuser.
    pub url: String,
}
