//! Sockets: frames in order within each, with latency, until one side or the wire between them ends it.

use std::{collections::VecDeque, rc::Rc};

use room::{Authority, Event, SessionId, decode::Message};

use crate::{
    content::Content,
    mutation::Mutation,
    object::{self, Outgoing},
    ours::{Ours, messages},
    peer::{Nature, Peer},
    trace::fingerprint,
    world::{Happening, World},
};

/// One WebSocket.
#[derive(Debug)]
pub(crate) struct Socket {
    pub(crate) object: usize,
    pub(crate) peer: usize,
    /// The page that opened it.
    pub(crate) client: u64,
    pub(crate) latency: u64,
    /// The longest that it ever took: what was sent then may still be on its way.
    pub(crate) slowest: u64,
    /// The wire swallows everything, and neither side knows.
    pub(crate) is_silent: bool,
    /// When the object last heard it.
    pub(crate) heard_at: u64,
    /// When the last frame of each direction arrives: none overtakes another.
    pub(crate) up_last: u64,
    down_last: u64,
    /// What this socket has brought the room and the room has taken.
    pub(crate) brought: Content,
    /// For each answer to a SyncStep1 on its way: what it must bring.
    owed: VecDeque<Content>,
    pub(crate) ours: Ours,
    /// It has brought what others wrote and the room has lost, or never had.
    pub(crate) carries_others: bool,
    /// What was shown when it opened.
    shown: Option<Authority>,
}

impl Socket {
    pub(crate) fn new(peer: &Peer, index: usize, latency: u64, shown: Option<Authority>) -> Socket {
        Socket {
            object: peer.object,
            peer: index,
            client: peer.client,
            latency,
            slowest: latency,
            is_silent: false,
            heard_at: 0,
            up_last: 0,
            down_last: 0,
            brought: Content::default(),
            owed: VecDeque::new(),
            ours: Ours::default(),
            carries_others: false,
            shown,
        }
    }
}

/// The person behind a page.
pub(crate) fn user_of(peer: usize) -> String {
    format!("user-{peer}")
}

impl World {
    /// The object accepts a socket; the page learns it and speaks first.
    pub(crate) fn opened(&mut self, id: u64) {
        let Some(socket) = self.sockets.get_mut(&id) else {
            return;
        };
        socket.heard_at = self.now;
        let (object, peer) = (socket.object, socket.peer);
        let (client, shown) = (socket.client, socket.shown.take());
        self.oracle.came(client, id);
        self.trace.line(
            self.now,
            format_args!("peer {peer} with client {client} opens {id}"),
        );
        self.objects[object].sockets.insert(SessionId(id), None);
        let protocol = self.peers[peer].nature.protocol();
        self.step(
            object,
            object::opened(SessionId(id), user_of(peer), protocol, shown),
        );
        if self.peers[peer].socket() == Some(id) && self.sockets.contains_key(&id) {
            for frame in self.peers[peer].greet(self.now) {
                self.send_up(id, frame);
            }
            let only_looks = self.oracle.cases[self.peers[peer].case].is_only_looked_at;
            if self.is_ours(id) && self.is_storm && !only_looks && self.random.percent(30) {
                // Somebody types on before the page knows what the room has.
                self.edit(peer);
            }
        }
    }

    pub(crate) fn send_up(&mut self, id: u64, frame: Vec<u8>) {
        let now = self.now;
        let frame = self.number(id, frame);
        let Some(socket) = self.sockets.get_mut(&id) else {
            return;
        };
        if !socket.is_silent {
            socket.up_last = socket.up_last.max(now + socket.latency);
            let at = socket.up_last;
            self.at(
                at,
                Happening::Up {
                    socket: id,
                    frame: frame.into(),
                },
            );
        }
    }

    pub(crate) fn arrives_up(&mut self, id: u64, frame: &Rc<[u8]>) {
        let Some(socket) = self.sockets.get_mut(&id) else {
            return;
        };
        socket.heard_at = self.now;
        let object = socket.object;
        let session = SessionId(id);
        if !self.objects[object].sockets.contains_key(&session) {
            return;
        }
        // A room that is open, or will be once it has woken, takes the frame in the stretch that it arrives in.
        let is_taken = self.objects[object]
            .status()
            .map_or(self.objects[object].storage.meta.is_some(), |status| {
                status.state == "open" && status.waiting_bytes == 0
            });
        if is_taken
            && let Some(socket) = self.sockets.get_mut(&id)
            && self.peers[socket.peer].nature != Nature::Hostile
        {
            self.oracle.brought(&mut socket.brought, frame);
        }
        self.note_carried(id, frame);
        let frame = frame.to_vec();
        self.step(object, Event::FrameReceived { session, frame });
        if let Some(socket) = self.sockets.get_mut(&id) {
            // What builds on something that the room has lost was left out.
            socket.brought.keep(&self.objects[object].storage.content);
        }
    }

    /// Takes note whether a frame brings what others did and the room lacks: it may refuse that.
    fn note_carried(&mut self, id: u64, frame: &[u8]) {
        let Some(socket) = self.sockets.get_mut(&id).filter(|_| !self.grants.is_open) else {
            return;
        };
        let held = &self.objects[socket.object].storage.content;
        for message in messages(frame) {
            let (Message::SyncStep2(update) | Message::Update(update)) = message else {
                continue;
            };
            let lacking = Content::of(update).and_then(|content| content.beyond(held));
            let is_others = |client| self.oracle.writer(client) != Some(socket.peer);
            socket.carries_others |=
                lacking.is_some_and(|lacking| lacking.touched().any(is_others));
        }
    }

