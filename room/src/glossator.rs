//! The messages that only a socket of the subprotocol `glossator.v1` speaks (SPEC section 10): their numbers, what the
//! room says in them, and how that is written. What a client says is read by `decode`.

use crate::{
    decode::{Malformed, Reader},
    time::Timestamp,
    wire::{write_buffer, write_number},
};

/// The name under which a client offers it and the Worker accepts it.
pub const SUBPROTOCOL: &str = "glossator.v1";

pub(crate) const NUMBERED: u64 = 110;
pub(crate) const RENEW: u64 = 111;
const WELCOME: u64 = 100;
const SAVED: u64 = 101;
const ARCHIVED: u64 = 102;
const REFUSED: u64 = 103;
const CONDITIONS: u64 = 104;
const RENEWED: u64 = 105;
const RESUME: u64 = 106;

/// The words of a refusal are cut to so many bytes.
const WORDS_BYTES_MAX: usize = 1_024;

/// What the room says to its own client beside the y-websocket protocol.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Announcement {
    /// The document can be used.
    Welcome {
        /// One life of the object's storage.
        epoch: u64,
        /// The newest journaled update.
        seq: u64,
        /// How much of it the store holds.
        archived: Watermark,
        /// What the page should know.
        conditions: Conditions,
    },
    /// Everything up to and with frame `number` is durable in the journal at `seq`.
    Saved {
        /// One life of the object's storage.
        epoch: u64,
        /// The number of a frame of this socket.
        number: u64,
        /// The newest update of the journal at that moment.
        seq: u64,
    },
    /// The store holds so much of the journal.
    Archived {
        /// One life of the object's storage.
        epoch: u64,
        /// How much.
        archived: Watermark,
    },
    /// Frame `number` was refused, and every later one of this socket is ignored.
    Refused {
        /// The number of a frame of this socket.
        number: u64,
        /// Why, for programs.
        reason: RefusalReason,
        /// Why, for people; holds no content.
        words: String,
    },
    /// What the page should know has changed.
    Conditions(Conditions),
    /// The person's authority was prolonged.
    Renewed {
        /// Until when.
        authority_until: Timestamp,
    },
    /// By what the person may come back without a ticket; the newest one counts.
    Resume {
        /// A token of the Worker's.
        token: String,
    },
}

/// How much of the journal the store is known to hold: nothing, or everything up to a `seq`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct Watermark(pub Option<u64>);

/// Why an update was refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RefusalReason {
    /// The frame, or the document with it, is too large.
    TooLarge,
    /// The person may not do this.
    NotAllowed,
    /// The update is no update, or contradicts the document.
    Malformed,
}

/// What a page should know of the room.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct Conditions {
    /// The document has passed three quarters of a bound.
    pub nearly_full: bool,
    /// The last request to archive failed; it is repeated.
    pub host_failing: bool,
    /// Edits are turned away for a while.
    pub degraded: bool,
}

impl Announcement {
    /// The frame that says it.
    pub fn frame(&self) -> Vec<u8> {
        let mut out = Vec::new();
        let mut write = |numbers: &[u64]| {
            for number in numbers {
                write_number(&mut out, *number);
            }
        };
        match self {
            Announcement::Welcome {
                epoch,
                seq,
                archived,
                conditions,
            } => write(&[WELCOME, *epoch, *seq, archived.number(), conditions.bits()]),
            Announcement::Saved { epoch, number, seq } => write(&[SAVED, *epoch, *number, *seq]),
            Announcement::Archived { epoch, archived } => {
                write(&[ARCHIVED, *epoch, archived.number()]);
            }
            Announcement::Refused {
                number,
                reason,
                words,
            } => {
                write(&[REFUSED, *number, reason.number()]);
                write_buffer(&mut out, cut(words).as_bytes());
            }
            Announcement::Conditions(conditions) => write(&[CONDITIONS, conditions.bits()]),
            Announcement::Renewed { authority_until } => write(&[RENEWED, authority_until.0]),
            Announcement::Resume { token } => {
                write(&[RESUME]);
                write_buffer(&mut out, token.as_bytes());
            }
        }
        out
    }

