//! Log lines: one JSON object each, on the console. They never hold document content, names, keys or tokens.

use std::cell::{Cell, RefCell};

use room::{Notice, Timestamp};
use serde::Serialize;
use worker::console_log;

use crate::clock;

/// Lines of one object, or of the Worker, in one window, and as many errors; what is more is counted and said with the
/// next window's first line.
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

thread_local! {
    static WORKER: RefCell<Budget> = const { RefCell::new(Budget::new()) };
}

/// Writes a line of the Worker itself, once in the life of its isolate: what every request would repeat.
pub(crate) fn write_once(line: Line<'_>) {
    thread_local! {
        static IS_WRITTEN: Cell<bool> = const { Cell::new(false) };
    }
    if !IS_WRITTEN.replace(true) {
        write(line);
    }
}

/// Writes a line of the Worker itself, unless it wrote too many.
pub(crate) fn write(line: Line<'_>) {
    let now = clock::now();
    if let Some(suppressed) = WORKER.with_borrow_mut(|budget| budget.admit(now, line.level)) {
        print(&Line { suppressed, ..line });
    }
}

/// The level is in the line: other console methods would wrap it in decoration.
fn print(line: &Line<'_>) {
    if let Ok(text) = serde_json::to_string(line) {
        console_log!("{text}");
    }
}

/// The log of one object: what its room reports, at a bounded rate.
#[derive(Debug)]
pub(crate) struct RoomLog {
    case_id: String,
    budget: RefCell<Budget>,
}

/// Anybody can cause refusals, so errors have a window of their own: no flood of lesser lines hides them.
#[derive(Debug)]
struct Budget {
    errors: Window,
    others: Window,
}

impl Budget {
    const fn new() -> Self {
        Self {
            errors: Window::new(),
            others: Window::new(),
        }
    }

    /// Whether one more line of that level may be written, and how many of its window were not before it.
    fn admit(&mut self, now: Timestamp, level: Level) -> Option<u32> {
        match level {
            Level::Error => self.errors.admit(now),
            Level::Info | Level::Warn => self.others.admit(now),
        }
    }
}

#[derive(Debug)]
struct Window {
    began: Timestamp,
    lines: u32,
    suppressed: u32,
}

impl Window {
    const fn new() -> Self {
        Self {
            began: Timestamp(0),
            lines: 0,
            suppressed: 0,
        }
    }

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
            budget: RefCell::new(Budget::new()),
        }
    }

    /// Writes a line about this object's case, unless it wrote too many.
    pub(crate) fn write(&self, now: Timestamp, line: Line<'_>) {
        if let Some(suppressed) = self.budget.borrow_mut().admit(now, line.level) {
            print(&Line {
                case_id: &self.case_id,
                suppressed,
                ..line
            });
        }
    }

    /// Writes what the room reports while it serves the request of that id, if it serves one.
    pub(crate) fn notice(&self, now: Timestamp, request_id: &str, notice: &Notice) {
        let (level, event, code, reason) = match notice {
            Notice::Fault { reason } => (Level::Error, "room_fault", None, reason.clone()),
            Notice::StorageFailed { reason } => {
                (Level::Error, "storage_failed", None, reason.clone())
            }
            Notice::FrameRefused { code, reason } => {
                (Level::Warn, "frame_refused", Some(*code), reason.clone())
            }
            Notice::HostFailed { request, reason } => (
                Level::Warn,
                "host_failed",
                None,
                format!("{request}: {reason}"),
            ),
            Notice::AttributionUnreadable { reason } => {
                (Level::Error, "attribution_unreadable", None, reason.clone())
            }
            Notice::DocumentNearlyFull => {
                (Level::Warn, "document_nearly_full", None, String::new())
            }
        };
        self.write(
            now,
            Line {
                request_id,
                code,
                reason: &reason,
                ..Line::new(level, event)
            },
        );
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
    fn a_flood_of_refusals_hides_no_error() {
        let mut budget = Budget::new();
        for _ in 0..100 {
            budget.admit(Timestamp(WINDOW_MS), Level::Info);
            budget.admit(Timestamp(WINDOW_MS), Level::Warn);
        }
        assert_eq!(budget.admit(Timestamp(WINDOW_MS), Level::Error), Some(0));
        assert_eq!(budget.admit(Timestamp(WINDOW_MS), Level::Info), None);
    }

    #[test]
    fn a_flood_of_lines_is_cut_and_counted() {
        let mut window = Window::new();
        let written = (0..100)
            .filter(|_| window.admit(Timestamp(WINDOW_MS)).is_some())
            .count();
        assert_eq!(written, 20);
        assert_eq!(window.admit(Timestamp(2 * WINDOW_MS)), Some(80));
        assert_eq!(window.admit(Timestamp(2 * WINDOW_MS)), Some(0));
    }
}
