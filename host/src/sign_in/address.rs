//! E-mail addresses, as far as we take them: plain ASCII, in lower case.
//!
//! Domains are compared with lists that an operator wrote, so an address has one spelling only. Letters outside of ASCII are
//! not taken: two that look alike, or become alike in lower case, would be two people's.

use std::fmt;

const ADDRESS_BYTES_MAX: usize = 254;
const LOCAL_BYTES_MAX: usize = 64;

/// An address in lower case. `Debug` does not show it: no log names anybody.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct EmailAddress(String);

impl EmailAddress {
    /// Reads an address, whatever its case, without quotes, comments or a name before it.
    pub fn parse(text: &str) -> Option<Self> {
        let (local, domain) = text.split_once('@')?;
        let is_sound = text.len() <= ADDRESS_BYTES_MAX
            && (1..=LOCAL_BYTES_MAX).contains(&local.len())
            && local.split('.').all(|atom| !atom.is_empty())
            && local.bytes().all(is_local)
            && is_domain(domain);
        is_sound.then(|| Self(text.to_ascii_lowercase()))
    }

    /// The whole address.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// What comes behind the `@`.
    pub fn domain(&self) -> &str {
        self.0.split_once('@').map_or("", |(_, domain)| domain)
    }

    /// What comes before it.
    pub fn local(&self) -> &str {
        self.0.split_once('@').map_or("", |(local, _)| local)
    }
}

impl fmt::Debug for EmailAddress {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("EmailAddress(..)")
    }
}

/// Whether a text is a domain with a dot in it, in ASCII; international ones are written as `xn--`.
pub fn is_domain(text: &str) -> bool {
    let is_label = |label: &str| {
        (1..=63).contains(&label.len())
            && !label.starts_with('-')
            && !label.ends_with('-')
            && label
                .bytes()
                .all(|b| b.is_ascii_alphanumeric() || b == b'-')
    };
    text.contains('.') && text.len() <= 253 && text.split('.').all(is_label)
}

fn is_local(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || b".!#$%&'*+/=?^_`{|}~-".contains(&byte)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_has_one_spelling() {
        let address = EmailAddress::parse("Ann.Lee+law@Example.EDU").unwrap();
        assert_eq!(address.as_str(), "ann.lee+law@example.edu");
        assert_eq!(
            (address.local(), address.domain()),
            ("ann.lee+law", "example.edu")
        );
        assert_eq!(format!("{address:?}"), "EmailAddress(..)");
    }

    #[test]
    fn what_is_no_plain_address_is_refused() {
        for other in [
            "",
            "ann",
            "@example.edu",
            "ann@",
            "ann@localhost",
            "ann@example.edu@evil.example",
            "\"a b\"@example.edu",
            "Ann <ann@example.edu>",
            "ann@example.edu\r\nBcc: all@example.edu",
            "ann @example.edu",
            ".ann@example.edu",
            "a..b@example.edu",
            "ann@-example.edu",
            "ann@example..edu",
            "ann@exämple.edu",
            "änn@example.edu",
            "ann@[127.0.0.1]",
            &format!("{}@example.edu", "a".repeat(65)),
            &format!("ann@{}.edu", "a".repeat(250)),
        ] {
            assert_eq!(EmailAddress::parse(other), None, "{other}");
        }
    }
}
