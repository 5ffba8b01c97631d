//! Log lines: one JSON object each, on the console. They never hold document content, names, keys or tokens.

use std::cell::RefCell;

use room::{Notice, Timestamp};
use serde::Serialize;
use worker::console_log;

/// Lines of one object in one window; what is more is counted and said with the next window's first line.
const LINES_MAX: u32 = 20;
/// See `LINES_MAX`.
const WINDOW_MS: u64 = 10_000;

/// How urgent a line is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum Level {
    Info,
    Warn,
    Error,
}

/// One line.
#[derive(Debug, Serialize)]
pub(crate) struct Line<'a> {
    pub(crate) level: Level,
    pub(crate) event: &'a str,
    #[serde(skip_serializing_if = "str::is_empty")]
    pub(crate) case_id: &'a str,
    #[serde(skip_serializing_if = "str::is_empty")]
    pub(crate) request_id: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) code: Option<u16>,
    #[serde(skip_serializing_if = "str::is_empty")]
    pub(crate) reason: &'a str,
    #[serde(skip_serializing_if = "is_zero")]
    pub(crate) suppressed: u32,
}

impl<'a> Line<'a> {
    pub(crate) fn new(level: Level, event: &'a str) -> Self {
        Self {
            level,
            event,
            case_id: "",
            request_id: "",
            code: None,
            reason: "",
            suppressed: 0,
        }
    }
}

/// Writes a line. Its level is in it: other console methods would wrap it in decoration.
pub(crate) fn write(line: &Line<'_>) {
    let Ok(text) = serde_json::to_string(line) else {
        return;
    };
    console_log!("{text}");
}

/// The log of one object: what its room reports, at a bounded rate.
#[derive(Debug)]
pub(crate) struct RoomLog {
    case_id: String,
    window: RefCell<Window>,
}

#[derive(Debug, Default)]
struct Window {
    began: Timestamp,
    lines: u32,
    suppressed: u32,
}

impl Window {
    /// Whether one more line may be written, and how many were not before it.
    fn admit(&mut self, now: Timestamp) -> Option<u32> {
        if now.millis_since(self.began) >= WINDOW_MS {
            self.began = now;
            self.lines = 0;
        }
        if self.lines >= LINES_MAX {
            self.suppressed = self.suppressed.saturating_add(1);
            return None;
        }
        self.lines += 1;
        Some(std::mem::take(&mut self.suppressed))
    }
}

impl RoomLog {
    pub(crate) fn new(case_id: String) -> Self {
        Self {
            case_id,
            window: RefCell::default(),
        }
    }

    /// Writes a line about this object's case, unless it wrote too many.
    pub(crate) fn write(&self, now: Timestamp, line: Line<'_>) {
        let Some(suppressed) = self.window.borrow_mut().admit(now) else {
            return;
        };
        write(&Line {
            case_id: &self.case_id,
            suppressed,
            ..line
        });
    }

    /// Writes what the room reports.
    pub(crate) fn notice(&self, now: Timestamp, notice: &Notice) {
        let line = match notice {
            Notice::Fault { reason } => Line {
                reason,
                ..Line::new(Level::Error, "room_fault")
            },
            Notice::StorageFailed { reason } => Line {
                reason,
                ..Line::new(Level::Error, "storage_failed")
            },
            Notice::FrameRefused { code, reason } => Line {
                reason,
                code: Some(*code),
                ..Line::new(Level::Warn, "frame_refused")
            },
            Notice::HostFailed { request, reason } => {
                let reason = format!("{request}: {reason}");
                return self.write(
                    now,
                    Line {
                        reason: &reason,
                        ..Line::new(Level::Warn, "host_failed")
                    },
                );
            }
            Notice::DocumentNearlyFull => Line::new(Level::Warn, "document_nearly_full"),
        };
        self.write(now, line);
    }
}

#[expect(
    clippy::trivially_copy_pass_by_ref,
    reason = "serde hands out references"
)]
fn is_zero(count: &u32) -> bool {
    *count == 0
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_flood_of_lines_is_cut_and_counted() {
        let mut window = Window::default();
        let written = (0..100)
            .filter(|_| window.admit(Timestamp(WINDOW_MS)).is_some())
            .count();
        assert_eq!(written, 20);
        assert_eq!(window.admit(Timestamp(2 * WINDOW_MS)), Some(80));
        assert_eq!(window.admit(Timestamp(2 * WINDOW_MS)), Some(0));
    }
}
