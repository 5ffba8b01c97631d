//! Who wrote what, as objects and store have it, against who really did (I9).

use std::collections::BTreeMap;

use annotation::{Attribution, Proof};

use crate::{Failure, content::Content, network::user_of, world::World};

const INVARIANT: &str = "I9 no authorship forged";

impl World {
    /// What is proved is true, and of every struct it is known who brought it.
    pub(crate) fn check_authorship(
        &mut self,
        case: usize,
        agreed: &Content,
    ) -> Result<(), Failure> {
        let mut places: Vec<(String, Vec<Vec<u8>>)> = Vec::new();
        for (index, object) in self.objects.iter().enumerate() {
            if object.case == case {
                places.push((format!("object {index}"), object.storage.attributions()));
            }
        }
        if let Some(stored) = self.store.attribution(case) {
            places.push(("the store".to_owned(), vec![stored.to_vec()]));
        }
        for (place, attributions) in places {
            let mut known = Attribution::default();
            for bytes in attributions {
                let read = Attribution::decode(&bytes)
                    .map_err(|error| Failure::new(INVARIANT, format!("{place}: {error}")))?;
                known.merge(&read);
            }
            self.check_claims(&place, &known, agreed)?;
        }
        Ok(())
    }

    fn check_claims(
        &mut self,
        place: &str,
        known: &Attribution,
        agreed: &Content,
    ) -> Result<(), Failure> {
        let mut named: BTreeMap<u64, u32> = BTreeMap::new();
        for (client, clocks, claim) in known.all_written() {
            let writer = self.oracle.writer(client).map(user_of);
            let is_true = writer.as_deref() == Some(claim.user);
            match claim.proof {
                Proof::Proven if is_true => self.counters.count("structs proved"),
                Proof::Relayed => self.counters.count("structs relayed"),
                Proof::Proven | Proof::Disputed => {
                    let detail = format!(
                        "{place}: {clocks:?} of {client} is put down to {claim:?}, written by {writer:?}"
                    );
                    return Err(Failure::new(INVARIANT, detail));
                }
            }
            let end = named.entry(client).or_default();
            if clocks.start != *end {
                let detail = format!("{place}: nobody is named for {client} from {end}");
                return Err(Failure::new(INVARIANT, detail));
            }
            *end = clocks.end;
        }
        for (client, clock) in agreed.inserted() {
            if named.get(&client).copied().unwrap_or_default() < clock {
                let detail = format!("{place}: nobody is named for all of {client} to {clock}");
                return Err(Failure::new(INVARIANT, detail));
            }
        }
        Ok(())
    }
}
