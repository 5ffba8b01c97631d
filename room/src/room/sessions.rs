//! The sockets of a room, and what is asked of them with every event: who waits for what, and how long they may stay. A
//! class has hundreds, and to look at each of them whenever one of them says something takes longer than what it said.

use std::{
    collections::{BTreeMap, BTreeSet},
    ops::{Deref, DerefMut},
};

use crate::{
    presence::PresenceId,
    session::{Greeting, Session, SessionId},
    time::Timestamp,
};

/// All open sockets. What is noted of them follows every change of one.
#[derive(Debug, Default)]
pub(super) struct Sessions {
    all: BTreeMap<SessionId, Session>,
    noted: Noted,
}

/// Who is to be thought of, in the order in which it is their turn.
#[derive(Debug, Default, PartialEq)]
struct Noted {
    /// How many speak `glossator.v1`.
    glossator: usize,
    /// How many each person has.
    of_person: BTreeMap<String, usize>,
    /// Those of `glossator.v1` that are to be welcomed, by arrival.
    unwelcomed: BTreeSet<(Timestamp, SessionId)>,
    /// Those that are to be greeted as soon as they can be, by arrival.
    due: BTreeSet<(Timestamp, SessionId)>,
    /// Those that are to be greeted later, and when.
    due_at: BTreeSet<(Timestamp, SessionId)>,
    /// Those whose question can be answered, by its number and by arrival.
    asking: BTreeSet<(u64, Timestamp, SessionId)>,
    /// Until when they may stay who may not stay for ever.
    until: BTreeSet<(Timestamp, SessionId)>,
    /// Under which id each is here.
    present: BTreeSet<(PresenceId, SessionId)>,
}

/// What of a session can change and is noted.
#[derive(Clone, Copy, Debug, PartialEq)]
struct Traits {
    session: SessionId,
    came: Timestamp,
    greeting: Greeting,
    is_unwelcomed: bool,
    question: Option<u64>,
    until: Option<Timestamp>,
    presence: Option<PresenceId>,
}

impl Traits {
    fn of(session: &Session) -> Traits {
        let authority = session.record.authority.as_ref();
        Traits {
            session: session.record.session,
            came: session.came,
            greeting: session.greeting,
            is_unwelcomed: session.is_glossator() && !session.is_welcomed,
            question: session.question.as_ref().map(|_| session.question_number),
            until: authority.map(|authority| authority.until),
            presence: session.record.presence,
        }
    }
}

impl Noted {
    fn add(&mut self, of: Traits) {
        self.change(of, |set, entry| set.insert(entry));
        if let Some(question) = of.answerable() {
            self.asking.insert((question, of.came, of.session));
        }
        if let Some(id) = of.presence {
            self.present.insert((id, of.session));
        }
    }

    fn remove(&mut self, of: Traits) {
        self.change(of, |set, entry| set.remove(&entry));
        if let Some(question) = of.answerable() {
            self.asking.remove(&(question, of.came, of.session));
        }
        if let Some(id) = of.presence {
            self.present.remove(&(id, of.session));
        }
    }

    /// Changes each set of moments that a session of this kind belongs to.
    fn change(
        &mut self,
        of: Traits,
        change: impl Fn(&mut BTreeSet<(Timestamp, SessionId)>, (Timestamp, SessionId)) -> bool,
    ) {
        match of.greeting {
            Greeting::Due => {
                change(&mut self.due, (of.came, of.session));
                if of.is_unwelcomed {
                    change(&mut self.unwelcomed, (of.came, of.session));
                }
            }
            Greeting::DueAt(at) => {
                change(&mut self.due_at, (at, of.session));
            }
            Greeting::OnceLoaded { .. } | Greeting::Done => {}
        }
        if let Some(until) = of.until {
            change(&mut self.until, (until, of.session));
        }
    }
}

impl Traits {
    /// Its question, unless it is to be greeted first (SE1).
    fn answerable(&self) -> Option<u64> {
        self.question.filter(|_| self.greeting != Greeting::Due)
    }
}

/// One of the sessions, to be changed: what is noted of it follows when this goes.
pub(super) struct Changing<'a> {
    session: &'a mut Session,
    before: Traits,
    noted: &'a mut Noted,
}

impl Deref for Changing<'_> {
    type Target = Session;

    fn deref(&self) -> &Session {
        self.session
    }
}

impl DerefMut for Changing<'_> {
    fn deref_mut(&mut self) -> &mut Session {
        self.session
    }
}

impl Drop for Changing<'_> {
    fn drop(&mut self) {
        let after = Traits::of(self.session);
        if after != self.before {
            self.noted.remove(self.before);
            self.noted.add(after);
        }
    }
}

impl Sessions {
    pub(super) fn len(&self) -> usize {
        self.all.len()
    }

    pub(super) fn is_empty(&self) -> bool {
        self.all.is_empty()
    }

    pub(super) fn get(&self, session: SessionId) -> Option<&Session> {
        self.all.get(&session)
    }

