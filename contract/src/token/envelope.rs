//! The text around a payload: how it is put together, and how it is taken apart before anything of it is believed.

use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};

use super::{TokenKind, TokenRefusal};
use crate::{key_list::is_key_id, limits::TOKEN_BYTES_MAX};

const VERSION: &str = "1";

/// What every signed message begins with. No canonical string of requests or answers does, should a key ever be used
/// for both.
const DOMAIN: &str = "glossator-token\n";

/// Writes a token. `sign` is given the message that the signature covers.
pub(super) fn seal<const SIGNATURE_BYTES: usize>(
    kind: TokenKind,
    key_id: &str,
    lines: &[&str],
    sign: impl FnOnce(&str) -> [u8; SIGNATURE_BYTES],
) -> String {
    let payload = URL_SAFE_NO_PAD.encode(lines.join("\n"));
    let kind = kind.name();
    let signed = format!("{kind}.{VERSION}.{key_id}.{payload}");
    let signature = URL_SAFE_NO_PAD.encode(sign(&message(&signed)));
    format!("{signed}.{signature}")
}

/// A token that was taken apart. Its payload stays shut until the signature was verified.
pub(super) struct Envelope<'a, const SIGNATURE_BYTES: usize> {
    pub(super) key_id: &'a str,
    pub(super) signature: [u8; SIGNATURE_BYTES],
    signed: &'a str,
    payload: &'a str,
}

impl<'a, const SIGNATURE_BYTES: usize> Envelope<'a, SIGNATURE_BYTES> {
    /// Takes a text apart that must be of this kind.
    pub(super) fn read(kind: TokenKind, text: &'a str) -> Result<Self, TokenRefusal> {
        if text.len() > TOKEN_BYTES_MAX {
            return Err(TokenRefusal::TooLong);
        }
        match TokenKind::of(text) {
            Some(claimed) if claimed == kind => {}
            Some(_) => return Err(TokenRefusal::WrongKind),
            None => return Err(TokenRefusal::Malformed),
        }
        let mut parts = text.split('.').skip(1);
        let mut part = || parts.next().ok_or(TokenRefusal::Malformed);
        if part()? != VERSION {
            return Err(TokenRefusal::OtherVersion);
        }
        let (key_id, payload, signature_text) = (part()?, part()?, part()?);
        if parts.next().is_some() || !is_key_id(key_id) {
            return Err(TokenRefusal::Malformed);
        }
        let signed_bytes = text.len() - signature_text.len() - 1;
        Ok(Self {
            key_id,
            signature: decode_signature(signature_text)?,
            signed: &text[..signed_bytes],
            payload,
        })
    }

    /// The message that the signature must cover.
    pub(super) fn message(&self) -> String {
        message(self.signed)
    }

    /// Opens the payload. Only what somebody signed is worth reading: verify first.
    pub(super) fn payload(&self) -> Result<String, TokenRefusal> {
        let bytes = URL_SAFE_NO_PAD
            .decode(self.payload)
            .map_err(|_| TokenRefusal::Malformed)?;
        String::from_utf8(bytes).map_err(|_| TokenRefusal::Malformed)
    }
}

fn message(signed: &str) -> String {
    format!("{DOMAIN}{signed}")
}

/// One signature has one spelling: the decoder refuses padding, and bits that do not count.
fn decode_signature<const BYTES: usize>(text: &str) -> Result<[u8; BYTES], TokenRefusal> {
    let mut signature = [0; BYTES];
    match URL_SAFE_NO_PAD.decode_slice(text, &mut signature) {
        Ok(length) if length == BYTES => Ok(signature),
        Ok(_) | Err(_) => Err(TokenRefusal::Malformed),
    }
}
