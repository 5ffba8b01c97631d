//! The Durable Object of one case: every callback first makes sure that the room is in memory, and ends in one step.
//!
//! What the platform guarantees, and this relies on:
//! - One object per name, and one thread: nothing runs between two lines without an `await`, and the only one here waits
//!   for the body of an order, before the room is told anything.
//! - The output gate: a message sent after a write leaves only once that write is durable. The room orders the append
//!   first and the broadcast after it, so nobody sees an edit that a crash can lose.
//! - Write coalescing: the writes of one synchronous stretch (rows and alarm) commit together. An exception does not
//!   roll back what went before it, so what must be all or nothing is one `transactionSync` (see `store`).
//! - The input gate does not hold other events back while a request to the host is under way. Therefore its answer
//!   comes back as an event, which the room judges as it then is.
//! - Hibernation: an idle object leaves memory with its sockets open; sockets keep their tag and attachment. A text
//!   `ping` is answered by the runtime without waking anybody. A timer would prevent sleep, so one runs only while the
//!   room wants it.
//! - Alarms: one per object, at least once, but a failing handler is retried only six times and then forgotten. So
//!   `alarm` sets the next one before anything else, never waits for the host, and fails only if the next one cannot be
//!   set: the retries are then all that is left to wake a room that nobody visits.
//! - A panic anywhere in the isolate takes the memory of every object in it. The runtime then calls `new` again under
//!   the same JavaScript state object, in the middle of an event; the mark left on it tells that a life was cut off.
//! - A socket whose peer closed it stays half open until the handler answers the close.
//! - A socket whose end wakes the object is among the object's sockets until that handler has run: its attachment tells
//!   whose presence others have to be told is over.

use std::rc::Rc;

use contract::{CaseRuling, EdgeOrder, ErasedPeople};
use js_sys::Uint8Array;
use room::Event;
use wasm_bindgen::{JsValue, prelude::wasm_bindgen};
use worker::{
    DurableObject, Env, Error, Request, Response, Result, State, WebSocket,
    WebSocketRequestResponsePair, durable_object, worker_sys::web_sys,
};

use crate::{
    clock,
    inside::{self, Inside},
    refusal,
    ruling::{self, Outcome},
    shell::Shell,
    sockets,
};

/// Set on the JavaScript state object: it lives exactly as long as one stay of the object in memory.
const MARK: &str = "glossatorLife";

/// One case's room.
#[durable_object(alarm)]
pub struct RoomObject {
    shell: Rc<Shell>,
}

impl DurableObject for RoomObject {
    fn new(state: State, env: Env) -> Self {
        let was_interrupted = mark(state.as_raw().as_ref());
        if let Ok(ping) = WebSocketRequestResponsePair::new("ping", "pong") {
            // Without it pings would wake the object and be refused as text; nothing else depends on it.
            let _ = state.as_raw().set_websocket_auto_response(&ping);
        }
        Self {
            shell: Shell::new(state, env, was_interrupted),
        }
    }

    async fn fetch(&self, mut request: Request) -> Result<Response> {
        let request_id = inside::request_id(request.headers());
        match Inside::read(&mut request).await {
            Some(Inside::Sync { visitor, protocol }) => {
                match self.shell.open(visitor, protocol, request_id)? {
                    Ok(client) => {
                        refusal::switch_protocols(client, inside::subprotocol_of(protocol))
                    }
                    Err(close) => inside::refuse(&close),
                }
            }
            Some(Inside::Report) => {
                self.shell.awake();
                match self.shell.report() {
                    Some(report) => Response::from_json(&report),
                    None => Response::error("the room is not in memory", 503),
                }
            }
            Some(Inside::Authorship { visitor }) => {
                self.shell.awake();
                if !self.shell.admits(&visitor) {
                    return Response::error("you may not see this case", 403);
                }
                let paced = self
                    .shell
                    .pace
                    .borrow_mut()
                    .answer(clock::now(), &visitor.user);
                if let Err(seconds) = paced {
                    let answer = Response::error("you were told a moment ago", 429)?;
                    answer.headers().set("retry-after", &seconds.to_string())?;
                    return Ok(answer);
                }
                match self.shell.authorship() {
                    Ok(Some(told)) => Response::from_json(&told),
                    Ok(None) => Response::error("nothing was written here yet", 404),
                    Err(reason) => {
                        self.shell.log_failure("authorship_failed", &reason);
                        Response::error("the document cannot be read", 503)
                    }
                }
            }
            Some(Inside::Order { order, nonce, body }) => {
                if !self
                    .shell
                    .spent_nonces
                    .borrow_mut()
                    .spend(clock::now(), nonce)
                {
                    return Response::error("this order was given before", 409);
                }
                self.carry_out(order, &body, request_id)
            }
            None => Response::error("the object does not know this request", 404),
        }
    }