    /// Reads a frame of the room; absent if it is one of the y-websocket protocol.
    ///
    /// # Errors
    /// If the frame is no message that a room writes, or ends within one.
    pub fn read(frame: &[u8]) -> Result<Option<Announcement>, Malformed> {
        let mut reader = Reader::new(frame);
        let mut number = |what| reader.number(what);
        let said = match number("kind of message")? {
            WELCOME => Announcement::Welcome {
                epoch: number("epoch")?,
                seq: number("seq")?,
                archived: Watermark::of(number("archived seq")?),
                conditions: Conditions::of(number("conditions")?),
            },
            SAVED => Announcement::Saved {
                epoch: number("epoch")?,
                number: number("number of a frame")?,
                seq: number("seq")?,
            },
            ARCHIVED => Announcement::Archived {
                epoch: number("epoch")?,
                archived: Watermark::of(number("archived seq")?),
            },
            REFUSED => {
                let number = reader.number("number of a frame")?;
                let code = reader.number("reason of a refusal")?;
                Announcement::Refused {
                    number,
                    reason: RefusalReason::of(code)
                        .ok_or_else(|| reader.malformed("reason of a refusal"))?,
                    words: reader.text("words of a refusal")?.to_owned(),
                }
            }
            CONDITIONS => Announcement::Conditions(Conditions::of(number("conditions")?)),
            RENEWED => Announcement::Renewed {
                authority_until: Timestamp(number("end of an authority")?),
            },
            RESUME => Announcement::Resume {
                token: reader.text("resume token")?.to_owned(),
            },
            _ => return Ok(None),
        };
        if reader.is_empty() {
            Ok(Some(said))
        } else {
            Err(reader.malformed("end of an announcement"))
        }
    }
}

impl Watermark {
    fn number(self) -> u64 {
        self.0.map_or(0, |seq| seq.saturating_add(1))
    }

    fn of(number: u64) -> Watermark {
        Watermark(number.checked_sub(1))
    }

    /// Whether an update that the journal holds at `seq` is in the store.
    pub fn covers(self, seq: u64) -> bool {
        self.0.is_some_and(|archived| archived >= seq)
    }
}

impl RefusalReason {
    fn number(self) -> u64 {
        match self {
            RefusalReason::TooLarge => 1,
            RefusalReason::NotAllowed => 2,
            RefusalReason::Malformed => 3,
        }
    }

    fn of(number: u64) -> Option<RefusalReason> {
        match number {
            1 => Some(RefusalReason::TooLarge),
            2 => Some(RefusalReason::NotAllowed),
            3 => Some(RefusalReason::Malformed),
            _ => None,
        }
    }
}

impl Conditions {
    fn bits(self) -> u64 {
        u64::from(self.nearly_full)
            | u64::from(self.host_failing) << 1
            | u64::from(self.degraded) << 2
    }

    /// A bit that a later room may set is none that this one knows.
    fn of(bits: u64) -> Conditions {
        Conditions {
            nearly_full: bits & 1 != 0,
            host_failing: bits & 2 != 0,
            degraded: bits & 4 != 0,
        }
    }
}

/// A frame of stock messages under a number, as a client writes it.
pub fn numbered(number: u64, messages: &[u8]) -> Vec<u8> {
    let mut frame = Vec::with_capacity(messages.len() + 9);
    write_number(&mut frame, NUMBERED);
    write_number(&mut frame, number);
    frame.extend_from_slice(messages);
    frame
}

/// A request to prolong the person's authority, as a client writes it.
pub fn renew(ticket: &str) -> Vec<u8> {
    let mut frame = Vec::with_capacity(ticket.len() + 3);
    write_number(&mut frame, RENEW);
    write_buffer(&mut frame, ticket.as_bytes());
    frame
}

fn cut(words: &str) -> &str {
    let mut end = words.len().min(WORDS_BYTES_MAX);
    while !words.is_char_boundary(end) {
        end -= 1;
    }
    words.get(..end).unwrap_or_default()
}
