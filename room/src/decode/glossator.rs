//! Frames of a client that speaks `glossator.v1`: what stock clients say, under a number, and the renewal of a ticket.

use super::{Malformed, Message, Reader, frame, limits};
use crate::glossator::{NUMBERED, RENEW};

/// One frame of our own client.
#[derive(Clone, Debug, PartialEq)]
pub enum ClientFrame<'a> {
    /// Messages of the y-websocket protocol.
    Messages {
        /// The frame's place among those of its socket; every frame that brings an update has one.
        number: Option<u64>,
        /// At least one.
        messages: Vec<Message<'a>>,
    },
    /// A new ticket, not looked into here.
    Renew {
        /// As it came.
        ticket: &'a str,
    },
}

/// Reads a whole frame of a socket that speaks `glossator.v1`. Nothing is allocated before all of it was found sound.
///
/// # Errors
/// If stock messages would be refused, the number is 0 or missing from a frame that brings an update, or the ticket is
/// too long.
pub fn client_frame(bytes: &[u8]) -> Result<ClientFrame<'_>, Malformed> {
    let mut reader = Reader::new(bytes);
    match reader.number("kind of message")? {
        NUMBERED => {
            let number = read_frame_number(&mut reader)?;
            let messages = frame::messages_from(&reader)?;
            Ok(ClientFrame::Messages {
                number: Some(number),
                messages,
            })
        }
        RENEW => {
            let ticket = reader.text("ticket")?;
            if ticket.len() > limits::TICKET_BYTES_MAX || !reader.is_empty() {
                return Err(reader.malformed("end of a ticket"));
            }
            Ok(ClientFrame::Renew { ticket })
        }
        _ => {
            let start = Reader::new(bytes);
            let messages = frame::messages_from(&start)?;
            if messages.iter().any(Message::is_update) {
                return Err(start.malformed("frame: it brings an update and has no number"));
            }
            Ok(ClientFrame::Messages {
                number: None,
                messages,
            })
        }
    }
}

/// The number of a frame, for one that is too large to be read.
pub(crate) fn frame_number(bytes: &[u8]) -> Option<u64> {
    let mut reader = Reader::new(bytes);
    if reader.number("kind of message") != Ok(NUMBERED) {
        return None;
    }
    read_frame_number(&mut reader).ok()
}

fn read_frame_number(reader: &mut Reader<'_>) -> Result<u64, Malformed> {
    let start = reader.clone();
    match reader.number("number of a frame")? {
        0 => Err(start.malformed("number of a frame: they begin at 1")),
        number => Ok(number),
    }
}
