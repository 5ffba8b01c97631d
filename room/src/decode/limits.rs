//! Bounds of the decoder, each with its reason. What depends on the room's own size comes in as `AdmitBounds`.

/// Messages in one frame. Stock clients put one in a frame; our own bundles hold a handful.
pub const MESSAGES_MAX: usize = 64;

/// State vector entries in one frame. An entry is one client id that ever wrote; a class of 60 that reloads its page
/// ten times a day for a year makes some 200,000, so a room is archived as done long before, and 65,536 entries cost
/// about 1.5 MB while they are read.
pub const STATE_ENTRIES_MAX: usize = 65_536;

/// Presence entries in one frame: ten times the sockets of a full room, since stock clients echo everybody's.
pub const PRESENCE_ENTRIES_MAX: usize = 10_000;

/// Nesting of shared types, of JSON text and of `Any` values. yrs, serde and every JavaScript peer recurse once per
/// level; 5,000 levels overflow the stack of a Worker, real documents stay below ten.
pub const DEPTH_MAX: u32 = 64;

/// Client ids are JavaScript numbers: whole ones stay exact below 2^53.
pub const CLIENT_END: u64 = 1 << 53;

/// The end of a client's clock. yrs subtracts clocks as `i32`, so the range where that cannot wrap is all we use.
pub const CLOCK_END: u32 = i32::MAX as u32;

/// New deleted ranges in one update: each splits up to two items, so they cost like as many structs.
pub const DELETES_MAX: u32 = 60_000;

/// New JSON values in one update: one takes a byte on the wire and 16 to 80 in memory.
pub const VALUES_MAX: u32 = 500_000;

/// A ticket on the wire: a signature and a few short fields.
pub const TICKET_BYTES_MAX: usize = 2 * 1024;
