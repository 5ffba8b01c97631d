//! Awareness as y-protocols keeps it and y-websocket speaks it: everybody's entries, clocks, renewal and forgetting.

use std::collections::BTreeMap;

use room::{decode::PresenceEntry, wire};

/// A client renews its own entry when it is this old.
const RENEW_MS: u64 = 15_000;
/// A client forgets an entry of others that nobody renewed for so long.
const FORGET_MS: u64 = 30_000;

/// One replica's view of who is here.
#[derive(Debug)]
pub(crate) struct Awareness {
    own: u64,
    /// Our own page neither renews nor forgets: it is told who comes and goes.
    is_ours: bool,
    states: BTreeMap<u64, String>,
    meta: BTreeMap<u64, Meta>,
}

#[derive(Clone, Copy, Debug)]
struct Meta {
    clock: u32,
    updated: u64,
}

impl Awareness {
    pub(crate) fn new(now: u64, own: u64, is_ours: bool) -> Awareness {
        let mut awareness = Awareness {
            own,
            is_ours,
            states: BTreeMap::new(),
            meta: BTreeMap::new(),
        };
        awareness.set_own(now, "{}".to_owned());
        awareness.set_own(now, "{\"name\":\"somebody\"}".to_owned());
        awareness
    }

    pub(crate) fn set_own(&mut self, now: u64, state: String) {
        let clock = self.meta.get(&self.own).map_or(0, |meta| meta.clock + 1);
        self.states.insert(self.own, state);
        self.meta.insert(
            self.own,
            Meta {
                clock,
                updated: now,
            },
        );
    }

    /// Takes a message in and answers which entries it changed: y-websocket sends those on.
    pub(crate) fn apply(&mut self, now: u64, entries: &[PresenceEntry<'_>]) -> Vec<u64> {
        let mut changed = Vec::new();
        for entry in entries {
            if self.is_ours && entry.client == self.own {
                continue;
            }
            let known = self.meta.get(&entry.client).copied();
            let known_clock = known.map_or(0, |meta| meta.clock);
            let removes = entry.state.is_none() && self.states.contains_key(&entry.client);
            if known_clock > entry.clock || (known_clock == entry.clock && !removes) {
                continue;
            }
            let mut clock = entry.clock;
            match entry.state {
                // Nobody removes an entry from under its own client.
                None if entry.client == self.own => clock += 1,
                None => {
                    self.states.remove(&entry.client);
                }
                Some(state) => {
                    self.states.insert(entry.client, state.to_owned());
                }
            }
            self.meta.insert(
                entry.client,
                Meta {
                    clock,
                    updated: now,
                },
            );
            if known.is_some() || entry.state.is_some() {
                changed.push(entry.client);
            }
        }
        changed
    }

    /// What is done every three seconds. Answers what was renewed, and who was forgotten.
    pub(crate) fn tick(&mut self, now: u64) -> (Vec<u64>, Vec<u64>) {
        if self.is_ours {
            return (Vec::new(), Vec::new());
        }
        let is_older = |meta: &Meta, limit: u64| now.saturating_sub(meta.updated) >= limit;
        let mut renewed = Vec::new();
        if let Some(state) = self.states.get(&self.own).cloned()
            && self
                .meta
                .get(&self.own)
                .is_some_and(|meta| is_older(meta, RENEW_MS))
        {
            self.set_own(now, state);
            renewed.push(self.own);
        }
        let forgotten: Vec<u64> = self
            .meta
            .iter()
            .filter(|(id, meta)| {
                **id != self.own && self.states.contains_key(id) && is_older(meta, FORGET_MS)
            })
            .map(|(id, _)| *id)
            .collect();
        for id in &forgotten {
            self.states.remove(id);
        }
        (renewed, forgotten)
    }

    /// What a client does when its connection ends: the others are gone, their clocks stay.
    pub(crate) fn forget_others(&mut self) {
        let own = self.own;
        self.states.retain(|id, _| *id == own);
        if self.is_ours {
            self.meta.retain(|id, _| *id == own);
        }
    }

    /// A message about these clients.
    pub(crate) fn frame(&self, clients: &[u64]) -> Vec<u8> {
        let entries: Vec<PresenceEntry<'_>> = clients
            .iter()
            .map(|id| PresenceEntry {
                client: *id,
                clock: self.meta.get(id).map_or(0, |meta| meta.clock),
                state: self.states.get(id).map(String::as_str),
            })
            .collect();
        wire::awareness(&entries)
    }

    /// Everybody who is here as far as this client knows.
    pub(crate) fn present(&self) -> Vec<u64> {
        self.states.keys().copied().collect()
    }
}
