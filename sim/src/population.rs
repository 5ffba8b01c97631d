//! Who and what a world starts with.

use std::rc::Rc;

use room::{Config, Room};

use crate::{
    object::Object,
    peer::{Nature, Peer, Presence},
    witness::Witness,
    world::{Happening, World},
};

impl World {
    pub(crate) fn populate(&mut self) {
        self.grants.is_open = self.random.percent(30);
        let cases = self.random.between(2, 3) as usize;
        let make = self.maker();
        for case in 0..cases {
            let object = self.objects.len();
            self.add_object(case, &make);
            let has_zombie = self.random.percent(35);
            if has_zombie {
                self.add_object(case, &make);
                self.counters.count("zombies");
            }
            self.oracle
                .add_case(case > 0 && case == cases - 1 && self.random.percent(50));
            for place in 0..self.random.between(2, 3) {
                let hostile = if self.grants.is_open { 0 } else { 2 };
                let nature = match (self.random.below(12), place) {
                    (drawn, 2..) if drawn <= hostile => Nature::Hostile,
                    (1..=3, _) => Nature::Pycrdt,
                    (4..=7, _) => Nature::Ours,
                    _ => Nature::YWebsocket,
                };
                let object = if has_zombie && self.random.percent(40) {
                    object + 1
                } else {
                    object
                };
                let peer = self.add_peer(case, object, nature);
                self.come(peer);
                let at = self.random.between(50, 2_000);
                self.after(at, Happening::Act { peer });
            }
        }
        self.after(500, Happening::Outbox);
        let first = self.random.between(500, 4_000);
        self.after(first, Happening::Fault);
        if !self.grants.is_open {
            let first = self.random.between(1_000, 6_000);
            self.after(first, Happening::Regrant);
            for _ in 0..self.erasing.below(3) {
                let at = self.erasing.between(3_000, 45_000);
                self.after(at, Happening::Erase);
            }
        }
    }

    fn add_object(&mut self, case: usize, make: &Rc<dyn Fn(Config) -> Room>) {
        let witness = Witness::new(self.grants.is_open);
        let tokens = Rc::clone(&self.grants.tokens);
        self.objects
            .push(Object::new(case, Rc::clone(make), witness, tokens));
        self.oracle.add_object();
    }

    #[cfg(feature = "mutations")]
    fn maker(&self) -> Rc<dyn Fn(Config) -> Room> {
        if let Some(crate::Mutation::Room(mutation)) = self.planted.0 {
            return Rc::new(move |config| Room::with_mutation(config, mutation));
        }
        Rc::new(Room::new)
    }

    #[cfg(not(feature = "mutations"))]
    fn maker(&self) -> Rc<dyn Fn(Config) -> Room> {
        Rc::new(Room::new)
    }

    pub(crate) fn add_peer(&mut self, case: usize, object: usize, nature: Nature) -> usize {
        let client = self.random.id();
        let peer = self.peers.len();
        self.oracle.enter(case, peer, client);
        self.peers
            .push(Peer::new(self.now, case, object, nature, client));
        self.admit(peer);
        let first = self.random.below(3_000);
        self.after(first, Happening::Tick { peer });
        peer
    }

    /// A peer wants to be connected.
    pub(crate) fn come(&mut self, peer: usize) {
        if self.peers[peer].presence == Presence::Away {
            self.peers[peer].presence = Presence::Coming;
            let wait = self.random.between(1, 300);
            self.after(wait, Happening::Connect { peer });
        }
    }
}
