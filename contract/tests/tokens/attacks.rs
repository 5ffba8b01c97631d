//! Texts that somebody without the key made out of what they have. None is ever believed.

use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use contract::{
    limits::TOKEN_BYTES_MAX,
    token::{ResumeKeys, Ticket, TicketKeys, TicketSigner, TokenRefusal},
};
use hmac::{Hmac, KeyInit as _, Mac as _};

use crate::support::{
    NOW_MS, case, client_token, origin, payload, resume_keys, resume_token, seal, signer, ticket,
    verify_client, verify_resume, verify_ticket,
};

type Verify = fn(&str) -> Result<(), TokenRefusal>;

/// A sound token of each kind, and what verifies that kind.
fn each_kind() -> [(String, Verify); 3] {
    [
        (ticket().issue(&signer()), |text| {
            verify_ticket(text).map(|_| ())
        }),
        (resume_token().issue(&resume_keys()), |text| {
            verify_resume(text).map(|_| ())
        }),
        (client_token().issue(&signer()), |text| {
            verify_client(text).map(|_| ())
        }),
    ]
}

#[test]
fn no_bit_of_a_token_can_be_changed() {
    for (text, verify) in each_kind() {
        assert_eq!(verify(&text), Ok(()));
        for position in 0..text.len() {
            for bit in 0..8 {
                let mut bytes = text.clone().into_bytes();
                bytes[position] ^= 1 << bit;
                // What is no text does not get as far as here.
                let Ok(changed) = String::from_utf8(bytes) else {
                    continue;
                };
                assert!(verify(&changed).is_err(), "bit {bit} of {position}");
            }
        }
    }
}

#[test]
fn no_character_of_a_token_can_be_left_out_or_put_in() {
    for (text, verify) in each_kind() {
        for position in 0..=text.len() {
            let (before, after) = text.split_at(position);
            assert_eq!(verify(before).is_ok(), position == text.len());
            if let Some(rest) = after.get(1..) {
                assert!(verify(&format!("{before}{rest}")).is_err());
            }
            for more in ["A", ".", "=", "-", " ", "\n", "\0"] {
                let longer = format!("{before}{more}{after}");
                assert!(verify(&longer).is_err(), "{more:?} at {position}");
            }
        }
    }
}

#[test]
fn a_token_of_one_kind_is_none_of_another() {
    let [
        (ticket, as_ticket),
        (resume, as_resume),
        (client, as_client),
    ] = each_kind();
    let swaps: [(&str, Verify); 6] = [
        (&client, as_ticket),
        (&resume, as_ticket),
        (&ticket, as_client),
        (&resume, as_client),
        (&ticket, as_resume),
        (&client, as_resume),
    ];
    for (text, verify) in swaps {
        assert_eq!(verify(text), Err(TokenRefusal::WrongKind), "{text}");
    }
    let renamed = client.replacen("client", "ticket", 1);
    assert_eq!(as_ticket(&renamed), Err(TokenRefusal::WrongSignature));
    let renamed = ticket.replacen("ticket", "client", 1);
    assert_eq!(as_client(&renamed), Err(TokenRefusal::WrongSignature));
    let renamed = ticket.replacen("ticket", "resume", 1);
    assert_eq!(
        as_resume(&renamed),
        Err(TokenRefusal::Malformed),
        "its signature is too long"
    );
    let renamed = resume.replacen("resume", "ticket", 1);
    assert_eq!(
        as_ticket(&renamed),
        Err(TokenRefusal::Malformed),
        "and here too short"
    );
}

#[test]
fn a_public_key_is_no_secret_that_makes_resume_tokens() {
    // The confusion of algorithms: the bytes of the public key as the secret of an HMAC, under the same id.
    let public = signer().public_entry().replacen("k:", "r:", 1);
    let forged = resume_token().issue(&ResumeKeys::parse(&public).unwrap());
    let verdict = verify_resume(&forged);
    assert_eq!(verdict, Err(TokenRefusal::WrongSignature));
    let renamed = forged.replacen("resume", "ticket", 1);
    assert_eq!(
        verify_ticket(&renamed).unwrap_err(),
        TokenRefusal::Malformed
    );
}

