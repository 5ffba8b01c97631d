//! What a page does with its connection, as stock clients do it: come, come back, leave, renew, and give silence up.

use room::close;

use crate::{
    access::Shown,
    network::Socket,
    peer::{Nature, Presence},
    world::{Happening, World},
};

/// A stock client gives a silent connection up after so long.
const SILENCE_MAX_MS: u64 = 30_000;

/// For so long everything must have been well before a page may rely on seeing others.
const WELL_MS: u64 = 45_000;
/// A wire that takes longer may delay a renewal by too much.
const LATENCY_MAX_MS: u64 = 500;

impl World {
    /// Whether a page has been connected for long, over a good wire, to an object that has kept its memory.
    fn is_well(&self, index: usize) -> bool {
        let peer = &self.peers[index];
        let object = &self.objects[peer.object];
        let socket = peer.socket().and_then(|id| self.sockets.get(&id));
        let is_good = |socket: &Socket| !socket.is_silent && socket.slowest <= LATENCY_MAX_MS;
        peer.nature != Nature::Hostile
            && socket.is_some_and(is_good)
            && peer.connected_at + WELL_MS < self.now
            && object.memory_lost_at + WELL_MS < self.now
    }

    pub(crate) fn connect(&mut self, peer: usize) {
        if self.peers[peer].presence != Presence::Coming {
            return;
        }
        let shown = match self.show(peer) {
            Shown::Nothing => None,
            Shown::This(authority) => Some(authority),
            shown @ (Shown::NotNow | Shown::Never) => return self.stays_away(peer, &shown),
        };
        self.drop_poisoned(peer);
        let id = self.random.id();
        let latency = self.random.between(5, 120);
        let socket = Socket::new(&self.peers[peer], peer, latency, shown);
        self.sockets.insert(id, socket);
        self.peers[peer].presence = Presence::Here { socket: id };
        self.peers[peer].heard_at = self.now;
        self.after(latency, Happening::Opened { socket: id });
    }

    /// A page learns that its connection is over: stock clients come back unless the code is final.
    pub(crate) fn closed_down(&mut self, id: u64, code: u16) {
        let Some(socket) = self.sockets.get(&id) else {
            return;
        };
        let index = socket.peer;
        let is_excused = self.is_excused(index, Some(socket));
        if self.peers[index].socket() == Some(id) {
            self.forgets_token(index, code);
            let peer = &mut self.peers[index];
            self.trace.line(
                self.now,
                format_args!("peer {index} loses its connection with {code}"),
            );
            peer.awareness.forget_others();
            peer.is_synced = false;
            let is_final = (4400..4500).contains(&code) && peer.nature != Nature::Hostile;
            if is_final || code == close::GONE {
                peer.presence = Presence::Stopped { code };
                let who = (peer.case, index);
                self.oracle.stopped(who, code, peer.nature, is_excused);
            } else {
                peer.presence = Presence::Coming;
                peer.tries += 1;
                let wait = (100u64 << peer.tries.min(5)).min(2_500) + self.random.below(50);
                self.after(wait, Happening::Connect { peer: index });
                if code == close::NOT_ALLOWED {
                    self.is_thrown_out(index);
                }
            }
        }
        self.drop_if_over(id);
    }

    /// A page leaves: its last word is on the wire already.
    pub(crate) fn leave(&mut self, peer: usize) {
        if let Some(id) = self.peers[peer].socket()
            && let Some(socket) = self.sockets.get_mut(&id)
        {
            let at = socket.up_last.max(self.now + socket.latency);
            self.at(at, Happening::UpClosed { socket: id });
        }
        if !matches!(self.peers[peer].presence, Presence::Stopped { .. }) {
            self.peers[peer].presence = Presence::Away;
            self.peers[peer].is_synced = false;
            self.peers[peer].awareness.forget_others();
        }
    }

    /// What a page does every three seconds.
    pub(crate) fn tick(&mut self, index: usize) {
        self.after(3_000, Happening::Tick { peer: index });
        let now = self.now;
        let peer = &mut self.peers[index];
        let Some(id) = peer.socket() else { return };
        self.ping(id);
        self.renew(index, id);
        let peer = &mut self.peers[index];
        let (renewed, forgotten) = peer.awareness.tick(now);
        let told: Vec<Vec<u8>> = [&renewed, &forgotten]
            .into_iter()
            .filter(|changed| !changed.is_empty() && peer.nature != Nature::Hostile)
            .map(|changed| peer.awareness.frame(changed))
            .collect();
        for frame in told {
            self.send_up(id, frame);
        }
        let Some(socket) = self.sockets.get(&id) else {
            return;
        };
        let object = &self.objects[socket.object];
        let peer = &self.peers[index];
        for gone in forgotten {
            self.counters.count("presence timeouts");
            self.trace
                .line(now, format_args!("peer {index} forgets {gone}"));
            let other = self.peers.iter().position(|peer| peer.client == gone);
            if other.is_some_and(|other| self.is_well(index) && self.is_well(other)) {
                let detail = format!("peer {index} forgets {gone}, who is here and well");
                self.oracle.violated("I8 the living stay", detail);
            }
        }
        self.oracle.check_presence(now, index, peer, socket, object);
        self.check_silent(index, id);
        if now.saturating_sub(self.peers[index].heard_at) > SILENCE_MAX_MS {
            self.cut(id, 50);
        }
    }
}
