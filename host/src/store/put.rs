//! PUT: replace what the sender built on, or unite.
//!
//! Under the case's lock, so that a zombie, a lost answer or two objects of one case can never undo anything: whoever
//! does not build on exactly what is stored is merged.

use annotation::{Attribution, NoUnion, Union, UnitedAttribution, UnreadableSnapshot};
use axum::body::Bytes;
use contract::{
    Base, CaseId, Digest, Generation, PutQuery,
    decision::{Content, Decision, decide},
};
use deadpool_postgres::Transaction;

use super::{
    Store, StoreError,
    current::{Current, NewSnapshot},
    decoding::{Decoding, Share},
    history,
    read::StoredDocument,
};
use crate::limits::ATTRIBUTION_AT_ONCE_MAX_BYTES;

/// A snapshot that an object sends.
pub struct Put {
    /// Of which case.
    pub case_id: CaseId,
    /// What it builds on, and what the row shall say.
    pub query: PutQuery,
    /// The whole document.
    pub bytes: Bytes,
    /// Who wrote what of it; empty if its sender does not say.
    pub attribution: Bytes,
    /// The hash of the document, which has been checked.
    pub sha256: Digest,
    /// For Postgres' own log.
    pub request_id: String,
    /// Of the bytes in flight: held as long as anything works on these bytes, also if the request is given up.
    pub share: Share,
}

/// What became of it.
#[derive(Debug, PartialEq, Eq)]
pub enum PutOutcome {
    /// The case was deleted.
    Deleted {
        /// Of the store.
        generation: Generation,
        /// The tombstone's.
        version: i64,
    },
    /// The store holds at least what was sent.
    Stored {
        /// What it holds.
        base: Base,
        /// What is stored, if that holds more than what was sent.
        union: Option<StoredDocument>,
        /// What was done.
        how: How,
    },
}

/// What a PUT did.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum How {
    /// It was the case's first.
    Created,
    /// It replaced what it built on.
    Replaced,
    /// It was united with what is stored.
    Merged,
    /// It added nothing; nothing was written.
    Unchanged,
    /// It was united with an earlier version, since the newest one is corrupt.
    Recovered,
}

impl How {
    /// As metrics and logs call it.
    pub fn name(self) -> &'static str {
        match self {
            Self::Created => "created",
            Self::Replaced => "replaced",
            Self::Merged => "merged",
            Self::Unchanged => "unchanged",
            Self::Recovered => "recovered",
        }
    }
}

impl Store {
    /// Stores a snapshot.
    ///
    /// # Errors
    /// If Postgres fails, or the bytes had to be decoded and are no whole document. Whether anything was stored is
    /// then unknown to the sender; a repetition is harmless.
    pub async fn put(&self, put: Put) -> Result<PutOutcome, StoreError> {
        let mut client = self.client().await?;
        let tx = client.transaction().await?;
        let current = Current::lock(&tx, &put.case_id, &put.request_id).await?;
        let outcome = carry_out(&tx, &self.decoding, &current, &put).await?;
        tx.commit().await?;
        Ok(outcome)
    }
}

async fn carry_out(
    tx: &Transaction<'_>,
    decoding: &Decoding,
    current: &Current,
    put: &Put,
) -> Result<PutOutcome, StoreError> {
    let decision = decide(
        current.row.as_ref(),
        put.query.base.as_ref(),
        &current.generation,
        put.sha256,
    );
    let Some(row) = &current.row else {
        // The first snapshot is what every later union needs to be readable.
        check_sent(decoding, put).await?;
        let attribution = as_sent(decoding, put).await?;
        return store_sent(tx, current, put, attribution, How::Created).await;
    };
    let generation = current.generation.clone();
    let version = row.version;
    match decision {
        Decision::Refuse => Ok(PutOutcome::Deleted {
            generation,
            version,
        }),
        Decision::Keep => {
            let united = unite_attribution(tx, decoding, put).await?;
            if united.exceeds_stored {
                return store_sent(tx, current, put, united, How::Merged).await;
            }
            let base = Base {
                generation,
                version,
                sha256: put.sha256,
            };
            let union = united.exceeds_sent.then(|| put.bytes.to_vec());
            Ok(stored(base, union, united, How::Unchanged))
        }
        Decision::Store => {
            if row.content == Content::Lost {
                check_sent(decoding, put).await?;
            }
            let attribution = if current.is_base(put.query.base.as_ref()) {
                as_sent(decoding, put).await?
            } else {
                unite_attribution(tx, decoding, put).await?
            };
            store_sent(tx, current, put, attribution, How::Replaced).await
        }
        Decision::Merge => merge(tx, decoding, current, version, put).await,
        Decision::Recover => recover(tx, decoding, current, put).await,
    }
}

