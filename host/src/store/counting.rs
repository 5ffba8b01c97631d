//! Counting the comments of a case's states, for the list of them. A PUT does not say how many there are, and nothing that is on
//! its way decodes documents for a list; so they are counted when somebody looks, and what stays as it is is counted once.
//!
//! Anybody can look at what is theirs as often as they like. So one state is fetched at a time, and only when it has its turn; and
//! a case whose states are being counted is counted by nobody else, and nobody has two counted at once: otherwise they are answered
//! with what is known so far.

use std::{
    collections::{BTreeMap, VecDeque},
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use contract::{CaseId, Digest};
use tokio::time::{Instant, timeout_at};
use tokio_postgres::Row;
use uuid::Uuid;

use super::{
    Store, StoreError,
    decoding::{Decoding, Turn},
};
use crate::{
    limits::{
        COUNTED_CASES_MAX, COUNTING_WAIT_MAX, COUNTINGS_AT_ONCE, VERSIONS_COUNTED_AT_ONCE,
        VERSIONS_COUNTED_BYTES,
    },
    telemetry,
};

/// The hash of the current state.
const CURRENT_HASH: &str =
    "select sha256 from annotation_document_state where case_id = $1 and crdt_state is not null";

const CURRENT: &str = "select crdt_state, sha256 from annotation_document_state where case_id = $1 and crdt_state is not null";

/// Earlier states that are still to be counted: those below a number first, each time the newest first.
const UNCOUNTED: &str =
    "select version, octet_length(crdt_state)::bigint as bytes from snapshot_history
     where case_id = $1 and counted_sha256 is distinct from sha256
     order by version < $2 desc, version desc limit $3";

const EARLIER: &str =
    "select crdt_state, sha256 from snapshot_history where case_id = $1 and version = $2";

/// By the hash of what was counted: whoever is erased from a version leaves another one under its number. Whoever looks waits for
/// nobody who changes or removes it.
const STORE: &str = "with free as (
        select case_id, version from snapshot_history
        where case_id = $1 and version = $2 and sha256 = $3 and (counted_sha256, comment_count) is distinct from ($3, $4::integer)
        for no key update skip locked
     )
     update snapshot_history h set comment_count = $4, counted_sha256 = $3
     from free where h.case_id = free.case_id and h.version = free.version and h.sha256 = $3";

/// How many comments states have, by their hashes.
pub(super) type Counts = BTreeMap<Vec<u8>, i32>;

/// A state that has its hash, and how many comments it has; none, if it cannot be read.
struct Counted {
    sha256: Vec<u8>,
    comments: Option<i32>,
}

/// Whose turn it is to be counted, and what is known besides what is stored.
#[derive(Clone, Debug)]
pub(super) struct Counting {
    turns: Decoding,
    cases: Arc<Mutex<Cases>>,
}

#[derive(Debug, Default)]
struct Cases {
    /// Those whose states are being counted, and for whom.
    claimed: BTreeMap<CaseId, Uuid>,
    /// What is known of those that were counted last, the last at the end.
    known: VecDeque<(CaseId, Known)>,
}

/// What is known of a case besides what is stored.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
struct Known {
    /// The hash of the state that was the current one, and how many comments it has; none, if it cannot be read.
    current: Option<(Vec<u8>, Option<i32>)>,
    /// Below which version the next look goes on, since this one could not be counted; from the newest one, if absent.
    below: Option<i64>,
}

/// That nobody else counts a case's states, and whoever does no other's.
#[derive(Debug)]
struct Claim<'a> {
    counting: &'a Counting,
    case_id: CaseId,
}

impl Default for Counting {
    fn default() -> Self {
        Self {
            turns: Decoding::new(COUNTINGS_AT_ONCE),
            cases: Arc::default(),
        }
    }
}

