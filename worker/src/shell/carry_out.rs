//! Carrying out effects: near ones at once and in order, far ones as futures whose answers come back as events.

use std::{
    collections::{BTreeSet, VecDeque},
    future::Future,
    rc::Rc,
};

use room::{
    Authority, Effect, Event, Frame, Notice, Room, Ruling, SessionId, SessionRecord, Timestamp,
    glossator::Announcement,
};

use super::Shell;
use crate::{
    chance, clock,
    door::Visitor,
    host_client::HostClient,
    log::{Level, Line},
    meter,
    ruling::Outcome,
    store::{Attributed, StoreError, StoredDocument},
};

/// An answer that is owed in the same synchronous stretch, after the rest of the list.
enum Owed {
    Document,
    Record,
}

impl Shell {
    /// Carries out one list. A storage effect that fails ends it, and the room is told.
    pub(super) fn carry_out(
        self: &Rc<Self>,
        now: Timestamp,
        effects: Vec<Effect>,
        events: &mut VecDeque<Event>,
    ) {
        let mut owed = None;
        for effect in effects {
            if let Err(error) = self.perform(now, effect, &mut owed, events) {
                events.push_front(Event::StorageFailed {
                    reason: error.to_string(),
                });
                return;
            }
        }
        match owed {
            Some(Owed::Document) => events.push_front(self.document()),
            Some(Owed::Record) => events.push_front(self.woken()),
            None => {}
        }
    }

    fn perform(
        self: &Rc<Self>,
        now: Timestamp,
        effect: Effect,
        owed: &mut Option<Owed>,
        events: &mut VecDeque<Event>,
    ) -> Result<(), StoreError> {
        match effect {
            Effect::SetAlarm { at } => {
                let set = self.store.set_alarm(at);
                self.alarm_failed.set(set.is_err());
                set?;
            }
            Effect::WriteMeta { meta } => self.store.write_meta(meta)?,
            Effect::AppendToJournal {
                seq,
                update,
                editor,
                attribution,
            } => {
                let entry = Attributed::new(update, &attribution);
                self.store.append(seq, &entry, &editor)?;
            }
            Effect::ReplaceSnapshot {
                seq,
                snapshot,
                attribution,
                meta,
            } => {
                let snapshot = Attributed::new(snapshot, &attribution);
                self.store.replace_snapshot(seq, &snapshot, &meta)?;
            }
            Effect::Wipe { meta } => self.store.wipe(&meta)?,
            Effect::Keep { key, value } => self.store.keep(&key, value)?,
            Effect::Forget { key } => self.store.forget(&key)?,
            Effect::LoadDocument => *owed = Some(Owed::Document),
            Effect::Reload => *owed = Some(Owed::Record),
            Effect::SaveSession { record } => self.save(&record, events),
            Effect::Send { session, frame } => self.send(&[session], &frame, events),
            Effect::Broadcast { sessions, frame } => self.send(&sessions, &frame, events),
            Effect::CloseSession {
                session,
                code,
                reason,
            } => {
                self.sockets.borrow_mut().close(session, code, reason);
            }
            Effect::ReadPings { sessions } => events.push_back(Event::PingsRead {
                heard: self.sockets.borrow().pings(&self.state, &sessions),
            }),
            Effect::VerifyTicket {
                session,
                user,
                ticket,
            } => events.push_back(Event::TicketVerified {
                session,
                authority: self.verified(now, session, &user, &ticket),
            }),
            Effect::GiveResume { record } => self.give_resume(&record, events),
            Effect::AskRuling { request } => self.ask(now, move |host| async move {
                Event::RulingAnswered {
                    request,
                    outcome: host.ruling().await,
                }
            }),
            Effect::Restore { request } => self.ask(now, move |host| async move {
                Event::RestoreFinished {
                    request,
                    outcome: host.restore().await,
                }
            }),
            Effect::Archive { request, snapshot } => self.ask(now, move |host| async move {
                Event::ArchiveFinished {
                    request,
                    outcome: host.archive(snapshot).await,
                }
            }),
            Effect::Check { request } => self.ask(now, move |host| async move {
                Event::CheckFinished {
                    request,
                    outcome: host.check().await,
                }
            }),
            Effect::ReportDeletion { request } => self.ask(now, move |host| async move {
                Event::DeletionReported {
                    request,
                    confirmed: host.report_deletion().await,
                }
            }),
            Effect::Report(notice) => self.report_notice(now, &notice),
        }
        Ok(())
    }

    fn document(&self) -> Event {
        match self.store.load() {
            Ok(StoredDocument {
                snapshot,
                journal,
                attributions,
            }) => Event::DocumentLoaded {
                snapshot,
                journal,
                attributions,
            },
            Err(error) => Event::StorageFailed {
                reason: error.to_string(),
            },
        }
    }

    /// What a ticket proves that came over a socket, to the page that has opened it.
    fn verified(
        &self,
        now: Timestamp,
        session: SessionId,
        user: &str,
        ticket: &str,
    ) -> Option<Authority> {
        let setup = self.setup.as_ref().ok()?;
        let door = setup.door.as_deref()?;
        let record = self.sockets.borrow().record(session);
        let origin = record.and_then(|record| record.authority?.origin);
        door.renew(now, &setup.case_id, (user, origin.as_deref()), ticket)
    }

