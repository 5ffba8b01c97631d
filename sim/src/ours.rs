//! Peers that speak `glossator.v1`: they number what they write, believe what they are told of it, ping, and start afresh
//! when they are refused. And what must be true of what they are told.

use std::collections::BTreeMap;

use room::{
    SessionId,
    decode::{self, ClientFrame, Message},
    glossator::{Announcement, Watermark, numbered},
};

use crate::{content::Content, peer::Nature, world::World};

/// How long one of ours that fell silent may be seen.
const SILENT_MS: u64 = 95_000;

/// What is known of one socket of ours.
#[derive(Debug, Default)]
pub(crate) struct Ours {
    /// The number of the newest frame.
    number: u64,
    /// What each frame brought that was not said to be saved.
    sent: BTreeMap<u64, Content>,
    /// What was said to be saved, and the page does not know yet.
    on_its_way: BTreeMap<u64, Content>,
    /// Deletions of these may have been left out without a word.
    may_lack: bool,
    epoch: Option<u64>,
    /// Where the newest saved frame lies, as the page knows.
    saved_seq: Option<u64>,
    archived: Watermark,
}

/// What an object has called saved: its epoch, where it lies, what it is.
pub(crate) type Promise = (u64, u64, Content);

impl World {
    pub(crate) fn is_ours(&self, socket: u64) -> bool {
        let socket = self.sockets.get(&socket);
        socket.is_some_and(|socket| self.peers[socket.peer].nature == Nature::Ours)
    }

    /// What our client makes of a frame before it leaves.
    pub(crate) fn number(&mut self, id: u64, frame: Vec<u8>) -> Vec<u8> {
        let Some(content) = content_of(&frame).filter(|_| self.is_ours(id)) else {
            return frame;
        };
        let may_lack = self
            .sockets
            .get(&id)
            .is_some_and(|socket| self.may_lack_silently(socket.peer));
        let Some(socket) = self.sockets.get_mut(&id) else {
            return frame;
        };
        socket.ours.may_lack |= may_lack;
        socket.ours.number += 1;
        socket.ours.sent.insert(socket.ours.number, content);
        numbered(socket.ours.number, &frame)
    }

    /// Looks at what leaves an object for a socket: what is called saved is durable, and what is called archived was
    /// in the store.
    pub(crate) fn announces(&mut self, id: u64, frame: &[u8]) {
        let Ok(Some(said)) = Announcement::read(frame) else {
            return;
        };
        if !self.is_ours(id) {
            let detail = format!("socket {id} was told {said:?}");
            return self
                .oracle
                .violated("stock clients are told nothing new", detail);
        }
        match said {
            Announcement::Saved { epoch, number, seq } => {
                self.calls_saved(id, (epoch, seq), number)
            }
            Announcement::Archived { epoch, archived }
            | Announcement::Welcome {
                epoch, archived, ..
            } => self.calls_archived(id, epoch, archived),
            Announcement::Refused { .. }
            | Announcement::Conditions(_)
            | Announcement::Renewed { .. }
            | Announcement::Resume { .. } => {}
        }
    }

    fn calls_saved(&mut self, id: u64, (epoch, seq): (u64, u64), number: u64) {
        let Some(socket) = self.sockets.get_mut(&id) else {
            return;
        };
        let (object, peer) = (socket.object, socket.peer);
        let may_lack = socket.ours.may_lack;
        let later = socket.ours.sent.split_off(&(number + 1));
        let mut saved = Content::default();
        for content in std::mem::replace(&mut socket.ours.sent, later).values() {
            saved.absorb(content);
        }
        self.counters.count("frames saved");
        if self.oracle.cases[self.peers[peer].case].is_deleted {
            return;
        }
        let held = &self.objects[object].storage.content;
        if may_lack || self.may_lack_silently(peer) {
            saved.keep_deleted(held);
        }
        let Some(socket) = self.sockets.get_mut(&id) else {
            return;
        };
        if let Some(fleeting) = saved.beyond(held) {
            let detail = format!("frame {number} of {id} is called saved, without {fleeting}");
            return self.oracle.violated("what is saved is durable", detail);
        }
        socket.ours.on_its_way.insert(number, saved.clone());
        self.oracle.objects[object].saved.push((epoch, seq, saved));
    }