    /// One of them, to be changed. Whose it is and what it speaks stay as they are.
    pub(super) fn get_mut(&mut self, session: SessionId) -> Option<Changing<'_>> {
        let session = self.all.get_mut(&session)?;
        Some(Changing {
            before: Traits::of(session),
            session,
            noted: &mut self.noted,
        })
    }

    /// All of them, by id.
    pub(super) fn iter(&self) -> impl Iterator<Item = &Session> {
        self.all.values()
    }

    /// Changes each of them, by id.
    pub(super) fn change_each(&mut self, mut change: impl FnMut(&mut Session)) {
        for session in self.all.values_mut() {
            change(&mut Changing {
                before: Traits::of(session),
                session,
                noted: &mut self.noted,
            });
        }
    }

    /// Takes in one that is not there yet; one of the same id is let go.
    pub(super) fn insert(&mut self, session: Session) {
        self.remove(session.record.session);
        self.noted.add(Traits::of(&session));
        self.noted.glossator += usize::from(session.is_glossator());
        let of_person = &mut self.noted.of_person;
        *of_person.entry(session.record.user.clone()).or_default() += 1;
        self.all.insert(session.record.session, session);
    }

    pub(super) fn remove(&mut self, session: SessionId) -> Option<Session> {
        let gone = self.all.remove(&session)?;
        self.noted.remove(Traits::of(&gone));
        self.noted.glossator -= usize::from(gone.is_glossator());
        let left = self.of_person(&gone.record.user) - 1;
        if left == 0 {
            self.noted.of_person.remove(&gone.record.user);
        } else {
            let of_person = &mut self.noted.of_person;
            of_person.insert(gone.record.user.clone(), left);
        }
        Some(gone)
    }

    /// Lets all of them go.
    pub(super) fn take(&mut self) -> impl Iterator<Item = SessionId> + use<> {
        std::mem::take(self).all.into_keys()
    }

    /// Takes note that a socket is sent something; whether there is such a one.
    pub(super) fn note_sent(&mut self, now: Timestamp, session: SessionId) -> bool {
        // Nothing is noted of that: no need to compare.
        let open = self.all.get_mut(&session);
        open.map(|open| open.last_sent = now).is_some()
    }

    pub(super) fn has_glossator(&self) -> bool {
        self.noted.glossator > 0
    }

    pub(super) fn has_stock(&self) -> bool {
        self.noted.glossator < self.all.len()
    }

    /// How many sockets a person has.
    pub(super) fn of_person(&self, user: &str) -> usize {
        self.noted.of_person.get(user).copied().unwrap_or_default()
    }

    /// The first one that is here under this id.
    pub(super) fn present_as(&self, id: PresenceId) -> Option<&Session> {
        let first = (id, SessionId(u64::MIN));
        let last = (id, SessionId(u64::MAX));
        let (_, session) = self.noted.present.range(first..=last).next()?;
        self.get(*session)
    }

    /// Those of `glossator.v1` that are to be welcomed, by arrival.
    pub(super) fn unwelcomed(&self) -> Vec<SessionId> {
        let unwelcomed = self.noted.unwelcomed.iter();
        unwelcomed.map(|(_, session)| *session).collect()
    }

    /// Those that are to be greeted now, by arrival.
    pub(super) fn to_be_greeted(&self, now: Timestamp) -> Vec<SessionId> {
        let came = |(_, session): &(Timestamp, SessionId)| {
            let came = self.get(*session).map(|open| open.came);
            Some((came?, *session))
        };
        let waited = self.noted.due_at.range(..=latest(now)).filter_map(came);
        let mut due: Vec<_> = self.noted.due.iter().copied().chain(waited).collect();
        due.sort_unstable();
        due.into_iter().map(|(_, session)| session).collect()
    }

    /// Whether anybody is to be greeted now.
    pub(super) fn is_greeting_due(&self, now: Timestamp) -> bool {
        !self.noted.due.is_empty() || self.next_greeting().is_some_and(|at| at <= now)
    }

    /// When the next of those is to be greeted who are to be greeted later.
    pub(super) fn next_greeting(&self) -> Option<Timestamp> {
        self.noted.due_at.first().map(|(at, _)| *at)
    }

    /// Those that have asked and were greeted, by their questions.
    pub(super) fn asking(&self) -> Vec<SessionId> {
        let asking = self.noted.asking.iter();
        asking.map(|(_, _, session)| *session).collect()
    }

    /// Whether anybody is to be greeted, or has asked.
    pub(super) fn is_anybody_waiting(&self) -> bool {
        !self.noted.due.is_empty() || !self.noted.asking.is_empty()
    }

    /// Those whose authority has ended.
    pub(super) fn ended(&self, now: Timestamp) -> Vec<SessionId> {
        let ended = self.noted.until.range(..=latest(now));
        ended.map(|(_, session)| *session).collect()
    }

    /// When the next authority ends.
    pub(super) fn next_end(&self) -> Option<Timestamp> {
        self.noted.until.first().map(|(until, _)| *until)
    }
}

/// What no session of this moment stands behind.
fn latest(now: Timestamp) -> (Timestamp, SessionId) {
    (now, SessionId(u64::MAX))
}

#[cfg(test)]
mod tests;
