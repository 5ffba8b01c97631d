//! The door: by which token somebody comes in, verified before any object is woken.
//!
//! A page shows a ticket or a resume token among the subprotocols that it offers, from an origin that is ours and the
//! token's own; a program shows a client token in the query, without an origin or from one of ours. Every request must
//! have been meant for us: a name that was made to point at our address still says its own in `Host`.

use std::{cell::RefCell, rc::Rc};

use contract::{
    CaseId,
    head::{AllowedOrigins, Origin, OriginVerdict, Subprotocols, token_of_query},
    token::{
        ClientToken, Resume, ResumeKeys, Ticket, TicketKeys, TokenId, TokenKind, TokenRefusal,
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

    /// Verifies the token of an upgrade for this case at this moment.
    pub(crate) fn admit(
        &self,
        now: Timestamp,
        case_id: &CaseId,
        head: Head<'_>,
        shown: Shown<'_>,
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
                let verified = ClientToken::verify(&self.tickets, now.0, case_id, token);
                let token = verified.map_err(|refusal| refused(refusal, SIGN_IN))?;
                Ok(of_client_token(&token, origin))
            }
            (Shown::AmongSubprotocols(token), Some(origin)) => {
                self.admit_page(now, case_id, origin, token)
            }
            (Shown::AmongSubprotocols(_), None) => Err(NOT_FROM_HERE),
        }
    }

    fn admit_page(
        &self,
        now: Timestamp,
        case_id: &CaseId,
        origin: &Origin,
        token: &str,
    ) -> Result<Visitor, Close> {
        let untimely = |refusal| refused(refusal, ANOTHER_TICKET);
        match TokenKind::of(token) {
            Some(TokenKind::Ticket) => {
                let verified = Ticket::verify(&self.tickets, now.0, case_id, origin, token);
                verified.map(|ticket| of_ticket(&ticket)).map_err(untimely)
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
            person: contract::Person::new(&visitor.user, &authority.name).ok()?,
            role: contract::Role::parse(&authority.role.to_string())?,
            origin: Origin::parse(authority.origin.as_deref()?).ok()?,
            granted_ms: authority.granted_at.0,
            authority_until_ms: authority.until.0,
        };
        Some(resume.issue(&self.resume))
    }
}

/// The token that an upgrade shows: one, or none at all.
pub(crate) fn token_shown<'a>(
    subprotocols: &Subprotocols<'a>,
    query: &'a str,
) -> Result<Option<Shown<'a>>, Close> {
    match (subprotocols.token(), token_of_query(query)) {
        (Some(_), Ok(Some(_))) | (_, Err(_)) => Err(NO_TOKEN),
        (Some(token), Ok(None)) => Ok(Some(Shown::AmongSubprotocols(token))),
        (None, Ok(Some(token))) => Ok(Some(Shown::InQuery(token))),
        (None, Ok(None)) => Ok(None),
    }
}

/// What a role is called in a room.
pub(crate) fn role(role: contract::Role) -> Role {
    match role {
        contract::Role::Read => Role::Read,
        contract::Role::Comment => Role::Comment,
        contract::Role::Annotate => Role::Annotate,
        contract::Role::Own => Role::Own,
    }
}

fn of_ticket(ticket: &Ticket) -> Visitor {
    let proof = Proof::Ticket {
        id: ticket.id.to_string(),
        spent_until: Timestamp(ticket.spent_until_ms()),
    };
    Visitor {
        user: ticket.person.user().to_owned(),
        authority: Authority {
            proof,
            role: role(ticket.role),
            name: ticket.person.name().to_owned(),
            origin: Some(ticket.origin.to_string()),
            granted_at: Timestamp(ticket.issued_ms),
            until: Timestamp(ticket.authority_until_ms),
        },
    }
}

fn of_resume(resume: &Resume) -> Visitor {
    Visitor {
        user: resume.person.user().to_owned(),
        authority: Authority {
            proof: Proof::Resume,
            role: role(resume.role),
            name: resume.person.name().to_owned(),
            origin: Some(resume.origin.to_string()),
            granted_at: Timestamp(resume.granted_ms),
            until: Timestamp(resume.authority_until_ms),
        },
    }
}

