//! The browser's files, and the headers that keep its pages to themselves.

use worker::{Headers, Request, RequestInit, RequestRedirect, Response, Result};

use crate::router::Visit;

/// The file that shows a case, whatever the case.
const CASE_PAGE: &str = "/case.html";
/// The file that shows a class, whatever the class.
const CLASS_PAGE: &str = "/class.html";
/// The file that shows a board, whatever the board.
const BOARD_PAGE: &str = "/board.html";
/// The file that an invitation leads to.
const JOIN_PAGE: &str = "/join.html";
/// The file that the front door shows.
const FRONT_PAGE: &str = "/index.html";

/// Serves the page of a case.
pub(crate) async fn case_page(visit: &Visit<'_>) -> Result<Response> {
    file(visit, CASE_PAGE).await
}

/// Serves the page of a class.
pub(crate) async fn class_page(visit: &Visit<'_>) -> Result<Response> {
    file(visit, CLASS_PAGE).await
}

/// Serves the page of a board.
pub(crate) async fn board_page(visit: &Visit<'_>) -> Result<Response> {
    file(visit, BOARD_PAGE).await
}

/// Serves the page of an invitation.
pub(crate) async fn join_page(visit: &Visit<'_>) -> Result<Response> {
    file(visit, JOIN_PAGE).await
}

/// Serves the file that the path names.
pub(crate) async fn any_file(visit: &Visit<'_>) -> Result<Response> {
    let path = match visit.url.path() {
        "/" => FRONT_PAGE,
        path => path,
    };
    file(visit, path).await
}

/// Fetches a file. The assets service may answer a name like `/case.html` with a redirect to `/case`, depending on its
/// configuration; the visitor shall keep the address that was asked for, so it is followed here, once.
async fn file(visit: &Visit<'_>, path: &str) -> Result<Response> {
    let response = fetch(visit, path).await?;
    if !(300..400).contains(&response.status_code()) || response.status_code() == 304 {
        return Ok(response);
    }
    let location = response.headers().get("location")?;
    match location.filter(|location| location.starts_with('/') && !location.starts_with("//")) {
        Some(location) => fetch(visit, &location).await,
        None => Response::error("there is nothing here", 404),
    }
}

async fn fetch(visit: &Visit<'_>, path: &str) -> Result<Response> {
    let headers = Headers::new();
    if let Some(tag) = visit.header("if-none-match") {
        headers.set("if-none-match", &tag)?;
    }
    let mut init = RequestInit::new();
    init.with_method(visit.method.clone())
        .with_headers(headers)
        .with_redirect(RequestRedirect::Manual);
    let request = Request::new_with_init(&format!("https://assets.invalid{path}"), &init)?;
    visit.env.assets("ASSETS")?.fetch_request(request).await
}

/// What a page may do: load and talk to its own origin only, nothing inline, never within another page. `'self'` covers our
/// own WebSocket in every browser that the pages are built for.
const CONTENT_SECURITY_POLICY: &str = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; \
     connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

/// The headers that every answer of ours carries. Files that do not pass through here get the same from `_headers`, which
/// `web/build.mjs` writes.
const HEADERS: [(&str, &str); 6] = [
    ("Content-Security-Policy", CONTENT_SECURITY_POLICY),
    ("Cross-Origin-Opener-Policy", "same-origin"),
    ("Cross-Origin-Resource-Policy", "same-origin"),
    ("Referrer-Policy", "no-referrer"),
    (
        "Strict-Transport-Security",
        "max-age=31536000; includeSubDomains",
    ),
    ("X-Content-Type-Options", "nosniff"),
];

/// Adds the headers that every answer of ours carries.
pub(crate) fn guard(response: Response, request_id: &str) -> Result<Response> {
    let headers: Headers = response.headers().clone();
    for (name, value) in HEADERS {
        headers.set(name, value)?;
    }
    if response.status_code() >= 400 && !headers.has("content-type")? {
        headers.set("content-type", "text/plain; charset=utf-8")?;
    }
    headers.set(contract::HEADER_REQUEST_ID, request_id)?;
    Ok(response.with_headers(headers))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_policy_allows_nothing_inline_and_no_other_origin() {
        assert!(CONTENT_SECURITY_POLICY.starts_with("default-src 'none'; "));
        for directive in CONTENT_SECURITY_POLICY.split("; ") {
            let sources = directive.split(' ').skip(1);
            for source in sources {
                assert!(matches!(source, "'self'" | "'none'"), "{directive}");
            }
        }
    }

    #[test]
    fn files_that_do_not_pass_through_here_carry_the_same_headers() {
        let build = include_str!("../../web/build.mjs");
        let every_path = build
            .split_once("const HEADERS = `/*\n")
            .and_then(|(_, rest)| rest.split_once("\n/"))
            .map(|(headers, _)| headers);
        let ours: Vec<String> = HEADERS
            .map(|(name, value)| format!("  {name}: {value}"))
            .into();
        assert_eq!(every_path, Some(ours.join("\n").as_str()));
    }
}
