//! Origins: which pages may speak to us, and under which name we are spoken to.
//!
//! Any website can open a socket to any address that its visitor reaches, also to one that a name of its own was made
//! to point at. So both headers are compared, exactly: `Origin` with the list of pages, `Host` with our own name.

use std::fmt;

use crate::limits::{ORIGIN_BYTES_MAX, ORIGINS_MAX};

/// An origin as a browser writes it: scheme, host in lower case, the port unless it is the scheme's own.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Origin(String);

impl Origin {
    /// Accepts the canonical form of an `http` or `https` origin only; `null` is none.
    ///
    /// # Errors
    /// If the text is anything else, or too long.
    pub fn parse(text: &str) -> Result<Self, MalformedOrigin> {
        let (authority, own_port) =
            match (text.strip_prefix("https://"), text.strip_prefix("http://")) {
                (Some(authority), _) => (authority, 443),
                (None, Some(authority)) => (authority, 80),
                (None, None) => return Err(MalformedOrigin),
            };
        if text.len() <= ORIGIN_BYTES_MAX && is_authority(authority, own_port) {
            Ok(Self(text.to_owned()))
        } else {
            Err(MalformedOrigin)
        }
    }

    /// As written in the header.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Host and port: what a request for this origin says in `Host`.
    pub fn authority(&self) -> &str {
        let (_, authority) = self
            .0
            .split_once("://")
            .expect("every origin was parsed with its scheme");
        authority
    }

    /// Whether it is of this machine.
    pub fn is_loopback(&self) -> bool {
        let host = match self.authority().rsplit_once(':') {
            Some((host, port)) if !port.ends_with(']') => host,
            Some(_) | None => self.authority(),
        };
        matches!(host, "127.0.0.1" | "localhost" | "[::1]")
    }

    /// Whether a request was meant for this origin, by its header `Host`. A page whose name was made to point at our
    /// address still says its own name.
    pub fn is_host(&self, header: Option<&str>) -> bool {
        header.is_some_and(|host| host.eq_ignore_ascii_case(self.authority()))
    }
}

impl fmt::Display for Origin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

fn is_authority(authority: &str, own_port: u16) -> bool {
    // A colon inside brackets belongs to an IPv6 address.
    let (host, port) = match authority.rsplit_once(':') {
        Some((host, port)) if !port.ends_with(']') => (host, Some(port)),
        Some(_) | None => (authority, None),
    };
    let port_ok = port.is_none_or(|text| {
        text.parse()
            .is_ok_and(|port: u16| port.to_string() == text && port != 0 && port != own_port)
    });
    let address = host
        .strip_prefix('[')
        .and_then(|rest| rest.strip_suffix(']'));
    let host_ok = match address {
        Some(address) => {
            !address.is_empty()
                && address
                    .bytes()
                    .all(|b| matches!(b, b'0'..=b'9' | b'a'..=b'f' | b':' | b'.'))
        }
        None => {
            !host.is_empty()
                && host
                    .bytes()
                    .all(|b| matches!(b, b'0'..=b'9' | b'a'..=b'z' | b'-' | b'.'))
        }
    };
    port_ok && host_ok
}

/// The text is not an origin.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error(
    "an origin is written as a browser does, like https://glossator.example or http://127.0.0.1:8787: in lower case, \
     without a path, and without the scheme's own port"
)]
pub struct MalformedOrigin;

/// The pages that may open sockets and ask for things.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AllowedOrigins(Vec<Origin>);

/// What a request's `Origin` comes to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum OriginVerdict<'a> {
    /// There is none: a program and no browser. It may come in with a client token only.
    Absent,
    /// One of ours.
    Allowed(&'a Origin),
    /// Somebody else's page, or no origin at all.
    Foreign,
}

impl AllowedOrigins {
    /// Reads a list of origins, separated by commas.
    ///
    /// # Errors
    /// If it is empty, too long, or an entry is no origin.
    pub fn parse(text: &str) -> Result<Self, AllowedOriginsError> {
        let mut origins = Vec::new();
        for (index, entry) in text.split(',').enumerate() {
            if index == ORIGINS_MAX {
                return Err(AllowedOriginsError::TooMany);
            }
            let position = index + 1;
            let origin = Origin::parse(entry.trim())
                .map_err(|reason| AllowedOriginsError::Malformed { position, reason })?;
            origins.push(origin);
        }
        Ok(Self(origins))
    }

    /// All of them, in their order.
    pub fn iter(&self) -> impl Iterator<Item = &Origin> {
        self.0.iter()
    }

    /// Whether a request was meant for one of them, by its header `Host`.
    pub fn is_host(&self, header: Option<&str>) -> bool {
        self.of_host(header).is_some()
    }

    /// The first one that a request was meant for, by its header `Host`.
    pub fn of_host(&self, header: Option<&str>) -> Option<&Origin> {
        self.iter().find(|origin| origin.is_host(header))
    }

    /// Whether all of them are of this machine, which no page of another one can be.
    pub fn are_loopback(&self) -> bool {
        self.iter().all(Origin::is_loopback)
    }

