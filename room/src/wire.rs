//! Writing frames of the y-websocket protocol.

use crate::{
    decode::{PresenceEntry, StateVector},
    effect::Frame,
};

/// "This is what I have."
pub fn sync_step1(state: &StateVector) -> Vec<u8> {
    let mut payload = Vec::with_capacity(5 + state.len() * 8);
    write_number(&mut payload, state.len() as u64);
    for (&client, &clock) in state {
        write_number(&mut payload, client);
        write_number(&mut payload, u64::from(clock));
    }
    sync(0, &payload)
}

/// What a SyncStep1 asked for: an update.
pub fn sync_step2(update: &[u8]) -> Vec<u8> {
    sync(1, update)
}

/// The same, to be sent again and again. It is written where it stays: an update can be a large document, and a copy that is
/// dropped remains part of a memory that never shrinks.
pub(crate) fn shared_sync_step2(update: &[u8]) -> Frame {
    let mut head = Vec::new();
    write_sync_head(&mut head, 1, update.len());
    head.iter().chain(update).copied().collect()
}

/// A change as it happens.
pub fn update(update: &[u8]) -> Vec<u8> {
    sync(2, update)
}

/// Who is where; an entry without a state says that its client has gone.
pub fn awareness(entries: &[PresenceEntry<'_>]) -> Vec<u8> {
    let mut payload = Vec::new();
    write_number(&mut payload, entries.len() as u64);
    for entry in entries {
        write_number(&mut payload, entry.client);
        write_number(&mut payload, u64::from(entry.clock));
        write_buffer(&mut payload, entry.state.unwrap_or("null").as_bytes());
    }
    let mut frame = Vec::with_capacity(payload.len() + 6);
    frame.push(1);
    write_buffer(&mut frame, &payload);
    frame
}

/// An awareness message about nobody: what keeps a stock client's connection from looking dead.
pub fn empty_awareness() -> Vec<u8> {
    awareness(&[])
}

/// "Tell me who is where."
pub fn query_awareness() -> Vec<u8> {
    vec![3]
}

fn sync(kind: u8, payload: &[u8]) -> Vec<u8> {
    let mut frame = Vec::with_capacity(payload.len() + 7);
    write_sync_head(&mut frame, kind, payload.len());
    frame.extend_from_slice(payload);
    frame
}

fn write_sync_head(out: &mut Vec<u8>, kind: u8, payload_bytes: usize) {
    out.extend_from_slice(&[0, kind]);
    write_number(out, payload_bytes as u64);
}

pub(crate) fn write_buffer(out: &mut Vec<u8>, bytes: &[u8]) {
    write_number(out, bytes.len() as u64);
    out.extend_from_slice(bytes);
}

/// lib0's variable-length number: seven bits a byte, the lowest first.
pub(crate) fn write_number(out: &mut Vec<u8>, mut value: u64) {
    while value >= 0x80 {
        out.push((value as u8 & 0x7f) | 0x80);
        value >>= 7;
    }
    out.push(value as u8);
}
