//! room

pub mod decode;
pub mod effect;
pub mod event;
pub mod known;
pub mod session;
pub mod time;
pub mod wire;
