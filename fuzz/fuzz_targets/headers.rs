//! What a browser's request says in its head. Nothing panics, nothing is found that is not there, and no bound is
//! exceeded.
#![no_main]

use std::str;

use contract::{
    KeyVariable, Keys, Person,
    head::{
        AllowedOrigins, CookieSecret, Origin, OriginVerdict, SESSION_COOKIE, Subprotocols,
        session_of_cookies, token_of_query,
    },
    limits::{ORIGIN_BYTES_MAX, PERSON_CHARS_MAX, SUBPROTOCOLS_MAX, TOKEN_BYTES_MAX},
    token::{ResumeKeys, TicketKeys, TicketSigner, TokenId, TokenKind},
};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| {
    let Ok(text) = str::from_utf8(bytes) else {
        return;
    };
    check_cookie(text);
    check_subprotocols(text);
    check_query(text);
    check_origin(text);
    check_texts(text);
});

fn check_cookie(text: &str) {
    let Ok(Some(id)) = session_of_cookies(Some(text)) else {
        return;
    };
    let value = id.reveal();
    assert!(text.contains(&value), "an id is one that was sent");
    assert_eq!(CookieSecret::parse(&value).as_ref(), Some(&id));
    let alone = format!("{SESSION_COOKIE}={value}");
    assert_eq!(session_of_cookies(Some(&alone)), Ok(Some(id)));
}

fn check_subprotocols(text: &str) {
    let Ok(offered) = Subprotocols::of(Some(text)) else {
        return;
    };
    let all = offered.names().iter().copied().chain(offered.token());
    assert!(all.clone().count() <= SUBPROTOCOLS_MAX);
    for name in all {
        assert!(!name.is_empty() && !name.contains(',') && text.contains(name));
    }
    let kind = offered.token().map(TokenKind::of);
    assert!(kind.is_none_or(|kind| matches!(kind, Some(TokenKind::Ticket | TokenKind::Resume))));
    let again = offered.names().join(",");
    let names = Subprotocols::of(Some(&again)).expect("a part of an offer is one");
    assert_eq!((names.names(), names.token()), (offered.names(), None));
}

fn check_query(text: &str) {
    let Ok(Some(token)) = token_of_query(text) else {
        return;
    };
    assert!((1..=TOKEN_BYTES_MAX).contains(&token.len()));
    let pair = format!("token={token}");
    assert!(text.split('&').any(|found| found == pair));
    assert_eq!(token_of_query(&pair), Ok(Some(token)));
}

fn check_origin(text: &str) {
    if let Ok(origin) = Origin::parse(text) {
        assert_eq!(origin.as_str(), text);
        assert!(text.len() <= ORIGIN_BYTES_MAX);
        assert!(origin.is_host(Some(origin.authority())));
        assert!(!origin.is_host(Some(text)), "a host has no scheme");
    }
    let Ok(list) = AllowedOrigins::parse(text) else {
        return;
    };
    for entry in text.split(',').map(str::trim) {
        let origin = Origin::parse(entry).expect("a list is made of origins");
        assert_eq!(list.judge(Some(entry)), OriginVerdict::Allowed(&origin));
        let address = format!("{entry}/");
        assert_eq!(list.judge(Some(&address)), OriginVerdict::Foreign);
    }
}

/// What stands in tokens and variables.
fn check_texts(text: &str) {
    if let Ok(person) = Person::new(text, text) {
        assert_eq!((person.user(), person.name()), (text, text));
        assert!(text.chars().count() <= PERSON_CHARS_MAX && !text.contains('\n'));
    }
    if let Ok(id) = TokenId::parse(text) {
        assert_eq!(id.to_string(), text);
    }
    let lists = [
        (KeyVariable::HostKeys, Keys::parse(text).err()),
        (KeyVariable::ResumeKeys, ResumeKeys::parse(text).err()),
        (KeyVariable::TicketPublicKeys, TicketKeys::parse(text).err()),
        (
            KeyVariable::TicketSigningKey,
            TicketSigner::parse(text).err(),
        ),
    ];
    for (variable, error) in lists {
        assert!(error.is_none_or(|error| error.to_string().starts_with(variable.name())));
    }
}
