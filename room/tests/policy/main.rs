//! The policy (SPEC section "roles", rules RO): case by case, and against a naive model on random updates.

mod agreement;
mod boards;
mod case;
#[cfg(not(target_arch = "wasm32"))]
mod cost;
mod dice;
mod edits;
mod forge;
mod model;
mod passed_on;
mod reading;
mod replica;
mod rights;
mod traffic;
mod tricks;
mod world;
