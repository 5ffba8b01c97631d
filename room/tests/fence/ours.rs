//! Frames of our own client: what is read, and what is refused (DE17); and what the room says to it.

#[cfg(target_arch = "wasm32")]
use wasm_bindgen_test::wasm_bindgen_test as test;

use room::{
    Timestamp,
    decode::{ClientFrame, Message, client_frame, limits, messages},
    glossator::{Announcement, Conditions, RefusalReason, Watermark, numbered, renew},
    wire,
};

use crate::forge::number;

fn refused(frame: &[u8]) -> &'static str {
    client_frame(frame).expect_err("the frame is refused").what
}

#[test]
fn de17_stock_messages_are_read_under_a_number_or_without_one() {
    let mut many = wire::update(b"update");
    many.extend(wire::query_awareness());
    let last = (1 << 53) - 1;
    assert_eq!(
        client_frame(&numbered(last, &many)),
        Ok(ClientFrame::Messages {
            number: Some(last),
            messages: vec![Message::Update(b"update"), Message::QueryAwareness],
        })
    );
    assert_eq!(
        client_frame(&wire::query_awareness()),
        Ok(ClientFrame::Messages {
            number: None,
            messages: vec![Message::QueryAwareness],
        })
    );
}

#[test]
fn de17_an_update_without_a_number_is_malformed() {
    for frame in [wire::update(&[0, 0]), wire::sync_step2(&[0, 0])] {
        assert_eq!(
            refused(&frame),
            "frame: it brings an update and has no number"
        );
        assert!(client_frame(&numbered(1, &frame)).is_ok());
    }
}

#[test]
fn de17_numbers_begin_at_1_and_end_below_2_to_the_53() {
    let query = wire::query_awareness();
    assert_eq!(
        refused(&numbered(0, &query)),
        "number of a frame: they begin at 1"
    );
    for too_large in [1 << 53, u64::MAX] {
        assert_eq!(refused(&numbered(too_large, &query)), "number of a frame");
    }
}

#[test]
fn de17_a_number_alone_and_one_within_another_are_malformed() {
    assert_eq!(refused(&numbered(1, &[])), "frame: it is empty");
    let inner = numbered(1, &wire::query_awareness());
    assert_eq!(refused(&numbered(2, &inner)), "kind of message");
    let mut behind = wire::query_awareness();
    behind.extend(&inner);
    assert_eq!(refused(&behind), "kind of message");
    assert_eq!(refused(&[]), "kind of message");
}

#[test]
fn de17_what_only_the_room_says_is_malformed_from_a_client() {
    for kind in [100, 101, 102, 103, 104, 105, 109, 112] {
        let mut frame = Vec::new();
        number(&mut frame, kind);
        frame.extend([0, 0, 0]);
        assert_eq!(refused(&frame), "kind of message", "{kind}");
    }
}

#[test]
fn de17_a_ticket_is_read_to_the_last_byte_and_bounded() {
    assert_eq!(
        client_frame(&renew("ticket")),
        Ok(ClientFrame::Renew { ticket: "ticket" })
    );
    let longest = "x".repeat(limits::TICKET_BYTES_MAX);
    assert!(client_frame(&renew(&longest)).is_ok());
    assert_eq!(refused(&renew(&format!("{longest}x"))), "end of a ticket");
    let mut behind = renew("ticket");
    behind.extend(wire::query_awareness());
    assert_eq!(refused(&behind), "end of a ticket");
    assert_eq!(refused(&[111, 3, b'x']), "ticket");
    assert_eq!(refused(&[111, 255, 255, 255, 255, 15]), "ticket");
    assert_eq!(refused(&[111, 1, 0xff]), "ticket");
}

#[test]
fn de17_a_fault_is_found_where_it_is() {
    let mut frame = numbered(300, &wire::query_awareness());
    let sound = frame.len();
    frame.extend([9, 9]);
    assert_eq!(
        client_frame(&frame).map_err(|fault| fault.offset),
        Err(sound)
    );
}

#[test]
fn de3_our_frames_are_malformed_from_a_stock_socket() {
    for frame in [numbered(1, &wire::query_awareness()), renew("ticket")] {
        assert!(messages(&frame).is_err());
    }
}

#[test]
fn de17_no_bytes_make_the_reader_panic_and_every_cut_is_refused() {
    let whole = numbered(70_000, &wire::sync_step2(b"some update"));
    for end in 0..whole.len() {
        assert!(client_frame(&whole[..end]).is_err(), "{end}");
    }
    for first in [110, 111] {
        for second in 0..=255 {
            for third in [0, 1, 2, 3, 127, 128, 255] {
                let _ = client_frame(&[first, second, third, third, third]);
                let _ = Announcement::read(&[first - 10, second, third, third, third]);
            }
        }
    }
}

#[test]
fn gv1_what_the_room_says_is_these_bytes_and_is_read_back() {
    let all = [
        (
            Announcement::Welcome {
                epoch: 300,
                seq: 2,
                archived: Watermark(Some(1)),
                conditions: Conditions {
                    nearly_full: true,
                    host_failing: false,
                    degraded: true,
                },
            },
            vec![100, 0xac, 2, 2, 2, 5],
        ),
        (
            Announcement::Saved {
                epoch: 1,
                number: 2,
                seq: 3,
            },
            vec![101, 1, 2, 3],
        ),
        (
            Announcement::Archived {
                epoch: 1,
                archived: Watermark(None),
            },
            vec![102, 1, 0],
        ),
        (
            Announcement::Refused {
                number: 4,
                reason: RefusalReason::NotAllowed,
                words: "é".to_owned(),
            },
            vec![103, 4, 2, 2, 0xc3, 0xa9],
        ),
        (
            Announcement::Conditions(Conditions {
                nearly_full: false,
                host_failing: true,
                degraded: false,
            }),
            vec![104, 2],
        ),
        (
            Announcement::Renewed {
                authority_until: Timestamp(128),
            },
            vec![105, 128, 1],
        ),
    ];
    for (said, bytes) in all {
        assert_eq!(said.frame(), bytes);
        assert_eq!(Announcement::read(&bytes), Ok(Some(said)));
    }
    assert_eq!(Announcement::read(&wire::empty_awareness()), Ok(None));
    assert!(Announcement::read(&[104, 2, 0]).is_err());
}
