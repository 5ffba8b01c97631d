//! The object's open WebSockets, by session id.
//!
//! A socket carries its session id as its one tag, given when it is accepted, and the room's record of it as its
//! attachment. Both survive hibernation; the JavaScript object does not, so nothing is keyed by it. As long as it lives the
//! id stands on it, too: a message's socket is asked for it, and tags are a list that the runtime makes anew each time.

use std::{
    collections::BTreeMap,
    rc::{Rc, Weak},
};

use js_sys::{Date, Function, Reflect, Uint8Array};
use room::{Frame, SessionId, SessionRecord, Timestamp};
use wasm_bindgen::{JsCast, JsValue, prelude::wasm_bindgen};
use worker::{State, WebSocket, WebSocketPair};

use crate::{
    backlog::{Backlog, Looks},
    refusal::Close,
};

/// The attachment of a socket that the room has closed: it is no session any more, whatever still arrives from it.
const CLOSED: &str = "closed";

/// So large is a message whose copies are worth avoiding.
const LARGE_BYTES_MIN: usize = 64 << 10;

/// The readyState of an open WebSocket.
const OPEN: u16 = 1;

#[wasm_bindgen]
extern "C" {
    type QueuingSocket;

    /// The getter of `web_sys` would turn a missing property into 0.
    #[wasm_bindgen(method, getter, js_name = bufferedAmount)]
    fn buffered_amount(this: &QueuingSocket) -> Option<f64>;

    /// A socket on which its session id stands.
    type MarkedSocket;

    #[wasm_bindgen(method, getter, js_name = glossatorSession)]
    fn session(this: &MarkedSocket) -> Option<f64>;

    #[wasm_bindgen(method, setter, js_name = glossatorSession)]
    fn set_session(this: &MarkedSocket, session: f64);
}

/// What a wake finds.
#[derive(Debug, Default)]
pub(crate) struct Recovered {
    /// The sessions that go on.
    pub(crate) sessions: Vec<SessionRecord>,
    /// Open sockets whose record is missing or cannot be read. They must be closed.
    pub(crate) strangers: Vec<WebSocket>,
}

/// The sockets of the sessions that the room knows.
#[derive(Debug, Default)]
pub(crate) struct Sockets {
    peers: BTreeMap<SessionId, Peer>,
    opening: Option<Opening>,
    large: Option<Large>,
    looks: Looks,
}

/// The last large message, and its bytes in JavaScript: a class that comes at once is told the same, and what was copied for each
/// of them would be garbage that is long collected.
#[derive(Debug)]
struct Large {
    frame: Weak<[u8]>,
    bytes: Uint8Array,
}

/// A session that the room is being told of. Its socket is made only if the room lets it in: one that is closed
/// before the upgrade was answered never finishes closing.
#[derive(Debug)]
pub(crate) struct Opening {
    session: SessionId,
    record: Option<SessionRecord>,
    frames: Vec<Uint8Array>,
    close: Option<Close>,
}

#[derive(Debug)]
struct Peer {
    socket: WebSocket,
    backlog: Backlog,
}

impl Sockets {
    /// Takes over the sockets that stayed open while the object was not in memory.
    pub(crate) fn recover(&mut self, state: &State) -> worker::Result<Recovered> {
        self.peers.clear();
        let mut recovered = Recovered::default();
        for socket in state.as_raw().get_websockets()? {
            let socket = WebSocket::from(socket);
            match attachment(&socket) {
                Attachment::Session(record) => {
                    self.insert(record.session, socket);
                    recovered.sessions.push(*record);
                }
                Attachment::Closed => {}
                Attachment::Unreadable if socket.as_ref().ready_state() == OPEN => {
                    recovered.strangers.push(socket)
                }
                Attachment::Unreadable => {}
            }
        }
        recovered.sessions.sort_by_key(|record| record.session);
        Ok(recovered)
    }

    /// Begins to open a session: what the room says to it is kept until `open`.
    pub(crate) fn begin(&mut self, session: SessionId) {
        self.opening = Some(Opening {
            session,
            record: None,
            frames: Vec::new(),
            close: None,
        });
    }

