//! What refusing costs: wasm memory never shrinks, so a refused frame must not make it grow (SPEC section "decoding").
//! A test binary of its own, since a test that used much memory before would hide growth.
#![cfg(target_arch = "wasm32")]

use room::{
    decode::{Message, messages},
    known::{AdmitBounds, Known},
};
use wasm_bindgen_test::wasm_bindgen_test;

const PAGE: usize = 64 * 1024;
const FRAME: usize = 16 * 1024 * 1024;

#[wasm_bindgen_test]
fn de16_a_thousand_refused_frames_take_no_more_memory_than_one() {
    let frames: Vec<(&str, usize, Vec<u8>)> = vec![
        (
            "awareness of four million entries that are not there",
            1_000,
            vec![1, 4, 0x80, 0x92, 0xf4, 0x01],
        ),
        (
            "a state vector of four million entries that are not there",
            1_000,
            vec![0, 0, 4, 0x80, 0x92, 0xf4, 0x01],
        ),
        (
            "ten million clients that are not there",
            1_000,
            sync(&[0x80, 0xad, 0xe2, 0x04]),
        ),
        (
            "ten million structs that are not there",
            1_000,
            sync(&[1, 0x80, 0xad, 0xe2, 0x04, 1, 0, 0, 1]),
        ),
        ("arrays nested 20,000 deep", 1_000, sync(&nested(20_000))),
        (
            "16 MiB of tombstones",
            2,
            sync(
                &[
                    &[1, 0xf0, 0xff, 0xff, 0x03, 1, 0][..],
                    &[0, 1].repeat(FRAME / 2),
                ]
                .concat(),
            ),
        ),
        (
            "16 MiB of clients",
            2,
            sync(
                &[
                    &[0x80, 0x80, 0xc8, 0x01][..],
                    &[1, 9, 0, 0, 1].repeat(FRAME / 5),
                ]
                .concat(),
            ),
        ),
        ("16 MiB of nulls", 2, sync(&values(FRAME))),
        ("16 MiB of deleted ranges", 2, sync(&deletes(FRAME))),
        (
            "16 MiB of presence",
            2,
            with_length(
                &[1],
                &[
                    &[0x80, 0x80, 0xff, 1][..],
                    &[1, 1, 1, b'0'].repeat(FRAME / 4),
                ]
                .concat(),
            ),
        ),
        (
            "16 MiB of a state vector",
            2,
            with_length(
                &[0, 0],
                &[&[0x80, 0x80, 0x80, 0x04][..], &[1, 1].repeat(FRAME / 2)].concat(),
            ),
        ),
    ];
    for (name, times, frame) in &frames {
        let before = core::arch::wasm32::memory_size(0);
        refuse(name, frame);
        let after_one = core::arch::wasm32::memory_size(0);
        for _ in 1..*times {
            refuse(name, frame);
        }
        let after_all = core::arch::wasm32::memory_size(0);
        assert_eq!(
            after_all, after_one,
            "{name}: more frames take no more memory than one"
        );
        assert!(
            after_one - before <= 1,
            "{name}: one takes {} KiB",
            (after_one - before) * PAGE / 1024
        );
    }
}

fn refuse(name: &str, frame: &[u8]) {
    let Ok(messages) = messages(frame) else {
        return;
    };
    for message in messages {
        let (Message::SyncStep2(update) | Message::Update(update)) = message else {
            panic!("{name} is let through")
        };
        assert!(
            Known::new()
                .admit(update, &AdmitBounds::of_peer(60_000))
                .is_err(),
            "{name} is let through"
        );
    }
}

/// A frame of one update.
fn sync(update: &[u8]) -> Vec<u8> {
    with_length(&[0, 2], update)
}

fn with_length(head: &[u8], payload: &[u8]) -> Vec<u8> {
    let mut frame = head.to_vec();
    number(&mut frame, payload.len());
    frame.extend_from_slice(payload);
    frame
}

/// One item of a single value: arrays within arrays.
fn nested(depth: usize) -> Vec<u8> {
    let mut update = vec![1, 1, 1, 0, 8, 1, 1, b't', 1];
    update.extend([117, 1].repeat(depth));
    update.extend([126, 0]);
    update
}

/// One item of very many values.
fn values(count: usize) -> Vec<u8> {
    let mut update = vec![1, 1, 1, 0, 8, 1, 1, b't'];
    number(&mut update, count);
    update.resize(update.len() + count, 126);
    update.push(0);
    update
}

/// A delete set of ranges that overlap.
fn deletes(bytes: usize) -> Vec<u8> {
    let mut update = vec![0, 1, 1];
    number(&mut update, bytes / 2);
    update.extend([3, 2].repeat(bytes / 2));
    update
}

fn number(out: &mut Vec<u8>, mut value: usize) {
    while value >= 0x80 {
        out.push(value as u8 | 0x80);
        value >>= 7;
    }
    out.push(value as u8);
}
