//! How much of an entry is read back. The document itself is bounded by the room; these keep a row of the projection
//! small enough to index and to show.

/// The longest id of a highlight or comment, in characters. Ours are UUIDs. A longer one is skipped, since cutting it
/// could make two of them one.
pub const ID_CHARS_MAX: usize = 200;

/// The longest tag, name of an author or paragraph reference, in characters. The rest is cut.
pub const LABEL_CHARS_MAX: usize = 200;

/// The longest quote, in characters: some pages. The rest is cut.
pub const QUOTE_CHARS_MAX: usize = 10_000;

/// The longest text of a comment, in characters. The rest is cut.
pub const COMMENT_CHARS_MAX: usize = 20_000;

/// The longest written moment, in characters: ISO 8601 with nanoseconds and offset has 35.
pub const MOMENT_CHARS_MAX: usize = 40;

/// How far ahead of the room's clock a thing may say that it was made: clocks of people's devices are off by minutes.
pub const CREATED_AHEAD_MAX_MS: i64 = 5 * 60 * 1_000;

/// The longest stored attribution, in bytes: some twelve times what a busy class leaves (four to eight bytes for each
/// minute in which a person writes), and enough to say of 10,000 client ids (the room's bound) whose they are, if each is
/// of somebody with the longest id.
pub const ATTRIBUTION_BYTES_MAX: usize = 5 << 20;

/// The longest id of a person in an attribution, in bytes: 100 characters of the widest kind.
pub const USER_BYTES_MAX: usize = 400;

/// Tags, and groups of them, that a copy of a case begins with: many more than anybody tells apart.
pub const TAGS_COPIED_MAX: usize = 1_000;

/// Sticky notes on a board: several from each of a large class. Each is an element of the page, and a browser moves some
/// thousands of them without stutter.
pub const STICKIES_MAX: u32 = 2_000;

/// Strokes on a board. Each is one path of the page's picture.
pub const STROKES_MAX: u32 = 4_000;

/// The longest text of a sticky note, in UTF-16 units: a long paragraph. What needs more is a comment on a case.
pub const STICKY_TEXT_UNITS_MAX: usize = 2_000;

/// Points of one stroke, after the page has left out those that nobody sees: a minute of drawing.
pub const STROKE_POINTS_MAX: usize = 1_000;

/// How far from the middle of a board something may stand, in its units (CSS pixels at full size): beyond it nobody finds it
/// again, and drawing becomes coarse.
pub const COORDINATE_MAX: f64 = 100_000.0;

/// The widest stroke, in the board's units: a broad marker.
pub const STROKE_WIDTH_MAX: f64 = 100.0;

/// The longest name of a colour, in UTF-16 units. Names that the page does not know are shown as its first one.
pub const COLOUR_UNITS_MAX: usize = 20;
