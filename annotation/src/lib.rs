//! The document schema on yrs: reading highlights, comments and tags back, who may change what, how much a board
//! takes, who wrote what, and comparing and uniting whole documents.
//!
//! Everything here is pure. Reading never creates a root and never changes a document, whatever kind a root really has:
//! a `highlights` that is really a text has no entries. Malformed entries are skipped or normalised, never an error.

mod attribution;
mod canvas;
mod comment;
mod document;
mod erasure;
mod field;
mod highlight;
pub mod limits;
mod moment;
mod rights;
mod signature;
mod sticky;
mod tag;
mod union;

pub use attribution::{
    Attribution, Claim, Proof, UnitedAttribution, UnreadableAttribution, unite_attributions,
};
pub use canvas::{Unsound, count, count_max, unsound, unsound_whole};
pub use comment::{Comment, comment_count, comments};
pub use document::{
    UnreadableSnapshot, contains, empty_document, encode_snapshot, load_snapshot, read,
    same_content, state_vector,
};
pub use erasure::{Belonging, Erasure, belongings, erase, erase_from, notes, things};
pub use highlight::{Highlight, highlight_count, highlights};
pub use moment::Moment;
pub use rights::{Deed, Form, Part, Role, Thing, UnknownRole, Whose, may, may_write_freely};
pub use signature::{Author, Signature, Stated, signature};
pub use sticky::{Sticky, stickies};
pub use tag::{Tag, copy_tags, tags};
pub use union::{NoUnion, Union, union};
