//! Frames, and the updates in them: reading never panics, never takes memory for what is only claimed, and what is
//! let through of an empty document can be integrated.
#![no_main]

use fuzz::Fenced;
use libfuzzer_sys::fuzz_target;
use room::{
    decode::{ClientFrame, Message, client_frame, messages, struct_count},
    glossator::{Announcement, numbered, renew},
    wire,
};

fuzz_target!(|frame: &[u8]| {
    let mut room = Fenced::default();
    // A frame's bytes as an update, too: most mutants of a frame are refused before their update is looked at.
    let _ = struct_count(frame);
    room.feed(frame);
    check_ours(frame);
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

/// Frames of our own client hold what stock frames hold, and what the room says is read back as it is written.
fn check_ours(frame: &[u8]) {
    match client_frame(frame) {
        Ok(ClientFrame::Messages {
            number: Some(number),
            messages: read,
        }) => {
            let header = numbered(number, &[]).len();
            // A number may be written longer than it need be; then its messages begin elsewhere.
            if frame.starts_with(&numbered(number, &[])) {
                assert_eq!(messages(&frame[header..]), Ok(read));
            }
        }
        Ok(ClientFrame::Messages {
            number: None,
            messages: read,
        }) => assert_eq!(messages(frame), Ok(read)),
        Ok(ClientFrame::Renew { ticket }) => {
            assert_eq!(
                client_frame(&renew(ticket)),
                Ok(ClientFrame::Renew { ticket })
            );
        }
        Err(_) => {}
    }
    if let Ok(Some(said)) = Announcement::read(frame) {
        let written = said.frame();
        let again = Announcement::read(&written).expect("what is written is sound");
        assert_eq!(again.map(|again| again.frame()), Some(written));
    }
}
