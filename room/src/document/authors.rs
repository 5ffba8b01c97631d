//! Who wrote and deleted what of the document (SPEC section 13).

use std::collections::BTreeSet;

use annotation::{Attribution, Claim, Proof};

use super::Document;
use crate::{known::Absorbed, time::Timestamp};

/// How well it is proved that who sent an update wrote it.
#[derive(Debug, Default)]
pub(crate) struct Proofs {
    /// The client ids whose structs were only passed on.
    pub(crate) hearsay: BTreeSet<u64>,
    pub(crate) are_deletions_hearsay: bool,
    /// What is passed on may be what this storage has lost, and what others were allowed.
    pub(crate) is_spared: bool,
}

/// What is journaled as one: an update, and who wrote and deleted what of it.
#[derive(Debug)]
pub(crate) struct Authored {
    pub(crate) update: Vec<u8>,
    pub(crate) attribution: Vec<u8>,
}

impl Document {
    /// Who wrote and deleted what.
    pub(crate) fn attribution(&self) -> &Attribution {
        &self.attribution
    }

    /// The same in bytes. What is too much to be kept is let go in memory too: what is loaded again is no less.
    pub(crate) fn encode_attribution(&mut self) -> Vec<u8> {
        self.attribution.coarsen();
        self.attribution.encode()
    }

    /// Why some of what is stored of the authors could not be read, if that has not been told.
    pub(crate) fn take_unread(&mut self) -> Option<String> {
        self.unread.take()
    }

    /// Puts down to somebody what an update added, and answers the attribution of that alone, to be journaled. It is merged
    /// here as it will be when it is read again.
    pub(crate) fn attribute(
        &mut self,
        absorbed: Absorbed,
        user: &str,
        now: Timestamp,
        proofs: &Proofs,
    ) -> Attribution {
        let claim = |is_hearsay| Claim {
            user,
            at_ms: now.0,
            proof: if is_hearsay {
                Proof::Relayed
            } else {
                Proof::Proven
            },
        };
        let mut added = Attribution::default();
        for (client, clocks) in absorbed.written {
            let claim = claim(proofs.hearsay.contains(&client));
            added.wrote(client, clocks, claim);
        }
        // In their order each is appended to those before it.
        let mut deleted = absorbed.deleted;
        deleted.sort_unstable_by_key(|(client, clocks)| (*client, clocks.start));
        for (client, clocks) in deleted {
            added.deleted(client, clocks, claim(proofs.are_deletions_hearsay));
        }
        self.attribution.merge(&added);
        added
    }

    /// Takes over what the store knows of the authors of what the document holds, and answers that, to be journaled, if
    /// anything of it is new.
    pub(crate) fn take_attribution(&mut self, mut stored: Attribution) -> Option<Vec<u8>> {
        self.clip(&mut stored);
        let before = self.attribution.encode();
        self.attribution.merge(&stored);
        (self.attribution.encode() != before).then(|| stored.encode())
    }

    /// The same, to be journaled in any case.
    pub(crate) fn merge_attribution(&mut self, mut stored: Attribution) -> Vec<u8> {
        self.clip(&mut stored);
        self.attribution.merge(&stored);
        // All of it: what the store knows better of what is here already must outlive this memory too.
        stored.encode()
    }

    fn clip(&self, attribution: &mut Attribution) {
        let reached = self.state_vector();
        attribution.clip(|client| reached.get(&client).copied().unwrap_or(0));
    }
}

/// All that several attributions know, and why one of them could not be read, if one could not.
pub(super) fn read(attributions: &[Vec<u8>]) -> (Attribution, Option<String>) {
    let mut known = Attribution::default();
    let mut unread = None;
    for (index, bytes) in attributions.iter().enumerate() {
        match Attribution::decode(bytes) {
            Ok(attribution) => known.merge(&attribution),
            Err(error) => unread = Some(format!("attribution {index}: {error}")),
        }
    }
    (known, unread)
}
