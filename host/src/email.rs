//! E-mail addresses by which people are invited, in the one form by which they are compared.

use std::fmt;

const CHARS_MAX: usize = 254;
const LOCAL_CHARS_MAX: usize = 64;
const LABEL_CHARS_MAX: usize = 63;

/// An address in small letters. Only of ASCII, so that no two look alike and Postgres lowers letters as we do.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Email(String);

impl Email {
    /// Reads an address as people write it; spaces around it do not count.
    ///
    /// # Errors
    /// If it is none, or one that is written in quotes or with other letters.
    pub fn parse(written: &str) -> Result<Self, MalformedEmail> {
        let written = written.trim();
        let (local, domain) = written.rsplit_once('@').ok_or(MalformedEmail)?;
        let is_local = (1..=LOCAL_CHARS_MAX).contains(&local.len())
            && local
                .split('.')
                .all(|atom| !atom.is_empty() && atom.bytes().all(is_of_atom));
        let labels: Vec<&str> = domain.split('.').collect();
        let is_domain = labels.len() >= 2
            && labels.iter().all(|label| is_label(label))
            && labels
                .last()
                .is_some_and(|last| last.bytes().any(|byte| byte.is_ascii_alphabetic()));
        if written.len() > CHARS_MAX || !is_local || !is_domain {
            return Err(MalformedEmail);
        }
        Ok(Self(written.to_ascii_lowercase()))
    }

    /// As it is stored and compared.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// No log shows whose address it is.
impl fmt::Debug for Email {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Email")
    }
}

fn is_of_atom(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || b"!#$%&'*+-/=?^_`{|}~".contains(&byte)
}

fn is_label(label: &str) -> bool {
    (1..=LABEL_CHARS_MAX).contains(&label.len())
        && label
            .bytes()
            .all(|byte| byte.is_ascii_alphanumeric() || byte == b'-')
        && !label.starts_with('-')
        && !label.ends_with('-')
}

/// The text is no address that we can take.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("this is no e-mail address")]
pub struct MalformedEmail;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_is_compared_in_small_letters() {
        let email = Email::parse(" Zoe.O'Neil+law@Students.Example.EDU ").unwrap();
        assert_eq!(email.as_str(), "zoe.o'neil+law@students.example.edu");
        assert_eq!(format!("{email:?}"), "Email");
    }

    #[test]
    fn anything_else_is_none() {
        let long = format!("{}@example.edu", "a".repeat(65));
        for written in [
            "",
            "a",
            "@",
            "a@",
            "@b.c",
            "a@b",
            "a@b.",
            "a@.c",
            "a b@c.de",
            "a@b c.de",
            "a..b@c.de",
            ".a@c.de",
            "a.@c.de",
            "a@b@c.de,",
            "a@-b.de",
            "a@b-.de",
            "\"a b\"@c.de",
            "a@c.de\nb@c.de",
            "a\0@c.de",
            "é@c.de",
            "a@ç.de",
            "a@127.0.0.1",
            "<a@c.de>",
            &long,
        ] {
            assert_eq!(Email::parse(written), Err(MalformedEmail), "{written:?}");
        }
    }
}
