//! A day later: what a storage may have lost was brought back by then, and nobody's word for what others wrote counts.

use annotation::Attribution;
use room::wire;

use crate::{Failure, hostile::forged_letter, peer::Nature, world::World};

const DAY_MS: u64 = 25 * 60 * 60 * 1_000;

impl World {
    /// Everybody leaves, a day passes, and somebody passes on what nobody wrote.
    pub(crate) fn morrow(&mut self) -> Result<(), Failure> {
        for peer in 0..self.peers.len() {
            self.leave(peer);
        }
        self.run_until(self.now + 5_000)?;
        self.now += DAY_MS;
        for gate in &mut self.oracle.gates {
            gate.forgive();
        }
        for object in 0..self.objects.len() {
            self.pass_on(object)?;
        }
        self.run_until(self.now + 2_000)
    }

    fn pass_on(&mut self, object: usize) -> Result<(), Failure> {
        let stored = &self.objects[object].storage;
        let case = self.objects[object].case;
        let is_over = stored.meta.is_none() || self.oracle.cases[case].is_deleted;
        let mut known = Attribution::default();
        for bytes in stored.attributions() {
            if let Ok(read) = Attribution::decode(&bytes) {
                known.merge(&read);
            }
        }
        // An id under which nothing is proved is nobody's by then.
        let mut victims: Vec<(u64, u32)> = stored.content.inserted().collect();
        victims.retain(|(client, _)| known.owner(*client).is_some());
        if is_over || victims.is_empty() {
            return Ok(());
        }
        let (client, clock) = victims[self.random.index(victims.len())];
        let carrier = self.add_peer(case, object, Nature::Hostile);
        self.come(carrier);
        self.run_until(self.now + 1_500)?;
        let Some(id) = self.peers[carrier].socket() else {
            return Ok(());
        };
        let invented = self.random.id();
        self.oracle.enter(case, carrier, invented);
        let update = forged_letter(invented, 0);
        self.oracle.wrote(case, &update);
        self.send_up(id, wire::sync_step2(&update));
        self.run_until(self.now + 500)?;
        self.counters.count("forgeries passed on a day later");
        self.send_up(id, wire::sync_step2(&forged_letter(client, clock)));
        self.run_until(self.now + 1_000)?;
        self.leave(carrier);
        Ok(())
    }
}
