//! How an object's storage carries out orders, and how it fails.

use room::{Effect, Event};

use crate::object::{Object, Outgoing, Trouble};

impl Object {
    pub(crate) fn store(
        &mut self,
        effect: &Effect,
        trouble: &mut Trouble,
        out: &mut Outgoing,
    ) -> Result<(), &'static str> {
        out.stored += 1;
        let broken = trouble
            .write
            .filter(|(after, _)| out.stored > *after)
            .map(|(_, broken)| broken);
        if let Some(broken) = broken {
            trouble.write = None;
            out.happened.push(if broken.persist {
                "storage writes failed and landed"
            } else {
                "storage writes failed"
            });
            if broken.persist {
                self.storage.write(effect);
                out.wrote = true;
            }
            self.witness.forget();
            return Err("the disk is broken");
        }
        if matches!(effect, Effect::ReplaceSnapshot { seq, .. } if *seq > 0) {
            out.happened.push("compactions");
        }
        out.appended
            .extend(self.witness.sees(&self.storage, effect));
        self.storage.write(effect);
        out.wrote = true;
        Ok(())
    }

    pub(crate) fn document(&mut self, trouble: &mut Trouble, out: &mut Outgoing) -> Event {
        if std::mem::take(&mut trouble.read) {
            out.happened.push("storage reads failed");
            return Event::StorageFailed {
                reason: "the disk cannot be read".to_owned(),
            };
        }
        Event::DocumentLoaded {
            snapshot: self.storage.snapshot.clone(),
            journal: self
                .storage
                .journal
                .values()
                .map(|(update, _)| update.clone())
                .collect(),
            attributions: self.storage.attributions(),
        }
    }
}
