//! Taking out of the versions that are stored what people have left who were erased.
//!
//! The current version is the object's to change: until it holds nothing of them, nothing else is looked at, so that no version
//! with something of them comes to the history afterwards. Each earlier one is rewritten in a transaction of its own: a PUT
//! waits for one document at most.

use std::collections::BTreeSet;

use annotation::{Attribution, Erasure, Thing, highlight_count};
use contract::{CaseId, Digest, EdgeOrder, ErasedPeople};
use deadpool_postgres::Transaction;

use super::{Store, StoreError, decoding::Decoding, lock, outbox};
use crate::limits::ERASURE_AGAIN;

const REQUEST: &str = "erasing";

/// Where earlier versions are, and what their rows are called by.
#[derive(Clone, Copy)]
struct Place {
    table: &'static str,
    key: &'static str,
    has_count: bool,
}

const PLACES: [Place; 2] = [
    Place {
        table: "snapshot_history",
        key: "version",
        has_count: true,
    },
    Place {
        table: "snapshot_quarantine",
        key: "id",
        has_count: false,
    },
];

/// What the projection shows of somebody, should it not have been able to follow.
const UNSHOWN: [&str; 3] = [
    "delete from highlight where case_id = $1 and author_id = any ($2)",
    "delete from highlight_comment where case_id = $1 and author_id = any ($2)",
    "delete from board_note where board_id = $1 and author_id = any ($2)",
];

/// What is needed to take somebody out of an earlier version.
#[derive(Clone)]
struct Known {
    people: BTreeSet<String>,
    attribution: Attribution,
    /// What is there now: what of theirs is among it stays as nobody's in earlier versions, too.
    stay: BTreeSet<(Thing, String)>,
}

/// What became of one version.
enum Version {
    Clean,
    Rewritten { bytes: Vec<u8>, highlights: u32 },
    Unreadable,
}

impl Store {
    /// Rewrites what is stored of a case, unless its object has not archived yet what it has taken out, or the projection
    /// lags. Whether it is done.
    ///
    /// # Errors
    /// If Postgres fails; it is then done again.
    pub async fn rewrite_case(&self, case_id: &CaseId) -> Result<bool, StoreError> {
        let erased = self.erased_people(case_id).await?;
        let Some(known) = self.look_at_current(case_id, &erased).await? else {
            return Ok(false);
        };
        let (mut rewritten, mut dropped) = (0, 0);
        for place in PLACES {
            for key in self.keys(case_id, place).await? {
                match self.rewrite_version(case_id, place, key, &known).await? {
                    Version::Clean => {}
                    Version::Rewritten { .. } => rewritten += 1,
                    Version::Unreadable => dropped += 1,
                }
            }
        }
        let people: Vec<&str> = erased.0.iter().map(String::as_str).collect();
        let mut client = self.client().await?;
        let tx = client.transaction().await?;
        lock::lock_projection(&tx, case_id).await?;
        for unshown in UNSHOWN {
            tx.execute(unshown, &[&case_id.as_str(), &people]).await?;
        }
        tx.execute(
                "update erasure_cases set rewritten_at = now(), versions_rewritten = versions_rewritten + $3,
                                          versions_dropped = versions_dropped + $4
                 where case_id = $1 and user_id = any ($2) and confirmed_at is not null and rewritten_at is null",
                &[&case_id.as_str(), &people, &rewritten, &dropped],
            )
            .await?;
        tx.commit().await?;
        Ok(true)
    }

    /// What earlier versions are rewritten by; absent if the current one is not clean, or not shown by the projection yet.
    async fn look_at_current(
        &self,
        case_id: &CaseId,
        erased: &ErasedPeople,
    ) -> Result<Option<Known>, StoreError> {
        let mut client = self.client().await?;
        let tx = client.transaction().await?;
        lock::lock_case(&tx, case_id, REQUEST).await?;
        let row = tx
            .query_opt(
                "select d.crdt_state, d.attribution, sha256(d.crdt_state) = d.sha256 as is_intact,
                        p.version is not distinct from d.version and p.notes_version is not distinct from d.version as is_shown
                 from annotation_document_state d left join projection p on p.case_id = d.case_id where d.case_id = $1",
                &[&case_id.as_str()],
            )
            .await?;
        let mut known = Known {
            people: erased.0.clone(),
            attribution: Attribution::default(),
            stay: BTreeSet::new(),
        };
        let Some(row) = row else {
            return Ok(Some(known));
        };
        let attribution = row
            .try_get::<_, Option<Vec<u8>>>("attribution")?
            .unwrap_or_default();
        if !attribution.is_empty() {
            let Ok(read) = Attribution::decode(&attribution) else {
                // Nothing says whose the notes are before it is made whole, as it is at the next PUT.
                outbox::enqueue(&tx, case_id, EdgeOrder::Check).await?;
                tx.commit().await?;
                return Ok(None);
            };
            known.attribution = read;
        }
        let Some(bytes) = row.try_get::<_, Option<Vec<u8>>>("crdt_state")? else {
            return Ok(Some(known));
        };
        if !row
            .try_get::<_, Option<bool>>("is_intact")?
            .unwrap_or(false)
        {
            drop(tx);
            drop(client);
            // Then an earlier version takes its place, which the object makes clean again.
            self.heal(case_id, REQUEST).await?;
            return Ok(None);
        }
        if !row.try_get::<_, bool>("is_shown")? {
            return Ok(None);
        }
        let look = move || match annotation::load_snapshot(&bytes) {
            Err(_) => None,
            Ok(document) => {
                let stay = annotation::read(&document).map(|txn| annotation::things(&txn));
                known.stay = stay.unwrap_or_default();
                Some((
                    annotation::erase_from(&document, &known.erasure(&|client| known.owns(client))),
                    known,
                ))
            }
        };
        match self.decoding.run((), look).await? {
            Some((false, known)) => Ok(Some(known)),
            Some((true, _)) => {
                tell_again(&tx, case_id).await?;
                tx.commit().await?;
                Ok(None)
            }
            // It is healed at the next PUT, which unites it with what the object holds.
            None => {
                outbox::enqueue(&tx, case_id, EdgeOrder::Check).await?;
                tx.commit().await?;
                Ok(None)
            }
        }
    }

