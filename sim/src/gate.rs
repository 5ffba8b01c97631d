//! What must hold of roles: nobody's hand shows in a document that may not have written there at that moment, nobody is
//! in who may not be, and what was used up stays so (I9, I10). Of the room it knows what it was told, and what it did.

use std::collections::{BTreeMap, BTreeSet};

use annotation::{Attribution, Proof as Claimed, Role};
use room::{ArchiveOutcome, Authority, Event, Proof, Ruling, RulingOutcome, SessionId, Timestamp};

use crate::{
    content::Content,
    network::user_of,
    object::{Outgoing, at_edge},
    plain::{self, Hand},
    witness::Append,
    world::World,
};

pub(crate) const BEYOND: &str = "I9 nobody writes what they may not";
const RELAYED: &str = "I9 what is passed on is nobody's, and not for ever";
pub(crate) const ENDED: &str = "I10 no authority outlasts its end";
const REMOVED: &str = "I10 who was removed is out";
const TWICE: &str = "I10 a ticket opens once";
/// What of an earlier storage others may bring back is accepted for so long, and the time that a step takes.
const RELAY_MS: u64 = 24 * 60 * 60 * 1_000 + 60_000;

/// What is known of one object's door.
pub(crate) struct Gate {
    /// What the host has said to it: more than one thing if a stretch that was told something was cut off.
    possible: Vec<Ruling>,
    /// When that was last something new.
    told_at: u64,
    /// Who was let in with what.
    pub(crate) shown: BTreeMap<SessionId, (String, Vec<Authority>)>,
    /// Who was ever let in as an owner, and may have brought back what others had made.
    pub(crate) owned: BTreeSet<String>,
    spent: BTreeSet<String>,
    /// Refusals of each person that have cost the room its document in memory.
    pub(crate) rebuilds: BTreeMap<String, u32>,
    /// When its storage began.
    began_at: Option<u64>,
    /// It has lost one, or began with what the store held.
    pub(crate) has_lost: bool,
}

impl Default for Gate {
    fn default() -> Gate {
        Gate {
            possible: vec![Ruling::default()],
            told_at: 0,
            shown: BTreeMap::new(),
            owned: BTreeSet::new(),
            spent: BTreeSet::new(),
            rebuilds: BTreeMap::new(),
            began_at: None,
            has_lost: false,
        }
    }
}

/// What an event says that must be remembered when its stretch is over.
pub(crate) struct Said {
    opened: Option<(SessionId, String, Authority)>,
    ruling: Option<Ruling>,
    /// Who sent something, if it is looked at at once.
    sender: Option<SessionId>,
    /// The store has told more than it was sent.
    is_union: bool,
}

impl Said {
    pub(crate) fn of(event: &Event, is_heard_at_once: bool) -> Said {
        let mut said = Said {
            opened: None,
            ruling: None,
            sender: None,
            is_union: matches!(
                event,
                Event::ArchiveFinished {
                    outcome: ArchiveOutcome::Stored { union: Some(_), .. },
                    ..
                }
            ),
        };
        if let Event::SessionOpened {
            session,
            user,
            authority: Some(authority),
            ..
        } = event
        {
            said.opened = Some((*session, user.clone(), authority.clone()));
        } else if let Event::RulingTold { ruling }
        | Event::RulingAnswered {
            outcome: RulingOutcome::Told(ruling),
            ..
        } = event
        {
            said.ruling = Some(ruling.clone());
        } else if let Event::FrameReceived { session, .. } = event {
            said.sender = is_heard_at_once.then_some(*session);
        }
        said
    }
}

impl Gate {
    /// The oldest of what it may have been told last.
    pub(crate) fn newest(&self) -> Timestamp {
        let told = self.possible.iter().map(|ruling| ruling.as_of);
        told.min().unwrap_or_default()
    }

    /// Whether a word that was on its way for so long may have left before it was told that.
    pub(crate) fn has_learned_within(&self, millis: u64, now: u64) -> bool {
        now <= self.told_at + millis
    }

    /// Its storage is gone.
    pub(crate) fn forget(&mut self) {
        let shown = std::mem::take(&mut self.shown);
        let owned = std::mem::take(&mut self.owned);
        *self = Gate {
            shown,
            owned,
            has_lost: true,
            ..Gate::default()
        };
    }

    /// What was used up long ago counts no more.
    pub(crate) fn forgive(&mut self) {
        self.rebuilds.clear();
    }

    /// When somebody must be out who is in.
    pub(crate) fn end_of(&self, session: SessionId) -> Option<Timestamp> {
        let (_, shown) = self.shown.get(&session)?;
        shown.iter().map(|authority| authority.until).max()
    }

