//! Mails on their way: a few at once, a bounded number that wait, and nobody waits for them. Whoever asked for one has had
//! their answer before anything was looked up.

use std::sync::Arc;

use tokio::sync::Semaphore;

use super::{EmailAddress, MailError, Mailer};
use crate::limits::{MAILS_AT_ONCE, MAILS_WAITING_MAX};

/// Sends mails in the background.
#[derive(Clone)]
pub struct Outgoing {
    mailer: Mailer,
    waiting: Arc<Semaphore>,
    sending: Arc<Semaphore>,
}

impl Outgoing {
    /// Sends by this mailer.
    pub fn new(mailer: Mailer) -> Self {
        Self {
            mailer,
            waiting: Arc::new(Semaphore::new(MAILS_WAITING_MAX)),
            sending: Arc::new(Semaphore::new(MAILS_AT_ONCE)),
        }
    }

    /// Does in the background what may end in a mail. If too much waits already it is not done, and `false` is answered.
    pub fn in_background(&self, work: impl Future<Output = ()> + Send + 'static) -> bool {
        let Ok(place) = Arc::clone(&self.waiting).try_acquire_owned() else {
            return false;
        };
        tokio::spawn(async move {
            work.await;
            drop(place);
        });
        true
    }

    /// Sends a link, once others are sent.
    ///
    /// # Errors
    /// As [`Mailer::send_link`].
    pub async fn send_link(&self, to: EmailAddress, link: String) -> Result<(), MailError> {
        let place = Arc::clone(&self.sending).acquire_owned().await;
        let mailer = self.mailer.clone();
        let sent = tokio::task::spawn_blocking(move || {
            let _place = place;
            mailer.send_link(&to, &link)
        });
        sent.await.unwrap_or(Err(MailError::Unreachable))
    }

    /// Asks the server whether it takes mails.
    ///
    /// # Errors
    /// If it does not answer.
    pub async fn answers(&self) -> Result<(), MailError> {
        let mailer = self.mailer.clone();
        let asked = tokio::task::spawn_blocking(move || mailer.answers());
        asked.await.unwrap_or(Err(MailError::Unreachable))
    }

    /// Sends what somebody has not read, once others are sent.
    ///
    /// # Errors
    /// As [`Mailer::send_digest`].
    pub async fn send_digest(
        &self,
        to: EmailAddress,
        words: String,
        unsubscribe: String,
    ) -> Result<(), MailError> {
        let place = Arc::clone(&self.sending).acquire_owned().await;
        let mailer = self.mailer.clone();
        let sent = tokio::task::spawn_blocking(move || {
            let _place = place;
            mailer.send_digest(&to, &words, &unsubscribe)
        });
        sent.await.unwrap_or(Err(MailError::Unreachable))
    }
}
