//! `host snapshots list|export|restore`.

use std::{
    io::Read,
    path::{Path, PathBuf},
    process::ExitCode,
};

use anyhow::{Context, bail};
use clap::{Args, Subcommand};
use contract::{CaseId, limits::BODY_BYTES_MAX};
use host::{
    config::DatabaseConfig,
    store::{Found, Restoration, Restored, Store},
};

/// What can be done with snapshots.
#[derive(Subcommand)]
pub enum Snapshots {
    /// List what is kept of a case: current, history, quarantine
    List {
        /// Which case
        case_id: String,
    },
    /// Write a snapshot to a file, as Yjs update v1
    Export {
        /// Which case
        case_id: String,
        /// Which version; the current one if absent
        #[arg(long)]
        version: Option<i64>,
        /// Where to; must not exist
        #[arg(long)]
        to: PathBuf,
    },
    /// Replace a corrupt snapshot. A healthy one is left alone
    Restore {
        /// Which case
        case_id: String,
        #[command(flatten)]
        from: From,
    },
}

/// Where the bytes come from.
#[derive(Args)]
#[group(required = true, multiple = false)]
pub struct From {
    /// An earlier version, as `list` shows it
    #[arg(long)]
    version: Option<i64>,
    /// A file with a whole document as Yjs update v1
    #[arg(long)]
    file: Option<PathBuf>,
}

/// Runs one of them.
pub async fn snapshots(config: &DatabaseConfig, command: Snapshots) -> anyhow::Result<ExitCode> {
    let store = Store::new(config);
    store.check_schema().await?;
    match command {
        Snapshots::List { case_id } => list(&store, &CaseId::parse(&case_id)?).await?,
        Snapshots::Export {
            case_id,
            version,
            to,
        } => export(&store, &CaseId::parse(&case_id)?, version, &to).await?,
        Snapshots::Restore { case_id, from } => {
            restore(&store, &CaseId::parse(&case_id)?, from).await?
        }
    }
    Ok(ExitCode::SUCCESS)
}

async fn list(store: &Store, case_id: &CaseId) -> anyhow::Result<()> {
    let kept = store.kept(case_id).await?;
    if kept.is_empty() {
        println!("nothing is kept of case {case_id}");
    }
    for line in kept {
        let state = if line.intact { "intact" } else { "CORRUPT" };
        let highlights = line
            .highlight_count
            .map_or_else(|| "-".to_owned(), |count| count.to_string());
        println!(
            "{:<10} version {} at {} {} bytes {highlights} highlights {state} sha256 {}",
            line.place, line.version, line.at, line.bytes, line.sha256
        );
    }
    Ok(())
}

async fn export(
    store: &Store,
    case_id: &CaseId,
    version: Option<i64>,
    to: &Path,
) -> anyhow::Result<()> {
    let current = match store.find(case_id, "export").await? {
        Found::Never { .. } => bail!("case {case_id} was never stored"),
        Found::Deleted { .. } => bail!("case {case_id} was deleted"),
        Found::Held { base, bytes } => (base.version, bytes.bytes),
    };
    let (version, bytes) = match version {
        None => current,
        Some(version) if version == current.0 => current,
        Some(version) => match store.earlier(case_id, version).await? {
            Some(earlier) => (earlier.version, earlier.bytes),
            None => bail!(
                "case {case_id} has no intact version {version}: `host snapshots list {case_id}` shows them"
            ),
        },
    };
    let mut file = std::fs::File::create_new(to).with_context(|| {
        format!(
            "{} cannot be created: name a file that does not exist",
            to.display()
        )
    })?;
    std::io::Write::write_all(&mut file, &bytes)
        .with_context(|| format!("{} cannot be written", to.display()))?;
    println!(
        "version {version} of case {case_id}: {} bytes written to {}",
        bytes.len(),
        to.display()
    );
    Ok(())
}

async fn restore(store: &Store, case_id: &CaseId, from: From) -> anyhow::Result<()> {
    let from = match (from.version, from.file) {
        (Some(version), None) => Restoration::Version(version),
        (None, Some(file)) => Restoration::Bytes(read_bounded(&file)?),
        (Some(_), Some(_)) | (None, None) => bail!("give either --version or --file"),
    };
    match store.restore(case_id, from).await? {
        Restored::Stored(base) => {
            println!("case {case_id} is restored as version {}", base.version)
        }
        Restored::Healthy => bail!(
            "case {case_id} is healthy. Its living object holds everything that is stored, so an earlier version put \
             back here would be merged away again: earlier content has to come back as new edits through the room. \
             `host snapshots export {case_id} --version N --to FILE` writes it to a file, from which it can be taken"
        ),
        Restored::Deleted => bail!("case {case_id} was deleted, and deleted stays deleted"),
        Restored::NeverStored => {
            bail!("case {case_id} was never stored: open it in a browser instead")
        }
        Restored::NoSuchVersion => {
            bail!(
                "case {case_id} has no intact version of that number: `host snapshots list {case_id}` shows them"
            )
        }
    }
    Ok(())
}

/// What is larger than any snapshot could be stored, but never be fetched by an object.
fn read_bounded(path: &Path) -> anyhow::Result<Vec<u8>> {
    let unreadable = || format!("{} cannot be read", path.display());
    let mut bytes = Vec::new();
    let file = std::fs::File::open(path).with_context(unreadable)?;
    file.take(BODY_BYTES_MAX as u64 + 1)
        .read_to_end(&mut bytes)
        .with_context(unreadable)?;
    if bytes.len() > BODY_BYTES_MAX {
        bail!(
            "{} is larger than {BODY_BYTES_MAX} bytes, and so no snapshot",
            path.display()
        );
    }
    Ok(bytes)
}
