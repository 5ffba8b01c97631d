//! What people show when they come, what they have heard of their role, and how the host changes it meanwhile.

use annotation::Role;
use room::{Authority, Ceiling, Event, Proof, Ruling, close, glossator};

use crate::{
    network::{Socket, user_of},
    object::{at_edge, in_world},
    peer::{Nature, Presence},
    world::{Happening, World},
};

/// A page that is refused so often without anything saved in between gives up.
const REFUSALS_MAX: u32 = 6;
/// Authorities of the storm often end in it. Others last.
const LIFE_MS: u64 = 3_600_000;
/// Refusals after which a person may have been struck out.
const REFUSALS_MANY: u32 = 2;

/// What a page knows of what its person may do.
#[derive(Debug, Default)]
pub(crate) struct Access {
    pub(crate) user: String,
    /// As it last heard; absent where nobody has an authority.
    pub(crate) role: Option<Role>,
    /// When it heard that, by the host's clock.
    learned_at: u64,
    /// A client token, or by what our page may come back without a ticket.
    pub(crate) token: Option<Authority>,
    /// When our page asks for a new ticket.
    renew_at: Option<u64>,
    /// Something was written, or was open, under a role that has changed since.
    pub(crate) is_tainted: bool,
    refusals: u32,
    all_refusals: u32,
    has_offline_edits: bool,
    /// What a hostile peer has shown before.
    used: Vec<Authority>,
}

/// What there is to show when somebody comes.
pub(crate) enum Shown {
    /// Nothing: in this world nobody has an authority.
    Nothing,
    This(Authority),
    /// The host cannot be asked.
    NotNow,
    /// They may not see the case.
    Never,
}

impl World {
    /// Enters somebody into the host's books.
    pub(crate) fn admit(&mut self, index: usize) {
        if self.grants.is_open {
            return;
        }
        let drawn = self.some_role(index);
        let peer = &mut self.peers[index];
        peer.access.user = user_of(index);
        peer.access.role = Some(Role::Read);
        self.grants.grant(peer.case, &peer.access.user, drawn);
    }

    fn some_role(&mut self, index: usize) -> Role {
        let roles: &[(u64, Role)] = match self.peers[index].nature {
            Nature::Hostile => &[(3, Role::Read), (3, Role::Comment), (4, Role::Annotate)],
            Nature::YWebsocket | Nature::Pycrdt | Nature::Ours if !self.is_storm => {
                &[(1, Role::Read), (1, Role::Annotate)]
            }
            Nature::YWebsocket | Nature::Pycrdt | Nature::Ours => &[
                (1, Role::None),
                (3, Role::Read),
                (4, Role::Comment),
                (10, Role::Annotate),
                (5, Role::Own),
            ],
        };
        self.random.weighted(roles).unwrap_or(Role::Read)
    }

    fn is_host_there(&self) -> bool {
        self.host_is_up && self.now >= self.host_paused_until
    }

    /// What somebody shows who comes now.
    pub(crate) fn show(&mut self, index: usize) -> Shown {
        if self.grants.is_open {
            return Shown::Nothing;
        }
        let at = at_edge(self.now);
        let access = &mut self.peers[index].access;
        access.has_offline_edits = false;
        access.token = access.token.take().filter(|token| token.until > at);
        let is_hostile = self.peers[index].nature == Nature::Hostile;
        if is_hostile && self.random.percent(30) {
            let used = &self.peers[index].access.used;
            if !used.is_empty() {
                self.counters.count("tickets replayed");
                return Shown::This(used[self.random.index(used.len())].clone());
            }
        }
        let is_ours = self.peers[index].nature == Nature::Ours;
        if let Some(token) = &self.peers[index].access.token
            && !(is_ours && self.is_host_there())
        {
            if is_ours {
                self.counters.count("comings by a resume token");
            }
            return Shown::This(token.clone());
        }
        if !self.is_host_there() {
            return Shown::NotNow;
        }
        let is_ticket = is_ours || (is_hostile && self.random.percent(50));
        match self.fetch(index, is_ticket) {
            None => Shown::Never,
            Some((_, authority)) => {
                let access = &mut self.peers[index].access;
                if is_hostile && is_ticket {
                    access.used.push(authority.clone());
                } else if !is_ours {
                    access.token = Some(authority.clone());
                }
                Shown::This(authority)
            }
        }
    }

    /// Fetches something to show, and learns from it what the person may do.
    fn fetch(&mut self, index: usize, is_ticket: bool) -> Option<(String, Authority)> {
        let life = if self.is_storm && self.random.percent(60) {
            self.random.between(4_000, 70_000)
        } else {
            LIFE_MS
        };
        let who = (self.peers[index].case, user_of(index));
        let given = self
            .grants
            .give(self.now, (who.0, &who.1), life, is_ticket)?;
        let access = &mut self.peers[index].access;
        access.role = Some(given.1.role);
        access.learned_at = given.1.granted_at.0;
        access.renew_at = is_ticket.then_some(self.now + life * 2 / 3);
        Some(given)
    }

