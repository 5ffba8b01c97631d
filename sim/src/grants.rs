//! Who may do what, as the host has it: grants, locks and revocations of each case, the tokens that it gives out, and what
//! objects have not confirmed yet.

use std::{
    cell::RefCell,
    collections::{BTreeMap, BTreeSet},
    rc::Rc,
};

use annotation::Role;
use room::{Authority, Ceiling, Change, Proof, Ruling, Timestamp};

use crate::object::at_edge;

/// A used ticket is remembered for so long.
const SPENT_MS: u64 = 90_000;

/// What shells verify tokens with.
pub(crate) type Tokens = Rc<RefCell<BTreeMap<String, Token>>>;

/// A token that was given out.
#[derive(Clone, Debug)]
pub(crate) struct Token {
    pub(crate) case: usize,
    pub(crate) user: String,
    pub(crate) authority: Authority,
}

/// What the host knows of access.
#[derive(Default)]
pub(crate) struct Grants {
    /// Nobody is asked for anything.
    pub(crate) is_open: bool,
    cases: BTreeMap<usize, Case>,
    /// Cases whose object has not confirmed what was said last, which is counted.
    pub(crate) outbox: BTreeMap<usize, u64>,
    pub(crate) tokens: Tokens,
    /// Who was erased, in the cases that they were in.
    pub(crate) erased: BTreeMap<usize, BTreeSet<String>>,
    /// No two things that the host does happen in one millisecond.
    clock: u64,
    given: u64,
}

#[derive(Default)]
struct Case {
    roles: BTreeMap<String, Role>,
    changes: BTreeMap<String, (Role, u64)>,
    ceiling: Option<Ceiling>,
    revoked: BTreeSet<String>,
    void_until: u64,
    changed_at: u64,
}

impl Grants {
    /// Lets somebody in for the first time.
    pub(crate) fn grant(&mut self, case: usize, user: &str, role: Role) {
        let case = self.cases.entry(case).or_default();
        case.roles.insert(user.to_owned(), role);
    }

    /// Changes what somebody may do.
    pub(crate) fn change(&mut self, now: u64, case: usize, user: &str, role: Role) {
        let at = self.changes(now, case);
        let case = self.cases.entry(case).or_default();
        case.roles.insert(user.to_owned(), role);
        case.changes.insert(user.to_owned(), (role, at));
    }

    /// Locks a case, or opens it again; whether it is locked now.
    pub(crate) fn lock(&mut self, now: u64, case: usize, ceiling: Ceiling) -> bool {
        self.changes(now, case);
        let case = self.cases.entry(case).or_default();
        case.ceiling = match case.ceiling {
            None => Some(ceiling),
            Some(_) => None,
        };
        case.ceiling.is_some()
    }

    pub(crate) fn revoke(&mut self, now: u64, case: usize, token: &str) {
        self.changes(now, case);
        let case = self.cases.entry(case).or_default();
        case.revoked.insert(token.to_owned());
    }

    /// Makes void whatever was given out, in one sentence.
    pub(crate) fn void(&mut self, now: u64, case: usize) {
        let at = self.changes(now, case);
        let case = self.cases.entry(case).or_default();
        case.void_until = at;
        case.changes.clear();
        case.revoked.clear();
    }

    fn changes(&mut self, now: u64, case: usize) -> u64 {
        let at = self.tick(now);
        *self.outbox.entry(case).or_default() += 1;
        self.cases.entry(case).or_default().changed_at = at;
        at
    }

    /// When anything was last said of a case, by the host's clock.
    pub(crate) fn changed_at(&self, case: usize) -> Timestamp {
        Timestamp(self.cases.get(&case).map_or(0, |case| case.changed_at))
    }

    /// What somebody may do as things are.
    pub(crate) fn role(&self, case: usize, user: &str) -> Role {
        let Some(case) = self.cases.get(&case) else {
            return Role::None;
        };
        let role = case.roles.get(user).copied().unwrap_or(Role::None);
        match case.ceiling {
            Some(ceiling) if !(ceiling.spares_owners && role == Role::Own) => {
                role.min(ceiling.role)
            }
            Some(_) | None => role,
        }
    }

    /// What there is to say of a case.
    pub(crate) fn ruling(&mut self, now: u64, case: usize) -> Ruling {
        let as_of = Timestamp(self.tick(now));
        let case = self.cases.entry(case).or_default();
        let changes = case.changes.iter();
        Ruling {
            as_of,
            ceiling: case.ceiling,
            changes: changes
                .map(|(user, &(role, at))| Change {
                    user: user.clone(),
                    role,
                    changed_at: Timestamp(at),
                })
                .collect(),
            revoked: case.revoked.iter().cloned().collect(),
            void_until: Timestamp(case.void_until),
        }
    }

    /// Gives somebody a ticket or a client token, if they may see the case: its name and what it proves.
    pub(crate) fn give(
        &mut self,
        now: u64,
        (case, user): (usize, &str),
        life_ms: u64,
        is_ticket: bool,
    ) -> Option<(String, Authority)> {
        let role = self.role(case, user);
        if role == Role::None {
            return None;
        }
        let granted_at = self.tick(now);
        self.given += 1;
        let id = format!("token-{}", self.given);
        let proof = if is_ticket {
            Proof::Ticket {
                id: id.clone(),
                spent_until: Timestamp(granted_at + SPENT_MS),
            }
        } else {
            Proof::Client { id: id.clone() }
        };
        let authority = Authority {
            proof,
            role,
            name: user.to_owned(),
            origin: None,
            region: None,
            granted_at: Timestamp(granted_at),
            until: at_edge(now + life_ms),
        };
        let token = Token {
            case,
            user: user.to_owned(),
            authority: authority.clone(),
        };
        self.tokens.borrow_mut().insert(id.clone(), token);
        Some((id, authority))
    }

    pub(crate) fn tick(&mut self, now: u64) -> u64 {
        self.clock = at_edge(now).0.max(self.clock + 1);
        self.clock
    }
}
