//! Visits: what the edge passes on to the host on behalf of a browser, and what comes back.
//!
//! The edge tells only what it has checked itself. Whatever a browser says of its own address, of proxies or of whom it is,
//! goes no further than the edge; what a visit says is signed with the request.

use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use serde::{Deserialize, Serialize};

use crate::{
    head::{CookieSecret, Origin},
    limits::{
        ADDRESS_BYTES_MAX, AGENT_CHARS_MAX, ANONYMOUS_BODY_BYTES_MAX, CASE_BODY_BYTES_MAX,
        VISIT_BODY_BYTES_MAX, VISIT_BYTES_MAX,
    },
};

/// The headers of an answer that reach the browser, in lower case. All others end at the edge.
pub const PASSED_ON: [&str; 6] = [
    "cache-control",
    "content-disposition",
    "content-type",
    "location",
    "retry-after",
    "set-cookie",
];

/// The largest body that a visit to this path may have, in bytes: next to nothing before somebody says that they have signed
/// in, for both sides hold what anybody sends.
pub fn visit_body_bytes_max(path: &str, has_session: bool) -> usize {
    match (has_session, path) {
        (false, _) => ANONYMOUS_BODY_BYTES_MAX,
        (true, "/api/cases") => CASE_BODY_BYTES_MAX,
        (true, _) => VISIT_BODY_BYTES_MAX,
    }
}

/// On whose behalf the edge asks.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Visit {
    /// The browser session, if the browser has one. Nothing is known yet of whose it is, or whether it has ended.
    pub session: Option<CookieSecret>,
    /// The browser that is about to sign in, if it is.
    pub flow: Option<CookieSecret>,
    /// Where the request came from, as the platform says; empty where it does not.
    pub address: String,
    /// Which of our own origins was asked.
    pub origin: Origin,
    /// What the browser calls itself.
    pub agent: String,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Written {
    session: Option<String>,
    flow: Option<String>,
    address: String,
    origin: String,
    agent: String,
}

impl Visit {
    /// The value of its header. What a browser calls itself is cut to what is shown of it.
    pub fn write(&self) -> String {
        let written = Written {
            session: self.session.as_ref().map(CookieSecret::reveal),
            flow: self.flow.as_ref().map(CookieSecret::reveal),
            address: if self.address.len() <= ADDRESS_BYTES_MAX {
                self.address.clone()
            } else {
                String::new()
            },
            origin: self.origin.to_string(),
            agent: shown(&self.agent),
        };
        let json = serde_json::to_vec(&written).expect("five texts can be written as JSON");
        URL_SAFE_NO_PAD.encode(json)
    }

    /// Reads what [`Visit::write`] writes.
    ///
    /// # Errors
    /// If it is anything else, or longer than that can be.
    pub fn parse(header: &str) -> Result<Self, MalformedVisit> {
        if header.len() > VISIT_BYTES_MAX {
            return Err(MalformedVisit);
        }
        let json = URL_SAFE_NO_PAD.decode(header).map_err(|_| MalformedVisit)?;
        let written: Written = serde_json::from_slice(&json).map_err(|_| MalformedVisit)?;
        let secret = |text: Option<String>| {
            text.map(|text| CookieSecret::parse(&text).ok_or(MalformedVisit))
                .transpose()
        };
        if written.address.len() > ADDRESS_BYTES_MAX || shown(&written.agent) != written.agent {
            return Err(MalformedVisit);
        }
        Ok(Self {
            session: secret(written.session)?,
            flow: secret(written.flow)?,
            address: written.address,
            origin: Origin::parse(&written.origin).map_err(|_| MalformedVisit)?,
            agent: written.agent,
        })
    }
}

/// What is shown of a browser's name: printable ASCII, which is all that such names have, and no more than that.
fn shown(agent: &str) -> String {
    let printable = |c: &char| matches!(c, ' '..='~') && !matches!(c, '"' | '\\');
    agent
        .chars()
        .filter(printable)
        .take(AGENT_CHARS_MAX)
        .collect()
}

/// The header tells of no visit.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("a visit is told as base64 of JSON: session, flow, address, origin, agent")]
pub struct MalformedVisit;

/// What the host answers to a visit; its status is the answer's own. Fields that are not known are skipped: the host is deployed
/// first, and what a newer one adds must not stop the edge.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct VisitAnswer {
    /// Those of [`PASSED_ON`] that it has, in their order; `set-cookie` may be there several times.
    pub headers: Vec<(String, String)>,
    /// Text in UTF-8.
    pub body: String,
}

impl VisitAnswer {
    /// Whether a header may reach the browser.
    pub fn passes_on(name: &str) -> bool {
        PASSED_ON.contains(&name)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn visit() -> Visit {
        Visit {
            session: Some(CookieSecret::new([1; 32])),
            flow: None,
            address: "2001:db8::1".to_owned(),
            origin: Origin::parse("https://glossator.example").unwrap(),
            agent: "Mozilla/5.0 (X11; Linux x86_64)".to_owned(),
        }
    }

    #[test]
    fn a_visit_reads_back_as_it_was_written() {
        let other = Visit {
            session: None,
            flow: Some(CookieSecret::new([2; 32])),
            address: String::new(),
            ..visit()
        };
        for visit in [visit(), other] {
            assert_eq!(Visit::parse(&visit.write()), Ok(visit));
        }
    }

    #[test]
    fn what_a_browser_says_at_length_is_cut_and_fits() {
        let long = Visit {
            session: Some(CookieSecret::new([1; 32])),
            flow: Some(CookieSecret::new([2; 32])),
            address: "f".repeat(1_000),
            origin: Origin::parse(&format!("https://{}.example", "a".repeat(230))).unwrap(),
            agent: "\"\\\u{1}é".repeat(500) + &"~".repeat(5_000),
        };
        let read = Visit::parse(&long.write()).unwrap();
        assert_eq!(read.agent, "~".repeat(AGENT_CHARS_MAX));
        assert_eq!(read.address, "", "a part of an address is another address");
    }

    #[test]
    fn an_answer_of_a_newer_host_is_read() {
        let json = r#"{"headers":[["location","/"]],"body":"a","trailers":[]}"#;
        let answer: VisitAnswer = serde_json::from_str(json).unwrap();
        let headers = vec![("location".to_owned(), "/".to_owned())];
        let body = "a".to_owned();
        assert_eq!(answer, VisitAnswer { headers, body });
    }

    #[test]
    fn what_tells_of_no_visit_is_refused() {
        let header = visit().write();
        let json = |text: &str| URL_SAFE_NO_PAD.encode(text);
        for other in [
            String::new(),
            format!("{header}="),
            header[..header.len() - 4].to_owned(),
            json("{}"),
            json("[]"),
            json(
                r#"{"session":"a","flow":null,"address":"","origin":"https://a.example","agent":""}"#,
            ),
            json(r#"{"session":null,"flow":null,"address":"","origin":"a.example","agent":""}"#),
            json(
                r#"{"session":null,"flow":null,"address":"","origin":"https://a.example","agent":"","user":"u"}"#,
            ),
            "a".repeat(VISIT_BYTES_MAX + 1),
        ] {
            assert_eq!(Visit::parse(&other), Err(MalformedVisit), "{other}");
        }
    }
}