    /// Our page renews what it has shown before it ends.
    pub(crate) fn renew(&mut self, index: usize, id: u64) {
        let peer = &self.peers[index];
        let is_due = peer.access.renew_at.is_some_and(|at| at <= self.now);
        if peer.nature != Nature::Ours || !is_due || !self.is_host_there() {
            return;
        }
        if let Some((ticket, _)) = self.fetch(index, true) {
            self.counters.count("renewals sent");
            self.send_up(id, glossator::renew(&ticket));
        }
    }

    /// Our page is given what it may come back with.
    pub(crate) fn may_resume(&mut self, index: usize, token: &str) {
        let given = self.grants.tokens.borrow().get(token).cloned();
        self.peers[index].access.token = given.map(|given| given.authority);
    }

    /// Somebody cannot come: later, or never.
    pub(crate) fn stays_away(&mut self, index: usize, shown: &Shown) {
        if let Shown::Never = shown
            && self.peers[index].nature != Nature::Hostile
        {
            self.counters.count("people kept out");
            self.peers[index].presence = Presence::Stopped {
                code: close::NOT_ALLOWED,
            };
            return;
        }
        let wait = self.random.between(300, 2_500);
        self.after(wait, Happening::Connect { peer: index });
    }

    /// A connection ended with this code: what it was opened with may be of no use any more.
    pub(crate) fn forgets_token(&mut self, index: usize, code: u16) {
        if matches!(code, close::AUTHORITY_ENDED) {
            self.counters.count("authorities ended");
        }
        let is_over = [close::AUTHORITY_ENDED, close::NOT_ALLOWED, close::SIGN_IN].contains(&code);
        if is_over && self.peers[index].nature != Nature::Ours {
            self.peers[index].access.token = None;
        }
    }

    /// Whether a peer may be refused though it is honest: its role has changed since it heard of it, or its object has
    /// not heard of that yet, or it passes on what the room has lost.
    pub(crate) fn is_excused(&self, index: usize, socket: Option<&Socket>) -> bool {
        let (peer, access) = (&self.peers[index], &self.peers[index].access);
        let changed_at = self.grants.changed_at(peer.case);
        // What a storage has lost comes again from whoever wrote it, and may be more than their role is by now.
        let has_lost = self.oracle.cases[peer.case].has_lost;
        let may_write_all = access.role.is_none_or(|role| role >= Role::Annotate);
        !self.grants.is_open
            && (access.is_tainted
                || self.grants.erased.contains_key(&peer.case)
                || (has_lost && !may_write_all)
                || access.learned_at < changed_at.0
                || self.oracle.gates[peer.object].newest() < changed_at
                || socket.is_some_and(|socket| self.may_be_of_before(socket))
                || access.all_refusals > REFUSALS_MANY
                || socket.is_some_and(|socket| socket.carries_others))
    }

    /// Whether what a socket hears now may have left its object before that was told who may do what.
    fn may_be_of_before(&self, socket: &Socket) -> bool {
        self.oracle.gates[socket.object].has_learned_within(3 * socket.slowest, self.now)
    }

    /// Whether an object may have left deletions of a page's out without a word: a storage that may have lost something
    /// takes those of others from nobody, and cannot tell them from deeds of a person whose role has changed.
    pub(crate) fn may_lack_silently(&self, index: usize) -> bool {
        let has_lost = self.oracle.cases[self.peers[index].case].has_lost;
        !self.grants.is_open && (has_lost || self.is_excused(index, None))
    }

    /// Our page was refused something that it had a right to write as far as it knew; whether it goes on.
    pub(crate) fn bears_refusal(&mut self, index: usize) -> bool {
        let access = &mut self.peers[index].access;
        access.refusals += 1;
        access.all_refusals += 1;
        if access.refusals <= REFUSALS_MAX {
            return true;
        }
        self.leave(index);
        self.peers[index].presence = Presence::Stopped {
            code: close::NOT_ALLOWED,
        };
        false
    }

    pub(crate) fn was_saved(&mut self, index: usize) {
        self.peers[index].access.refusals = 0;
    }

    /// A page writes: perhaps under a role that it has no more.
    pub(crate) fn note_edit(&mut self, index: usize) {
        let changed_at = self.grants.changed_at(self.peers[index].case);
        let is_offline = self.peers[index].socket().is_none();
        let access = &mut self.peers[index].access;
        access.is_tainted |= access.learned_at < changed_at.0;
        access.has_offline_edits |= is_offline;
    }

    /// A page has a fresh replica.
    pub(crate) fn note_reload(&mut self, index: usize) {
        let changed_at = self.grants.changed_at(self.peers[index].case);
        let is_ours = self.peers[index].nature == Nature::Ours;
        let access = &mut self.peers[index].access;
        access.is_tainted = false;
        access.has_offline_edits = false;
        if !is_ours && access.learned_at < changed_at.0 {
            access.token = None;
        }
    }

