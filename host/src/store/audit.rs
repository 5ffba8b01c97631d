//! The audit log: whatever changed who may do what, in a chain of hashes.
//!
//! An entry is written in the transaction of what it tells of, last: the lock that keeps the chain in order is held to the
//! transaction's end, and nothing else is waited for under it. People are in it under pseudonyms, so that one can be
//! erased and the chain still holds. Postgres refuses to change or remove an entry; removing the newest ones behind its
//! back is seen only by who has noted the head that `host verify` prints.

use std::collections::{BTreeMap, BTreeSet};

use contract::Digest;
use deadpool_postgres::Transaction;
use serde_json::Value;
use tokio_postgres::Row;
use uuid::Uuid;

use super::{Store, StoreError, lock};

/// What changed, of what and for whom.
pub(super) struct Entry<'a> {
    /// In the past tense, like `grant_set`.
    pub(super) act: &'static str,
    /// Absent if it is about no case in particular.
    pub(super) case_id: Option<&'a str>,
    /// Whom it concerns, by their id; their pseudonym is what is kept.
    pub(super) subject: Option<&'a str>,
    /// Who did it, by their id, if it was somebody who had signed in; kept as their pseudonym, too, among the details.
    pub(super) by: Option<&'a str>,
    /// An object, without names of people.
    pub(super) detail: Value,
    pub(super) request_id: &'a str,
}

/// What the audit log turned out to be.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AuditVerdict {
    /// How many entries there are.
    pub entries: u64,
    /// The hash of the newest one; zeros if there is none. Whoever notes it can tell later that none was removed.
    pub head: Digest,
    /// Which entry is not what it was, and how; the first few of them.
    pub findings: Vec<String>,
}

const ENTRIES_AT_ONCE: i64 = 1_000;
const FINDINGS_MAX: usize = 20;
/// What the first entry has in place of a hash before it.
const BEGINNING: [u8; 32] = [0; 32];

/// Appends an entry. Must be the last statement of its transaction but the commit.
pub(super) async fn append(tx: &Transaction<'_>, entry: &Entry<'_>) -> Result<(), StoreError> {
    append_all(tx, std::slice::from_ref(entry)).await
}

/// Appends entries in this order, as [`append`] does, in as many statements as one takes.
pub(super) async fn append_all(
    tx: &Transaction<'_>,
    entries: &[Entry<'_>],
) -> Result<(), StoreError> {
    if entries.is_empty() {
        return Ok(());
    }
    let people = entries.iter().flat_map(|entry| [entry.subject, entry.by]);
    let pseudonyms = pseudonyms(tx, people.flatten().collect()).await?;
    lock::lock_audit_log(tx).await?;
    // A statement of its own: it sees what was committed before the lock was had.
    let newest = tx
        .query_opt(
            "select seq, sha256 from audit_log order by seq desc limit 1",
            &[],
        )
        .await?;
    let (mut seq, mut previous) = match &newest {
        None => (0, BEGINNING.to_vec()),
        Some(row) => (row.try_get("seq")?, row.try_get("sha256")?),
    };
    let clock = tx
        .query_one(
            "select (extract(epoch from date_trunc('milliseconds', clock_timestamp())) * 1000)::bigint",
            &[],
        )
        .await?;
    let at_ms: i64 = clock.try_get(0)?;
    let mut appended = Vec::with_capacity(entries.len());
    for entry in entries {
        seq += 1;
        let written = Written {
            seq,
            at_ms,
            act: entry.act,
            case_id: entry.case_id,
            subject: entry.subject.and_then(|user| pseudonyms.get(user).copied()),
            detail: &detail(entry, &pseudonyms).to_string(),
            request_id: entry.request_id,
            previous: &previous,
        };
        let sha256 = written.hash().as_bytes().to_vec();
        let row = (written.detail.to_owned(), written.subject, previous);
        previous = sha256.clone();
        appended.push((seq, entry, row, sha256));
    }
    insert(tx, at_ms, &appended).await
}

/// An entry's number, what it says, its detail, subject and the hash before it, and its own hash.
type Appended<'a> = (i64, &'a Entry<'a>, (String, Option<Uuid>, Vec<u8>), Vec<u8>);

async fn insert(
    tx: &Transaction<'_>,
    at_ms: i64,
    appended: &[Appended<'_>],
) -> Result<(), StoreError> {
    fn column<'a, T>(
        appended: &'a [Appended<'a>],
        value: impl Fn(&'a Appended<'a>) -> T,
    ) -> Vec<T> {
        appended.iter().map(value).collect()
    }
    tx.execute(
        "insert into audit_log (seq, at, act, case_id, subject, detail, request_id, previous_sha256, sha256)
         select seq, timestamptz 'epoch' + $1::bigint * interval '1 millisecond', act, case_id, subject, detail, request_id,
                previous, sha256
         from unnest($2::bigint[], $3::text[], $4::text[], $5::uuid[], $6::text[], $7::text[], $8::bytea[], $9::bytea[])
              as t (seq, act, case_id, subject, detail, request_id, previous, sha256)
         order by seq",
        &[
            &at_ms,
            &column(appended, |(seq, ..)| *seq),
            &column(appended, |(_, entry, ..)| entry.act),
            &column(appended, |(_, entry, ..)| entry.case_id),
            &column(appended, |(_, _, (_, subject, _), _)| *subject),
            &column(appended, |(_, _, (detail, ..), _)| detail.as_str()),
            &column(appended, |(_, entry, ..)| entry.request_id),
            &column(appended, |(_, _, (.., previous), _)| previous.as_slice()),
            &column(appended, |(.., sha256)| sha256.as_slice()),
        ],
    )
    .await?;
    Ok(())
}

