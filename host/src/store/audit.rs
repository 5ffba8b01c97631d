//! The audit log: whatever changed who may do what, in a chain of hashes.
//!
//! An entry is written in the transaction of what it tells of, last: the lock that keeps the chain in order is held to the
//! transaction's end, and nothing else is waited for under it. People are in it under pseudonyms, so that one can be
//! erased and the chain still holds. Postgres refuses to change or remove an entry; removing the newest ones behind its
//! back is seen only by who has noted the head that `host verify` prints.

use contract::{CaseId, Digest};
use deadpool_postgres::Transaction;
use serde_json::Value;
use tokio_postgres::Row;
use uuid::Uuid;

use super::{Store, StoreError, lock};

/// What changed, of what and for whom.
pub(super) struct Entry<'a> {
    /// In the past tense, like `grant_set`.
    pub(super) act: &'static str,
    /// Absent if it is of no case.
    pub(super) case_id: Option<&'a CaseId>,
    /// Whom it concerns, by their id; their pseudonym is what is kept.
    pub(super) subject: Option<&'a str>,
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
    let subject = match entry.subject {
        None => None,
        Some(user) => Some(pseudonym(tx, user).await?),
    };
    lock::lock_audit_log(tx).await?;
    // A statement of its own: it sees what was committed before the lock was had.
    let newest = tx
        .query_opt(
            "select seq, sha256 from audit_log order by seq desc limit 1",
            &[],
        )
        .await?;
    let (seq, previous) = match &newest {
        None => (1, BEGINNING.to_vec()),
        Some(row) => (row.try_get::<_, i64>("seq")? + 1, row.try_get("sha256")?),
    };
    let clock = tx
        .query_one(
            "select (extract(epoch from date_trunc('milliseconds', clock_timestamp())) * 1000)::bigint",
            &[],
        )
        .await?;
    let at_ms: i64 = clock.try_get(0)?;
    let written = Written {
        seq,
        at_ms,
        act: entry.act,
        case_id: entry.case_id.map(CaseId::as_str),
        subject,
        detail: &entry.detail.to_string(),
        request_id: entry.request_id,
        previous: &previous,
    };
    tx.execute(
        "insert into audit_log (seq, at, act, case_id, subject, detail, request_id, previous_sha256, sha256)
         values ($1, timestamptz 'epoch' + $2::bigint * interval '1 millisecond', $3, $4, $5, $6, $7, $8, $9)",
        &[
            &written.seq,
            &written.at_ms,
            &written.act,
            &written.case_id,
            &written.subject,
            &written.detail,
            &written.request_id,
            &written.previous,
            &written.hash().as_bytes().as_slice(),
        ],
    )
    .await?;
    Ok(())
}

/// The pseudonym of somebody; made when it is first asked for.
async fn pseudonym(tx: &Transaction<'_>, user: &str) -> Result<Uuid, StoreError> {
    // Of two that ask at once the second waits for the first, and then finds its row.
    tx.execute(
        "insert into pseudonyms (user_id) values ($1) on conflict do nothing",
        &[&user],
    )
    .await?;
    let row = tx
        .query_one(
            "select pseudonym from pseudonyms where user_id = $1",
            &[&user],
        )
        .await?;
    Ok(row.try_get(0)?)
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