#[test]
fn a_key_of_another_id_or_with_other_bytes_signs_nothing() {
    let other = format!("k:{}", "02".repeat(32));
    let text = ticket().issue(&TicketSigner::parse(&other).unwrap());
    assert_eq!(verify_ticket(&text), Err(TokenRefusal::WrongSignature));
    let other = format!("l:{}", "01".repeat(32));
    let text = ticket().issue(&TicketSigner::parse(&other).unwrap());
    assert_eq!(verify_ticket(&text), Err(TokenRefusal::UnknownKey));

    // The id of another key that is listed, too: the signature fits one key only.
    let listed = TicketSigner::parse(&other).unwrap().public_entry();
    let two = [signer().public_entry(), listed].join(",");
    let two = TicketKeys::parse(&two).unwrap();
    let verify =
        |text: &str| Ticket::verify(&two, NOW_MS, &case("a-1"), &origin(), text).map(|_| ());
    assert_eq!(verify(&ticket().issue(&signer())), Ok(()));
    let renamed = ticket().issue(&signer()).replacen(".k.", ".l.", 1);
    assert_eq!(verify(&renamed), Err(TokenRefusal::WrongSignature));
}

#[test]
fn a_second_signature_cannot_be_made_from_a_first_one() {
    // S + L is the same number to whoever does not look closely.
    let (text, verify) = &each_kind()[0];
    let (signed, signature) = text.rsplit_once('.').unwrap();
    let mut signature = URL_SAFE_NO_PAD.decode(signature).unwrap();
    let order =
        hex::decode("edd3f55c1a631258d69cf7a2def9de1400000000000000000000000000000010").unwrap();
    let mut carry = 0;
    for (byte, addend) in signature[32..].iter_mut().zip(order) {
        let sum = u16::from(*byte) + u16::from(addend) + carry;
        *byte = sum.to_le_bytes()[0];
        carry = sum >> 8;
    }
    assert_eq!(carry, 0, "the sum fits");
    let second = format!("{signed}.{}", URL_SAFE_NO_PAD.encode(signature));
    assert_eq!(verify(&second), Err(TokenRefusal::WrongSignature));
}

#[test]
fn a_signature_of_nothing_is_none() {
    let (text, verify) = &each_kind()[0];
    let (signed, _) = text.rsplit_once('.').unwrap();
    let mut identity = [0; 64];
    identity[0] = 1;
    for signature in [[0; 64], identity, [0xff; 64]] {
        let forged = format!("{signed}.{}", URL_SAFE_NO_PAD.encode(signature));
        assert_eq!(verify(&forged), Err(TokenRefusal::WrongSignature));
    }
}

#[test]
fn one_token_has_one_spelling() {
    for (text, verify) in each_kind() {
        // The last character of a signature carries fewer bits than it could say.
        let (rest, last) = text.split_at(text.len() - 1);
        let alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
        for other in alphabet.chars().filter(|c| !last.starts_with(*c)) {
            assert!(verify(&format!("{rest}{other}")).is_err(), "{other}");
        }
        for longer in ["=", "==", ".", ".A", "AA", "AAAA"] {
            let longer = format!("{text}{longer}");
            assert_eq!(verify(&longer), Err(TokenRefusal::Malformed), "{longer}");
        }
        let standard = text.replace('-', "+").replace('_', "/");
        assert_eq!(verify(&standard).is_ok(), standard == text);
    }
    // In the payload it is the signer who would have to write another spelling.
    for (payload, refusal) in [
        ("QQ", TokenRefusal::Malformed),
        ("QR", TokenRefusal::Malformed),
        ("Q", TokenRefusal::Malformed),
        ("QQ==", TokenRefusal::Malformed),
        ("", TokenRefusal::Malformed),
    ] {
        assert_eq!(verify_ticket(&seal("ticket.1", payload)), Err(refusal));
    }
}

