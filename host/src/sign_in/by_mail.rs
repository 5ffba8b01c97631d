//! Links in mails: whoever reads the mails of an address is its person.

use super::{
    Attributes, AuthResult, EmailAddress, Provider, ProviderKind, SignInError, Trust, Way,
};
use crate::store::MailLink;

/// Links by one provider, and what an operator said of it.
pub struct ByMail<'a> {
    provider: &'a Provider,
    trust: &'a Trust,
}

impl<'a> ByMail<'a> {
    /// What stands in place of an issuer.
    pub const ISSUER: &'static str = "mail";

    /// By this one.
    pub fn new(provider: &'a Provider, trust: &'a Trust) -> Self {
        Self { provider, trust }
    }

    /// Whether links are sent to this address: its domain must be listed.
    pub fn takes(&self, email: &EmailAddress) -> bool {
        let mut domains = self.trust.domains.iter().chain(&self.trust.allowed);
        self.provider.kind == ProviderKind::Mail && domains.any(|domain| domain == email.domain())
    }
}

impl Way for ByMail<'_> {
    /// A link that was opened and taken out.
    type Proof = MailLink;

    async fn prove(&self, link: MailLink) -> Result<AuthResult, SignInError> {
        let email = EmailAddress::parse(&link.email);
        // The list may have been changed since it was sent.
        let email = email
            .filter(|email| self.takes(email))
            .ok_or(SignInError::NotAllowed("its domain is not listed"))?;
        Ok(AuthResult {
            provider: self.provider.id.clone(),
            issuer: Self::ISSUER.to_owned(),
            subject: email.as_str().to_owned(),
            email: Some(email),
            email_verified: true,
            name: None,
            attributes: Attributes::default(),
        })
    }
}
