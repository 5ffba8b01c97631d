//! How the variables that hold keys are read: `id:hex[,id:hex]`, each key of 32 bytes with an id of its own.

use crate::limits::{KEY_ID_BYTES_MAX, KEYS_MAX};

/// A variable that holds keys.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum KeyVariable {
    /// `HOST_KEYS`: what Worker and host sign their messages with.
    HostKeys,
    /// `RESUME_KEYS`: what the Worker signs resume tokens with.
    ResumeKeys,
    /// `TICKET_SIGNING_KEY`: what the host signs tickets and client tokens with; one key.
    TicketSigningKey,
    /// `TICKET_PUBLIC_KEYS`: what the Worker verifies them with.
    TicketPublicKeys,
}

impl KeyVariable {
    /// As it is set.
    pub fn name(self) -> &'static str {
        match self {
            Self::HostKeys => "HOST_KEYS",
            Self::ResumeKeys => "RESUME_KEYS",
            Self::TicketSigningKey => "TICKET_SIGNING_KEY",
            Self::TicketPublicKeys => "TICKET_PUBLIC_KEYS",
        }
    }

    /// What to set it to.
    pub fn remedy(self) -> &'static str {
        match self {
            Self::HostKeys => {
                "set it to `id:KEY` with a KEY from `openssl rand -hex 32`, on both sides the same"
            }
            Self::ResumeKeys => {
                "set it to `id:KEY` with a KEY from `openssl rand -hex 32`, on the Worker alone"
            }
            Self::TicketSigningKey => {
                "set it, on the host alone, to the `id:KEY` that `host new-ticket-key` prints for it"
            }
            Self::TicketPublicKeys => {
                "set it, on the Worker, to the `id:KEY` that `host new-ticket-key` prints for it"
            }
        }
    }

    fn keys_max(self) -> usize {
        match self {
            Self::TicketSigningKey => 1,
            Self::HostKeys | Self::ResumeKeys | Self::TicketPublicKeys => KEYS_MAX,
        }
    }
}

/// One key of a list, secret or not.
#[derive(Clone)]
pub(crate) struct KeyEntry {
    pub(crate) id: String,
    pub(crate) bytes: [u8; 32],
}

/// Reads a list of at least one key. No error repeats any part of a key.
pub(crate) fn parse(variable: KeyVariable, text: &str) -> Result<Vec<KeyEntry>, KeysError> {
    let refused = |fault| KeysError { variable, fault };
    if text.trim().is_empty() {
        return Err(refused(KeyFault::Empty));
    }
    let mut entries: Vec<KeyEntry> = Vec::new();
    for (index, entry) in text.split(',').enumerate() {
        let position = index + 1;
        if position > variable.keys_max() {
            return Err(refused(KeyFault::TooMany));
        }
        let entry = KeyEntry::parse(entry.trim(), position).map_err(refused)?;
        if entries.iter().any(|known| known.id == entry.id) {
            return Err(refused(KeyFault::Repeated { position }));
        }
        entries.push(entry);
    }
    Ok(entries)
}

/// Whether a text may name a key: 1-32 of `[A-Za-z0-9_-]`.
pub(crate) fn is_key_id(text: &str) -> bool {
    (1..=KEY_ID_BYTES_MAX).contains(&text.len())
        && text
            .bytes()
            .all(|b| b.is_ascii_alphanumeric() || b"_-".contains(&b))
}

impl KeyEntry {
    fn parse(entry: &str, position: usize) -> Result<Self, KeyFault> {
        let (id, key_hex) = entry
            .split_once(':')
            .ok_or(KeyFault::NoColon { position })?;
        if !is_key_id(id) {
            return Err(KeyFault::MalformedId { position });
        }
        let mut bytes = [0; 32];
        hex::decode_to_slice(key_hex, &mut bytes)
            .map_err(|_| KeyFault::MalformedKey { position })?;
        Ok(Self {
            id: id.to_owned(),
            bytes,
        })
    }
}

/// A variable with keys cannot be used. Every message names the variable and the remedy.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{}{fault}: {}", .variable.name(), .fault.remedy(*.variable))]
pub struct KeysError {
    /// Which one.
    pub variable: KeyVariable,
    /// What is wrong with it.
    pub fault: KeyFault,
}

