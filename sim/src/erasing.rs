//! People who are erased: the host's order for it, and what must be true of it afterwards (I17).

use std::collections::BTreeSet;

use annotation::{Attribution, Erasure, Role, UnreadableSnapshot, erase_from, load_snapshot};
use room::Event;

use crate::{
    Failure, network::user_of, plain, store::Order, things::author_of, witness::Append,
    world::World,
};

pub(crate) const UNERASED: &str = "I17 erased stays erased";
/// Between two looks of the host.
const LOOK_MS: u64 = 20_000;
const TOO_MUCH: &str = "I17 an erasure takes only what is theirs";

impl World {
    /// Somebody is erased.
    pub(crate) fn erase_somebody(&mut self) {
        let index = self.erasing.index(self.peers.len());
        let (case, user) = (self.peers[index].case, user_of(index));
        if self.grants.is_open || self.oracle.cases[case].is_only_looked_at {
            return;
        }
        self.counters.count("people erased");
        self.grants.change(self.now, case, &user, Role::None);
        self.grants.erased.entry(case).or_default().insert(user);
        self.store.order(case, Order::Erase);
        for peer in self.peers.iter_mut().filter(|peer| peer.case == case) {
            peer.access.is_tainted = true;
        }
    }

    /// An object asks for what an earlier storage of it knew, which is that too.
    pub(crate) fn erase_again(&mut self, case: usize) {
        if !self.erased(case).is_empty() {
            self.store.order(case, Order::Erase);
        }
    }

    /// What the host does now and then: an object that had confirmed may have lost its storage before it archived.
    pub(crate) fn look_for_erased(&mut self) {
        if self.now / LOOK_MS == (self.now - 1_000) / LOOK_MS {
            return;
        }
        let cases: Vec<usize> = self.grants.erased.keys().copied().collect();
        for case in cases {
            let Some((bytes, _)) = self.store.current(case) else {
                continue;
            };
            let attribution = self.store.attribution(case).map(<[u8]>::to_vec);
            let left = left_of(
                &self.erased(case),
                bytes,
                &attribution.into_iter().collect::<Vec<_>>(),
            );
            if left == Ok(true) {
                self.store.order(case, Order::Erase);
            }
        }
    }

    pub(crate) fn erased(&self, case: usize) -> BTreeSet<String> {
        self.grants.erased.get(&case).cloned().unwrap_or_default()
    }

    /// Gives an object the order; whether it has confirmed it.
    pub(crate) fn order_erasure(&mut self, object: usize) -> bool {
        let people = self.erased(self.objects[object].case);
        let event = Event::ErasureOrdered {
            people: people.clone(),
        };
        let is_whole = self.step(object, event);
        let is_done = is_whole && self.objects[object].has_erased(&people);
        if is_done {
            self.counters.count("erasures confirmed");
        }
        is_done
    }

    /// Whether an append is the room's own, which nobody is named for. It takes out what is of those who were erased.
    pub(crate) fn is_erasure(&mut self, index: usize, append: &Append) -> bool {
        let names_nobody = Attribution::decode(&append.attribution)
            .is_ok_and(|known| known.all_written().chain(known.all_deleted()).count() == 0);
        if !names_nobody || append.content.is_empty() || append.content.has_insertions() {
            return false;
        }
        let case = self.objects[index].case;
        let erased = self.erased(case);
        let wrong = append.plain.as_ref().and_then(|(before, after)| {
            plain::gone(before, after).find(|(_, key)| !erased.contains(author_of(key)))
        });
        if erased.is_empty() || wrong.is_some() {
            let detail = format!("object {index} took out {wrong:?}: {}", append.content);
            self.oracle.violated(TOO_MUCH, detail);
        }
        self.counters.count("erasures appended");
        self.oracle.wrote(case, &append.update);
        true
    }

    /// An object that knows who was erased takes nothing new that says it is theirs.
    pub(crate) fn check_comes_back(&mut self, index: usize, append: &Append) {
        let erased = self.erased(self.objects[index].case);
        if erased.is_empty() || !self.objects[index].has_erased(&erased) {
            return;
        }
        let back = append.plain.as_ref().and_then(|(before, after)| {
            plain::gone(after, before).find(|(_, key)| erased.contains(author_of(key)))
        });
        if let Some(place) = back {
            let detail = format!("object {index} has taken {place:?} of {erased:?}");
            self.oracle.violated(UNERASED, detail);
        }
    }

    /// Once all is quiet nothing of theirs is anywhere.
    pub(crate) fn check_erased(&self, case: usize) -> Result<(), Failure> {
        let people = self.erased(case);
        let mut places: Vec<(String, Vec<u8>, Vec<Vec<u8>>)> = Vec::new();
        if let Some((bytes, _)) = self.store.current(case) {
            let attribution = self.store.attribution(case).map(<[u8]>::to_vec);
            places.push((
                "the store".to_owned(),
                bytes.to_vec(),
                attribution.into_iter().collect(),
            ));
        }
        for (index, object) in self.objects.iter().enumerate() {
            let updates = object.storage.updates();
            if object.case == case && !updates.is_empty() {
                let name = format!("object {index}");
                let whole = yrs::merge_updates_v1(updates)
                    .map_err(|error| Failure::new(UNERASED, format!("{name}: {error}")))?;
                places.push((name, whole, object.storage.attributions()));
            }
        }
        for (place, bytes, attributions) in places {
            match left_of(&people, &bytes, &attributions) {
                Ok(false) => {}
                Ok(true) => {
                    let detail = format!("{place} of case {case} holds something of {people:?}");
                    return Err(Failure::new(UNERASED, detail));
                }
                Err(error) => return Err(Failure::new(UNERASED, format!("{place}: {error}"))),
            }
        }
        Ok(())
    }
}

/// Whether an erasure of these people would take anything out of a document.
fn left_of(
    people: &BTreeSet<String>,
    bytes: &[u8],
    attributions: &[Vec<u8>],
) -> Result<bool, UnreadableSnapshot> {
    let mut known = Attribution::default();
    for attribution in attributions {
        known.merge(&Attribution::decode(attribution).unwrap_or_default());
    }
    let is_theirs = |client| {
        let owner = known.owner(client);
        owner.is_some_and(|owner| people.contains(owner))
    };
    let erasure = Erasure {
        people,
        is_theirs: &is_theirs,
        stay: &BTreeSet::new(),
    };
    Ok(erase_from(&load_snapshot(bytes)?, &erasure))
}
