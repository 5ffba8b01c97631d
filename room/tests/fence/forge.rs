//! Writes updates that are well-formed, in terms of ids that mostly exist.

use room::decode::StateVector;

use crate::support::Random;

const CLIENTS: u32 = 4;

/// An update of a few structs and deletes of a few clients, next to what `state` already has.
pub fn update(random: &mut Random, state: &StateVector) -> Vec<u8> {
    let mut out = Vec::new();
    let mut clients: Vec<u64> = (1..=u64::from(CLIENTS))
        .filter(|_| random.chance(40))
        .collect();
    if random.chance(50) {
        clients.reverse();
    }
    number(&mut out, clients.len() as u64);
    for &client in &clients {
        let known = state.get(&client).copied().unwrap_or(0);
        let start = match random.below(10) {
            0..6 => known,
            6..9 => known.saturating_sub(random.below(4)),
            _ => known + 1,
        };
        let structs = 1 + random.below(5);
        number(&mut out, u64::from(structs));
        number(&mut out, client);
        number(&mut out, u64::from(start));
        for _ in 0..structs {
            push_struct(&mut out, random, state);
        }
    }
    let deletes = random.below(3);
    number(&mut out, u64::from(deletes));
    for client in 1..=u64::from(deletes) {
        number(&mut out, client);
        let ranges = random.below(3);
        number(&mut out, u64::from(ranges));
        for _ in 0..ranges {
            let end = state.get(&client).copied().unwrap_or(0) + 2;
            number(&mut out, u64::from(random.below(end)));
            number(&mut out, u64::from(random.below(5)));
        }
    }
    out
}

fn push_struct(out: &mut Vec<u8>, random: &mut Random, state: &StateVector) {
    let kind = [0, 1, 3, 4, 4, 4, 5, 6, 7, 7, 8, 8, 10][random.below(13) as usize];
    if kind == 0 || kind == 10 {
        out.push(kind);
        number(out, u64::from(1 + random.below(3)));
        return;
    }
    let has_left = random.chance(45);
    let has_right = random.chance(25);
    let has_key = random.chance(40);
    out.push(kind | u8::from(has_left) << 7 | u8::from(has_right) << 6 | u8::from(has_key) << 5);
    if has_left {
        push_id(out, random, state);
    }
    if has_right {
        push_id(out, random, state);
    }
    if !has_left && !has_right {
        if random.chance(50) {
            number(out, 1);
            text(out, ["r", "s"][random.below(2) as usize]);
        } else {
            number(out, 0);
            push_id(out, random, state);
        }
        if has_key {
            text(out, ["k", "l"][random.below(2) as usize]);
        }
    }
    push_content(out, random, kind);
}

fn push_content(out: &mut Vec<u8>, random: &mut Random, kind: u8) {
    match kind {
        1 => number(out, u64::from(1 + random.below(3))),
        3 => text(out, "bin"),
        4 => text(out, ["a", "xyz", "😀b", "äö"][random.below(4) as usize]),
        5 => text(
            out,
            ["{\"a\":[1,2.5]}", "null", "\"e\""][random.below(3) as usize],
        ),
        6 => {
            text(out, ["b", "i"][random.below(2) as usize]);
            text(out, ["true", "null"][random.below(2) as usize]);
        }
        7 => {
            let shared = [0, 1, 2, 3, 4, 6][random.below(6) as usize];
            out.push(shared);
            if shared == 3 {
                text(out, "p");
            }
        }
        _ => {
            let values = 1 + random.below(3);
            number(out, u64::from(values));
            for _ in 0..values {
                match random.below(3) {
                    0 => out.push(126),
                    1 => out.extend([125, 7]),
                    _ => out.extend([118, 1, 1, b'k', 117, 2, 120, 127]),
                }
            }
        }
    }
}

fn push_id(out: &mut Vec<u8>, random: &mut Random, state: &StateVector) {
    let client = 1 + u64::from(random.below(CLIENTS));
    let reach = state.get(&client).copied().unwrap_or(0) + 2;
    number(out, client);
    // Mostly something recent, so that structures grow.
    let back = if random.chance(60) {
        random.below(reach.min(6))
    } else {
        random.below(reach)
    };
    number(out, u64::from(reach - 1 - back));
}

fn text(out: &mut Vec<u8>, text: &str) {
    number(out, text.len() as u64);
    out.extend_from_slice(text.as_bytes());
}

pub fn number(out: &mut Vec<u8>, mut value: u64) {
    while value >= 0x80 {
        out.push(value as u8 | 0x80);
        value >>= 7;
    }
    out.push(value as u8);
}
