//! Mails of what somebody has not read: at most one a day, to those who have chosen it, never of the same thing twice. They name
//! people and cases and not a word of what was written: mail is read by more than the one it is for.

use tokio::sync::watch;

use crate::{
    limits::{DIGEST_EVERY, DIGEST_LINES_MAX, DIGESTS_AT_ONCE},
    sign_in::{EmailAddress, Outgoing},
    store::{DigestLine, MailDigest, Store, StoreError},
    telemetry,
};

/// Sends mails until `stopping` turns true.
pub async fn send(store: Store, mail: Outgoing, mut stopping: watch::Receiver<bool>) {
    while !*stopping.borrow() {
        if let Err(error) = send_due(&store, &mail, &stopping).await {
            telemetry::background_failed("digest", &error);
        }
        tokio::select! {
            () = tokio::time::sleep(DIGEST_EVERY) => {}
            _ = stopping.changed() => {}
        }
    }
}

/// Sends the mails that are due now, a bounded number, and says how many the server took. One that it does not take is not
/// tried again: it may have been sent all the same. While no server answers, none is claimed.
///
/// # Errors
/// If Postgres fails.
pub async fn send_due(
    store: &Store,
    mail: &Outgoing,
    stopping: &watch::Receiver<bool>,
) -> Result<usize, StoreError> {
    let mut taken = 0;
    for _ in 0..DIGESTS_AT_ONCE {
        if *stopping.borrow() || !store.is_digest_due().await? {
            break;
        }
        if let Err(error) = mail.answers().await {
            tracing::warn!(%error, "mails of what is unread wait");
            break;
        }
        let Some(digest) = store.claim_digest().await? else {
            break;
        };
        let Some(to) = EmailAddress::parse(&digest.email) else {
            continue;
        };
        if digest.lines.is_empty() {
            continue;
        }
        let unsubscribe = account_page(&digest);
        match mail.send_digest(to, words(&digest), unsubscribe).await {
            Ok(()) => taken += 1,
            Err(error) => tracing::warn!(%error, "a mail of what is unread was not sent"),
        }
    }
    Ok(taken)
}

fn account_page(digest: &MailDigest) -> String {
    format!("{}/account", digest.origin)
}

fn words(digest: &MailDigest) -> String {
    let shown = digest.lines.iter().take(DIGEST_LINES_MAX);
    let mut words = "What you have not read on Glossator:\n\n".to_owned();
    for line in shown {
        words.push_str(&line_words(&digest.origin, line));
    }
    let left_out = digest.lines.len().saturating_sub(DIGEST_LINES_MAX);
    if left_out > 0 {
        words.push_str(&format!("And {left_out} more.\n\n"));
    }
    words.push_str(&format!(
        "You have chosen to get this mail, at most once a day. To stop it:\n{}\n",
        account_page(digest)
    ));
    words
}

fn line_words(origin: &str, line: &DigestLine) -> String {
    let by = line.by.as_deref().unwrap_or("Somebody");
    let title = line.title.as_deref().unwrap_or("a case");
    let did = match line.kind.as_str() {
        "mention" => "mentioned you in",
        _ => "answered you in",
    };
    let target = match &line.highlight {
        Some(highlight) => format!("#h={}", escaped(highlight)),
        None => String::new(),
    };
    format!("{by} {did} {title}\n{origin}/c/{}{target}\n\n", line.case)
}

/// An id within an address: what a client made up is a link to nowhere else.
fn escaped(id: &str) -> String {
    id.bytes().fold(String::new(), |escaped, byte| {
        if byte.is_ascii_alphanumeric() || b"-_.~".contains(&byte) {
            escaped + char::from(byte).encode_utf8(&mut [0; 4])
        } else {
            format!("{escaped}%{byte:02X}")
        }
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn digest(lines: usize) -> MailDigest {
        let line = DigestLine {
            kind: "mention".to_owned(),
            by: Some("Anna".to_owned()),
            title: None,
            case: "c1".to_owned(),
            highlight: Some("h 1\nhttps://elsewhere.example".to_owned()),
        };
        MailDigest {
            email: "a@uni.example".to_owned(),
            origin: "https://g.example".to_owned(),
            lines: vec![line; lines],
        }
    }

    #[test]
    fn a_mail_names_people_and_cases_and_leads_to_us() {
        let words = words(&digest(1));
        assert!(words.contains(
            "Anna mentioned you in a case\nhttps://g.example/c/c1#h=h%201%0Ahttps%3A%2F%2Felsewhere"
        ));
        assert!(words.contains("\nhttps://g.example/account\n"));
    }

    #[test]
    fn a_long_mail_says_how_much_is_left_out() {
        let words = words(&digest(DIGEST_LINES_MAX + 3));
        assert_eq!(words.matches("mentioned").count(), DIGEST_LINES_MAX);
        assert!(words.contains("And 3 more."));
    }
}
