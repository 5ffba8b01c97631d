//! Who is here (SPEC section 5): a small ordered table, kept in memory only, and when it is told to whom.
//!
//! An entry belongs to one session, which alone sets and removes it. What others say about it is ignored.

mod retelling;

use std::collections::{BTreeMap, BTreeSet};

use crate::{
    decode::PresenceEntry,
    limits::{
        PRESENCE_BUNDLE_BYTES_MAX, PRESENCE_DEPARTED_MAX, PRESENCE_RENEW_MS,
        PRESENCE_ROOM_BYTES_MAX, PRESENCE_SILENT_MS, PRESENCE_TICK_BYTES_MAX, PRESENCE_TICK_MS_MAX,
        PRESENCE_TICK_MS_MIN,
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
    /// Before this moment no entry needs to be told again.
    retell_at: Option<Timestamp>,
    /// Of all states together.
    bytes: usize,
    /// Somebody came since the room woke: what others were told before that is news to them.
    has_newcomer: bool,
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
    /// What others were told before hibernation.
    told_digest: Option<u64>,
    /// As the client counts.
    clock: u32,
    /// What is added to it when it is told to others.
    raised: u32,
    heard: Timestamp,
    renewal: Renewal,
    /// When others were last told of it, or will be with the next bundle; absent after hibernation.
    told_at: Option<Timestamp>,
}

/// Whether an entry says that it is still there, or is there until its socket ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Renewal {
    /// By a stock client, every 15 s.
    Needed,
    /// Of a socket of `glossator.v1`. The room says it in its stead to those who would forget it.
    NotNeeded,
}

/// What hibernation must not forget of an entry.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Told {
    pub(crate) clock: u32,
    pub(crate) heard: Timestamp,
    pub(crate) digest: Option<u64>,
}

/// FNV-1a, 64 bits: tells a repeated state from a changed one. Whoever forges one only delays his own entry.
fn digest(state: &str) -> u64 {
    state.bytes().fold(0xcbf2_9ce4_8422_2325, |hash, byte| {
        (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3)
    })
}

impl Entry {
    fn told_clock(&self) -> u32 {
        self.clock.saturating_add(self.raised)
    }

    /// When it has been silent for too long.
    fn silent_at(&self) -> Option<Timestamp> {
        match self.renewal {
            Renewal::Needed => Some(self.heard + PRESENCE_SILENT_MS),
            Renewal::NotNeeded => None,
        }
    }
}

impl Presence {
    /// The session that this id belongs to.
    pub(crate) fn owner(&self, id: PresenceId) -> Option<SessionId> {
        self.entries.get(&id).map(|entry| entry.session)
    }

    /// The session of an entry, and what hibernation must not forget of it.
    pub(crate) fn told(&self, id: PresenceId) -> Option<(SessionId, Told)> {
        self.entries.get(&id).map(|entry| {
            let told = Told {
                clock: entry.told_clock(),
                heard: entry.heard,
                digest: entry.state.as_deref().map(digest).or(entry.told_digest),
            };
            (entry.session, told)
        })
    }

    /// Remembers, after hibernation, that others were told of this entry.
    pub(crate) fn recall(
        &mut self,
        session: SessionId,
        id: PresenceId,
        told: Told,
        renewal: Renewal,
    ) {
        let entry = Entry {
            session,
            state: None,
            told_digest: told.digest,
            clock: told.clock,
            raised: 0,
            heard: told.heard,
            renewal,
            told_at: None,
        };
        self.insert(id, entry);
    }

    /// Somebody came who was told nothing before the room slept.
    pub(crate) fn newcomer(&mut self) {
        self.has_newcomer = true;
    }

    /// Sets the entry of its own session; an older clock is ignored. Whose entry it is has been checked.
    pub(crate) fn set(
        &mut self,
        now: Timestamp,
        session: SessionId,
        id: PresenceId,
        (clock, state): (u32, &str),
        renewal: Renewal,
    ) {
        let before = self.state_bytes(id);
        let bytes = self.bytes - before + state.len();
        if bytes > PRESENCE_ROOM_BYTES_MAX && state.len() > before {
            // The room is full of presence; what this one said before, if anything, stands.
            return;
        }
        let Some(entry) = self.entries.get_mut(&id) else {
            self.bytes = bytes;
            let raised = match self.departed.remove(&id) {
                Some(gone) if clock <= gone.told_clock => gone.told_clock.saturating_add(1) - clock,
                Some(_) | None => 0,
            };
            let entry = Entry {
                session,
                state: Some(state.to_owned()),
                told_digest: None,
                clock,
                raised,
                heard: now,
                renewal,
                told_at: Some(now),
            };
            self.insert(id, entry);
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
        entry.renewal = renewal;
        // What everybody was told before the room slept is said again, not changed.
        let is_repeated =
            entry.state.is_none() && !self.has_newcomer && entry.told_digest == Some(digest(state));
        if !is_same {
            entry.state = Some(state.to_owned());
            self.bytes = bytes;
        }
        if !is_same && !is_repeated {
            self.mark_changed(now, id);
        } else if renewed {
            self.renewed.insert(id);
            self.renewed_since.get_or_insert(now);
        }
        self.watch(id);
    }

    fn insert(&mut self, id: PresenceId, entry: Entry) {
        self.entries.insert(id, entry);
        self.watch(id);
    }

    /// Removes an entry, if it belongs to this session.
    pub(crate) fn remove(&mut self, now: Timestamp, session: SessionId, id: PresenceId) {
        if self.owner(id) != Some(session) {
            return;
        }
        self.bytes -= self.state_bytes(id);
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

    fn state_bytes(&self, id: PresenceId) -> usize {
        let entry = self.entries.get(&id);
        entry
            .and_then(|entry| entry.state.as_ref())
            .map_or(0, String::len)
    }

    /// Removes entries whose sockets have not renewed them for too long.
    pub(crate) fn sweep(&mut self, now: Timestamp) {
        if self.sweep_at.is_none_or(|at| at > now) {
            return;
        }
        let silent: Vec<(PresenceId, SessionId)> = self
            .entries
            .iter()
            .filter(|(_, entry)| entry.silent_at().is_some_and(|at| at <= now))
            .map(|(id, entry)| (*id, entry.session))
            .collect();
        for (id, session) in silent {
            self.remove(now, session, id);
        }
        self.sweep_at = self.entries.values().filter_map(Entry::silent_at).min();
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

    /// Takes the ids that the next bundles tell; what is too much for so many sockets at once stays for the next tick.
    pub(crate) fn take_changes(&mut self, now: Timestamp, sockets: usize) -> BTreeSet<PresenceId> {
        self.last_tick = Some(now);
        self.changed_since = None;
        self.renewed_since = None;
        let mut left = std::mem::take(&mut self.changed);
        left.append(&mut self.renewed);
        let mut bytes_left = PRESENCE_TICK_BYTES_MAX / sockets.max(1);
        let mut told = BTreeSet::new();
        while bytes_left > 0
            && let Some(id) = left.pop_first()
        {
            let state = self
                .entries
                .get(&id)
                .and_then(|entry| entry.state.as_deref());
            bytes_left =
                bytes_left.saturating_sub(state.map_or(0, str::len) + ENTRY_OVERHEAD_BYTES);
            self.note_told(now, id);
            told.insert(id);
        }
        if !left.is_empty() {
            self.changed = left;
            self.changed_since = Some(now);
        }
        told
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
