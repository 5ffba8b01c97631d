//! What somebody has not in the end, or has otherwise than it was written.

use std::collections::HashMap;

use anyhow::Result;

use crate::{document, run::Room, seen::Seen};

/// How many are named.
const NAMED_MAX: usize = 10;

/// What is wrong: nothing, if it is empty. What is in a room was written by those who are here, or before them, as
/// `holds` says.
///
/// # Errors
/// If what was written here cannot be read.
pub fn losses(
    rooms: &[Room],
    seen: &Seen,
    wanted: usize,
    holds: Option<&str>,
) -> Result<Vec<String>> {
    let mut losses = Vec::new();
    let got = seen.deliveries.len();
    if got != wanted {
        losses.push(format!("{got} of {wanted} deliveries were made"));
    }
    for room in rooms {
        let wholes: Vec<Vec<u8>> = room
            .iter()
            .map(|peer| peer.written.borrow().whole())
            .collect();
        let written = match holds {
            Some(content) => content.to_owned(),
            None => document::content(wholes.iter().map(Vec::as_slice))?,
        };
        let mut known: HashMap<Vec<u32>, String> = HashMap::new();
        for (peer, own) in room.iter().zip(&wholes) {
            if let Some(why) = &*peer.ended.borrow() {
                losses.push(format!("the socket of {} ended: {why}", peer.user));
            }
            let unsaved = peer.unsaved();
            if unsaved > 0 {
                losses.push(format!("{unsaved} frames of {} are not saved", peer.user));
            }
            let sequence = peer.sequence.borrow();
            let all = || seen.updates_of(&sequence).chain([own.as_slice()]);
            let is_reader = own.as_slice() == [0, 0];
            let has = match known.get(&*sequence) {
                Some(content) if is_reader => content.clone(),
                _ => document::content(all()).unwrap_or_else(|problem| format!("{problem:#}")),
            };
            if has != written && (wanted > 0 || holds.is_some()) {
                losses.push(format!(
                    "{} has {} characters of {}",
                    peer.user,
                    has.len(),
                    written.len()
                ));
            }
            if is_reader {
                known.insert(sequence.clone(), has);
            }
        }
    }
    losses.truncate(NAMED_MAX);
    Ok(losses)
}
