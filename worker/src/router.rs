//! Sends each request on its way. Whoever may not come in is turned away here, before any object is woken.

use std::{pin::pin, time::Duration};

use contract::{CaseId, Region, head::Subprotocols, token::Claim};
use futures_util::{
    StreamExt,
    future::{Either, select},
};
use wasm_bindgen::JsCast;
use wasm_bindgen_futures::JsFuture;
use worker::{Delay, Env, Error, Headers, Method, Request, Response, Result, Url, worker_sys};

use crate::{
    access, authorship, cases, chance, clock,
    door::{self, Door, Head},
    inside::{self, Inside},
    log::{self, Level, Line},
    orders, pages, proxy,
    refusal::{self, Close, refuse},
    route::Route,
    settings, sign_in, signature,
    subprotocol::Offer,
};

/// How long an object may take to answer. A panic leaves its caller waiting for ever.
const OBJECT_TIME_LIMIT: Duration = Duration::from_secs(15);

/// One request and what every route needs to know of it.
pub(crate) struct Visit<'a> {
    pub(crate) env: &'a Env,
    /// As the platform made it: whatever is read of it crosses the border to JavaScript.
    request: &'a web_sys::Request,
    headers: Headers,
    pub(crate) method: Method,
    pub(crate) url: Url,
    /// Drawn here; follows the request to the object, the host and the database.
    pub(crate) request_id: String,
}

/// Serves one request.
pub(crate) async fn serve(request: web_sys::Request, env: Env) -> Result<web_sys::Response> {
    let Ok(url) = Url::parse(&request.url()) else {
        return Response::error("this is not a URL", 400).map(Into::into);
    };
    let request_id = chance::request_id().map_err(|error| Error::RustError(error.to_string()))?;
    let visit = Visit {
        env: &env,
        request: &request,
        headers: Headers(request.headers()),
        method: Method::from(request.method()),
        url,
        request_id,
    };
    let route = Route::of(visit.url.path());
    if route != Route::Health
        && let Some(closed) = closed(&visit)?
    {
        return Ok(closed.into());
    }

    if let Route::Sync(case_id) = &route
        && visit.is_upgrade()
    {
        let offered = visit.header("sec-websocket-protocol");
        let Ok(offered) = Subprotocols::of(offered.as_deref()) else {
            return turn_away(&visit, door::NO_TOKEN, None).map(Into::into);
        };
        let offer = Offer::of(offered.names());
        return match case_id {
            Ok(case_id) => upgrade(&visit, case_id, &offered, offer).await,
            Err(_) => refuse(refusal::MALFORMED, offer.chosen()).map(Into::into),
        };
    }
    let response = answer(&visit, route).await?;
    pages::guard(response, &visit.request_id).map(Into::into)
}

/// Without keys nothing is served: nobody could come in.
fn closed(visit: &Visit<'_>) -> Result<Option<Response>> {
    let Err(error) = Door::of(visit.env) else {
        return Ok(None);
    };
    let reason = error.to_string();
    log::write_once(Line {
        reason: &reason,
        ..Line::new(Level::Error, "not_set_up")
    });
    let words = format!("this Worker is not set up: {reason}");
    Response::error(words, 503).map(Some)
}

