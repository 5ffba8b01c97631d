//! What can be told of a room from what it orders: which of its shorter ways it took.

use std::rc::Rc;

use room::{
    Effect, Frame, Room,
    decode::{self, Message},
};

/// What is known of one life in memory.
#[derive(Default)]
pub(crate) struct Noted {
    /// What somebody who lacked something was answered last.
    answer: Option<Frame>,
}

impl Noted {
    /// What has happened, by the names that it is counted under.
    pub(crate) fn of(
        &mut self,
        room: &Room,
        is_tick: bool,
        effects: &[Effect],
    ) -> Vec<&'static str> {
        let mut happened = Vec::new();
        let is_append = |effect: &Effect| matches!(effect, Effect::AppendToJournal { .. });
        if is_tick && effects.iter().any(is_append) {
            happened.push("edits appended by a tick");
        }
        for answer in effects.iter().filter_map(answer_of) {
            // A part of the document can only be told once it is built.
            if !room.is_document_built() {
                happened.push("whole answers from stored bytes");
            }
            if !room.is_document_read() {
                happened.push("whole answers by a summary");
            }
            // As long as it is held here, no other one can be where it is.
            let before = self.answer.replace(Rc::clone(answer));
            if before.is_some_and(|before| Rc::ptr_eq(&before, answer)) {
                happened.push("whole answers said again");
            }
        }
        happened
    }
}

/// An answer that says something which was written, and not only what was deleted.
fn answer_of(effect: &Effect) -> Option<&Frame> {
    let Effect::Send { frame, .. } = effect else {
        return None;
    };
    let messages = decode::messages(frame).ok()?;
    let says_structs = messages.iter().any(|message| {
        matches!(message, Message::SyncStep2(update) if decode::struct_count(update).is_ok_and(|count| count > 0))
    });
    says_structs.then_some(frame)
}