async fn merge(
    tx: &Transaction<'_>,
    decoding: &Decoding,
    current: &Current,
    version: i64,
    put: &Put,
) -> Result<PutOutcome, StoreError> {
    let (bytes, sha256) = stored_bytes(tx, &put.case_id).await?;
    let attribution = unite_attribution(tx, decoding, put).await?;
    let (bytes, united) = unite(decoding, bytes, put).await?;
    let base = Base {
        generation: current.generation.clone(),
        version,
        sha256,
    };
    match united {
        Ok(Union::Stored { exceeds_sent }) if !attribution.exceeds_stored => {
            let exceeds_sent = exceeds_sent || attribution.exceeds_sent;
            let union = exceeds_sent.then_some(bytes);
            Ok(stored(base, union, attribution, How::Unchanged))
        }
        Ok(Union::Stored { .. }) => {
            let union = (bytes, highlight_count(tx, &put.case_id).await?);
            store_union(tx, current, put, union, attribution, How::Merged).await
        }
        Ok(Union::Sent) => store_sent(tx, current, put, attribution, How::Merged).await,
        Ok(Union::Merged {
            bytes,
            highlight_count,
        }) => {
            let union = (bytes, highlight_count);
            store_union(tx, current, put, union, attribution, How::Merged).await
        }
        Err(NoUnion::Sent(reason)) => Err(StoreError::Sent(reason)),
        Err(NoUnion::Stored(reason)) => {
            current
                .quarantine(tx, &put.case_id, version, &reason.to_string())
                .await?;
            let without = current.without_content();
            recover(tx, decoding, &without, put).await
        }
    }
}

/// Unites what was sent with the newest good version of the history; stores it in any case, for the row is corrupt.
async fn recover(
    tx: &Transaction<'_>,
    decoding: &Decoding,
    current: &Current,
    put: &Put,
) -> Result<PutOutcome, StoreError> {
    // Kept beside the document, it is not lost with a corrupt one.
    let attribution = unite_attribution(tx, decoding, put).await?;
    let Some(earlier) = history::newest_good(tx, decoding, &put.case_id).await? else {
        check_sent(decoding, put).await?;
        return store_sent(tx, current, put, attribution, How::Recovered).await;
    };
    let (earlier_bytes, united) = unite(decoding, earlier.bytes, put).await?;
    match united {
        Ok(
            Union::Sent
            | Union::Stored {
                exceeds_sent: false,
            },
        ) => store_sent(tx, current, put, attribution, How::Recovered).await,
        Ok(Union::Stored { exceeds_sent: true }) => {
            let union = (earlier_bytes, earlier.highlight_count);
            store_union(tx, current, put, union, attribution, How::Recovered).await
        }
        Ok(Union::Merged {
            bytes,
            highlight_count,
        }) => {
            let union = (bytes, highlight_count);
            store_union(tx, current, put, union, attribution, How::Recovered).await
        }
        Err(NoUnion::Sent(reason) | NoUnion::Stored(reason)) => Err(StoreError::Sent(reason)),
    }
}

/// Stores what was sent: it is all of the document.
async fn store_sent(
    tx: &Transaction<'_>,
    current: &Current,
    put: &Put,
    attribution: UnitedAttribution,
    how: How,
) -> Result<PutOutcome, StoreError> {
    let new = sent(put, &attribution);
    let base = current.overwrite(tx, &put.case_id, &new).await?;
    let union = attribution.exceeds_sent.then(|| put.bytes.to_vec());
    Ok(stored(base, union, attribution, how))
}

/// Stores bytes that hold more than what was sent, with their number of highlights, and tells the sender.
async fn store_union(
    tx: &Transaction<'_>,
    current: &Current,
    put: &Put,
    (bytes, highlight_count): (Vec<u8>, u32),
    attribution: UnitedAttribution,
    how: How,
) -> Result<PutOutcome, StoreError> {
    let new = NewSnapshot {
        bytes: &bytes,
        sha256: Digest::of(&bytes),
        highlight_count,
        ..sent(put, &attribution)
    };
    let base = current.overwrite(tx, &put.case_id, &new).await?;
    Ok(stored(base, Some(bytes), attribution, how))
}

