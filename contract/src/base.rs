//! Which stored bytes somebody builds on: store generation, version, hash.

use std::fmt;

use crate::{digest::Digest, limits::GENERATION_BYTES_MAX};

/// One life of the Postgres store. Renewed when the store was put back from a backup.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Generation(String);

impl Generation {
    /// Accepts 1-64 of `[A-Za-z0-9-]`; the host writes a UUID.
    ///
    /// # Errors
    /// If the text is empty, too long or holds any other character.
    pub fn parse(text: &str) -> Result<Self, MalformedGeneration> {
        let characters_ok = text.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-');
        if characters_ok && (1..=GENERATION_BYTES_MAX).contains(&text.len()) {
            Ok(Self(text.to_owned()))
        } else {
            Err(MalformedGeneration)
        }
    }

    /// As written in headers and queries.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for Generation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// The text is not a store generation.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("a store generation is 1 to {GENERATION_BYTES_MAX} of A-Z a-z 0-9 -")]
pub struct MalformedGeneration;

/// The stored snapshot that an object builds on. Only if all three agree with the store does the object's document
/// contain what is stored.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Base {
    /// The life of the store that numbered it.
    pub generation: Generation,
    /// Its number, from 1; never used twice within a store.
    pub version: i64,
    /// Of the stored bytes.
    pub sha256: Digest,
}
