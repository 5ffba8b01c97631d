//! `host admin erase` and `host admin erasures`.

use anyhow::{Context, bail, ensure};
use host::store::{EraseOutcome, Outcome, Store};
use time::format_description::well_known::Rfc3339;
use uuid::Uuid;

use super::COMMAND_LINE;

/// Erases somebody. Documents follow while `host serve` runs.
pub async fn erase(store: &Store, said: &str, classes_to: Option<&str>) -> anyhow::Result<()> {
    let person = find(store, said).await?;
    if let Some(to) = classes_to {
        let to = find(store, to).await?;
        for (class, name) in store.classes_owned_with_others(person).await? {
            let handed = store
                .hand_class_over((class, to), None, COMMAND_LINE)
                .await?;
            ensure!(
                matches!(handed, Outcome::Done(())),
                "the class {name} cannot be handed over to somebody who is not in it"
            );
            println!("the class {name} is handed over");
        }
    }
    match store.erase_person(person, true, COMMAND_LINE).await? {
        EraseOutcome::Erased => {
            println!(
                "{person} is nobody any more; `host admin erasures` says when their words are gone from all documents"
            );
            Ok(())
        }
        EraseOutcome::Absent => bail!("{said} was erased before"),
        EraseOutcome::Owns(classes) => bail!(
            "{said} owns classes that others are in: {}. Hand them over with --classes-to PERSON",
            classes.join(", ")
        ),
    }
}

async fn find(store: &Store, said: &str) -> anyhow::Result<Uuid> {
    let found = store.find_person(said).await?;
    found.with_context(|| format!("nobody has the id or the proven address {said}"))
}

/// Lists erasures, the newest first.
pub async fn list(store: &Store) -> anyhow::Result<()> {
    for erasure in store.erasures().await? {
        let by = if erasure.by_operator {
            "an operator"
        } else {
            "themselves"
        };
        let asked = erasure.asked_at.format(&Rfc3339)?;
        let finished = match erasure.finished_at {
            Some(at) => format!("finished {}", at.format(&Rfc3339)?),
            None if !erasure.is_all_found => "looking through all cases".to_owned(),
            None => format!(
                "of {} cases {} objects have not confirmed, {} are not rewritten",
                erasure.cases, erasure.unconfirmed, erasure.unwritten
            ),
        };
        let dropped = match erasure.dropped {
            0 => String::new(),
            dropped => format!("\t{dropped} unreadable versions were deleted"),
        };
        println!("{}\tby {by}\t{asked}\t{finished}{dropped}", erasure.user);
    }
    Ok(())
}
