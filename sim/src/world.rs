//! One world: everything that exists in it, what is going to happen, and the one loop that lets it happen.

use std::{
    collections::{BTreeMap, BTreeSet},
    rc::Rc,
};

use room::{Event, RequestId, Ruling};

use crate::{
    Failure,
    counters::Counters,
    gate::Said,
    grants::Grants,
    mutation::Planted,
    network::Socket,
    object::{Object, Question, Trouble},
    oracle::Oracle,
    peer::Peer,
    random::Random,
    store::Store,
    trace::Trace,
};

/// Events before the storm ends, at least.
const STORM_EVENTS_MIN: u64 = 800;
/// Faults before the storm ends, at least.
const STORM_FAULTS_MIN: u64 = 8;
/// A world that gets nowhere is a bug of its own.
const EVENTS_MAX: u64 = 200_000;

/// Something that is going to happen.
#[derive(Debug)]
pub(crate) enum Happening {
    /// A peer does something.
    Act {
        peer: usize,
    },
    /// A page's clock ticks.
    Tick {
        peer: usize,
    },
    Connect {
        peer: usize,
    },
    Opened {
        socket: u64,
    },
    /// A frame reaches the object, or the peer.
    Up {
        socket: u64,
        frame: Rc<[u8]>,
    },
    Down {
        socket: u64,
        frame: Rc<[u8]>,
    },
    /// The object, or the peer, learns that the socket has ended.
    UpClosed {
        socket: u64,
    },
    DownClosed {
        socket: u64,
        code: u16,
    },
    Alarm {
        object: usize,
        at: u64,
    },
    Timer {
        object: usize,
        life: u64,
        at: u64,
    },
    HostAsked {
        object: usize,
        life: u64,
        request: RequestId,
        question: Question,
        fate: Fate,
    },
    HostAnswers {
        object: usize,
        life: u64,
        request: RequestId,
        answer: Event,
    },
    Outbox,
    /// The host changes who may do what.
    Regrant,
    /// What the host says of that reaches an object.
    Told {
        case: usize,
        revision: u64,
        ruling: Box<Ruling>,
    },
    /// A frame that claims to be of this client.
    Forgery {
        socket: u64,
        client: u64,
        by_answer: bool,
        frame: Vec<u8>,
    },
    Fault,
    /// Somebody is erased.
    Erase,
}

/// What becomes of a request to the host.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Fate {
    Answered,
    /// It fails; whether it was carried out nobody tells.
    Broken {
        persist: bool,
    },
    /// It is carried out and the answer never comes.
    Unanswered,
}

/// A world and its time.
pub(crate) struct World {
    pub(crate) now: u64,
    pub(crate) random: Random,
    /// Who is erased, and when: drawn for itself, so that worlds without it are as they were.
    pub(crate) erasing: Random,
    queue: BTreeMap<(u64, u64), Happening>,
    queued: u64,
    pub(crate) objects: Vec<Object>,
    pub(crate) peers: Vec<Peer>,
    pub(crate) sockets: BTreeMap<u64, Socket>,
    pub(crate) store: Store,
    pub(crate) grants: Grants,
    pub(crate) backup: Option<Store>,
    pub(crate) host_is_up: bool,
    /// Until when the host stands still.
    pub(crate) host_paused_until: u64,
    pub(crate) oracle: Oracle,
    pub(crate) counters: Counters,
    pub(crate) trace: Trace,
    pub(crate) planted: Planted,
    /// Whether faults may still happen.
    pub(crate) is_storm: bool,
    pub(crate) events: u64,
    pub(crate) faults: u64,
}

impl World {
    pub(crate) fn new(seed: u64, planted: Planted) -> World {
        let mut world = World {
            now: 1_000,
            random: Random::new(seed),
            erasing: Random::new(seed ^ 0xE2A5_ED00),
            queue: BTreeMap::new(),
            queued: 0,
            objects: Vec::new(),
            peers: Vec::new(),
            sockets: BTreeMap::new(),
            store: Store::new(),
            grants: Grants::default(),
            backup: None,
            host_is_up: true,
            host_paused_until: 0,
            oracle: Oracle::default(),
            counters: Counters::default(),
            trace: Trace::default(),
            planted,
            is_storm: true,
            events: 0,
            faults: 0,
        };
        world.populate();
        world
    }

    /// Lives through the storm and the calm after it.
    pub(crate) fn live(mut self) -> (Result<(), Failure>, Counters, String) {
        let verdict = self.storm().and_then(|()| self.calm());
        if let Err(failure) = &verdict {
            self.trace.line(
                self.now,
                format_args!("VIOLATED {}: {}", failure.invariant, failure.detail),
            );
        }
        (verdict, self.counters, self.trace.into_text())
    }

    pub(crate) fn after(&mut self, wait: u64, happening: Happening) {
        self.at(self.now + wait, happening);
    }

    pub(crate) fn at(&mut self, at: u64, happening: Happening) {
        self.queued += 1;
        self.queue
            .insert((at.max(self.now), self.queued), happening);
    }

    fn storm(&mut self) -> Result<(), Failure> {
        while self.events < STORM_EVENTS_MIN || self.faults < STORM_FAULTS_MIN || self.now < 40_000
        {
            self.next()?;
        }
        Ok(())
    }

