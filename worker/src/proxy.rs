//! What the host answers itself: everything under `/auth/` and `/api/` that is not answered here. A request is passed on
//! only if a page of ours can have made it, and with nothing of its head but what was checked here. What comes back counts
//! only if the host signed it.

use contract::{
    VisitAnswer,
    head::{AllowedOrigins, Origin, OriginVerdict, flow_of_cookies, session_of_cookies},
    visit_body_bytes_max,
};
use worker::{Headers, Method, Response, Result};

use crate::{
    access::is_of_other_site,
    case_client::{self, Question},
    cases::{error, is_json, unreachable_host},
    door::Door,
    router::Visit,
};

/// The end of the path that a provider sends people back to.
const CALLBACK: &str = "/callback";
/// Where they find out that it was in vain.
const SIGN_IN_UNAVAILABLE: &str = "/sign-in?problem=unavailable";

/// Why a request is not passed on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Refused {
    /// It was not meant for us, or is made by somebody else's page.
    NotAllowed,
    /// It would be done in a way in which nothing is done here.
    Method,
    /// It may be a form of another site's page.
    NotJson,
}

/// What the head of a request says that decides over it.
struct Head<'a> {
    method: &'a Method,
    path: &'a str,
    host: Option<&'a str>,
    origin: Option<&'a str>,
    site: Option<&'a str>,
    dest: Option<&'a str>,
    content_type: Option<&'a str>,
}

/// What the host answered, in its own words.
pub(crate) struct Answer {
    pub(crate) status: u16,
    pub(crate) answer: VisitAnswer,
}

/// Passes a request on to the host, and its answer back.
pub(crate) async fn pass_on(visit: &Visit<'_>) -> Result<Response> {
    let path = visit.url.path();
    match ask(visit, path).await? {
        Asked::Answered(Answer { status, answer }) => unpack(status, answer),
        Asked::Refused(response) => Ok(response),
        Asked::Failed if path.ends_with(CALLBACK) => {
            let headers = Headers::new();
            headers.set("location", SIGN_IN_UNAVAILABLE)?;
            headers.set("cache-control", "no-store")?;
            Ok(Response::empty()?.with_status(303).with_headers(headers))
        }
        Asked::Failed => unreachable_host("this cannot be done"),
    }
}

/// What became of a request that was to be passed on.
pub(crate) enum Asked {
    Answered(Answer),
    /// It was not passed on; why not is answered here.
    Refused(Response),
    /// The host cannot be asked; that is in the log.
    Failed,
}

/// Asks the host on the visitor's behalf; `path` is the one that the host knows it by.
pub(crate) async fn ask(visit: &Visit<'_>, path: &str) -> Result<Asked> {
    let refused = |response: Result<Response>| response.map(Asked::Refused);
    let Ok(door) = Door::of(visit.env) else {
        return refused(error(503, "this Worker is not set up"));
    };
    let method = visit.method.clone();
    let header = |name: &str| visit.header(name);
    let (host, origin) = (header("host"), header("origin"));
    let (site, dest) = (header("sec-fetch-site"), header("sec-fetch-dest"));
    let content_type = header("content-type");
    let head = Head {
        method: &method,
        path,
        host: host.as_deref(),
        origin: origin.as_deref(),
        site: site.as_deref(),
        dest: dest.as_deref(),
        content_type: content_type.as_deref(),
    };
    let asked = match judge(&door.origins, &head) {
        Ok(origin) => origin.clone(),
        Err(Refused::NotAllowed) => return refused(error(403, "not allowed from here")),
        Err(Refused::Method) => return refused(error(405, "this cannot be done here")),
        Err(Refused::NotJson) => return refused(error(415, "send it as application/json")),
    };
    let bytes_max = visit_body_bytes_max(path, has_session(visit));
    let declared = header("content-length").and_then(|length| length.parse::<usize>().ok());
    let body = match declared {
        Some(length) if length > bytes_max => None,
        Some(_) | None => visit.body(bytes_max).await?,
    };
    let Some(body) = body else {
        let words = format!("the request is larger than {bytes_max} bytes");
        return refused(error(413, &words));
    };
    let body = (!body.is_empty()).then_some(body);
    let question = Question::of_visit(path, visit.url.query(), &told(visit, asked));
    let request_id = Some(visit.request_id.as_str());
    let failure = match case_client::ask(visit.env, request_id, method, question, body).await {
        Ok(reply) => match serde_json::from_slice(&reply.body) {
            Ok(answer) => {
                let status = reply.status;
                return Ok(Asked::Answered(Answer { status, answer }));
            }
            Err(error) => format!("the host's answer to a visit cannot be read: {error}"),
        },
        Err(error) => error.to_string(),
    };
    visit.warn("host_failed", &failure);
    Ok(Asked::Failed)
}

