//! Tokens of the host's whose signature nobody has verified yet.

use std::marker::PhantomData;

use ed25519_dalek::{Signature, VerifyingKey};

use super::{TokenRefusal, envelope::Envelope};

/// A ticket or a client token that was taken apart. What it says stays shut until its claim was verified, here or
/// elsewhere.
pub struct Sealed<'a, T> {
    claim: Claim<'a>,
    envelope: Envelope<'a, 64>,
    kind: PhantomData<T>,
}

impl<'a, T> Sealed<'a, T> {
    pub(super) fn new(key: &'a VerifyingKey, envelope: Envelope<'a, 64>) -> Self {
        let claim = Claim {
            key,
            message: envelope.message(),
            signature: envelope.signature,
        };
        Self {
            claim,
            envelope,
            kind: PhantomData,
        }
    }

    /// What has to be verified before it is opened.
    pub fn claim(&self) -> &Claim<'a> {
        &self.claim
    }

    /// Its payload, if its claim is sound.
    pub(super) fn payload(&self, is_sound: bool) -> Result<String, TokenRefusal> {
        if is_sound {
            self.envelope.payload()
        } else {
            Err(TokenRefusal::WrongSignature)
        }
    }
}

/// That a message was signed with an Ed25519 key: all that is needed to verify it.
///
/// [`Claim::is_sound`] is strict; others verify as RFC 8032 says, without the cofactor. Both refuse an S that is not
/// below the order of the group, and compare R byte by byte: whoever has seen a signature can make no second one of it,
/// nor write it otherwise. What the strict one refuses besides is an R of small order. Then S is the secret key times a
/// number that everybody can compute: only the key's owner could make such a signature, and would tell the key by it.
/// So both believe what the owner of the key has signed, to the last character, and nothing else.
pub struct Claim<'a> {
    key: &'a VerifyingKey,
    message: String,
    signature: [u8; 64],
}

impl Claim<'_> {
    /// The public key: a point, and none of small order.
    pub fn key(&self) -> &[u8; 32] {
        self.key.as_bytes()
    }

    /// What was signed.
    pub fn message(&self) -> &[u8] {
        self.message.as_bytes()
    }

    /// The signature.
    pub fn signature(&self) -> &[u8; 64] {
        &self.signature
    }

    /// Verifies it.
    pub fn is_sound(&self) -> bool {
        let signature = Signature::from_bytes(&self.signature);
        self.key.verify_strict(self.message(), &signature).is_ok()
    }
}
