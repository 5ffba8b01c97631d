//! Where somebody wanted to go before they had to sign in: a page of ours, and nothing else.
//!
//! Whoever could name another site here would have a link on our name that ends there (an open redirect).

use openidconnect::url::Url;

use crate::limits::GOES_TO_BYTES_MAX;

/// Path, query and fragment of a page of ours, as a browser would write them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LocalPath(String);

impl LocalPath {
    /// Reads what a page says; the first page if it says nothing. Absent if it is anything but a path of ours.
    pub fn parse(to: Option<&str>) -> Option<Self> {
        let to = to.filter(|to| !to.is_empty()).unwrap_or("/");
        let begins = to.starts_with('/') && !to.starts_with("//");
        // Browsers read a backslash as a slash, and leave out tabs and line breaks before they read at all.
        let is_plain = !to.contains('\\') && !to.chars().any(char::is_control);
        if to.len() > GOES_TO_BYTES_MAX || !begins || !is_plain {
            return None;
        }
        // Read as a browser reads it, so that dots and the like cannot make something else of it than was looked at.
        let ours = Url::parse("https://ours.invalid/").ok()?;
        let read = ours.join(to).ok()?;
        let path = &read[openidconnect::url::Position::BeforePath..];
        let is_ours = read.origin() == ours.origin() && !path.starts_with("//");
        (is_ours && path.len() <= GOES_TO_BYTES_MAX).then(|| Self(path.to_owned()))
    }

    /// As it stands behind our origin.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(to: &str) -> Option<String> {
        LocalPath::parse(Some(to)).map(|path| path.0)
    }

    #[test]
    fn pages_of_ours_are_taken_as_a_browser_writes_them() {
        for (to, path) in [
            ("", "/"),
            ("/", "/"),
            ("/cases/42?tag=a b#p7", "/cases/42?tag=a%20b#p7"),
            ("/a/../b", "/b"),
            ("/join#code=//evil.example", "/join#code=//evil.example"),
            ("/?to=https://evil.example", "/?to=https://evil.example"),
            ("/é", "/%C3%A9"),
        ] {
            assert_eq!(read(to).as_deref(), Some(path), "{to}");
        }
        assert_eq!(LocalPath::parse(None), Some(LocalPath("/".into())));
    }

    #[test]
    fn nothing_that_ends_at_another_site_is_taken() {
        for to in [
            "//evil.example",
            "///evil.example",
            "/\\evil.example",
            "\\\\evil.example",
            "/\t/evil.example",
            "\t//evil.example",
            "/\n/evil.example",
            "/\u{0}/evil.example",
            "/.//evil.example",
            "/a/..//evil.example",
            "/%2e//evil.example",
            "https://evil.example",
            "https:evil.example",
            "javascript:alert(1)",
            "data:text/html,x",
            "evil.example",
            " /cases",
            "?to=/",
            "#",
            "/x\r\nSet-Cookie: a=b",
            &format!("/{}", "a".repeat(GOES_TO_BYTES_MAX)),
            &format!("/{}", "é".repeat(GOES_TO_BYTES_MAX / 4)),
        ] {
            assert_eq!(read(to), None, "{to:?}");
        }
    }
}
