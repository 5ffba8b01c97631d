//! One WebSocket, from accept to close: what the room remembers of it, and what must survive hibernation.

use annotation::Role;
use serde::{Deserialize, Serialize};

use crate::{
    authority::{Authority, Proof},
    budget::{Budget, FullAnswers},
    decode::StateVector,
    glossator::Conditions,
    time::Timestamp,
};

/// Names one socket for ever. Drawn at random by the shell, below 2^53.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct SessionId(pub u64);

/// What a socket speaks.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Protocol {
    /// The y-websocket protocol and nothing else: any Yjs binding.
    Stock,
    /// The subprotocol `glossator.v1`: our own page.
    Glossator,
}

/// What a socket's attachment keeps: small, and enough to go on after hibernation.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SessionRecord {
    /// Whose record this is.
    pub session: SessionId,
    /// The person behind the socket.
    pub user: String,
    /// What the socket speaks.
    pub protocol: Protocol,
    /// It was sent the document: what it asked first was answered, so that later updates lack nothing.
    #[serde(default)]
    pub has_document: bool,
    /// The awareness client id that this socket alone may set and remove.
    pub presence: Option<u64>,
    /// The clock that others were last told of it: without it nobody would believe, after hibernation, that the peer
    /// has gone.
    #[serde(default)]
    pub presence_clock: Option<u32>,
    /// When the socket last spoke of it: silence is measured across hibernation too.
    #[serde(default)]
    pub presence_heard: Option<Timestamp>,
    /// A digest of the state that others were last told: what is said again after hibernation is no news.
    #[serde(default)]
    pub presence_digest: Option<u64>,
    /// The awareness client id that a newer socket of the same person has taken over: what this one still says of it came
    /// late.
    #[serde(default)]
    pub presence_yielded: Option<u64>,
    /// What the person may do, and until when; absent if they came without an authority.
    #[serde(default)]
    pub authority: Option<Authority>,
    /// What is only known of sockets that speak `glossator.v1`.
    #[serde(default)]
    pub glossator: GlossatorRecord,
}

/// What must survive hibernation of a socket that speaks `glossator.v1`.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct GlossatorRecord {
    /// What it was welcomed to; absent before it was.
    pub welcomed: Option<Welcomed>,
    /// The conditions that it was last told.
    pub conditions: Conditions,
    /// Frames of it came that the journal does not hold: what they said is lost with the memory.
    pub has_unsaved: bool,
    /// An update of it was refused: later ones build on that, and are ignored.
    pub is_refused: bool,
    /// When it was last heard, to within `HEARD_SAVE_MS`.
    pub heard: Timestamp,
    /// When the room last heard from the host what the store holds, to within `CHECK_EVERY_MS`.
    #[serde(default)]
    pub compared: Timestamp,
}

/// What a socket of `glossator.v1` was welcomed to.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Welcomed {
    /// One life of the object's storage.
    pub epoch: u64,
    /// Whether anything has been written in it.
    pub is_stored: bool,
}

impl SessionRecord {
    /// Of a socket that has just come, without an authority, and of which nothing else is known.
    pub(crate) fn new(session: SessionId, user: String, protocol: Protocol) -> SessionRecord {
        SessionRecord {
            session,
            user,
            protocol,
            has_document: false,
            presence: None,
            presence_clock: None,
            presence_heard: None,
            presence_digest: None,
            presence_yielded: None,
            authority: None,
            glossator: GlossatorRecord::default(),
        }
    }

    /// Whether its person has what a resume token continues: a page's authority.
    pub(crate) fn may_resume(&self) -> bool {
        let authority = self.authority.as_ref();
        authority.is_some_and(|authority| match authority.proof {
            Proof::Ticket { .. } | Proof::Resume => true,
            Proof::Client { .. } => false,
        })
    }

    /// Whether the socket speaks `glossator.v1`.
    pub fn is_glossator(&self) -> bool {
        match self.protocol {
            Protocol::Glossator => true,
            Protocol::Stock => false,
        }
    }
}

/// What the room knows of an open socket.
#[derive(Debug)]
pub(crate) struct Session {
    pub(crate) record: SessionRecord,
    /// Since when this life of the room knows it.
    pub(crate) came: Timestamp,
    /// What its person may do as things are; absent without an authority, when nothing is judged.
    pub(crate) role: Option<Role>,
    /// Whether the room has sent its state vector and the others' presence since the document could be used.
    pub(crate) greeting: Greeting,
    pub(crate) resync: Resync,
    /// It has sent everything that it has: the room lacks nothing of what its person wrote there.
    pub(crate) has_answered: bool,
    /// What its client says it has: the question that is still to be answered.
    pub(crate) question: Option<StateVector>,
    /// Which question of this life that is, counted as they came; what it says anew does not put it behind others.
    pub(crate) question_number: u64,
    pub(crate) budget: Budget,
    pub(crate) full_answers: FullAnswers,
    pub(crate) last_sent: Timestamp,
    /// Of `glossator.v1`: the number that the next frame must have; absent after a wake, when any will do.
    pub(crate) next_number: Option<u64>,
    /// Of `glossator.v1`: it was told that the document can be used, and nothing that it was told has become void.
    pub(crate) is_welcomed: bool,
    /// Of `glossator.v1`: an update of it was left out, and it has not sent everything since.
    pub(crate) is_lacking: bool,
    /// Of `glossator.v1`: what it said under an epoch that is lost is missing, until it answers the question that comes with
    /// its new welcome. Frames up to this number were on their way before that.
    pub(crate) answers_after: Option<u64>,
}

/// When a socket is told the room's state vector.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Greeting {
    /// As soon as the document can be used.
    Due,
    /// After hibernation: so long after the document is loaded, if it is, so that a class does not answer at once.
    OnceLoaded {
        after_ms: u64,
    },
    /// Not before this moment.
    DueAt(Timestamp),
    Done,
}

/// Where this socket stands with being asked for what the room lacks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Resync {
    /// Never asked.
    Idle,
    /// Asked, not answered.
    Asked { at_change: u64 },
    /// Answered; not asked again before the room's state has changed.
    Answered { asked_at_change: u64 },
}

impl Session {
    pub(crate) fn new(record: SessionRecord, now: Timestamp, greeting: Greeting) -> Session {
        Session {
            record,
            came: now,
            role: None,
            greeting,
            resync: Resync::Idle,
            has_answered: false,
            question: None,
            question_number: 0,
            budget: Budget::full(now),
            full_answers: FullAnswers::default(),
            last_sent: now,
            next_number: None,
            is_welcomed: false,
            is_lacking: false,
            answers_after: None,
        }
    }

    pub(crate) fn is_glossator(&self) -> bool {
        self.record.is_glossator()
    }
}
