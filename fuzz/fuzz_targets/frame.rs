//! Frames, and the updates in them: reading never panics, never takes memory for what is only claimed, and what is
//! let through of an empty document can be integrated.
#![no_main]

use fuzz::Fenced;
use libfuzzer_sys::fuzz_target;
use room::{
    decode::{Message, messages, struct_count},
    wire,
};

fuzz_target!(|frame: &[u8]| {
    let mut room = Fenced::default();
    // A frame's bytes as an update, too: most mutants of a frame are refused before their update is looked at.
    let _ = struct_count(frame);
    room.feed(frame);
    let Ok(read) = messages(frame) else { return };
    for message in &read {
        let written = match message {
            Message::SyncStep1(state) => wire::sync_step1(state),
            Message::SyncStep2(update) => wire::sync_step2(update),
            Message::Update(update) => wire::update(update),
            Message::Awareness(entries) => wire::awareness(entries),
            Message::QueryAwareness => wire::query_awareness(),
            Message::Auth => continue,
        };
        assert_eq!(
            messages(&written).as_ref(),
            Ok(&vec![message.clone()]),
            "what is written is read back"
        );
        if let Message::SyncStep2(update) | Message::Update(update) = message {
            let _ = struct_count(update);
            room.feed(update);
        }
    }
    room.check_round_trip();
});
