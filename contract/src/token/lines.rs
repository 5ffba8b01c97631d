//! The fields of a payload: one a line, in a fixed order. Each is read by the type it becomes, in its one spelling.

use std::str::Split;

use annotation::Role;

use super::{TokenId, TokenRefusal};
use crate::{case_id::CaseId, head::Origin, person::Person, region::Region};

/// The lines of a payload, with one more for the region if that is known.
pub(super) fn ending_with<'a>(lines: &[&'a str], region: Option<Region>) -> Vec<&'a str> {
    let last = region.map(Region::as_str);
    lines.iter().copied().chain(last).collect()
}

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

    /// The last line, which is left out where nothing is known. Nothing may follow.
    pub(super) fn region(mut self) -> Result<Option<Region>, TokenRefusal> {
        match (self.0.next(), self.0.next()) {
            (None, _) => Ok(None),
            (Some(name), None) => match Region::parse(name) {
                Ok(region) => Ok(Some(region)),
                Err(_) => Err(TokenRefusal::Malformed),
            },
            (Some(_), Some(_)) => Err(TokenRefusal::Malformed),
        }
    }

    fn next(&mut self) -> Result<&'a str, TokenRefusal> {
        self.0.next().ok_or(TokenRefusal::Malformed)
    }
}
