//! The document schema on yrs: reading highlights and comments back, comparing and uniting whole documents, and who wrote
//! what.
//!
//! Everything here is pure. Reading never creates a root and never changes a document, whatever kind a root really has:
//! a `highlights` that is really a text has no entries. Malformed entries are skipped or normalised, never an error.

mod attribution;
mod comment;
mod document;
mod field;
mod highlight;
pub mod limits;
mod union;

pub use attribution::{
    Attribution, Claim, Proof, UnitedAttribution, UnreadableAttribution, unite_attributions,
};
pub use comment::{Comment, comments};
pub use document::{
    UnreadableSnapshot, contains, empty_document, encode_snapshot, load_snapshot, read,
    same_content, state_vector,
};
pub use field::Moment;
pub use highlight::{Highlight, highlight_count, highlights};
pub use union::{NoUnion, Union, union};