    /// Ends what `begin` began: the client's end of a new socket, or the close that the room ordered instead.
    pub(crate) fn open(&mut self, state: &State) -> worker::Result<Result<WebSocket, Close>> {
        let opening = self
            .opening
            .take()
            .ok_or("the room's memory was given up")?;
        if let Some(close) = opening.close {
            return Ok(Err(close));
        }
        let WebSocketPair { client, server } = WebSocketPair::new()?;
        let tag = JsValue::from_str(&opening.session.0.to_string());
        state
            .as_raw()
            .accept_websocket_with_tags(server.as_ref(), vec![tag])?;
        self.insert(opening.session, server);
        if opening.record.is_some_and(|record| !self.save(&record)) {
            return Err("the session cannot be kept".into());
        }
        for frame in &opening.frames {
            self.send_shared(&[opening.session], frame);
        }
        Ok(Ok(client))
    }

    fn insert(&mut self, session: SessionId, socket: WebSocket) {
        let marked: &MarkedSocket = socket.as_ref().unchecked_ref();
        // Ids are below 2^53.
        marked.set_session(session.0 as f64);
        self.peers.insert(
            session,
            Peer {
                socket,
                backlog: Backlog::default(),
            },
        );
    }

    pub(crate) fn knows(&self, session: SessionId) -> bool {
        self.peers.contains_key(&session)
    }

    pub(crate) fn forget(&mut self, session: SessionId) {
        self.peers.remove(&session);
    }

    pub(crate) fn sessions(&self) -> Vec<SessionId> {
        self.peers.keys().copied().collect()
    }

    /// Sends one message to several sockets: the bytes cross the border to JavaScript once. Answers whose sockets
    /// turned out to have ended.
    pub(crate) fn send(&mut self, sessions: &[SessionId], frame: &Frame) -> Vec<SessionId> {
        let bytes = self.across(frame);
        self.send_shared(sessions, &bytes)
    }

    /// A message in JavaScript; a large one crosses the border once, however often it is sent.
    fn across(&mut self, frame: &Frame) -> Uint8Array {
        if frame.len() < LARGE_BYTES_MIN {
            return Uint8Array::from(&**frame);
        }
        let known = Rc::downgrade(frame);
        if let Some(large) = self
            .large
            .as_ref()
            .filter(|large| large.frame.ptr_eq(&known))
        {
            return large.bytes.clone();
        }
        let bytes = Uint8Array::from(&**frame);
        self.large = Some(Large {
            frame: known,
            bytes: bytes.clone(),
        });
        bytes
    }

    /// Lets go of a large message that the room would not send again.
    pub(crate) fn forget_large(&mut self) {
        self.large.take_if(|large| large.frame.strong_count() == 0);
    }

    fn send_shared(&mut self, sessions: &[SessionId], frame: &Uint8Array) -> Vec<SessionId> {
        let (mut ended, bytes) = (Vec::new(), frame.length());
        for session in sessions {
            if let Some(opening) = self
                .opening
                .as_mut()
                .filter(|opening| opening.session == *session)
            {
                opening.frames.push(frame.clone());
            } else if let Some(peer) = self.peers.get_mut(session) {
                match peer.socket.as_ref().send_with_array_buffer_view(frame) {
                    Ok(()) => peer.backlog.sent(bytes),
                    Err(_) => ended.push(*session),
                }
            }
        }
        ended
    }

    /// The sockets that are stuck, by the rule of `backlog`, if it is time to look.
    pub(crate) fn stuck(&mut self, now: Timestamp) -> Vec<SessionId> {
        if !self.looks.is_time(now) {
            return Vec::new();
        }
        let is_stuck = |(session, peer): (&SessionId, &mut Peer)| {
            let queued = queued_bytes(&peer.socket)?;
            peer.backlog.is_stuck(now, queued).then_some(*session)
        };
        self.peers.iter_mut().filter_map(is_stuck).collect()
    }

    /// Writes what must survive hibernation. `false` if it could not be kept.
    pub(crate) fn save(&mut self, record: &SessionRecord) -> bool {
        if let Some(opening) = self
            .opening
            .as_mut()
            .filter(|opening| opening.session == record.session)
        {
            opening.record = Some(record.clone());
            return true;
        }
        let Some(peer) = self.peers.get(&record.session) else {
            return true;
        };
        serde_json::to_string(record)
            .is_ok_and(|text| peer.socket.serialize_attachment(text).is_ok())
    }