    async fn keys(&self, case_id: &CaseId, place: Place) -> Result<Vec<i64>, StoreError> {
        let Place { table, key, .. } = place;
        let client = self.client().await?;
        let list = format!("select {key} from {table} where case_id = $1 order by {key}");
        let rows = client.query(&list, &[&case_id.as_str()]).await?;
        Ok(rows
            .iter()
            .map(|row| row.try_get(0))
            .collect::<Result<_, _>>()?)
    }

    async fn rewrite_version(
        &self,
        case_id: &CaseId,
        place: Place,
        key: i64,
        known: &Known,
    ) -> Result<Version, StoreError> {
        let mut client = self.client().await?;
        let tx = client.transaction().await?;
        lock::lock_case(&tx, case_id, REQUEST).await?;
        let Place {
            table,
            key: key_name,
            has_count,
        } = place;
        let read = format!(
            "select crdt_state, sha256(crdt_state) = sha256 as is_intact from {table} where case_id = $1 and {key_name} = $2"
        );
        let Some(row) = tx.query_opt(&read, &[&case_id.as_str(), &key]).await? else {
            return Ok(Version::Clean);
        };
        let version = if has_count && !row.try_get::<_, bool>("is_intact")? {
            // It would get a hash by which it is believed.
            Version::Unreadable
        } else {
            rewritten(&self.decoding, row.try_get(0)?, known.clone()).await?
        };
        match &version {
            Version::Clean => return Ok(version),
            Version::Rewritten { bytes, highlights } => {
                write(&tx, case_id, place, key, bytes, *highlights).await?;
            }
            Version::Unreadable => {
                let delete = format!("delete from {table} where case_id = $1 and {key_name} = $2");
                tx.execute(&delete, &[&case_id.as_str(), &key]).await?;
            }
        }
        tx.commit().await?;
        Ok(version)
    }
}

impl Known {
    fn owns(&self, client: u64) -> bool {
        let owner = self.attribution.owner(client);
        owner.is_some_and(|owner| self.people.contains(owner))
    }

    fn erasure<'a>(&'a self, is_theirs: &'a dyn Fn(u64) -> bool) -> Erasure<'a> {
        Erasure {
            people: &self.people,
            is_theirs,
            stay: &self.stay,
        }
    }
}

/// An object that has confirmed long ago and has not archived may have lost its storage in between: it is told once more.
async fn tell_again(tx: &Transaction<'_>, case_id: &CaseId) -> Result<(), StoreError> {
    let again = ERASURE_AGAIN.as_secs_f64();
    let told = tx
        .execute(
            "update erasure_cases set confirmed_at = null
             where case_id = $1 and fate = 'rewritten' and rewritten_at is null
               and confirmed_at < now() - make_interval(secs => $2)",
            &[&case_id.as_str(), &again],
        )
        .await?;
    if told > 0 {
        outbox::enqueue(tx, case_id, EdgeOrder::Erase).await?;
    }
    Ok(())
}

async fn rewritten(
    decoding: &Decoding,
    bytes: Vec<u8>,
    known: Known,
) -> Result<Version, StoreError> {
    let work = move || {
        let Ok(document) = annotation::load_snapshot(&bytes) else {
            return Version::Unreadable;
        };
        if !annotation::erase_from(&document, &known.erasure(&|client| known.owns(client))) {
            return Version::Clean;
        }
        annotation::read(&document).map_or(Version::Unreadable, |txn| Version::Rewritten {
            bytes: annotation::encode_snapshot(&txn),
            highlights: highlight_count(&txn),
        })
    };
    Ok(decoding.run((), work).await?)
}

async fn write(
    tx: &Transaction<'_>,
    case_id: &CaseId,
    place: Place,
    key: i64,
    bytes: &[u8],
    highlights: u32,
) -> Result<(), StoreError> {
    let Place {
        table,
        key: key_name,
        has_count,
    } = place;
    let sha256 = Digest::of(bytes);
    // What is in quarantine keeps the hash that it does not have: it is not to be believed.
    let update = format!(
        "update {table} set crdt_state = $3, sha256 = case when {has_count} then $4 else sha256 end
         where case_id = $1 and {key_name} = $2"
    );
    let values: [&(dyn tokio_postgres::types::ToSql + Sync); 4] = [
        &case_id.as_str(),
        &key,
        &bytes,
        &sha256.as_bytes().as_slice(),
    ];
    tx.execute(&update, &values).await?;
    if has_count {
        let highlights = i32::try_from(highlights).unwrap_or(i32::MAX);
        tx.execute(
            "update snapshot_history set highlight_count = $3 where case_id = $1 and version = $2",
            &[&case_id.as_str(), &key, &highlights],
        )
        .await?;
    }
    Ok(())
}
