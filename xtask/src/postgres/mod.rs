//! PostgreSQL on this machine, for `dev` and for tests: made, started, and stopped without losing anything.

mod account;
mod cluster;
mod leftover;

pub use self::account::Account;
pub use self::cluster::{Cluster, Durability};