    fn calls_archived(&mut self, id: u64, epoch: u64, archived: Watermark) {
        let Some(socket) = self.sockets.get(&id) else {
            return;
        };
        let case = self.peers[socket.peer].case;
        self.counters.count(match archived.0 {
            Some(_) => "archives announced",
            None => "archives voided",
        });
        let promises = std::mem::take(&mut self.oracle.objects[socket.object].saved);
        let (due, open): (Vec<Promise>, Vec<Promise>) = promises
            .into_iter()
            .filter(|promise| promise.0 == epoch)
            .partition(|promise| archived.covers(promise.1));
        self.oracle.objects[socket.object].saved = open;
        let truth = &self.oracle.cases[case];
        let missing = due.iter().find_map(|due| due.2.beyond(&truth.stored));
        if let Some(missing) = missing
            && !truth.is_deleted
        {
            let detail = format!("{id} is told that the store holds {missing}");
            self.oracle.violated("what is archived was stored", detail);
        }
    }

    /// A page of ours takes what only it is told; whether it was that.
    pub(crate) fn is_told(&mut self, id: u64, frame: &[u8]) -> bool {
        let Ok(Some(said)) = Announcement::read(frame) else {
            return false;
        };
        let Some(socket) = self.sockets.get_mut(&id) else {
            return true;
        };
        let (index, ours) = (socket.peer, &mut socket.ours);
        self.peers[index].heard_at = self.now;
        match said {
            Announcement::Welcome {
                epoch, archived, ..
            } => {
                if ours.epoch.is_some() {
                    self.counters.count("welcomes repeated");
                }
                if ours.epoch.replace(epoch) != Some(epoch) {
                    ours.saved_seq = None;
                }
                ours.archived = archived;
            }
            Announcement::Saved { epoch, number, seq } => {
                let later = ours.on_its_way.split_off(&(number + 1));
                let known = std::mem::replace(&mut ours.on_its_way, later);
                if ours.epoch == Some(epoch) {
                    ours.saved_seq = Some(seq);
                }
                let is_news = !known.is_empty();
                let (case, object) = (self.peers[index].case, socket.object);
                for content in known.values() {
                    let storage = &self.objects[object].storage;
                    self.oracle
                        .acknowledged(case, index, object, content, storage);
                }
                if is_news {
                    self.was_saved(index);
                }
            }
            Announcement::Archived { archived, .. } => ours.archived = archived,
            Announcement::Refused { words, .. } => self.refused(index, id, &words),
            Announcement::Conditions(_) => self.counters.count("conditions told"),
            Announcement::Renewed { .. } => self.counters.count("renewals told"),
            Announcement::Resume { token } => self.may_resume(index, &token),
        }
        true
    }

    /// A page of ours was refused: it drops its replica, comes back under another client id, and writes again.
    fn refused(&mut self, index: usize, id: u64, words: &str) {
        if !self.peers[index].is_poisoned {
            if !self.is_excused(index, self.sockets.get(&id)) {
                let detail = format!("peer {index} had written nothing that is forbidden: {words}");
                return self
                    .oracle
                    .violated("honest traffic is never refused", detail);
            }
            self.counters.count("honest pages refused for their role");
            if self.bears_refusal(index) {
                self.reload(index);
            }
            return;
        }
        self.counters.count("refused peers rebuilt");
        self.reload(index);
        self.edit(index);
    }

    /// A page opens with a fresh replica if the one before was poisoned: what it wrote must never be seen.
    pub(crate) fn drop_poisoned(&mut self, index: usize) {
        if self.peers[index].is_poisoned {
            let client = self.random.id();
            self.oracle.enter(self.peers[index].case, index, client);
            self.peers[index].reload(self.now, client);
        }
    }

