//! What the document says to who asks for what they lack. A class that comes at once asks the same, and to encode a large
//! document costs a hundred times what it costs to say it again.

use yrs::{ClientID, StateVector};

use super::Document;
use crate::{decode, wire};

/// The answers that were given since the document last changed.
#[derive(Debug, Default)]
pub(super) struct Answers {
    /// To who has nothing.
    whole: Option<Vec<u8>>,
    /// To who has everything: what was deleted, which a state vector does not tell.
    deletions: Option<Vec<u8>>,
    /// A planted bug: they are never forgotten.
    are_kept: bool,
}

impl Answers {
    pub(super) fn forget(&mut self) {
        if !self.are_kept {
            *self = Answers::default();
        }
    }
}

impl Document {
    /// The SyncStep2 for a replica with this state vector, which holds only clients that the document knows: what it lacks
    /// (the delete set is always whole).
    pub(crate) fn answer(&mut self, theirs: &decode::StateVector) -> Vec<u8> {
        let has_all = theirs == self.known.state_vector();
        let given = match (theirs.is_empty(), has_all) {
            (true, _) => &self.answers.whole,
            (false, true) => &self.answers.deletions,
            (false, false) => &None,
        };
        if let Some(given) = given {
            return given.clone();
        }
        let state_vector: StateVector = theirs
            .iter()
            .map(|(client, clock)| (ClientID::new(*client), *clock))
            .collect();
        let answer = wire::sync_step2(&self.encode_diff(&state_vector));
        if theirs.is_empty() {
            self.answers.whole = Some(answer.clone());
        } else if has_all {
            self.answers.deletions = Some(answer.clone());
        }
        answer
    }

    /// Plants a bug: what was answered once is answered again whatever has changed.
    pub(crate) fn keep_answers(&mut self) {
        self.answers.are_kept = true;
    }
}
