//! Frames, as peers write and read them: the y-websocket protocol, and Hocuspocus' envelope round it.

use std::cell::Cell;

use anyhow::{Context, Result, bail};
use yrs::{
    ReadTxn, StateVector,
    encoding::{read::Read, write::Write},
    updates::{
        decoder::DecoderV1,
        encoder::{Encode, Encoder, EncoderV1},
    },
};

use crate::job::Dialect;

const SYNC: u32 = 0;
const AWARENESS: u32 = 1;
const STEP1: u32 = 0;
const STEP2: u32 = 1;
const UPDATE: u32 = 2;
/// Hocuspocus' message that authenticates, and its kind that carries a token.
const HOCUSPOCUS_AUTH: u32 = 2;
/// Its sync message that answers one.
const HOCUSPOCUS_SYNC_REPLY: u32 = 4;
/// Our client's frame that carries messages under a number, and what it is told of such a frame.
const NUMBERED: u32 = 110;
const SAVED: u32 = 101;
const REFUSED: u32 = 103;

/// One message that a peer was sent.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Message {
    /// What the server has: it asks for what it lacks.
    Step1,
    /// What was asked for.
    Step2(Vec<u8>),
    /// An update.
    Update(Vec<u8>),
    /// Entries of presence, as encoded.
    Awareness(Vec<u8>),
    /// Everything up to and with this number is in the room's storage.
    Saved(u32),
    /// Something that does not matter here.
    Other,
}

/// One entry of presence.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Entry {
    /// Whose.
    pub client: u64,
    /// Which of theirs.
    pub clock: u32,
    /// What it says, as JSON.
    pub state: String,
}

/// Writes frames for one peer.
#[derive(Debug)]
pub struct Writer {
    dialect: Dialect,
    document: String,
    numbered: Cell<u32>,
}

impl Writer {
    /// For a document on a server.
    pub fn new(dialect: Dialect, document: &str) -> Self {
        Self {
            dialect,
            document: document.to_owned(),
            numbered: Cell::new(0),
        }
    }

    /// What has to be sent before anything else.
    pub fn greeting(&self) -> Option<Vec<u8>> {
        (self.dialect == Dialect::Hocuspocus).then(|| {
            let mut encoder = self.envelope();
            encoder.write_var(HOCUSPOCUS_AUTH);
            encoder.write_var(0_u32);
            encoder.write_string("token");
            encoder.to_vec()
        })
    }

    /// How many frames with a number there were.
    pub fn numbered(&self) -> u32 {
        self.numbered.get()
    }

    /// Asks for everything.
    pub fn step1(&self) -> Vec<u8> {
        self.sync(STEP1, &StateVector::default().encode_v1())
    }

    /// Answers a question with what this peer has.
    pub fn step2(&self, update: &[u8]) -> Vec<u8> {
        self.sync(STEP2, update)
    }

    /// Carries one update.
    pub fn update(&self, update: &[u8]) -> Vec<u8> {
        self.sync(UPDATE, update)
    }

    /// Carries entries of presence.
    pub fn awareness(&self, entries: &[Entry]) -> Vec<u8> {
        let mut inner = EncoderV1::new();
        inner.write_var(u32::try_from(entries.len()).unwrap_or(u32::MAX));
        for entry in entries {
            inner.write_var(entry.client);
            inner.write_var(entry.clock);
            inner.write_string(&entry.state);
        }
        let mut encoder = self.envelope();
        encoder.write_var(AWARENESS);
        encoder.write_buf(inner.to_vec());
        encoder.to_vec()
    }

    fn sync(&self, kind: u32, bytes: &[u8]) -> Vec<u8> {
        let mut encoder = self.envelope();
        if self.dialect == Dialect::Glossator && kind != STEP1 {
            self.numbered.set(self.numbered.get() + 1);
            encoder.write_var(NUMBERED);
            encoder.write_var(self.numbered.get());
        }
        encoder.write_var(SYNC);
        encoder.write_var(kind);
        encoder.write_buf(bytes);
        encoder.to_vec()
    }

    fn envelope(&self) -> EncoderV1 {
        let mut encoder = EncoderV1::new();
        if self.dialect == Dialect::Hocuspocus {
            encoder.write_string(&self.document);
        }
        encoder
    }
}