fn detail(entry: &Entry<'_>, pseudonyms: &BTreeMap<String, Uuid>) -> Value {
    let mut detail = entry.detail.clone();
    let by = entry.by.and_then(|user| pseudonyms.get(user));
    if let (Some(by), Some(fields)) = (by, detail.as_object_mut()) {
        fields.insert("by".to_owned(), by.to_string().into());
    }
    detail
}

/// The pseudonyms of people; made when they are first asked for.
async fn pseudonyms(
    tx: &Transaction<'_>,
    people: BTreeSet<&str>,
) -> Result<BTreeMap<String, Uuid>, StoreError> {
    let people: Vec<&str> = people.into_iter().collect();
    // Of two that ask at once the second waits for the first, and then finds its rows. All ask in the same order.
    tx.execute(
        "insert into pseudonyms (user_id) select unnest($1::text[]) on conflict do nothing",
        &[&people],
    )
    .await?;
    let rows = tx
        .query(
            "select user_id, pseudonym from pseudonyms where user_id = any ($1)",
            &[&people],
        )
        .await?;
    let named = rows
        .iter()
        .map(|row| Ok((row.try_get(0)?, row.try_get(1)?)));
    named.collect()
}

/// All that is in a row but its own hash.
struct Written<'a> {
    seq: i64,
    at_ms: i64,
    act: &'a str,
    case_id: Option<&'a str>,
    subject: Option<Uuid>,
    detail: &'a str,
    request_id: &'a str,
    previous: &'a [u8],
}

impl Written<'_> {
    /// SHA-256 of a heading and of each value with the number of its bytes before it, so that no two rows are written
    /// alike; what is null is written as `-`.
    fn hash(&self) -> Digest {
        let subject = self.subject.map(|subject| subject.to_string());
        let values = [
            Some(self.seq.to_string()),
            Some(self.at_ms.to_string()),
            Some(self.act.to_owned()),
            self.case_id.map(str::to_owned),
            subject,
            Some(self.detail.to_owned()),
            Some(self.request_id.to_owned()),
        ];
        let mut bytes = b"glossator audit 1\n".to_vec();
        for value in values {
            match value {
                None => bytes.extend_from_slice(b"-\n"),
                Some(value) => {
                    bytes.extend_from_slice(format!("{} {value}\n", value.len()).as_bytes())
                }
            }
        }
        bytes.extend_from_slice(self.previous);
        Digest::of(&bytes)
    }
}

impl Store {
    /// Follows the chain of the audit log from its beginning.
    ///
    /// # Errors
    /// If Postgres fails.
    pub async fn verify_audit_log(&self) -> Result<AuditVerdict, StoreError> {
        let client = self.client().await?;
        let mut chain = Chain {
            seq: 0,
            entries: 0,
            head: BEGINNING.to_vec(),
            findings: Vec::new(),
        };
        loop {
            let rows = client
                .query(
                    "select seq, (extract(epoch from at) * 1000)::bigint as at_ms, act, case_id, subject, detail, request_id,
                            previous_sha256, sha256
                     from audit_log where seq > $1 order by seq limit $2",
                    &[&chain.seq, &ENTRIES_AT_ONCE],
                )
                .await?;
            if rows.is_empty() {
                break;
            }
            for row in &rows {
                chain.follow(row)?;
            }
        }
        let head = Digest::from_slice(&chain.head).ok_or(StoreError::Inconsistent {
            what: "an entry of the audit log has no hash",
        })?;
        Ok(AuditVerdict {
            entries: chain.entries,
            head,
            findings: chain.findings,
        })
    }
}

/// How far the chain was followed, and what was found on the way.
struct Chain {
    seq: i64,
    entries: u64,
    head: Vec<u8>,
    findings: Vec<String>,
}

impl Chain {
    fn follow(&mut self, row: &Row) -> Result<(), StoreError> {
        let written = Written {
            seq: row.try_get("seq")?,
            at_ms: row.try_get("at_ms")?,
            act: row.try_get("act")?,
            case_id: row.try_get("case_id")?,
            subject: row.try_get("subject")?,
            detail: row.try_get("detail")?,
            request_id: row.try_get("request_id")?,
            previous: row.try_get("previous_sha256")?,
        };
        let sha256: &[u8] = row.try_get("sha256")?;
        if written.seq != self.seq + 1 {
            self.note(written.seq, "comes after a gap");
        } else if written.previous != self.head {
            self.note(written.seq, "does not follow the entry before it");
        }
        if written.hash().as_bytes().as_slice() != sha256 {
            self.note(written.seq, "does not have the stored hash");
        }
        self.seq = written.seq;
        self.entries += 1;
        sha256.clone_into(&mut self.head);
        Ok(())
    }

    fn note(&mut self, seq: i64, what: &str) {
        if self.findings.len() < FINDINGS_MAX {
            self.findings.push(format!("entry {seq} {what}"));
        }
    }
}
