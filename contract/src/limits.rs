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

/// The largest request about who may do what, in bytes: a person and a role, names of four bytes a character.
pub const AUTHORITY_BODY_BYTES_MAX: usize = 4 * 1024;

/// The most changed roles that one ruling tells: a class of a thousand, twice.
pub const RULING_CHANGES_MAX: usize = 2_000;

/// The most revoked client tokens that one ruling tells.
pub const RULING_REVOKED_MAX: usize = 2_000;

/// The largest ruling, in bytes, as added up below; it is stored in one row of the object, which takes 2 MB.
pub const RULING_BYTES_MAX: usize = 1024 * 1024;

/// The most people whom one order to erase names: of more the newest.
pub const ERASED_PEOPLE_MAX: usize = 1_000;

/// The largest order to erase, in bytes, as added up below; it is stored in one row of the object.
pub const ERASED_BYTES_MAX: usize = 512 * 1024;

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

/// The most keys in one variable: a rotation needs two.
pub const KEYS_MAX: usize = 4;

/// The longest key id, in bytes.
pub const KEY_ID_BYTES_MAX: usize = 32;

/// The longest request id that is taken over from a header, in bytes; a longer one is replaced.
pub const REQUEST_ID_BYTES_MAX: usize = 64;

/// The longest token, in bytes: everything at its longest, as added up below. A page sends it in a header and a stock
/// client in a URL; both take several times as much.
pub const TOKEN_BYTES_MAX: usize = 2 * 1024;

/// How long a ticket may be used to open a socket: from the click to the upgrade, over a slow line.
pub const TICKET_OPEN_MS_MAX: u64 = 60 * 1_000;

/// How long the authority of a ticket lasts, and of the resume tokens that follow from it. It is renewed while a socket
/// is open, so its length is only how long somebody stays in whom the host could not have put out.
pub const TICKET_AUTHORITY_MS_MAX: u64 = 15 * 60 * 1_000;

/// How long a client token is good: a day of work with a notebook or a script, then a new one.
pub const CLIENT_TOKEN_MS_MAX: u64 = 24 * 60 * 60 * 1_000;

/// How far the issuer's clock may be ahead of the verifier's, in milliseconds. There is no allowance at the other end:
/// what a token says is an upper limit.
pub const TOKEN_SKEW_MS: u64 = 30 * 1_000;

/// The longest user id and the longest name of a person, in characters: what is archived as the last editor.
pub const PERSON_CHARS_MAX: usize = LAST_EDITOR_CHARS_MAX;

/// The longest origin, in bytes: a scheme, a host name of more than 230, a port.
pub const ORIGIN_BYTES_MAX: usize = 255;

/// The most origins in a list: the page's own, an older name, some that embed it.
pub const ORIGINS_MAX: usize = 16;

/// The longest `Sec-WebSocket-Protocol`, in bytes: a token and a few names.
pub const SUBPROTOCOLS_BYTES_MAX: usize = TOKEN_BYTES_MAX + 1024;

/// The most subprotocols that an upgrade may offer: clients offer one or two.
pub const SUBPROTOCOLS_MAX: usize = 16;

/// The longest `Cookie`, in bytes: browsers send 4 KiB a cookie, and ours stands alone.
pub const COOKIE_BYTES_MAX: usize = 8 * 1024;

/// The most cookies in a header: browsers keep some 180 a site.
pub const COOKIES_MAX: usize = 200;

/// The longest header that tells of a visit, in bytes: two secrets, an address, an origin and a browser's name, as base64.
pub const VISIT_BYTES_MAX: usize = 2 * 1024;

/// The longest name that a browser gives itself, in characters, as a list of sessions shows it; the rest is left out.
pub const AGENT_CHARS_MAX: usize = 200;

/// The longest address of a visitor, in bytes: an IPv6 address has 45 at most.
pub const ADDRESS_BYTES_MAX: usize = 45;

/// The largest body that a page sends to the host by way of the edge, in bytes: the roster of a large class.
pub const VISIT_BODY_BYTES_MAX: usize = 1024 * 1024;

/// The largest body that a page sends there before anybody has signed in, in bytes: an address, and where to go.
pub const ANONYMOUS_BODY_BYTES_MAX: usize = 16 * 1024;

/// The largest answer to a visit, in bytes, its envelope included: everything that one person has written.
pub const VISIT_ANSWER_BYTES_MAX: usize = 16 * 1024 * 1024;

/// The longest payload of a token, in bytes: id, case, role, three times, origin, user, name and region, ten lines of
/// them.
const TOKEN_PAYLOAD_BYTES_MAX: usize =
    32 + CASE_ID_BYTES_MAX + 8 + 3 * 20 + ORIGIN_BYTES_MAX + 2 * 4 * PERSON_CHARS_MAX + 4 + 9;

const _: () = assert!(
    "ticket.1.".len() + KEY_ID_BYTES_MAX + 1 + TOKEN_PAYLOAD_BYTES_MAX.div_ceil(3) * 4 + 1 + 86
        <= TOKEN_BYTES_MAX,
    "whatever is issued must be short enough to be verified"
);

const _: () = assert!(
    ERASED_PEOPLE_MAX * (4 * PERSON_CHARS_MAX + 3) + 2 <= ERASED_BYTES_MAX,
    "whoever is erased must be short enough to be named"
);

const _: () = assert!(
    // A user in quotes, and the rest of a change; an id in quotes; what stands around them.
    RULING_CHANGES_MAX * (4 * PERSON_CHARS_MAX + 2 + 70) + RULING_REVOKED_MAX * 35 + 200
        <= RULING_BYTES_MAX,
    "whatever is ruled must be short enough to be told"
);

const _: () = assert!(
    TICKET_OPEN_MS_MAX <= TICKET_AUTHORITY_MS_MAX,
    "nobody comes in with an authority that has ended"
);

const _: () = assert!(
    QUERY_BYTES_MAX < 2048,
    "a query must fit every proxy's limit on a request line"
);
