//! Who may come in without a token: only the machine's own pages, and only if `OPEN_ACCESS` says so, as tests do.
//!
//! Any website can open a socket to a loopback address, so being reachable only from this machine protects nothing:
//! `Host` and, if there is one, `Origin` must both be our own. And an authority that other machines can reach opens
//! nothing: whoever deploys a Worker with that variable has made a mistake, which must not let everybody in.

use contract::head::{AllowedOrigins, Origin};

/// Why an upgrade is refused; what the close frame says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Refused {
    /// There is no authority to show: `OPEN_ACCESS` is not set.
    SignIn,
    /// The request was not meant for us, or comes from somebody else's page.
    NotAllowed,
}

/// Whether the value of `OPEN_ACCESS` may count, given that of `PUBLIC_ORIGINS`.
///
/// # Errors
/// If it does not, or our own pages do not, belong to this machine; the words tell the operator what to do.
pub(crate) fn check_authority(
    authority: &str,
    public_origins: Option<&str>,
) -> Result<(), &'static str> {
    let origin = Origin::parse(&format!("http://{authority}"));
    if !origin.is_ok_and(|origin| origin.is_loopback()) {
        return Err(
            "OPEN_ACCESS counts only if it is an authority of this machine, like 127.0.0.1:8787: leave it out",
        );
    }
    let are_loopback = |text| AllowedOrigins::parse(text).is_ok_and(|all| all.are_loopback());
    if public_origins.is_none_or(are_loopback) {
        Ok(())
    } else {
        Err(
            "OPEN_ACCESS does not count where PUBLIC_ORIGINS names another machine: leave one of them out",
        )
    }
}

/// Judges one request by the value of `OPEN_ACCESS` (an authority like `127.0.0.1:8787`) and its own headers.
pub(crate) fn judge(
    open_access: Option<&str>,
    host: Option<&str>,
    origin: Option<&str>,
) -> Result<(), Refused> {
    let authority = open_access
        .filter(|authority| !authority.is_empty())
        .ok_or(Refused::SignIn)?;
    let is_ours = |candidate: &str| {
        candidate == authority || loopback_name(authority).is_some_and(|name| candidate == name)
    };
    if !host.is_some_and(is_ours) {
        return Err(Refused::NotAllowed);
    }
    match origin {
        None => Ok(()),
        Some(origin) if origin.strip_prefix("http://").is_some_and(is_ours) => Ok(()),
        Some(_) => Err(Refused::NotAllowed),
    }
}

/// Whether a browser says, in `Sec-Fetch-Site`, that it was made to ask by a page that is not ours. It sends no `Origin` with
/// many of such requests, an image's for one; programs and old browsers say nothing.
pub(crate) fn is_of_other_site(sec_fetch_site: Option<&str>) -> bool {
    !matches!(sec_fetch_site, None | Some("same-origin" | "none"))
}

/// The same port under the name that people type.
fn loopback_name(authority: &str) -> Option<String> {
    let (_, port) = authority.rsplit_once(':')?;
    Some(format!("localhost:{port}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    const OURS: Option<&str> = Some("127.0.0.1:8787");

    #[test]
    fn an_authority_that_others_can_reach_opens_nothing() {
        for authority in [
            "127.0.0.1:8787",
            "localhost:8787",
            "[::1]:8787",
            "localhost",
        ] {
            assert_eq!(check_authority(authority, None), Ok(()), "{authority}");
        }
        for authority in [
            "glossator.example",
            "glossator.example:8787",
            "192.168.0.2:8787",
            "0.0.0.0:8787",
            "127.0.0.1.example:8787",
            "localhost.example",
            "a@localhost:8787",
            "http://127.0.0.1:8787",
            "127.0.0.1:8787/",
            "*",
            "1",
            " 127.0.0.1:8787",
        ] {
            assert!(check_authority(authority, None).is_err(), "{authority}");
        }
    }

    #[test]
    fn pages_of_another_machine_close_what_would_be_open() {
        let ours = "127.0.0.1:8787";
        let own = "http://127.0.0.1:8787,http://localhost:8787";
        assert_eq!(check_authority(ours, Some(own)), Ok(()));
        for origins in [
            "https://glossator.example",
            "http://127.0.0.1:8787,https://glossator.example",
            "glossator.example",
        ] {
            assert!(check_authority(ours, Some(origins)).is_err(), "{origins}");
        }
    }

    #[test]
    fn what_another_sites_page_has_a_browser_ask_is_told_from_what_ours_does() {
        for ours in [None, Some("same-origin"), Some("none")] {
            assert!(!is_of_other_site(ours), "{ours:?}");
        }
        for other in [
            "cross-site",
            "same-site",
            "",
            "same-origin, cross-site",
            "None",
        ] {
            assert!(is_of_other_site(Some(other)), "{other}");
        }
    }

    #[test]
    fn without_open_access_everybody_must_sign_in() {
        assert_eq!(judge(None, OURS, None), Err(Refused::SignIn));
        assert_eq!(judge(Some(""), OURS, None), Err(Refused::SignIn));
    }

    #[test]
    fn our_own_pages_and_programs_without_an_origin_may_come_in() {
        for host in ["127.0.0.1:8787", "localhost:8787"] {
            assert_eq!(judge(OURS, Some(host), None), Ok(()));
            assert_eq!(
                judge(OURS, Some(host), Some("http://127.0.0.1:8787")),
                Ok(())
            );
            assert_eq!(
                judge(OURS, Some(host), Some("http://localhost:8787")),
                Ok(())
            );
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
            assert_eq!(
                judge(OURS, host, None),
                Err(Refused::NotAllowed),
                "{host:?}"
            );
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
                judge(OURS, OURS, Some(origin)),
                Err(Refused::NotAllowed),
                "{origin}"
            );
        }
    }
}
