//! The store: all SQL of the host. Nothing outside this module speaks to Postgres.
//!
//! Everything that changes a case runs in one transaction under the advisory lock of that case (see `lock`), so that two
//! hosts, or two requests, never interleave on it.

mod audit;
mod boards;
mod by_address;
mod case_states;
mod cases;
mod changing;
mod class_role;
mod classes;
mod client_tokens;
mod copying;
mod counting;
mod current;
mod decoding;
mod deletion;
mod digests;
mod dividing;
mod enrolments;
mod erasing;
mod erasures;
mod export;
mod generation;
mod grants;
mod grouping;
mod heeding;
mod history;
mod identities;
mod inbox;
mod institutions;
mod kept;
mod kind;
mod lock;
mod nonce;
mod outbox;
mod outcome;
mod passages;
mod personas;
mod placing;
mod pool;
mod private_notes;
mod progress;
mod projected_notes;
mod projection;
mod providers;
mod put;
mod quarantine;
mod rates;
mod read;
mod retention;
mod rewriting;
mod rosters;
mod ruling;
mod schema;
mod search;
mod sections;
mod service_role;
mod sessions;
mod settling;
mod shares;
mod sign_in_flows;
mod users;
mod verification;
mod versions;

pub use audit::AuditVerdict;
pub use boards::SeenBoard;
pub use cases::CaseHead;
pub use changing::{CaseChange, Students};
pub use class_role::ClassRole;
pub use classes::{Class, ClassChange, ClassHead, NewClass};
pub use client_tokens::{ListedToken, Recorded};
pub use decoding::Share;
pub use digests::{Digest as MailDigest, DigestLine};
pub use enrolments::{Invited, Member};
pub use erasing::EraseOutcome;
pub use erasures::{ErasureStatus, Looked};
pub use export::Exported;
pub use generation::Resynced;
pub use grants::{Grant, Granted};
pub use history::{Earlier, Kept};
pub use inbox::{Inbox, Mentionable, Notice, ReadMark};
pub use institutions::{Institution, Promised};
pub use kind::Kind;
pub use outbox::DueOrder;
pub use outcome::Outcome;
pub use placing::SeenCase;
pub use pool::PoolNumbers;
pub use private_notes::Orphaned;
pub use progress::{CaseProgress, NotBegun, PersonProgress, WRITTEN as PROGRESS};
pub use projection::{Lagging, LaggingCase, Projected};
pub use put::{How, Put, PutOutcome};
pub use quarantine::{Restoration, Restored};
pub use read::{Found, StoredDocument};
pub use retention::Retention;
pub use rosters::RosterReport;
pub use schema::{Migrated, SchemaProblem};
pub use search::{FoundPage, Hit, SEARCH, Snippet};
pub use sections::Section;
pub use service_role::ServiceRoleError;
pub use sessions::{ListedSession, Session};
pub use shares::{InvitedToCase, SharedWith, Shares};
pub use sign_in_flows::{MailLink, SignInFlow};
pub use users::User;
pub use verification::Finding;
pub use versions::Version;

use std::{error::Error as _, io};

use annotation::{UnreadableAttribution, UnreadableSnapshot};
use contract::Digest;
use deadpool_postgres::{Pool, PoolError};
use tokio_postgres::error::SqlState;

/// The door to Postgres.
#[derive(Clone)]
pub struct Store {
    pool: Pool,
    decoding: decoding::Decoding,
    converting: decoding::Decoding,
    counting: counting::Counting,
}

impl Store {
    /// Makes a text of what somebody brought, as merges are done: on threads of its own, a few at a time. Until it has really
    /// ended it keeps `held`, also if nobody waits for it any longer.
    ///
    /// # Errors
    /// If the work panics.
    pub async fn convert<T: Send + 'static>(
        &self,
        held: Share,
        work: impl FnOnce() -> T + Send + 'static,
    ) -> Result<T, StoreError> {
        Ok(self.converting.run(held, work).await?)
    }
}

/// Why the store could not do what it was asked to.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// No connection could be had.
    #[error(
        "Postgres cannot be reached, or all connections are busy: check DATABASE_URL and HOST_POOL_SIZE"
    )]
    Pool(#[from] PoolError),
    /// Postgres refused a statement, or went away.
    #[error("Postgres failed")]
    Postgres(#[from] tokio_postgres::Error),
    /// The stored snapshot is corrupt, and so is every earlier one.
    #[error(
        "every stored version of case {case_id} is corrupt: `host snapshots list {case_id}` shows what is in quarantine"
    )]
    Lost {
        /// Which case.
        case_id: String,
    },
    /// The bytes that were sent are no snapshot.
    #[error("the bytes that were sent cannot be stored: {0}")]
    Sent(#[source] UnreadableSnapshot),
    /// What was sent about the document's authors is no attribution.
    #[error("what was sent cannot be stored: {0}")]
    Attribution(#[source] UnreadableAttribution),
    /// Work on a document died.
    #[error("a document could not be worked on")]
    Task(#[from] tokio::task::JoinError),
    /// A stored text does not have its hash.
    #[error(
        "the text {sha256} is corrupt: bring the same text again, which heals it, or put the row back from a backup"
    )]
    CorruptText {
        /// Which one.
        sha256: Digest,
    },
    /// Whoever asked was erased meanwhile.
    #[error("whoever asked was erased meanwhile")]
    Nobody,
    /// Others change all the time what it is about.
    #[error("what is to be changed is being changed by others again and again: ask once more")]
    Unsettled,
    /// A row contradicts the schema's promises.
    #[error("the store contradicts itself: {what}; run `host verify`")]
    Inconsistent {
        /// How.
        what: &'static str,
    },
}

impl StoreError {
    /// Whether Postgres is away, or has no connection left: what else would be asked of it now fails too.
    pub(crate) fn is_away(&self) -> bool {
        match self {
            Self::Pool(_) => true,
            Self::Postgres(error) => {
                let code = error.code();
                let is_shut = [
                    SqlState::ADMIN_SHUTDOWN,
                    SqlState::CRASH_SHUTDOWN,
                    SqlState::CANNOT_CONNECT_NOW,
                ]
                .iter()
                .any(|shut| code == Some(shut));
                let is_cut = error
                    .source()
                    .is_some_and(|source| source.is::<io::Error>());
                is_shut || is_cut || error.is_closed()
            }
            Self::Lost { .. }
            | Self::Sent(_)
            | Self::Attribution(_)
            | Self::Task(_)
            | Self::CorruptText { .. }
            | Self::Nobody
            | Self::Unsettled
            | Self::Inconsistent { .. } => false,
        }
    }
}
