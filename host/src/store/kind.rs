//! What people share: cases, and boards. Both are documents with owners, shares, a class and a state, under ids of one space, so
//! that everything which follows from an id alone, as roles, tickets, rulings and deletion do, is the same for both.

/// What a document is of.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// A text and what is written about it.
    Case,
    /// A canvas of sticky notes and strokes.
    Board,
}

/// Where both are placed: a table for `from`.
pub(super) const PLACEMENTS: &str = "(
    select case_id, class_id, owner_id, placed_at, visible_from, hidden_at from cases
    union all
    select board_id, class_id, owner_id, placed_at, null, null from boards
)";

impl Kind {
    /// As people call one.
    pub fn name(self) -> &'static str {
        match self {
            Self::Case => "case",
            Self::Board => "board",
        }
    }

    /// Its table, and the column of its id there.
    pub(super) fn table(self) -> (&'static str, &'static str) {
        match self {
            Self::Case => ("cases", "case_id"),
            Self::Board => ("boards", "board_id"),
        }
    }
}
