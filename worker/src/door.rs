//! The door: by which token somebody comes in, verified before any object is woken.
//!
//! A page shows a ticket or a resume token among the subprotocols that it offers, from an origin that is ours and the
//! token's own; a program shows a client token in the query, without an origin or from one of ours. Every request must
//! have been meant for us: a name that was made to point at our address still says its own in `Host`.
//!
//! What the host has signed is verified by the platform here, and by ourselves where a room has to know at once (`renew`).

#[cfg(test)]
mod tests;

use std::{cell::RefCell, rc::Rc};

use contract::{
    CaseId, Person, Region,
    head::{AllowedOrigins, Origin, OriginVerdict, Subprotocols, token_of_query},
    token::{
        Claim, ClientToken, Resume, ResumeKeys, Ticket, TicketKeys, TokenId, TokenKind,
        TokenRefusal,
    },
};
use room::{Authority, Proof, Role, Timestamp, close};
use worker::Env;

use crate::{
    refusal::Close,
    settings::{self, SettingsError},
};

/// What tokens are verified with, and on whose pages they may be used.
#[derive(Debug)]
pub(crate) struct Door {
    pub(crate) tickets: TicketKeys,
    pub(crate) resume: ResumeKeys,
    pub(crate) origins: AllowedOrigins,
}

/// What the head of an upgrade says of who it comes from.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Head<'a> {
    pub(crate) host: Option<&'a str>,
    pub(crate) origin: Option<&'a str>,
}

/// A token, and where it was shown: one of a page is never taken from a URL, which is written down in many places.
#[derive(Clone, Copy)]
pub(crate) enum Shown<'a> {
    AmongSubprotocols(&'a str),
    InQuery(&'a str),
}

/// Somebody, and what they proved.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Visitor {
    pub(crate) user: String,
    pub(crate) authority: Authority,
}

impl Door {
    /// The door that the operator has set up. It is made once in an isolate: its variables never change.
    pub(crate) fn of(env: &Env) -> Result<Rc<Self>, SettingsError> {
        thread_local! {
            static DOOR: RefCell<Option<Result<Rc<Door>, SettingsError>>> = const { RefCell::new(None) };
        }
        DOOR.with_borrow_mut(|door| {
            door.get_or_insert_with(|| settings::door(env).map(Rc::new))
                .clone()
        })
    }

    /// Verifies the token of an upgrade for this case at this moment. `verify` says whether a claim is sound, or how
    /// somebody is answered of whom that cannot be told; it is asked once all is right that can be seen without it.
    pub(crate) async fn admit(
        &self,
        now: Timestamp,
        case_id: &CaseId,
        head: Head<'_>,
        shown: Shown<'_>,
        verify: impl AsyncFnOnce(&Claim<'_>) -> Result<bool, Close>,
    ) -> Result<Visitor, Close> {
        if !self.origins.is_host(head.host) {
            return Err(NOT_FROM_HERE);
        }
        let origin = match self.origins.judge(head.origin) {
            OriginVerdict::Foreign => return Err(NOT_FROM_HERE),
            OriginVerdict::Absent => None,
            OriginVerdict::Allowed(origin) => Some(origin),
        };
        match (shown, origin) {
            (Shown::InQuery(token), origin) => {
                let untimely = |refusal| refused(refusal, SIGN_IN);
                let sealed = ClientToken::sealed(&self.tickets, token).map_err(untimely)?;
                let is_sound = verify(sealed.claim()).await?;
                let opened = ClientToken::open(&sealed, is_sound, now.0, case_id);
                opened
                    .map(|token| of_client_token(&token, origin))
                    .map_err(untimely)
            }
            (Shown::AmongSubprotocols(token), Some(origin)) => {
                self.admit_page(now, case_id, origin, token, verify).await
            }
            (Shown::AmongSubprotocols(_), None) => Err(NOT_FROM_HERE),
        }
    }

    async fn admit_page(
        &self,
        now: Timestamp,
        case_id: &CaseId,
        origin: &Origin,
        token: &str,
        verify: impl AsyncFnOnce(&Claim<'_>) -> Result<bool, Close>,
    ) -> Result<Visitor, Close> {
        let untimely = |refusal| refused(refusal, ANOTHER_TICKET);
        match TokenKind::of(token) {
            Some(TokenKind::Ticket) => {
                let sealed = Ticket::sealed(&self.tickets, token).map_err(untimely)?;
                let is_sound = verify(sealed.claim()).await?;
                let opened = Ticket::open(&sealed, is_sound, now.0, case_id, origin);
                opened.map(|ticket| of_ticket(&ticket)).map_err(untimely)
            }
            Some(TokenKind::Resume) => {
                let verified = Resume::verify(&self.resume, now.0, case_id, origin, token);
                verified.map(|resume| of_resume(&resume)).map_err(untimely)
            }
            Some(TokenKind::Client) | None => Err(NO_TOKEN),
        }
    }

    /// What a ticket proves that somebody shows who is in: on the page that they came from, or, if that is not known, on
    /// any of ours. Nothing, if it is another person's or would not let them in.
    pub(crate) fn renew(
        &self,
        now: Timestamp,
        case_id: &CaseId,
        (user, origin): (&str, Option<&str>),
        ticket: &str,
    ) -> Option<Authority> {
        let pages = self.origins.iter();
        let mut pages = pages.filter(|page| origin.is_none_or(|origin| page.as_str() == origin));
        let verified = pages
            .find_map(|page| Ticket::verify(&self.tickets, now.0, case_id, page, ticket).ok())?;
        (verified.person.user() == user).then(|| of_ticket(&verified).authority)
    }

    /// Writes a resume token of what somebody has proved; absent for a program, which keeps its own token.
    pub(crate) fn give_resume(
        &self,
        id: TokenId,
        case_id: &CaseId,
        visitor: &Visitor,
    ) -> Option<String> {
        let authority = &visitor.authority;
        match authority.proof {
            Proof::Ticket { .. } | Proof::Resume => {}
            Proof::Client { .. } => return None,
        }
        let resume = Resume {
            id,
            case_id: case_id.clone(),
            person: Person::new(&visitor.user, &authority.name).ok()?,
            role: authority.role,
            origin: Origin::parse(authority.origin.as_deref()?).ok()?,
            region: region_of(authority),
            granted_ms: authority.granted_at.0,
            authority_until_ms: authority.until.0,
        };
        Some(resume.issue(&self.resume))
    }
}

/// The token that an upgrade shows: exactly one.
pub(crate) fn token_shown<'a>(
    subprotocols: &Subprotocols<'a>,
    query: &'a str,
) -> Result<Shown<'a>, Close> {
    match (subprotocols.token(), token_of_query(query)) {
        (Some(_), Ok(Some(_))) | (_, Err(_)) => Err(NO_TOKEN),
        (Some(token), Ok(None)) => Ok(Shown::AmongSubprotocols(token)),
        (None, Ok(Some(token))) => Ok(Shown::InQuery(token)),
        (None, Ok(None)) => Err(NOTHING_SHOWN),
    }
}

