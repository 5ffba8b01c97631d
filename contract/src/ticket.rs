//! Tickets of the test issuer: how long a person's authority over a case lasts.
//!
//! Whoever holds `HOST_KEYS` can issue one, so the Worker could write its own: enough to exercise the renewal of an
//! authority, and not more. The host's tickets, signed with a key that the Worker can only verify with, take its place.

use crate::{
    case_id::CaseId,
    keys::Keys,
    limits::{AUTHORITY_MS_MAX, TICKET_BYTES_MAX},
    refusal::Refusal,
    request::verify_time,
};

/// What a ticket says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Ticket<'a> {
    /// Over which case.
    pub case_id: &'a CaseId,
    /// Whose authority.
    pub user: &'a str,
    /// When it ends, in milliseconds since the Unix epoch.
    pub authority_until_ms: u64,
    /// When the ticket was issued, in Unix seconds. It is good for as long as any message (`TIME_WINDOW_S`), and as often as
    /// it is shown: what it proves is the same each time.
    pub time: u64,
}

impl Ticket<'_> {
    /// The user stands last: no name can be read as another line.
    fn canonical(&self) -> String {
        [
            "glossator-ticket-v1",
            self.case_id.as_str(),
            &self.authority_until_ms.to_string(),
            &self.time.to_string(),
            self.user,
        ]
        .join("\n")
    }

    /// Signs it: `key.time.until.signature`. Case and user are not in it; whoever verifies it knows them.
    pub fn issue(&self, keys: &Keys) -> String {
        let (key, time) = (keys.signing_id(), self.time);
        let signature = keys.sign(&self.canonical());
        format!("{key}.{time}.{}.{signature}", self.authority_until_ms)
    }
}

/// Verifies a ticket for this case and user at this moment, in Unix milliseconds; answers when the authority ends.
///
/// # Errors
/// If it is malformed, signed by another key or for somebody or something else, not issued just now, or for longer than
/// any authority may last.
pub fn verify_ticket(
    keys: &Keys,
    now_ms: u64,
    case_id: &CaseId,
    user: &str,
    text: &str,
) -> Result<u64, Refusal> {
    let malformed = || Refusal::MalformedTicket;
    if text.len() > TICKET_BYTES_MAX {
        return Err(malformed());
    }
    let mut parts = text.split('.');
    let mut part = || parts.next().ok_or_else(malformed);
    let (key, time, until, signature_hex) = (part()?, part()?, part()?, part()?);
    if parts.next().is_some() {
        return Err(malformed());
    }
    let ticket = Ticket {
        case_id,
        user,
        authority_until_ms: until.parse().map_err(|_| malformed())?,
        time: time.parse().map_err(|_| malformed())?,
    };
    let mut signature = [0; 32];
    hex::decode_to_slice(signature_hex, &mut signature).map_err(|_| malformed())?;
    match keys.verify(key, &ticket.canonical(), &signature) {
        Some(true) => {}
        Some(false) => return Err(Refusal::WrongSignature),
        None => return Err(Refusal::UnknownKey),
    }
    verify_time(now_ms / 1_000, ticket.time)?;
    if ticket.authority_until_ms.saturating_sub(now_ms) > AUTHORITY_MS_MAX {
        return Err(malformed());
    }
    Ok(ticket.authority_until_ms)
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOW_MS: u64 = 1_800_000_000_000;
    const UNTIL_MS: u64 = NOW_MS + 60_000;

    fn keys(id: &str, digit: &str) -> Keys {
        Keys::parse(&format!("{id}:{}", digit.repeat(64))).unwrap()
    }

    fn case(id: &str) -> CaseId {
        CaseId::parse(id).unwrap()
    }

    fn issued(until_ms: u64, time: u64) -> String {
        let ticket = Ticket {
            case_id: &case("a-1"),
            user: "Zoë \n2",
            authority_until_ms: until_ms,
            time,
        };
        ticket.issue(&keys("k", "a"))
    }

    fn verified(text: &str) -> Result<u64, Refusal> {
        verify_ticket(&keys("k", "a"), NOW_MS, &case("a-1"), "Zoë \n2", text)
    }

    #[test]
    fn a_ticket_tells_until_when_its_bearer_has_authority() {
        let ticket = issued(UNTIL_MS, NOW_MS / 1_000);
        assert_eq!(verified(&ticket), Ok(UNTIL_MS));
    }

    #[test]
    fn a_ticket_for_another_case_or_person_or_of_another_key_proves_nothing() {
        let ticket = issued(UNTIL_MS, NOW_MS / 1_000);
        let verify = |keys: &Keys, case_id: &str, user: &str| {
            verify_ticket(keys, NOW_MS, &case(case_id), user, &ticket)
        };
        let ours = keys("k", "a");
        assert_eq!(
            verify(&ours, "a-2", "Zoë \n2"),
            Err(Refusal::WrongSignature)
        );
        assert_eq!(verify(&ours, "a-1", "Zoë"), Err(Refusal::WrongSignature));
        let others = [
            ("k", "b", Refusal::WrongSignature),
            ("l", "a", Refusal::UnknownKey),
        ];
        for (id, digit, refusal) in others {
            let verdict = verify(&keys(id, digit), "a-1", "Zoë \n2");
            assert_eq!(verdict, Err(refusal));
        }
    }

    #[test]
    fn a_ticket_that_was_changed_proves_nothing() {
        let ticket = issued(UNTIL_MS, NOW_MS / 1_000);
        let later = ticket.replace(&UNTIL_MS.to_string(), &(UNTIL_MS + 1).to_string());
        assert_eq!(verified(&later), Err(Refusal::WrongSignature));
        for malformed in [
            String::new(),
            "k".to_owned(),
            format!("{ticket}."),
            format!("{ticket}0"),
            ticket.replace("k.", "k.-"),
            "k.1.2.zz".to_owned(),
            "k.1.99999999999999999999.00".to_owned(),
            format!("k.{}", "1".repeat(TICKET_BYTES_MAX)),
        ] {
            assert_eq!(
                verified(&malformed),
                Err(Refusal::MalformedTicket),
                "{malformed}"
            );
        }
    }

    #[test]
    fn a_ticket_is_used_soon_or_not_at_all_and_ends_within_a_day() {
        let seconds = NOW_MS / 1_000;
        for time in [seconds - 61, seconds + 61] {
            let stale = Refusal::Stale { seconds: 61 };
            assert_eq!(verified(&issued(UNTIL_MS, time)), Err(stale));
        }
        let endless = issued(NOW_MS + AUTHORITY_MS_MAX + 1, seconds);
        assert_eq!(verified(&endless), Err(Refusal::MalformedTicket));
    }
}
