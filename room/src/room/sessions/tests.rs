use super::*;
use crate::{
    authority::{Authority, Proof},
    decode::StateVector,
    session::{Protocol, SessionRecord},
};

/// Draws numbers that look like chance and are the same each time (Knuth's MMIX multiplier).
struct Draws(u64);

impl Draws {
    fn below(&mut self, bound: u64) -> u64 {
        self.0 = self
            .0
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) % bound
    }
}

fn session(draws: &mut Draws, id: u64) -> Session {
    let protocol = match draws.below(2) {
        0 => Protocol::Stock,
        _ => Protocol::Glossator,
    };
    let user = format!("person {}", draws.below(4));
    let record = SessionRecord::new(SessionId(id), user, protocol);
    Session::new(record, Timestamp(draws.below(20)), greeting(draws))
}

fn greeting(draws: &mut Draws) -> Greeting {
    match draws.below(4) {
        0 => Greeting::Due,
        1 => Greeting::DueAt(Timestamp(draws.below(50))),
        2 => Greeting::OnceLoaded { after_ms: 1 },
        _ => Greeting::Done,
    }
}

/// Changes something that is noted, or that is not.
fn change(draws: &mut Draws, session: &mut Session) {
    match draws.below(6) {
        0 => session.greeting = greeting(draws),
        1 => session.is_welcomed = !session.is_welcomed,
        2 => {
            session.question = (draws.below(2) == 0).then(StateVector::new);
            session.question_number = draws.below(9);
        }
        3 => session.record.presence = (draws.below(3) > 0).then(|| draws.below(5)),
        4 => session.last_sent = Timestamp(draws.below(50)),
        _ => {
            session.record.authority = (draws.below(3) > 0).then(|| Authority {
                proof: Proof::Resume,
                role: annotation::Role::Comment,
                name: "Ann".to_owned(),
                origin: None,
                region: None,
                granted_at: Timestamp(0),
                until: Timestamp(draws.below(50)),
            });
        }
    }
}

/// What is asked of all sessions, by looking at each of them.
fn looked_at(sessions: &Sessions, now: Timestamp) -> Vec<Vec<u64>> {
    let ids = |mut found: Vec<(u64, Timestamp, SessionId)>| {
        found.sort_unstable();
        found.into_iter().map(|(_, _, id)| id.0).collect::<Vec<_>>()
    };
    let of = |key: fn(&Session, Timestamp) -> Option<u64>| {
        let found = sessions.iter().filter_map(|session| {
            let key = key(session, now)?;
            Some((key, session.came, session.record.session))
        });
        ids(found.collect())
    };
    vec![
        of(|session, _| {
            let is_due = session.greeting == Greeting::Due;
            (is_due && session.is_glossator() && !session.is_welcomed).then_some(0)
        }),
        of(|session, now| {
            let is_due = match session.greeting {
                Greeting::Due => true,
                Greeting::DueAt(at) => at <= now,
                Greeting::OnceLoaded { .. } | Greeting::Done => false,
            };
            is_due.then_some(0)
        }),
        of(|session, _| {
            let may_be_answered = session.question.is_some() && session.greeting != Greeting::Due;
            may_be_answered.then_some(session.question_number)
        }),
    ]
}

/// The same, as it is noted.
fn noted(sessions: &Sessions, now: Timestamp) -> Vec<Vec<u64>> {
    [
        sessions.unwelcomed(),
        sessions.to_be_greeted(now),
        sessions.asking(),
    ]
    .into_iter()
    .map(|found| found.into_iter().map(|id| id.0).collect())
    .collect()
}

fn check(sessions: &Sessions, now: Timestamp) {
    assert_eq!(noted(sessions, now), looked_at(sessions, now));
    let all = || sessions.iter();
    assert_eq!(sessions.has_glossator(), all().any(Session::is_glossator));
    assert_eq!(
        sessions.has_stock(),
        all().any(|session| !session.is_glossator())
    );
    let until = |session: &Session| Some(session.record.authority.as_ref()?.until);
    assert_eq!(sessions.next_end(), all().filter_map(until).min());
    let mut ended: Vec<_> = all()
        .filter_map(|session| Some((until(session).filter(|until| *until <= now)?, session)))
        .map(|(until, session)| (until, session.record.session))
        .collect();
    ended.sort_unstable();
    let ended: Vec<_> = ended.into_iter().map(|(_, id)| id).collect();
    assert_eq!(sessions.ended(now), ended);
    let later = |session: &Session| match session.greeting {
        Greeting::DueAt(at) => Some(at),
        Greeting::Due | Greeting::OnceLoaded { .. } | Greeting::Done => None,
    };
    assert_eq!(sessions.next_greeting(), all().filter_map(later).min());
    let [_, greeted, asking] = &looked_at(sessions, now)[..] else {
        panic!("three were asked for");
    };
    assert_eq!(sessions.is_greeting_due(now), !greeted.is_empty());
    let is_due = |session: &Session| session.greeting == Greeting::Due;
    assert_eq!(
        sessions.is_anybody_waiting(),
        !asking.is_empty() || all().any(is_due)
    );
    for id in 0..5 {
        let is_it = |session: &&Session| session.record.presence == Some(id);
        let first = all().find(is_it).map(|session| session.record.session);
        let present = sessions.present_as(id);
        assert_eq!(present.map(|session| session.record.session), first);
        let user = format!("person {id}");
        let theirs = all().filter(|session| session.record.user == user);
        assert_eq!(sessions.of_person(&user), theirs.count());
    }
}

#[test]
fn what_is_noted_is_what_looking_at_each_would_find() {
    let mut draws = Draws(1);
    let mut sessions = Sessions::default();
    for step in 0..20_000 {
        let id = draws.below(12);
        match draws.below(8) {
            0 | 1 => sessions.insert(session(&mut draws, id)),
            2 => drop(sessions.remove(SessionId(id))),
            3 if step % 50 == 0 => sessions.change_each(|session| change(&mut draws, session)),
            4 if step % 1_000 == 0 => drop(sessions.take().count()),
            _ => {
                if let Some(mut session) = sessions.get_mut(SessionId(id)) {
                    change(&mut draws, &mut session);
                }
            }
        }
        check(&sessions, Timestamp(draws.below(50)));
    }
}
