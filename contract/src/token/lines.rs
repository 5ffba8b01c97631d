//! The fields of a payload: one a line, in a fixed order. Each is read by the type it becomes, in its one spelling.

use std::str::Split;

use super::{TokenId, TokenRefusal};
use crate::{case_id::CaseId, head::Origin, person::Person, role::Role};

/// The lines of a payload that were not read yet.
pub(super) struct Lines<'a>(Split<'a, char>);

impl<'a> Lines<'a> {
    pub(super) fn of(payload: &'a str) -> Self {
        Self(payload.split('\n'))
    }

    pub(super) fn id(&mut self) -> Result<TokenId, TokenRefusal> {
        TokenId::parse(self.next()?).map_err(|_| TokenRefusal::Malformed)
    }

    pub(super) fn case_id(&mut self) -> Result<CaseId, TokenRefusal> {
        CaseId::parse(self.next()?).map_err(|_| TokenRefusal::Malformed)
    }

    pub(super) fn role(&mut self) -> Result<Role, TokenRefusal> {
        Role::parse(self.next()?).ok_or(TokenRefusal::Malformed)
    }

    /// Milliseconds: digits only, no sign, no leading zero.
    pub(super) fn millis(&mut self) -> Result<u64, TokenRefusal> {
        let text = self.next()?;
        let millis = text.parse().ok().filter(|ms: &u64| ms.to_string() == text);
        millis.ok_or(TokenRefusal::Malformed)
    }

    pub(super) fn origin(&mut self) -> Result<Origin, TokenRefusal> {
        Origin::parse(self.next()?).map_err(|_| TokenRefusal::Malformed)
    }

    /// Two lines: user and name.
    pub(super) fn person(&mut self) -> Result<Person, TokenRefusal> {
        let (user, name) = (self.next()?, self.next()?);
        Person::new(user, name).map_err(|_| TokenRefusal::Malformed)
    }

    /// Nothing may follow.
    pub(super) fn end(mut self) -> Result<(), TokenRefusal> {
        match self.0.next() {
            None => Ok(()),
            Some(_) => Err(TokenRefusal::Malformed),
        }
    }

    fn next(&mut self) -> Result<&'a str, TokenRefusal> {
        self.0.next().ok_or(TokenRefusal::Malformed)
    }
}
