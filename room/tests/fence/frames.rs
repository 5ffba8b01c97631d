//! Frames: what is read, and what is refused.

#[cfg(target_arch = "wasm32")]
use wasm_bindgen_test::wasm_bindgen_test as test;

use room::{
    decode::{Message, PresenceEntry, StateVector, limits, messages},
    wire,
};
use yrs::{
    ClientID,
    sync::{
        AwarenessUpdate, Message as TheirMessage, SyncMessage, awareness::AwarenessUpdateEntry,
    },
    updates::{decoder::Decode, encoder::Encode},
};

use crate::forge::number;

fn refused(frame: &[u8]) -> &'static str {
    messages(frame).expect_err("the frame is refused").what
}

/// A frame of one awareness message.
fn presence(payload: &[u8]) -> Vec<u8> {
    let mut frame = vec![1];
    number(&mut frame, payload.len() as u64);
    frame.extend_from_slice(payload);
    frame
}

fn presence_of(state: &str) -> Vec<u8> {
    wire::awareness(&[PresenceEntry {
        client: 7,
        clock: 1,
        state: Some(state),
    }])
}

#[test]
fn de1_every_kind_of_message_is_read_back_as_written() {
    let state = StateVector::from([(7, 3), ((1 << 53) - 1, u32::MAX)]);
    let entries = vec![
        PresenceEntry {
            client: 7,
            clock: 4,
            state: Some("{\"user\":\"é\"}"),
        },
        PresenceEntry {
            client: 9,
            clock: 0,
            state: None,
        },
    ];
    let mut frame = wire::sync_step1(&state);
    frame.extend(wire::sync_step2(&[0, 0]));
    frame.extend(wire::update(b"update"));
    frame.extend(wire::awareness(&entries));
    frame.extend(wire::query_awareness());
    frame.extend(wire::empty_awareness());
    frame.extend([2, 0, 2, b'n', b'o']);
    let expected = vec![
        Message::SyncStep1(state),
        Message::SyncStep2(&[0, 0]),
        Message::Update(b"update"),
        Message::Awareness(entries),
        Message::QueryAwareness,
        Message::Awareness(vec![]),
        Message::Auth,
    ];
    assert_eq!(messages(&frame), Ok(expected));
}

#[test]
fn de1_our_frames_are_those_of_the_reference_implementation() {
    let state = StateVector::from([(300, 3)]);
    let theirs: yrs::StateVector = [(ClientID::new(300), 3)].into_iter().collect();
    assert_eq!(
        wire::sync_step1(&state),
        TheirMessage::Sync(SyncMessage::SyncStep1(theirs)).encode_v1()
    );
    let update = vec![7; 200];
    assert_eq!(
        wire::sync_step2(&update),
        TheirMessage::Sync(SyncMessage::SyncStep2(update.clone())).encode_v1()
    );
    assert_eq!(
        wire::update(&update),
        TheirMessage::Sync(SyncMessage::Update(update.clone())).encode_v1()
    );
    assert_eq!(
        wire::query_awareness(),
        TheirMessage::AwarenessQuery.encode_v1()
    );
    let entry = AwarenessUpdateEntry {
        clock: 129,
        json: "{\"a\":1}".into(),
    };
    let theirs = AwarenessUpdate {
        clients: [(ClientID::new(8_000), entry)].into_iter().collect(),
    };
    let ours = wire::awareness(&[PresenceEntry {
        client: 8_000,
        clock: 129,
        state: Some("{\"a\":1}"),
    }]);
    assert_eq!(ours, TheirMessage::Awareness(theirs).encode_v1());
    assert!(TheirMessage::decode_v1(&wire::empty_awareness()).is_ok());
}

#[test]
fn de2_a_frame_is_read_to_its_last_byte_or_not_at_all() {
    let mut frame = wire::sync_step1(&StateVector::from([(7, 3)]));
    frame.extend(wire::awareness(&[PresenceEntry {
        client: 7,
        clock: 4,
        state: Some("{}"),
    }]));
    frame.extend(wire::update(&[0, 0]));
    assert_eq!(messages(&frame).unwrap().len(), 3);
    let whole = [
        wire::sync_step1(&StateVector::from([(7, 3)])).len(),
        frame.len() - wire::update(&[0, 0]).len(),
    ];
    for cut in 0..frame.len() {
        assert_eq!(
            messages(&frame[..cut]).is_ok(),
            whole.contains(&cut),
            "cut at {cut}"
        );
    }
    assert_eq!(refused(&[]), "frame: it is empty");
}

#[test]
fn de2_a_payload_is_read_to_its_last_byte_or_not_at_all() {
    assert_eq!(refused(&[0, 0, 2, 0, 0]), "end of a state vector");
    assert_eq!(refused(&[1, 2, 0, 0]), "end of an awareness message");
}

