//! Cases that people brought, and their texts.
//!
//! A text is stored once for all cases that have it, under its hash. Whatever writes or removes one holds the lock of that
//! hash, so that a text cannot go between a case's look at it and the case's own row.

use contract::{CaseId, Digest};
use deadpool_postgres::Transaction;
use serde::Serialize;
use serde_json::json;
use tokio_postgres::Row;
use uuid::Uuid;

use super::{
    Store, StoreError,
    audit::{self, Entry},
    lock, passages,
    settling::{self, Whose},
    users,
};
use crate::{limits::CASES_LISTED_MAX, texts::Text};

/// What a list shows of a case, as the edge passes it on.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct CaseHead {
    /// Its id.
    pub id: String,
    /// Its title.
    pub title: String,
    /// `judgment`, `conversation` or `text`.
    pub kind: String,
    /// What it is about, if anybody said so.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub summary: Option<String>,
    /// How many paragraphs it has.
    pub paragraphs: i32,
    /// The address of its text.
    pub text: String,
    /// Never: samples are not in the store.
    pub sample: bool,
    /// In RFC 3339, UTC.
    pub created_at: String,
}

/// What [`head`] reads of a row of `cases`, named `c`.
pub(super) const HEAD: &str =
    "c.case_id, c.title, c.kind, c.summary, c.paragraphs, encode(c.text_sha256, 'hex') as text,
        to_char(c.created_at at time zone 'utc', 'YYYY-MM-DD\"T\"HH24:MI:SS.MS\"Z\"') as created_at";

impl Store {
    /// Stores a new case and its text. Whoever brings it is its owner; it has none if nobody had signed in.
    ///
    /// # Errors
    /// If Postgres fails.
    pub async fn create_case(
        &self,
        case_id: &CaseId,
        text: &Text,
        owner: Option<Uuid>,
        request_id: &str,
    ) -> Result<CaseHead, StoreError> {
        let paragraphs = i32::try_from(text.paragraphs).map_err(|_| StoreError::Inconsistent {
            what: "a text has more paragraphs than a column can say",
        })?;
        let sha256 = text.sha256.as_bytes().as_slice();
        let mut client = self.client().await?;
        let tx = client.transaction().await?;
        lock::name_request(&tx, request_id).await?;
        if let Some(owner) = owner
            && !users::is_somebody(&tx, owner).await?
        {
            return Err(StoreError::Nobody);
        }
        lock::lock_text(&tx, &text.sha256).await?;
        // A row that became corrupt is healed by the same text.
        tx.execute(
            "insert into case_text as t (sha256, body) values ($1, $2)
             on conflict (sha256) do update set body = excluded.body where sha256(t.body) <> t.sha256",
            &[&sha256, &text.bytes],
        )
        .await?;
        passages::write(&tx, &text.sha256, &passages::divide(&text.bytes)).await?;
        tx.execute(
            "insert into cases (case_id, title, kind, paragraphs, text_sha256, owner_id) values ($1, $2, $3, $4, $5, $6)",
            &[&case_id.as_str(), &text.title, &text.kind.name(), &paragraphs, &sha256, &owner],
        )
        .await?;
        let head = read_head(&tx, case_id).await?;
        if let Some(owner) = owner {
            own(&tx, case_id, owner, "case_created", request_id).await?;
        }
        tx.commit().await?;
        Ok(head)
    }

    /// The newest cases.
    ///
    /// # Errors
    /// If Postgres fails.
    pub async fn list_cases(&self) -> Result<Vec<CaseHead>, StoreError> {
        let client = self.client().await?;
        let newest =
            format!("select {HEAD} from cases c order by c.created_at desc, case_id limit $1");
        let statement = client.prepare_cached(&newest).await?;
        let rows = client.query(&statement, &[&CASES_LISTED_MAX]).await?;
        rows.iter().map(head).collect()
    }

    /// One case, if there is such a one.
    ///
    /// # Errors
    /// If Postgres fails.
    pub async fn find_case(&self, case_id: &CaseId) -> Result<Option<CaseHead>, StoreError> {
        let client = self.client().await?;
        let one = format!("select {HEAD} from cases c where case_id = $1");
        let statement = client.prepare_cached(&one).await?;
        let row = client.query_opt(&statement, &[&case_id.as_str()]).await?;
        row.as_ref().map(head).transpose()
    }

