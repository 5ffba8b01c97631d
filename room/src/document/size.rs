//! How large the document is, as far as that is known without encoding it.

use crate::limits::{
    DOCUMENT_BYTES_MAX, DOCUMENT_MEASURE_PERCENT, DOCUMENT_STRUCTS_MAX, DOCUMENT_WARN_PERCENT,
};

/// Upper bounds of the encoded size and of the unmergeable items: each update counts for itself, though yrs puts together
/// what follows on each other.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Size {
    bytes: usize,
    structs: usize,
    /// What of that came since it was measured.
    grown_bytes: usize,
    grown_structs: usize,
}

impl Size {
    /// What was counted.
    pub(super) fn measured(bytes: usize, structs: usize) -> Size {
        Size {
            bytes,
            structs,
            ..Size::default()
        }
    }

    pub(super) fn grow(&mut self, bytes: usize, structs: usize) {
        self.bytes += bytes;
        self.structs += structs;
        self.grown_bytes += bytes;
        self.grown_structs += structs;
    }

    pub(super) fn structs(self) -> usize {
        self.structs
    }

    pub(super) fn is_exact(self) -> bool {
        self.grown_bytes == 0
    }

    pub(super) fn has_room_for(self, bytes: usize, structs: usize) -> bool {
        self.bytes + bytes <= DOCUMENT_BYTES_MAX && self.structs + structs <= DOCUMENT_STRUCTS_MAX
    }

    pub(super) fn structs_left(self) -> usize {
        DOCUMENT_STRUCTS_MAX.saturating_sub(self.structs)
    }

    pub(super) fn may_be_nearly_full(self) -> bool {
        passes(self.bytes, self.structs, DOCUMENT_WARN_PERCENT)
    }

    /// Whether it was when it was measured.
    pub(super) fn was_nearly_full(self) -> bool {
        let bytes = self.bytes - self.grown_bytes;
        passes(
            bytes,
            self.structs - self.grown_structs,
            DOCUMENT_WARN_PERCENT,
        )
    }

    /// Whether it may have become nearly full, and enough came since it was measured: a document that stays just below would
    /// be measured with each edit.
    pub(super) fn is_worth_measuring(self) -> bool {
        self.may_be_nearly_full()
            && passes(
                self.grown_bytes,
                self.grown_structs,
                DOCUMENT_MEASURE_PERCENT,
            )
    }
}

/// Whether one of these is more than this share of its bound.
fn passes(bytes: usize, structs: usize, percent: usize) -> bool {
    bytes * 100 > DOCUMENT_BYTES_MAX * percent || structs * 100 > DOCUMENT_STRUCTS_MAX * percent
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bo7_a_document_just_below_its_share_is_not_measured_with_each_edit() {
        let mut size = Size::measured(DOCUMENT_BYTES_MAX / 4 * 3 - 10, 0);
        size.grow(60, 1);
        assert!(size.may_be_nearly_full() && !size.is_worth_measuring());
        assert!(!size.was_nearly_full());
        size.grow(DOCUMENT_BYTES_MAX / 100, 1);
        assert!(size.is_worth_measuring(), "it may be by now");
    }

    #[test]
    fn bo7_what_was_nearly_full_when_it_was_measured_is() {
        let mut size = Size::measured(0, DOCUMENT_STRUCTS_MAX / 100 * 76);
        size.grow(60, 1);
        assert!(size.was_nearly_full() && !size.is_worth_measuring());
    }

    #[test]
    fn bo7_what_was_never_measured_is_worth_it_once_it_may_be_nearly_full() {
        let mut size = Size::default();
        size.grow(DOCUMENT_BYTES_MAX / 100 * 74, 0);
        assert!(!size.is_worth_measuring() && !size.is_exact());
        size.grow(DOCUMENT_BYTES_MAX / 100 * 2, 0);
        assert!(size.is_worth_measuring());
    }
}