impl Counting {
    /// Claims a case for somebody, unless its states are being counted, or another's for them: who looks at many cases at once has
    /// one turn, and others have theirs.
    fn claim(&self, case_id: &CaseId, by: Uuid) -> Option<Claim<'_>> {
        let mut cases = self.cases();
        if cases.claimed.contains_key(case_id) || cases.claimed.values().any(|one| *one == by) {
            return None;
        }
        cases.claimed.insert(case_id.clone(), by);
        Some(Claim {
            counting: self,
            case_id: case_id.clone(),
        })
    }

    /// A turn, if there is one in time.
    async fn turn(&self, until: Instant) -> Option<Turn> {
        timeout_at(until, self.turns.turn()).await.ok()
    }

    fn known(&self, case_id: &CaseId) -> Known {
        let cases = self.cases();
        let known = cases.known.iter().find(|(known, _)| known == case_id);
        known.map_or_else(Known::default, |(_, known)| known.clone())
    }

    /// Remembers something of a case, and forgets the one that was counted longest ago where there are too many.
    fn remember(&self, case_id: &CaseId, change: impl FnOnce(&mut Known)) {
        let mut cases = self.cases();
        let place = cases.known.iter().position(|(known, _)| known == case_id);
        let place = place.and_then(|place| cases.known.remove(place));
        let (case_id, mut known) = place.unwrap_or_else(|| (case_id.clone(), Known::default()));
        change(&mut known);
        cases.known.push_back((case_id, known));
        if cases.known.len() > COUNTED_CASES_MAX {
            cases.known.pop_front();
        }
    }

    fn cases(&self) -> MutexGuard<'_, Cases> {
        self.cases.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Drop for Claim<'_> {
    fn drop(&mut self) {
        self.counting.cases().claimed.remove(&self.case_id);
    }
}

impl Store {
    /// How many comments states of a case have, as far as is not stored with them: of the current one, and of earlier ones that were
    /// counted just now. A list is worth more than its counts, so what fails is logged, and tried again with the next look.
    pub(super) async fn comment_counts(&self, case_id: &CaseId, by: Uuid) -> Counts {
        let mut counts = Counts::new();
        if let Some(claim) = self.counting.claim(case_id, by) {
            let outcome = self.count_states(&claim, &mut counts).await;
            if let Err(error) = outcome {
                telemetry::comments_not_counted(case_id, &error);
            }
        }
        if let Some((sha256, Some(comments))) = self.counting.known(case_id).current {
            counts.insert(sha256, comments);
        }
        counts
    }

    /// Counts the current state unless it is known, and earlier ones that are still to be counted, as many as one list is to wait for.
    /// Of those that cannot be, the next look begins behind the last, so that they keep no other from it: it begins with the newest
    /// only once all were come to, and each of them could be.
    async fn count_states(&self, claim: &Claim<'_>, counts: &mut Counts) -> Result<(), StoreError> {
        let case_id = &claim.case_id;
        let until = Instant::now() + COUNTING_WAIT_MAX;
        self.count_current(case_id, until).await?;
        let below = self.counting.known(case_id).below.unwrap_or(i64::MAX);
        let client = self.client().await?;
        let uncounted = client
            .query(
                UNCOUNTED,
                &[&case_id.as_str(), &below, &VERSIONS_COUNTED_AT_ONCE],
            )
            .await?;
        drop(client);
        let mut left_in_bytes = VERSIONS_COUNTED_BYTES;
        let come_to_max = usize::try_from(VERSIONS_COUNTED_AT_ONCE).unwrap_or(usize::MAX);
        let mut is_any_left = uncounted.len() >= come_to_max;
        for (index, row) in uncounted.iter().enumerate() {
            let is_late = index > 0 && Instant::now() >= until;
            if left_in_bytes <= 0 || is_late {
                is_any_left = true;
                break;
            }
            left_in_bytes -= row.try_get::<_, i64>("bytes")?;
            let version: i64 = row.try_get("version")?;
            let Some(turn) = self.counting.turn(until).await else {
                is_any_left = true;
                break;
            };
            let go_on_below = |known: &mut Known| known.below = Some(version);
            self.counting.remember(case_id, go_on_below);
            is_any_left |= !self.count_earlier(turn, case_id, version, counts).await?;
        }
        if !is_any_left {
            self.counting.remember(case_id, |known| known.below = None);
        }
        Ok(())
    }

    /// Counts the current state, unless it is the one that is known, or has not its turn in time.
    async fn count_current(&self, case_id: &CaseId, until: Instant) -> Result<(), StoreError> {
        let client = self.client().await?;
        let row = client.query_opt(CURRENT_HASH, &[&case_id.as_str()]).await?;
        drop(client);
        let Some(row) = row else { return Ok(()) };
        let sha256: &[u8] = row.try_get(0)?;
        let known = self.counting.known(case_id).current;
        if known.is_some_and(|(known, _)| known == sha256) {
            return Ok(());
        }
        let Some(turn) = self.counting.turn(until).await else {
            return Ok(());
        };
        let client = self.client().await?;
        let row = client.query_opt(CURRENT, &[&case_id.as_str()]).await?;
        drop(client);
        if let Some(Counted { sha256, comments }) = count(turn, row).await? {
            let current = Some((sha256, comments));
            self.counting
                .remember(case_id, |known| known.current = current);
        }
        Ok(())
    }

