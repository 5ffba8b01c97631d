//! Carrying out lists of effects.

use std::collections::VecDeque;

use annotation::Role;
use room::{Authority, Effect, Event, OutgoingSnapshot, Proof, RequestId};

use super::{Fault, Shell};

impl Shell {
    pub(super) fn carry_out(&mut self, effects: Vec<Effect>, next: &mut VecDeque<Event>) {
        let mut owed = None;
        for effect in effects {
            if let Some(fault) = self.fails(&effect) {
                self.alarm_refused |= fault == Fault::Alarm;
                next.push_front(Event::StorageFailed {
                    reason: format!("{fault:?} failed"),
                });
                return;
            }
            self.log.push(effect.clone());
            match self.perform(effect) {
                Some(Owed::Told(event)) => next.push_back(event),
                Some(answer) => owed = Some(answer),
                None => {}
            }
        }
        if let Some(owed) = owed {
            let answer = self.answer(owed);
            next.push_front(answer);
        }
    }

    fn answer(&mut self, owed: Owed) -> Event {
        match owed {
            Owed::Told(event) => event,
            Owed::Record => self.woken(Vec::new(), false),
            Owed::Document if self.takes_fault(Fault::Load) => Event::StorageFailed {
                reason: "Load failed".to_owned(),
            },
            Owed::Document => Event::DocumentLoaded {
                snapshot: self.store.snapshot.clone(),
                journal: self.store.journal.iter().map(|row| row.1.clone()).collect(),
                attributions: self.store.all_attributions(),
            },
        }
    }

    fn fails(&mut self, effect: &Effect) -> Option<Fault> {
        let fault = if matches!(effect, Effect::SetAlarm { .. }) {
            Fault::Alarm
        } else if matches!(effect, Effect::WriteMeta { .. }) {
            Fault::Meta
        } else if matches!(effect, Effect::AppendToJournal { .. }) {
            Fault::Append
        } else if matches!(effect, Effect::ReplaceSnapshot { .. }) {
            Fault::Replace
        } else if matches!(effect, Effect::Keep { .. } | Effect::Forget { .. }) {
            Fault::Keep
        } else if matches!(effect, Effect::Wipe { .. }) {
            Fault::Wipe
        } else {
            return None;
        };
        self.takes_fault(fault).then_some(fault)
    }

    fn takes_fault(&mut self, fault: Fault) -> bool {
        match &mut self.failing {
            Some((failing, _)) if *failing == fault && self.spared > 0 => {
                self.spared -= 1;
                false
            }
            Some((failing, left)) if *failing == fault && *left > 0 => {
                *left -= 1;
                true
            }
            _ => false,
        }
    }

    fn perform(&mut self, effect: Effect) -> Option<Owed> {
        match effect {
            Effect::SetAlarm { at } => {
                assert!(at > self.now, "an alarm is set for later: {at:?}");
                self.store.alarm = Some(at);
                self.alarm_refused = false;
            }
            Effect::WriteMeta { meta } => self.store.meta = Some(meta),
            Effect::AppendToJournal {
                seq,
                update,
                editor,
                attribution,
            } => self.store.append(seq, (update, attribution), editor),
            Effect::ReplaceSnapshot {
                seq,
                snapshot,
                attribution,
                meta,
            } => self.store.replace(seq, (snapshot, attribution), meta),
            Effect::Wipe { meta } => self.store.wipe(meta),
            Effect::Keep { key, value } => {
                assert!(key.chars().count() <= 128, "AT7: keys are short");
                self.store.kept.insert(key, value);
            }
            Effect::Forget { key } => {
                self.store.kept.remove(&key);
            }
            Effect::GiveResume { record } => self.resumes.push(record),
            Effect::AskRuling { request } => self.rulings.push(request),
            Effect::LoadDocument => return Some(Owed::Document),
            Effect::Reload => return Some(Owed::Record),
            Effect::SaveSession { record } => {
                if self.inboxes.contains_key(&record.session) {
                    self.records.insert(record.session, record);
                }
            }
            Effect::Send { session, frame } => self.deliver(session, &frame),
            Effect::Broadcast { sessions, frame } => {
                assert!(!sessions.is_empty(), "a broadcast has an audience");
                for session in sessions {
                    self.deliver(session, &frame);
                }
            }
            Effect::CloseSession {
                session,
                code,
                reason,
            } => {
                assert!(reason.len() <= 123);
                self.inboxes.remove(&session);
                self.records.remove(&session);
                self.closed.entry(session).or_insert(code);
            }
            Effect::ReadPings { sessions } => {
                let known = sessions.into_iter();
                let heard = known
                    .filter_map(|session| Some((session, *self.pings.get(&session)?)))
                    .collect();
                return Some(Owed::Told(Event::PingsRead { heard }));
            }
            Effect::VerifyTicket {
                session,
                user,
                ticket,
            } => {
                return Some(Owed::Told(Event::TicketVerified {
                    session,
                    authority: self.authority_of(user, ticket),
                }));
            }
            Effect::Restore { request } => self.restores.push(request),
            Effect::Archive { request, snapshot } => self.archive_ordered(request, snapshot),
            Effect::Check { request } => self.checks.push(request),
            Effect::ReportDeletion { request } => self.reports.push(request),
            Effect::Report(notice) => self.notices.push(notice),
        }
        None
    }

    /// What a ticket proves that was issued this very moment.
    fn authority_of(&self, user: String, ticket: String) -> Option<Authority> {
        let until = *self.tickets.get(&(user.clone(), ticket.clone()))?;
        Some(Authority {
            proof: Proof::Ticket {
                id: ticket,
                spent_until: until,
            },
            role: Role::Own,
            name: user,
            origin: None,
            region: None,
            granted_at: self.now,
            until,
        })
    }

    fn archive_ordered(&mut self, request: RequestId, snapshot: OutgoingSnapshot) {
        let lost = self
            .archive_sent
            .is_none_or(|at| self.now.millis_since(at) >= 15_000);
        assert!(
            lost || self.archives.is_empty(),
            "HO4: one archive in flight"
        );
        let spaced = self
            .archive_sent
            .is_none_or(|at| self.now.millis_since(at) >= 5_000);
        assert!(spaced, "HO4: two archives are 5 s apart");
        self.archive_sent = Some(self.now);
        self.archives.push((request, snapshot));
    }
}

enum Owed {
    Document,
    Record,
    Told(Event),
}