/// Whether somebody may have signed in with this browser. Only the host knows whether they have.
pub(crate) fn has_session(visit: &Visit<'_>) -> bool {
    let cookies = visit.header("cookie");
    matches!(session_of_cookies(cookies.as_deref()), Ok(Some(_)))
}

/// Whether a request may be passed on, and which of our origins it was meant for.
///
/// Other sites can have a browser send requests here, with the visitor's cookies: what changes something must come from a
/// page of ours, say so, and be what no form can send. What is only read must not be embedded elsewhere; to a callback
/// people come from the provider.
fn judge<'a>(
    origins: &'a AllowedOrigins,
    head: &Head<'_>,
) -> std::result::Result<&'a Origin, Refused> {
    let asked = origins.of_host(head.host).ok_or(Refused::NotAllowed)?;
    if *head.method == Method::Get {
        // People come as one does to a page: what a page of another site embeds are no people.
        let is_callback =
            head.path.ends_with(CALLBACK) && matches!(head.dest, None | Some("document"));
        let is_foreign = origins.judge(head.origin) == OriginVerdict::Foreign
            || is_of_other_site(head.site) && !is_callback;
        return if is_foreign {
            Err(Refused::NotAllowed)
        } else {
            Ok(asked)
        };
    }
    let has_body = match head.method {
        Method::Post | Method::Put | Method::Patch => true,
        Method::Delete => false,
        Method::Get
        | Method::Head
        | Method::Options
        | Method::Connect
        | Method::Trace
        | Method::Report => return Err(Refused::Method),
    };
    let is_ours = origins.judge(head.origin) == OriginVerdict::Allowed(asked);
    if !is_ours || is_of_other_site(head.site) {
        return Err(Refused::NotAllowed);
    }
    if has_body && !head.content_type.is_some_and(is_json) {
        return Err(Refused::NotJson);
    }
    Ok(asked)
}

/// What the host is told of a visit. A cookie that cannot be read proves nothing, like none; the platform itself says where
/// a request came from.
fn told(visit: &Visit<'_>, origin: Origin) -> contract::Visit {
    let cookies = visit.header("cookie");
    let cookies = cookies.as_deref();
    contract::Visit {
        session: session_of_cookies(cookies).ok().flatten(),
        flow: flow_of_cookies(cookies).ok().flatten(),
        address: visit.header("cf-connecting-ip").unwrap_or_default(),
        origin,
        agent: visit.header("user-agent").unwrap_or_default(),
    }
}

/// Takes an answer out of its envelope. Nothing is kept by anybody unless the host says so.
pub(crate) fn unpack(status: u16, answer: VisitAnswer) -> Result<Response> {
    let headers = Headers::new();
    headers.set("cache-control", "no-store")?;
    for (name, value) in answer.headers {
        match name.as_str() {
            "set-cookie" => headers.append(&name, &value)?,
            name if VisitAnswer::passes_on(name) => headers.set(name, &value)?,
            _ => {}
        }
    }
    Ok(Response::from_bytes(answer.body.into_bytes())?
        .with_status(status)
        .with_headers(headers))
}

#[cfg(test)]
mod tests {
    use super::*;

    const OURS: &str = "https://glossator.example,http://127.0.0.1:8787";
    const HOST: Option<&str> = Some("glossator.example");
    const ORIGIN: Option<&str> = Some("https://glossator.example");