    /// What was last written of a session; absent if its socket is not open, or nothing can be read.
    pub(crate) fn record(&self, session: SessionId) -> Option<SessionRecord> {
        match attachment(&self.peers.get(&session)?.socket) {
            Attachment::Session(record) => Some(*record),
            Attachment::Closed | Attachment::Unreadable => None,
        }
    }

    /// When the runtime last answered a ping of these sockets, never if absent; without those of which it cannot tell.
    pub(crate) fn pings(
        &self,
        state: &State,
        sessions: &[SessionId],
    ) -> Vec<(SessionId, Option<Timestamp>)> {
        let Some(last_ping) = last_ping_of(state) else {
            return Vec::new();
        };
        let known = sessions.iter().filter_map(|session| {
            let socket = &self.peers.get(session)?.socket;
            let answer = last_ping.call1(state.as_raw(), socket.as_ref()).ok()?;
            if answer.is_null() || answer.is_undefined() {
                return Some((*session, None));
            }
            let millis = answer.dyn_ref::<Date>()?.get_time();
            Some((*session, Some(Timestamp(millis as u64))))
        });
        known.collect()
    }

    /// Closes a socket and forgets it.
    pub(crate) fn close(&mut self, session: SessionId, code: u16, reason: &'static str) {
        if let Some(opening) = self
            .opening
            .as_mut()
            .filter(|opening| opening.session == session)
        {
            opening.close = Some(Close::new(code, reason));
        }
        let Some(peer) = self.peers.remove(&session) else {
            return;
        };
        // Both fail only on a socket that has ended already, which is what is wanted.
        let _ = peer.socket.serialize_attachment(CLOSED);
        let _ = peer.socket.close(Some(code), Some(reason));
    }
}

/// The session id that stands on a socket, or that its tag carries.
pub(crate) fn session_of(state: &State, socket: &WebSocket) -> Option<SessionId> {
    let marked: &MarkedSocket = socket.as_ref().unchecked_ref();
    if let Some(session) = marked.session() {
        return Some(SessionId(session as u64));
    }
    let tags = state.as_raw().get_tags(socket.as_ref()).ok()?;
    tags.first()?.parse().ok().map(SessionId)
}

/// Whether messages can still be sent.
pub(crate) fn is_open(socket: &WebSocket) -> bool {
    socket.as_ref().ready_state() == OPEN
}

/// The code with which a close is answered: some that are reported may not be sent.
pub(crate) fn answerable(code: usize) -> u16 {
    match u16::try_from(code) {
        Ok(1004..=1006 | 1015) | Err(_) => 1000,
        Ok(code @ 1000..=4999) => code,
        Ok(_) => 1000,
    }
}

enum Attachment {
    Session(Box<SessionRecord>),
    Closed,
    Unreadable,
}

fn attachment(socket: &WebSocket) -> Attachment {
    match socket.deserialize_attachment::<String>() {
        Ok(Some(text)) if text == CLOSED => Attachment::Closed,
        Ok(Some(text)) => {
            let record = serde_json::from_str(&text).map(Box::new);
            record.map_or(Attachment::Unreadable, Attachment::Session)
        }
        Ok(None) | Err(_) => Attachment::Unreadable,
    }
}

/// The bytes that wait to leave; absent where the runtime does not tell.
fn queued_bytes(socket: &WebSocket) -> Option<u64> {
    let socket: &QueuingSocket = socket.as_ref().unchecked_ref();
    socket.buffered_amount().map(|bytes| bytes as u64)
}

/// The runtime's method that tells when it last answered a ping; absent in a runtime without it.
fn last_ping_of(state: &State) -> Option<Function> {
    let name = JsValue::from_str("getWebSocketAutoResponseTimestamp");
    let method = Reflect::get(state.as_raw(), &name).ok()?;
    method.dyn_into().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_that_may_not_be_sent_are_answered_with_a_normal_close() {
        for code in [0, 999, 1004, 1005, 1006, 1015, 5000, 70_000] {
            assert_eq!(answerable(code), 1000, "{code}");
        }
        for code in [1000, 1001, 1011, 1012, 3000, 4400, 4999] {
            assert_eq!(usize::from(answerable(code)), code);
        }
    }
}
