//! People who were sent somewhere to prove who they are, and have not come back: to a provider, or to their mail.
//!
//! What they bring back is known by its hash alone, works once, for a while, and in the browser that went.

use contract::Digest;

use super::{Store, StoreError};
use crate::{
    limits::{FLOW_KEPT, MAIL_LINK_KEPT},
    sign_in::EmailAddress,
};

/// Somebody who was sent to a provider.
#[derive(Clone, PartialEq, Eq)]
pub struct SignInFlow {
    /// To which one.
    pub provider: String,
    /// At which of our origins it began.
    pub origin: String,
    /// The page of ours that was wanted.
    pub goes_to: String,
    /// What the provider has to repeat.
    pub nonce: String,
    /// What its code is worth nothing without.
    pub verifier: String,
}

/// A link that was sent by mail.
#[derive(Clone, PartialEq, Eq)]
pub struct MailLink {
    /// By which way it was asked for.
    pub provider: String,
    /// To whom it was sent.
    pub email: String,
    /// The page of ours that was wanted.
    pub goes_to: String,
}

impl Store {
    /// Remembers who was sent to a provider, by what they will bring back and by the browser.
    ///
    /// # Errors
    /// If Postgres fails.
    pub async fn begin_flow(
        &self,
        state: &Digest,
        browser: &Digest,
        flow: &SignInFlow,
    ) -> Result<(), StoreError> {
        let client = self.client().await?;
        client
            .execute(
                "insert into sign_in_flows
                    (state_hash, browser_hash, provider_id, origin, goes_to, nonce, verifier, expires_at)
                 values ($1, $2, $3, $4, $5, $6, $7, now() + make_interval(secs => $8))",
                &[
                    &state.as_bytes().as_slice(),
                    &browser.as_bytes().as_slice(),
                    &flow.provider,
                    &flow.origin,
                    &flow.goes_to,
                    &flow.nonce,
                    &flow.verifier,
                    &FLOW_KEPT.as_secs_f64(),
                ],
            )
            .await?;
        Ok(())
    }

    /// Takes out who comes back with this, in this browser; nobody can a second time. Absent if nobody was sent, it was too
    /// long ago, or it was another browser.
    ///
    /// # Errors
    /// If Postgres fails.
    pub async fn take_flow(
        &self,
        state: &Digest,
        browser: &Digest,
    ) -> Result<Option<SignInFlow>, StoreError> {
        let client = self.client().await?;
        let row = client
            .query_opt(
                "delete from sign_in_flows where state_hash = $1 and browser_hash = $2 and expires_at > now()
                 returning provider_id, origin, goes_to, nonce, verifier",
                &[&state.as_bytes().as_slice(), &browser.as_bytes().as_slice()],
            )
            .await?;
        row.map(|row| {
            Ok(SignInFlow {
                provider: row.try_get("provider_id")?,
                origin: row.try_get("origin")?,
                goes_to: row.try_get("goes_to")?,
                nonce: row.try_get("nonce")?,
                verifier: row.try_get("verifier")?,
            })
        })
        .transpose()
    }

    /// Remembers a link that is about to be sent.
    ///
    /// # Errors
    /// If Postgres fails.
    pub async fn add_mail_link(
        &self,
        token: &Digest,
        browser: &Digest,
        (provider, email, goes_to): (&str, &EmailAddress, &str),
    ) -> Result<(), StoreError> {
        let client = self.client().await?;
        client
            .execute(
                "insert into mail_links (token_hash, browser_hash, provider_id, email, goes_to, expires_at)
                 values ($1, $2, $3, $4, $5, now() + make_interval(secs => $6))",
                &[
                    &token.as_bytes().as_slice(),
                    &browser.as_bytes().as_slice(),
                    &provider,
                    &email.as_str(),
                    &goes_to,
                    &MAIL_LINK_KEPT.as_secs_f64(),
                ],
            )
            .await?;
        Ok(())
    }

    /// Takes out a link, as [`Store::take_flow`] does.
    ///
    /// # Errors
    /// If Postgres fails.
    pub async fn take_mail_link(
        &self,
        token: &Digest,
        browser: &Digest,
    ) -> Result<Option<MailLink>, StoreError> {
        let client = self.client().await?;
        let row = client
            .query_opt(
                "delete from mail_links where token_hash = $1 and browser_hash = $2 and expires_at > now()
                 returning provider_id, email, goes_to",
                &[&token.as_bytes().as_slice(), &browser.as_bytes().as_slice()],
            )
            .await?;
        row.map(|row| {
            Ok(MailLink {
                provider: row.try_get("provider_id")?,
                email: row.try_get("email")?,
                goes_to: row.try_get("goes_to")?,
            })
        })
        .transpose()
    }

    /// Forgets who did not come back, links that were not used, counts of windows that are over and sessions that ended, at
    /// most so many of each.
    ///
    /// # Errors
    /// If Postgres fails.
    pub async fn forget_sign_ins(&self, rows_max: i64) -> Result<u64, StoreError> {
        let client = self.client().await?;
        let mut forgotten = 0;
        for statement in [
            "delete from sign_in_flows where state_hash in
                (select state_hash from sign_in_flows where expires_at < now() order by expires_at limit $1)",
            "delete from mail_links where token_hash in
                (select token_hash from mail_links where expires_at < now() order by expires_at limit $1)",
            "delete from rate_counters where (key_hash, begins_at) in
                (select key_hash, begins_at from rate_counters where ends_at < now() order by ends_at limit $1)",
            "delete from sessions where id_hash in
                (select id_hash from sessions where ends_at < now() order by ends_at limit $1)",
        ] {
            forgotten += client.execute(statement, &[&rows_max]).await?;
        }
        Ok(forgotten)
    }
}
