//! Every bound of the room, each with its reason. Hitting one is a numbered rule of SPEC section 9.
//!
//! The decoder's bounds (nesting, messages a frame) stand beside the decoder.

use crate::time::Timestamp;

/// Kibibyte.
const KIB: usize = 1024;
/// Mebibyte.
const MIB: usize = 1024 * KIB;

/// One frame. A stock client pushes its whole offline work in one, and the document bound is half of this.
pub const FRAME_BYTES_MAX: usize = 16 * MIB;
/// The encoded document. Live, rebuilt and dead copies share an isolate of 128 MB, and a restore holds it twice.
pub const DOCUMENT_BYTES_MAX: usize = 8 * MIB + 512 * KIB;
/// Unmergeable items of the document: about 200 bytes of wasm heap each (measured on yrs 0.28.1), so 12 MB a copy.
pub const DOCUMENT_STRUCTS_MAX: usize = 60_000;
/// The share of a document bound, in percent, at which the operator is told.
pub const DOCUMENT_WARN_PERCENT: usize = 75;
/// How much of a bound has to have come, in percent, before a document that may have passed that share is measured again.
pub const DOCUMENT_MEASURE_PERCENT: usize = 1;
/// Client ids that ever wrote into the document: yrs looks through all of them that wrote at one place. A document whose
/// 10,000 clients all set one key loads in 0.7 s (measured natively).
pub const DOCUMENT_CLIENTS_MAX: usize = 10_000;
/// A peer's own awareness entry: a name, a colour, a cursor.
pub const PRESENCE_BYTES_MAX: usize = 4 * KIB;
/// One bundle of presence: small enough never to hold up an edit behind it.
pub const PRESENCE_BUNDLE_BYTES_MAX: usize = 32 * KIB;
/// All awareness states of a room together: a room of 1,000 with ordinary ones fits.
pub const PRESENCE_ROOM_BYTES_MAX: usize = 256 * KIB;
/// Presence that leaves in one tick, to all sockets together; what does not fit leaves with the next one.
pub const PRESENCE_TICK_BYTES_MAX: usize = 8 * MIB;
/// Departed presence ids whose last clock is remembered, so that a returning peer is seen at once.
pub const PRESENCE_DEPARTED_MAX: usize = 1_024;
/// Bytes of frames that wait while the document is restored.
pub const WAITING_BYTES_MAX: usize = 16 * MIB;
/// Frames that wait while the document is restored: each costs some heap beside its bytes.
pub const WAITING_FRAMES_MAX: usize = 20_000;
/// How long edits wait for others after some were shown, at least: nobody sees the difference, and 200 people who write
/// cost a tenth.
pub const TICK_MS_MIN: u64 = 25;
/// See `TICK_MS_MIN`: with 1,000 sockets.
pub const TICK_MS_MAX: u64 = 100;
/// One tick grows by a millisecond for so many sockets: a frame costs some 30 µs (measured in workerd), so that all frames
/// of a tick take less than a third of its time.
pub const TICK_SOCKETS_PER_MS: u64 = 10;
/// Bytes of edits that are taken together. More are taken at once.
pub const TICK_BYTES_MAX: usize = 256 * KIB;
/// Frames that wait for a tick. More are taken at once.
pub const TICK_FRAMES_MAX: usize = 512;
/// Sockets whose edits are taken together: each of them is sent a frame of its own.
pub const TICK_AUTHORS_MAX: usize = 32;
/// Updates that are merged into one: yrs takes as many steps as their square.
pub const TICK_UPDATES_MAX: usize = 256;
/// Bytes of the frames of their own that those who wrote are sent in one tick; of more, everybody is sent what each wrote.
pub const TICK_COPIED_BYTES_MAX: usize = 64 * KIB;
/// The same in updates that are merged for that.
pub const TICK_COPIED_UPDATES_MAX: usize = 1_024;
/// Sockets of one room.
pub const SESSIONS_MAX: usize = 1_000;
/// A person's name as it is kept and archived (`last_editor varchar(100)`).
pub const USER_CHARS_MAX: usize = 100;

