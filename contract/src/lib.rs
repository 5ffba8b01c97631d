//! What the Worker and the host say to each other: case ids, paths, the query of a PUT, signed requests, answers and
//! replies, the Worker's metrics, and every bound on them; what the host rules on authorities; the tokens by which people come in, and how the head of
//! their requests is read; and the rule by which the store receives a snapshot.
//!
//! Here is no I/O, no clock and no randomness: time and nonces are parameters. Both sides are built from this one
//! crate, so that neither can drift from the other.

mod answer;
mod authority;
mod base;
mod body_hash;
mod case_id;
mod case_state;
pub mod decision;
mod digest;
mod erased;
pub mod head;
mod header;
mod key_list;
mod keys;
pub mod limits;
mod metrics;
mod nonce;
mod path;
mod percent;
mod person;
mod put_query;
mod refusal;
mod region;
mod reply;
mod request;
mod ruling;
pub mod token;
mod visit;

pub use annotation::Role;
pub use answer::{
    AnswerParts, Asked, StoredState, VerifiedAnswer, sign_answer, verify_answer, verify_answer_by,
};
pub use authority::AuthorityQuestion;
pub use base::{Base, Generation, MalformedGeneration};
pub use body_hash::Unverified;
pub use case_id::{CaseId, MalformedCaseId};
pub use case_state::{CaseState, Ceiling};
pub use digest::{Digest, MalformedDigest};
pub use erased::{ErasedPeople, MalformedErasure};
pub use header::{
    HEADER_ATTRIBUTION_BYTES, HEADER_BODY_SHA256, HEADER_GENERATION, HEADER_KEY, HEADER_METRICS,
    HEADER_NONCE, HEADER_REQUEST_ID, HEADER_SHA256, HEADER_SIGNATURE, HEADER_TIME, HEADER_VERSION,
    HEADER_VISIT, is_request_id,
};
pub use key_list::{KeyFault, KeyVariable, KeysError};
pub use keys::Keys;
pub use metrics::{EdgeMetrics, MalformedMetrics};
pub use nonce::{MalformedNonce, Nonce};
pub use path::{
    CaseQuestion, EdgeOrder, order_path, order_query, parse_order_path, parse_snapshot_path,
    region_of_order, snapshot_path,
};
pub use person::{MalformedPerson, Person};
pub use put_query::{MalformedQuery, PutQuery};
pub use refusal::Refusal;
pub use region::{Region, UnknownRegion};
pub use reply::{RepliesTo, sign_reply, verify_reply, verify_reply_by};
pub use request::{
    Direction, RequestParts, VerifiedRequest, body_matches, sign_request, verify_request,
};
pub use ruling::{CaseRuling, Change, MalformedRuling};
pub use visit::{MalformedVisit, PASSED_ON, Visit, VisitAnswer, visit_body_bytes_max};
