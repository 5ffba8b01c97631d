//! Writing frames of the y-websocket protocol.

use crate::decode::{PresenceEntry, StateVector};

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
    frame.extend_from_slice(&[0, kind]);
    write_buffer(&mut frame, payload);
    frame
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
