//! The mail server, and who mails are from.

use std::fmt;

use lettre::message::Mailbox;
use openidconnect::url::Url;

use super::{ConfigError, Lookup, required};
use crate::sign_in::is_loopback;

/// How mail is sent. Holds a password: `Debug` hides it.
#[derive(Clone, PartialEq, Eq)]
pub struct MailConfig {
    smtp_url: String,
    from: Mailbox,
}

impl MailConfig {
    /// Reads `SMTP_URL` and `MAIL_FROM`; absent if neither is set.
    ///
    /// # Errors
    /// If one of them is missing or malformed, or mail would be sent to another machine in the clear.
    pub fn read(lookup: Lookup<'_>) -> Result<Option<Self>, ConfigError> {
        let is_set = |name| lookup(name).is_some_and(|value| !value.trim().is_empty());
        if !is_set("SMTP_URL") && !is_set("MAIL_FROM") {
            return Ok(None);
        }
        let smtp_url = required(lookup, "SMTP_URL", "`smtps://user:password@server`")?;
        if !is_usable(&smtp_url) {
            return Err(ConfigError::Malformed {
                name: "SMTP_URL",
                remedy: "write `smtps://user:password@server`, or `smtp://user:password@server?tls=required` for STARTTLS, \
                         special characters percent-encoded; without TLS only a server of this machine is written to",
            });
        }
        let from = required(lookup, "MAIL_FROM", "`Glossator <sign-in@example.edu>`")?;
        let from = from.trim().parse().map_err(|_| ConfigError::Malformed {
            name: "MAIL_FROM",
            remedy: "write an address, or a name and an address as in `Glossator <sign-in@example.edu>`",
        })?;
        Ok(Some(Self { smtp_url, from }))
    }

    /// Where the server is.
    pub fn smtp_url(&self) -> &str {
        &self.smtp_url
    }

    /// Who mails are from.
    pub fn from(&self) -> &Mailbox {
        &self.from
    }
}

impl fmt::Debug for MailConfig {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("MailConfig(..)")
    }
}

fn is_usable(smtp_url: &str) -> bool {
    let Ok(url) = Url::parse(smtp_url) else {
        return false;
    };
    let tls = url.query_pairs().find(|(name, _)| name == "tls");
    let tls = tls.as_ref().map(|(_, value)| value.as_ref());
    let has_host = url.host_str().is_some_and(|host| !host.is_empty());
    // What is opportunistic is taken away by who stands between.
    let is_sealed = match url.scheme() {
        "smtps" => tls.is_none(),
        "smtp" => tls == Some("required") || (tls.is_none() && is_local(&url)),
        _ => false,
    };
    has_host && is_sealed
}

/// A URL of no web scheme has its host as mere text.
fn is_local(url: &Url) -> bool {
    let host = url.host_str().unwrap_or_default();
    Url::parse(&format!("http://{host}")).is_ok_and(|url| is_loopback(&url))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(smtp_url: Option<&str>, from: Option<&str>) -> Result<Option<MailConfig>, ConfigError> {
        MailConfig::read(&|name| match name {
            "SMTP_URL" => smtp_url.map(str::to_owned),
            "MAIL_FROM" => from.map(str::to_owned),
            _ => None,
        })
    }

    #[test]
    fn mail_is_sent_over_tls_or_within_this_machine() {
        for smtp_url in [
            "smtps://u:p@mail.example",
            "smtps://mail.example:465",
            "smtp://u:p@mail.example:587?tls=required",
            "smtp://127.0.0.1:2525",
            "smtp://localhost",
            "smtp://[::1]:25",
        ] {
            let config = read(Some(smtp_url), Some("Glossator <a@b.example>")).unwrap();
            assert_eq!(config.unwrap().smtp_url(), smtp_url);
        }
        for smtp_url in [
            "mail.example",
            "smtp://mail.example",
            "smtp://127.0.0.1.evil.example",
            "smtp://u:p@mail.example?tls=opportunistic",
            "smtp://127.0.0.1?tls=none",
            "http://mail.example",
            "smtps://",
        ] {
            let error = read(Some(smtp_url), Some("a@b.example")).unwrap_err();
            assert!(error.to_string().starts_with("SMTP_URL"), "{smtp_url}");
        }
    }

    #[test]
    fn both_variables_are_needed_or_none() {
        assert_eq!(read(None, None), Ok(None));
        assert_eq!(read(Some(" "), None), Ok(None));
        for (smtp_url, from, named) in [
            (Some("smtp://localhost"), None, "MAIL_FROM"),
            (None, Some("a@b.example"), "SMTP_URL"),
            (Some("smtp://localhost"), Some("nobody"), "MAIL_FROM"),
        ] {
            let error = read(smtp_url, from).unwrap_err().to_string();
            assert!(error.starts_with(named), "{error}");
        }
    }
}
