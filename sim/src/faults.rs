//! What people do, and what goes wrong.

use annotation::Role;
use room::wire;

use crate::{
    object::{Break, Crash, Trouble},
    peer::{ATTACKS, Nature, Presence},
    world::{Happening, World},
};

/// More characters than a journal may have rows.
const BURST: u64 = room::limits::JOURNAL_ROWS_MAX + 40;
/// Updates of one frame.
const FRAME_UPDATES: usize = 60;

/// A runtime may take so long to notice that nobody is there any more.
const HALF_OPEN_MS: u64 = 240_000;

#[derive(Clone, Copy, Debug)]
enum Fault {
    Kill,
    Hibernate,
    Interrupt,
    StorageLoss,
    Cut,
    GoSilent,
    Slow,
    HostStops,
    HostPauses,
    Backup,
    PutBack,
    Corrupt,
    Delete,
}

const FAULTS: &[(u64, Fault)] = &[
    (14, Fault::Kill),
    (16, Fault::Hibernate),
    (6, Fault::Interrupt),
    (5, Fault::StorageLoss),
    (18, Fault::Cut),
    (5, Fault::GoSilent),
    (6, Fault::Slow),
    (6, Fault::HostStops),
    (6, Fault::HostPauses),
    (8, Fault::Backup),
    (7, Fault::PutBack),
    (5, Fault::Corrupt),
    (2, Fault::Delete),
];

impl World {
    /// One thing goes wrong.
    pub(crate) fn fault(&mut self) {
        let Some(fault) = self.random.weighted(FAULTS) else {
            return;
        };
        let object = self.random.index(self.objects.len());
        let case = self.objects[object].case;
        self.faults += 1;
        self.trace
            .line(self.now, format_args!("FAULT {fault:?} object {object}"));
        match fault {
            Fault::Kill => {
                self.counters.count("kills");
                self.kill(object);
            }
            Fault::Hibernate => self.hibernate(object),
            Fault::Interrupt => {
                self.counters.count("interruptions");
                self.objects[object].lose_memory(self.now);
                self.objects[object].interrupted = true;
            }
            Fault::StorageLoss => self.lose_storage(object),
            Fault::Cut => {
                if let Some(id) = self.some_socket() {
                    self.counters.count("sockets cut");
                    let is_half_open = self.is_ours(id) && self.random.percent(30);
                    let wait = if is_half_open {
                        HALF_OPEN_MS
                    } else {
                        self.random.below(2_000)
                    };
                    self.cut(id, wait);
                }
            }
            Fault::GoSilent => {
                if let Some(id) = self.some_socket()
                    && let Some(socket) = self.sockets.get_mut(&id)
                {
                    self.counters.count("sockets gone silent");
                    socket.is_silent = true;
                }
            }
            Fault::Slow => {
                let latency = self.random.between(500, 4_000);
                if let Some(socket) = self.some_socket().and_then(|id| self.sockets.get_mut(&id)) {
                    self.counters.count("sockets slowed");
                    socket.latency = latency;
                    socket.slowest = latency;
                }
            }
            Fault::HostStops => {
                self.counters.count("host stops");
                self.host_is_up = !self.host_is_up;
            }
            Fault::HostPauses => {
                self.counters.count("host pauses");
                self.host_paused_until = self.now + self.random.between(500, 20_000);
            }
            Fault::Backup => self.backup = Some(self.store.clone()),
            Fault::PutBack => self.put_back(),
            Fault::Corrupt => {
                let at = self.random.next();
                if self.store.corrupt(case, at) {
                    if self.is_readable(case, None) {
                        self.counters.count("corrupt rows");
                    } else {
                        // The same bit again.
                        self.store.corrupt(case, at);
                    }
                    self.oracle.lost_a_place(&self.objects, &self.store);
                }
            }
            Fault::Delete => {
                if self.random.percent(40) {
                    self.counters.count("cases deleted");
                    self.store.delete(case);
                    self.oracle.deleted(case);
                }
            }
        }
    }