    /// Lets time pass.
    pub(crate) fn run_until(&mut self, end: u64) -> Result<(), Failure> {
        while self
            .queue
            .first_key_value()
            .is_some_and(|((at, _), _)| *at <= end)
        {
            self.next()?;
        }
        self.now = self.now.max(end);
        Ok(())
    }

    fn next(&mut self) -> Result<(), Failure> {
        let Some(((at, _), happening)) = self.queue.pop_first() else {
            return Err(Failure::new(
                "the world",
                "nothing is going to happen".to_owned(),
            ));
        };
        self.now = self.now.max(at);
        self.events += 1;
        if self.events > EVENTS_MAX {
            return Err(Failure::new(
                "I13 bounded",
                "the world does not come to rest".to_owned(),
            ));
        }
        self.happen(happening);
        self.oracle.verdict()
    }

    fn happen(&mut self, happening: Happening) {
        match happening {
            Happening::Act { peer } => self.act(peer),
            Happening::Tick { peer } => self.tick(peer),
            Happening::Connect { peer } => self.connect(peer),
            Happening::Opened { socket } => self.opened(socket),
            Happening::Up { socket, frame } => self.arrives_up(socket, &frame),
            Happening::Down { socket, frame } => self.arrives_down(socket, &frame),
            Happening::UpClosed { socket } => self.closed_up(socket),
            Happening::DownClosed { socket, code } => self.closed_down(socket, code),
            Happening::Alarm { object, at } => {
                if self.objects[object].storage.alarm == Some(at) {
                    self.counters.count("alarms fired");
                    self.step(object, Event::DeadlineReached { by_alarm: true });
                }
            }
            Happening::Timer { object, life, at } => {
                let due = &mut self.objects[object];
                if due.life == life && due.timer == Some(at) {
                    due.timer = None;
                    self.step(object, Event::DeadlineReached { by_alarm: false });
                }
            }
            Happening::HostAsked {
                object,
                life,
                request,
                question,
                fate,
            } => {
                self.host_asked(object, life, request, question, fate);
            }
            Happening::HostAnswers {
                object,
                life,
                request,
                answer,
            } => {
                let asker = &mut self.objects[object];
                if asker.life == life && asker.awaiting.remove(&request) {
                    self.step(object, answer);
                }
            }
            Happening::Outbox => self.deliver_orders(),
            Happening::Regrant => self.regrant(),
            Happening::Told {
                case,
                revision,
                ruling,
            } => self.told(case, revision, *ruling),
            Happening::Forgery {
                socket,
                client,
                by_answer,
                frame,
            } => self.forgery_arrives(socket, client, by_answer, frame),
            Happening::Erase => self.erase_somebody(),
            Happening::Fault => {
                if self.is_storm {
                    self.fault();
                    let wait = self.random.between(200, 5_000);
                    self.after(wait, Happening::Fault);
                }
            }
        }
    }

    /// Tells an object's room what happened, and lets the consequences out into the world. Whether all of it is durable,
    /// and the object knows that.
    pub(crate) fn step(&mut self, object: usize, event: Event) -> bool {
        let trouble = self.trouble();
        self.step_with(object, event, trouble)
    }

    pub(crate) fn step_with(&mut self, index: usize, event: Event, trouble: Trouble) -> bool {
        let entropy = self.random.id();
        self.trace.line(
            self.now,
            format_args!("object {index} {}", crate::trace::summary(&event)),
        );
        let object = &mut self.objects[index];
        let alarm = object.storage.alarm;
        let status = object.status();
        let is_idle = status.is_none_or(|status| status.waiting_bytes == 0);
        let said = Said::of(&event, is_idle);
        let out = object.stretch(self.now, entropy, event, trouble);
        let is_whole = trouble.crash.is_none() && !out.has_failed;
        self.judge(index, said, &out, is_whole);
        let object = &mut self.objects[index];
        for what in &out.happened {
            self.counters.count(what);
            self.trace
                .line(self.now, format_args!("object {index} {what}"));
        }
        self.oracle
            .watch(self.now, index, object, &out.notices, &mut self.counters);
        if object.storage.alarm != alarm
            && let Some(at) = object.storage.alarm
        {
            self.at(at, Happening::Alarm { object: index, at });
        }
        self.release(index, out, trouble.crash.is_some());
        if trouble.crash.is_none() {
            self.oracle.learned(index, &self.objects[index]);
        } else {
            self.kill(index);
        }
        self.set_timer(index);
        is_whole
    }

    fn set_timer(&mut self, index: usize) {
        let object = &mut self.objects[index];
        let wanted = object.wanted_timer(self.now).map(|at| at.max(self.now + 1));
        let life = object.life;
        if wanted != object.timer {
            object.timer = wanted;
            if let Some(at) = wanted {
                self.at(
                    at,
                    Happening::Timer {
                        object: index,
                        life,
                        at,
                    },
                );
            }
        }
    }

    /// The sockets that end at an object.
    pub(crate) fn sockets_of(&self, object: usize) -> BTreeSet<u64> {
        self.sockets
            .iter()
            .filter(|(_, socket)| socket.object == object)
            .map(|(id, _)| *id)
            .collect()
    }
}
