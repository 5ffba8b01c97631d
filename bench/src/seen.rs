//! What all peers of a measurement have written and seen.

use std::{collections::HashMap, rc::Rc, time::Instant};

use crate::stamp;

/// The updates that somebody was sent, by their place among all that anybody was sent.
pub type Sequence = Vec<u32>;

/// What was written when, and how long it took to whoever saw it. One thread has it.
#[derive(Default)]
pub struct Seen {
    /// For each writer, when each edit was sent.
    pub edits: Vec<Vec<Instant>>,
    /// How long each delivery of an edit took, in microseconds.
    pub deliveries: Vec<u32>,
    /// For each client that says where it is, when it said so, by clock.
    pub states: HashMap<u64, Vec<Instant>>,
    /// How long each state took to each peer, in microseconds.
    pub states_seen: Vec<u32>,
    /// How long each frame of our clients' took until it was said to be saved, in microseconds.
    pub saves: Vec<u32>,
    /// Frames that peers were sent.
    pub frames: u64,
    /// Their bytes.
    pub bytes: u64,
    updates: Vec<Known>,
    /// Places of updates that are as long as each other, and begin and end alike.
    known: HashMap<(usize, Vec<u8>, Vec<u8>), Vec<u32>>,
}

/// An update that somebody was sent.
struct Known {
    bytes: Rc<[u8]>,
    edits: Rc<[(u32, u32)]>,
}

/// How much of both ends of an update tells it from most others.
const END: usize = 64;

impl Seen {
    /// The load begins: what joining brought does not count.
    pub fn begin(&mut self) {
        (self.frames, self.bytes) = (0, 0);
        self.saves.clear();
    }

    /// Somebody saw an edit for the first time.
    pub fn delivered(&mut self, writer: u32, edit: u32, now: Instant) {
        let sent = self
            .edits
            .get(writer as usize)
            .and_then(|edits| edits.get(edit as usize));
        if let Some(sent) = sent {
            self.deliveries.push(micros(now - *sent));
        }
    }

    /// Somebody saw a state for the first time.
    pub fn state_seen(&mut self, client: u64, clock: u32, now: Instant) {
        let sent = self
            .states
            .get(&client)
            .and_then(|states| states.get((clock as usize).checked_sub(1)?));
        if let Some(sent) = sent {
            self.states_seen.push(micros(now - *sent));
        }
    }

    /// The place of an update; peers who were sent the same bytes share one, and none of them reads it again.
    pub fn place_of(&mut self, bytes: &[u8]) -> u32 {
        let ends = [bytes.len().min(END), bytes.len().saturating_sub(END)];
        let key = (
            bytes.len(),
            bytes[..ends[0]].to_vec(),
            bytes[ends[1]..].to_vec(),
        );
        let alike = self.known.entry(key).or_default();
        let same = |place: &&u32| *self.updates[**place as usize].bytes == *bytes;
        if let Some(place) = alike.iter().find(same) {
            return *place;
        }
        let place = u32::try_from(self.updates.len()).unwrap_or(u32::MAX);
        alike.push(place);
        self.updates.push(Known {
            bytes: bytes.into(),
            edits: stamp::read(bytes).collect(),
        });
        place
    }

    /// The edits that the update at a place carries, as (writer, edit).
    pub fn edits_of(&self, place: u32) -> Rc<[(u32, u32)]> {
        Rc::clone(&self.updates[place as usize].edits)
    }

    /// The updates of a sequence.
    pub fn updates_of<'a>(&'a self, sequence: &'a Sequence) -> impl Iterator<Item = &'a [u8]> {
        let updates = sequence.iter().map(|place| &self.updates[*place as usize]);
        updates.map(|update| &*update.bytes)
    }
}

/// A time in microseconds.
pub fn micros(time: std::time::Duration) -> u32 {
    u32::try_from(time.as_micros()).unwrap_or(u32::MAX)
}
