//! The keys of tokens.

use contract::{
    KeyFault,
    token::{ResumeKeys, Ticket, TicketKeys, TicketSigner, TokenRefusal},
};

use crate::support::{NOW_MS, case, origin, resume_keys, signer, ticket};

#[test]
fn a_new_key_comes_with_the_entry_that_verifies_for_it() {
    let text = TicketSigner::generate([5; 32]);
    let new = TicketSigner::parse(&text).unwrap();
    let public = new.public_entry();
    let secret = text.split_once(':').unwrap().1;
    assert!(!public.contains(secret));

    let (id, key) = public.split_once(':').unwrap();
    assert!(key.starts_with(id) && id.len() == 8, "{public}");
    let keys = TicketKeys::parse(&public).unwrap();
    let verified = Ticket::verify(
        &keys,
        NOW_MS,
        &case("a-1"),
        &origin(),
        &ticket().issue(&new),
    );
    assert_eq!(verified, Ok(ticket()));
}

#[test]
fn the_key_of_the_standard_s_first_example_is_the_standard_s() {
    // RFC 8032, 7.1, TEST 1.
    let seed = "9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60";
    let public = "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a";
    let signer = TicketSigner::parse(&format!("a:{seed}")).unwrap();
    assert_eq!(signer.public_entry(), format!("a:{public}"));
}

#[test]
fn a_rotation_never_locks_anybody_out() {
    let (old, new) = (
        signer(),
        TicketSigner::parse(&TicketSigner::generate([7; 32])).unwrap(),
    );
    let both =
        TicketKeys::parse(&format!("{},{}", old.public_entry(), new.public_entry())).unwrap();
    let after = TicketKeys::parse(&new.public_entry()).unwrap();
    let verify = |keys: &TicketKeys, signer: &TicketSigner| {
        let text = ticket().issue(signer);
        Ticket::verify(keys, NOW_MS, &case("a-1"), &origin(), &text).map(|_| ())
    };
    assert_eq!(verify(&both, &old), Ok(()));
    assert_eq!(verify(&both, &new), Ok(()));
    assert_eq!(verify(&after, &new), Ok(()));
    assert_eq!(verify(&after, &old), Err(TokenRefusal::UnknownKey));
}

#[test]
fn a_public_key_for_which_anybody_could_sign_is_refused() {
    // All the points of small order, in their canonical spelling, and two that are no canonical one.
    for point in [
        "0100000000000000000000000000000000000000000000000000000000000000",
        "ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
        "0000000000000000000000000000000000000000000000000000000000000000",
        "0000000000000000000000000000000000000000000000000000000000000080",
        "26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05",
        "26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc85",
        "c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac037a",
        "c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac03fa",
        "eeffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
        "edffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
        // No point at all.
        "0200000000000000000000000000000000000000000000000000000000000000",
    ] {
        let error = TicketKeys::parse(&format!("{},b:{point}", signer().public_entry()));
        let error = error.map(|_| ()).unwrap_err();
        assert_eq!(
            error.fault,
            KeyFault::UnusableKey { position: 2 },
            "{point}"
        );
        let words = error.to_string();
        assert!(
            words.starts_with("TICKET_PUBLIC_KEYS, entry 2: "),
            "{words}"
        );
        assert!(words.contains("host new-ticket-key"), "{words}");
    }
}

#[test]
fn debug_shows_no_secret() {
    let secret = "01".repeat(32);
    assert_eq!(format!("{:?}", signer()), r#"TicketSigner("k")"#);
    assert!(format!("{:?}", resume_keys()).contains(r#"["r"]"#));
    assert!(!format!("{:?}", resume_keys()).contains("03"));
    let error = TicketSigner::parse(&format!("k:{secret}ff"))
        .map(|_| ())
        .unwrap_err();
    assert!(!error.to_string().contains(&secret[..8]), "{error}");
    assert!(
        error
            .to_string()
            .starts_with("TICKET_SIGNING_KEY, entry 1: "),
        "{error}"
    );
    let error = ResumeKeys::parse("").map(|_| ()).unwrap_err();
    assert!(
        error
            .to_string()
            .starts_with("RESUME_KEYS is empty: set it to"),
        "{error}"
    );
}
