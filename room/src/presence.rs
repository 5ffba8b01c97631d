//! Who is here (SPEC section 5): a small ordered table, kept in memory only, and when it is told to whom.
//!
//! An entry belongs to one session, which alone sets and removes it. What others say about it is ignored.

use std::collections::{BTreeMap, BTreeSet};

use crate::{
    decode::PresenceEntry,
    limits::{
        PRESENCE_BUNDLE_BYTES_MAX, PRESENCE_DEPARTED_MAX, PRESENCE_RENEW_MS, PRESENCE_SILENT_MS,
        PRESENCE_TICK_MS_MAX, PRESENCE_TICK_MS_MIN,
    },
    session::SessionId,
    time::Timestamp,
    wire,
};

/// The awareness client id of an entry.
pub(crate) type PresenceId = u64;

/// The table of everybody who is here.
#[derive(Debug, Default)]
pub(crate) struct Presence {
    entries: BTreeMap<PresenceId, Entry>,
    /// The last clock told of ids that went, so that a returning one is told with a higher clock: stock clients
    /// keep the clock of a removed entry and ignore anything that is not above it.
    departed: BTreeMap<PresenceId, Departed>,
    /// How many entries have gone so far.
    departures: u64,
    /// What the next bundle tells: entries that changed, appeared or went.
    changed: BTreeSet<PresenceId>,
    /// Entries that were only renewed.
    renewed: BTreeSet<PresenceId>,
    changed_since: Option<Timestamp>,
    renewed_since: Option<Timestamp>,
    last_tick: Option<Timestamp>,
    /// Before this moment no entry has been silent for too long.
    sweep_at: Option<Timestamp>,
}

#[derive(Debug)]
struct Departed {
    told_clock: u32,
    /// Which departure it was: the oldest is forgotten first.
    number: u64,
}

#[derive(Debug)]
struct Entry {
    session: SessionId,
    /// Absent after hibernation, until the client says it again.
    state: Option<String>,
    /// As the client counts.
    clock: u32,
    /// What is added to it when it is told to others.
    raised: u32,
    heard: Timestamp,
}

impl Entry {
    fn told_clock(&self) -> u32 {
        self.clock.saturating_add(self.raised)
    }
}

impl Presence {
    /// The session that this id belongs to.
    pub(crate) fn owner(&self, id: PresenceId) -> Option<SessionId> {
        self.entries.get(&id).map(|entry| entry.session)
    }

    /// The session of an entry, and the clock that it is told with.
    pub(crate) fn told(&self, id: PresenceId) -> Option<(SessionId, u32)> {
        self.entries
            .get(&id)
            .map(|entry| (entry.session, entry.told_clock()))
    }

    /// Remembers, after hibernation, that others were told of this entry.
    pub(crate) fn recall(
        &mut self,
        now: Timestamp,
        session: SessionId,
        id: PresenceId,
        clock: u32,
    ) {
        self.insert(now, session, id, clock, 0, None);
    }

    /// Sets the entry of its own session; an older clock is ignored. Whose entry it is has been checked.
    pub(crate) fn set(
        &mut self,
        now: Timestamp,
        session: SessionId,
        id: PresenceId,
        clock: u32,
        state: &str,
    ) {
        let Some(entry) = self.entries.get_mut(&id) else {
            let raised = match self.departed.remove(&id) {
                Some(gone) if clock <= gone.told_clock => gone.told_clock.saturating_add(1) - clock,
                Some(_) | None => 0,
            };
            self.insert(now, session, id, clock, raised, Some(state.to_owned()));
            self.mark_changed(now, id);
            return;
        };
        let is_same = entry.state.as_deref() == Some(state);
        // A reloaded page counts afresh under an id that others still know, and so does, in their eyes, an entry
        // that had been raised before hibernation.
        let is_fresh = entry.session != session || entry.state.is_none();
        if clock < entry.clock && !is_fresh {
            return;
        }
        let told = entry.told_clock();
        if is_fresh && clock < told {
            entry.raised = told.saturating_add(u32::from(!is_same)) - clock;
        } else if is_fresh {
            let is_news = clock == told && entry.state.is_some() && !is_same;
            entry.raised = u32::from(is_news);
        }
        let renewed = entry.clock != clock;
        entry.session = session;
        entry.heard = now;
        entry.clock = clock;
        if !is_same {
            entry.state = Some(state.to_owned());
            self.mark_changed(now, id);
        } else if renewed {
            self.renewed.insert(id);
            self.renewed_since.get_or_insert(now);
        }
    }

    fn insert(
        &mut self,
        now: Timestamp,
        session: SessionId,
        id: PresenceId,
        clock: u32,
        raised: u32,
        state: Option<String>,
    ) {
        self.sweep_at.get_or_insert(now + PRESENCE_SILENT_MS);
        self.entries.insert(
            id,
            Entry {
                session,
                state,
                clock,
                raised,
                heard: now,
            },
        );
    }

