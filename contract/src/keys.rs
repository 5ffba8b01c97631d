//! The shared keys of Worker and host: `HOST_KEYS` is `id:hex[,id:hex]`. The first one signs, all of them verify.
//!
//! To rotate: append the new key on both sides, then move it to the front on both, then drop the old one.

use std::fmt;

use hmac::{Hmac, KeyInit, Mac};
use sha2::Sha256;

use crate::limits::{KEY_ID_BYTES_MAX, KEYS_MAX};

const KEY_BYTES: usize = 32;

/// One to four keys, each with its id. `Debug` shows the ids only.
#[derive(Clone)]
pub struct Keys {
    signing: Key,
    others: Vec<Key>,
}

#[derive(Clone)]
struct Key {
    id: String,
    secret: [u8; KEY_BYTES],
}

impl Keys {
    /// Reads the value of `HOST_KEYS`.
    ///
    /// # Errors
    /// If it is empty, malformed, names one id twice or has too many keys. No error repeats any part of a key.
    pub fn parse(text: &str) -> Result<Self, HostKeysError> {
        if text.trim().is_empty() {
            return Err(HostKeysError::Empty);
        }
        let mut keys: Vec<Key> = Vec::new();
        for (index, entry) in text.split(',').enumerate() {
            let position = index + 1;
            if position > KEYS_MAX {
                return Err(HostKeysError::TooMany);
            }
            let key = Key::parse(entry.trim(), position)?;
            if keys.iter().any(|known| known.id == key.id) {
                return Err(HostKeysError::Repeated { position });
            }
            keys.push(key);
        }
        let signing = keys.remove(0);
        Ok(Self {
            signing,
            others: keys,
        })
    }

    /// The id of the key that signs.
    pub(crate) fn signing_id(&self) -> &str {
        &self.signing.id
    }

    /// Signs with the first key; lower-case hexadecimal.
    pub(crate) fn sign(&self, canonical: &str) -> String {
        hex::encode(self.signing.mac(canonical).finalize().into_bytes())
    }

    /// Verifies with the key of that id, in constant time; absent if there is no such key.
    pub(crate) fn verify(&self, id: &str, canonical: &str, signature: &[u8]) -> Option<bool> {
        let key = std::iter::once(&self.signing)
            .chain(&self.others)
            .find(|key| key.id == id)?;
        Some(key.mac(canonical).verify_slice(signature).is_ok())
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

impl Key {
    fn parse(entry: &str, position: usize) -> Result<Self, HostKeysError> {
        let (id, secret_hex) = entry
            .split_once(':')
            .ok_or(HostKeysError::NoColon { position })?;
        let id_ok = (1..=KEY_ID_BYTES_MAX).contains(&id.len())
            && id
                .bytes()
                .all(|b| b.is_ascii_alphanumeric() || b"_-".contains(&b));
        if !id_ok {
            return Err(HostKeysError::MalformedId { position });
        }
        let mut secret = [0; KEY_BYTES];
        hex::decode_to_slice(secret_hex, &mut secret)
            .map_err(|_| HostKeysError::MalformedSecret { position })?;
        Ok(Self {
            id: id.to_owned(),
            secret,
        })
    }

    fn mac(&self, canonical: &str) -> Hmac<Sha256> {
        let mut mac =
            Hmac::<Sha256>::new_from_slice(&self.secret).expect("HMAC takes keys of every length");
        mac.update(canonical.as_bytes());
        mac
    }
}

/// `HOST_KEYS` cannot be used. Every message names the variable and the remedy.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum HostKeysError {
    /// Nothing was given.
    #[error(
        "HOST_KEYS is empty: set it to `id:KEY` with a KEY from `openssl rand -hex 32`, on both sides the same"
    )]
    Empty,
    /// An entry has no colon.
    #[error(
        "HOST_KEYS, entry {position}: there is no colon; write `id:KEY`, entries separated by commas"
    )]
    NoColon {
        /// From 1.
        position: usize,
    },
    /// An id is not usable.
    #[error(
        "HOST_KEYS, entry {position}: the id before the colon must be 1 to 32 of A-Z a-z 0-9 _ -"
    )]
    MalformedId {
        /// From 1.
        position: usize,
    },
    /// A secret is not 32 bytes in hexadecimal.
    #[error(
        "HOST_KEYS, entry {position}: the key must be 64 hexadecimal digits, as `openssl rand -hex 32` prints"
    )]
    MalformedSecret {
        /// From 1.
        position: usize,
    },
    /// Two entries have one id.
    #[error(
        "HOST_KEYS, entry {position}: an earlier entry has the same id; give every key its own id"
    )]
    Repeated {
        /// From 1.
        position: usize,
    },
    /// There are too many entries.
    #[error("HOST_KEYS has more than {KEYS_MAX} keys: drop those that neither side signs with")]
    TooMany,
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
    fn malformed_values_are_refused_with_a_message_that_names_the_variable() {
        let many = (0..5)
            .map(|n| format!("k{n}:{SECRET}"))
            .collect::<Vec<_>>()
            .join(",");
        let cases = [
            (String::new(), HostKeysError::Empty),
            ("  ".into(), HostKeysError::Empty),
            (SECRET.into(), HostKeysError::NoColon { position: 1 }),
            (
                format!("a:{SECRET},"),
                HostKeysError::NoColon { position: 2 },
            ),
            (
                format!(":{SECRET}"),
                HostKeysError::MalformedId { position: 1 },
            ),
            (
                format!("a b:{SECRET}"),
                HostKeysError::MalformedId { position: 1 },
            ),
            (
                "a:00".into(),
                HostKeysError::MalformedSecret { position: 1 },
            ),
            (
                format!("a:{SECRET}00"),
                HostKeysError::MalformedSecret { position: 1 },
            ),
            (
                format!("a:{SECRET},a:{SECRET}"),
                HostKeysError::Repeated { position: 2 },
            ),
            (many, HostKeysError::TooMany),
        ];
        for (text, expected) in cases {
            let error = Keys::parse(&text).unwrap_err();
            assert_eq!(error, expected, "{text}");
            assert!(error.to_string().starts_with("HOST_KEYS"));
            assert!(!error.to_string().contains(&SECRET[..8]));
        }
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