/// Frames of one socket at once, before the rate counts.
pub const FRAMES_BURST: u64 = 10_000;
/// Frames of one socket a second.
pub const FRAMES_PER_SECOND: u64 = 500;
/// Bytes of one socket at once, before the rate counts. One largest frame.
pub const BYTES_BURST: u64 = FRAME_BYTES_MAX as u64;
/// Bytes of one socket a second.
pub const BYTES_PER_SECOND: u64 = MIB as u64;
/// What content that the room has already costs of the byte budget: it is decoded, but changes nothing.
pub const KNOWN_BYTES_DISCOUNT: u64 = 8;
/// How long a breach of the rate is remembered: the next one within it is final (4429).
pub const BREACH_MEMORY_MS: u64 = 10 * 60_000;
/// People whose breach is remembered.
pub const BREACHES_MAX: usize = 1_024;
/// An answer of more bytes counts as full, whatever its asker says it has.
pub const FULL_ANSWER_BYTES: usize = 64 * KIB;
/// Answers and greetings that leave in one turn: what they take of the isolate's memory before it is sent.
pub const ANSWER_TURN_BYTES_MAX: usize = 8 * MIB;
/// How long a turn lasts.
pub const ANSWER_TURN_MS: u64 = 50;
/// Full-state answers of one session within `FULL_ANSWERS_WINDOW_MS`.
pub const FULL_ANSWERS_MAX: u32 = 2;
/// See `FULL_ANSWERS_MAX`.
pub const FULL_ANSWERS_WINDOW_MS: u64 = 10_000;

/// Journal bytes at which the room compacts: what a wake has to replay.
pub const JOURNAL_BYTES_MAX: u64 = 4 * MIB as u64;
/// Journal rows at which the room compacts.
pub const JOURNAL_ROWS_MAX: u64 = 2_000;
/// The same in a pause of editing, in which nobody waits for it: who comes after a sleep is told what the snapshot says, if
/// nothing was written since.
pub const JOURNAL_ROWS_AT_REST_MAX: u64 = 64;
/// The least time between two compactions that only the end of editing makes necessary: people who come, write a little and
/// go again would have the whole document written each time.
pub const REST_SPACING_MS: u64 = 5_000;

/// The least time between two archives of one room.
pub const ARCHIVE_SPACING_MS: u64 = 5_000;
/// An archive that has not answered by then counts as failed. The shell aborts it after 10 s.
pub const REQUEST_LOST_MS: u64 = 15_000;
/// The first pause after a failed request to the host.
pub const RETRY_FIRST_MS: u64 = 1_000;
/// The longest pause while people are connected.
pub const RETRY_CONNECTED_MAX_MS: u64 = 10_000;
/// The longest pause while nobody is.
pub const RETRY_ALONE_MAX_MS: u64 = 5 * 60_000;
/// How often a room with people in it asks which snapshot the store holds.
pub const CHECK_EVERY_MS: u64 = 15 * 60_000;

/// The least and the most time between two bundles of changed presence; one millisecond a socket in between.
pub const PRESENCE_TICK_MS_MIN: u64 = 20;
/// See `PRESENCE_TICK_MS_MIN`.
pub const PRESENCE_TICK_MS_MAX: u64 = 1_000;
/// For so long after a storage began, what an earlier one has acknowledged may come back by others than its authors.
pub const RECOVERY_MS: u64 = 24 * 60 * 60 * 1_000;
/// For so long after a person was last here under a client id it is kept for them, though nothing was written under it: a
/// page that is offline for longer, and wrote nothing before, loses no more than if it had been closed.
pub const RESERVATION_MS: u64 = 24 * 60 * 60 * 1_000;
/// How exactly it is written down when that was: each time costs a write of the meta record.
pub const RESERVATION_RENEW_MS: u64 = 60 * 60 * 1_000;
/// Client ids that are kept so: they are part of the meta record, some 50 bytes each.
pub const RESERVATIONS_MAX: usize = 1_024;
/// How long an entry that was only renewed may wait. Stock clients renew within 18 s and forget after 30 s.
pub const PRESENCE_RENEW_MS: u64 = 5_000;
/// Silence towards a stock socket after which it is sent something. It reconnects after 30 s.
pub const KEEPALIVE_MS: u64 = 20_000;
/// An entry that its socket has not renewed for so long is removed. Stock clients forget it after 30 s by themselves.
pub const PRESENCE_SILENT_MS: u64 = 60_000;
/// The pause between two sockets that are asked to resync after a wake.
pub const RESYNC_STAGGER_MS: u64 = 10;