/// Where a room is to be made that an authority opens for the first time, if that is known.
pub(crate) fn region_of(authority: &Authority) -> Option<Region> {
    Region::parse(authority.region.as_deref()?).ok()
}

fn of_ticket(ticket: &Ticket) -> Visitor {
    let proof = Proof::Ticket {
        id: ticket.id.to_string(),
        spent_until: Timestamp(ticket.spent_until_ms()),
    };
    visitor(
        proof,
        (&ticket.person, ticket.role),
        (Some(&ticket.origin), ticket.region),
        (ticket.issued_ms, ticket.authority_until_ms),
    )
}

fn of_resume(resume: &Resume) -> Visitor {
    visitor(
        Proof::Resume,
        (&resume.person, resume.role),
        (Some(&resume.origin), resume.region),
        (resume.granted_ms, resume.authority_until_ms),
    )
}

fn of_client_token(token: &ClientToken, origin: Option<&Origin>) -> Visitor {
    let proof = Proof::Client {
        id: token.id.to_string(),
    };
    visitor(
        proof,
        (&token.person, token.role),
        (origin, token.region),
        (token.issued_ms, token.authority_until_ms),
    )
}

/// Somebody who may do so much, comes from there, and from when until when.
fn visitor(
    proof: Proof,
    (person, role): (&Person, Role),
    (origin, region): (Option<&Origin>, Option<Region>),
    (granted_ms, until_ms): (u64, u64),
) -> Visitor {
    Visitor {
        user: person.user().to_owned(),
        authority: Authority {
            proof,
            role,
            name: person.name().to_owned(),
            origin: origin.map(ToString::to_string),
            region: region.map(|region| region.to_string()),
            granted_at: Timestamp(granted_ms),
            until: Timestamp(until_ms),
        },
    }
}

/// How a token that is not believed is answered; `untimely` is the answer to one that was or will be good.
fn refused(refusal: TokenRefusal, untimely: Close) -> Close {
    match refusal {
        TokenRefusal::WrongCase | TokenRefusal::WrongOrigin => OTHERS,
        TokenRefusal::NotYetValid | TokenRefusal::Expired => untimely,
        TokenRefusal::TooLong
        | TokenRefusal::Malformed
        | TokenRefusal::WrongKind
        | TokenRefusal::OtherVersion
        | TokenRefusal::UnknownKey
        | TokenRefusal::WrongSignature
        | TokenRefusal::TooMuchAuthority => NO_TOKEN,
    }
}

const NOT_FROM_HERE: Close = Close::new(close::NOT_ALLOWED, "not allowed from here");
const OTHERS: Close = Close::new(
    close::NOT_ALLOWED,
    "the token is for another case or another page",
);
const NOTHING_SHOWN: Close = Close::new(close::SIGN_IN, "sign in");
pub(crate) const NO_TOKEN: Close = Close::new(close::SIGN_IN, "this is no token of ours; sign in");
const SIGN_IN: Close = Close::new(close::SIGN_IN, "the token is not valid now; make a new one");
const ANOTHER_TICKET: Close = Close::new(
    close::AUTHORITY_ENDED,
    "the ticket is not valid now; come back with a new one",
);
