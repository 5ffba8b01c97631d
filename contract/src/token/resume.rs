//! Resume tokens.

use annotation::Role;

use super::{
    ResumeKeys, Ticket, TokenId, TokenRefusal,
    lines::{Lines, ending_with},
    span::Span,
};
use crate::{
    case_id::CaseId, head::Origin, limits::TICKET_AUTHORITY_MS_MAX, person::Person, region::Region,
};

/// By what a page comes back to the case that it was in, without asking the host: after a lost connection, a
/// deployment, or while the host is away.
///
/// The room hands out a new one at each opening and with each change of the authority. An older one is no stronger than
/// the newest: both end with the authority, and both are void after a change of it. So none is spent by its use, and a
/// page whose connection was cut before it heard of its next token still has one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Resume {
    /// Drawn for this token.
    pub id: TokenId,
    /// Over which case.
    pub case_id: CaseId,
    /// Whose authority.
    pub person: Person,
    /// How much of it.
    pub role: Role,
    /// Of the page that has it.
    pub origin: Origin,
    /// When the authority was granted or last changed, by the host's clock, in milliseconds since the Unix epoch: the
    /// time that was in the ticket or in the order that changed it. The Worker's own clock is in none of it, so that it
    /// can be compared with later changes.
    pub granted_ms: u64,
    /// Until when the authority lasts: as the ticket said.
    pub authority_until_ms: u64,
    /// Where the room is to be made if this opens it for the first time, as the ticket said.
    pub region: Option<Region>,
}

impl Resume {
    /// Continues the authority of a ticket, with an id that the caller drew.
    pub fn of_ticket(ticket: &Ticket, id: TokenId) -> Self {
        Self {
            id,
            case_id: ticket.case_id.clone(),
            person: ticket.person.clone(),
            role: ticket.role,
            origin: ticket.origin.clone(),
            granted_ms: ticket.issued_ms,
            authority_until_ms: ticket.authority_until_ms,
            region: ticket.region,
        }
    }

    /// Signs it.
    pub fn issue(&self, keys: &ResumeKeys) -> String {
        keys.seal(&ending_with(
            &[
                &self.id.to_string(),
                self.case_id.as_str(),
                self.role.name(),
                &self.granted_ms.to_string(),
                &self.authority_until_ms.to_string(),
                self.origin.as_str(),
                self.person.user(),
                self.person.name(),
            ],
            self.region,
        ))
    }

    /// Verifies a resume token that a page of this origin shows for this case at this moment, in milliseconds since the
    /// Unix epoch.
    ///
    /// # Errors If it is no resume token, not signed by one of these keys, for another case or page, not good at this
    /// moment, or for longer than any may be.
    pub fn verify(
        keys: &ResumeKeys,
        now_ms: u64,
        case_id: &CaseId,
        origin: &Origin,
        text: &str,
    ) -> Result<Self, TokenRefusal> {
        let resume = Self::read(&keys.open(text)?)?;
        if resume.case_id != *case_id {
            return Err(TokenRefusal::WrongCase);
        }
        if resume.origin != *origin {
            return Err(TokenRefusal::WrongOrigin);
        }
        let authority = Span {
            from_ms: resume.granted_ms,
            until_ms: resume.authority_until_ms,
        };
        authority.check(TICKET_AUTHORITY_MS_MAX, now_ms)?;
        Ok(resume)
    }

    fn read(payload: &str) -> Result<Self, TokenRefusal> {
        let mut lines = Lines::of(payload);
        let (id, case_id, role) = (lines.id()?, lines.case_id()?, lines.role()?);
        Ok(Self {
            id,
            case_id,
            role,
            granted_ms: lines.millis()?,
            authority_until_ms: lines.millis()?,
            origin: lines.origin()?,
            person: lines.person()?,
            region: lines.region()?,
        })
    }
}
