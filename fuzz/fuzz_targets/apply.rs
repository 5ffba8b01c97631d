//! A session: updates one after the other, each after its length in two bytes. Whatever of them is let through, the
//! document stays sound and the index agrees with it.
#![no_main]

use fuzz::Fenced;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|session: &[u8]| {
    let mut room = Fenced::default();
    let mut rest = session;
    while let [low, high, tail @ ..] = rest {
        let len = usize::from(u16::from_le_bytes([*low, *high])).min(tail.len());
        let (update, tail) = tail.split_at(len);
        room.feed(update);
        rest = tail;
    }
    room.check_round_trip();
});
