//! The development sign-in: whoever says a name is believed.

use contract::Person;

use super::{Attributes, AuthResult, SignInError, Way};

/// What stands in place of a provider and of an issuer.
pub const DEVELOPMENT: &str = "development";

/// Believes names. Who makes one has to see that this is only done in development.
pub struct ByMereName;

impl Way for ByMereName {
    /// What somebody says that they are called.
    type Proof = String;

    async fn prove(&self, name: String) -> Result<AuthResult, SignInError> {
        Person::new(DEVELOPMENT, &name).map_err(|_| SignInError::Refused("it is no name"))?;
        Ok(AuthResult {
            provider: DEVELOPMENT.to_owned(),
            issuer: DEVELOPMENT.to_owned(),
            subject: name.clone(),
            email: None,
            email_verified: false,
            name: Some(name),
            attributes: Attributes::default(),
        })
    }
}
