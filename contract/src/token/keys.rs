//! The keys of tokens.
//!
//! To rotate the key that the host signs with: add the new public key to `TICKET_PUBLIC_KEYS`, deploy the Worker, give
//! the host the new `TICKET_SIGNING_KEY`, and drop the old public key a day later, when the last client token has
//! ended. To rotate `RESUME_KEYS`: append the new key, move it to the front, drop the old one 15 min later; each step
//! is a deployment.

use std::fmt;

use ed25519_dalek::{Signer as _, SigningKey, VerifyingKey};

use super::{
    Sealed, TokenKind, TokenRefusal,
    envelope::{Envelope, seal},
};
use crate::{
    key_list::{self, KeyFault, KeyVariable, KeysError},
    keys::Keys,
};

/// What tickets and client tokens are verified with: `TICKET_PUBLIC_KEYS`, one to four public keys with ids.
#[derive(Clone, Debug)]
pub struct TicketKeys(Vec<(String, VerifyingKey)>);

impl TicketKeys {
    /// Reads the value of `TICKET_PUBLIC_KEYS`.
    ///
    /// # Errors
    /// If it is empty, malformed, names one id twice, has too many keys, or one that nobody should trust.
    pub fn parse(text: &str) -> Result<Self, KeysError> {
        let variable = KeyVariable::TicketPublicKeys;
        let entries = key_list::parse(variable, text)?;
        let keys = entries.into_iter().enumerate().map(|(index, entry)| {
            // For a point of small order somebody without a secret can make signatures.
            let key = VerifyingKey::from_bytes(&entry.bytes)
                .ok()
                .filter(|key| !key.is_weak());
            let fault = KeyFault::UnusableKey {
                position: index + 1,
            };
            key.map(|key| (entry.id, key))
                .ok_or(KeysError { variable, fault })
        });
        Ok(Self(keys.collect::<Result<_, _>>()?))
    }

    /// Takes a token of this kind apart and finds the key that it has to be verified with.
    pub(super) fn find<'a, T>(
        &'a self,
        kind: TokenKind,
        text: &'a str,
    ) -> Result<Sealed<'a, T>, TokenRefusal> {
        let envelope = Envelope::read(kind, text)?;
        let (_, key) = self
            .0
            .iter()
            .find(|(id, _)| id == envelope.key_id)
            .ok_or(TokenRefusal::UnknownKey)?;
        Ok(Sealed::new(key, envelope))
    }
}

/// What tickets and client tokens are signed with: `TICKET_SIGNING_KEY`, known to the host alone. `Debug` shows the id
/// only.
#[derive(Clone)]
pub struct TicketSigner {
    id: String,
    key: SigningKey,
}

impl TicketSigner {
    /// Reads the value of `TICKET_SIGNING_KEY`.
    ///
    /// # Errors
    /// If it is empty, malformed, or more than one key. No error repeats any part of a key.
    pub fn parse(text: &str) -> Result<Self, KeysError> {
        let mut entries = key_list::parse(KeyVariable::TicketSigningKey, text)?;
        let entry = entries.remove(0);
        Ok(Self {
            id: entry.id,
            key: SigningKey::from_bytes(&entry.bytes),
        })
    }

    /// Makes a new key of 32 bytes that the caller drew from the platform's secure randomness: the value of
    /// `TICKET_SIGNING_KEY`. The key's id is the beginning of its public half, so that no two keys share one.
    pub fn generate(random: [u8; 32]) -> String {
        let public = SigningKey::from_bytes(&random).verifying_key();
        let id = hex::encode(&public.as_bytes()[..4]);
        format!("{id}:{}", hex::encode(random))
    }

    /// The entry of `TICKET_PUBLIC_KEYS` that goes with this key. It is no secret.
    pub fn public_entry(&self) -> String {
        let public = hex::encode(self.key.verifying_key().as_bytes());
        format!("{}:{public}", self.id)
    }

    pub(super) fn seal(&self, kind: TokenKind, lines: &[&str]) -> String {
        seal(kind, &self.id, lines, |message| {
            self.key.sign(message.as_bytes()).to_bytes()
        })
    }
}

impl fmt::Debug for TicketSigner {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("TicketSigner").field(&self.id).finish()
    }
}

/// What resume tokens are signed and verified with: `RESUME_KEYS`, known to the Worker alone. `Debug` shows ids only.
#[derive(Clone, Debug)]
pub struct ResumeKeys(Keys);

impl ResumeKeys {
    /// Reads the value of `RESUME_KEYS`. The first key signs, all of them verify.
    ///
    /// # Errors
    /// If it is empty, malformed, names one id twice or has too many keys. No error repeats any part of a key.
    pub fn parse(text: &str) -> Result<Self, KeysError> {
        Ok(Self(Keys::of(KeyVariable::ResumeKeys, text)?))
    }

    pub(super) fn seal(&self, lines: &[&str]) -> String {
        let (kind, key_id) = (TokenKind::Resume, self.0.signing_id());
        seal(kind, key_id, lines, |message| self.0.mac(message))
    }

    pub(super) fn open(&self, text: &str) -> Result<String, TokenRefusal> {
        let envelope = Envelope::<32>::read(TokenKind::Resume, text)?;
        let message = envelope.message();
        let verdict = self
            .0
            .verify(envelope.key_id, &message, &envelope.signature);
        match verdict {
            Some(true) => envelope.payload(),
            Some(false) => Err(TokenRefusal::WrongSignature),
            None => Err(TokenRefusal::UnknownKey),
        }
    }
}
