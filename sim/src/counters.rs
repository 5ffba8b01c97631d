//! What really happened, summed over all worlds. A fault that never happened proves nothing, so a zero is red.

use std::{collections::BTreeMap, fmt};

/// Counts by name.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Counters {
    counts: BTreeMap<&'static str, u64>,
}

/// Everything that must have happened in a run of many seeds.
const EXPECTED: &[&str] = &[
    "alarms fired",
    "answers lost",
    "archives announced",
    "archives refused as deleted",
    "archives voided",
    "authorities ended",
    "authorities renewed",
    "backups put back",
    "backups put back, generation renewed",
    "base conflicts",
    "cases deleted",
    "cases locked",
    "cases unlocked",
    "comings by a resume token",
    "compactions",
    "conditions told",
    "corrupt rows",
    "crashes after a commit",
    "crashes before a commit",
    "deletions reported again",
    "demotions of people with edits offline",
    "documents restored",
    "edits appended by a tick",
    "edits",
    "edits made offline",
    "erasures appended",
    "erasures confirmed",
    "everything void",
    "forgeries",
    "forgeries passed on a day later",
    "frames refused",
    "frames saved",
    "gaps answered with a resync",
    "hibernations",
    "honest pages refused for their role",
    "host failures that had landed",
    "host failures that had not landed",
    "host pauses",
    "host stops",
    "hostile deeds",
    "interruptions",
    "kills",
    "late joiners",
    "merges",
    "pages reloaded",
    "pages that held what is lost",
    "people come back",
    "people erased",
    "people kept out",
    "people removed",
    "people struck out",
    "presence timeouts",
    "quarantines",
    "refused peers rebuilt",
    "renewals told",
    "roles changed",
    "rulings asked for",
    "rulings confirmed",
    "rulings told",
    "silent sockets swept",
    "sockets cut",
    "sockets gone silent",
    "sockets slowed",
    "storage losses",
    "storage reads failed",
    "storage writes failed",
    "storage writes failed and landed",
    "strikes",
    "structs proved",
    "structs relayed",
    "tickets replayed",
    "tokens revoked",
    "unions returned",
    "updates judged",
    "updates relayed",
    "whole answers by a summary",
    "whole answers from stored bytes",
    "whole answers said again",
    "zombies",
];

impl Counters {
    pub(crate) fn count(&mut self, what: &'static str) {
        *self.counts.entry(what).or_default() += 1;
    }

    /// Adds another world's counts.
    pub fn add(&mut self, other: &Counters) {
        for (what, count) in &other.counts {
            *self.counts.entry(what).or_default() += count;
        }
    }

    /// What should have happened and never did.
    pub fn missing(&self) -> Vec<&'static str> {
        let never = |what: &&str| self.counts.get(what).is_none_or(|count| *count == 0);
        EXPECTED.iter().copied().filter(never).collect()
    }
}

impl fmt::Display for Counters {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (what, count) in &self.counts {
            writeln!(f, "{count:>10}  {what}")?;
        }
        Ok(())
    }
}