    /// A text by its hash, if there is such a one.
    ///
    /// # Errors
    /// If Postgres fails, or the stored bytes have another hash: that is never answered as "there is none".
    pub async fn find_text(&self, sha256: &Digest) -> Result<Option<Vec<u8>>, StoreError> {
        let client = self.client().await?;
        let statement = client
            .prepare_cached("select body from case_text where sha256 = $1")
            .await?;
        let row = client
            .query_opt(&statement, &[&sha256.as_bytes().as_slice()])
            .await?;
        let Some(body) = row.map(|row| row.try_get::<_, Vec<u8>>(0)).transpose()? else {
            return Ok(None);
        };
        if Digest::of(&body) == *sha256 {
            Ok(Some(body))
        } else {
            Err(StoreError::CorruptText { sha256: *sha256 })
        }
    }

    /// Whether somebody may read a case that has this text.
    ///
    /// # Errors
    /// If Postgres fails.
    pub async fn may_read_text(&self, sha256: &Digest, user: &str) -> Result<bool, StoreError> {
        let client = self.client().await?;
        let statement = client
            .prepare_cached(
                "select exists (
                    select from cases c join grants g on g.case_id = c.case_id
                    where c.text_sha256 = $1 and g.user_id = $2 and g.role is not null
                      and (g.role = 'own' or c.visible_from is null or c.visible_from <= clock_timestamp())
                 )",
            )
            .await?;
        let row = client
            .query_one(&statement, &[&sha256.as_bytes().as_slice(), &user])
            .await?;
        Ok(row.try_get(0)?)
    }

    /// Checks every text: says how many there are, and which do not have their hash.
    ///
    /// # Errors
    /// If Postgres fails.
    pub async fn verify_texts(&self) -> Result<(i64, Vec<String>), StoreError> {
        let mut client = self.client().await?;
        let tx = client.transaction().await?;
        tx.batch_execute("set local statement_timeout = 0").await?;
        let counted = tx.query_one("select count(*) from case_text", &[]);
        let count = counted.await?.try_get(0)?;
        let corrupt =
            "select encode(sha256, 'hex') from case_text where sha256(body) <> sha256 order by 1";
        let rows = tx.query(corrupt, &[]).await?;
        let hashes: Result<_, _> = rows.iter().map(|row| row.try_get(0)).collect();
        Ok((count, hashes?))
    }
}

/// Erases a deleted case's head, and its text unless another case has it too.
pub(super) async fn erase(tx: &Transaction<'_>, case_id: &CaseId) -> Result<(), StoreError> {
    let erased = tx
        .query_opt(
            "delete from cases where case_id = $1 returning text_sha256",
            &[&case_id.as_str()],
        )
        .await?;
    let Some(row) = erased else {
        return Ok(());
    };
    let sha256: &[u8] = row.try_get(0)?;
    let digest = Digest::from_slice(sha256).ok_or(StoreError::Inconsistent {
        what: "the hash of a text has not 32 bytes",
    })?;
    lock::lock_text(tx, &digest).await?;
    tx.execute(
        "delete from case_text t where sha256 = $1
         and not exists (select from cases where text_sha256 = t.sha256)",
        &[&sha256],
    )
    .await?;
    Ok(())
}

/// Settles what follows from owning a new case or board, and puts it on record: the last statements of a transaction.
pub(super) async fn own(
    tx: &Transaction<'_>,
    case_id: &CaseId,
    owner: Uuid,
    act: &'static str,
    request_id: &str,
) -> Result<(), StoreError> {
    let owner = owner.to_string();
    settling::lock_one(tx, case_id).await?;
    settling::settle(tx, &[case_id.as_str().to_owned()], Whose::Everybody).await?;
    let entry = Entry {
        act,
        case_id: Some(case_id.as_str()),
        subject: Some(&owner),
        by: Some(&owner),
        detail: json!({}),
        request_id,
    };
    audit::append(tx, &entry).await
}

/// The head of a case that is there.
pub(super) async fn read_head(
    tx: &Transaction<'_>,
    case_id: &CaseId,
) -> Result<CaseHead, StoreError> {
    let one = format!("select {HEAD} from cases c where case_id = $1");
    head(&tx.query_one(&one, &[&case_id.as_str()]).await?)
}

pub(super) fn head(row: &Row) -> Result<CaseHead, StoreError> {
    Ok(CaseHead {
        id: row.try_get("case_id")?,
        title: row.try_get("title")?,
        kind: row.try_get("kind")?,
        summary: row.try_get("summary")?,
        paragraphs: row.try_get("paragraphs")?,
        text: row.try_get("text")?,
        sample: false,
        created_at: row.try_get("created_at")?,
    })
}