    /// What shall go wrong in the next stretch.
    pub(crate) fn trouble(&mut self) -> Trouble {
        if !self.is_storm || !self.random.percent(3) {
            return Trouble::default();
        }
        self.faults += 1;
        match self.random.below(6) {
            0 | 1 => Trouble {
                crash: Some(Crash::BeforeCommit),
                ..Trouble::default()
            },
            2 | 3 => Trouble {
                crash: Some(Crash::AfterCommit),
                ..Trouble::default()
            },
            4 => Trouble {
                read: true,
                ..Trouble::default()
            },
            _ => {
                let broken = Break {
                    persist: self.random.percent(50),
                };
                Trouble {
                    write: Some((self.random.below(3) as u32, broken)),
                    ..Trouble::default()
                }
            }
        }
    }

    /// Memory goes and sockets stay, if the platform could do it now.
    pub(crate) fn hibernate(&mut self, index: usize) {
        let object = &mut self.objects[index];
        if object.status().is_some() && object.timer.is_none() && object.awaiting.is_empty() {
            self.counters.count("hibernations");
            object.lose_memory(self.now);
            self.oracle
                .check_durable(object.case, &self.objects, &self.store);
        }
    }

    fn lose_storage(&mut self, index: usize) {
        let case = self.objects[index].case;
        if !self.is_readable(case, Some(index)) {
            return;
        }
        self.counters.count("storage losses");
        self.kill(index);
        for id in self.sockets_of(index) {
            self.closed_down(id, 1006);
        }
        self.objects[index].storage = Default::default();
        self.objects[index].witness.forget();
        self.oracle.gates[index].forget();
        self.oracle.lost_a_place(&self.objects, &self.store);
    }

    fn put_back(&mut self) {
        let Some(backup) = self.backup.take() else {
            return;
        };
        let before = std::mem::replace(&mut self.store, backup);
        if !(0..self.oracle.cases.len()).all(|case| self.is_readable(case, None)) {
            self.store = before;
            return;
        }
        self.counters.count("backups put back");
        for case in 0..self.oracle.cases.len() {
            // What an operator has to do again after that.
            self.erase_again(case);
        }
        if self.random.percent(60) {
            self.counters.count("backups put back, generation renewed");
            let drawn = self.random.next();
            self.store.renew_generation(drawn);
            self.store.resync();
        }
        self.oracle.lost_a_place(&self.objects, &self.store);
    }

    /// Whether anything of a case is left that could be read. Where nothing is, only an operator with a copy helps, and
    /// the room rightly stays closed.
    fn is_readable(&self, case: usize, without: Option<usize>) -> bool {
        let holds = |(index, object): (usize, &crate::object::Object)| {
            object.case == case && Some(index) != without && object.storage.meta.is_some()
        };
        !self.store.has_row(case)
            || self.store.is_deleted(case)
            || self.store.intact(case).is_some()
            || self.objects.iter().enumerate().any(holds)
    }

    fn some_socket(&mut self) -> Option<u64> {
        let open: Vec<u64> = self.peers.iter().filter_map(|peer| peer.socket()).collect();
        (!open.is_empty()).then(|| open[self.random.index(open.len())])
    }

    /// A peer does something, as long as there is a storm.
    pub(crate) fn act(&mut self, index: usize) {
        if !self.is_storm {
            return;
        }
        let wait = self.random.between(60, 2_500);
        self.after(wait, Happening::Act { peer: index });
        let peer = &mut self.peers[index];
        let only_looks = self.oracle.cases[peer.case].is_only_looked_at;
        if peer.nature == Nature::Hostile {
            return self.attack(index);
        }
        if let Presence::Stopped { code } = peer.presence {
            self.sign_in_again(index, code);
        }
        let peer = &self.peers[index];
        if peer.nature == Nature::Ours && !only_looks && self.random.percent(3) {
            return self.write_forbidden(index);
        }
        match self.random.below(100) {
            0..=62 if !only_looks => self.edit(index),
            0..=76 => {
                let place = self.random.below(500);
                let frame = self.peers[index].move_cursor(self.now, place);
                if let Some(id) = self.peers[index].socket() {
                    self.send_up(id, frame);
                }
            }
            77..=84 => match self.peers[index].presence {
                Presence::Away => self.come(index),
                Presence::Here { .. } => self.leave(index),
                Presence::Coming | Presence::Stopped { .. } => {}
            },
            85..=87 => self.reload(index),
            88 if !only_looks && self.random.percent(4) => self.burst(index),
            _ => {
                if self.peers[index].presence == Presence::Away {
                    self.come(index);
                }
            }
        }
    }