#[test]
fn what_is_signed_but_makes_no_sense_is_malformed() {
    let text = ticket().issue(&signer());
    let lines = payload(&text);
    let sealed = |lines: &str| seal("ticket.1", &URL_SAFE_NO_PAD.encode(lines));
    assert!(verify_ticket(&sealed(&lines)).is_ok(), "the control");

    let lines: Vec<_> = lines.split('\n').collect();
    for (line, value) in [
        (0, "00"),
        (0, "000102030405060708090A0B0C0D0E0F"),
        (1, ""),
        (1, "a/1"),
        (2, "none"),
        (2, "Own"),
        (3, "-1"),
        (3, "+1800000000000"),
        (3, "01800000000000"),
        (4, "18446744073709551616"),
        (5, ""),
        (6, ""),
        (6, "null"),
        (6, "https://glossator.example/"),
        (7, ""),
        (8, "\u{7f}"),
        (9, ""),
        (9, "eu"),
        (9, "WEUR"),
        (9, "weur "),
    ] {
        let mut lines = lines.clone();
        lines[line] = value;
        let verdict = verify_ticket(&sealed(&lines.join("\n")));
        assert_eq!(verdict, Err(TokenRefusal::Malformed), "{line}: {value}");
    }
    for wrong in [
        lines[..8].join("\n"),
        lines.join("\n") + "\n",
        lines.join("\n") + "\nmore",
        lines.join("\r\n"),
        lines.join("\n").repeat(4),
        String::new(),
    ] {
        let verdict = verify_ticket(&sealed(&wrong));
        assert_eq!(verdict, Err(TokenRefusal::Malformed), "{wrong}");
    }
    let no_text = seal("ticket.1", &URL_SAFE_NO_PAD.encode([0xff; 30]));
    assert_eq!(verify_ticket(&no_text), Err(TokenRefusal::Malformed));
}

#[test]
fn an_unknown_version_or_kind_is_refused_although_it_is_signed() {
    let text = ticket().issue(&signer());
    let payload = text.split('.').nth(3).unwrap();
    for version in ["2", "0", "", "01", "1 ", "v1"] {
        let verdict = verify_ticket(&seal(&format!("ticket.{version}"), payload));
        assert_eq!(verdict, Err(TokenRefusal::OtherVersion), "{version}");
    }
    for kind in ["", "Ticket", "tickets", "jwt"] {
        let verdict = verify_ticket(&seal(&format!("{kind}.1"), payload));
        assert_eq!(verdict, Err(TokenRefusal::Malformed), "{kind}");
    }
}

#[test]
fn an_overlong_text_is_refused_before_it_is_read() {
    let text = ticket().issue(&signer());
    let long = text.clone() + &"A".repeat(TOKEN_BYTES_MAX + 1 - text.len());
    assert_eq!(verify_ticket(&long), Err(TokenRefusal::TooLong));
    let verdict = verify_resume(&"é".repeat(TOKEN_BYTES_MAX));
    assert_eq!(verdict, Err(TokenRefusal::TooLong));
}

#[test]
fn junk_is_malformed_and_never_a_panic() {
    for junk in [
        "",
        ".",
        "....",
        "ticket",
        "ticket.",
        "ticket.1",
        "ticket.1.",
        "ticket.1.k",
        "ticket.1.k.",
        "ticket.1.k.p",
        "ticket.1..p.s",
        "ticket.1.k.p.",
        "ticket.1.k.p.s.",
        "ticket.1.é.p.s",
        "🎓",
    ] {
        let verdict = verify_ticket(junk);
        let allowed = [TokenRefusal::Malformed, TokenRefusal::OtherVersion];
        assert!(allowed.contains(&verdict.unwrap_err()), "{junk}");
    }
}

#[test]
fn a_message_between_worker_and_host_is_no_token_under_the_same_key() {
    // Keys of both are read alike; an operator might use one for both. What is signed begins otherwise.
    let text = resume_token().issue(&resume_keys());
    assert!(verify_resume(&text).is_ok(), "the control");
    let (signed, _) = text.rsplit_once('.').unwrap();
    let mut mac = Hmac::<sha2::Sha256>::new_from_slice(&[3; 32]).unwrap();
    mac.update(signed.as_bytes());
    let bare = URL_SAFE_NO_PAD.encode(mac.finalize().into_bytes());
    let verdict = verify_resume(&format!("{signed}.{bare}"));
    assert_eq!(
        verdict,
        Err(TokenRefusal::WrongSignature),
        "without the domain in front"
    );
}

#[test]
fn keys_are_compared_as_listed_and_not_by_their_beginning() {
    let text = ticket().issue(&signer());
    for id in ["K", "k1", "k-"] {
        let renamed = text.replacen(".k.", &format!(".{id}."), 1);
        assert_eq!(
            verify_ticket(&renamed),
            Err(TokenRefusal::UnknownKey),
            "{id}"
        );
    }
}