    /// A page of which everything is saved writes what it may not, and goes on before it is told.
    pub(crate) fn write_forbidden(&mut self, index: usize) {
        let peer = &mut self.peers[index];
        let Some(id) = peer.socket().filter(|_| peer.is_synced) else {
            return;
        };
        let socket = self.sockets.get(&id);
        if socket.is_none_or(|socket| !socket.ours.sent.is_empty()) {
            return;
        }
        peer.is_poisoned = true;
        let Some(update) = peer.forbid() else { return };
        self.send_up(id, room::wire::update(&update));
        for _ in 0..self.random.between(1, 5) {
            self.edit(index);
        }
    }

    /// The runtime answers a page that pings.
    pub(crate) fn ping(&mut self, id: u64) {
        let socket = self.sockets.get_mut(&id);
        let Some(socket) = socket.filter(|socket| !socket.is_silent) else {
            return;
        };
        let (object, peer) = (&mut self.objects[socket.object], socket.peer);
        if self.peers[peer].nature == Nature::Ours && object.sockets.contains_key(&SessionId(id)) {
            object.pings.insert(SessionId(id), self.now);
            self.peers[peer].heard_at = self.now;
            socket.heard_at = self.now;
        }
    }

    /// A page of ours drops nobody for silence: whoever fell silent goes because the room says so, in time.
    pub(crate) fn check_silent(&mut self, index: usize, id: u64) {
        let Some(watcher) = self.sockets.get(&id) else {
            return;
        };
        if !self.is_ours(id) || watcher.is_silent {
            return;
        }
        let open = &self.objects[watcher.object].sockets;
        let peer = &self.peers[index];
        for seen in peer.awareness.present() {
            let of_it = self.sockets.iter().filter(|(other, socket)| {
                socket.client == seen
                    && open.contains_key(&SessionId(**other))
                    && self.peers[socket.peer].nature == Nature::Ours
            });
            let Some(heard) = of_it.map(|(_, socket)| socket.heard_at).max() else {
                continue;
            };
            if seen != peer.client && self.now > heard + SILENT_MS + 3 * watcher.slowest {
                let detail = format!("peer {index} sees {seen}, silent since {heard}");
                return self.oracle.violated("I8 the dead go", detail);
            }
        }
    }

    /// In the calm every page of ours knows that its work is in the store.
    pub(crate) fn check_told(&self, case: usize) -> Result<(), crate::Failure> {
        for (index, peer) in self.peers.iter().enumerate() {
            let socket = peer.socket().and_then(|id| self.sockets.get(&id));
            let Some(socket) = socket.filter(|_| peer.case == case && peer.nature == Nature::Ours)
            else {
                continue;
            };
            let ours = &socket.ours;
            let is_known = ours.saved_seq.is_none_or(|seq| ours.archived.covers(seq));
            if !is_known || !ours.sent.is_empty() || ours.epoch.is_none() {
                let detail = format!("peer {index} was told {ours:?}");
                return Err(crate::Failure::new("our pages know what is safe", detail));
            }
        }
        Ok(())
    }
}

/// The messages of a frame of either kind of client.
pub(crate) fn messages(frame: &[u8]) -> Vec<Message<'_>> {
    if let Ok(ClientFrame::Messages { messages, .. }) = decode::client_frame(frame) {
        return messages;
    }
    decode::messages(frame).unwrap_or_default()
}

/// What a frame brings; absent if it has no update.
fn content_of(frame: &[u8]) -> Option<Content> {
    let mut content = None;
    for message in decode::messages(frame).ok()? {
        if let Message::SyncStep2(update) | Message::Update(update) = message {
            content
                .get_or_insert_with(Content::default)
                .absorb(&Content::of(update)?);
        }
    }
    content
}
