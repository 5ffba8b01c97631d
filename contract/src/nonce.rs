//! Nonces: 16 random bytes that make every signed request one of its kind.

use std::fmt;

use crate::digest::is_lower_hex;

/// Drawn anew for each request by its sender, and spent by its receiver.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Nonce([u8; 16]);

impl Nonce {
    /// Wraps 16 bytes that the caller drew from the platform's secure randomness.
    pub fn new(random: [u8; 16]) -> Self {
        Self(random)
    }

    /// Reads the canonical form.
    ///
    /// # Errors
    /// If the text is anything but 32 lower-case hexadecimal digits.
    pub fn parse(text: &str) -> Result<Self, MalformedNonce> {
        let mut bytes = [0; 16];
        if !is_lower_hex(text) || hex::decode_to_slice(text, &mut bytes).is_err() {
            return Err(MalformedNonce);
        }
        Ok(Self(bytes))
    }

    /// The raw 16 bytes.
    pub fn as_bytes(&self) -> &[u8; 16] {
        &self.0
    }
}

impl fmt::Display for Nonce {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&hex::encode(self.0))
    }
}

impl fmt::Debug for Nonce {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Nonce({self})")
    }
}

/// The text is not a nonce.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("a nonce is written as 32 lower-case hexadecimal digits")]
pub struct MalformedNonce;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_nonce_reads_back_as_it_was_written() {
        let nonce = Nonce::new([0xab; 16]);
        assert_eq!(Nonce::parse(&nonce.to_string()), Ok(nonce));
    }

    #[test]
    fn other_spellings_are_refused() {
        for text in [
            "",
            "ab",
            &"AB".repeat(16),
            &"ab".repeat(17),
            &"zz".repeat(16),
        ] {
            assert_eq!(Nonce::parse(text), Err(MalformedNonce), "{text}");
        }
    }
}
