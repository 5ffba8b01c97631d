//! Peers: stock clients as y-websocket and pycrdt really behave, and one that means harm.

use std::{cell::RefCell, collections::BTreeMap, rc::Rc};

use room::{
    Protocol,
    decode::{self, Message, StateVector},
    wire,
};
use yrs::{ClientID, Doc, ReadTxn, Transact, Update, updates::decoder::Decode};

use crate::{
    access::Access,
    awareness::Awareness,
    content::Content,
    edits::Roots,
    object::at_edge,
    random::Random,
    things::{Hand, Removed},
};

/// How a peer behaves.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Nature {
    /// y-websocket: sends on everybody's awareness.
    YWebsocket,
    /// pycrdt: sends every remote update back.
    Pycrdt,
    /// Speaks `glossator.v1`: our own page.
    Ours,
    /// Shuffles and repeats its own updates, leaves gaps, sends garbage and known attacks, comes back when thrown out.
    Hostile,
}

impl Nature {
    /// What its sockets speak.
    pub(crate) fn protocol(self) -> Protocol {
        match self {
            Nature::Ours => Protocol::Glossator,
            Nature::YWebsocket | Nature::Pycrdt | Nature::Hostile => Protocol::Stock,
        }
    }
}

/// What an impostor says of itself.
pub(crate) const IMPOSTOR: &str = "impostor";

/// Where a peer is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Presence {
    /// Not connected by choice; may edit.
    Away,
    /// Wants to be connected; a try is on its way.
    Coming,
    /// Has a socket, and hears from it as far as it knows.
    Here { socket: u64 },
    /// Was told a final code.
    Stopped { code: u16 },
}

/// One person with one page open.
pub(crate) struct Peer {
    pub(crate) case: usize,
    /// Which of the world's objects answers its connections.
    pub(crate) object: usize,
    pub(crate) nature: Nature,
    pub(crate) presence: Presence,
    pub(crate) client: u64,
    document: Doc,
    roots: Roots,
    written: Rc<RefCell<Vec<Vec<u8>>>>,
    pub(crate) awareness: Awareness,
    /// Whether this connection has brought the whole document.
    pub(crate) is_synced: bool,
    pub(crate) connected_at: u64,
    pub(crate) heard_at: u64,
    pub(crate) tries: u32,
    edits: u64,
    /// What it has deleted and may take back.
    removed: Removed,
    pub(crate) access: Access,
    /// It has written what is forbidden: whatever it writes from then on is refused or ignored.
    pub(crate) is_poisoned: bool,
}

/// What a frame meant to a peer.
#[derive(Debug, Default)]
pub(crate) struct Heard {
    /// What it sends in return.
    pub(crate) replies: Vec<Vec<u8>>,
    /// Document content it was shown: from then on it counts as acknowledged.
    pub(crate) shown: Vec<Content>,
    /// Clocks that the room claims to have.
    pub(crate) claimed: Option<Content>,
    /// Presence ids that it was told of.
    pub(crate) presence: Vec<u64>,
    /// Somebody is said to be who they are not.
    pub(crate) is_deceived: bool,
}

impl Peer {
    pub(crate) fn new(now: u64, case: usize, object: usize, nature: Nature, client: u64) -> Peer {
        let (document, roots, written) = open_page(client);
        Peer {
            case,
            object,
            nature,
            presence: Presence::Away,
            client,
            document,
            roots,
            written,
            awareness: Awareness::new(now, client, nature == Nature::Ours),
            is_synced: false,
            connected_at: 0,
            heard_at: now,
            tries: 0,
            edits: 0,
            removed: Removed::new(),
            access: Access::default(),
            is_poisoned: false,
        }
    }

    /// Closes the page and opens it again: what never left it is gone.
    pub(crate) fn reload(&mut self, now: u64, client: u64) {
        (self.document, self.roots, self.written) = open_page(client);
        self.client = client;
        self.removed.clear();
        self.is_poisoned = false;
        self.awareness = Awareness::new(now, client, self.nature == Nature::Ours);
    }

    /// Changes the document as far as the person may, and answers the update, if anything changed.
    pub(crate) fn edit(&mut self, now: u64, random: &mut Random) -> Option<Vec<u8>> {
        self.edits += 1;
        match self.access.role {
            None => self
                .roots
                .edit(&self.document, random, self.client, self.edits),
            Some(role) => {
                let hand = Hand {
                    user: &self.access.user,
                    role,
                    client: self.client,
                    number: self.edits,
                    now_ms: at_edge(now).0,
                };
                self.roots
                    .edit_as(&self.document, random, &hand, &mut self.removed);
            }
        }
        self.written.borrow_mut().pop()
    }

    /// Does to the document what nobody asked for, and answers the update.
    pub(crate) fn meddle(&mut self, meddling: impl FnOnce(&Doc, &Roots)) -> Option<Vec<u8>> {
        meddling(&self.document, &self.roots);
        self.written.borrow_mut().pop()
    }

    /// Writes what nobody may write.
    pub(crate) fn forbid(&mut self) -> Option<Vec<u8>> {
        self.roots
            .forbid(&self.document, &format!("{}", self.client));
        self.written.borrow_mut().pop()
    }

    /// Types one character.
    pub(crate) fn type_on(&mut self) -> Option<Vec<u8>> {
        self.roots.type_on(&self.document);
        self.written.borrow_mut().pop()
    }

    /// What a page sends when its socket opens.
    pub(crate) fn greet(&mut self, now: u64) -> Vec<Vec<u8>> {
        self.is_synced = false;
        self.connected_at = now;
        self.heard_at = now;
        vec![
            wire::sync_step1(&self.state_vector()),
            self.awareness.frame(&[self.client]),
        ]
    }