async fn answer(visit: &Visit<'_>, route: Route) -> Result<Response> {
    match (route, visit.method.clone()) {
        (Route::Health, Method::Get | Method::Head) => Response::ok("ok\n"),
        (Route::Sync(Ok(_)), Method::Get | Method::Head) => upgrade_required(),
        (Route::Cases, Method::Get | Method::Head) => cases::list(visit).await,
        (Route::Cases, Method::Post) => cases::create(visit).await,
        (Route::Case(case_id), Method::Get | Method::Head) => cases::find(visit, case_id).await,
        (Route::Text(sha256), Method::Get | Method::Head) => cases::text(visit, sha256).await,
        (Route::RoomReport(case_id), Method::Get | Method::Head) => {
            room_report(visit, &case_id).await
        }
        (Route::Authorship(case_id), Method::Get | Method::Head) => {
            authorship::serve(visit, &case_id).await
        }
        (Route::Ticket(case_id), Method::Post) => sign_in::ticket(visit, case_id).await,
        (Route::Order(case_id, order), Method::Post) => orders::serve(visit, case_id, order).await,
        (Route::Host, _) | (Route::Case(_), Method::Patch | Method::Delete) => {
            proxy::pass_on(visit).await
        }
        (Route::CasePage, Method::Get | Method::Head) => pages::case_page(visit).await,
        (Route::ClassPage, Method::Get | Method::Head) => pages::class_page(visit).await,
        (Route::BoardPage, Method::Get | Method::Head) => pages::board_page(visit).await,
        (Route::JoinPage, Method::Get | Method::Head) => pages::join_page(visit).await,
        (Route::File, Method::Get | Method::Head) => pages::any_file(visit).await,
        (Route::Sync(Err(_)) | Route::Nowhere, _) => Response::error("there is nothing here", 404),
        (
            Route::Health
            | Route::Sync(Ok(_))
            | Route::Cases
            | Route::Case(_)
            | Route::Text(_)
            | Route::RoomReport(_)
            | Route::Ticket(_)
            | Route::Authorship(_)
            | Route::Order(_, _)
            | Route::CasePage
            | Route::ClassPage
            | Route::BoardPage
            | Route::JoinPage
            | Route::File,
            _,
        ) => Response::error("this cannot be done here", 405),
    }
}

/// Lets a socket through to its room, or turns it away in words that its client understands.
async fn upgrade(
    visit: &Visit<'_>,
    case_id: &CaseId,
    offered: &Subprotocols<'_>,
    offer: Offer<'_>,
) -> Result<web_sys::Response> {
    let refuse = |close| refuse(close, offer.chosen()).map(Into::into);
    let (visitor, protocol) = match (visit.admit(case_id, offered).await, offer) {
        (Ok(visitor), Offer::Known { protocol, .. }) => (visitor, protocol),
        (Ok(_), Offer::OtherVersion { .. }) => {
            return turn_away(visit, refusal::OTHER_VERSION, offer.chosen()).map(Into::into);
        }
        (Err(close), _) => return turn_away(visit, close, offer.chosen()).map(Into::into),
    };
    let region = door::region_of(&visitor.authority);
    let ask = Inside::Sync { visitor, protocol };
    match ask_object(visit, (case_id, region), &ask).await {
        // Just as the object made it.
        Ok(response) if response.status() == 101 => Ok(response),
        Ok(response) => {
            let status = response.status();
            match inside::read_refusal(response.into()).await {
                Some(close) => refuse(close),
                None => {
                    visit.warn(
                        "object_failed",
                        &format!("it answered an upgrade with {status}"),
                    );
                    refuse(refusal::TRY_LATER)
                }
            }
        }
        Err(error) => {
            visit.warn("object_failed", &error.to_string());
            refuse(refusal::TRY_LATER)
        }
    }
}

/// Refuses an upgrade without waking the object.
fn turn_away(visit: &Visit<'_>, close: Close, chosen: Option<&str>) -> Result<Response> {
    log::write(Line {
        code: Some(close.code),
        request_id: &visit.request_id,
        ..Line::new(Level::Info, "upgrade_refused")
    });
    refuse(close, chosen)
}

async fn room_report(visit: &Visit<'_>, case_id: &CaseId) -> Result<Response> {
    if let Err(refused) = visit.judge() {
        return match refused {
            access::Refused::SignIn => Response::error("sign in", 401),
            access::Refused::NotAllowed => Response::error("not allowed from here", 403),
        };
    }
    // Told on this very machine only, where no token has said anything.
    ask_for_json(visit, (case_id, None), &Inside::Report).await
}

/// What an object answers in JSON; never kept by anybody.
pub(crate) async fn ask_for_json(
    visit: &Visit<'_>,
    room: (&CaseId, Option<Region>),
    ask: &Inside,
) -> Result<Response> {
    match ask_object(visit, room, ask).await {
        Ok(response) => {
            let mut response = Response::from(response);
            let headers = Headers::new();
            headers.set("content-type", "application/json")?;
            headers.set("cache-control", "no-store")?;
            if let Some(seconds) = response.headers().get("retry-after")? {
                headers.set("retry-after", &seconds)?;
            }
            let status = response.status_code();
            Ok(Response::from_bytes(response.bytes().await?)?
                .with_status(status)
                .with_headers(headers))
        }
        Err(error) => {
            visit.warn("object_failed", &error.to_string());
            Response::error("the room cannot be reached", 503)
        }
    }
}

