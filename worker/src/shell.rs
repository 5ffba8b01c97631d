//! The shell around one room: hands it events, carries out its effects in order, and forgets it when it sleeps.
//!
//! Every way in ends in one `step`. No borrow of a cell is held across an `await`, and none while JavaScript could
//! call back. What is remembered here can be lost at any moment: all of it is read again by `awake`.

mod carry_out;
mod setup;

use std::{
    cell::{Cell, RefCell},
    collections::VecDeque,
    rc::Rc,
    time::Duration,
};

use futures_util::future::{AbortHandle, abortable};
use room::{Event, Protocol, Room, SessionId, Status, Stored, Timestamp};
use serde::Serialize;
use wasm_bindgen_futures::spawn_local;
use worker::{Delay, Env, State, WebSocket};

use crate::{
    chance,
    clock::now,
    door::Visitor,
    log::{Level, Line, RoomLog},
    meter,
    pace::Pace,
    refusal::Close,
    residents,
    sockets::{self, Sockets},
    spent_nonces::SpentNonces,
    store::Store,
};

use self::setup::{Setup, setup};

/// So many storage failures within one step, and the room's memory is given up: the room asked for more of them than
/// it should, and asking again would never end.
const STORAGE_FAILURES_MAX: u32 = 8;

/// One object's room and what it needs to act.
pub(crate) struct Shell {
    state: State,
    /// Why no room can be run, if so: settings or the object's own name are missing.
    setup: Result<Setup, String>,
    store: Store,
    log: RoomLog,
    room: RefCell<Option<Room>>,
    sockets: RefCell<Sockets>,
    timer: RefCell<Option<Timer>>,
    /// Requests to the host that have not answered.
    in_flight: Cell<u32>,
    last_event: Cell<Timestamp>,
    /// The last order to set the alarm failed.
    alarm_failed: Cell<bool>,
    /// A panic ended the life before this one; told to the room once.
    was_interrupted: Cell<bool>,
    /// A successor has taken over: whatever still arrives here is late.
    is_retired: Cell<bool>,
    /// What the host, or the way to it, last said when it failed.
    host_failure: RefCell<String>,
    /// What the object's own storage last said when it failed.
    storage_failure: RefCell<String>,
    /// How often the object's own storage has failed.
    storage_failures: Cell<u64>,
    /// The id of the request that is being handled, to be passed on to the host.
    request_id: RefCell<Option<String>>,
    pub(crate) spent_nonces: RefCell<SpentNonces>,
    /// Who was told who wrote what: that is read from all that is stored.
    pub(crate) pace: RefCell<Pace>,
}

struct Timer {
    at: Timestamp,
    handle: AbortHandle,
}

/// What `/api/cases/{case_id}/room` answers.
#[derive(Debug, Serialize)]
pub(crate) struct RoomReport {
    #[serde(flatten)]
    status: Status,
    /// Why the room, or its archive, waits; absent if it does not.
    #[serde(skip_serializing_if = "Option::is_none")]
    waiting_because: Option<String>,
    wasm_memory_bytes: u64,
}

impl Shell {
    pub(crate) fn new(state: State, env: Env, was_interrupted: bool) -> Rc<Self> {
        let name = state.id().name().unwrap_or_default();
        let setup = setup(env, &name);
        let shell = Rc::new(Self {
            setup,
            store: Store::new(&state),
            log: RoomLog::new(name),
            room: RefCell::default(),
            sockets: RefCell::default(),
            timer: RefCell::default(),
            in_flight: Cell::default(),
            last_event: Cell::default(),
            alarm_failed: Cell::default(),
            was_interrupted: Cell::new(was_interrupted),
            is_retired: Cell::default(),
            host_failure: RefCell::default(),
            storage_failure: RefCell::default(),
            storage_failures: Cell::default(),
            request_id: RefCell::default(),
            spent_nonces: RefCell::default(),
            pace: RefCell::default(),
            state,
        });
        residents::move_in(shell.state.id().to_string(), &shell);
        shell
    }

    /// Makes sure that the room is in memory. Synchronous, and the first thing in every handler: a panic elsewhere in
    /// the isolate can have taken the memory away in the middle of an event.
    pub(crate) fn awake(self: &Rc<Self>) {
        self.awake_at(now());
    }

    fn awake_at(self: &Rc<Self>, now: Timestamp) {
        self.last_event.set(now);
        if self.is_retired.get() || self.room.borrow().is_some() {
            return;
        }
        residents::sweep(now);
        let config = match &self.setup {
            Ok(setup) => setup.config.clone(),
            // The room is told that it is unreadable, and never archives.
            Err(_) => room::Config {
                archive_quiet_ms: 1,
                archive_max_ms: 1,
                pace: room::Pace::InTicks,
            },
        };
        *self.room.borrow_mut() = Some(Room::new(config));
        let woken = self.woken();
        self.run(now, VecDeque::from([woken]));
        self.set_timer();
    }

