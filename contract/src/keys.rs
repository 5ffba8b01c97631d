//! The shared keys of Worker and host: `HOST_KEYS` is `id:hex[,id:hex]`. The first one signs, all of them verify.
//!
//! To rotate: append the new key on both sides, then move it to the front on both, then drop the old one.

use std::fmt;

use hmac::{Hmac, KeyInit, Mac};
use sha2::Sha256;

use crate::key_list::{self, KeyEntry, KeyVariable, KeysError};

/// One to four keys, each with its id. `Debug` shows the ids only.
#[derive(Clone)]
pub struct Keys {
    signing: KeyEntry,
    others: Vec<KeyEntry>,
}

impl Keys {
    /// Reads the value of `HOST_KEYS`.
    ///
    /// # Errors
    /// If it is empty, malformed, names one id twice or has too many keys. No error repeats any part of a key.
    pub fn parse(text: &str) -> Result<Self, KeysError> {
        Self::of(KeyVariable::HostKeys, text)
    }

    pub(crate) fn of(variable: KeyVariable, text: &str) -> Result<Self, KeysError> {
        let mut entries = key_list::parse(variable, text)?;
        let signing = entries.remove(0);
        Ok(Self {
            signing,
            others: entries,
        })
    }

    /// The id of the key that signs.
    pub(crate) fn signing_id(&self) -> &str {
        &self.signing.id
    }

    /// Signs with the first key; lower-case hexadecimal.
    pub(crate) fn sign(&self, canonical: &str) -> String {
        hex::encode(self.mac(canonical))
    }

    /// The bytes of that signature.
    pub(crate) fn mac(&self, canonical: &str) -> [u8; 32] {
        mac(&self.signing, canonical).finalize().into_bytes().into()
    }

    /// Verifies with the key of that id, in constant time; absent if there is no such key.
    pub(crate) fn verify(&self, id: &str, canonical: &str, signature: &[u8]) -> Option<bool> {
        let key = std::iter::once(&self.signing)
            .chain(&self.others)
            .find(|key| key.id == id)?;
        Some(mac(key, canonical).verify_slice(signature).is_ok())
    }
}

impl fmt::Debug for Keys {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let ids = std::iter::once(&self.signing)
            .chain(&self.others)
            .map(|key| &key.id);
        f.debug_tuple("Keys")
            .field(&ids.collect::<Vec<_>>())
            .finish()
    }
}

fn mac(key: &KeyEntry, canonical: &str) -> Hmac<Sha256> {
    let mut mac =
        Hmac::<Sha256>::new_from_slice(&key.bytes).expect("HMAC takes keys of every length");
    mac.update(canonical.as_bytes());
    mac
}

#[cfg(test)]
mod tests {
    use super::*;

    const SECRET: &str = "00112233445566778899aabbccddeeff00112233445566778899aabbccddeeff";

    #[test]
    fn debug_shows_ids_and_no_secret() {
        let keys = Keys::parse(&format!("old:{SECRET},new:{SECRET}")).unwrap();
        let shown = format!("{keys:?}");
        assert_eq!(shown, r#"Keys(["old", "new"])"#);
    }

    #[test]
    fn the_first_key_signs_and_every_key_verifies() {
        let other = SECRET.replace("00", "ff");
        let before = Keys::parse(&format!("old:{SECRET},new:{other}")).unwrap();
        let after = Keys::parse(&format!("new:{other},old:{SECRET}")).unwrap();
        let signature = hex::decode(before.sign("text")).unwrap();

        assert_eq!(before.signing_id(), "old");
        assert_eq!(after.verify("old", "text", &signature), Some(true));
        assert_eq!(after.verify("new", "text", &signature), Some(false));
        assert_eq!(after.verify("gone", "text", &signature), None);
    }
}
