//! Tickets.

use annotation::Role;

use super::{
    Sealed, TicketKeys, TicketSigner, TokenId, TokenKind, TokenRefusal,
    lines::{Lines, ending_with},
    span::Span,
};
use crate::{
    case_id::CaseId,
    head::Origin,
    limits::{TICKET_AUTHORITY_MS_MAX, TICKET_OPEN_MS_MAX, TOKEN_SKEW_MS},
    person::Person,
    region::Region,
};

/// By what a page comes in to one case, once.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Ticket {
    /// Spent by the first use.
    pub id: TokenId,
    /// Over which case.
    pub case_id: CaseId,
    /// Whose authority.
    pub person: Person,
    /// How much of it.
    pub role: Role,
    /// Of the page that asked for it.
    pub origin: Origin,
    /// When it was issued, by the host's clock, in milliseconds since the Unix epoch.
    pub issued_ms: u64,
    /// Until when it may be used, at most 60 s after it was issued.
    pub open_until_ms: u64,
    /// Until when the authority lasts, at most 15 min after it was issued.
    pub authority_until_ms: u64,
    /// Where the room is to be made if this opens it for the first time, if the host knows.
    pub region: Option<Region>,
}

impl Ticket {
    /// Signs it.
    pub fn issue(&self, signer: &TicketSigner) -> String {
        signer.seal(
            TokenKind::Ticket,
            &ending_with(
                &[
                    &self.id.to_string(),
                    self.case_id.as_str(),
                    self.role.name(),
                    &self.issued_ms.to_string(),
                    &self.open_until_ms.to_string(),
                    &self.authority_until_ms.to_string(),
                    self.origin.as_str(),
                    self.person.user(),
                    self.person.name(),
                ],
                self.region,
            ),
        )
    }

    /// Takes a ticket apart, whose claim is to be verified before it is opened.
    ///
    /// # Errors
    /// If it is no ticket, or names none of these keys.
    pub fn sealed<'a>(
        keys: &'a TicketKeys,
        text: &'a str,
    ) -> Result<Sealed<'a, Self>, TokenRefusal> {
        keys.find(TokenKind::Ticket, text)
    }

    /// Verifies a ticket that a page of this origin shows for this case at this moment, in milliseconds since the Unix
    /// epoch.
    ///
    /// # Errors If it is no ticket, not signed by one of these keys, for another case or page, not good at this moment,
    /// or for longer than any may be.
    pub fn verify(
        keys: &TicketKeys,
        now_ms: u64,
        case_id: &CaseId,
        origin: &Origin,
        text: &str,
    ) -> Result<Self, TokenRefusal> {
        let sealed = Self::sealed(keys, text)?;
        Self::open(&sealed, sealed.claim().is_sound(), now_ms, case_id, origin)
    }

    /// Opens a ticket that a page of this origin shows for this case at this moment, in milliseconds since the Unix
    /// epoch, if its claim is sound.
    ///
    /// # Errors
    /// If it is not, or the ticket is for another case or page, not good at this moment, or for longer than any may be.
    pub fn open(
        sealed: &Sealed<'_, Self>,
        is_sound: bool,
        now_ms: u64,
        case_id: &CaseId,
        origin: &Origin,
    ) -> Result<Self, TokenRefusal> {
        let ticket = Self::read(&sealed.payload(is_sound)?)?;
        if ticket.case_id != *case_id {
            return Err(TokenRefusal::WrongCase);
        }
        if ticket.origin != *origin {
            return Err(TokenRefusal::WrongOrigin);
        }
        let from_ms = ticket.issued_ms;
        for (until_ms, length_ms_max) in [
            (ticket.authority_until_ms, TICKET_AUTHORITY_MS_MAX),
            (ticket.open_until_ms, TICKET_OPEN_MS_MAX),
        ] {
            Span { from_ms, until_ms }.check(length_ms_max, now_ms)?;
        }
        Ok(ticket)
    }

    /// Until when a ticket that was used has to be remembered. Afterwards none of its copies is accepted, also by a
    /// clock that is as far behind as clocks may be.
    pub fn spent_until_ms(&self) -> u64 {
        self.open_until_ms.saturating_add(TOKEN_SKEW_MS)
    }

    fn read(payload: &str) -> Result<Self, TokenRefusal> {
        let mut lines = Lines::of(payload);
        let (id, case_id, role) = (lines.id()?, lines.case_id()?, lines.role()?);
        Ok(Self {
            id,
            case_id,
            role,
            issued_ms: lines.millis()?,
            open_until_ms: lines.millis()?,
            authority_until_ms: lines.millis()?,
            origin: lines.origin()?,
            person: lines.person()?,
            region: lines.region()?,
        })
    }
}
