//! Updates that no client writes: structs wherever ids allow it, under anybody's client id, with deletions of anything.

use std::collections::BTreeMap;

use crate::{
    dice::Dice,
    edits::{Authors, FIELDS, USERS},
    reading::{Clock, Reading},
};

/// What there is to aim at.
pub struct Target<'a> {
    pub reading: &'a Reading,
    pub authors: &'a Authors,
    /// The clock that each client has reached.
    pub clocks: &'a BTreeMap<u64, u32>,
}

/// An update of some structs of `client` and some deletions.
pub fn forge(dice: &mut Dice, client: u64, target: &Target<'_>) -> Vec<u8> {
    let start = target.clocks.get(&client).copied().unwrap_or(0);
    let structs = dice.below(5);
    let mut out = Vec::new();
    number(&mut out, u64::from(structs > 0));
    if structs > 0 {
        number(&mut out, structs as u64);
        number(&mut out, client);
        number(&mut out, u64::from(start));
    }
    let mut made = Vec::new();
    for index in 0..structs {
        push_struct(&mut out, dice, &made, target);
        made.push((client, start + index as u32));
    }
    push_deletes(&mut out, dice, target);
    out
}

/// An update of one character of `client`, its first, between two others.
pub fn forge_between(client: u64, left: Clock, right: Clock) -> Vec<u8> {
    let mut out = vec![1, 1];
    number(&mut out, client);
    out.extend([0, 4 | 0x80 | 0x40]);
    push_id(&mut out, left);
    push_id(&mut out, right);
    text(&mut out, "x");
    out.push(0);
    out
}

/// An update that deletes the format marks of a document, or some of them.
pub fn forge_cleanup(dice: &mut Dice, reading: &Reading) -> Vec<u8> {
    let is_mark = |(_, unit): &(&Clock, &crate::reading::Unit)| unit.is_format && !unit.is_deleted;
    let marks = reading.units.iter().filter(is_mark).map(|(&id, _)| id);
    let some: Vec<Clock> = marks.filter(|_| dice.chance(60)).collect();
    let mut out = vec![0];
    push_ranges(&mut out, &some);
    out
}

fn push_deletes(out: &mut Vec<u8>, dice: &mut Dice, target: &Target<'_>) {
    let mut some = Vec::new();
    for _ in 0..dice.below(3) {
        some.extend(any_id(dice, &[], target));
    }
    some.sort_unstable();
    some.dedup();
    push_ranges(out, &some);
}

fn push_ranges(out: &mut Vec<u8>, ids: &[Clock]) {
    number(out, ids.len() as u64);
    for &(client, clock) in ids {
        for value in [client, 1, u64::from(clock), 1] {
            number(out, value);
        }
    }
}

fn push_struct(out: &mut Vec<u8>, dice: &mut Dice, made: &[Clock], target: &Target<'_>) {
    let kind = dice.one_of(&[0, 1, 4, 6, 7, 7, 8, 8, 8, 8]);
    if kind == 0 {
        out.extend([0, 1]);
        return;
    }
    let left = dice
        .chance(40)
        .then(|| any_id(dice, made, target))
        .flatten();
    let right = dice
        .chance(20)
        .then(|| any_id(dice, made, target))
        .flatten();
    let has_key = dice.chance(80);
    out.push(
        kind | u8::from(left.is_some()) << 7
            | u8::from(right.is_some()) << 6
            | u8::from(has_key) << 5,
    );
    for id in [left, right].into_iter().flatten() {
        push_id(out, id);
    }
    if left.is_none() && right.is_none() {
        push_parent(out, dice, has_key, made, target);
    }
    push_content(out, dice, kind);
}

fn push_parent(
    out: &mut Vec<u8>,
    dice: &mut Dice,
    has_key: bool,
    made: &[Clock],
    target: &Target<'_>,
) {
    let parent = dice
        .chance(60)
        .then(|| any_id(dice, made, target))
        .flatten();
    if let Some(parent) = parent {
        number(out, 0);
        push_id(out, parent);
        if has_key {
            text(out, dice.one_of(&FIELDS));
        }
        return;
    }
    number(out, 1);
    text(
        out,
        dice.one_of(&[
            "highlights",
            "comments",
            "tags",
            "stickies",
            "strokes",
            "notes",
            "list",
        ]),
    );
    if has_key {
        let keys: Vec<_> = target.authors.keys().map(|(_, key)| key.clone()).collect();
        text(out, &dice.pick(&keys).unwrap_or_default());
    }
}

fn push_content(out: &mut Vec<u8>, dice: &mut Dice, kind: u8) {
    match kind {
        1 => number(out, 1),
        4 => text(out, "x"),
        6 => {
            text(out, "b");
            text(out, "true");
        }
        7 => out.push(dice.one_of(&[0, 1, 1, 1, 2])),
        _ => {
            out.push(1);
            match dice.below(4) {
                0 => out.push(126),
                1 => out.extend([125, 7]),
                2 => {
                    out.push(119);
                    text(out, dice.one_of(&USERS));
                }
                _ => {
                    out.extend([118, 1]);
                    text(out, "author_id");
                    out.push(119);
                    text(out, dice.one_of(&USERS));
                }
            }
        }
    }
}

fn any_id(dice: &mut Dice, made: &[Clock], target: &Target<'_>) -> Option<Clock> {
    if dice.chance(40) && !made.is_empty() {
        return dice.pick(made);
    }
    let len = target.reading.units.len();
    let index = dice.below(len.max(1));
    target.reading.units.keys().nth(index).copied()
}

fn push_id(out: &mut Vec<u8>, (client, clock): Clock) {
    number(out, client);
    number(out, u64::from(clock));
}

fn text(out: &mut Vec<u8>, text: &str) {
    number(out, text.len() as u64);
    out.extend_from_slice(text.as_bytes());
}

fn number(out: &mut Vec<u8>, mut value: u64) {
    while value >= 0x80 {
        out.push(value as u8 | 0x80);
        value >>= 7;
    }
    out.push(value as u8);
}