#[test]
fn de3_kinds_that_stock_clients_do_not_know_are_refused() {
    for kind in [4, 5, 100, 127] {
        assert_eq!(refused(&[kind, 0]), "kind of message");
        assert_eq!(refused(&[0, kind, 0]), "kind of sync message");
    }
}

#[test]
fn de4_a_frame_holds_64_messages_at_most() {
    assert_eq!(messages(&[3; limits::MESSAGES_MAX]).unwrap().len(), 64);
    assert_eq!(
        refused(&[3; limits::MESSAGES_MAX + 1]),
        "frame: it holds too many messages"
    );
}

#[test]
fn de5_counts_beyond_the_bytes_that_are_left_are_refused() {
    // A 6-byte awareness frame that claims four million entries, and a 7-byte SyncStep1.
    assert_eq!(
        refused(&[1, 4, 0x80, 0x92, 0xf4, 0x01]),
        "presence entry count"
    );
    assert_eq!(
        refused(&[0, 0, 4, 0x80, 0x92, 0xf4, 0x01]),
        "state vector entry count"
    );
}

#[test]
fn de5_many_small_entries_are_bounded_in_number() {
    let mut payload = Vec::new();
    number(&mut payload, limits::PRESENCE_ENTRIES_MAX as u64 + 1);
    for _ in 0..=limits::PRESENCE_ENTRIES_MAX {
        payload.extend([1, 1, 1, b'0']);
    }
    assert_eq!(refused(&presence(&payload)), "presence: too many entries");
    let mut payload = Vec::new();
    number(&mut payload, limits::STATE_ENTRIES_MAX as u64 + 1);
    payload.resize(payload.len() + 2 * (limits::STATE_ENTRIES_MAX + 1), 1);
    let mut frame = vec![0, 0];
    number(&mut frame, payload.len() as u64);
    frame.extend(payload);
    assert_eq!(refused(&frame), "state vector: too many entries");
}

#[test]
fn de5_a_full_room_echoed_by_a_stock_client_is_read() {
    let state = format!("{{\"name\":\"{}\"}}", "x".repeat(4_000));
    let entries: Vec<_> = (0..1_000)
        .map(|client| PresenceEntry {
            client,
            clock: 9,
            state: Some(&state),
        })
        .collect();
    assert_eq!(
        messages(&wire::awareness(&entries)),
        Ok(vec![Message::Awareness(entries)])
    );
}

#[test]
fn de6_numbers_beyond_their_range_are_refused() {
    // Client id 2^53, a clock of 2^32, and numbers that never end.
    assert_eq!(
        refused(&[
            0, 0, 10, 1, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x10, 1
        ]),
        "client id of a state vector"
    );
    assert_eq!(
        refused(&[0, 0, 7, 1, 1, 0x80, 0x80, 0x80, 0x80, 0x10]),
        "clock of a state vector"
    );
    assert_eq!(
        refused(&[0, 0, 7, 1, 1, 0x80, 0x80, 0x80, 0x80, 0x80]),
        "clock of a state vector"
    );
    assert_eq!(refused(&[0xff; 20]), "kind of message");
}

#[test]
fn de6_a_length_near_4_gib_is_refused_on_32_bits_too() {
    for head in [&[0u8, 1][..], &[0, 2], &[1], &[2, 0]] {
        let mut frame = head.to_vec();
        frame.extend([0xff, 0xff, 0xff, 0xff, 0x0f, 1, 2, 3]);
        assert!(messages(&frame).is_err(), "{frame:?}");
    }
}

#[test]
fn de7_presence_is_json_nested_64_deep_at_most() {
    let nested = |depth: usize| format!("{}{}", "[".repeat(depth), "]".repeat(depth));
    assert!(messages(&presence_of(&nested(64))).is_ok());
    assert_eq!(
        refused(&presence_of(&nested(65))),
        "content: it is nested too deeply"
    );
    assert_eq!(
        refused(&presence_of(&"[".repeat(1_000_000))),
        "content: it is nested too deeply"
    );
    for state in ["{", "undefined", "{\"a\":}", "{} {}", "\"\u{1}\""] {
        assert_eq!(refused(&presence_of(state)), "JSON", "{state}");
    }
    // A bracket in a string is no nesting, and half a surrogate pair is what `JSON.stringify` makes of a cut name.
    let text = format!("{{\"name\":\"{}\\\"\\ud83d\"}}", "[".repeat(100));
    assert!(messages(&presence_of(&text)).is_ok());
    assert_eq!(
        refused(&presence(&[1, 1, 1, 2, 0xff, 0xfe])),
        "state of a presence entry"
    );
}

#[test]
fn de7_a_null_state_is_a_departure() {
    for state in ["null", " null "] {
        let frame = presence_of(state);
        let Message::Awareness(entries) = &messages(&frame).unwrap()[0] else {
            panic!("awareness")
        };
        assert_eq!(entries[0].state, None);
    }
}