/// What is wrong with a list of keys. Positions count from 1.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum KeyFault {
    /// Nothing was given.
    #[error(" is empty")]
    Empty,
    /// An entry has no colon.
    #[error(", entry {position}: there is no colon")]
    NoColon {
        /// Of the entry.
        position: usize,
    },
    /// An id is not usable.
    #[error(", entry {position}: the id before the colon cannot be one")]
    MalformedId {
        /// Of the entry.
        position: usize,
    },
    /// A key is not 32 bytes in hexadecimal.
    #[error(", entry {position}: the key is not 64 hexadecimal digits")]
    MalformedKey {
        /// Of the entry.
        position: usize,
    },
    /// A public key is no point of the curve, or one for which signatures can be made without a secret.
    #[error(", entry {position}: this is no public key")]
    UnusableKey {
        /// Of the entry.
        position: usize,
    },
    /// Two entries have one id.
    #[error(", entry {position}: an earlier entry has the same id")]
    Repeated {
        /// Of the entry.
        position: usize,
    },
    /// There are too many entries.
    #[error(" has too many keys")]
    TooMany,
}

impl KeyFault {
    fn remedy(self, variable: KeyVariable) -> &'static str {
        match self {
            Self::Empty | Self::MalformedKey { .. } | Self::UnusableKey { .. } => variable.remedy(),
            Self::NoColon { .. } => "write `id:KEY`, entries separated by commas",
            Self::MalformedId { .. } => "write 1 to 32 of A-Z a-z 0-9 _ -",
            Self::Repeated { .. } => "give every key its own id",
            Self::TooMany => "drop those that nobody signs with any longer",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const KEY: &str = "00112233445566778899aabbccddeeff00112233445566778899aabbccddeeff";
    const VARIABLES: [KeyVariable; 4] = [
        KeyVariable::HostKeys,
        KeyVariable::ResumeKeys,
        KeyVariable::TicketSigningKey,
        KeyVariable::TicketPublicKeys,
    ];

    #[test]
    fn a_list_is_read_in_its_order() {
        let entries = parse(
            KeyVariable::HostKeys,
            &format!("a:{KEY}, B-_9:{}", KEY.replace("00", "FF")),
        );
        let entries = entries.unwrap_or_else(|error| panic!("{error}"));
        let ids: Vec<_> = entries.iter().map(|entry| entry.id.as_str()).collect();
        assert_eq!(ids, ["a", "B-_9"]);
        assert_eq!(entries[1].bytes[..2], [0xff, 0x11]);
    }

    #[test]
    fn malformed_values_are_refused_with_a_message_that_names_the_variable() {
        let many = (0..5)
            .map(|n| format!("k{n}:{KEY}"))
            .collect::<Vec<_>>()
            .join(",");
        let cases = [
            (String::new(), KeyFault::Empty),
            ("  ".into(), KeyFault::Empty),
            (KEY.into(), KeyFault::NoColon { position: 1 }),
            (format!(":{KEY}"), KeyFault::MalformedId { position: 1 }),
            (format!("a b:{KEY}"), KeyFault::MalformedId { position: 1 }),
            (
                format!("{}:{KEY}", "a".repeat(33)),
                KeyFault::MalformedId { position: 1 },
            ),
            ("a:00".into(), KeyFault::MalformedKey { position: 1 }),
            (format!("a:{KEY}00"), KeyFault::MalformedKey { position: 1 }),
            (many, KeyFault::TooMany),
        ];
        for variable in VARIABLES {
            for (text, fault) in &cases {
                let error = parse(variable, text).map(|_| ()).unwrap_err();
                assert_eq!(error.fault, *fault, "{text}");
                assert!(error.to_string().starts_with(variable.name()), "{error}");
                assert!(!error.to_string().contains(&KEY[..8]), "{error}");
            }
        }
    }

    #[test]
    fn a_second_entry_is_held_to_the_same_and_may_not_repeat_an_id() {
        for (text, fault) in [
            (format!("a:{KEY},"), KeyFault::NoColon { position: 2 }),
            (
                format!("a:{KEY},a:{KEY}"),
                KeyFault::Repeated { position: 2 },
            ),
        ] {
            let error = parse(KeyVariable::ResumeKeys, &text).map(|_| ());
            assert_eq!(
                error,
                Err(KeysError {
                    variable: KeyVariable::ResumeKeys,
                    fault
                })
            );
        }
        let two = parse(KeyVariable::TicketSigningKey, &format!("a:{KEY},b:{KEY}"));
        assert_eq!(
            two.map(|_| ()).unwrap_err().fault,
            KeyFault::TooMany,
            "one key signs"
        );
    }
}
