//! Sound tokens, what verifies them, and random ones.

use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use contract::{
    CaseId, Person, Region, Role,
    head::Origin,
    limits::{CLIENT_TOKEN_MS_MAX, TICKET_AUTHORITY_MS_MAX, TICKET_OPEN_MS_MAX, TOKEN_SKEW_MS},
    token::{
        ClientToken, Resume, ResumeKeys, Ticket, TicketKeys, TicketSigner, TokenId, TokenRefusal,
    },
};
use ed25519_dalek::{Signer as _, SigningKey};

pub const NOW_MS: u64 = 1_800_000_000_000;

pub fn signer() -> TicketSigner {
    TicketSigner::parse(&format!("k:{}", "01".repeat(32))).expect("a key")
}

pub fn public_keys() -> TicketKeys {
    TicketKeys::parse(&signer().public_entry()).expect("a public key")
}

pub fn resume_keys() -> ResumeKeys {
    ResumeKeys::parse(&format!("r:{}", "03".repeat(32))).expect("a key")
}

/// Signs a payload as it is, after a beginning like `ticket.1`, with the key of [`signer`].
pub fn seal(beginning: &str, payload: &str) -> String {
    let signed = format!("{beginning}.k.{payload}");
    let message = format!("glossator-token\n{signed}");
    let signature = SigningKey::from_bytes(&[1; 32]).sign(message.as_bytes());
    format!("{signed}.{}", URL_SAFE_NO_PAD.encode(signature.to_bytes()))
}

/// What a token says, line by line.
pub fn payload(text: &str) -> String {
    let payload = text.split('.').nth(3).expect("a payload");
    let bytes = URL_SAFE_NO_PAD.decode(payload).expect("base64url");
    String::from_utf8(bytes).expect("UTF-8")
}

pub fn case(id: &str) -> CaseId {
    CaseId::parse(id).expect("a case id")
}

pub fn origin() -> Origin {
    Origin::parse("https://glossator.example").expect("an origin")
}

pub fn longest_person() -> Person {
    Person::new(&"🎓".repeat(100), &"🎓".repeat(100)).expect("a person")
}

pub fn ticket() -> Ticket {
    Ticket {
        id: TokenId::new([7; 16]),
        case_id: case("a-1"),
        person: Person::new("u-1", "Zoë 🎓").expect("a person"),
        role: Role::Annotate,
        origin: origin(),
        issued_ms: NOW_MS,
        open_until_ms: NOW_MS + TICKET_OPEN_MS_MAX,
        authority_until_ms: NOW_MS + TICKET_AUTHORITY_MS_MAX,
        region: Some(Region::Weur),
    }
}

pub fn resume_token() -> Resume {
    Resume::of_ticket(&ticket(), TokenId::new([8; 16]))
}

pub fn client_token() -> ClientToken {
    ClientToken {
        id: TokenId::new([9; 16]),
        case_id: case("a-1"),
        person: Person::new("u-1", "Zoë 🎓").expect("a person"),
        role: Role::Comment,
        issued_ms: NOW_MS,
        authority_until_ms: NOW_MS + CLIENT_TOKEN_MS_MAX,
        region: Some(Region::Oc),
    }
}

pub fn verify_ticket(text: &str) -> Result<Ticket, TokenRefusal> {
    Ticket::verify(&public_keys(), NOW_MS, &case("a-1"), &origin(), text)
}

pub fn verify_resume(text: &str) -> Result<Resume, TokenRefusal> {
    Resume::verify(&resume_keys(), NOW_MS, &case("a-1"), &origin(), text)
}

pub fn verify_client(text: &str) -> Result<ClientToken, TokenRefusal> {
    ClientToken::verify(&public_keys(), NOW_MS, &case("a-1"), text)
}

/// Numbers from a seed (splitmix64).
pub struct Random(pub u64);

impl Random {
    /// Three tokens of one person, one case and one page, good at [`NOW_MS`].
    pub fn tokens(&mut self) -> (Ticket, Resume, ClientToken) {
        let issued_ms = NOW_MS + self.below(2 * TOKEN_SKEW_MS) - TOKEN_SKEW_MS;
        let until = |random: &mut Self, length_ms_max| {
            let least = NOW_MS.saturating_sub(issued_ms) + 1;
            issued_ms + least + random.below(length_ms_max - least + 1)
        };
        let ticket = Ticket {
            id: self.id(),
            case_id: case(&self.word("abzAZ019._~-", 255)),
            person: Person::new(&self.word("aZ0.é🎓|\\\"", 100), &self.word("bß—😀,;", 100))
                .expect("a person"),
            role: Role::ALL[usize::try_from(self.below(4)).expect("small")],
            origin: Origin::parse(&format!("https://{}.example:8443", self.word("az09-", 200)))
                .expect("an origin"),
            issued_ms,
            open_until_ms: until(self, TICKET_OPEN_MS_MAX),
            authority_until_ms: until(self, TICKET_AUTHORITY_MS_MAX),
            region: self.region(),
        };
        let client = ClientToken {
            id: self.id(),
            case_id: ticket.case_id.clone(),
            person: ticket.person.clone(),
            role: ticket.role,
            issued_ms,
            authority_until_ms: until(self, CLIENT_TOKEN_MS_MAX),
            region: ticket.region,
        };
        let resume = Resume::of_ticket(&ticket, self.id());
        (ticket, resume, client)
    }

    /// None as often as any.
    fn region(&mut self) -> Option<Region> {
        let index = usize::try_from(self.below(10)).expect("small");
        Region::ALL.get(index).copied()
    }

    fn id(&mut self) -> TokenId {
        let mut bytes = [0; 16];
        bytes[..8].copy_from_slice(&self.next().to_le_bytes());
        bytes[8..].copy_from_slice(&self.next().to_le_bytes());
        TokenId::new(bytes)
    }

    /// One to so many characters of an alphabet, beginning with its first.
    fn word(&mut self, alphabet: &str, length_max: u64) -> String {
        let alphabet: Vec<_> = alphabet.chars().collect();
        let count = u64::try_from(alphabet.len()).expect("small");
        let mut word = String::from(alphabet[0]);
        for _ in 0..self.below(length_max) {
            word.push(alphabet[usize::try_from(self.below(count)).expect("small")]);
        }
        word
    }

    fn below(&mut self, end: u64) -> u64 {
        self.next() % end
    }

    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }
}
