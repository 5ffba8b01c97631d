//! Who may do what in a case or on a board: the table of roles (rules RO of room/SPEC.md). Whose a thing is, and what an update does
//! to it, is for the caller to find out.

use std::{fmt, str::FromStr};

/// What somebody may do in a case. Each role may do what those before it may. It is one for all: the one that tokens carry and
/// the host stores is the one that the room judges by.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Role {
    /// Nothing.
    None,
    /// Sees everything, and is seen.
    Read,
    /// Comments, and resolves threads.
    Comment,
    /// Highlights, makes tags, writes notes and whatever else a document holds.
    Annotate,
    /// Changes and deletes what others made.
    Own,
}

/// What has an author: an entry of one of five root maps. Everything else in a document is free for those who may
/// annotate.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Thing {
    /// An entry of `highlights`.
    Highlight,
    /// An entry of `comments`.
    Comment,
    /// An entry of `tags`.
    Tag,
    /// An entry of `stickies`: a sticky note on a board.
    Sticky,
    /// An entry of `strokes`: what a pen drew on a board.
    Stroke,
}

/// Which part of a thing is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Part {
    /// The entry itself is replaced by another one.
    Whole,
    /// Whose it is.
    AuthorId,
    /// When it was made.
    CreatedAt,
    /// Whether its thread is settled, by whom and when.
    Resolution,
    /// Where a tag stands among the others, or a sticky note on its board.
    Arrangement,
    /// What has a bounded form on a board.
    Form(Form),
    /// Everything else.
    Content,
}

/// A part of a thing on a board whose size is bounded (`crate::unsound`), besides where it stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Form {
    /// The words of a sticky note.
    Text,
    /// The name of a colour.
    Colour,
    /// The way of a stroke.
    Points,
    /// How wide a stroke is.
    Width,
}

/// What somebody does to a thing.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Deed {
    /// Makes it where none is.
    Add,
    /// Writes or clears a part of it.
    Write(Part),
    /// Takes it away.
    Delete,
}

/// Whose a thing is, as seen by somebody.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Whose {
    /// Their own.
    Own,
    /// Nobody's, and so everybody's: a tag without an author, like those that every case starts with.
    Common,
    /// Somebody else's. What does not say whose it is counts as somebody else's, unless it is a tag.
    Anothers,
}

/// Whether somebody with this role may do this to a thing.
pub fn may(role: Role, deed: Deed, thing: Thing, whose: Whose) -> bool {
    match deed {
        Deed::Write(Part::AuthorId) => false,
        Deed::Write(Part::Resolution) => role >= Role::Comment,
        Deed::Add => role >= thing.written_from(),
        Deed::Write(Part::Arrangement) => match whose {
            Whose::Own | Whose::Common => role >= thing.written_from(),
            Whose::Anothers => role >= Role::Annotate,
        },
        Deed::Delete
        | Deed::Write(Part::Whole | Part::CreatedAt | Part::Form(_) | Part::Content) => match whose
        {
            Whose::Own | Whose::Common => role >= thing.written_from(),
            Whose::Anothers => role >= Role::Own,
        },
    }
}

/// Whether somebody with this role may write and delete in the notes and in all that is no thing.
pub fn may_write_freely(role: Role) -> bool {
    role >= Role::Annotate
}

impl Thing {
    /// Every kind of thing.
    pub const ALL: [Thing; 5] = [
        Thing::Highlight,
        Thing::Comment,
        Thing::Tag,
        Thing::Sticky,
        Thing::Stroke,
    ];

    /// The thing that the entries of a root map are, if they are any.
    pub fn of_root(name: &str) -> Option<Thing> {
        Thing::ALL.into_iter().find(|thing| thing.root() == name)
    }

    /// The name of its root map.
    pub fn root(self) -> &'static str {
        match self {
            Thing::Highlight => "highlights",
            Thing::Comment => "comments",
            Thing::Tag => "tags",
            Thing::Sticky => "stickies",
            Thing::Stroke => "strokes",
        }
    }

    /// The part that a field of it belongs to.
    pub fn part(self, field: &str) -> Part {
        match (self, field) {
            (_, "author_id") => Part::AuthorId,
            (_, "created_at") => Part::CreatedAt,
            (
                Thing::Highlight | Thing::Comment,
                "resolved_at" | "resolved_by" | "resolved_by_id",
            ) => Part::Resolution,
            (Thing::Tag, "order" | "group") | (Thing::Sticky, "x" | "y" | "z") => Part::Arrangement,
            (Thing::Sticky, "text") => Part::Form(Form::Text),
            (Thing::Sticky | Thing::Stroke, "colour") => Part::Form(Form::Colour),
            (Thing::Stroke, "points") => Part::Form(Form::Points),
            (Thing::Stroke, "width") => Part::Form(Form::Width),
            _ => Part::Content,
        }
    }

    /// Whether it is on a board.
    pub fn is_on_board(self) -> bool {
        matches!(self, Thing::Sticky | Thing::Stroke)
    }

    /// The least role that makes such a thing.
    fn written_from(self) -> Role {
        match self {
            Thing::Comment | Thing::Sticky => Role::Comment,
            Thing::Highlight | Thing::Tag | Thing::Stroke => Role::Annotate,
        }
    }
}

impl fmt::Display for Thing {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Thing::Highlight => "highlight",
            Thing::Comment => "comment",
            Thing::Tag => "tag",
            Thing::Sticky => "sticky note",
            Thing::Stroke => "stroke",
        })
    }
}

impl Role {
    /// Every role that somebody can be given, in order.
    pub const ALL: [Role; 4] = [Role::Read, Role::Comment, Role::Annotate, Role::Own];

    /// As written in tokens and stored.
    pub fn name(self) -> &'static str {
        match self {
            Role::None => "none",
            Role::Read => "read",
            Role::Comment => "comment",
            Role::Annotate => "annotate",
            Role::Own => "own",
        }
    }

    /// The role of that name that somebody can be given, in this spelling only: nothing is no gift.
    pub fn parse(name: &str) -> Option<Role> {
        Role::ALL.into_iter().find(|role| role.name() == name)
    }
}

impl fmt::Display for Role {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

impl FromStr for Role {
    type Err = UnknownRole;

    fn from_str(text: &str) -> Result<Role, UnknownRole> {
        let mut all = [Role::None].into_iter().chain(Role::ALL);
        all.find(|role| role.name() == text).ok_or(UnknownRole)
    }
}

/// The text names no role.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("no such role: say none, read, comment, annotate or own")]
pub struct UnknownRole;
