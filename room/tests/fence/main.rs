//! The fence in front of yrs: the bounded decoder (SPEC section "decoding", rules DE) and the admission of updates
//! (SPEC section "admission", rules AD). All of it runs natively and on wasm32.

mod admission;
mod forge;
mod frames;
mod hazards;
mod mutation;
mod neighbours;
mod ours;
mod random;
mod support;
mod traffic;
mod write;