fn upgrade_required() -> Result<Response> {
    let response = Response::error(
        "this address speaks WebSocket: connect to it with a Yjs client",
        426,
    )?;
    response.headers().set("upgrade", "websocket")?;
    Ok(response)
}

/// Asks a case's object, for as long as it may take. Whatever asks first makes the object, in this region if it is known and
/// the platform has room there; where it is made it stays.
pub(crate) async fn ask_object(
    visit: &Visit<'_>,
    (case_id, region): (&CaseId, Option<Region>),
    ask: &Inside,
) -> Result<web_sys::Response> {
    let rooms = visit.env.durable_object("ROOMS")?;
    let stub = match region {
        Some(region) => rooms.get_by_name_with_location_hint(case_id.as_str(), region.as_str())?,
        None => rooms.get_by_name(case_id.as_str())?,
    };
    let request = ask.write(&visit.request_id)?;
    let object: worker_sys::DurableObject = stub.into_rpc();
    let answer = pin!(JsFuture::from(object.fetch_with_request(&request)?));
    match select(answer, Delay::from(OBJECT_TIME_LIMIT)).await {
        Either::Left((response, _)) => Ok(response?.dyn_into()?),
        Either::Right(((), _)) => Err(Error::RustError(
            "the object did not answer in time".to_owned(),
        )),
    }
}

impl Visit<'_> {
    pub(crate) fn header(&self, name: &str) -> Option<String> {
        self.headers.get(name).ok().flatten()
    }

    fn is_upgrade(&self) -> bool {
        self.method == Method::Get
            && self
                .header("upgrade")
                .is_some_and(|protocol| protocol.eq_ignore_ascii_case("websocket"))
    }

    /// Who comes in: somebody whom a token proves. If the platform cannot tell whether it does, nobody, for now.
    pub(crate) async fn admit(
        &self,
        case_id: &CaseId,
        offered: &Subprotocols<'_>,
    ) -> std::result::Result<door::Visitor, Close> {
        let shown = door::token_shown(offered, self.url.query().unwrap_or_default())?;
        let door = Door::of(self.env).map_err(|error| {
            self.warn("upgrade_refused", &error.to_string());
            refusal::TRY_LATER
        })?;
        let (host, origin) = (self.header("host"), self.header("origin"));
        let head = Head {
            host: host.as_deref(),
            origin: origin.as_deref(),
        };
        let verify = async |claim: &Claim<'_>| {
            signature::is_sound(claim).await.map_err(|error| {
                self.warn("token_unverified", &error.to_string());
                refusal::TRY_LATER
            })
        };
        door.admit(clock::now(), case_id, head, shown, verify).await
    }

    /// The body of the request, unless it is larger than so many bytes. No more than that is read.
    pub(crate) async fn body(&self, bytes_max: usize) -> Result<Option<Vec<u8>>> {
        // The same request once more, and not JavaScript's `clone`, which would keep every byte for the other reader.
        let mut request = Request::from(Clone::clone(self.request));
        let mut body = Vec::new();
        // A request without a body has no stream.
        let Ok(mut chunks) = request.stream() else {
            return Ok(Some(body));
        };
        while let Some(chunk) = chunks.next().await {
            let chunk = chunk?;
            if body.len() + chunk.len() > bytes_max {
                return Ok(None);
            }
            body.extend_from_slice(&chunk);
        }
        Ok(Some(body))
    }

    /// Whether the visitor may see lists, texts and how a room is.
    pub(crate) fn judge(&self) -> std::result::Result<(), access::Refused> {
        let is_by_name = settings::development_sign_in(self.env).is_some();
        let door = Door::of(self.env).ok().filter(|_| is_by_name);
        let (host, origin) = (self.header("host"), self.header("origin"));
        let head = Head {
            host: host.as_deref(),
            origin: origin.as_deref(),
        };
        let site = self.header("sec-fetch-site");
        access::judge(
            door.as_deref().map(|door| &door.origins),
            head,
            site.as_deref(),
        )
    }

    pub(crate) fn warn(&self, event: &str, reason: &str) {
        log::write(Line {
            reason,
            request_id: &self.request_id,
            ..Line::new(Level::Warn, event)
        });
    }
}