    /// Hands the room one event and carries out what it decides, to the end.
    pub(crate) fn step(self: &Rc<Self>, event: Event) {
        if self.is_retired.get() {
            return;
        }
        let now = now();
        self.awake_at(now);
        self.run(now, VecDeque::from([event]));
        self.close_stuck(now);
        self.sockets.borrow_mut().forget_large();
        self.set_timer();
    }

    /// Like `step`, for an event that came with a request.
    pub(crate) fn step_for(self: &Rc<Self>, request_id: Option<String>, event: Event) {
        *self.request_id.borrow_mut() = request_id;
        self.step(event);
        *self.request_id.borrow_mut() = None;
    }

    /// Opens a session: the client's end of its socket, or the close with which the room refused it.
    pub(crate) fn open(
        self: &Rc<Self>,
        visitor: Visitor,
        protocol: Protocol,
        request_id: Option<String>,
    ) -> worker::Result<Result<WebSocket, Close>> {
        let session = chance::session().map_err(|error| error.to_string())?;
        self.sockets.borrow_mut().begin(session);
        self.step_for(
            request_id,
            Event::SessionOpened {
                session,
                user: visitor.user,
                protocol,
                authority: Some(visitor.authority),
            },
        );
        let opened = self.sockets.borrow_mut().open(&self.state);
        if opened.is_err() {
            self.sockets.borrow_mut().close(
                session,
                room::close::FAILED,
                "the socket cannot be opened",
            );
            self.step(Event::SessionClosed { session });
        }
        opened
    }

    /// The session of a socket that said something. A socket that the room does not know is told to come back.
    pub(crate) fn session_of(&self, socket: &WebSocket) -> Option<SessionId> {
        let session = sockets::session_of(&self.state, socket);
        let known = session.filter(|session| self.sockets.borrow().knows(*session));
        if known.is_none() && !self.is_retired.get() && sockets::is_open(socket) {
            self.close_stranger(socket);
        }
        known
    }

    /// Forgets a socket that ended, from whichever side.
    pub(crate) fn socket_ended(self: &Rc<Self>, socket: &WebSocket) {
        let Some(session) = sockets::session_of(&self.state, socket) else {
            return;
        };
        self.sockets.borrow_mut().forget(session);
        self.step(Event::SessionClosed { session });
    }

    /// What an operator, or a page that waits, may know.
    pub(crate) fn report(&self) -> Option<RoomReport> {
        let status = self.room.borrow().as_ref()?.status();
        let waiting_because = match &self.setup {
            Err(reason) => Some(reason.clone()),
            Ok(_) if status.state == "unreadable" => Some(self.storage_failure.borrow().clone()),
            Ok(_) if status.store_failures > 0 => Some(self.host_failure.borrow().clone()),
            Ok(_) => None,
        };
        Some(RoomReport {
            status,
            waiting_because,
            wasm_memory_bytes: meter::wasm_memory_bytes(),
        })
    }

    /// Whether the room would let somebody in.
    pub(crate) fn admits(&self, visitor: &Visitor) -> bool {
        let room = self.room.borrow();
        room.as_ref()
            .is_some_and(|room| room.admits(now(), &visitor.user, &visitor.authority))
    }

    /// Who made and took away what, of what is stored; absent if nothing is.
    pub(crate) fn authorship(&self) -> Result<Option<room::Authorship>, String> {
        let stored = self.store.load().map_err(|error| error.to_string())?;
        if stored.snapshot.is_none() && stored.journal.is_empty() {
            return Ok(None);
        }
        room::authorship(stored.snapshot, stored.journal, &stored.attributions).map(Some)
    }

    /// Whether the room holds the case as deleted.
    pub(crate) fn is_deleted(&self) -> bool {
        self.room
            .borrow()
            .as_ref()
            .is_some_and(|room| room.status().state == "deleted")
    }

    /// Frees everything: a successor lives.
    pub(crate) fn retire(&self) {
        self.is_retired.set(true);
        self.forget_room();
    }

    /// Frees the room's memory if nothing has happened for so long that the runtime must have put the object to sleep.
    pub(crate) fn sleep_if_idle(&self, now: Timestamp, idle_ms: u64) {
        let is_busy = self.in_flight.get() > 0 || self.timer.borrow().is_some();
        if !is_busy && now.millis_since(self.last_event.get()) >= idle_ms {
            self.forget_room();
        }
    }

