//! What a sound token proves, and each reason for which one is refused.

use contract::{
    Person, Region, Role,
    head::Origin,
    limits::{
        CLIENT_TOKEN_MS_MAX, TICKET_AUTHORITY_MS_MAX, TICKET_OPEN_MS_MAX, TOKEN_BYTES_MAX,
        TOKEN_SKEW_MS,
    },
    token::{ClientToken, Resume, Ticket, TokenId, TokenKind, TokenRefusal},
};

use crate::support::{
    NOW_MS, Random, case, client_token, longest_person, origin, payload, public_keys, resume_keys,
    resume_token, signer, ticket, verify_client, verify_resume, verify_ticket,
};

#[test]
fn a_ticket_proves_what_was_signed() {
    let ticket = ticket();
    assert_eq!(verify_ticket(&ticket.issue(&signer())), Ok(ticket));
}

#[test]
fn a_resume_token_continues_a_ticket_to_the_same_end() {
    let resume = Resume::of_ticket(&ticket(), TokenId::new([9; 16]));
    let verified = verify_resume(&resume.issue(&resume_keys())).unwrap();
    assert_eq!(verified, resume);
    assert_eq!(verified.person, ticket().person);
    assert_eq!(verified.role, ticket().role);
    assert_eq!(verified.authority_until_ms, ticket().authority_until_ms);
    assert_eq!(verified.granted_ms, ticket().issued_ms);
    assert_eq!(verified.region, ticket().region);
}

#[test]
fn a_client_token_proves_what_was_signed() {
    let token = client_token();
    assert_eq!(verify_client(&token.issue(&signer())), Ok(token));
}

#[test]
fn every_token_is_made_of_characters_that_a_header_and_a_query_take_as_they_are() {
    for text in all_kinds() {
        assert!(
            text.bytes()
                .all(|b| b.is_ascii_alphanumeric() || b"._-".contains(&b)),
            "{text}"
        );
    }
}

#[test]
fn whatever_is_issued_is_read_back_whole() {
    let mut random = Random(7);
    for _ in 0..200 {
        let (ticket, resume, client) = random.tokens();
        let (case, origin) = (&ticket.case_id, &ticket.origin);
        let text = ticket.issue(&signer());
        assert_eq!(
            Ticket::verify(&public_keys(), NOW_MS, case, origin, &text).as_ref(),
            Ok(&ticket)
        );
        let text = resume.issue(&resume_keys());
        assert_eq!(
            Resume::verify(&resume_keys(), NOW_MS, case, origin, &text),
            Ok(resume)
        );
        let text = client.issue(&signer());
        assert_eq!(
            ClientToken::verify(&public_keys(), NOW_MS, case, &text),
            Ok(client)
        );
    }
}

#[test]
fn the_longest_token_is_believed() {
    let mut longest = ticket();
    longest.case_id = case(&"c".repeat(255));
    longest.origin = Origin::parse(&format!("https://{}", "o".repeat(247))).unwrap();
    longest.person = longest_person();
    longest.role = Role::Annotate;
    longest.region = Some(Region::Weur);
    let text = longest.issue(&signer());
    assert!(text.len() <= TOKEN_BYTES_MAX, "{}", text.len());
    let (keys, case, origin) = (public_keys(), &longest.case_id, &longest.origin);
    let verified = Ticket::verify(&keys, NOW_MS, case, origin, &text);
    assert_eq!(verified, Ok(longest));
}

#[test]
fn a_token_without_a_region_is_as_long_as_before_there_were_any() {
    let (mut ticket, mut client) = (ticket(), client_token());
    (ticket.region, client.region) = (None, None);
    let resume = Resume::of_ticket(&ticket, TokenId::new([8; 16]));
    let texts = [
        ticket.issue(&signer()),
        resume.issue(&resume_keys()),
        client.issue(&signer()),
    ];
    let lines = |text: &String| payload(text).split('\n').count();
    assert_eq!(texts.each_ref().map(lines), [9, 8, 7]);
    assert_eq!(all_kinds().each_ref().map(lines), [10, 9, 8]);
    assert_eq!(verify_ticket(&texts[0]), Ok(ticket));
    assert_eq!(verify_resume(&texts[1]), Ok(resume));
    assert_eq!(verify_client(&texts[2]), Ok(client));
}

