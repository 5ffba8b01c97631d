//! What a room is told of the authorities on its case.

use contract::{
    CaseId, CaseRuling, Change, Role,
    limits::{CLIENT_TOKEN_MS_MAX, RULING_CHANGES_MAX, RULING_REVOKED_MAX},
    token::TokenId,
};
use deadpool_postgres::Transaction;
use tokio_postgres::Row;

use super::{
    Store, StoreError, case_states,
    grants::{millis, role},
    kind::PLACEMENTS,
    lock,
};

/// What makes a token void is told for so much longer than the token lives: a Worker judges that by its own clock.
const SKEW_MS: u64 = 60 * 60 * 1_000;
/// Changes are told for as long as a token lives that was issued before them.
const CHANGES_TOLD_MS: u64 = CLIENT_TOKEN_MS_MAX + SKEW_MS;

impl Store {
    /// Everything that can make a token for this case void which is still good.
    ///
    /// # Errors
    /// If Postgres fails.
    pub async fn ruling(&self, case_id: &CaseId) -> Result<CaseRuling, StoreError> {
        let mut client = self.client().await?;
        let tx = client.transaction().await?;
        // One after another, so that of two rulings the one with the later time knows no less.
        lock::lock_ruling(&tx, case_id).await?;
        let allowed = case_states::read(&tx, case_id).await?;
        let (mut changes, changes_void_ms) = changes(&tx, case_id).await?;
        for change in &mut changes {
            // For as long as the case is hidden; whoever gets in later does so by what is issued later.
            let is_shut_out = allowed.is_hidden && change.role != Some(Role::Own);
            change.role = change.role.filter(|_| !is_shut_out);
        }
        let (revoked, revoked_void_ms) = revoked(&tx, case_id).await?;
        // The clock is read last: whoever got less by a ceiling that is no longer told got it before. What is committed while
        // all this is read is told with the next ruling, which every change orders. If the clock stepped back, a ruling must
        // not seem older than what is in it.
        let clock = tx
            .query_one(
                &format!("select floor(extract(epoch from greatest(
                     clock_timestamp(),
                     (select max(changed_at) from grants where case_id = $1),
                     (select max(revoked_at) from client_tokens where case_id = $1),
                     (select max(changed_at) from case_states where case_id = $1),
                     (select greatest(c.placed_at, c.hidden_at, k.state_changed_at)
                      from {PLACEMENTS} c left join classes k on k.id = c.class_id where c.case_id = $1)
                 )) * 1000)::bigint"),
                &[&case_id.as_str()],
            )
            .await?;
        let ruling = CaseRuling {
            as_of_ms: millis(clock.try_get(0)?)?,
            ceiling: allowed.state.ceiling(),
            changes,
            revoked,
            void_until_ms: changes_void_ms.max(revoked_void_ms),
        };
        tx.commit().await?;
        Ok(ruling)
    }
}

/// The newest changes, and the time of the newest one that is not among them.
async fn changes(tx: &Transaction<'_>, case_id: &CaseId) -> Result<(Vec<Change>, u64), StoreError> {
    let rows = tx
        .query(
            "select * from (
                select coalesce(persona_id::text, user_id) as user_id, role, changed_at from grants where case_id = $1
                union all
                select earlier_id, null, renamed_at from grants where case_id = $1 and earlier_id is not null
             ) as told
             cross join lateral (select (extract(epoch from changed_at) * 1000)::bigint as ms) as since
             where changed_at > clock_timestamp() - $2::bigint * interval '1 millisecond'
             order by changed_at desc, user_id limit $3",
            &[
                &case_id.as_str(),
                &integer(CHANGES_TOLD_MS)?,
                &rows_max(RULING_CHANGES_MAX)?,
            ],
        )
        .await?;
    let read = |row: &Row| {
        let name: Option<&str> = row.try_get("role")?;
        Ok(Change {
            user: row.try_get("user_id")?,
            role: name.map(role).transpose()?,
            changed_ms: millis(row.try_get("ms")?)?,
        })
    };
    split(&rows, RULING_CHANGES_MAX, read)
}

/// The newest revoked client tokens, and when the newest one was issued that is not among them.
async fn revoked(
    tx: &Transaction<'_>,
    case_id: &CaseId,
) -> Result<(Vec<TokenId>, u64), StoreError> {
    let rows = tx
        .query(
            "select id, (extract(epoch from created_at) * 1000)::bigint as ms from client_tokens
             where case_id = $1 and revoked_at is not null
                   and expires_at > clock_timestamp() - $2::bigint * interval '1 millisecond'
             order by created_at desc, id limit $3",
            &[
                &case_id.as_str(),
                &integer(SKEW_MS)?,
                &rows_max(RULING_REVOKED_MAX)?,
            ],
        )
        .await?;
    let read = |row: &Row| {
        let id: &[u8] = row.try_get("id")?;
        let id = id.try_into().map_err(|_| StoreError::Inconsistent {
            what: "the id of a client token has not 16 bytes",
        })?;
        Ok(TokenId::new(id))
    };
    split(&rows, RULING_REVOKED_MAX, read)
}

/// Reads so many rows at most, and the time of the one that follows; 0 if none does.
fn split<T>(
    rows: &[Row],
    count_max: usize,
    read: impl Fn(&Row) -> Result<T, StoreError>,
) -> Result<(Vec<T>, u64), StoreError> {
    let told = rows.iter().take(count_max).map(read);
    let left_out = rows.get(count_max);
    let void_ms = left_out.map(|row| millis(row.try_get("ms")?)).transpose()?;
    Ok((told.collect::<Result<_, _>>()?, void_ms.unwrap_or_default()))
}

/// One more than are told, to see whether any is left out.
fn rows_max(count_max: usize) -> Result<i64, StoreError> {
    integer(count_max as u64 + 1)
}

fn integer(number: u64) -> Result<i64, StoreError> {
    i64::try_from(number).map_err(|_| StoreError::Inconsistent {
        what: "a bound is larger than a column can say",
    })
}