    async fn alarm(&self) -> Result<Response> {
        self.shell.step(Event::DeadlineReached { by_alarm: true });
        if self.shell.lacks_alarm() {
            return Err(Error::RustError(
                "the next alarm could not be set: call again".to_owned(),
            ));
        }
        Response::empty()
    }
}

/// What the runtime calls for a socket. Nothing here waits for anything, so these return at once: as promises, which is
/// what `worker` would make of them, each message cost two more turns of the event loop.
#[wasm_bindgen]
impl RoomObject {
    /// A message of a socket: a text or bytes.
    #[wasm_bindgen(js_name = webSocketMessage)]
    pub fn web_socket_message(&self, socket: web_sys::WebSocket, message: JsValue) {
        let socket = WebSocket::from(socket);
        self.shell.awake();
        let Some(session) = self.shell.session_of(&socket) else {
            return;
        };
        self.shell.step(match message.is_string() {
            false => Event::FrameReceived {
                session,
                frame: Uint8Array::new(&message).to_vec(),
            },
            true => Event::TextReceived { session },
        });
    }

    /// A socket's end, told by its peer.
    #[wasm_bindgen(js_name = webSocketClose)]
    pub fn web_socket_close(
        &self,
        socket: web_sys::WebSocket,
        code: usize,
        _reason: JsValue,
        _was_clean: bool,
    ) {
        let socket = WebSocket::from(socket);
        self.shell.awake();
        // Fails only if the connection is gone, and with it whoever would wait for the answer.
        let _ = socket.close(Some(sockets::answerable(code)), Some(""));
        self.shell.socket_ended(&socket);
    }

    /// A socket's end, found by the runtime.
    #[wasm_bindgen(js_name = webSocketError)]
    pub fn web_socket_error(&self, socket: web_sys::WebSocket, error: JsValue) {
        let socket = WebSocket::from(socket);
        self.shell.awake();
        let reason = Error::from(error).to_string();
        self.shell.log_failure("socket_failed", &reason);
        self.shell.socket_ended(&socket);
    }
}

impl RoomObject {
    /// Carries out an order of the host; what the answer says is durable before it leaves.
    fn carry_out(
        &self,
        order: EdgeOrder,
        body: &[u8],
        request_id: Option<String>,
    ) -> Result<Response> {
        match order {
            EdgeOrder::Check => self.shell.step_for(request_id, Event::CheckOrdered),
            EdgeOrder::Delete => {
                self.shell.step_for(request_id, Event::DeletionOrdered);
                if !self.shell.is_deleted() {
                    return Response::error("the object could not forget the case", 503);
                }
            }
            EdgeOrder::Erase => {
                let Ok(ErasedPeople(people)) = ErasedPeople::read(body) else {
                    return Response::error("this says nothing of who was erased", 400);
                };
                if !self.shell.erase(people, request_id) {
                    return Response::error("the object has not taken out everything yet", 503);
                }
            }
            EdgeOrder::Rule => {
                let Ok(ruling) = CaseRuling::read(body) else {
                    return Response::error("this is no ruling", 400);
                };
                match self.shell.rule(ruling::told(ruling), request_id) {
                    Outcome::Taken => {}
                    Outcome::Older => {
                        let reason = "the room knows a later ruling: has the clock of Postgres stepped back?";
                        self.shell.log_failure("ruling_is_older", reason);
                        return Response::error(reason, 409);
                    }
                    Outcome::Failed => {
                        let reason = "the object could not take note of the ruling";
                        return Response::error(reason, 503);
                    }
                }
            }
        }
        Response::empty()
    }
}

const _: () = assert!(
    contract::limits::ERASED_PEOPLE_MAX <= room::limits::ERASED_PEOPLE_MAX,
    "the room must be able to remember all whom an order names"
);

/// Marks a stay in memory; answers whether it was marked before, so that this is its second life.
fn mark(state: &JsValue) -> bool {
    let name = JsValue::from_str(MARK);
    let was_marked = js_sys::Reflect::get(state, &name).is_ok_and(|mark| mark.is_truthy());
    // If it cannot be set, a lost frame is repaired by the next reconnect instead of at once.
    let _ = js_sys::Reflect::set(state, &name, &JsValue::TRUE);
    was_marked
}