#[test]
fn a_token_for_another_case_is_refused() {
    let other = case("a-10");
    let text = ticket().issue(&signer());
    let verdict = Ticket::verify(&public_keys(), NOW_MS, &other, &origin(), &text);
    assert_eq!(verdict, Err(TokenRefusal::WrongCase));
    let text = resume_token().issue(&resume_keys());
    let verdict = Resume::verify(&resume_keys(), NOW_MS, &other, &origin(), &text);
    assert_eq!(verdict, Err(TokenRefusal::WrongCase));
    let text = client_token().issue(&signer());
    let verdict = ClientToken::verify(&public_keys(), NOW_MS, &other, &text);
    assert_eq!(verdict, Err(TokenRefusal::WrongCase));
}

#[test]
fn a_token_for_a_page_of_another_origin_is_refused() {
    for other in [
        "http://glossator.example",
        "https://glossator.example:444",
        "https://evil.example",
    ] {
        let other = Origin::parse(other).unwrap();
        let text = ticket().issue(&signer());
        let verdict = Ticket::verify(&public_keys(), NOW_MS, &case("a-1"), &other, &text);
        assert_eq!(verdict, Err(TokenRefusal::WrongOrigin));
        let text = resume_token().issue(&resume_keys());
        let verdict = Resume::verify(&resume_keys(), NOW_MS, &case("a-1"), &other, &text);
        assert_eq!(verdict, Err(TokenRefusal::WrongOrigin));
    }
}

#[test]
fn a_token_is_refused_from_the_moment_at_which_it_ends() {
    let at_end = |mut ticket: Ticket, open_ms: u64, authority_ms: u64| {
        ticket.open_until_ms = ticket.issued_ms + open_ms;
        ticket.authority_until_ms = ticket.issued_ms + authority_ms;
        move |now_ms| {
            let text = ticket.issue(&signer());
            Ticket::verify(&public_keys(), now_ms, &ticket.case_id, &origin(), &text).map(|_| ())
        }
    };
    let to_open = at_end(ticket(), 1_000, 2_000);
    assert_eq!(to_open(NOW_MS + 999), Ok(()));
    assert_eq!(to_open(NOW_MS + 1_000), Err(TokenRefusal::Expired));
    let without_authority = at_end(ticket(), 2_000, 1_000);
    assert_eq!(without_authority(NOW_MS + 999), Ok(()));
    assert_eq!(
        without_authority(NOW_MS + 1_000),
        Err(TokenRefusal::Expired)
    );

    let resume = resume_token();
    let text = resume.issue(&resume_keys());
    let verify =
        |now_ms| Resume::verify(&resume_keys(), now_ms, &case("a-1"), &origin(), &text).map(|_| ());
    assert_eq!(verify(resume.authority_until_ms - 1), Ok(()));
    let ended = verify(resume.authority_until_ms);
    assert_eq!(ended, Err(TokenRefusal::Expired));

    let token = client_token();
    let text = token.issue(&signer());
    let verify =
        |now_ms| ClientToken::verify(&public_keys(), now_ms, &case("a-1"), &text).map(|_| ());
    assert_eq!(verify(token.authority_until_ms - 1), Ok(()));
    let ended = verify(token.authority_until_ms);
    assert_eq!(ended, Err(TokenRefusal::Expired));
}

