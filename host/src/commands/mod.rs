//! What an operator does on the command line. Results go to standard output, logs to standard error.

mod admin;
mod snapshots;
mod tokens;

pub use admin::{Admin, admin};
pub use snapshots::{Snapshots, snapshots};
pub use tokens::{TokenFor, new_ticket_key, token};

use std::process::ExitCode;

use host::{config::DatabaseConfig, projection, store::Store};

/// `host migrate`.
pub async fn migrate(
    config: &DatabaseConfig,
    service_role: Option<&str>,
) -> anyhow::Result<ExitCode> {
    let store = Store::new(config);
    let migrated = store.migrate().await?;
    for migration in &migrated.applied {
        println!("applied {migration}");
    }
    store.check_schema().await?;
    println!("the schema is up to date");
    if let Some(role) = service_role {
        let can_log_in = store.grant_service(role).await?;
        println!("{role} may do what `host serve` does");
        if !can_log_in {
            println!("{role} cannot log in: `alter role {role} login password '…'` lets it");
        }
    }
    Ok(ExitCode::SUCCESS)
}

/// `host verify`.
pub async fn verify(config: &DatabaseConfig) -> anyhow::Result<ExitCode> {
    let store = Store::new(config);
    store.check_schema().await?;
    let (checked, findings) = store.verify_snapshots().await?;
    for finding in &findings {
        println!(
            "case {} version {}: {}",
            finding.case_id, finding.version, finding.what
        );
    }
    println!("{checked} cases checked, {} with findings", findings.len());
    let (texts, corrupt) = store.verify_texts().await?;
    for sha256 in &corrupt {
        println!("text {sha256}: does not have this hash");
    }
    println!("{texts} texts checked, {} with findings", corrupt.len());
    let audit = store.verify_audit_log().await?;
    for finding in &audit.findings {
        println!("audit log: {finding}");
    }
    println!(
        "{} entries of the audit log checked, {} with findings, head {}",
        audit.entries,
        audit.findings.len(),
        audit.head
    );
    Ok(
        if findings.is_empty() && corrupt.is_empty() && audit.findings.is_empty() {
            ExitCode::SUCCESS
        } else {
            ExitCode::FAILURE
        },
    )
}

/// `host rebuild-projection`.
pub async fn rebuild_projection(config: &DatabaseConfig) -> anyhow::Result<ExitCode> {
    let store = Store::new(config);
    store.check_schema().await?;
    store.forget_projection().await?;
    let mut cases = 0;
    loop {
        let projected = projection::catch_up(&store).await?;
        if projected == 0 {
            break;
        }
        cases += projected;
    }
    println!("{cases} cases projected");
    Ok(ExitCode::SUCCESS)
}

/// `host resync`.
pub async fn resync(config: &DatabaseConfig) -> anyhow::Result<ExitCode> {
    let store = Store::new(config);
    store.check_schema().await?;
    let resynced = store.resync().await?;
    println!(
        "{} checks and {} deletions ordered; `host serve` delivers them",
        resynced.checks, resynced.deletions
    );
    Ok(ExitCode::SUCCESS)
}

/// `host restored`.
pub async fn restored(config: &DatabaseConfig) -> anyhow::Result<ExitCode> {
    let store = Store::new(config);
    store.check_schema().await?;
    let generation = store.renew_generation().await?;
    println!("the store's generation is {generation}; `host resync` tells idle objects at once");
    Ok(ExitCode::SUCCESS)
}