    /// Lets out what a stretch wants to say, as far as the output gate allows.
    pub(crate) fn release(&mut self, index: usize, out: Outgoing, was_cut_off: bool) {
        for (mut sessions, frame, is_free) in out.frames {
            if was_cut_off && !is_free && !self.planted.is(Mutation::OutputGateIgnored) {
                continue;
            }
            if sessions.len() > 1 && self.planted.is(Mutation::BroadcastToTheWrongRoom) {
                sessions.extend(
                    self.objects
                        .iter()
                        .filter(|o| o.case != self.objects[index].case)
                        .flat_map(|o| o.sockets.keys().next().copied()),
                );
            }
            for session in sessions {
                self.send_down(session.0, &frame);
            }
        }
        for (session, code) in out.closes {
            self.trace.line(
                self.now,
                format_args!("object {index} closes {} with {code}", session.0),
            );
            self.close_from_object(session.0, code);
        }
        for (request, question) in out.questions {
            self.ask(index, request, question);
        }
    }

    fn send_down(&mut self, id: u64, frame: &Rc<[u8]>) {
        let now = self.now;
        self.announces(id, frame);
        let Some(socket) = self.sockets.get_mut(&id) else {
            return;
        };
        self.oracle.sends(now, id, socket, frame);
        if !socket.is_silent {
            if let [0, 1, ..] = &frame[..] {
                let case = self.peers[socket.peer].case;
                socket.owed.push_back(self.oracle.owed(socket.object, case));
            }
            socket.down_last = socket.down_last.max(now + socket.latency);
            let at = socket.down_last;
            self.at(
                at,
                Happening::Down {
                    socket: id,
                    frame: Rc::clone(frame),
                },
            );
        }
    }

    pub(crate) fn arrives_down(&mut self, id: u64, frame: &[u8]) {
        let Some(socket) = self.sockets.get_mut(&id) else {
            return;
        };
        let (index, object) = (socket.peer, socket.object);
        let owed = if let [0, 1, ..] = frame {
            socket.owed.pop_front()
        } else {
            None
        };
        if self.peers[index].socket() != Some(id) || self.is_told(id, frame) {
            return;
        }
        let peer = &mut self.peers[index];
        self.trace.line(
            self.now,
            format_args!(
                "peer {index} hears {:08x}+{}",
                fingerprint(frame),
                frame.len()
            ),
        );
        let heard = match peer.hear(self.now, frame) {
            Ok(heard) => heard,
            Err(reason) => {
                return self
                    .oracle
                    .violated("I14 in order", format!("peer {index}: {reason}"));
            }
        };
        if peer.is_synced {
            peer.tries = 0;
        }
        if peer.nature == Nature::Hostile && peer.is_synced && heard.claimed.is_some() {
            self.counters.count("gaps answered with a resync");
        }
        let case = peer.case;
        self.oracle
            .shown(case, index, object, &heard, &self.objects[object].storage);
        if let Some(owed) = owed {
            let has = self.peers[index].content();
            self.oracle.joined(case, index, &owed, &has);
        }
        for reply in heard.replies {
            self.send_up(id, reply);
        }
    }

    /// The room closed a socket: the peer learns it after what was sent before.
    fn close_from_object(&mut self, id: u64, code: u16) {
        let now = self.now;
        let Some(socket) = self.sockets.get_mut(&id) else {
            return;
        };
        let at = socket.down_last.max(now + socket.latency);
        self.oracle.went(now, socket.client, id);
        let is_ours = self.peers[socket.peer].nature == Nature::Ours;
        if is_ours && socket.is_silent && code == room::close::TRY_LATER {
            self.counters.count("silent sockets swept");
        }
        self.at(at, Happening::DownClosed { socket: id, code });
    }

    /// The wire breaks: what is under way is lost, and both sides learn it, each in its time.
    pub(crate) fn cut(&mut self, id: u64, object_after: u64) {
        let Some(socket) = self.sockets.get_mut(&id) else {
            return;
        };
        socket.is_silent = true;
        let latency = socket.latency;
        self.after(
            latency,
            Happening::DownClosed {
                socket: id,
                code: 1006,
            },
        );
        self.after(object_after, Happening::UpClosed { socket: id });
    }

    pub(crate) fn closed_up(&mut self, id: u64) {
        let Some(socket) = self.sockets.get(&id) else {
            return;
        };
        let (object, client) = (socket.object, socket.client);
        self.oracle.went(self.now, client, id);
        if self.objects[object].sockets.contains_key(&SessionId(id)) {
            self.step(
                object,
                Event::SessionClosed {
                    session: SessionId(id),
                },
            );
        }
        self.drop_if_over(id);
    }

    /// Memory is gone, and every socket with it.
    pub(crate) fn kill(&mut self, object: usize) {
        self.objects[object].lose_memory(self.now);
        self.objects[object].sockets.clear();
        for id in self.sockets_of(object) {
            let Some(socket) = self.sockets.get(&id) else {
                continue;
            };
            let (latency, client, peer) = (socket.latency, socket.client, socket.peer);
            self.oracle.went(self.now, client, id);
            if self.peers[peer].socket() == Some(id) {
                self.after(
                    latency,
                    Happening::DownClosed {
                        socket: id,
                        code: 1006,
                    },
                );
                if let Some(socket) = self.sockets.get_mut(&id) {
                    socket.is_silent = true;
                }
            } else {
                self.sockets.remove(&id);
            }
        }
        self.oracle
            .check_durable(self.objects[object].case, &self.objects, &self.store);
    }

    pub(crate) fn drop_if_over(&mut self, id: u64) {
        let Some(socket) = self.sockets.get(&id) else {
            return;
        };
        let object_knows = !self.objects[socket.object]
            .sockets
            .contains_key(&SessionId(id));
        if object_knows && self.peers[socket.peer].socket() != Some(id) {
            self.sockets.remove(&id);
        }
    }
}
