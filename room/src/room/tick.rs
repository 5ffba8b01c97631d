//! Ticks (SPEC section 4): edits that come in a row share one commit and one frame for each reader, since what a room
//! costs is the frames that it sends. Whoever edits at rest waits for nobody.
//!
//! Between events nothing is half done: what waits for a tick waits as a frame that nobody has looked at, and what was
//! taken is in the journal.

use std::collections::{BTreeMap, BTreeSet};

use annotation::Attribution;

use crate::{
    document::Authored,
    effect::Effect,
    limits::{
        TICK_AUTHORS_MAX, TICK_BYTES_MAX, TICK_COPIED_BYTES_MAX, TICK_COPIED_UPDATES_MAX,
        TICK_FRAMES_MAX, TICK_MS_MAX, TICK_MS_MIN, TICK_SOCKETS_PER_MS, TICK_UPDATES_MAX,
    },
    mutation::Mutation,
    session::SessionId,
    time::Timestamp,
    wire,
};

use super::{Cache, Pace, Phase, Room, merging::merged};

/// What was taken of the frames that are looked at in this event, and until when the next ones wait.
#[derive(Default)]
pub(super) struct Tick {
    until: Timestamp,
    /// Where in the list of effects those begin that were ordered since the last commit.
    from: usize,
    taken_in: Vec<TakenIn>,
    authors: BTreeSet<SessionId>,
    bytes: usize,
    /// The newest frame of each socket that is safe with this tick.
    saved: BTreeMap<SessionId, u64>,
}

/// An update that the document holds, and the journal not yet.
pub(super) struct TakenIn {
    pub(super) author: SessionId,
    pub(super) editor: String,
    pub(super) update: Vec<u8>,
    pub(super) attribution: Attribution,
}

impl Tick {
    pub(super) fn take_in(&mut self, taken_in: TakenIn) {
        self.bytes += taken_in.update.len();
        self.authors.insert(taken_in.author);
        self.taken_in.push(taken_in);
    }

    pub(super) fn note_saved(&mut self, session: SessionId, number: u64) {
        self.saved.insert(session, number);
    }

    /// Whether what was taken is committed before more is.
    fn is_full(&self) -> bool {
        self.bytes >= TICK_BYTES_MAX
            || self.taken_in.len() >= TICK_UPDATES_MAX
            || self.authors.len() >= TICK_AUTHORS_MAX
    }

    /// Whether a frame of so many bytes would make it too much.
    fn has_no_room_for(&self, bytes: usize) -> bool {
        !self.taken_in.is_empty() && self.bytes + bytes > TICK_BYTES_MAX
    }
}

impl Room {
    /// Whether edits that come now are taken later, with others.
    pub(super) fn is_ticking(&self, now: Timestamp) -> bool {
        // A clock that stepped back ends the tick: nobody shall wait for it to catch up.
        let is_near = self.tick.until.millis_since(now) <= TICK_MS_MAX;
        let is_full = self.waiting.len() >= TICK_FRAMES_MAX || self.waiting_bytes >= TICK_BYTES_MAX;
        // Nobody is there for whom it would be worth waiting.
        let is_left = self.sessions.is_empty();
        now < self.tick.until && is_near && !is_full && !is_left && self.can_be_used()
    }

    /// Whether the document is at hand and may be used.
    pub(super) fn can_be_used(&self) -> bool {
        matches!(self.document, Cache::Loaded(_)) && matches!(self.phase, Phase::Open)
    }

    /// Takes what waits, unless it waits for a tick.
    pub(super) fn advance_tick(&mut self, now: Timestamp, effects: &mut Vec<Effect>) {
        if !self.is_ticking(now) {
            self.take_waiting(now, effects);
        }
    }

    /// Takes what waits for a tick now.
    pub(super) fn end_tick(&mut self, now: Timestamp, effects: &mut Vec<Effect>) {
        if self.can_be_used() {
            self.take_waiting(now, effects);
        }
    }

    /// When a tick is to be taken.
    pub(super) fn next_tick(&self) -> Option<Timestamp> {
        (!self.waiting.is_empty() && self.can_be_used()).then_some(self.tick.until)
    }

    /// Takes the frames that waited, in order, as long as the document is there.
    fn take_waiting(&mut self, now: Timestamp, effects: &mut Vec<Effect>) {
        self.tick.from = effects.len();
        while matches!(self.document, Cache::Loaded(_))
            && let Some((session, frame)) = self.waiting.pop_front()
        {
            self.waiting_bytes = self.waiting_bytes.saturating_sub(frame.len());
            if self.tick.has_no_room_for(frame.len()) {
                self.commit(now, effects);
            }
            self.take_frame(now, session, &frame, effects);
            let sender = self.sessions.get(session);
            let is_lacking = sender.is_some_and(|sender| sender.is_lacking);
            self.save_unsaved(session, is_lacking, effects);
            if self.pace == Pace::OneByOne || self.tick.is_full() {
                self.commit(now, effects);
            }
        }
        self.commit(now, effects);
        if self.waiting.is_empty() {
            self.leaving.clear();
        }
    }