    fn forget_room(&self) {
        if let Some(timer) = self.timer.borrow_mut().take() {
            timer.handle.abort();
        }
        if let Some(mut room) = self.room.borrow_mut().take() {
            meter::add(room.take_metrics(now()));
        }
        *self.sockets.borrow_mut() = Sockets::default();
    }

    /// Reads what storage and sockets say.
    fn woken(&self) -> Event {
        let interrupted = self.was_interrupted.take();
        if interrupted {
            meter::count_panic();
            self.log
                .write(now(), Line::new(Level::Error, "memory_lost"));
        }
        let recovered = self.sockets.borrow_mut().recover(&self.state);
        let unreadable = |reason| (Stored::Unreadable { reason }, Vec::new());
        let (stored, kept) = match (&self.setup, &recovered) {
            (Err(reason), _) => unreadable(reason.clone()),
            (Ok(_), Err(error)) => unreadable(format!("list the sockets: {error}")),
            (Ok(_), Ok(_)) => self.store.read(),
        };
        let recovered = recovered.unwrap_or_default();
        for stranger in &recovered.strangers {
            self.close_stranger(stranger);
        }
        match chance::entropy() {
            Ok(entropy) => Event::Woken {
                stored,
                sessions: recovered.sessions,
                entropy,
                interrupted,
                kept,
            },
            Err(error) => {
                let stored = Stored::Unreadable {
                    reason: error.to_string(),
                };
                Event::Woken {
                    stored,
                    sessions: recovered.sessions,
                    entropy: 0,
                    interrupted,
                    kept: Vec::new(),
                }
            }
        }
    }

    fn run(self: &Rc<Self>, now: Timestamp, mut events: VecDeque<Event>) {
        let mut failures = 0;
        while let Some(event) = events.pop_front() {
            if matches!(event, Event::StorageFailed { .. }) {
                failures += 1;
                self.storage_failures
                    .set(self.storage_failures.get().saturating_add(1));
                meter::count_storage_failure();
            }
            if failures > STORAGE_FAILURES_MAX {
                return self.give_up();
            }
            let effects = self
                .room
                .borrow_mut()
                .as_mut()
                .map(|room| room.handle(now, event));
            self.carry_out(now, effects.unwrap_or_default(), &mut events);
        }
    }

    fn give_up(&self) {
        let reason =
            "storage failed again and again within one step; the room's memory is given up";
        self.log.write(
            now(),
            Line {
                reason,
                ..Line::new(Level::Error, "storage_failed")
            },
        );
        let open = self.sockets.borrow().sessions();
        for session in open {
            self.sockets.borrow_mut().close(
                session,
                room::close::FAILED,
                "the room's storage fails",
            );
        }
        self.forget_room();
    }

    /// Closes the sockets that do not read.
    fn close_stuck(self: &Rc<Self>, now: Timestamp) {
        let stuck = self.sockets.borrow_mut().stuck(now);
        for session in stuck {
            self.log.write(now, Line::new(Level::Warn, "socket_stuck"));
            self.sockets.borrow_mut().close(
                session,
                room::close::TRY_LATER,
                "too slow: nothing was read for 15 s",
            );
            self.run(now, VecDeque::from([Event::SessionClosed { session }]));
        }
    }

    fn close_stranger(&self, socket: &WebSocket) {
        // Fails only on a socket that has ended already.
        let _ = socket.close(
            Some(room::close::RESTART),
            Some("this session is not known; come back and resync"),
        );
    }

    /// Keeps one timer while the room wants one. It holds the object in memory, so it never outlives its reason.
    fn set_timer(self: &Rc<Self>) {
        // Where the clock runs on, a step that sent much has taken its time.
        let now = now();
        let wanted = self
            .room
            .borrow()
            .as_ref()
            .and_then(|room| room.next_deadline(now).timer);
        let mut timer = self.timer.borrow_mut();
        match (wanted, timer.as_ref()) {
            (None, None) => return,
            (Some(at), Some(set)) if set.at <= at => return,
            (_, Some(set)) => set.handle.abort(),
            (Some(_), None) => {}
        }
        *timer = wanted.map(|at| self.start_timer(now, at));
    }

    fn start_timer(self: &Rc<Self>, now: Timestamp, at: Timestamp) -> Timer {
        let wait = Duration::from_millis(at.millis_since(now).max(1));
        let (sleep, handle) = abortable(Delay::from(wait));
        let shell = Rc::clone(self);
        spawn_local(async move {
            if sleep.await.is_ok() {
                *shell.timer.borrow_mut() = None;
                shell.step(Event::DeadlineReached { by_alarm: false });
            }
        });
        Timer { at, handle }
    }
}
