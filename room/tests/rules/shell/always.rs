//! What must hold in every list of effects and after each of them, whatever happened.

use room::{
    Effect, SessionId, Timestamp,
    decode::{self, Message},
    glossator::Announcement,
    limits::PRESENCE_BUNDLE_BYTES_MAX,
};

use super::Shell;
use crate::support::{clocks_of, heard, updates};

impl Shell {
    pub(super) fn deliver(&mut self, session: SessionId, frame: &[u8]) {
        let own = self
            .records
            .get(&session)
            .and_then(|record| record.presence);
        if let Some(said) = Announcement::read(frame).expect("the room sends sound frames") {
            self.check_announcement(session, &said);
            if let Some(inbox) = self.inboxes.get_mut(&session) {
                inbox.push(frame.to_vec());
            }
            return;
        }
        for message in decode::messages(frame).expect("the room sends sound frames") {
            match message {
                Message::Awareness(entries) => {
                    assert!(frame.len() <= PRESENCE_BUNDLE_BYTES_MAX + 64, "PR5: 32 KiB");
                    let ids: Vec<u64> = entries.iter().map(|entry| entry.client).collect();
                    assert!(
                        !own.is_some_and(|own| ids.contains(&own)),
                        "PR4: {session:?} is sent its own id"
                    );
                }
                Message::Update(update) | Message::SyncStep2(update) => {
                    for (client, clock) in clocks_of(update) {
                        let stored = self.store.clocks.get(&client).copied().unwrap_or(0);
                        assert!(clock <= stored, "RM3: shown before it was stored");
                    }
                }
                Message::SyncStep1(_) | Message::QueryAwareness | Message::Auth => {}
            }
        }
        if let Some(inbox) = self.inboxes.get_mut(&session) {
            inbox.push(frame.to_vec());
        }
    }

    fn check_announcement(&self, session: SessionId, said: &Announcement) {
        let record = self.records.get(&session).expect("it is open");
        assert!(
            record.is_glossator(),
            "GV1: a stock socket is told {said:?}"
        );
        if let Announcement::Saved { seq, .. } = said {
            let stored = self.store.journal.last().map(|row| row.0);
            let stored = stored.unwrap_or(self.store.snapshot_seq);
            assert!(*seq <= stored, "GV5: saved before it was stored");
        }
    }

    /// What must hold in every list, whatever happened.
    pub(super) fn check_list(&mut self, effects: &[Effect]) {
        let is_append = |effect: &&Effect| matches!(effect, Effect::AppendToJournal { .. });
        let appends = effects.iter().filter(is_append).count();
        let alarm_at = effects
            .iter()
            .position(|e| matches!(e, Effect::SetAlarm { .. }));
        if appends > 0 {
            assert!(
                matches!(alarm_at, None | Some(0)),
                "RM5: the alarm is ordered first"
            );
            let stored = self.store.alarm.is_some() || alarm_at.is_some();
            assert!(stored, "RM5: an edit is journaled and no alarm is stored");
        }
        let mut shown = Vec::new();
        for effect in effects {
            if let Effect::AppendToJournal { update, .. } = effect {
                assert!(!shown.contains(update), "RM3: shown before its append");
            }
            if let Effect::Send { frame, .. } | Effect::Broadcast { frame, .. } = effect {
                shown.extend(updates(&heard(frame)));
            }
        }
    }

    /// Nothing that is due is forgotten: a stored alarm or a timer brings the room back for it.
    pub(super) fn check_deadlines(&mut self) {
        let now = self.now;
        let room = self.room.as_ref().expect("told a moment ago");
        let (status, deadlines) = (room.status(), room.next_deadline(now));
        if self.alarm_refused {
            return;
        }
        if status.is_dirty {
            assert!(self.store.alarm.is_some(), "RM5: dirty without an alarm");
        }
        if let Some(at) = deadlines.alarm {
            let stored = self.store.alarm.expect("a durable deadline has an alarm");
            assert!(
                stored <= Timestamp(at.0.max(now.0 + 100)),
                "the alarm is in time"
            );
        }
    }
}
