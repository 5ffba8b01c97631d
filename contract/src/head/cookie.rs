//! Our cookies: `__Host-sid`, a browser session, and `__Host-flow`, a browser that is about to sign in. Each is an opaque
//! secret of 256 bits.

use std::fmt;

use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};

use crate::{
    digest::Digest,
    limits::{COOKIE_BYTES_MAX, COOKIES_MAX},
};

/// The name of a session's. Browsers accept the prefix only from the host itself, over TLS and for all paths, so no neighbouring
/// subdomain can plant one.
pub const SESSION_COOKIE: &str = "__Host-sid";
/// The name of the one by which whoever comes back from a provider, or opens a link from a mail, is known for the browser
/// that asked.
pub const FLOW_COOKIE: &str = "__Host-flow";

const ID_BYTES: usize = 32;
const ID_CHARS: usize = 43;

/// The value of one of our cookies. Whoever has a session's is that person: `Debug` hides it, and only its hash is stored.
#[derive(Clone, PartialEq, Eq)]
pub struct CookieSecret([u8; ID_BYTES]);

impl CookieSecret {
    /// Wraps 32 bytes that the caller drew from the platform's secure randomness.
    pub fn new(random: [u8; ID_BYTES]) -> Self {
        Self(random)
    }

    /// Reads what [`CookieSecret::reveal`] writes, in this spelling only.
    pub fn parse(text: &str) -> Option<Self> {
        if text.len() != ID_CHARS {
            return None;
        }
        let mut id = [0; ID_BYTES];
        let length = URL_SAFE_NO_PAD.decode_slice(text, &mut id).ok()?;
        (length == ID_BYTES).then_some(Self(id))
    }

    /// The cookie's value: for the browser alone.
    pub fn reveal(&self) -> String {
        URL_SAFE_NO_PAD.encode(self.0)
    }

    /// What is stored of it. The id has 256 random bits, so there is nothing to guess and no salt is needed.
    pub fn digest(&self) -> Digest {
        Digest::of(&self.0)
    }
}

impl fmt::Debug for CookieSecret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("CookieSecret(..)")
    }
}

/// Finds the session in the header `Cookie`, all of whose values are given, joined with `; ` if there were several.
/// Absent if there is none; other cookies are not looked at.
///
/// # Errors
/// If the header is too long, has too many cookies or two sessions, or the session's value is no secret of ours.
pub fn session_of_cookies(header: Option<&str>) -> Result<Option<CookieSecret>, MalformedCookie> {
    secret_of_cookies(header, SESSION_COOKIE)
}

/// Finds the browser that is about to sign in, as [`session_of_cookies`] finds a session.
///
/// # Errors
/// As there.
pub fn flow_of_cookies(header: Option<&str>) -> Result<Option<CookieSecret>, MalformedCookie> {
    secret_of_cookies(header, FLOW_COOKIE)
}

fn secret_of_cookies(
    header: Option<&str>,
    cookie: &str,
) -> Result<Option<CookieSecret>, MalformedCookie> {
    let header = header.unwrap_or_default();
    if header.len() > COOKIE_BYTES_MAX {
        return Err(MalformedCookie);
    }
    let mut found = None;
    for (index, pair) in header.split(';').enumerate() {
        if index == COOKIES_MAX {
            return Err(MalformedCookie);
        }
        let Some((name, value)) = pair.split_once('=') else {
            continue;
        };
        if name.trim_matches([' ', '\t']) != cookie {
            continue;
        }
        let id = CookieSecret::parse(value.trim_matches([' ', '\t'])).ok_or(MalformedCookie)?;
        if found.replace(id).is_some() {
            return Err(MalformedCookie);
        }
    }
    Ok(found)
}

/// The header holds no usable session. Its words do not repeat it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error(
    "a Cookie header has at most {COOKIES_MAX} cookies in {COOKIE_BYTES_MAX} bytes, and one {SESSION_COOKIE} or \
     {FLOW_COOKIE}: sign in again"
)]
pub struct MalformedCookie;

#[cfg(test)]
mod tests {
    use super::*;

    fn id() -> CookieSecret {
        CookieSecret::new(*b"0123456789abcdef0123456789abcdef")
    }

    #[test]
    fn the_session_is_found_among_other_cookies() {
        let ours = format!("{SESSION_COOKIE}={}", id().reveal());
        for header in [
            ours.clone(),
            format!("a=b; {ours}; c"),
            format!("a=b;{ours} ;__Host-sidx=1; x__Host-sid=2"),
            format!("=; ;;{ours}; a==\"x\""),
        ] {
            assert_eq!(
                session_of_cookies(Some(&header)),
                Ok(Some(id())),
                "{header}"
            );
        }
    }

    #[test]
    fn a_browser_that_is_about_to_sign_in_is_told_from_a_session() {
        let both = format!("{SESSION_COOKIE}=; {FLOW_COOKIE}={}", id().reveal());
        assert_eq!(flow_of_cookies(Some(&both)), Ok(Some(id())));
        assert_eq!(session_of_cookies(Some(&both)), Err(MalformedCookie));
    }

    #[test]
    fn without_the_cookie_nobody_has_signed_in() {
        for header in [
            None,
            Some(""),
            Some("a=b; c=d"),
            Some("__host-sid=a"),
            Some(SESSION_COOKIE),
        ] {
            assert_eq!(session_of_cookies(header), Ok(None), "{header:?}");
        }
    }

    #[test]
    fn a_session_that_is_none_or_there_twice_is_refused() {
        let value = id().reveal();
        // The last character carries four bits of the id: the other two must be nought.
        let last = value.replace("ZWY", "ZWZ");
        assert_ne!(last, value);
        let many = format!("{}{SESSION_COOKIE}={value}", "a=b;".repeat(COOKIES_MAX));
        let long = format!("{SESSION_COOKIE}={value};{}", "a".repeat(COOKIE_BYTES_MAX));
        for header in [
            format!("{SESSION_COOKIE}="),
            format!("{SESSION_COOKIE}={value}="),
            format!("{SESSION_COOKIE}=\"{value}\""),
            format!("{SESSION_COOKIE}={value}A"),
            format!("{SESSION_COOKIE}={}", &value[1..]),
            format!("{SESSION_COOKIE}={}+", &value[1..]),
            format!("{SESSION_COOKIE}={last}"),
            format!("{SESSION_COOKIE}={value}; {SESSION_COOKIE}={value}"),
            many,
            long,
        ] {
            let refused = session_of_cookies(Some(&header));
            assert_eq!(refused, Err(MalformedCookie), "{header}");
        }
    }

    #[test]
    fn debug_does_not_show_the_id_and_what_is_stored_does_not_tell_it() {
        assert_eq!(format!("{:?}", id()), "CookieSecret(..)");
        assert_ne!(id().digest().as_bytes(), &id().0);
    }
}