/// Silence of a socket of `glossator.v1` after which it is closed. It pings every 20 s, but browsers let a hidden page do so
/// only once a minute, and late.
pub const SILENT_MS: u64 = 75_000;
/// How often sockets are looked at for silence at least, while somebody else would see it.
pub const SWEEP_EVERY_MS: u64 = 60_000;
/// How exactly it is written down when a socket was last heard: each time costs a write of its attachment.
pub const HEARD_SAVE_MS: u64 = 15_000;
/// Presence of sockets of `glossator.v1` is told to stock sockets again when it is so old. They forget it after 30 s,
/// and it may have to be asked for first.
pub const PRESENCE_RETELL_MS: u64 = 20_000;
/// When the clock began under which presence of `glossator.v1` is told: the first of January 2026.
pub const PRESENCE_CLOCK_START: Timestamp = Timestamp(1_767_225_600_000);
/// How far ahead of the room's clock the host's may be when it rules: requests between them allow for less.
pub const RULING_AHEAD_MAX_MS: u64 = 5 * 60_000;
/// Refused updates of one person within `STRIKES_WINDOW_MS` after which the next one is final.
pub const STRIKES_MAX: u32 = 20;
/// See `STRIKES_MAX`.
pub const STRIKES_WINDOW_MS: u64 = 10 * 60_000;
/// Refused updates of one person within `REBUILDS_WINDOW_MS` for which the document had to be loaded again: a large one
/// takes a second of everybody's time.
pub const REBUILDS_MAX: u32 = 3;
/// See `REBUILDS_MAX`.
pub const REBUILDS_WINDOW_MS: u64 = 60 * 60_000;
/// Sockets of one person at once: the tabs of some devices, and a few programs.
pub const PERSON_SOCKETS_MAX: usize = 32;
/// Sockets that one person opens within `UPGRADES_WINDOW_MS`; with twice as many they are asked not to come back. A page in
/// a poor network comes back some ten times a minute.
pub const UPGRADES_MAX: u32 = 300;
/// How exactly it is kept how many were opened: each time costs a write, and a class that comes at the bell a write each.
pub const UPGRADES_KEPT_EVERY: u32 = 8;
/// See `UPGRADES_MAX`.
pub const UPGRADES_WINDOW_MS: u64 = 10 * 60_000;
/// New client ids under which one person writes within `CLIENT_IDS_WINDOW_MS`. Each load of a page in which something is
/// written takes one, and a document has room for `DOCUMENT_CLIENTS_MAX`.
pub const CLIENT_IDS_MAX: u32 = 200;
/// See `CLIENT_IDS_MAX`.
pub const CLIENT_IDS_WINDOW_MS: u64 = 60 * 60_000;
/// Used tickets of one person that are remembered, each for a minute and a half.
pub const SPENT_TICKETS_MAX: usize = 128;
/// People of whom it is kept what they have used up.
pub const PERSONS_MAX: usize = 2_000;
/// People who were erased of whom it is kept that nothing of them is taken any more: as many as an order names.
pub const ERASED_PEOPLE_MAX: usize = 1_000;

/// Two failures of the room within this time make it serve readers only.
pub const FAULT_WINDOW_MS: u64 = 60_000;

const _: () = assert!(DOCUMENT_BYTES_MAX < FRAME_BYTES_MAX);
const _: () = assert!(WAITING_BYTES_MAX >= FRAME_BYTES_MAX);
const _: () = assert!(PRESENCE_BYTES_MAX < PRESENCE_BUNDLE_BYTES_MAX);
const _: () = assert!(PRESENCE_RENEW_MS + 18_000 < 30_000);
const _: () = assert!(KEEPALIVE_MS < 25_000);
const _: () = assert!(PRESENCE_RETELL_MS < 25_000);
const _: () = assert!(SILENT_MS > 60_000 + 10_000);
const _: () = assert!(SILENT_MS + HEARD_SAVE_MS < 95_000);
// Nobody falls silent between two looks without the first one having put the second forward.
const _: () = assert!(SWEEP_EVERY_MS < SILENT_MS);
const _: () = assert!(PRESENCE_SILENT_MS + KEEPALIVE_MS < 95_000);
const _: () = assert!(RETRY_CONNECTED_MAX_MS <= RETRY_ALONE_MAX_MS);
