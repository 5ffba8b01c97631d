//! Header names, in the lower case that HTTP libraries hand out, and how a header is read.

use crate::{limits::REQUEST_ID_BYTES_MAX, refusal::Refusal};

/// The id of the key that signed.
pub const HEADER_KEY: &str = "x-glossator-key";
/// When it was signed, in Unix seconds.
pub const HEADER_TIME: &str = "x-glossator-time";
/// The request's nonce.
pub const HEADER_NONCE: &str = "x-glossator-nonce";
/// SHA-256 of the body of this very message.
pub const HEADER_BODY_SHA256: &str = "x-glossator-body-sha256";
/// The Worker's metrics as JSON; optional.
pub const HEADER_METRICS: &str = "x-glossator-metrics";
/// On whose behalf the edge asks, as `Visit` writes it; optional.
pub const HEADER_VISIT: &str = "x-glossator-visit";
/// HMAC-SHA-256 of the canonical string, in lower-case hexadecimal.
pub const HEADER_SIGNATURE: &str = "x-glossator-signature";
/// The store's generation; left out of the edge's answers.
pub const HEADER_GENERATION: &str = "x-glossator-generation";
/// The stored version; left out when nothing was ever stored.
pub const HEADER_VERSION: &str = "x-glossator-version";
/// SHA-256 of the stored bytes; left out when none are stored.
pub const HEADER_SHA256: &str = "x-glossator-sha256";
/// How many of an answer's last bytes say who wrote what of the document before them; left out if there are none. It is
/// not signed: the stored hash, which is, tells where the document ends.
pub const HEADER_ATTRIBUTION_BYTES: &str = "x-glossator-attribution-bytes";
/// Follows a request through the logs; not signed.
pub const HEADER_REQUEST_ID: &str = "x-request-id";

/// Whether a request id from outside may be written into logs: 1-64 of `[A-Za-z0-9._-]`.
pub fn is_request_id(text: &str) -> bool {
    (1..=REQUEST_ID_BYTES_MAX).contains(&text.len())
        && text
            .bytes()
            .all(|b| b.is_ascii_alphanumeric() || b"._-".contains(&b))
}

pub(crate) fn required(
    header: &impl Fn(&str) -> Option<String>,
    name: &'static str,
) -> Result<String, Refusal> {
    header(name).ok_or(Refusal::MissingHeader { name })
}

/// Reads Unix seconds: digits only, no sign, no leading zero, so that one time has one spelling.
pub(crate) fn time(header: &impl Fn(&str) -> Option<String>) -> Result<u64, Refusal> {
    let text = required(header, HEADER_TIME)?;
    text.parse()
        .ok()
        .filter(|time: &u64| time.to_string() == text)
        .ok_or(Refusal::MalformedHeader { name: HEADER_TIME })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn request_ids_that_could_break_a_log_line_are_refused() {
        assert!(is_request_id("a-B_9.z"));
        for text in ["", "a b", "a\n", "é", "a\"b", &"a".repeat(65)] {
            assert!(!is_request_id(text), "{text:?}");
        }
    }
}