    /// Removes an entry, if it belongs to this session.
    pub(crate) fn remove(&mut self, now: Timestamp, session: SessionId, id: PresenceId) {
        if self.owner(id) != Some(session) {
            return;
        }
        let Some(entry) = self.entries.remove(&id) else {
            return;
        };
        self.departures += 1;
        let gone = Departed {
            told_clock: entry.told_clock(),
            number: self.departures,
        };
        self.departed.insert(id, gone);
        if self.departed.len() > PRESENCE_DEPARTED_MAX {
            let oldest = self.departed.iter().min_by_key(|(_, gone)| gone.number);
            if let Some(oldest) = oldest.map(|(id, _)| *id) {
                self.departed.remove(&oldest);
            }
        }
        self.renewed.remove(&id);
        self.mark_changed(now, id);
    }

    /// Removes entries whose sockets have not renewed them for too long.
    pub(crate) fn sweep(&mut self, now: Timestamp) {
        if self.sweep_at.is_none_or(|at| at > now) {
            return;
        }
        let silent: Vec<(PresenceId, SessionId)> = self
            .entries
            .iter()
            .filter(|(_, entry)| now.millis_since(entry.heard) >= PRESENCE_SILENT_MS)
            .map(|(id, entry)| (*id, entry.session))
            .collect();
        for (id, session) in silent {
            self.remove(now, session, id);
        }
        self.sweep_at = self
            .entries
            .values()
            .map(|entry| entry.heard + PRESENCE_SILENT_MS)
            .min();
    }

    /// When silent entries are to be looked for.
    pub(crate) fn next_sweep(&self) -> Option<Timestamp> {
        self.sweep_at
    }

    /// Forgets everything, as hibernation would.
    pub(crate) fn clear(&mut self) {
        *self = Presence::default();
    }

    /// When the next bundle shall leave, with so many sockets to tell.
    pub(crate) fn next_tick(&self, sockets: usize) -> Option<Timestamp> {
        let pause = (sockets as u64).clamp(PRESENCE_TICK_MS_MIN, PRESENCE_TICK_MS_MAX);
        let changed = self.changed_since.map(|since| match self.last_tick {
            Some(last) => since.max(last + pause),
            None => since,
        });
        let renewed = self.renewed_since.map(|since| since + PRESENCE_RENEW_MS);
        [changed, renewed].into_iter().flatten().min()
    }

    /// Takes what is to be told: for each bundle its frame and the ids that it speaks of.
    pub(crate) fn take_changes(&mut self, now: Timestamp) -> BTreeSet<PresenceId> {
        self.last_tick = Some(now);
        self.changed_since = None;
        self.renewed_since = None;
        let mut ids = std::mem::take(&mut self.changed);
        ids.append(&mut self.renewed);
        ids
    }

    /// Frames that tell the entries `ids`, but for `except`; one that is not here is told as gone.
    pub(crate) fn bundles(
        &self,
        ids: &BTreeSet<PresenceId>,
        except: Option<PresenceId>,
    ) -> Vec<Vec<u8>> {
        let mut bundles = Vec::new();
        let mut bundle = Vec::new();
        let mut bytes = 0;
        for &id in ids.iter().filter(|id| Some(**id) != except) {
            let (clock, state) = match self.entries.get(&id) {
                Some(entry) => match entry.state.as_deref() {
                    Some(state) => (entry.told_clock(), Some(state)),
                    None => continue,
                },
                None => (
                    self.departed.get(&id).map_or(0, |gone| gone.told_clock),
                    None,
                ),
            };
            bytes += state.map_or(0, str::len) + ENTRY_OVERHEAD_BYTES;
            if bytes > PRESENCE_BUNDLE_BYTES_MAX && !bundle.is_empty() {
                bundles.push(wire::awareness(&bundle));
                bundle.clear();
                bytes = state.map_or(0, str::len) + ENTRY_OVERHEAD_BYTES;
            }
            bundle.push(PresenceEntry {
                client: id,
                clock,
                state,
            });
        }
        if !bundle.is_empty() {
            bundles.push(wire::awareness(&bundle));
        }
        bundles
    }

    /// The ids of everybody who is here.
    pub(crate) fn everybody(&self) -> BTreeSet<PresenceId> {
        self.entries.keys().copied().collect()
    }

    fn mark_changed(&mut self, now: Timestamp, id: PresenceId) {
        self.renewed.remove(&id);
        self.changed.insert(id);
        self.changed_since.get_or_insert(now);
    }
}

/// What an entry takes beside its state: id, clock and lengths.
const ENTRY_OVERHEAD_BYTES: usize = 20;
