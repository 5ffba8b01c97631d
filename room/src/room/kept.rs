//! What the room keeps beside its document (SPEC section 14): what the host has said of authorities, what each person has used
//! up, and the like. Small records, each under its own key.

use std::collections::BTreeMap;

use annotation::Role;
use serde::{Deserialize, Serialize};

use crate::{
    authority::{self, Authority, Ruling},
    close::{self, Close},
    effect::Effect,
    limits::{
        CLIENT_IDS_MAX, CLIENT_IDS_WINDOW_MS, PERSON_SOCKETS_MAX, PERSONS_MAX, REBUILDS_MAX,
        REBUILDS_WINDOW_MS, SPENT_TICKETS_MAX, STRIKES_MAX, STRIKES_WINDOW_MS, UPGRADES_KEPT_EVERY,
        UPGRADES_MAX, UPGRADES_WINDOW_MS,
    },
    time::Timestamp,
};

use super::{
    Room,
    erasure::{ERASED_KEY, Erased},
    refusals::STRUCK_OUT,
};

const RULE_KEY: &str = "authority";
const PERSON_KEY: &str = "person:";
/// What is noted of the snapshot. A release that does not know this key passes over it.
pub(super) const SUMMARY_KEY: &str = "summary";

/// What the host has said of authorities.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Rule {
    pub(super) ruling: Ruling,
    /// When it said so, by the room's clock; 0 if it never did.
    pub(super) heard_at: Timestamp,
    /// When this storage first let somebody in; 0 if it never did.
    pub(super) started_at: Timestamp,
    /// What the case allowed before it came to allow more; absent if it never did.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    lifted: Option<Lifted>,
}

/// A ceiling that is gone, under which the host may have issued what pages still show.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
struct Lifted {
    /// What it left of every role, but of an owner's whom it spared.
    #[serde(with = "authority::by_name")]
    role: Role,
    /// By when it was gone, by the host's clock.
    as_of: Timestamp,
}

impl Rule {
    /// Takes in what the host says. Of several ceilings that were lifted it remembers the highest one and the latest time:
    /// that covers each of them.
    pub(super) fn hear(&mut self, ruling: Ruling, now: Timestamp) {
        let gone = self.ruling.ceiling.filter(|gone| {
            let ceiling = ruling.ceiling;
            ceiling.is_none_or(|ceiling| ceiling.allows_more_than(gone))
        });
        if let Some(gone) = gone {
            let before = self.lifted.map_or(gone.role, |before| before.role);
            self.lifted = Some(Lifted {
                role: before.max(gone.role),
                as_of: ruling.as_of,
            });
        }
        self.ruling = ruling;
        self.heard_at = now;
    }

    /// Whether the host may have issued this under a ceiling that is gone, so that it says less than it would now.
    pub(super) fn may_have_cut(&self, authority: &Authority) -> bool {
        let covers =
            |gone: Lifted| authority.granted_at <= gone.as_of && authority.role <= gone.role;
        self.lifted.is_some_and(covers)
    }

    pub(super) fn keep(&self) -> Effect {
        Effect::Keep {
            key: RULE_KEY.to_owned(),
            value: written(self),
        }
    }
}

/// What a person has used up of what everybody has.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Person {
    /// Tickets that were used, and until when somebody might believe them.
    spent: BTreeMap<String, Timestamp>,
    upgrades: Count,
    client_ids: Count,
    strikes: Count,
    rebuilds: Count,
}

/// How often something happened since a moment.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
struct Count {
    count: u32,
    since: Timestamp,
}

impl Count {
    /// Counts within a window that begins with the first time, and answers how often it happened by now.
    fn add(&mut self, now: Timestamp, times: u32, window_ms: u64) -> u32 {
        *self = Count {
            count: self.within(now, window_ms).saturating_add(times),
            since: if self.within(now, window_ms) == 0 {
                now
            } else {
                self.since
            },
        };
        self.count
    }