type United = Result<Union, NoUnion>;

/// Unites on the blocking pool: decoding a large document takes longer than a request should hold up others.
async fn unite(
    decoding: &Decoding,
    stored: Vec<u8>,
    put: &Put,
) -> Result<(Vec<u8>, United), StoreError> {
    let sent = put.bytes.clone();
    let work = move || {
        let united = annotation::union(&stored, &sent);
        (stored, united)
    };
    Ok(decoding.run(put.share.clone(), work).await?)
}

async fn check_sent(decoding: &Decoding, put: &Put) -> Result<(), StoreError> {
    let sent = put.bytes.clone();
    let read = move || annotation::load_snapshot(&sent).map(drop);
    let read: Result<(), UnreadableSnapshot> = decoding.run(put.share.clone(), read).await?;
    read.map_err(StoreError::Sent)
}

async fn stored_bytes(
    tx: &Transaction<'_>,
    case_id: &CaseId,
) -> Result<(Vec<u8>, Digest), StoreError> {
    let statement = tx
        .prepare_cached("select crdt_state from annotation_document_state where case_id = $1")
        .await?;
    let row = tx.query_one(&statement, &[&case_id.as_str()]).await?;
    let bytes: Vec<u8> = row.try_get(0)?;
    let sha256 = Digest::of(&bytes);
    Ok((bytes, sha256))
}

/// What an object says of authors that builds on exactly what is stored, or on nothing if nothing is: it holds that. What
/// could not be read again is not stored.
async fn as_sent(decoding: &Decoding, put: &Put) -> Result<UnitedAttribution, StoreError> {
    let sent = put.attribution.clone();
    let is_short = sent.len() <= ATTRIBUTION_AT_ONCE_MAX_BYTES;
    let work = move || annotation::unite_attributions(&[], &sent).map(drop);
    let readable = match is_short {
        true => work(),
        false => decoding.run(put.share.clone(), work).await?,
    };
    readable.map_err(StoreError::Attribution)?;
    Ok(UnitedAttribution {
        bytes: put.attribution.to_vec(),
        exceeds_stored: false,
        exceeds_sent: false,
    })
}

/// Unites what the row says of authors with what was sent.
async fn unite_attribution(
    tx: &Transaction<'_>,
    decoding: &Decoding,
    put: &Put,
) -> Result<UnitedAttribution, StoreError> {
    let statement = tx
        .prepare_cached("select attribution from annotation_document_state where case_id = $1")
        .await?;
    let row = tx.query_one(&statement, &[&put.case_id.as_str()]).await?;
    let stored = row.try_get::<_, Option<Vec<u8>>>(0)?.unwrap_or_default();
    let sent = put.attribution.clone();
    let work = move || {
        // What cannot be read proves nothing; the object's own takes its place.
        let is_readable = Attribution::decode(&stored).is_ok();
        let stored = if is_readable { stored } else { Vec::new() };
        annotation::unite_attributions(&stored, &sent)
    };
    let united = decoding.run(put.share.clone(), work).await?;
    united.map_err(StoreError::Attribution)
}

async fn highlight_count(tx: &Transaction<'_>, case_id: &CaseId) -> Result<u32, StoreError> {
    let statement = tx
        .prepare_cached("select highlight_count from annotation_document_state where case_id = $1")
        .await?;
    let row = tx.query_one(&statement, &[&case_id.as_str()]).await?;
    Ok(u32::try_from(row.try_get::<_, i32>(0)?).unwrap_or(0))
}

fn sent<'a>(put: &'a Put, attribution: &'a UnitedAttribution) -> NewSnapshot<'a> {
    NewSnapshot {
        bytes: &put.bytes,
        sha256: put.sha256,
        highlight_count: put.query.highlight_count,
        last_editor: put.query.last_editor.as_deref(),
        attribution: (!attribution.bytes.is_empty()).then_some(attribution.bytes.as_slice()),
    }
}

fn stored(
    base: Base,
    union: Option<Vec<u8>>,
    attribution: UnitedAttribution,
    how: How,
) -> PutOutcome {
    let union = union.map(|bytes| StoredDocument {
        bytes,
        attribution: (!attribution.bytes.is_empty()).then_some(attribution.bytes),
    });
    PutOutcome::Stored { base, union, how }
}
