//! How often one person is answered what is dear to answer. Kept in memory only: a life of the object that begins anew
//! has been asked nothing.

use std::collections::BTreeMap;

use room::Timestamp;

/// One answer within so long.
const PAUSE_MS: u64 = 5_000;

/// More people than that within the pause are sent away.
const PEOPLE_MAX: usize = 1_000;

/// Who was answered, and when.
#[derive(Debug, Default)]
pub(crate) struct Pace {
    answered: BTreeMap<String, Timestamp>,
}

impl Pace {
    /// Takes note that somebody is answered now.
    ///
    /// # Errors
    /// If they were a moment ago, or too many others were: in how many seconds to come back.
    pub(crate) fn answer(&mut self, now: Timestamp, user: &str) -> Result<(), u64> {
        // A clock that stepped back keeps nobody waiting for longer.
        self.answered
            .retain(|_, at| *at <= now && now.millis_since(*at) < PAUSE_MS);
        let answered = self.answered.get(user);
        if let Some(wait) = answered.map(|at| PAUSE_MS - now.millis_since(*at)) {
            return Err(wait.div_ceil(1_000));
        }
        if self.answered.len() >= PEOPLE_MAX {
            return Err(PAUSE_MS.div_ceil(1_000));
        }
        self.answered.insert(user.to_owned(), now);
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_person_is_answered_once_within_the_pause_and_nobody_waits_for_another() {
        let mut pace = Pace::default();
        assert_eq!(pace.answer(Timestamp(10_000), "ann"), Ok(()));
        assert_eq!(pace.answer(Timestamp(10_001), "ben"), Ok(()));
        assert_eq!(pace.answer(Timestamp(10_000), "ann"), Err(5));
        assert_eq!(pace.answer(Timestamp(14_999), "ann"), Err(1));
        assert_eq!(
            pace.answer(Timestamp(15_000), "ann"),
            Ok(()),
            "who was sent away in between does not begin to wait anew"
        );
        assert_eq!(pace.answer(Timestamp(15_001), "ann"), Err(5));
    }

    #[test]
    fn a_clock_that_stepped_back_keeps_nobody_waiting() {
        let mut pace = Pace::default();
        assert_eq!(pace.answer(Timestamp(1_000_000), "ann"), Ok(()));
        assert_eq!(pace.answer(Timestamp(10_000), "ann"), Ok(()));
    }

    #[test]
    fn no_more_people_are_remembered_than_the_bound() {
        let mut pace = Pace::default();
        for number in 0..PEOPLE_MAX {
            assert_eq!(pace.answer(Timestamp(1), &number.to_string()), Ok(()));
        }
        assert_eq!(pace.answer(Timestamp(2), "one more"), Err(5));
        assert_eq!(pace.answered.len(), PEOPLE_MAX);
        assert_eq!(pace.answer(Timestamp(5_001), "one more"), Ok(()));
    }
}