    /// Judges the header `Origin`. One that is there twice is none of ours: its values arrive joined.
    pub fn judge(&self, header: Option<&str>) -> OriginVerdict<'_> {
        let Some(header) = header else {
            return OriginVerdict::Absent;
        };
        let found = self.0.iter().find(|origin| origin.as_str() == header);
        found.map_or(OriginVerdict::Foreign, OriginVerdict::Allowed)
    }
}

/// `PUBLIC_ORIGINS` cannot be used.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum AllowedOriginsError {
    /// An entry is no origin.
    #[error("PUBLIC_ORIGINS, entry {position}: {reason}; separate entries with commas")]
    Malformed {
        /// From 1.
        position: usize,
        /// What one is.
        reason: MalformedOrigin,
    },
    /// There are too many entries.
    #[error("PUBLIC_ORIGINS has more than {ORIGINS_MAX} entries: drop those that serve no page")]
    TooMany,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_origin_is_read_as_browsers_write_it() {
        for (text, authority) in [
            ("https://glossator.example", "glossator.example"),
            ("http://127.0.0.1:8787", "127.0.0.1:8787"),
            ("https://a-b.example:8443", "a-b.example:8443"),
            ("http://[::1]:8787", "[::1]:8787"),
            ("http://[::1]", "[::1]"),
            (
                "https://xn--bcher-kva.example:80",
                "xn--bcher-kva.example:80",
            ),
        ] {
            let origin = Origin::parse(text).unwrap();
            assert_eq!((origin.as_str(), origin.authority()), (text, authority));
        }
    }

    #[test]
    fn what_no_browser_would_write_is_no_origin() {
        for text in [
            "",
            "null",
            "glossator.example",
            "https://",
            "https://Glossator.example",
            "HTTPS://glossator.example",
            "https://glossator.example/",
            "https://glossator.example:443",
            "http://glossator.example:80",
            "http://a:08",
            "http://a:0",
            "http://a:",
            "http://a:+1",
            "http://a:65536",
            "http://:80",
            "http://[]",
            "http://[::1]x",
            "http://[::1",
            "https://user@glossator.example",
            "https://a.example, https://b.example",
            "https://a.example\n",
            "https://bücher.example",
            "ftp://a.example",
            &format!("https://{}", "a".repeat(248)),
        ] {
            assert_eq!(Origin::parse(text), Err(MalformedOrigin), "{text:?}");
        }
    }

    #[test]
    fn only_an_origin_of_the_list_is_allowed_and_exactly() {
        let list = AllowedOrigins::parse("https://a.example, http://b.example:81").unwrap();
        let a = Origin::parse("https://a.example").unwrap();
        assert_eq!(list.judge(None), OriginVerdict::Absent);
        assert_eq!(
            list.judge(Some("https://a.example")),
            OriginVerdict::Allowed(&a)
        );
        for foreign in [
            "",
            "null",
            "http://a.example",
            "https://a.example:443",
            "https://A.example",
            "https://a.example.",
            "https://a.example.evil.example",
            "https://evil.example",
            "http://b.example",
            "https://a.example, https://a.example",
            " https://a.example",
        ] {
            let verdict = list.judge(Some(foreign));
            assert_eq!(verdict, OriginVerdict::Foreign, "{foreign:?}");
        }
    }

    #[test]
    fn a_request_under_any_other_name_was_not_meant_for_us() {
        let ours = Origin::parse("https://glossator.example").unwrap();
        for host in ["glossator.example", "Glossator.Example"] {
            assert!(ours.is_host(Some(host)));
        }
        let others = [
            "",
            "evil.example",
            "glossator.example:443",
            "glossator.example.",
            "glossator.example, glossator.example",
        ];
        assert!(!ours.is_host(None));
        for host in others {
            assert!(!ours.is_host(Some(host)), "{host}");
        }
    }

    #[test]
    fn only_names_of_this_machine_are_loopback() {
        for (list, are_loopback) in [
            ("http://127.0.0.1:8787,http://localhost:8787", true),
            ("http://[::1]:8787", true),
            ("http://localhost", true),
            ("http://127.0.0.1:8787,https://glossator.example", false),
            ("http://localhost.example:8787", false),
            ("http://127.0.0.1.example", false),
        ] {
            let origins = AllowedOrigins::parse(list).unwrap();
            assert_eq!(origins.are_loopback(), are_loopback, "{list}");
        }
    }

    #[test]
    fn a_request_may_be_meant_for_any_origin_of_the_list() {
        let list = AllowedOrigins::parse("https://a.example,http://b.example:81").unwrap();
        assert!(list.is_host(Some("a.example")) && list.is_host(Some("b.example:81")));
        for host in [
            None,
            Some("b.example"),
            Some("evil.example"),
            Some("a.example:81"),
        ] {
            assert!(!list.is_host(host), "{host:?}");
        }
    }

    #[test]
    fn a_list_that_cannot_be_used_says_where_and_what_to_do() {
        let many = ["https://a.example"; ORIGINS_MAX + 1].join(",");
        for (text, words) in [
            ("", "entry 1"),
            ("https://a.example,", "entry 2"),
            ("https://a.example/", "without a path"),
            (many.as_str(), "more than"),
        ] {
            let error = AllowedOrigins::parse(text).unwrap_err().to_string();
            assert!(
                error.starts_with("PUBLIC_ORIGINS") && error.contains(words),
                "{error}"
            );
        }
    }
}
