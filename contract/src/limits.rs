//! Every bound of the conversation between Worker and host, each with its reason.

/// The largest body of a snapshot, in either direction. Four times the largest document, so that a union of two
/// diverged copies still fits.
pub const BODY_BYTES_MAX: usize = 32 * 1024 * 1024;

/// The largest request that creates a case, in bytes: ten times the longest judgments, as JSON.
pub const CASE_BODY_BYTES_MAX: usize = 4 * 1024 * 1024;

/// The largest text of a case as it is stored and served, in bytes. The Worker checks its hash in a memory of 128 MB
/// that it shares with rooms and that never shrinks.
pub const TEXT_BYTES_MAX: usize = 8 * 1024 * 1024;

/// The largest other answer about cases, in bytes: a list of 500 needs some 200 KB, titles of four bytes a character
/// some 600 KB.
pub const CASE_ANSWER_BYTES_MAX: usize = 1024 * 1024;

/// How far a message's time may be from the receiver's clock, in seconds: room for skewed clocks and a slow upload,
/// short enough that spent nonces are few.
pub const TIME_WINDOW_S: u64 = 60;

/// The largest metrics header, in bytes. Workers allow 128 KiB of headers in all; a report needs a few hundred bytes.
pub const METRICS_BYTES_MAX: usize = 4 * 1024;

/// The most reasons that one report of refused frames may name: the close codes in use are a dozen.
pub const METRICS_CODES_MAX: usize = 100;

/// The longest case id, in bytes: the column is `varchar(255)`.
pub const CASE_ID_BYTES_MAX: usize = 255;

/// The longest name of a last editor, in characters: the column is `varchar(100)`.
pub const LAST_EDITOR_CHARS_MAX: usize = 100;

/// The longest query of a PUT, in bytes: 100 characters of four bytes, each written as `%XX`, and 400 for the rest.
pub const QUERY_BYTES_MAX: usize = LAST_EDITOR_CHARS_MAX * 4 * 3 + 400;

/// The longest store generation, in bytes: a UUID is 36.
pub const GENERATION_BYTES_MAX: usize = 64;

/// The most keys in `HOST_KEYS`: a rotation needs two.
pub const KEYS_MAX: usize = 4;

/// The longest key id, in bytes.
pub const KEY_ID_BYTES_MAX: usize = 32;

/// The longest request id that is taken over from a header, in bytes; a longer one is replaced.
pub const REQUEST_ID_BYTES_MAX: usize = 64;

/// The longest ticket, in bytes: a key id, two numbers and a signature.
pub const TICKET_BYTES_MAX: usize = 256;

/// The longest authority that a ticket may prove: a day of classes.
pub const AUTHORITY_MS_MAX: u64 = 24 * 60 * 60 * 1_000;

const _: () = assert!(
    QUERY_BYTES_MAX < 2048,
    "a query must fit every proxy's limit on a request line"
);
