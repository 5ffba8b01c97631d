//! Why an update is not allowed, in words for people.

use annotation::{Deed, Part, Role, Thing, Unsound};

use crate::known::Refusal;

/// What is wrong with an update. Holds no content of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Violation {
    /// Somebody who may only read has written.
    #[error("you may read here, not write")]
    ReadOnly,
    /// It holds structs under a client id that is reserved for somebody else.
    #[error("client id {client} belongs to somebody else")]
    ForeignClient {
        /// The client id.
        client: u64,
    },
    /// The table of roles does not have it.
    #[error("with the role \"{role}\" you may not {}", deed_words(*deed, *thing))]
    NotAllowed {
        /// The writer's role.
        role: Role,
        /// What they did.
        deed: Deed,
        /// To what.
        thing: Thing,
    },
    /// It writes or deletes where this role may not, and where there is no thing.
    #[error("your role does not let you write here")]
    Elsewhere,
    /// A new thing says that it is somebody else's, or nobody's.
    #[error("a {thing} has to carry your own author_id, for ever")]
    ForeignAuthor {
        /// What was made.
        thing: Thing,
    },
    /// A new thing was made in the future, or at no time.
    #[error("the created_at of a {thing} is no moment up to now: is your clock right?")]
    NoPastMoment {
        /// What was made.
        thing: Thing,
    },
    /// Something on a board is not of the form that it has to be.
    #[error("this {thing} {unsound}")]
    Unsound {
        /// What was written.
        thing: Thing,
        /// What is wrong with it.
        unsound: Unsound,
    },
    /// A board has as many of these as it may have.
    #[error("a board takes {count_max} of these, no further {thing}")]
    Crowded {
        /// What was made.
        thing: Thing,
        /// How many there may be.
        count_max: u32,
    },
    /// It was not let through by the index that it is judged with.
    #[error(transparent)]
    NotAdmitted(#[from] Refusal),
}

fn deed_words(deed: Deed, thing: Thing) -> String {
    match deed {
        Deed::Add => format!("add a {thing}"),
        Deed::Delete => format!("delete this {thing}"),
        Deed::Write(Part::AuthorId) => format!("say whose this {thing} is"),
        Deed::Write(
            Part::Whole
            | Part::CreatedAt
            | Part::Resolution
            | Part::Arrangement
            | Part::Form(_)
            | Part::Content,
        ) => format!("change this {thing}"),
    }
}