    fn head(method: &'static Method) -> Head<'static> {
        Head {
            method,
            path: "/api/me",
            host: HOST,
            origin: ORIGIN,
            site: Some("same-origin"),
            dest: Some("empty"),
            content_type: Some("application/json"),
        }
    }

    fn judged(head: &Head<'_>) -> std::result::Result<String, Refused> {
        let origins = AllowedOrigins::parse(OURS).unwrap();
        judge(&origins, head).map(ToString::to_string)
    }

    const CHANGES: [Method; 4] = [Method::Post, Method::Put, Method::Patch, Method::Delete];

    #[test]
    fn what_a_page_of_ours_asks_is_passed_on() {
        for method in &CHANGES {
            assert_eq!(
                judged(&head(method)).as_deref(),
                Ok(OURS.split(',').next().unwrap())
            );
        }
        let get = Head {
            origin: None,
            content_type: None,
            ..head(&Method::Get)
        };
        for site in [None, Some("none"), Some("same-origin")] {
            assert!(judged(&Head { site, ..get }).is_ok(), "{site:?}");
        }
    }

    #[test]
    fn what_another_sites_page_asks_is_not() {
        for method in CHANGES.iter().chain([&Method::Get]) {
            for site in ["cross-site", "same-site"] {
                let head = Head {
                    site: Some(site),
                    ..head(method)
                };
                assert_eq!(judged(&head), Err(Refused::NotAllowed), "{method:?} {site}");
            }
            for origin in ["null", "https://evil.example", "http://glossator.example"] {
                let head = Head {
                    origin: Some(origin),
                    site: None,
                    ..head(method)
                };
                assert_eq!(
                    judged(&head),
                    Err(Refused::NotAllowed),
                    "{method:?} {origin}"
                );
            }
            for host in [None, Some("evil.example"), Some("glossator.example:444")] {
                let head = Head {
                    host,
                    ..head(method)
                };
                assert_eq!(
                    judged(&head),
                    Err(Refused::NotAllowed),
                    "{method:?} {host:?}"
                );
            }
        }
    }

    #[test]
    fn what_changes_something_says_where_it_comes_from() {
        for method in &CHANGES {
            let silent = Head {
                origin: None,
                site: None,
                ..head(method)
            };
            assert_eq!(judged(&silent), Err(Refused::NotAllowed), "{method:?}");
            let elsewhere = Head {
                origin: Some("http://127.0.0.1:8787"),
                ..head(method)
            };
            assert_eq!(
                judged(&elsewhere),
                Err(Refused::NotAllowed),
                "{method:?}: another origin of ours"
            );
        }
    }

    #[test]
    fn what_a_form_can_send_is_not_passed_on() {
        for content_type in [
            None,
            Some("text/plain"),
            Some("application/x-www-form-urlencoded"),
            Some("multipart/form-data"),
        ] {
            let form = Head {
                content_type,
                ..head(&Method::Post)
            };
            assert_eq!(judged(&form), Err(Refused::NotJson), "{content_type:?}");
        }
        let nothing = Head {
            content_type: None,
            ..head(&Method::Delete)
        };
        assert!(judged(&nothing).is_ok());
    }

    #[test]
    fn people_come_back_from_a_provider_to_a_callback_only() {
        let back = Head {
            path: "/auth/way/uni/callback",
            origin: None,
            site: Some("cross-site"),
            dest: Some("document"),
            content_type: None,
            ..head(&Method::Get)
        };
        assert!(judged(&back).is_ok());
        for dest in ["image", "iframe", "empty", "script"] {
            let embedded = Head {
                dest: Some(dest),
                ..back
            };
            assert_eq!(judged(&embedded), Err(Refused::NotAllowed), "{dest}");
        }
        let elsewhere = Head {
            path: "/api/me",
            ..back
        };
        assert_eq!(judged(&elsewhere), Err(Refused::NotAllowed));
        for method in [Method::Head, Method::Options] {
            let head = Head {
                method: &method,
                ..back
            };
            assert_eq!(judged(&head), Err(Refused::Method), "{method:?}");
        }
    }
}
