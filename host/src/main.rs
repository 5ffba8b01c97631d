//! `host`: keeps Glossator's snapshots in Postgres. `src/config.rs` lists the environment variables.

mod commands;

use std::{io::Write as _, process::ExitCode};

use anyhow::Context;
use clap::{Parser, Subcommand};
use host::{
    config::{DatabaseConfig, ServeConfig, ticket_signer},
    error::chain,
    serve, telemetry,
};
use tokio::signal::unix::{SignalKind, signal};

#[derive(Parser)]
#[command(about = "Keeps Glossator's snapshots in Postgres. Configured by environment variables.")]
struct Arguments {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Serve the edge until SIGTERM or SIGINT, then drain
    Serve,
    /// Apply the migrations that are missing
    Migrate {
        /// A role of Postgres for `serve`, which may then do no more than it needs: it is made if it does not exist, and
        /// cannot change what is in the audit log
        #[arg(long)]
        service_role: Option<String>,
    },
    /// Check the schema and every stored snapshot; changes nothing
    Verify,
    /// List, export or restore snapshots
    #[command(subcommand)]
    Snapshots(commands::Snapshots),
    /// Make the highlight and comment rows anew
    RebuildProjection,
    /// Order every object to compare itself with the store; `serve` delivers the orders
    Resync,
    /// Say that Postgres was put back from a backup: every object sends its state again
    Restored,
    /// Say who may sign in how, and who teaches
    #[command(subcommand)]
    Admin(commands::Admin),
    /// Make a new key for tickets, and print what the host and the Worker are to be told of it
    NewTicketKey,
    /// Give somebody a role on a case, and print a client token for it
    Token(commands::TokenFor),
}

#[tokio::main]
async fn main() -> ExitCode {
    match run(Arguments::parse().command).await {
        Ok(code) => code,
        Err(error) => {
            // Not `eprintln`, which panics where nobody reads standard error any more.
            let _unread = writeln!(std::io::stderr(), "host: {}", chain(error.as_ref()));
            ExitCode::FAILURE
        }
    }
}

async fn run(command: Command) -> anyhow::Result<ExitCode> {
    let lookup = |name: &str| std::env::var(name).ok();
    telemetry::start_logging(lookup("HOST_LOG").as_deref())?;
    match command {
        Command::Serve => {
            let config = ServeConfig::read(&lookup)?;
            let stop = stop_signal().context("signals cannot be received")?;
            serve::serve(
                config,
                |address| println!("listening http://{address}"),
                stop,
            )
            .await?;
            Ok(ExitCode::SUCCESS)
        }
        Command::Migrate { service_role } => {
            commands::migrate(&DatabaseConfig::read(&lookup)?, service_role.as_deref()).await
        }
        Command::Verify => commands::verify(&DatabaseConfig::read(&lookup)?).await,
        Command::Snapshots(command) => {
            commands::snapshots(&DatabaseConfig::read(&lookup)?, command).await
        }
        Command::RebuildProjection => {
            commands::rebuild_projection(&DatabaseConfig::read(&lookup)?).await
        }
        Command::Resync => commands::resync(&DatabaseConfig::read(&lookup)?).await,
        Command::Restored => commands::restored(&DatabaseConfig::read(&lookup)?).await,
        Command::Admin(wanted) => {
            commands::admin(&DatabaseConfig::read(&lookup)?, &lookup, wanted).await
        }
        Command::NewTicketKey => commands::new_ticket_key(),
        Command::Token(wanted) => {
            let signer = ticket_signer(&lookup)?;
            commands::token(&DatabaseConfig::read(&lookup)?, signer, &wanted).await
        }
    }
}

/// Ready at the first SIGTERM or SIGINT. Listens from the moment of the call, so that none is missed.
fn stop_signal() -> std::io::Result<impl Future<Output = ()> + Send> {
    let (mut terminate, mut interrupt) = (
        signal(SignalKind::terminate())?,
        signal(SignalKind::interrupt())?,
    );
    Ok(async move {
        tokio::select! {
            _ = terminate.recv() => {}
            _ = interrupt.recv() => {}
        }
    })
}
