//! After the storm: nothing fails any more, and everything must come to agree, in time and without help.

use room::Event;

use crate::{
    Failure,
    content::Content,
    peer::{Nature, Presence, render_stored},
    world::World,
};

/// A request that was under way when the faults stopped fails within this.
const REQUEST_MS: u64 = 10_000;
/// Debounce, retry cap and two seconds.
const CONNECTED_MS: u64 = crate::object::QUIET_MS + room::limits::RETRY_CONNECTED_MAX_MS + 2_000;
const ALONE_MS: u64 = crate::object::QUIET_MS + room::limits::RETRY_ALONE_MAX_MS + 2_000;
/// Stock clients find out by silence that a connection is dead, and come back.
const REVIVAL_MS: u64 = 45_000;

impl World {
    pub(crate) fn calm(&mut self) -> Result<(), Failure> {
        self.trace.line(self.now, format_args!("CALM"));
        self.is_storm = false;
        self.host_is_up = true;
        self.host_paused_until = 0;
        for socket in self.sockets.values_mut() {
            socket.latency = socket.latency.min(120);
        }
        for index in 0..self.peers.len() {
            if self.peers[index].nature == Nature::Hostile {
                self.leave(index);
            } else {
                self.come(index);
            }
        }
        self.archive_by_itself()?;
        self.give_up_what_is_refused();
        for _ in 0..4 {
            self.compare_with_store()?;
        }
        self.run_until(self.now + REVIVAL_MS)?;
        self.join_late()?;
        for case in 0..self.oracle.cases.len() {
            self.check_case(case)?;
        }
        self.check_ends();
        self.check_world()?;
        self.morrow()
    }

    /// A page may hold what its object has lost and takes from nobody but who did it, or what its person might do once:
    /// it shows that until it is loaded again.
    fn give_up_what_is_refused(&mut self) {
        for index in 0..self.peers.len() {
            let peer = &self.peers[index];
            let held = &self.objects[peer.object].storage.content;
            let may_lack = self.may_lack_silently(index);
            if may_lack && peer.nature != Nature::Hostile && peer.content().beyond(held).is_some() {
                self.counters.count("pages that held what is lost");
                self.reload(index);
            }
        }
    }

    /// Dirty becomes archived without anybody's help, and in time.
    fn archive_by_itself(&mut self) -> Result<(), Failure> {
        let start = self.now;
        self.run_until(start + REQUEST_MS)?;
        loop {
            let mut late = None;
            let mut is_clean = true;
            for (index, object) in self.objects.iter().enumerate() {
                if !object.storage.is_dirty() {
                    continue;
                }
                is_clean = false;
                let failed = object
                    .storage_failed_at
                    .is_some_and(|at| at + 90_000 > start);
                let limit = match (object.sockets.is_empty(), failed) {
                    (false, false) => REVIVAL_MS + CONNECTED_MS,
                    (_, true) | (true, false) => REVIVAL_MS + ALONE_MS + 60_000,
                };
                if self.now > start + REQUEST_MS + limit {
                    late = Some(index);
                }
            }
            if let Some(index) = late {
                let detail = format!(
                    "object {index} is still dirty {} ms after the last fault",
                    self.now - start
                );
                return Err(Failure::new("I11 dirty becomes archived", detail));
            }
            if is_clean && self.now >= start + REQUEST_MS + REVIVAL_MS {
                return Ok(());
            }
            self.run_until(self.now + 1_000)?;
        }
    }

    /// What the operator does after trouble: `host verify`, then `host resync`. A zombie asks by itself, in time.
    fn compare_with_store(&mut self) -> Result<(), Failure> {
        for case in 0..self.oracle.cases.len() {
            self.store.heal(case, &mut self.counters);
        }
        for object in 0..self.objects.len() {
            // Nobody writes: an object that is idle between two renewals sleeps.
            self.hibernate(object);
            self.step(object, Event::CheckOrdered);
        }
        self.run_until(self.now + REQUEST_MS + CONNECTED_MS)
    }

    fn join_late(&mut self) -> Result<(), Failure> {
        for object in 0..self.objects.len() {
            self.counters.count("late joiners");
            let nature = match object % 2 {
                0 => Nature::YWebsocket,
                _ => Nature::Ours,
            };
            let peer = self.add_peer(self.objects[object].case, object, nature);
            self.come(peer);
        }
        self.run_until(self.now + 6_000)
    }

    fn check_world(&mut self) -> Result<(), Failure> {
        let honest = self
            .peers
            .iter()
            .filter(|peer| peer.nature != Nature::Hostile)
            .count();
        if honest < 3 || self.events < 200 || self.faults < 5 {
            let detail = format!(
                "{honest} peers, {} events, {} faults",
                self.events, self.faults
            );
            return Err(Failure::new("the world is worth it", detail));
        }
        self.oracle.verdict()
    }