    /// Whether a socket must be out by what its object knew before.
    fn is_out(&self, session: SessionId, now: Timestamp) -> Option<&'static str> {
        if self.end_of(session)? <= now {
            return Some(ENDED);
        }
        let (user, shown) = self.shown.get(&session)?;
        let mut allowed = shown.iter().flat_map(|authority| {
            let rulings = self.possible.iter();
            rulings.filter_map(|ruling| role_of(user, authority, ruling))
        });
        allowed.next().is_none().then_some(REMOVED)
    }

    /// The most that somebody may do who was let in.
    fn role(&self, user: &str, now: Timestamp) -> Role {
        let theirs = self.shown.values().filter(|(who, _)| who == user);
        let live = theirs
            .flat_map(|(_, shown)| shown)
            .filter(|authority| authority.until > now);
        let roles = live.flat_map(|authority| {
            let rulings = self.possible.iter();
            rulings.filter_map(|ruling| role_of(user, authority, ruling))
        });
        roles.max().unwrap_or(Role::None)
    }

    fn is_told(&mut self, now: u64, ruling: Ruling, is_durable: bool) {
        let newest = self.possible.iter().map(|known| known.as_of).max();
        if newest.is_some_and(|newest| ruling.as_of < newest) {
            return;
        }
        if newest != Some(ruling.as_of) {
            self.told_at = now;
        }
        if is_durable {
            self.possible.clear();
        }
        self.possible.push(ruling);
    }
}

/// What somebody may do who shows this, if the host has said that; absent if they are to be sent away.
fn role_of(user: &str, authority: &Authority, ruling: &Ruling) -> Option<Role> {
    let since = |at: Timestamp| at >= authority.granted_at;
    let changes = ruling.changes.iter();
    let changed = changes
        .filter(|change| change.user == user && since(change.changed_at))
        .map(|change| change.role)
        .next();
    if since(ruling.void_until) {
        return None;
    }
    let role = match (&authority.proof, changed) {
        (Proof::Client { id }, _) if ruling.revoked.contains(id) => return None,
        (Proof::Client { .. }, Some(changed)) => changed.min(authority.role),
        (Proof::Ticket { .. } | Proof::Resume, Some(_)) => return None,
        (_, None) => authority.role,
    };
    let is_spared = |spares: bool| spares && role == Role::Own;
    let role = match ruling.ceiling {
        Some(ceiling) if !is_spared(ceiling.spares_owners) => role.min(ceiling.role),
        Some(_) | None => role,
    };
    (role != Role::None).then_some(role)
}

impl World {
    /// Looks at what a stretch of an object did, and at who is in after it. `is_whole`: all of it is durable.
    pub(crate) fn judge(&mut self, index: usize, said: Said, out: &Outgoing, is_whole: bool) {
        let object = &self.objects[index];
        if object.storage.is_tombstone() || self.oracle.cases[object.case].is_deleted {
            return self.oracle.gates[index].forget();
        }
        let is_begun = object.storage.meta.is_some();
        let gate = &mut self.oracle.gates[index];
        if !is_begun {
            gate.began_at = None;
        } else if gate.began_at.is_none() {
            gate.began_at = Some(self.now);
        }
        if !self.grants.is_open {
            self.check_told_out(index, out);
        }
        // A room whose storage cannot be read takes no ruling, and whoever told it tells it again.
        let knows = self.objects[index].ruling_as_of();
        if let Some(ruling) = said.ruling
            && (!is_whole || knows >= Some(ruling.as_of))
        {
            self.oracle.gates[index].is_told(self.now, ruling, is_whole);
        }
        for append in &out.appended {
            self.judge_append(index, append, said.is_union);
        }
        if is_whole && !self.grants.is_open {
            self.check_used(index, said.opened, out);
            self.check_strikes(index, said.sender, out);
            self.check_who_is_in(index);
        }
    }

    /// Nobody is sent anything who was out before.
    fn check_told_out(&mut self, index: usize, out: &Outgoing) {
        let gate = &self.oracle.gates[index];
        let now = at_edge(self.now);
        let addressees = out.frames.iter().flat_map(|(sessions, ..)| sessions);
        let wrong = addressees
            .filter_map(|session| Some((*session, gate.is_out(*session, now)?)))
            .next();
        if let Some((session, invariant)) = wrong {
            let detail = format!("object {index} sends something to {}", session.0);
            self.oracle.violated(invariant, detail);
        }
    }

