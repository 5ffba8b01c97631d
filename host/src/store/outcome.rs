//! What came of what somebody asked for who has signed in.

/// Done, or why not.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Outcome<T> {
    /// It is done.
    Done(T),
    /// There is no such thing, or it is not for this person: they cannot tell which.
    Absent,
    /// They may, but it cannot be done as things are.
    Conflict(&'static str),
}

impl<T> Outcome<T> {
    /// The same, of something else.
    pub fn map<U>(self, change: impl FnOnce(T) -> U) -> Outcome<U> {
        match self {
            Self::Done(done) => Outcome::Done(change(done)),
            Self::Absent => Outcome::Absent,
            Self::Conflict(why) => Outcome::Conflict(why),
        }
    }
}