fn of_client_token(token: &ClientToken, origin: Option<&Origin>) -> Visitor {
    let proof = Proof::Client {
        id: token.id.to_string(),
    };
    Visitor {
        user: token.person.user().to_owned(),
        authority: Authority {
            proof,
            role: role(token.role),
            name: token.person.name().to_owned(),
            origin: origin.map(ToString::to_string),
            granted_at: Timestamp(token.issued_ms),
            until: Timestamp(token.authority_until_ms),
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
pub(crate) const NO_TOKEN: Close = Close::new(close::SIGN_IN, "this is no token of ours; sign in");
const SIGN_IN: Close = Close::new(close::SIGN_IN, "the token is not valid now; make a new one");
const ANOTHER_TICKET: Close = Close::new(
    close::AUTHORITY_ENDED,
    "the ticket is not valid now; come back with a new one",
);

#[cfg(test)]
mod tests {
    use contract::{Person, token::TicketSigner};

    use super::*;

    const NOW: Timestamp = Timestamp(1_800_000_000_000);
    const OURS: &str = "http://127.0.0.1:8787";
    const HEAD: Head<'static> = Head {
        host: Some("127.0.0.1:8787"),
        origin: Some(OURS),
    };

    fn signer() -> TicketSigner {
        TicketSigner::parse(&format!("t:{}", "01".repeat(32))).unwrap()
    }

    fn door() -> Door {
        let secret = format!("r:{}", "02".repeat(32));
        Door {
            tickets: TicketKeys::parse(&signer().public_entry()).unwrap(),
            resume: ResumeKeys::parse(&secret).unwrap(),
            origins: AllowedOrigins::parse(&format!("{OURS},http://localhost:8787")).unwrap(),
        }
    }

    fn case() -> CaseId {
        CaseId::parse("a-1").unwrap()
    }

    fn ticket() -> Ticket {
        Ticket {
            id: TokenId::new([7; 16]),
            case_id: case(),
            person: Person::new("u-1", "Zoë").unwrap(),
            role: contract::Role::Comment,
            origin: Origin::parse(OURS).unwrap(),
            issued_ms: NOW.0,
            open_until_ms: NOW.0 + 60_000,
            authority_until_ms: NOW.0 + 900_000,
        }
    }

    fn client_token() -> ClientToken {
        ClientToken {
            id: TokenId::new([8; 16]),
            case_id: case(),
            person: Person::new("u-1", "Zoë").unwrap(),
            role: contract::Role::Own,
            issued_ms: NOW.0,
            authority_until_ms: NOW.0 + 3_600_000,
        }
    }

    fn code(head: Head<'_>, shown: Shown<'_>) -> Option<u16> {
        let admitted = door().admit(NOW, &case(), head, shown);
        admitted.err().map(|close| close.code)
    }

    #[test]
    fn a_ticket_says_who_comes_in_and_what_they_may_do() {
        let text = ticket().issue(&signer());
        let shown = Shown::AmongSubprotocols(&text);
        let visitor = door().admit(NOW, &case(), HEAD, shown).unwrap();
        let authority = Authority {
            proof: Proof::Ticket {
                id: "07".repeat(16),
                spent_until: Timestamp(ticket().spent_until_ms()),
            },
            role: Role::Comment,
            name: "Zoë".to_owned(),
            origin: Some(OURS.to_owned()),
            granted_at: NOW,
            until: Timestamp(NOW.0 + 900_000),
        };
        assert_eq!(visitor.user, "u-1");
        assert_eq!(visitor.authority, authority);
    }

    #[test]
    fn what_a_page_is_given_continues_its_ticket_to_the_same_end() {
        let text = ticket().issue(&signer());
        let shown = Shown::AmongSubprotocols(&text);
        let before = door().admit(NOW, &case(), HEAD, shown).unwrap();
        let id = TokenId::new([9; 16]);
        let resume = door().give_resume(id, &case(), &before).unwrap();
        let shown = Shown::AmongSubprotocols(&resume);
        let after = door().admit(NOW, &case(), HEAD, shown).unwrap();
        let continued = Authority {
            proof: Proof::Resume,
            ..before.authority
        };
        assert_eq!((after.user, after.authority), (before.user, continued));
    }

    #[test]
    fn a_program_comes_in_without_an_origin_and_is_given_nothing() {
        let text = client_token().issue(&signer());
        for origin in [None, Some(OURS)] {
            let head = Head { origin, ..HEAD };
            let visitor = door().admit(NOW, &case(), head, Shown::InQuery(&text));
            let visitor = visitor.unwrap();
            assert_eq!(visitor.authority.origin.as_deref(), origin);
            let given = door().give_resume(TokenId::new([9; 16]), &case(), &visitor);
            assert_eq!(given, None);
        }
    }

    #[test]
    fn each_kind_of_token_is_taken_only_from_its_place() {
        let (page, program) = (ticket().issue(&signer()), client_token().issue(&signer()));
        assert_eq!(code(HEAD, Shown::InQuery(&page)), Some(4401));
        assert_eq!(code(HEAD, Shown::AmongSubprotocols(&program)), Some(4401));
        assert_eq!(code(HEAD, Shown::AmongSubprotocols("")), Some(4401));
    }

    #[test]
    fn whoever_was_not_meant_or_comes_from_elsewhere_is_not_allowed() {
        let (page, program) = (ticket().issue(&signer()), client_token().issue(&signer()));
        let heads = [
            (Some("evil.example"), Some(OURS)),
            (None, Some(OURS)),
            (HEAD.host, Some("https://evil.example")),
            (HEAD.host, Some("null")),
        ];
        for (host, origin) in heads {
            let head = Head { host, origin };
            for shown in [Shown::AmongSubprotocols(&page), Shown::InQuery(&program)] {
                assert_eq!(code(head, shown), Some(4403), "{head:?}");
            }
        }
        let no_page = Head {
            origin: None,
            ..HEAD
        };
        assert_eq!(code(no_page, Shown::AmongSubprotocols(&page)), Some(4403));
    }

    #[test]
    fn a_page_that_comes_at_the_wrong_time_gets_another_ticket_and_a_program_has_to_sign_in() {
        let mut late = ticket();
        late.open_until_ms = NOW.0;
        let mut early = ticket();
        early.issued_ms = NOW.0 + 31_000;
        early.open_until_ms = early.issued_ms + 60_000;
        for ticket in [late, early] {
            let text = ticket.issue(&signer());
            assert_eq!(code(HEAD, Shown::AmongSubprotocols(&text)), Some(4500));
        }
        let mut late = client_token();
        (late.issued_ms, late.authority_until_ms) = (NOW.0 - 1_000, NOW.0);
        let text = late.issue(&signer());
        assert_eq!(code(HEAD, Shown::InQuery(&text)), Some(4401));
    }

    #[test]
    fn a_renewal_is_the_same_persons_on_the_same_page() {
        let text = ticket().issue(&signer());
        let renew = |who| door().renew(NOW, &case(), who, &text).is_some();
        assert!(renew(("u-1", Some(OURS))));
        assert!(renew(("u-1", None)));
        assert!(!renew(("u-2", None)));
        assert!(!renew(("u-1", Some("http://localhost:8787"))));
    }

    #[test]
    fn two_tokens_are_none() {
        let offered = Subprotocols::of(Some("ticket.1.k.p.s")).unwrap();
        assert!(token_shown(&offered, "token=client.1.k.p.s").is_err());
        assert!(token_shown(&offered, "token=%20").is_err());
        assert!(matches!(
            token_shown(&offered, "user=a"),
            Ok(Some(Shown::AmongSubprotocols("ticket.1.k.p.s")))
        ));
    }
}