    fn within(self, now: Timestamp, window_ms: u64) -> u32 {
        // A clock that stepped back ends no window.
        if now.millis_since(self.since) < window_ms {
            self.count
        } else {
            0
        }
    }
}

impl Person {
    fn is_out(&self, now: Timestamp) -> bool {
        self.strikes.within(now, STRIKES_WINDOW_MS) > STRIKES_MAX
            || self.rebuilds.within(now, REBUILDS_WINDOW_MS) > REBUILDS_MAX
    }

    /// When anything of it last began to count: who has been quiet for longest is forgotten first.
    fn newest(&self) -> Timestamp {
        let Person {
            upgrades,
            client_ids,
            strikes,
            rebuilds,
            spent,
        } = self;
        let counts = [upgrades, client_ids, strikes, rebuilds];
        let began = counts.map(|count| count.since).into_iter();
        began
            .chain(spent.values().copied())
            .max()
            .unwrap_or_default()
    }
}

/// What people have used up.
#[derive(Debug, Default)]
pub(super) struct Persons {
    people: BTreeMap<String, Person>,
    /// Whether it is kept across lives in memory: only if the host vouches for people, since names that anybody may claim
    /// would fill the storage.
    is_kept: bool,
}

impl Persons {
    /// Whether a ticket is used for the first time; it never is again.
    pub(super) fn spend_ticket(
        &mut self,
        now: Timestamp,
        user: &str,
        (id, spent_until): (&str, Timestamp),
        effects: &mut Vec<Effect>,
    ) -> bool {
        let person = self.person(user);
        person.spent.retain(|_, until| *until > now);
        if person.spent.contains_key(id) || person.spent.len() >= SPENT_TICKETS_MAX {
            return false;
        }
        person.spent.insert(id.to_owned(), spent_until);
        self.keep(user, effects);
        true
    }

    /// Counts that somebody with so many open sockets opens another one, if they may.
    pub(super) fn admit(
        &mut self,
        now: Timestamp,
        user: &str,
        sockets: usize,
        effects: &mut Vec<Effect>,
    ) -> Result<(), Close> {
        let person = self.person(user);
        if person.is_out(now) {
            return Err(STRUCK_OUT);
        }
        let upgrades = person.upgrades.add(now, 1, UPGRADES_WINDOW_MS);
        self.make_room_for(user, effects);
        if upgrades.is_multiple_of(UPGRADES_KEPT_EVERY) {
            self.keep(user, effects);
        }
        if upgrades > 2 * UPGRADES_MAX {
            Err(TOO_OFTEN_AGAIN)
        } else if upgrades > UPGRADES_MAX {
            Err(TOO_OFTEN)
        } else if sockets >= PERSON_SOCKETS_MAX {
            Err(TOO_MANY_SOCKETS)
        } else {
            Ok(())
        }
    }

    /// Whether somebody's updates are not even looked at any more.
    pub(super) fn is_struck_out(&self, now: Timestamp, user: &str) -> bool {
        let person = self.people.get(user);
        self.is_kept && person.is_some_and(|person| person.is_out(now))
    }

    /// Counts new client ids under which somebody writes, if they may.
    pub(super) fn begin(
        &mut self,
        now: Timestamp,
        user: &str,
        client_ids: usize,
        effects: &mut Vec<Effect>,
    ) -> bool {
        if client_ids == 0 {
            return true;
        }
        let times = u32::try_from(client_ids).unwrap_or(u32::MAX);
        let count = self
            .person(user)
            .client_ids
            .add(now, times, CLIENT_IDS_WINDOW_MS);
        self.keep(user, effects);
        count <= CLIENT_IDS_MAX
    }

    /// Counts a refused update of somebody; whether there were too many.
    pub(super) fn strike(
        &mut self,
        now: Timestamp,
        user: &str,
        has_cost_a_rebuild: bool,
        effects: &mut Vec<Effect>,
    ) -> bool {
        let person = self.person(user);
        person.strikes.add(now, 1, STRIKES_WINDOW_MS);
        if has_cost_a_rebuild {
            person.rebuilds.add(now, 1, REBUILDS_WINDOW_MS);
        }
        let is_out = person.is_out(now);
        self.keep(user, effects);
        is_out
    }

