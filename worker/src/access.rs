//! Who may see lists, texts, and how a room is: where people sign in by a name, whoever asks from here.
//!
//! Any website can have a browser ask a loopback address, so being reachable only from this machine protects nothing:
//! `Host` and, if there is one, `Origin` must both be our own.

use contract::head::{AllowedOrigins, OriginVerdict};

use crate::door::Head;

/// Why somebody is not answered.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Refused {
    /// Nobody signs in by a name here, and a request has no other way to show whose it is.
    SignIn,
    /// The request was not meant for us, or comes from somebody else's page.
    NotAllowed,
}

/// Judges one request by its own head, and by our origins if people sign in by a name on them.
pub(crate) fn judge(
    signed_in_on: Option<&AllowedOrigins>,
    head: Head<'_>,
    sec_fetch_site: Option<&str>,
) -> Result<(), Refused> {
    if is_of_other_site(sec_fetch_site) {
        return Err(Refused::NotAllowed);
    }
    let origins = signed_in_on.ok_or(Refused::SignIn)?;
    let is_ours = origins.are_loopback()
        && origins.is_host(head.host)
        && origins.judge(head.origin) != OriginVerdict::Foreign;
    is_ours.then_some(()).ok_or(Refused::NotAllowed)
}

/// Whether a browser says, in `Sec-Fetch-Site`, that it was made to ask by a page that is not ours. It sends no `Origin` with
/// many of such requests, an image's for one; programs and old browsers say nothing.
pub(crate) fn is_of_other_site(sec_fetch_site: Option<&str>) -> bool {
    !matches!(sec_fetch_site, None | Some("same-origin" | "none"))
}

#[cfg(test)]
mod tests {
    use super::*;

    const OURS: &str = "http://127.0.0.1:8787,http://localhost:8787";
    const HOST: Option<&str> = Some("127.0.0.1:8787");

    fn judged(host: Option<&str>, origin: Option<&str>) -> Result<(), Refused> {
        let origins = AllowedOrigins::parse(OURS).unwrap();
        judge(Some(&origins), Head { host, origin }, None)
    }

    #[test]
    fn what_another_sites_page_has_a_browser_ask_is_told_from_what_ours_does() {
        for ours in [None, Some("same-origin"), Some("none")] {
            assert!(!is_of_other_site(ours), "{ours:?}");
        }
        let origins = AllowedOrigins::parse(OURS).unwrap();
        let head = Head {
            host: HOST,
            origin: None,
        };
        for other in [
            "cross-site",
            "same-site",
            "",
            "same-origin, cross-site",
            "None",
        ] {
            assert!(is_of_other_site(Some(other)), "{other}");
            for signed_in_on in [None, Some(&origins)] {
                let judged = judge(signed_in_on, head, Some(other));
                assert_eq!(judged, Err(Refused::NotAllowed), "{other}");
            }
        }
    }

    #[test]
    fn where_nobody_signs_in_by_a_name_nobody_is_answered() {
        for origin in [None, Some("http://127.0.0.1:8787")] {
            let head = Head { host: HOST, origin };
            assert_eq!(judge(None, head, None), Err(Refused::SignIn));
        }
    }

    #[test]
    fn nobody_is_answered_by_a_name_where_a_page_of_ours_is_of_another_machine() {
        for origins in [
            "https://glossator.example",
            "http://127.0.0.1:8787,https://glossator.example",
        ] {
            let origins = AllowedOrigins::parse(origins).unwrap();
            let head = Head {
                host: HOST,
                origin: None,
            };
            assert_eq!(judge(Some(&origins), head, None), Err(Refused::NotAllowed));
        }
    }

    #[test]
    fn our_own_pages_and_programs_without_an_origin_are_answered() {
        for host in ["127.0.0.1:8787", "localhost:8787"] {
            for origin in [
                None,
                Some("http://127.0.0.1:8787"),
                Some("http://localhost:8787"),
            ] {
                assert_eq!(judged(Some(host), origin), Ok(()), "{host} {origin:?}");
            }
        }
    }

    #[test]
    fn a_foreign_host_is_refused() {
        for host in [
            None,
            Some(""),
            Some("evil.example"),
            Some("127.0.0.1"),
            Some("127.0.0.1:8788"),
            Some("localhost"),
        ] {
            assert_eq!(judged(host, None), Err(Refused::NotAllowed), "{host:?}");
        }
    }

    #[test]
    fn a_foreign_origin_is_refused_though_the_host_is_ours() {
        for origin in [
            "",
            "null",
            "http://evil.example",
            "https://127.0.0.1:8787",
            "http://127.0.0.1:8788",
            "http://127.0.0.1:8787.evil.example",
            "127.0.0.1:8787",
            "http://127.0.0.1:8787, http://127.0.0.1:8787",
        ] {
            assert_eq!(
                judged(HOST, Some(origin)),
                Err(Refused::NotAllowed),
                "{origin}"
            );
        }
    }
}
