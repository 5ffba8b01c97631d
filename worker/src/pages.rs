//! The browser's files, and the headers that keep its pages to themselves.

use worker::{Headers, Request, RequestInit, RequestRedirect, Response, Result};

use crate::router::Visit;

/// The file that shows a case, whatever the case.
const CASE_PAGE: &str = "/case.html";
/// The file that the front door shows.
const FRONT_PAGE: &str = "/index.html";

/// Serves the page of a case.
pub(crate) async fn case_page(visit: &Visit<'_>) -> Result<Response> {
    file(visit, CASE_PAGE).await
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
    if let Some(tag) = visit.request.headers().get("if-none-match")? {
        headers.set("if-none-match", &tag)?;
    }
    let mut init = RequestInit::new();
    init.with_method(visit.request.method())
        .with_headers(headers)
        .with_redirect(RequestRedirect::Manual);
    let request = Request::new_with_init(&format!("https://assets.invalid{path}"), &init)?;
    visit.env.assets("ASSETS")?.fetch_request(request).await
}

/// Adds the headers that every answer of ours carries. A page may load and talk to its own origin only.
pub(crate) fn guard(response: Response, host: Option<&str>, request_id: &str) -> Result<Response> {
    let headers: Headers = response.headers().clone();
    headers.set("content-security-policy", &content_security_policy(host))?;
    if response.status_code() >= 400 && !headers.has("content-type")? {
        headers.set("content-type", "text/plain; charset=utf-8")?;
    }
    headers.set("x-content-type-options", "nosniff")?;
    headers.set("referrer-policy", "no-referrer")?;
    headers.set("cross-origin-opener-policy", "same-origin")?;
    headers.set("cross-origin-resource-policy", "same-origin")?;
    headers.set(contract::HEADER_REQUEST_ID, request_id)?;
    Ok(response.with_headers(headers))
}

/// `'self'` covers our own WebSocket in current browsers; older ones need it by name.
fn content_security_policy(host: Option<&str>) -> String {
    let is_authority = |host: &&str| {
        !host.is_empty()
            && host
                .bytes()
                .all(|b| b.is_ascii_alphanumeric() || b".-:[]".contains(&b))
    };
    let sockets = host
        .filter(is_authority)
        .map(|host| format!(" ws://{host} wss://{host}"))
        .unwrap_or_default();
    format!(
        "default-src 'self'; connect-src 'self'{sockets}; object-src 'none'; base-uri 'none'; form-action 'self'; \
         frame-ancestors 'none'"
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_policy_names_our_own_socket_and_allows_nothing_inline() {
        let policy = content_security_policy(Some("127.0.0.1:8787"));
        assert!(policy.contains("connect-src 'self' ws://127.0.0.1:8787 wss://127.0.0.1:8787;"));
        assert!(!policy.contains("unsafe"));
    }

    #[test]
    fn a_host_header_cannot_write_policy() {
        for host in ["a; script-src *", "a b", "*", "", "a,b"] {
            assert!(
                content_security_policy(Some(host)).contains("connect-src 'self'; object-src"),
                "{host}"
            );
        }
    }
}
