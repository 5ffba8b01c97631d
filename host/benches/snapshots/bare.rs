//! The statements of one PUT that builds on what is stored, and nothing else: no HTTP, no signature, no pool.

use tokio_postgres::{Client, Statement};
use uuid::Uuid;

use crate::{
    database,
    load::{Sends, Snapshot},
};

pub struct Sender {
    client: Client,
    case_id: String,
    lock: i64,
    spend: Statement,
    take_lock: Statement,
    read: Statement,
    put_aside: Statement,
    overwrite: Statement,
}

/// As in `host/src/store/`: `nonce.rs`, `lock.rs` and `current.rs`.
const SPEND: &str =
    "insert into spent_nonce (nonce, expires_at) values ($1, now() + 121 * interval '1 second')
     on conflict do nothing";
const LOCK: &str = "select set_config('application_name', $1, true), pg_advisory_xact_lock($2)";
const READ: &str =
    "select s.generation, d.version, d.sha256, sha256(d.crdt_state) = d.sha256 as intact,
        d.deleted_at is not null as deleted
     from store s left join annotation_document_state d on d.case_id = $1";
const PUT_ASIDE: &str = "insert into snapshot_history
        (case_id, version, crdt_state, sha256, highlight_count, last_editor, stored_at)
     select case_id, version, crdt_state, sha256, highlight_count, last_editor, updated_at
     from annotation_document_state where case_id = $1";
const OVERWRITE: &str = "insert into annotation_document_state as d
        (case_id, crdt_state, sha256, highlight_count, last_editor, attribution, version)
     values ($1, $2, $3, $4, $5, $6, 1)
     on conflict (case_id) do update set
        crdt_state = excluded.crdt_state, sha256 = excluded.sha256,
        highlight_count = excluded.highlight_count,
        last_editor = coalesce(excluded.last_editor, d.last_editor),
        attribution = coalesce(excluded.attribution, d.attribution),
        version = d.version + 1, state_vector = null, updated_at = now()
     returning version";

impl Sender {
    pub async fn new(url: &str, case_id: &str) -> anyhow::Result<Sender> {
        let client = database::connect(url).await?;
        let digest = contract::Digest::of(case_id.as_bytes());
        let mut first = [0; 8];
        first.copy_from_slice(&digest.as_bytes()[..8]);
        Ok(Sender {
            spend: client.prepare(SPEND).await?,
            take_lock: client.prepare(LOCK).await?,
            read: client.prepare(READ).await?,
            put_aside: client.prepare(PUT_ASIDE).await?,
            overwrite: client.prepare(OVERWRITE).await?,
            client,
            case_id: case_id.to_owned(),
            lock: i64::from_be_bytes(first),
        })
    }
}

impl Sends for Sender {
    async fn send(&mut self, snapshot: &Snapshot) -> anyhow::Result<()> {
        let nonce = Uuid::new_v4();
        self.client
            .execute(&self.spend, &[&nonce.as_bytes().as_slice()])
            .await?;
        let tx = self.client.transaction().await?;
        tx.query_one(&self.take_lock, &[&"bench", &self.lock])
            .await?;
        let found = tx.query_one(&self.read, &[&self.case_id]).await?;
        if found.try_get::<_, Option<i64>>("version")?.is_some() {
            tx.execute(&self.put_aside, &[&self.case_id]).await?;
        }
        let sha256 = snapshot.sha256.as_bytes().as_slice();
        let nobody = None::<&[u8]>;
        tx.query_one(
            &self.overwrite,
            &[
                &self.case_id,
                &snapshot.bytes,
                &sha256,
                &0_i32,
                &"ann",
                &nobody,
            ],
        )
        .await?;
        Ok(tx.commit().await?)
    }
}
