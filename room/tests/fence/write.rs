//! Writes exact updates, byte by byte.

use crate::forge::number;

/// An update of these runs `(client, first clock, structs)` and these deletes `(client, clock, length)`.
pub fn update(runs: &[(u64, u32, Vec<Vec<u8>>)], deletes: &[(u64, u32, u32)]) -> Vec<u8> {
    let mut out = Vec::new();
    number(&mut out, runs.len() as u64);
    for (client, clock, structs) in runs {
        number(&mut out, structs.len() as u64);
        number(&mut out, *client);
        number(&mut out, u64::from(*clock));
        out.extend(structs.concat());
    }
    number(&mut out, deletes.len() as u64);
    for (client, clock, len) in deletes {
        number(&mut out, *client);
        number(&mut out, 1);
        number(&mut out, u64::from(*clock));
        number(&mut out, u64::from(*len));
    }
    out
}

/// One struct of client 1 at clock 0.
pub fn single(item: Vec<u8>) -> Vec<u8> {
    update(&[(1, 0, vec![item])], &[])
}

pub fn gc(len: u32) -> Vec<u8> {
    let mut out = vec![0];
    number(&mut out, u64::from(len));
    out
}

pub fn skip(len: u32) -> Vec<u8> {
    let mut out = vec![10];
    number(&mut out, u64::from(len));
    out
}

/// An item at the start of the root type `t`, with its content as bytes.
pub fn in_root(kind: u8, content: &[u8]) -> Vec<u8> {
    let mut out = vec![kind, 1, 1, b't'];
    out.extend_from_slice(content);
    out
}

/// An item in the shared type that the item at `(client, clock)` holds.
pub fn in_type(parent: (u64, u32), kind: u8, content: &[u8]) -> Vec<u8> {
    let mut out = vec![kind, 0];
    push_id(&mut out, parent);
    out.extend_from_slice(content);
    out
}

/// The entry `key` of the root type `t`.
pub fn entry(key: &str, kind: u8, content: &[u8]) -> Vec<u8> {
    let mut out = vec![kind | 0x20, 1, 1, b't'];
    push_text(&mut out, key);
    out.extend_from_slice(content);
    out
}

/// An item right of `left` and left of `right`, as its author saw it.
pub fn between(
    left: Option<(u64, u32)>,
    right: Option<(u64, u32)>,
    kind: u8,
    content: &[u8],
) -> Vec<u8> {
    let mut out = vec![kind | u8::from(left.is_some()) << 7 | u8::from(right.is_some()) << 6];
    for id in [left, right].into_iter().flatten() {
        push_id(&mut out, id);
    }
    out.extend_from_slice(content);
    out
}

/// Text content.
pub fn text(text: &str) -> Vec<u8> {
    let mut out = Vec::new();
    push_text(&mut out, text);
    out
}

pub fn push_text(out: &mut Vec<u8>, text: &str) {
    number(out, text.len() as u64);
    out.extend_from_slice(text.as_bytes());
}

fn push_id(out: &mut Vec<u8>, (client, clock): (u64, u32)) {
    number(out, client);
    number(out, u64::from(clock));
}
