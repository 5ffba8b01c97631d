//! The host: keeps snapshots in Postgres and restores them on a cold start. Only the edge talks to it.
//!
//! It understands documents no further than it must to unite, count and project them, and is never on the path of an
//! edit: the object has journaled an edit long before it arrives here.

pub mod api;
pub mod clock;
pub mod config;
pub mod connections;
pub mod digest;
pub mod edge;
pub mod email;
pub mod erasing;
pub mod error;
pub mod housekeeping;
pub mod invite_code;
pub mod limits;
mod mentions;
pub mod outbox;
mod persona;
pub mod projection;
pub mod roster;
mod routes;
pub mod serve;
pub mod sign_in;
pub mod store;
pub mod telemetry;
pub mod texts;

pub use routes::{App, router};