/// Reads the messages of a frame.
pub fn read(dialect: Dialect, frame: &[u8]) -> Result<Vec<Message>> {
    let mut decoder = DecoderV1::from(frame);
    if dialect == Dialect::Hocuspocus {
        decoder.read_string().context("the name of a document")?;
    }
    let mut messages = Vec::new();
    let mut left = !frame.is_empty();
    while left {
        let kind: u32 = match decoder.read_var() {
            Ok(kind) => kind,
            Err(_) if !messages.is_empty() => break,
            Err(problem) => return Err(problem).context("the kind of a message"),
        };
        let is_sync =
            kind == SYNC || (dialect == Dialect::Hocuspocus && kind == HOCUSPOCUS_SYNC_REPLY);
        let message = match kind {
            _ if is_sync => match decoder.read_var::<u32>()? {
                STEP1 => {
                    decoder.read_buf()?;
                    Message::Step1
                }
                STEP2 => Message::Step2(decoder.read_buf()?.to_vec()),
                UPDATE => Message::Update(decoder.read_buf()?.to_vec()),
                other => bail!("there is no sync message {other}"),
            },
            AWARENESS => Message::Awareness(decoder.read_buf()?.to_vec()),
            SAVED if dialect == Dialect::Glossator => {
                decoder.read_var::<u64>().context("an epoch")?;
                Message::Saved(decoder.read_var().context("a number")?)
            }
            REFUSED if dialect == Dialect::Glossator => bail!("an update was refused"),
            _ => Message::Other,
        };
        // What is no sync message and no presence has a form of its own: nothing after it can be read.
        left = !matches!(message, Message::Other | Message::Saved(_));
        messages.push(message);
    }
    Ok(messages)
}

/// Reads entries of presence.
pub fn read_entries(bytes: &[u8]) -> Result<Vec<Entry>> {
    let mut decoder = DecoderV1::from(bytes);
    let count: u32 = decoder.read_var()?;
    (0..count)
        .map(|_| {
            Ok(Entry {
                client: decoder.read_var()?,
                clock: decoder.read_var()?,
                state: decoder.read_string()?.to_owned(),
            })
        })
        .collect()
}

/// Everything in a document, as an update.
pub fn whole(transaction: &impl ReadTxn) -> Vec<u8> {
    transaction.encode_state_as_update_v1(&StateVector::default())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_written_reads_back_in_both_dialects() {
        for dialect in [Dialect::YWebsocket, Dialect::Hocuspocus] {
            let writer = Writer::new(dialect, "a document");
            let entry = Entry {
                client: 1 << 40,
                clock: 7,
                state: "{}".to_owned(),
            };
            let cases = [
                (writer.step1(), Message::Step1),
                (writer.step2(&[0, 0]), Message::Step2(vec![0, 0])),
                (writer.update(&[1, 2]), Message::Update(vec![1, 2])),
            ];
            for (frame, message) in cases {
                assert_eq!(read(dialect, &frame).expect("it reads"), [message]);
            }
            assert_eq!(writer.numbered(), 0);
            let frame = writer.awareness(std::slice::from_ref(&entry));
            let messages = read(dialect, &frame).expect("it reads");
            let [Message::Awareness(bytes)] = &messages[..] else {
                panic!("{messages:?}");
            };
            assert_eq!(read_entries(bytes).expect("they read"), [entry]);
        }
    }

    #[test]
    fn our_client_numbers_what_it_writes_and_reads_what_it_alone_is_told() {
        let writer = Writer::new(Dialect::Glossator, "");
        assert_eq!(writer.step1()[..2], [0, 0]);
        assert_eq!(writer.update(&[7])[..4], [110, 1, 0, 2]);
        assert_eq!(writer.step2(&[7])[..4], [110, 2, 0, 1]);
        assert_eq!(writer.numbered(), 2);
        let read = |frame: &[u8]| read(Dialect::Glossator, frame);
        assert_eq!(
            read(&[101, 1, 2, 9]).expect("it reads"),
            [Message::Saved(2)]
        );
        assert_eq!(read(&[102, 1, 9]).expect("it reads"), [Message::Other]);
        assert!(read(&[103, 2, 2, 0]).is_err());
    }
}
