//! Who comes in by which token, and how everybody else is answered.

use contract::token::TicketSigner;
use futures_util::FutureExt as _;

use super::*;
use crate::refusal;

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
        role: Role::Comment,
        origin: Origin::parse(OURS).unwrap(),
        issued_ms: NOW.0,
        open_until_ms: NOW.0 + 60_000,
        authority_until_ms: NOW.0 + 900_000,
        region: Some(Region::Apac),
    }
}

fn client_token() -> ClientToken {
    ClientToken {
        id: TokenId::new([8; 16]),
        case_id: case(),
        person: Person::new("u-1", "Zoë").unwrap(),
        role: Role::Own,
        issued_ms: NOW.0,
        authority_until_ms: NOW.0 + 3_600_000,
        region: None,
    }
}

/// Who comes in. What the platform says at other times is said here at once.
fn admit(head: Head<'_>, shown: Shown<'_>) -> Result<Visitor, Close> {
    judged(head, shown, |claim| Ok(claim.is_sound()))
}

fn judged(
    head: Head<'_>,
    shown: Shown<'_>,
    verdict: impl FnOnce(&Claim<'_>) -> Result<bool, Close>,
) -> Result<Visitor, Close> {
    let (door, case) = (door(), case());
    let verify = async |claim: &Claim<'_>| verdict(claim);
    let admitted = door.admit(NOW, &case, head, shown, verify);
    admitted.now_or_never().unwrap()
}

fn code(head: Head<'_>, shown: Shown<'_>) -> Option<u16> {
    admit(head, shown).err().map(|close| close.code)
}

#[test]
fn a_ticket_says_who_comes_in_and_what_they_may_do() {
    let text = ticket().issue(&signer());
    let shown = Shown::AmongSubprotocols(&text);
    let visitor = admit(HEAD, shown).unwrap();
    let authority = Authority {
        proof: Proof::Ticket {
            id: "07".repeat(16),
            spent_until: Timestamp(ticket().spent_until_ms()),
        },
        role: Role::Comment,
        name: "Zoë".to_owned(),
        origin: Some(OURS.to_owned()),
        region: Some("apac".to_owned()),
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
    let before = admit(HEAD, shown).unwrap();
    let id = TokenId::new([9; 16]);
    let resume = door().give_resume(id, &case(), &before).unwrap();
    let shown = Shown::AmongSubprotocols(&resume);
    let after = admit(HEAD, shown).unwrap();
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
        let visitor = admit(head, Shown::InQuery(&text));
        let visitor = visitor.unwrap();
        assert_eq!(visitor.authority.origin.as_deref(), origin);
        let given = door().give_resume(TokenId::new([9; 16]), &case(), &visitor);
        assert_eq!(given, None);
    }
}

#[test]
fn a_room_is_made_where_the_token_says() {
    let page = ticket().issue(&signer());
    let mut program = client_token();
    program.region = Some(Region::Me);
    let program = program.issue(&signer());
    for (shown, region) in [
        (Shown::AmongSubprotocols(&page), Region::Apac),
        (Shown::InQuery(&program), Region::Me),
    ] {
        let visitor = admit(HEAD, shown).unwrap();
        assert_eq!(region_of(&visitor.authority), Some(region));
    }
    let nowhere = client_token().issue(&signer());
    let visitor = admit(HEAD, Shown::InQuery(&nowhere));
    assert_eq!(region_of(&visitor.unwrap().authority), None);
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
        Ok(Shown::AmongSubprotocols("ticket.1.k.p.s"))
    ));
}

#[test]
fn who_shows_no_token_has_to_sign_in_whatever_name_they_say() {
    for offered in [None, Some("glossator.v1")] {
        let offered = Subprotocols::of(offered).unwrap();
        for query in ["", "user=ann"] {
            let shown = token_shown(&offered, query);
            assert_eq!(shown.err().map(|close| close.code), Some(4401), "{query}");
        }
    }
}

#[test]
fn nobody_comes_in_whose_signature_was_not_verified() {
    let (page, program) = (ticket().issue(&signer()), client_token().issue(&signer()));
    for shown in [Shown::AmongSubprotocols(&page), Shown::InQuery(&program)] {
        assert!(judged(HEAD, shown, |_| Ok(true)).is_ok(), "the control");
        assert_eq!(judged(HEAD, shown, |_| Ok(false)), Err(NO_TOKEN));
        let unknown = judged(HEAD, shown, |_| Err(refusal::TRY_LATER));
        assert_eq!(unknown, Err(refusal::TRY_LATER));
    }
}

#[test]
fn nothing_is_verified_of_who_is_turned_away_without_it() {
    let (page, program) = (ticket().issue(&signer()), client_token().issue(&signer()));
    let of_other_key = page.replacen(".t.", ".u.", 1);
    let without_signature = program.trim_end_matches(|last: char| last != '.');
    let evil = Some("https://evil.example");
    let (page, program) = (Shown::AmongSubprotocols(&page), Shown::InQuery(&program));
    let rebound = Head { host: None, ..HEAD };
    let foreign = Head {
        origin: evil,
        ..HEAD
    };
    let turned_away = [
        (rebound, page),
        (foreign, page),
        (rebound, program),
        (foreign, program),
        (HEAD, Shown::AmongSubprotocols(&of_other_key)),
        (HEAD, Shown::InQuery(&of_other_key)),
        (HEAD, Shown::InQuery(without_signature)),
    ];
    for (head, shown) in turned_away {
        let visitor = judged(head, shown, |_| panic!("this is not worth it"));
        assert!(visitor.is_err());
    }
}