#[test]
fn a_token_of_a_time_to_come_is_refused_beyond_what_clocks_may_differ() {
    let (early, too_early) = (NOW_MS - TOKEN_SKEW_MS, NOW_MS - TOKEN_SKEW_MS - 1);
    for (now_ms, expected) in [(early, Ok(())), (too_early, Err(TokenRefusal::NotYetValid))] {
        let text = ticket().issue(&signer());
        let verdict = Ticket::verify(&public_keys(), now_ms, &case("a-1"), &origin(), &text);
        assert_eq!(verdict.map(|_| ()), expected);
        let text = resume_token().issue(&resume_keys());
        let verdict = Resume::verify(&resume_keys(), now_ms, &case("a-1"), &origin(), &text);
        assert_eq!(verdict.map(|_| ()), expected);
        let text = client_token().issue(&signer());
        let verdict = ClientToken::verify(&public_keys(), now_ms, &case("a-1"), &text);
        assert_eq!(verdict.map(|_| ()), expected);
    }
}

#[test]
fn a_token_for_longer_than_any_may_be_is_refused_although_it_is_signed() {
    let mut long = ticket();
    long.open_until_ms = NOW_MS + TICKET_OPEN_MS_MAX + 1;
    let verdict = verify_ticket(&long.issue(&signer()));
    assert_eq!(verdict, Err(TokenRefusal::TooMuchAuthority));
    let mut long = ticket();
    long.authority_until_ms = NOW_MS + TICKET_AUTHORITY_MS_MAX + 1;
    let verdict = verify_ticket(&long.issue(&signer()));
    assert_eq!(verdict, Err(TokenRefusal::TooMuchAuthority));
    let mut long = resume_token();
    long.authority_until_ms = NOW_MS + TICKET_AUTHORITY_MS_MAX + 1;
    let verdict = verify_resume(&long.issue(&resume_keys()));
    assert_eq!(verdict, Err(TokenRefusal::TooMuchAuthority));
    let mut long = client_token();
    long.authority_until_ms = NOW_MS + CLIENT_TOKEN_MS_MAX + 1;
    let verdict = verify_client(&long.issue(&signer()));
    assert_eq!(verdict, Err(TokenRefusal::TooMuchAuthority));
}

#[test]
fn a_token_that_ends_before_it_begins_is_malformed_whatever_the_time() {
    for now_ms in [0, NOW_MS, u64::MAX] {
        let mut turned = ticket();
        turned.authority_until_ms = turned.issued_ms - 1;
        let text = turned.issue(&signer());
        let verdict = Ticket::verify(&public_keys(), now_ms, &case("a-1"), &origin(), &text);
        assert_eq!(verdict, Err(TokenRefusal::Malformed));
    }
}

#[test]
fn a_spent_ticket_is_remembered_until_no_clock_accepts_it() {
    let ticket = ticket();
    let slowest = ticket.spent_until_ms() - TOKEN_SKEW_MS;
    let text = ticket.issue(&signer());
    let verdict = Ticket::verify(&public_keys(), slowest, &case("a-1"), &origin(), &text);
    assert_eq!(verdict, Err(TokenRefusal::Expired));
}

#[test]
fn no_person_s_words_can_be_read_as_another_field() {
    for words in ["own\nu", "u\r", "a\u{2028}b\n"] {
        assert!(Person::new(words, "a").is_err());
    }
    let mut odd = ticket();
    odd.person = Person::new("own.1|?&=%0A", "ticket.1.k.p.s\u{2028}\u{202e}").unwrap();
    let verified = verify_ticket(&odd.issue(&signer()));
    assert_eq!(verified, Ok(odd));
}

#[test]
fn the_kind_of_a_token_is_seen_from_its_beginning() {
    let kinds: Vec<_> = all_kinds().iter().map(|text| TokenKind::of(text)).collect();
    assert_eq!(
        kinds,
        [
            Some(TokenKind::Ticket),
            Some(TokenKind::Resume),
            Some(TokenKind::Client)
        ]
    );
    for text in ["", "ticket", ".ticket", "Ticket.1", "glossator.v1"] {
        assert_eq!(TokenKind::of(text), None, "{text}");
    }
}

fn all_kinds() -> [String; 3] {
    [
        ticket().issue(&signer()),
        resume_token().issue(&resume_keys()),
        client_token().issue(&signer()),
    ]
}
