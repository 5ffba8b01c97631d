//! What somebody has not in the end, or has otherwise than it was written.

use std::collections::HashMap;

use anyhow::Result;

use crate::{document, peer::Peer, run::Room, seen::Seen};

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
    let (unknown, states) = states_unknown(rooms, seen);
    if unknown > 0 {
        losses.push(format!("{unknown} of {states} last states were not seen"));
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

/// Of what everybody said last of where they are: how much of it how many others do not know, and how much there is to know.
/// Nothing of those whom a relay serves, which is asked for no presence.
pub fn states_unknown(rooms: &[Room], seen: &Seen) -> (usize, usize) {
    let (mut unknown, mut all) = (0, 0);
    for room in rooms {
        let last: Vec<(u64, u32)> = room
            .iter()
            .filter_map(|peer| said_last(peer, seen))
            .collect();
        for peer in room.iter().filter(|peer| peer.is_told_of_presence()) {
            let others = last.iter().filter(|(client, _)| *client != peer.client());
            for (client, clock) in others {
                all += 1;
                unknown += usize::from(!peer.knows(*client, *clock));
            }
        }
    }
    (unknown, all)
}

/// The client id of a peer, and how often it said where it is, which is the clock of the last time.
fn said_last(peer: &Peer, seen: &Seen) -> Option<(u64, u32)> {
    let client = peer.client();
    let clock = seen.states.get(&client)?.len();
    Some((client, u32::try_from(clock).ok()?))
}
