//! Sends the two mails that there are: the link to sign in with, and what somebody has not read.

use std::time::Duration;

use lettre::{
    Address, Message, SmtpTransport, Transport,
    message::{
        Body, Mailbox,
        header::{ContentTransferEncoding, ContentType, Header, HeaderName, HeaderValue},
    },
    transport::smtp::extension::ClientId,
};

use super::EmailAddress;
use crate::{
    config::MailConfig,
    limits::{MAIL_ANSWER_MAX, MAIL_LINK_KEPT},
};

/// Sends mail by SMTP. Blocking: call it on the blocking pool.
#[derive(Clone)]
pub struct Mailer {
    transport: SmtpTransport,
    from: Mailbox,
}

impl Mailer {
    /// Makes one. Connects nowhere yet.
    ///
    /// # Errors
    /// If the address of the server cannot be used.
    pub fn new(config: &MailConfig) -> Result<Self, MailError> {
        let transport = SmtpTransport::from_url(config.smtp_url())
            .map_err(|_| MailError::Url)?
            // Not this machine's own name, which nobody out there needs to know.
            .hello_name(ClientId::Domain("glossator".to_owned()))
            .timeout(Some(MAIL_ANSWER_MAX))
            .build();
        Ok(Self {
            transport,
            from: config.from().clone(),
        })
    }

    /// Sends a link.
    ///
    /// # Errors
    /// If the server cannot be reached or does not take it. The words hold no address.
    pub fn send_link(&self, to: &EmailAddress, link: &str) -> Result<(), MailError> {
        let address: Address = to.as_str().parse().map_err(|_| MailError::Address)?;
        // As it is: ASCII in lines of some hundred bytes. What the library chooses breaks a line that is as long as a link.
        let text = words(link).replace('\n', "\r\n").into_bytes();
        let body = Body::dangerous_pre_encoded(text, ContentTransferEncoding::SevenBit);
        let message = Message::builder()
            .from(self.from.clone())
            .to(Mailbox::new(None, address))
            .subject("Sign in to Glossator")
            .header(ContentType::TEXT_PLAIN)
            .body(body)
            .map_err(|_| MailError::Address)?;
        self.send(&message)
    }

    /// Sends what somebody has not read, and where it is said that no more of it is wanted.
    ///
    /// # Errors
    /// As [`Mailer::send_link`].
    pub fn send_digest(
        &self,
        to: &EmailAddress,
        words: &str,
        unsubscribe: &str,
    ) -> Result<(), MailError> {
        let address: Address = to.as_str().parse().map_err(|_| MailError::Address)?;
        let text = words.replace('\n', "\r\n");
        let body = Body::new_with_encoding(text, ContentTransferEncoding::QuotedPrintable)
            .map_err(|_| MailError::Address)?;
        let message = Message::builder()
            .from(self.from.clone())
            .to(Mailbox::new(None, address))
            .subject("What you have not read on Glossator")
            .header(ContentType::TEXT_PLAIN)
            .header(ListUnsubscribe(format!("<{unsubscribe}>")))
            .body(body)
            .map_err(|_| MailError::Address)?;
        self.send(&message)
    }

    /// Asks the server whether it takes mails.
    ///
    /// # Errors
    /// If it does not answer.
    pub fn answers(&self) -> Result<(), MailError> {
        match self.transport.test_connection() {
            Ok(true) => Ok(()),
            Ok(false) | Err(_) => Err(MailError::Unreachable),
        }
    }

    fn send(&self, message: &Message) -> Result<(), MailError> {
        self.transport.send(message).map_err(|error| {
            if error.is_permanent() {
                MailError::Refused
            } else {
                MailError::Unreachable
            }
        })?;
        Ok(())
    }
}

/// Where mail programs lead whoever wants no more of it (RFC 2369).
#[derive(Clone)]
struct ListUnsubscribe(String);

impl Header for ListUnsubscribe {
    fn name() -> HeaderName {
        HeaderName::new_from_ascii_str("List-Unsubscribe")
    }

    fn parse(text: &str) -> Result<Self, Box<dyn std::error::Error + Send + Sync>> {
        Ok(Self(text.to_owned()))
    }

    fn display(&self) -> HeaderValue {
        HeaderValue::new(Self::name(), self.0.clone())
    }
}

fn words(link: &str) -> String {
    let minutes = MAIL_LINK_KEPT.as_secs() / Duration::from_secs(60).as_secs();
    format!(
        "Somebody, hopefully you, wants to sign in to Glossator with this address.\n\
         Open this link in the browser in which you asked for it, and press the button there:\n\
         \n\
         {link}\n\
         \n\
         It works once, within {minutes} minutes. If it was not you, there is nothing to do:\n\
         nobody can sign in without this mail.\n"
    )
}

/// Why a mail was not sent. A server's own words are left out: they repeat addresses.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum MailError {
    /// The server's address is unusable.
    #[error("SMTP_URL cannot be used")]
    Url,
    /// The recipient is.
    #[error("the address cannot be written to")]
    Address,
    /// The server does not take it.
    #[error(
        "the server of SMTP_URL does not take the mail: is MAIL_FROM an address that it may send from?"
    )]
    Refused,
    /// The server is not there, or has trouble.
    #[error("the server of SMTP_URL cannot be reached, or has trouble")]
    Unreachable,
}