    pub(crate) fn move_cursor(&mut self, now: u64, place: u64) -> Vec<u8> {
        self.awareness
            .set_own(now, format!("{{\"cursor\":{place}}}"));
        self.awareness.frame(&[self.client])
    }

    /// Takes a frame of the room.
    pub(crate) fn hear(&mut self, now: u64, frame: &[u8]) -> Result<Heard, String> {
        self.heard_at = now;
        let mut heard = Heard::default();
        for message in decode::messages(frame).map_err(|e| e.to_string())? {
            match message {
                Message::SyncStep1(theirs) => {
                    heard.replies.push(wire::sync_step2(&self.diff(&theirs)));
                    heard.claimed = Some(Content::of_state(&theirs));
                }
                Message::SyncStep2(update) => {
                    self.is_synced = true;
                    self.take(update, &mut heard)?;
                }
                Message::Update(update) => self.take(update, &mut heard)?,
                Message::Awareness(entries) => {
                    heard
                        .presence
                        .extend(entries.iter().map(|entry| entry.client));
                    heard.is_deceived |= entries
                        .iter()
                        .any(|entry| entry.state.is_some_and(|state| state.contains(IMPOSTOR)));
                    let changed = self.awareness.apply(now, &entries);
                    if !changed.is_empty() && self.nature == Nature::YWebsocket {
                        heard.replies.push(self.awareness.frame(&changed));
                    }
                }
                Message::QueryAwareness => {
                    let present = match self.nature {
                        Nature::Ours => vec![self.client],
                        Nature::YWebsocket | Nature::Pycrdt | Nature::Hostile => {
                            self.awareness.present()
                        }
                    };
                    heard.replies.push(self.awareness.frame(&present));
                }
                Message::Auth => return Err("the room sent an auth message".to_owned()),
            }
        }
        Ok(heard)
    }

    fn take(&mut self, update: &[u8], heard: &mut Heard) -> Result<(), String> {
        let content = Content::of(update).ok_or("the room sent an update that is none")?;
        let decoded = Update::decode_v1(update).map_err(|e| e.to_string())?;
        self.document
            .transact_mut()
            .apply_update(decoded)
            .map_err(|e| e.to_string())?;
        if self.is_synced && self.document.transact().has_missing_updates() {
            return Err(format!(
                "what was shown waits for something that was not: {content}"
            ));
        }
        let emitted = self.written.borrow_mut().pop();
        if self.nature == Nature::Pycrdt
            && let Some(emitted) = emitted
        {
            heard.replies.push(wire::update(&emitted));
        }
        heard.shown.push(content);
        Ok(())
    }

    pub(crate) fn state_vector(&self) -> StateVector {
        let state = self.document.transact().state_vector();
        let entries: BTreeMap<u64, u32> = state
            .iter()
            .map(|(client, clock)| (client.get(), *clock))
            .collect();
        entries
            .into_iter()
            .filter(|(_, clock)| *clock > 0)
            .collect()
    }

    /// What a replica with this state vector lacks.
    pub(crate) fn diff(&self, theirs: &StateVector) -> Vec<u8> {
        let theirs: yrs::StateVector = theirs
            .iter()
            .map(|(client, clock)| (ClientID::new(*client), *clock))
            .collect();
        self.document.transact().encode_diff_v1(&theirs)
    }

    pub(crate) fn content(&self) -> Content {
        Content::of_document(&self.document)
    }

    pub(crate) fn render(&self) -> String {
        self.roots.render(&self.document.transact())
    }

    pub(crate) fn socket(&self) -> Option<u64> {
        if let Presence::Here { socket } = self.presence {
            Some(socket)
        } else {
            None
        }
    }
}

fn open_page(client: u64) -> (Doc, Roots, Rc<RefCell<Vec<Vec<u8>>>>) {
    let document = annotation::empty_document(client, "page");
    let roots = Roots::of(&document);
    let written = Rc::new(RefCell::new(Vec::new()));
    let sink = Rc::clone(&written);
    document
        .observe_update_v1("page", move |_, event| {
            *sink.borrow_mut() = vec![event.update.clone()]
        })
        .expect("no transaction is open on a new document");
    (document, roots, written)
}

/// A document from stored bytes, rendered like a peer's.
pub(crate) fn render_stored(updates: &[&[u8]]) -> Result<(Content, String), String> {
    let document = annotation::empty_document(1, "stored");
    let roots = Roots::of(&document);
    {
        let mut txn = document.transact_mut();
        for update in updates {
            let update = Update::decode_v1(update).map_err(|e| e.to_string())?;
            txn.apply_update(update).map_err(|e| e.to_string())?;
        }
        if txn.has_missing_updates() {
            return Err("what is stored is incomplete".to_owned());
        }
    }
    let rendered = roots.render(&document.transact());
    Ok((Content::of_document(&document), rendered))
}

/// Frames that must end with a final code for their sender and touch nobody else.
pub(crate) const ATTACKS: &[&[u8]] = &[
    // An update that claims four billion clients; a state vector and presence that claim millions of entries.
    &[0, 2, 5, 255, 255, 255, 255, 15],
    &[0, 0, 5, 255, 255, 255, 127, 1],
    &[1, 5, 255, 255, 255, 15, 1],
    // A length whose addition wraps on 32 bits.
    &[
        0, 2, 15, 1, 1, 1, 0, 4, 1, 1, 116, 255, 255, 255, 255, 15, 97, 0,
    ],
    // An unknown kind of message, an empty frame, a text of bytes.
    &[9, 9, 9],
    &[],
    &[0, 2, 200, 1, 1],
];