    fn check_used(
        &mut self,
        index: usize,
        opened: Option<(SessionId, String, Authority)>,
        out: &Outgoing,
    ) {
        let closed: BTreeSet<SessionId> = out.closes.iter().map(|(session, _)| *session).collect();
        let gate = &mut self.oracle.gates[index];
        let mut shown = Vec::new();
        if let Some((session, user, authority)) = opened
            && !closed.contains(&session)
        {
            gate.shown.insert(session, (user, Vec::new()));
            shown.push((session, authority));
        }
        let renewed = out.renewed.iter().cloned();
        shown.extend(renewed.filter(|(session, _)| !closed.contains(session)));
        let mut twice = None;
        for (session, authority) in shown {
            if let Proof::Ticket { id, .. } = &authority.proof
                && !gate.spent.insert(id.clone())
            {
                twice = Some(format!(
                    "object {index} lets {} in with {id} again",
                    session.0
                ));
            }
            if let Some((user, known)) = gate.shown.get_mut(&session) {
                if authority.role == Role::Own {
                    gate.owned.insert(user.clone());
                }
                known.push(authority);
            }
        }
        if !out.renewed.is_empty() {
            self.counters.count("authorities renewed");
        }
        if let Some(detail) = twice {
            self.oracle.violated(TWICE, detail);
        }
    }

    fn check_who_is_in(&mut self, index: usize) {
        let now = at_edge(self.now);
        let gate = &self.oracle.gates[index];
        let sessions = self.objects[index].sockets.keys();
        let wrong = sessions
            .filter_map(|session| Some((*session, gate.is_out(*session, now)?)))
            .next();
        if let Some((session, invariant)) = wrong {
            let detail = format!("object {index} keeps {}", session.0);
            self.oracle.violated(invariant, detail);
        }
    }

    /// Judges an update that an object has journaled.
    fn judge_append(&mut self, index: usize, append: &Append, is_union: bool) {
        let case = self.objects[index].case;
        let ever = &mut self.oracle.cases[case].ever;
        let plain = append.plain.as_ref();
        for place in plain.iter().flat_map(|(before, _)| before.places()) {
            if !ever.contains(place) {
                ever.insert(place.clone());
            }
        }
        if self.is_erasure(index, append) {
            return;
        }
        let stored = &self.oracle.cases[case].stored;
        if is_union || append.content.beyond(stored).is_none() {
            // It came back from the store, or could have.
            return;
        }
        self.check_comes_back(index, append);
        let is_relayed = self.check_relay(index, append);
        let now = at_edge(self.now);
        if self.grants.is_open {
            return;
        }
        let role = self.oracle.gates[index].role(&append.editor, now);
        let wrong = if role < Role::Comment {
            Some(format!("wrote something with the role {role}"))
        } else {
            let hand = Hand {
                user: &append.editor,
                role,
                now_ms: i64::try_from(now.0).unwrap_or(i64::MAX),
                ever: &self.oracle.cases[case].ever,
            };
            plain
                .filter(|_| !is_relayed)
                .and_then(|(before, after)| plain::violation(before, after, &hand))
        };
        if let Some(wrong) = wrong {
            let detail = format!(
                "object {index}: {}, who may {role}, {wrong}: {}",
                append.editor, append.content
            );
            self.oracle.violated(BEYOND, detail);
        } else {
            self.counters.count("updates judged");
        }
    }

    /// Looks at whose structs an update brings; whether any are somebody else's than the sender's.
    fn check_relay(&mut self, index: usize, append: &Append) -> bool {
        let editor = append.editor.as_str();
        let others: BTreeSet<u64> = writers(&append.content)
            .filter(|client| self.oracle.writer(*client).map(user_of).as_deref() != Some(editor))
            .collect();
        let Ok(claims) = Attribution::decode(&append.attribution) else {
            return !others.is_empty();
        };
        let mut is_proved = false;
        let mut is_relayed = !others.is_empty();
        for (client, _, claim) in claims.all_written() {
            is_proved |= others.contains(&client) && claim.proof == Claimed::Proven;
            is_relayed |= claim.proof == Claimed::Relayed;
        }
        let began_at = self.oracle.gates[index].began_at;
        let is_late = began_at.is_some_and(|began_at| began_at + RELAY_MS < self.now);
        if is_relayed && (is_proved || is_late) {
            let detail = format!("object {index} takes {} from {editor}", append.content);
            self.oracle.violated(RELAYED, detail);
        } else if is_relayed {
            self.counters.count("updates relayed");
        }
        is_relayed
    }
}

fn writers(content: &Content) -> impl Iterator<Item = u64> + '_ {
    content.inserted().map(|(client, _)| client)
}