    /// Appends what was taken, before whatever was ordered meanwhile, then shows it, then tells who wrote it that it is
    /// safe.
    pub(super) fn commit(&mut self, now: Timestamp, effects: &mut Vec<Effect>) {
        let taken_in = std::mem::take(&mut self.tick.taken_in);
        let authors = std::mem::take(&mut self.tick.authors);
        let bytes = std::mem::take(&mut self.tick.bytes);
        if !taken_in.is_empty() {
            let is_first = !self.is_stored;
            let ordered = effects.split_off(self.tick.from.min(effects.len()));
            self.journal(now, &taken_in, effects);
            effects.extend(ordered);
            if is_first {
                // What was ordered to be kept of the sockets meanwhile says that nothing is stored.
                self.change_records(effects, |_| true);
            }
            let copies = authors.len().saturating_sub(1);
            if copies * bytes <= TICK_COPIED_BYTES_MAX
                && copies * taken_in.len() <= TICK_COPIED_UPDATES_MAX
            {
                self.show_together(now, &taken_in, &authors, effects);
            } else {
                self.show_by_author(now, &taken_in, effects);
            }
            if self.pace == Pace::InTicks {
                self.tick.until = now + self.tick_ms();
            }
        }
        for (session, number) in std::mem::take(&mut self.tick.saved) {
            self.tell_saved(now, session, number, effects);
        }
        self.tick.from = effects.len();
    }

    /// One row for what each person wrote in a row: a row names its editor.
    fn journal(&mut self, now: Timestamp, taken_in: &[TakenIn], effects: &mut Vec<Effect>) {
        let is_last_lost = self.planted.is(Mutation::TickDropsItsLast) && taken_in.len() > 1;
        let kept = &taken_in[..taken_in.len() - usize::from(is_last_lost)];
        for row in kept.chunk_by(|one, next| one.editor == next.editor) {
            let mut attribution = Attribution::default();
            for taken in row {
                attribution.merge(&taken.attribution);
            }
            let attribution = attribution.encode();
            let editor = row.first().map(|taken| taken.editor.clone());
            for update in merged(row.iter().map(|taken| &taken.update)) {
                let authored = Authored {
                    update,
                    attribution: attribution.clone(),
                };
                self.append_row(now, editor.clone(), authored, effects);
            }
        }
    }

    /// Shows each reader in one frame what the others wrote: those who wrote something a frame of their own.
    fn show_together(
        &mut self,
        now: Timestamp,
        taken_in: &[TakenIn],
        authors: &BTreeSet<SessionId>,
        effects: &mut Vec<Effect>,
    ) {
        let echoes = self.planted.is(Mutation::AuthorIsShownToo);
        let (writing, reading): (Vec<_>, Vec<_>) = self
            .sessions_that(|session| session.record.has_document)
            .into_iter()
            .partition(|session| authors.contains(session) && !echoes);
        if !reading.is_empty() {
            for update in merged(taken_in.iter().map(|taken| &taken.update)) {
                self.show(now, reading.clone(), wire::update(&update), effects);
            }
        }
        if authors.len() == 1 {
            return;
        }
        for reader in writing {
            let others = taken_in.iter().filter(|taken| taken.author != reader);
            for update in merged(others.map(|taken| &taken.update)) {
                self.send(now, reader, wire::update(&update), effects);
            }
        }
    }

    /// Shows everybody else what each socket wrote in a row: where many wrote much, frames of their own for all of them
    /// would take more memory and time than more frames do.
    fn show_by_author(&mut self, now: Timestamp, taken_in: &[TakenIn], effects: &mut Vec<Effect>) {
        for run in taken_in.chunk_by(|one, next| one.author == next.author) {
            let author = run.first().map(|taken| taken.author);
            let readers = self.sessions_that(|session| {
                session.record.has_document && Some(session.record.session) != author
            });
            for update in merged(run.iter().map(|taken| &taken.update)) {
                self.show(now, readers.clone(), wire::update(&update), effects);
            }
        }
    }

    /// How long the next edits wait: so long that their frames take a share of the time, however many sockets there are.
    fn tick_ms(&self) -> u64 {
        (self.sessions.len() as u64 / TICK_SOCKETS_PER_MS).clamp(TICK_MS_MIN, TICK_MS_MAX)
    }
}
