//! What somebody does who means harm and has come in: writes what others wrote, in their names and under their client
//! ids, and says to be them. Some of it through a document of their own, some of it byte by byte.

use annotation::Role;
use room::{decode::PresenceEntry, wire};
use yrs::{Any, Doc, Map, Out, Transact, branch::BranchID};

use crate::{
    edits::Roots,
    network::user_of,
    object::at_edge,
    peer::{IMPOSTOR, Nature},
    plain::THINGS,
    random::Random,
    things::{add, author_of},
    world::{Happening, World},
};

#[derive(Clone, Copy, Debug)]
enum Harm {
    ChangeAnothers,
    DeleteAnothers,
    DeleteByBytes,
    ForgeAuthor,
    ForgeStruct,
    WriteNotes,
    SayToBeAnother,
}

const HARMS: &[(u64, Harm)] = &[
    (4, Harm::ChangeAnothers),
    (3, Harm::DeleteAnothers),
    (4, Harm::DeleteByBytes),
    (5, Harm::ForgeAuthor),
    (5, Harm::ForgeStruct),
    (2, Harm::WriteNotes),
    (3, Harm::SayToBeAnother),
];

/// A struct of any client: a tombstone without a place, or a letter in the notes.
const TOMBSTONE: &[u8] = &[0, 1];
const LETTER: &[u8] = &[4, 1, 5, b'n', b'o', b't', b'e', b's', 1, b'!'];

impl World {
    /// A hostile peer whom the host has let in does harm.
    pub(crate) fn harm(&mut self, index: usize, id: u64) {
        let Some(harm) = self.random.weighted(HARMS) else {
            return;
        };
        self.counters.count("hostile deeds");
        self.trace
            .line(self.now, format_args!("peer {index} does harm: {harm:?}"));
        let by_answer = self.random.percent(40);
        match harm {
            Harm::SayToBeAnother => return self.say_to_be_another(index, id),
            Harm::ForgeStruct => return self.forge_struct(index, id, by_answer),
            Harm::ChangeAnothers
            | Harm::DeleteAnothers
            | Harm::DeleteByBytes
            | Harm::ForgeAuthor
            | Harm::WriteNotes => {}
        }
        let (user, now_ms) = (user_of(index), at_edge(self.now).0);
        let victim = user_of(self.random.index(self.peers.len()));
        let (random, peer) = (&mut self.random, &mut self.peers[index]);
        let mut raw = None;
        let client = peer.client;
        let written = peer.meddle(|document, roots| match harm {
            Harm::ChangeAnothers => meddle(document, roots, random, &user, false),
            Harm::DeleteAnothers => meddle(document, roots, random, &user, true),
            Harm::DeleteByBytes => raw = deletion(document, roots, random, &user),
            Harm::ForgeAuthor => {
                let author = (victim != user).then_some(victim.as_str());
                let key = format!("{victim}~{client}-{}", random.below(1_000_000));
                let map = roots.things(["highlights", "comments", "stickies"][random.index(3)]);
                add(
                    map,
                    &mut document.transact_mut(),
                    random,
                    (&key, author),
                    now_ms,
                );
            }
            Harm::WriteNotes => roots.edit_free(document, random),
            Harm::ForgeStruct | Harm::SayToBeAnother => {}
        });
        let Some(update) = raw.or(written) else {
            return;
        };
        // It is possible, if somebody else may do it; who did it is for the judge.
        self.oracle.wrote(self.peers[index].case, &update);
        self.send_up(
            id,
            match by_answer {
                true => wire::sync_step2(&update),
                false => wire::update(&update),
            },
        );
    }

    /// A struct under the id of somebody else, who has written before or has not.
    fn forge_struct(&mut self, index: usize, id: u64, by_answer: bool) {
        let state = self.peers[index].state_vector();
        let known = state.iter().map(|(client, clock)| (*client, *clock));
        let present = self.peers[index].awareness.present().into_iter();
        let unwritten = present
            .filter(|client| !state.contains_key(client))
            .map(|client| (client, 0));
        let mut victims: Vec<(u64, u32)> = known.chain(unwritten).collect();
        victims.retain(|(client, _)| self.is_anothers(index, *client));
        if victims.is_empty() {
            return;
        }
        let (client, clock) = victims[self.random.index(victims.len())];
        let content = [TOMBSTONE, LETTER][self.random.index(2)];
        let update = forged(client, clock, content);
        let frame = match by_answer {
            true => wire::sync_step2(&update),
            false => wire::update(&update),
        };
        self.send_forgery(id, client, by_answer, frame);
    }

    fn say_to_be_another(&mut self, index: usize, id: u64) {
        let mut present = self.peers[index].awareness.present();
        present.retain(|client| self.is_anothers(index, *client));
        if present.is_empty() {
            return;
        }
        let client = present[self.random.index(present.len())];
        let state = format!("{{\"name\":\"{IMPOSTOR}\"}}");
        let entry = PresenceEntry {
            client,
            clock: 1_000_000,
            state: Some(&state),
        };
        let frame = wire::awareness(&[entry]);
        self.send_forgery(id, client, false, frame);
    }

