//! What happened in a world, line by line: to read when a seed fails, and to compare when a seed runs twice.

use room::Event;

/// A world's log.
#[derive(Debug, Default)]
pub(crate) struct Trace {
    text: String,
}

impl Trace {
    pub(crate) fn line(&mut self, now: u64, line: std::fmt::Arguments<'_>) {
        use std::fmt::Write;
        // Writing to a String cannot fail.
        let _ = writeln!(self.text, "{now:>8} {line}");
    }

    pub(crate) fn into_text(self) -> String {
        self.text
    }
}

/// A short name for bytes: FNV-1a.
pub(crate) fn fingerprint(bytes: &[u8]) -> u32 {
    bytes.iter().fold(0x811c_9dc5, |hash, byte| {
        (hash ^ u32::from(*byte)).wrapping_mul(0x0100_0193)
    })
}

/// An event in a few words.
pub(crate) fn summary(event: &Event) -> String {
    match event {
        Event::FrameReceived { session, frame } => {
            format!(
                "frame of {} {:08x}+{}",
                session.0,
                fingerprint(frame),
                frame.len()
            )
        }
        Event::RestoreFinished {
            outcome: room::RestoreOutcome::Found { base, .. },
            ..
        } => {
            format!("restored version {}", base.version)
        }
        Event::ArchiveFinished {
            outcome: room::ArchiveOutcome::Stored { base, union },
            ..
        } => {
            format!(
                "archived as version {}, union {}",
                base.version,
                union.is_some()
            )
        }
        Event::Woken { .. }
        | Event::DocumentLoaded { .. }
        | Event::StorageFailed { .. }
        | Event::RestoreFinished { .. }
        | Event::SessionOpened { .. }
        | Event::TextReceived { .. }
        | Event::PingsRead { .. }
        | Event::TicketVerified { .. }
        | Event::RulingTold { .. }
        | Event::RulingAnswered { .. }
        | Event::SessionClosed { .. }
        | Event::DeadlineReached { .. }
        | Event::ArchiveFinished { .. }
        | Event::CheckFinished { .. }
        | Event::CheckOrdered
        | Event::DeletionOrdered
        | Event::ErasureOrdered { .. }
        | Event::DeletionReported { .. } => format!("{event:?}"),
    }
}
