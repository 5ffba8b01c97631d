//! Client tokens.

use annotation::Role;

use super::{
    Sealed, TicketKeys, TicketSigner, TokenId, TokenKind, TokenRefusal,
    lines::{Lines, ending_with},
    span::Span,
};
use crate::{case_id::CaseId, limits::CLIENT_TOKEN_MS_MAX, person::Person, region::Region};

/// By what a program comes in to one case: a stock Yjs client, a notebook, a script. It names no page; where a browser
/// uses one all the same, the page's origin must be one of ours.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ClientToken {
    /// Under which it is listed and revoked.
    pub id: TokenId,
    /// Over which case.
    pub case_id: CaseId,
    /// Whose authority.
    pub person: Person,
    /// How much of it.
    pub role: Role,
    /// When it was issued, by the host's clock, in milliseconds since the Unix epoch.
    pub issued_ms: u64,
    /// Until when it may be used and its authority lasts, at most 24 h after it was issued.
    pub authority_until_ms: u64,
    /// Where the room is to be made if this opens it for the first time, if the host knows.
    pub region: Option<Region>,
}

impl ClientToken {
    /// Signs it.
    pub fn issue(&self, signer: &TicketSigner) -> String {
        signer.seal(
            TokenKind::Client,
            &ending_with(
                &[
                    &self.id.to_string(),
                    self.case_id.as_str(),
                    self.role.name(),
                    &self.issued_ms.to_string(),
                    &self.authority_until_ms.to_string(),
                    self.person.user(),
                    self.person.name(),
                ],
                self.region,
            ),
        )
    }

    /// Takes a client token apart, whose claim is to be verified before it is opened.
    ///
    /// # Errors
    /// If it is no client token, or names none of these keys.
    pub fn sealed<'a>(
        keys: &'a TicketKeys,
        text: &'a str,
    ) -> Result<Sealed<'a, Self>, TokenRefusal> {
        keys.find(TokenKind::Client, text)
    }

    /// Verifies a client token that is shown for this case at this moment, in milliseconds since the Unix epoch.
    ///
    /// # Errors If it is no client token, not signed by one of these keys, for another case, not good at this moment,
    /// or for longer than any may be.
    pub fn verify(
        keys: &TicketKeys,
        now_ms: u64,
        case_id: &CaseId,
        text: &str,
    ) -> Result<Self, TokenRefusal> {
        let sealed = Self::sealed(keys, text)?;
        Self::open(&sealed, sealed.claim().is_sound(), now_ms, case_id)
    }

    /// Opens a client token that is shown for this case at this moment, in milliseconds since the Unix epoch, if its
    /// claim is sound.
    ///
    /// # Errors
    /// If it is not, or the token is for another case, not good at this moment, or for longer than any may be.
    pub fn open(
        sealed: &Sealed<'_, Self>,
        is_sound: bool,
        now_ms: u64,
        case_id: &CaseId,
    ) -> Result<Self, TokenRefusal> {
        let token = Self::read(&sealed.payload(is_sound)?)?;
        if token.case_id != *case_id {
            return Err(TokenRefusal::WrongCase);
        }
        let authority = Span {
            from_ms: token.issued_ms,
            until_ms: token.authority_until_ms,
        };
        authority.check(CLIENT_TOKEN_MS_MAX, now_ms)?;
        Ok(token)
    }

    fn read(payload: &str) -> Result<Self, TokenRefusal> {
        let mut lines = Lines::of(payload);
        let (id, case_id, role) = (lines.id()?, lines.case_id()?, lines.role()?);
        Ok(Self {
            id,
            case_id,
            role,
            issued_ms: lines.millis()?,
            authority_until_ms: lines.millis()?,
            person: lines.person()?,
            region: lines.region()?,
        })
    }
}