    fn check_case(&mut self, case: usize) -> Result<(), Failure> {
        let truth = &self.oracle.cases[case];
        if truth.is_deleted {
            return self.check_deleted(case);
        }
        if truth.is_only_looked_at {
            let is_written = self
                .objects
                .iter()
                .any(|object| object.case == case && object.storage.meta.is_some());
            if is_written || self.store.has_row(case) {
                return Err(Failure::new(
                    "looking writes nothing",
                    format!("case {case} was written down"),
                ));
            }
        }
        self.oracle.check_durable(case, &self.objects, &self.store);
        self.oracle.verdict()?;
        let agreed = self.check_agreement(case)?;
        self.oracle.check_origin(case, &agreed);
        self.oracle.verdict()?;
        self.check_authorship(case, &agreed)?;
        self.check_erased(case)?;
        self.check_present(case)?;
        self.check_told(case)
    }

    fn check_deleted(&self, case: usize) -> Result<(), Failure> {
        let fail = |detail: String| Err(Failure::new("I16 deleted stays deleted", detail));
        if !self.store.is_deleted(case) {
            return fail(format!("the store holds case {case} again"));
        }
        for (index, object) in self
            .objects
            .iter()
            .enumerate()
            .filter(|(_, object)| object.case == case)
        {
            if !object.storage.updates().is_empty() {
                return fail(format!(
                    "object {index} still holds the deleted case {case}"
                ));
            }
        }
        for (index, peer) in self
            .peers
            .iter()
            .enumerate()
            .filter(|(_, peer)| peer.case == case)
        {
            let is_told = matches!(peer.presence, Presence::Stopped { .. });
            if peer.nature != Nature::Hostile && !is_told {
                return fail(format!(
                    "peer {index} was not told that case {case} is gone: {:?}",
                    peer.presence
                ));
            }
        }
        Ok(())
    }

    /// All replicas, the objects and the store hold the same, and show the same.
    fn check_agreement(&self, case: usize) -> Result<Content, Failure> {
        let mut replicas: Vec<(String, Content, String)> = Vec::new();
        let rendered = |name: String, updates: &[&[u8]]| {
            render_stored(updates)
                .map(|(content, text)| (name.clone(), content, text))
                .map_err(|reason| Failure::new("I3 all agree", format!("{name}: {reason}")))
        };
        if let Some((bytes, highlight_count)) = self.store.current(case) {
            let stored = rendered("the store".to_owned(), &[bytes])?;
            let counted = annotation::load_snapshot(bytes).map(|document| {
                use yrs::Transact;
                annotation::highlight_count(&document.transact())
            });
            if counted != Ok(highlight_count) {
                let detail =
                    format!("case {case}: {counted:?} highlights, {highlight_count} written down");
                return Err(Failure::new("the row tells the truth", detail));
            }
            replicas.push(stored);
        } else if self.oracle.cases[case].acknowledged.has_insertions() {
            return Err(Failure::new(
                "I3 all agree",
                format!("the store has nothing of case {case}"),
            ));
        }
        for (index, object) in self
            .objects
            .iter()
            .enumerate()
            .filter(|(_, object)| object.case == case)
        {
            replicas.push(rendered(
                format!("object {index}"),
                &object.storage.updates(),
            )?);
        }
        for (index, peer) in self.peers.iter().enumerate() {
            if peer.case != case || peer.nature == Nature::Hostile {
                continue;
            }
            if matches!(peer.presence, Presence::Stopped { .. }) {
                // The case was deleted, and every trace of that was lost since: the oracle has looked at it.
                continue;
            }
            if !peer.is_synced {
                let detail = format!("peer {index} is not in: {:?}", peer.presence);
                return Err(Failure::new("I3 all agree", detail));
            }
            replicas.push((format!("peer {index}"), peer.content(), peer.render()));
        }
        for pair in replicas.windows(2) {
            let [(one, held, shown), (other, also, other_shown)] = pair else {
                continue;
            };
            let less = held
                .beyond(also)
                .map(|more| format!("{other} lacks {more} of {one}"));
            let more = also
                .beyond(held)
                .map(|more| format!("{one} lacks {more} of {other}"));
            if let Some(difference) = less.or(more) {
                return Err(Failure::new(
                    "I3 all agree",
                    format!("case {case}: {difference}"),
                ));
            }
            if shown != other_shown {
                let detail =
                    format!("case {case}: {one} shows {shown:?}, {other} shows {other_shown:?}");
                return Err(Failure::new("I3 all agree", detail));
            }
        }
        Ok(replicas
            .pop()
            .map(|(_, content, _)| content)
            .unwrap_or_default())
    }

    /// Everybody sees everybody who is connected to the same object.
    fn check_present(&self, case: usize) -> Result<(), Failure> {
        let here: Vec<usize> = (0..self.peers.len())
            .filter(|index| {
                self.peers[*index].case == case && self.peers[*index].socket().is_some()
            })
            .collect();
        for &one in &here {
            let seen = self.peers[one].awareness.present();
            for &other in &here {
                let (a, b) = (&self.peers[one], &self.peers[other]);
                if a.object == b.object && !seen.contains(&b.client) {
                    return Err(Failure::new(
                        "I8 the living stay",
                        format!("peer {one} does not see peer {other}"),
                    ));
                }
            }
        }
        Ok(())
    }
}