    /// Begins to count somebody's refusals anew.
    pub(super) fn forget(&mut self, user: &str) {
        if let Some(person) = self.people.get_mut(user) {
            person.strikes = Count::default();
            person.rebuilds = Count::default();
        }
    }

    fn person(&mut self, user: &str) -> &mut Person {
        self.people.entry(user.to_owned()).or_default()
    }

    /// Of too many people the one who has been quiet for longest is forgotten.
    fn make_room_for(&mut self, user: &str, effects: &mut Vec<Effect>) {
        if self.people.len() <= PERSONS_MAX {
            return;
        }
        let others = self.people.iter().filter(|(other, _)| *other != user);
        let quietest = others.min_by_key(|(_, person)| person.newest());
        if let Some(quietest) = quietest.map(|(other, _)| other.clone()) {
            self.people.remove(&quietest);
            if self.is_kept {
                let key = person_key(&quietest);
                effects.push(Effect::Forget { key });
            }
        }
    }

    /// Orders that what a person has used up is kept.
    fn keep(&mut self, user: &str, effects: &mut Vec<Effect>) {
        self.make_room_for(user, effects);
        if self.is_kept
            && let Some(person) = self.people.get(user)
        {
            let (key, value) = (person_key(user), written(person));
            // One record in a list is enough. What stands in the list stays where it is: others count its places.
            let newest = effects.iter_mut().rev().find(|effect| {
                matches!(effect, Effect::Keep { key: of, .. } | Effect::Forget { key: of } if *of == key)
            });
            if let Some(Effect::Keep { value: kept, .. }) = newest {
                *kept = value;
            } else {
                effects.push(Effect::Keep { key, value });
            }
        }
    }
}

impl Room {
    /// Takes back what was kept.
    ///
    /// # Errors
    /// If a record cannot be read: what somebody has used up, or may no longer do, must not be forgotten by accident.
    pub(super) fn recall(&mut self, kept: Vec<(String, String)>) -> Result<(), serde_json::Error> {
        self.rule = Rule::default();
        self.persons = Persons::default();
        self.erased = Erased::default();
        self.summary = None;
        for (key, value) in kept {
            if key == RULE_KEY {
                self.rule = serde_json::from_str(&value)?;
            } else if key == ERASED_KEY {
                self.erased = serde_json::from_str(&value)?;
            } else if key == SUMMARY_KEY {
                // Read once the document is.
                self.summary = Some(value);
            } else if let Some(user) = key.strip_prefix(PERSON_KEY) {
                let person = serde_json::from_str(&value)?;
                self.persons.people.insert(user.to_owned(), person);
            }
        }
        self.persons.is_kept = self.rule.started_at != Timestamp::default();
        Ok(())
    }

    /// When this storage first let somebody in whom the host vouches for: now, if it never did.
    pub(super) fn started_at(&mut self, now: Timestamp, effects: &mut Vec<Effect>) -> Timestamp {
        if self.rule.started_at == Timestamp::default() {
            self.rule.started_at = now;
            self.persons.is_kept = true;
            effects.push(self.rule.keep());
        }
        self.rule.started_at
    }
}

fn person_key(user: &str) -> String {
    format!("{PERSON_KEY}{user}")
}

pub(super) fn written(record: &impl Serialize) -> String {
    serde_json::to_string(record).expect("a record of numbers and strings has a JSON form")
}

const TOO_OFTEN: Close = Close::new(
    close::TRY_LATER,
    "too many connections in a short time; come back later",
);
const TOO_OFTEN_AGAIN: Close = Close::new(
    close::TOO_MANY,
    "far too many connections in a short time; reload later",
);
const TOO_MANY_SOCKETS: Close = Close::new(
    close::TRY_LATER,
    "too many connections of one person; close some",
);

#[cfg(test)]
mod tests;
