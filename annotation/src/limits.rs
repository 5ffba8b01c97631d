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
