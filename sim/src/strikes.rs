//! What a refusal costs: whoever is at fault is not heard for a while (I10), and nobody pays who is not (I9).

use room::{Notice, SessionId, limits};

use crate::{
    network::user_of,
    object::Outgoing,
    peer::{Nature, Peer},
    world::World,
};

const PAID: &str = "I9 nobody pays for what they pass on";
const WASHED: &str = "I10 strikes outlast reconnects";
/// How a refusal is told that is found once the document holds what is refused.
const FORGED: &str = "your own author_id";

impl World {
    /// Looks at what an object refused in one stretch.
    pub(crate) fn check_strikes(
        &mut self,
        index: usize,
        sender: Option<SessionId>,
        out: &Outgoing,
    ) {
        for (_, code) in &out.closes {
            if *code == room::close::TOO_MANY {
                self.counters.count("people struck out");
            }
        }
        for notice in &out.notices {
            let Notice::FrameRefused { code, reason } = notice else {
                continue;
            };
            if *code != room::close::NOT_ALLOWED {
                continue;
            }
            self.counters.count("strikes");
            let gate = &self.oracle.gates[index];
            let user = sender.and_then(|sender| gate.shown.get(&sender));
            let Some((user, _)) = user.filter(|_| reason.contains(FORGED)) else {
                continue;
            };
            let user = user.clone();
            let is_honest =
                |(peer, it): (usize, &Peer)| it.nature != Nature::Hostile && user_of(peer) == user;
            // What somebody brought back as an owner is not only passed on: it is theirs, and judged by what they may do now, should
            // the room have lost it.
            let has_owned = self
                .oracle
                .gates
                .iter()
                .any(|gate| gate.owned.contains(&user));
            if !has_owned && self.peers.iter().enumerate().any(is_honest) {
                let detail = format!("object {index} refuses {user}: {reason}");
                self.oracle.violated(PAID, detail);
            }
            let gate = &mut self.oracle.gates[index];
            let strikes = gate.rebuilds.entry(user.clone()).or_default();
            *strikes += 1;
            if *strikes > limits::REBUILDS_MAX + 1 {
                let detail = format!("object {index} looks at what {user} writes, after {strikes}");
                self.oracle.violated(WASHED, detail);
            }
        }
    }
}
