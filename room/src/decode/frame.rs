//! Frames of the y-websocket protocol.

use super::{Malformed, Reader, StateVector, json, limits};

/// One message of a frame. Updates are not looked into here: `Known::admit` does that.
#[derive(Clone, Debug, PartialEq)]
pub enum Message<'a> {
    /// "This is what I have": to be answered with what is missing.
    SyncStep1(StateVector),
    /// The answer to a SyncStep1: an update.
    SyncStep2(&'a [u8]),
    /// A change as it happens: an update.
    Update(&'a [u8]),
    /// Who is where.
    Awareness(Vec<PresenceEntry<'a>>),
    /// A denial of access. Clients have no reason to send one.
    Auth,
    /// "Tell me who is where."
    QueryAwareness,
}

/// What a frame says about one client.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PresenceEntry<'a> {
    /// The presence id, which is the id of the client's document.
    pub client: u64,
    /// Grows with each change.
    pub clock: u32,
    /// The state as JSON text, checked to be JSON and not nested too deeply. `None`: the client has gone.
    pub state: Option<&'a str>,
}

/// Reads a whole frame. Nothing is allocated before all of it has been found sound.
///
/// # Errors
/// If the frame is empty, ends within a message, holds more messages or entries than `limits` allows, a message of
/// an unknown kind, or presence that is not JSON.
pub fn messages(frame: &[u8]) -> Result<Vec<Message<'_>>, Malformed> {
    messages_from(&Reader::new(frame))
}

/// Reads the messages that stand from the cursor to the end of its frame.
pub(super) fn messages_from<'a>(start: &Reader<'a>) -> Result<Vec<Message<'a>>, Malformed> {
    walk(start.clone(), false, |_| {})?;
    let mut messages = Vec::new();
    walk(start.clone(), true, |message| messages.push(message))?;
    Ok(messages)
}

impl Message<'_> {
    /// Whether it brings content of the document.
    pub(crate) fn is_update(&self) -> bool {
        match self {
            Message::SyncStep2(_) | Message::Update(_) => true,
            Message::SyncStep1(_)
            | Message::Awareness(_)
            | Message::QueryAwareness
            | Message::Auth => false,
        }
    }

    /// Whether it can only be taken with the document at hand.
    pub(crate) fn needs_document(&self) -> bool {
        self.is_update() || matches!(self, Message::SyncStep1(_))
    }
}

/// Entries that a frame may still hold.
struct Budget {
    state_entries: usize,
    presence_entries: usize,
}

fn walk<'a>(
    mut reader: Reader<'a>,
    keep: bool,
    mut visit: impl FnMut(Message<'a>),
) -> Result<(), Malformed> {
    let mut budget = Budget {
        state_entries: limits::STATE_ENTRIES_MAX,
        presence_entries: limits::PRESENCE_ENTRIES_MAX,
    };
    if reader.is_empty() {
        return Err(reader.malformed("frame: it is empty"));
    }
    for _ in 0..limits::MESSAGES_MAX {
        visit(read_message(&mut reader, &mut budget, keep)?);
        if reader.is_empty() {
            return Ok(());
        }
    }
    Err(reader.malformed("frame: it holds too many messages"))
}

fn read_message<'a>(
    reader: &mut Reader<'a>,
    budget: &mut Budget,
    keep: bool,
) -> Result<Message<'a>, Malformed> {
    let offset = reader.offset();
    match reader.number("kind of message")? {
        0 => read_sync(reader, budget, keep),
        1 => read_awareness(reader, budget, keep),
        2 => {
            if reader.number("authorisation message")? == 0 {
                reader.text("reason of a denial")?;
            }
            Ok(Message::Auth)
        }
        3 => Ok(Message::QueryAwareness),
        _ => Err(Malformed {
            what: "kind of message",
            offset,
        }),
    }
}

fn read_sync<'a>(
    reader: &mut Reader<'a>,
    budget: &mut Budget,
    keep: bool,
) -> Result<Message<'a>, Malformed> {
    let offset = reader.offset();
    match reader.number("kind of sync message")? {
        0 => {
            let payload = reader.buffer("state vector")?;
            read_state_vector(payload, budget, keep)
                .map(Message::SyncStep1)
                .map_err(|fault| fault.within(reader, payload))
        }
        1 => reader.buffer("sync step 2").map(Message::SyncStep2),
        2 => reader.buffer("update").map(Message::Update),
        _ => Err(Malformed {
            what: "kind of sync message",
            offset,
        }),
    }
}

fn read_state_vector(
    payload: &[u8],
    budget: &mut Budget,
    keep: bool,
) -> Result<StateVector, Malformed> {
    let mut reader = Reader::new(payload);
    let mut state = StateVector::new();
    let count = reader.count(2, "state vector entry count")? as usize;
    budget.state_entries = budget
        .state_entries
        .checked_sub(count)
        .ok_or_else(|| reader.malformed("state vector: too many entries"))?;
    for _ in 0..count {
        let client = reader.number("client id of a state vector")?;
        let clock = reader.number_u32("clock of a state vector")?;
        if keep {
            state.insert(client, clock);
        }
    }
    if reader.is_empty() {
        Ok(state)
    } else {
        Err(reader.malformed("end of a state vector"))
    }
}

fn read_awareness<'a>(
    reader: &mut Reader<'a>,
    budget: &mut Budget,
    keep: bool,
) -> Result<Message<'a>, Malformed> {
    let payload = reader.buffer("awareness message")?;
    read_presence(payload, budget, keep)
        .map(Message::Awareness)
        .map_err(|fault| fault.within(reader, payload))
}

fn read_presence<'a>(
    payload: &'a [u8],
    budget: &mut Budget,
    keep: bool,
) -> Result<Vec<PresenceEntry<'a>>, Malformed> {
    let mut reader = Reader::new(payload);
    let mut entries = Vec::new();
    // An id, a clock, a length and one character at least.
    let count = reader.count(4, "presence entry count")? as usize;
    budget.presence_entries = budget
        .presence_entries
        .checked_sub(count)
        .ok_or_else(|| reader.malformed("presence: too many entries"))?;
    for _ in 0..count {
        let client = reader.number("client id of a presence entry")?;
        let clock = reader.number_u32("clock of a presence entry")?;
        let offset = reader.offset();
        let text = reader.text("state of a presence entry")?;
        // The second walk is over what the first found sound.
        if keep {
            entries.push(PresenceEntry {
                client,
                clock,
                state: (text.trim() != "null").then_some(text),
            });
        } else {
            json::check_opaque(text, offset).map_err(|refusal| Malformed {
                offset,
                ..refusal.into_malformed()
            })?;
        }
    }
    if reader.is_empty() {
        Ok(entries)
    } else {
        Err(reader.malformed("end of an awareness message"))
    }
}

impl Malformed {
    /// Moves the offset from within `payload`, which `reader` has just passed, to the frame.
    fn within(self, reader: &Reader<'_>, payload: &[u8]) -> Malformed {
        Malformed {
            what: self.what,
            offset: reader.offset() - payload.len() + self.offset,
        }
    }
}
