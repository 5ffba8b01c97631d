//! Which kind of token a text claims to be, and the id of each token.

use std::fmt;

use crate::digest::is_lower_hex;

/// The kinds of tokens.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum TokenKind {
    /// Of a page, from the host.
    Ticket,
    /// Of a page, from the room.
    Resume,
    /// Of a program, from the host.
    Client,
}

impl TokenKind {
    /// Every kind there is.
    pub const ALL: [Self; 3] = [Self::Ticket, Self::Resume, Self::Client];

    /// How a token of this kind begins, in front of its first dot.
    pub fn name(self) -> &'static str {
        match self {
            Self::Ticket => "ticket",
            Self::Resume => "resume",
            Self::Client => "client",
        }
    }

    /// The kind that a text claims; absent if it is no token.
    pub fn of(text: &str) -> Option<Self> {
        let (name, _) = text.split_once('.')?;
        Self::ALL.into_iter().find(|kind| kind.name() == name)
    }
}

/// What tells a token from every other one: 16 random bytes.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct TokenId([u8; 16]);

impl TokenId {
    /// Wraps 16 bytes that the caller drew from the platform's secure randomness.
    pub fn new(random: [u8; 16]) -> Self {
        Self(random)
    }

    /// Reads the canonical form.
    ///
    /// # Errors
    /// If the text is anything but 32 lower-case hexadecimal digits.
    pub fn parse(text: &str) -> Result<Self, MalformedTokenId> {
        let mut bytes = [0; 16];
        if !is_lower_hex(text) || hex::decode_to_slice(text, &mut bytes).is_err() {
            return Err(MalformedTokenId);
        }
        Ok(Self(bytes))
    }

    /// The raw 16 bytes.
    pub fn as_bytes(&self) -> &[u8; 16] {
        &self.0
    }
}

impl fmt::Display for TokenId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&hex::encode(self.0))
    }
}

impl fmt::Debug for TokenId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "TokenId({self})")
    }
}

/// The text is not the id of a token.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("a token's id is written as 32 lower-case hexadecimal digits")]
pub struct MalformedTokenId;