    pub(crate) fn edit(&mut self, index: usize) {
        let peer = &mut self.peers[index];
        let Some(update) = peer.edit(self.now, &mut self.random) else {
            return;
        };
        self.counters.count("edits");
        self.note_edit(index);
        let peer = &self.peers[index];
        if !peer.is_poisoned {
            self.oracle.wrote(peer.case, &update);
        }
        match peer.socket() {
            Some(id) => self.send_up(id, wire::update(&update)),
            None => self.counters.count("edits made offline"),
        }
    }

    /// Somebody types faster than anybody can: the journal fills.
    fn burst(&mut self, index: usize) {
        let Some(id) = self.peers[index].socket() else {
            return;
        };
        if self.peers[index]
            .access
            .role
            .is_some_and(|role| role < Role::Annotate)
        {
            return;
        }
        self.note_edit(index);
        let mut frame = Vec::new();
        for number in 1..=BURST as usize {
            let peer = &mut self.peers[index];
            let Some(update) = peer.type_on() else {
                continue;
            };
            if !peer.is_poisoned {
                self.oracle.wrote(peer.case, &update);
            }
            frame.extend(wire::update(&update));
            if number % FRAME_UPDATES == 0 || number == BURST as usize {
                self.send_up(id, std::mem::take(&mut frame));
            }
        }
    }

    /// A page is closed and opened again: what it had not sent is gone with it.
    pub(crate) fn reload(&mut self, index: usize) {
        if matches!(self.peers[index].presence, Presence::Stopped { .. }) {
            return;
        }
        self.counters.count("pages reloaded");
        self.leave(index);
        let client = self.random.id();
        self.oracle.enter(self.peers[index].case, index, client);
        self.peers[index].reload(self.now, client);
        self.note_reload(index);
        self.come(index);
    }

    /// A hostile peer does its worst: its own updates out of order and twice, and frames that claim the impossible.
    fn attack(&mut self, index: usize) {
        let Some(id) = self.peers[index].socket() else {
            return self.come(index);
        };
        let only_looks = self.oracle.cases[self.peers[index].case].is_only_looked_at;
        if !only_looks && self.may_be_harmful(index) && self.random.percent(60) {
            return self.harm(index, id);
        }
        match self.random.below(8) {
            0..=4 if !only_looks => {
                let mut updates = Vec::new();
                for _ in 0..self.random.between(2, 5) {
                    let peer = &mut self.peers[index];
                    if let Some(update) = peer.edit(self.now, &mut self.random) {
                        self.oracle.wrote(peer.case, &update);
                        updates.push(update);
                    }
                }
                if updates.len() > 1 && self.random.percent(70) {
                    updates.reverse();
                }
                for update in updates.iter().chain(updates.first()) {
                    self.send_up(id, wire::update(update));
                }
            }
            5 => {
                let attack = ATTACKS[self.random.index(ATTACKS.len())];
                self.send_up(id, attack.to_vec());
            }
            _ => {
                let whole = wire::sync_step2(&self.peers[index].diff(&Default::default()));
                let cut = whole[..self.random.index(whole.len()).max(1)].to_vec();
                let frame = if self.random.percent(20) { cut } else { whole };
                self.send_up(id, frame);
            }
        }
    }
}