    /// Counts an earlier state and stores that, unless somebody changes it just now. Whether nothing is left to be done: what does not
    /// have its hash is counted once it is healed.
    async fn count_earlier(
        &self,
        turn: Turn,
        case_id: &CaseId,
        version: i64,
        counts: &mut Counts,
    ) -> Result<bool, StoreError> {
        let client = self.client().await?;
        let row = client
            .query_opt(EARLIER, &[&case_id.as_str(), &version])
            .await?;
        drop(client);
        let Some(Counted { sha256, comments }) = count(turn, row).await? else {
            return Ok(false);
        };
        if let Some(comments) = comments {
            counts.insert(sha256.clone(), comments);
        }
        let client = self.client().await?;
        let stored = client
            .execute(STORE, &[&case_id.as_str(), &version, &sha256, &comments])
            .await?;
        Ok(stored > 0)
    }
}

/// Counts the comments of a state on the blocking pool; absent if there is none, or its bytes do not have its hash.
async fn count(turn: Turn, row: Option<Row>) -> Result<Option<Counted>, StoreError> {
    let Some(row) = row else { return Ok(None) };
    let work = move || -> Result<_, StoreError> {
        let (bytes, sha256): (&[u8], Vec<u8>) =
            (row.try_get("crdt_state")?, row.try_get("sha256")?);
        let is_intact = Digest::of(bytes).as_bytes().as_slice() == sha256;
        Ok(is_intact.then(|| Counted {
            sha256,
            comments: comments(bytes),
        }))
    };
    turn.run((), work).await?
}

/// How many comments a state has; absent if it cannot be read.
fn comments(bytes: &[u8]) -> Option<i32> {
    let document = annotation::load_snapshot(bytes).ok()?;
    let txn = annotation::read(&document).ok()?;
    Some(i32::try_from(annotation::comment_count(&txn)).unwrap_or(i32::MAX))
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    const ANN: Uuid = Uuid::from_u128(1);
    const BEN: Uuid = Uuid::from_u128(2);

    fn case(number: usize) -> CaseId {
        CaseId::parse(&format!("case-{number}")).unwrap()
    }

    #[test]
    fn a_case_is_claimed_by_one_at_a_time() {
        let counting = Counting::default();
        let claim = counting.claim(&case(1), ANN).expect("nobody counts it");
        assert!(counting.claim(&case(1), BEN).is_none());
        assert!(counting.claim(&case(2), BEN).is_some(), "another case");
        drop(claim);
        assert!(counting.claim(&case(1), BEN).is_some());
    }

    #[test]
    fn nobody_claims_two_cases_at_a_time() {
        let counting = Counting::default();
        let claim = counting.claim(&case(1), ANN).expect("nobody counts it");
        assert!(counting.claim(&case(2), ANN).is_none());
        assert!(counting.claim(&case(2), BEN).is_some(), "it is not taken");
        drop(claim);
        assert!(counting.claim(&case(2), ANN).is_some());
    }

    #[test]
    fn so_many_cases_are_remembered_and_the_one_that_was_counted_longest_ago_is_forgotten() {
        let counting = Counting::default();
        for number in 0..COUNTED_CASES_MAX {
            counting.remember(&case(number), |known| known.below = Some(7));
        }
        counting.remember(&case(0), |known| known.current = Some((vec![1], Some(2))));
        counting.remember(&case(COUNTED_CASES_MAX), |known| known.below = Some(8));
        assert_eq!(counting.cases().known.len(), COUNTED_CASES_MAX);
        assert_eq!(counting.known(&case(1)), Known::default());
        let kept = Known {
            current: Some((vec![1], Some(2))),
            below: Some(7),
        };
        assert_eq!(counting.known(&case(0)), kept);
    }

    #[tokio::test]
    async fn a_turn_is_waited_for_only_so_long() {
        let counting = Counting::default();
        let turn = counting.turn(Instant::now()).await.expect("a turn is free");
        let until = Instant::now() + Duration::from_millis(10);
        assert!(counting.turn(until).await.is_none());
        drop(turn);
        assert!(
            counting.turn(until).await.is_some(),
            "a free one is not waited for"
        );
    }
}
