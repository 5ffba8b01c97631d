//! Tokens: as anybody may show them, and as whoever had the keys might sign them. Nothing panics, what is believed has
//! one spelling only, and with one bit changed it is not believed.
//!
//! The first byte says which kind is signed; with 0 the rest is a token as it stands.
#![no_main]

use std::str;

use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use contract::{
    CaseId,
    head::Origin,
    token::{ClientToken, Resume, ResumeKeys, Ticket, TicketKeys, TicketSigner, TokenKind},
};
use ed25519_dalek::{Signer as _, SigningKey};
use hmac::{Hmac, KeyInit as _, Mac as _};
use libfuzzer_sys::fuzz_target;

const SECRET: [u8; 32] = [1; 32];

struct Keys {
    signer: TicketSigner,
    public: TicketKeys,
    resume: ResumeKeys,
}

/// What the verifier expects: taken from the token, so that its other parts are looked at, too.
struct Expected {
    case_id: CaseId,
    origin: Origin,
    now_ms: u64,
}

thread_local! {
    static KEYS: Keys = Keys::new();
}

fuzz_target!(|input: &[u8]| {
    let Some((&kind, rest)) = input.split_first() else {
        return;
    };
    KEYS.with(|keys| match kind % 4 {
        0 => {
            if let Ok(text) = str::from_utf8(rest) {
                let expected = Expected::of(payload_of(text).as_deref().unwrap_or_default());
                keys.believe(text, &expected);
            }
        }
        kind => {
            let text = seal(TokenKind::ALL[usize::from(kind - 1)], rest);
            if keys.believe(&text, &Expected::of(rest)) {
                refuse_changed(keys, &text, rest);
            }
        }
    });
});

impl Keys {
    fn new() -> Keys {
        let text = format!("k:{}", "01".repeat(32));
        let signer = TicketSigner::parse(&text).expect("this is a key");
        let public = TicketKeys::parse(&signer.public_entry()).expect("this is its public half");
        let resume = ResumeKeys::parse(&text).expect("this is a key");
        Keys {
            signer,
            public,
            resume,
        }
    }

    /// Shows a text as every kind. What is believed is written again as it was.
    fn believe(&self, text: &str, expected: &Expected) -> bool {
        let Expected {
            case_id,
            origin,
            now_ms,
        } = expected;
        let ticket = Ticket::verify(&self.public, *now_ms, case_id, origin, text);
        let resume = Resume::verify(&self.resume, *now_ms, case_id, origin, text);
        let client = ClientToken::verify(&self.public, *now_ms, case_id, text);
        let again: Vec<_> = [
            ticket.ok().map(|ticket| ticket.issue(&self.signer)),
            resume.ok().map(|resume| resume.issue(&self.resume)),
            client.ok().map(|client| client.issue(&self.signer)),
        ]
        .into_iter()
        .flatten()
        .collect();
        assert!(again.len() <= 1, "a token is of one kind");
        assert!(again.iter().all(|again| again == text), "one spelling");
        !again.is_empty()
    }
}

impl Expected {
    fn of(payload: &[u8]) -> Expected {
        let text = str::from_utf8(payload).unwrap_or_default();
        let lines: Vec<_> = text.split('\n').collect();
        let line = |index: usize| lines.get(index).copied().unwrap_or_default();
        let origin = lines.iter().find_map(|line| Origin::parse(line).ok());
        Expected {
            case_id: CaseId::parse(line(1))
                .unwrap_or_else(|_| CaseId::parse("a-1").expect("this is a case id")),
            origin: origin.unwrap_or_else(|| {
                Origin::parse("https://glossator.example").expect("this is an origin")
            }),
            now_ms: line(3).parse().unwrap_or(1_800_000_000_000),
        }
    }
}

fn payload_of(text: &str) -> Option<Vec<u8>> {
    URL_SAFE_NO_PAD.decode(text.split('.').nth(3)?).ok()
}

fn seal(kind: TokenKind, payload: &[u8]) -> String {
    let signed = format!("{}.1.k.{}", kind.name(), URL_SAFE_NO_PAD.encode(payload));
    let message = format!("glossator-token\n{signed}");
    let signature = match kind {
        TokenKind::Resume => {
            let mut mac =
                Hmac::<sha2::Sha256>::new_from_slice(&SECRET).expect("any length will do");
            mac.update(message.as_bytes());
            URL_SAFE_NO_PAD.encode(mac.finalize().into_bytes())
        }
        TokenKind::Ticket | TokenKind::Client => {
            let signature = SigningKey::from_bytes(&SECRET).sign(message.as_bytes());
            URL_SAFE_NO_PAD.encode(signature.to_bytes())
        }
    };
    format!("{signed}.{signature}")
}

/// Changes one bit, whose place the payload decides.
fn refuse_changed(keys: &Keys, text: &str, payload: &[u8]) {
    let seed = payload.iter().fold(7_usize, |sum, &byte| {
        sum.wrapping_mul(31) ^ usize::from(byte)
    });
    let mut bytes = text.as_bytes().to_vec();
    let place = seed % (bytes.len() * 7);
    bytes[place / 7] ^= 1 << (place % 7);
    let changed = String::from_utf8(bytes).expect("ASCII stays ASCII below the highest bit");
    let is_believed = keys.believe(&changed, &Expected::of(payload));
    assert!(!is_believed, "a changed token is not believed");
}