    fn is_anothers(&self, index: usize, client: u64) -> bool {
        let writer = self.oracle.writer(client);
        writer.is_some_and(|writer| writer != index && self.peers[writer].nature != Nature::Hostile)
    }

    /// Sends what claims to be another's. It arrives only where the room can know whose the id is: elsewhere whoever comes
    /// first has it, or passes on what was lost.
    fn send_forgery(&mut self, id: u64, client: u64, by_answer: bool, frame: Vec<u8>) {
        let Some(socket) = self.sockets.get(&id) else {
            return;
        };
        let wait = socket.latency;
        self.after(
            wait,
            Happening::Forgery {
                socket: id,
                client,
                by_answer,
                frame,
            },
        );
    }

    pub(crate) fn forgery_arrives(
        &mut self,
        id: u64,
        client: u64,
        by_answer: bool,
        frame: Vec<u8>,
    ) {
        let Some(socket) = self.sockets.get(&id).filter(|socket| !socket.is_silent) else {
            return;
        };
        let object = &self.objects[socket.object];
        let mut records = object.sockets.values().flatten();
        let is_present = records.any(|record| record.presence == Some(client));
        let is_written = object
            .storage
            .content
            .inserted()
            .any(|(of, _)| of == client);
        let keeps_all = !self.oracle.gates[socket.object].has_lost;
        let is_known = is_written && keeps_all;
        if is_known || (is_present && !by_answer && object.storage.meta.is_some()) {
            self.counters.count("forgeries");
            self.arrives_up(id, &frame.into());
        }
    }

    /// A hostile peer was thrown out: it comes back as it was, or with a fresh replica.
    pub(crate) fn is_thrown_out(&mut self, index: usize) {
        if self.peers[index].nature == Nature::Hostile && self.random.percent(60) {
            let client = self.random.id();
            self.oracle.enter(self.peers[index].case, index, client);
            self.peers[index].reload(self.now, client);
        }
    }

    /// What somebody would have to be to do harm by right.
    pub(crate) fn may_be_harmful(&self, index: usize) -> bool {
        self.peers[index]
            .access
            .role
            .is_some_and(|role| role < Role::Own)
    }
}

/// Changes or deletes something of somebody else's.
fn meddle(document: &Doc, roots: &Roots, random: &mut Random, user: &str, deletes: bool) {
    let root = THINGS[random.index(THINGS.len())];
    let map = roots.things(root);
    let mut txn = document.transact_mut();
    let Some(key) = anothers(map, &txn, random, user) else {
        return;
    };
    if deletes {
        map.remove(&mut txn, &key);
    } else if let Some(Out::YMap(thing)) = map.get(&txn, &key) {
        let field = ["text", "author_id", "created_at"][random.index(3)];
        thing.insert(&mut txn, field, Any::from(user));
    }
}

fn anothers(
    map: &yrs::MapRef,
    txn: &impl yrs::ReadTxn,
    random: &mut Random,
    user: &str,
) -> Option<String> {
    let mut keys: Vec<String> = map.keys(txn).map(str::to_owned).collect();
    keys.retain(|key| author_of(key) != user);
    keys.sort();
    (!keys.is_empty()).then(|| keys.swap_remove(random.index(keys.len())))
}

/// An update that deletes something of somebody else's and brings nothing.
fn deletion(document: &Doc, roots: &Roots, random: &mut Random, user: &str) -> Option<Vec<u8>> {
    let txn = document.transact();
    let map = roots.things(THINGS[random.index(THINGS.len())]);
    let key = anothers(map, &txn, random, user)?;
    let Some(Out::YMap(thing)) = map.get(&txn, &key) else {
        return None;
    };
    let BranchID::Nested(id) = AsRef::<yrs::branch::Branch>::as_ref(&thing).id() else {
        return None;
    };
    let mut out = vec![0, 1];
    for number in [id.client.get(), 1, u64::from(id.clock), 1] {
        write_number(&mut out, number);
    }
    Some(out)
}

/// An update of one struct of a client.
pub(crate) fn forged(client: u64, clock: u32, content: &[u8]) -> Vec<u8> {
    let mut out = vec![1, 1];
    write_number(&mut out, client);
    write_number(&mut out, u64::from(clock));
    out.extend_from_slice(content);
    out.push(0);
    out
}

/// The letter that a carrier claims somebody wrote.
pub(crate) fn forged_letter(client: u64, clock: u32) -> Vec<u8> {
    forged(client, clock, LETTER)
}

fn write_number(out: &mut Vec<u8>, mut value: u64) {
    while value >= 0x80 {
        out.push(value as u8 | 0x80);
        value >>= 7;
    }
    out.push(value as u8);
}
