//! A stretch of time that a token claims.

use super::TokenRefusal;
use crate::limits::TOKEN_SKEW_MS;

/// From when to when, in milliseconds since the Unix epoch.
#[derive(Clone, Copy, Debug)]
pub(super) struct Span {
    pub(super) from_ms: u64,
    pub(super) until_ms: u64,
}

impl Span {
    /// Checks that the span is no longer than it may be, has begun, and has not ended. The end itself is outside.
    pub(super) fn check(self, length_ms_max: u64, now_ms: u64) -> Result<(), TokenRefusal> {
        let length_ms = self
            .until_ms
            .checked_sub(self.from_ms)
            .ok_or(TokenRefusal::Malformed)?;
        if length_ms > length_ms_max {
            return Err(TokenRefusal::TooMuchAuthority);
        }
        if self.from_ms.saturating_sub(now_ms) > TOKEN_SKEW_MS {
            return Err(TokenRefusal::NotYetValid);
        }
        if self.until_ms <= now_ms {
            return Err(TokenRefusal::Expired);
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(from_ms: u64, until_ms: u64, now_ms: u64) -> Result<(), TokenRefusal> {
        Span { from_ms, until_ms }.check(1_000, now_ms)
    }

    #[test]
    fn a_span_ends_sharply_and_begins_with_some_allowance_for_clocks() {
        let from = 1_000_000;
        assert_eq!(check(from, from + 1_000, from), Ok(()));
        assert_eq!(check(from, from + 1_000, from + 999), Ok(()));
        let ended = check(from, from + 1_000, from + 1_000);
        assert_eq!(ended, Err(TokenRefusal::Expired));
        assert_eq!(check(from, from + 1_000, from - TOKEN_SKEW_MS), Ok(()));
        let early = check(from, from + 1_000, from - TOKEN_SKEW_MS - 1);
        assert_eq!(early, Err(TokenRefusal::NotYetValid));
    }

    #[test]
    fn a_span_is_never_longer_than_it_may_be_nor_turned_round() {
        let long = check(0, 1_001, 0);
        assert_eq!(long, Err(TokenRefusal::TooMuchAuthority));
        assert_eq!(check(1, 0, 0), Err(TokenRefusal::Malformed));
        assert_eq!(check(0, u64::MAX, 0), Err(TokenRefusal::TooMuchAuthority));
        let last = check(u64::MAX, u64::MAX, 0);
        assert_eq!(last, Err(TokenRefusal::NotYetValid));
        let now_last = check(u64::MAX, u64::MAX, u64::MAX);
        assert_eq!(now_last, Err(TokenRefusal::Expired));
    }
}
