//! The room: one document and everyone in it, as a deterministic state machine.
//!
//! What is here: every rule of `SPEC.md`. What is not here: sockets, storage, the clock, randomness, the host. They
//! are told to the room as events ([`Event`]) and ordered by it as effects ([`Effect`]); [`Room::handle`] is the only
//! way to move it. The same crate runs under the Worker, the simulator and the fuzzers.

pub mod close;
pub mod decode;
pub mod glossator;
pub mod known;
pub mod limits;
pub mod policy;
pub mod wire;

mod account;
mod archive;
mod authority;
mod budget;
mod config;
mod document;
mod effect;
mod event;
mod meta;
mod metrics;
mod mutation;
mod presence;
mod reservations;
mod room;
mod session;
mod status;
mod time;

pub use account::{Authorship, ClientIdOwner, Deed, Stretch, ThingAuthorship, authorship};
pub use annotation::Role;
pub use authority::{Authority, Ceiling, Change, Proof, Ruling};
pub use config::{Config, Deadlines, Pace};
pub use effect::{Effect, Frame, Notice, OutgoingSnapshot};
pub use event::{
    ArchiveOutcome, Base, CheckOutcome, Event, JournalSummary, RequestId, RestoreOutcome,
    RulingOutcome, Stored, StoredUnion,
};
pub use metrics::Metrics;
#[cfg(feature = "mutations")]
pub use mutation::Mutation;
pub use room::Room;
pub use session::{GlossatorRecord, Protocol, SessionId, SessionRecord, Welcomed};
pub use status::Status;
pub use time::Timestamp;