    fn give_resume(&self, record: &SessionRecord, events: &mut VecDeque<Event>) {
        let (Ok(setup), Some(authority)) = (&self.setup, &record.authority) else {
            return;
        };
        let visitor = Visitor {
            user: record.user.clone(),
            authority: authority.clone(),
        };
        let (Some(door), Ok(id)) = (setup.door.as_deref(), chance::token_id()) else {
            return;
        };
        if let Some(token) = door.give_resume(id, &setup.case_id, &visitor) {
            let resume = Announcement::Resume { token }.frame().into();
            self.send(&[record.session], &resume, events);
        }
    }

    fn save(&self, record: &SessionRecord, events: &mut VecDeque<Event>) {
        let session = record.session;
        if !self.sockets.borrow_mut().save(record) {
            self.sockets.borrow_mut().close(
                session,
                room::close::FAILED,
                "the session cannot be kept",
            );
            events.push_back(Event::SessionClosed { session });
        }
    }

    fn send(&self, sessions: &[SessionId], frame: &Frame, events: &mut VecDeque<Event>) {
        let ended = self.sockets.borrow_mut().send(sessions, frame);
        for session in ended {
            self.sockets.borrow_mut().forget(session);
            events.push_back(Event::SessionClosed { session });
        }
    }

    /// Asks the host without waiting for it.
    fn ask<F>(self: &Rc<Self>, now: Timestamp, question: impl FnOnce(HostClient) -> F)
    where
        F: Future<Output = Event> + 'static,
    {
        // A room without a setup was told that its storage is unreadable: it asks nothing.
        let Ok(setup) = &self.setup else { return };
        if let Some(room) = self.room.borrow_mut().as_mut() {
            meter::add(room.take_metrics(now));
        }
        // One id follows the question through all logs: that of the visit which made the room ask, if there is one.
        let request_id = self
            .request_id
            .borrow()
            .clone()
            .or_else(|| chance::request_id().ok());
        let answer = question(setup.host.clone().following(request_id.clone()));
        let shell = Rc::clone(self);
        self.in_flight.set(self.in_flight.get().saturating_add(1));
        self.state.wait_until(async move {
            let event = answer.await;
            shell.in_flight.set(shell.in_flight.get().saturating_sub(1));
            shell.step_for(request_id, event);
        });
    }

    fn report_notice(&self, now: Timestamp, notice: &Notice) {
        match notice {
            Notice::HostFailed { request, reason } => {
                *self.host_failure.borrow_mut() = format!("{request}: {reason}");
            }
            Notice::StorageFailed { reason } => {
                self.storage_failure.borrow_mut().clone_from(reason);
            }
            Notice::Fault { .. }
            | Notice::FrameRefused { .. }
            | Notice::AttributionUnreadable { .. }
            | Notice::DocumentNearlyFull => {}
        }
        let request_id = self.request_id.borrow();
        self.log
            .notice(now, request_id.as_deref().unwrap_or_default(), notice);
    }

    /// Tells the room who may do what. `Taken` is durable, or nothing to a case that was deleted.
    pub(crate) fn rule(self: &Rc<Self>, ruling: Ruling, request_id: Option<String>) -> Outcome {
        self.awake();
        if self.is_deleted() {
            return Outcome::Taken;
        }
        let told = ruling.as_of;
        let failures = self.storage_failures.get();
        self.step_for(request_id, Event::RulingTold { ruling });
        let is_readable = |room: &Room| room.status().state != "unreadable";
        if failures != self.storage_failures.get() {
            return Outcome::Failed;
        }
        let room = self.room.borrow();
        let room = room.as_ref().filter(|room| is_readable(room));
        room.map_or(Outcome::Failed, |room| {
            Outcome::of(told, room.ruling_as_of())
        })
    }

    /// Tells the room who was erased; whether nothing of them is left in it, which is durable.
    pub(crate) fn erase(
        self: &Rc<Self>,
        people: BTreeSet<String>,
        request_id: Option<String>,
    ) -> bool {
        self.awake();
        let failures = self.storage_failures.get();
        let ordered = Event::ErasureOrdered {
            people: people.clone(),
        };
        self.step_for(request_id, ordered);
        let room = self.room.borrow();
        failures == self.storage_failures.get()
            && room.as_ref().is_some_and(|room| room.has_erased(&people))
    }

    /// Whether the alarm could not be set though the room needs one, or its memory was given up and nobody knows.
    pub(crate) fn lacks_alarm(&self) -> bool {
        let is_needed = |room: &Room| room.next_deadline(clock::now()).alarm.is_some();
        self.alarm_failed.get()
            && !self.is_retired.get()
            && self.room.borrow().as_ref().is_none_or(is_needed)
    }

    /// Says what the room could not be told.
    pub(crate) fn log_failure(&self, event: &str, reason: &str) {
        self.log.write(
            clock::now(),
            Line {
                reason,
                ..Line::new(Level::Warn, event)
            },
        );
    }
}