    /// Somebody who was sent away signs in again, if they may see the case now.
    pub(crate) fn sign_in_again(&mut self, index: usize, code: u16) {
        let peer = &self.peers[index];
        let may_come = self.grants.role(peer.case, &user_of(index)) != Role::None;
        let was_sent_away = [close::NOT_ALLOWED, close::TOO_MANY].contains(&code);
        if self.grants.is_open || !was_sent_away || !may_come || !self.random.percent(30) {
            return;
        }
        self.counters.count("people come back");
        let peer = &mut self.peers[index];
        peer.presence = Presence::Away;
        peer.access.token = None;
        peer.access.refusals = 0;
        self.reload(index);
    }

    /// The host changes something of who may do what.
    pub(crate) fn regrant(&mut self) {
        if !self.is_storm {
            return;
        }
        let wait = self.random.between(1_500, 9_000);
        self.after(wait, Happening::Regrant);
        let index = self.random.index(self.peers.len());
        let (case, user) = (self.peers[index].case, user_of(index));
        self.trace
            .line(self.now, format_args!("the host changes access of {user}"));
        let mut affected = Some(index);
        match self.random.below(10) {
            0..=5 => self.change_role(index),
            6 | 7 => {
                affected = None;
                let ceiling = Ceiling {
                    role: [Role::Read, Role::Comment][self.random.index(2)],
                    spares_owners: self.random.percent(70),
                };
                let is_locked = self.grants.lock(self.now, case, ceiling);
                self.counters.count(match is_locked {
                    true => "cases locked",
                    false => "cases unlocked",
                });
            }
            8 => {
                let token = self.peers[index].access.token.as_ref();
                if let Some(Proof::Client { id }) = token.map(|token| token.proof.clone()) {
                    self.counters.count("tokens revoked");
                    self.grants.revoke(self.now, case, &id);
                }
            }
            _ => {
                affected = None;
                self.counters.count("everything void");
                self.grants.void(self.now, case);
            }
        }
        for (other, peer) in self.peers.iter_mut().enumerate() {
            let is_affected = affected.is_none_or(|affected| affected == other);
            peer.access.is_tainted |= peer.case == case && is_affected;
        }
    }

    fn change_role(&mut self, index: usize) {
        let is_removed = self.random.percent(20);
        let role = if is_removed {
            self.counters.count("people removed");
            Role::None
        } else {
            self.some_role(index)
        };
        let (case, user) = (self.peers[index].case, user_of(index));
        if self.erased(case).contains(&user) {
            return;
        }
        let access = &self.peers[index].access;
        if access.has_offline_edits && access.role.is_some_and(|had| role < had) {
            self.counters
                .count("demotions of people with edits offline");
        }
        self.counters.count("roles changed");
        self.grants.change(self.now, case, &user, role);
    }

    /// What is said of access leaves for the objects: late, lost on the way or twice, until it is confirmed.
    pub(crate) fn send_rulings(&mut self) {
        let open: Vec<(usize, u64)> = self.grants.outbox.iter().map(|(k, v)| (*k, *v)).collect();
        for (case, revision) in open {
            let ruling = self.grants.ruling(self.now, case);
            let times = match self.random.below(10) {
                0..=2 if self.is_storm => 0,
                3 | 4 if self.is_storm => 2,
                _ => 1,
            };
            for _ in 0..times {
                let wait = self
                    .random
                    .between(5, if self.is_storm { 2_500 } else { 50 });
                let ruling = Box::new(ruling.clone());
                self.after(
                    wait,
                    Happening::Told {
                        case,
                        revision,
                        ruling,
                    },
                );
            }
        }
    }

    /// A ruling reaches the object that the edge would wake.
    pub(crate) fn told(&mut self, case: usize, revision: u64, ruling: Ruling) {
        let Some(object) = self.objects.iter().position(|object| object.case == case) else {
            return;
        };
        self.counters.count("rulings told");
        let as_of = ruling.as_of;
        if self.step(object, Event::RulingTold { ruling })
            && self.objects[object].ruling_as_of() >= Some(as_of)
            && self.grants.outbox.get(&case) == Some(&revision)
        {
            self.counters.count("rulings confirmed");
            self.grants.outbox.remove(&case);
        }
    }

    /// Nobody is in longer than what they have shown allows: the room wakes for it.
    pub(crate) fn check_ends(&mut self) {
        for (index, object) in self.objects.iter().enumerate() {
            let sessions = object.sockets.keys();
            let overdue = sessions
                .filter_map(|session| self.oracle.gates[index].end_of(*session))
                .map(in_world)
                .find(|end| end + 5_000 < self.now);
            if let Some(end) = overdue {
                let detail =
                    format!("object {index} keeps somebody whose authority ended at {end}");
                return self.oracle.violated(crate::gate::ENDED, detail);
            }
        }
    }
}
